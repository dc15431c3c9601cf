/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cx.h"
#include "base/log.h"

/*
 * What a command was told: by flags, by the environment (BILLHOOK_NAME), by the config file (name =
 * value; --config, BILLHOOK_CONFIG, else /etc/billhook.conf when it is there), or by default; in
 * this order. The table of options in config.c is the only list. The file is checked whole,
 * whatever the command needs.
 */
#define CONFIG_FILE "/etc/billhook.conf"
#define CONFIG_WORDS_MAX 4

struct config {
	/* may stand in the file */
	const char *db, *listen, *key_file, *theme, *log, *log_level, *user, *sandbox_url,
	    *sandbox_secret;
	const char *sandbox_smtp;
	const char *exec_folders; /* "/a:/b"; never NULL: by default the shipped one, or "" */
	int64_t workers, jobs, links;
	bool trust_proxy, test_mode;
	/* flags only */
	const char *config, *admin_email, *admin_password_file, *admin_name, *only, *staff, *scope,
	    *name;
	const char *tax_rate_seed;
	const char *settings, *from, *until, *on, *format;
	int64_t client;             /* whose statement */
	int64_t days, clients, now; /* now: 0 is the machine's */
	bool dry_run, json, help;
	/* what is no flag: "create", "./prog" */
	const char *words[CONFIG_WORDS_MAX];
	size_t words_n;
};

/* One source after another; tests give their own. */
struct config_input {
	int argc;
	char **argv;              /* behind the command's name */
	char **env;               /* NULL-ended NAME=value */
	const char *default_file; /* read when it is there and no other is named; NULL: none */
	const char *const
	    *flags; /* options the command takes beside the general ones; NULL-ended */
	size_t words_max;
};
/* ERR_INVALID: every fault found is in cx->fault.fields, with where it stands as its name
 * ("--workers", "BILLHOOK_LOG",
 * "/etc/billhook.conf:7"). */
enum err config_load(struct cx *cx, const struct config_input *in, struct config *ret) MUST_CHECK;

enum log_level config_log_level(const struct config *c);

/* For help: "  --name VALUE  what it is (default)" lines of the flags named, then the general ones.
 */
char *config_help(struct arena *a, const char *const *flags);

#endif
