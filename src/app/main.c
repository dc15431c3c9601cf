/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's front door: which subcommand, with which options. The table below is the whole
 * command line; what a command does is in its own file.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/command.h"
#include "app/sandbox.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"

struct command {
	const char *name, *args, *what;
	const char *flags[12]; /* beside the general ones, config.c */
	size_t words;
	int (*run)(struct cx *cx, const struct config *c);
};

static const struct command commands[] = {
    {"init", "--db URL --admin-email E --admin-password-file F",
        "create or migrate a database, first staff user",
        {"admin_email", "admin_password_file", "admin_name", "tax_rate_seed", "sandbox",
            "sandbox_url", "sandbox_secret", "sandbox_smtp"},
        0, command_init},
    {"serve", "--db URL [--listen ADDR]",
        "serve shop, client area, staff area and API, and work by itself",
        {"listen", "workers", "jobs", "links", "theme", "trust_proxy", "test_mode", "sandbox_url",
            "sandbox_secret", "sandbox_smtp", "exec_folders"},
        0, command_serve},
    {"run", "--db URL [--only TASK,...] [--dry-run] [--json]", "do all that is due once, and exit",
        {"only", "dry_run", "json", "exec_folders"}, 0, command_run},
    {"audit", "--db URL [--json]", "prove every invariant of the data; exit 1 on a finding",
        {"json"}, 0, command_audit},
    {"forecast", "--db URL --until DAY [--json]",
        "say day by day what the runs will invoice, mail, suspend; writes nothing",
        {"until", "json"}, 0, command_forecast},
    {"report", "NAME --db URL [--from DAY] [--until DAY] [--on DAY] [--client ID] [--json]",
        "print a report as CSV; without NAME: which there are",
        {"from", "until", "on", "client", "json"}, 1, command_report},
    {"books", "--db URL [--format hledger|beancount|csv] [--from DAY] [--until DAY]",
        "print the general ledger for plain-text accounting", {"format", "from", "until"}, 0,
        command_books},
    {"token", "create --db URL --staff E [--scope S,...] [--days N]",
        "make an API token; it is shown once", {"staff", "scope", "days", "name"}, 1,
        command_token},
    {"demo", "--db URL [--clients N]", "fill a database with a demo company",
        {"clients", "sandbox", "sandbox_url", "sandbox_secret", "sandbox_smtp"}, 0, command_demo},
    {"sandbox", "--listen ADDR --secret S [--smtp ADDR]",
        "a payment gateway, panel, sites and mail for trying out", {0}, 0, NULL},
    {"exec-check", "PROGRAM [--settings JSON]", "check a panel program of your own",
        {"settings", "exec_folders"}, 1, command_exec_check},
    {"routes", "", "print every page and API call with its guard", {"json"}, 0, command_routes},
    {"jobs", "", "print every kind of job and every scheduled task", {"json"}, 0, command_jobs},
    {"states", "", "print every life cycle", {"json"}, 0, command_states},
    {"settings", "", "print every setting with its default", {"json"}, 0, command_settings},
    {"errors", "", "print the outcomes and their HTTP status", {"json"}, 0, command_errors},
    {"sql", "", "print every SQL statement of the program", {"json"}, 0, command_sql},
};
#define COMMANDS_N (sizeof commands / sizeof commands[0])

static int help(FILE *to)
{
	fputs("Billhook " COMMAND_VERSION ": billing and automation for hosting companies\n\n"
	      "usage: billhook COMMAND [options]      billhook COMMAND --help\n\n",
	    to);
	for (size_t i = 0; i < COMMANDS_N; i++)
		fprintf(to, "  %-11s %s\n", commands[i].name, commands[i].what);
	fputs("  version     print the version\n\n"
	      "Options may also stand in " CONFIG_FILE
	      " (name = value) or in the environment (BILLHOOK_NAME).\n"
	      "Exit codes: 0 done, 1 finding or failure, 2 usage.\n",
	    to);
	return to == stdout ? 0 : 2;
}

static int help_of(struct cx *cx, const struct command *c)
{
	printf("usage: billhook %s %s\n%s\n\n%s", c->name, c->args, c->what,
	    config_help(cx->arena, c->flags));
	return 0;
}

static int refuse(struct cx *keep, const struct command *c)
{
	(void)command_fault(keep);
	fprintf(stderr, "usage: billhook %s %s\n", c->name, c->args);
	return 2;
}

/* Config lives in an arena of its own: commands reset theirs between requests and jobs. */
static int run(const struct command *c, int argc, char **argv)
{
	struct cx keep = {.arena = arena_new(LIMIT_ARENA_BYTES)};
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES),
	    .trace = "command",
	    .actor = {ACTOR_SYSTEM, 0, "command line", ""}};
	struct config config;
	const struct config_input in = {.argc = argc,
	    .argv = argv,
	    .env = environ,
	    .default_file = CONFIG_FILE,
	    .flags = c->flags,
	    .words_max = c->words};
	int code;
	if (config_load(&keep, &in, &config) != OK) {
		code = refuse(&keep, c);
	} else if (config.help) {
		code = help_of(&keep, c);
	} else {
		log_setup(c->name, str_eq(config.log, "json"), config_log_level(&config));
		crypto_password_fast(config.test_mode);
		cx.now = config.now != 0 ? config.now : clock_now();
		code = c->run(&cx, &config);
	}
	arena_free(cx.arena);
	arena_free(keep.arena);
	return code;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	crypto_setup();
	if (str_eq(name, "--help") || str_eq(name, "-h") || str_eq(name, "help"))
		return help(stdout);
	if (str_eq(name, "version") || str_eq(name, "--version")) {
		puts("billhook " COMMAND_VERSION);
		return 0;
	}
	for (size_t i = 0; i < COMMANDS_N; i++) {
		if (!str_eq(commands[i].name, name))
			continue;
		return commands[i].run == NULL ? sandbox_main(argc - 1, argv + 1) :
		                                 run(&commands[i], argc - 2, argv + 2);
	}
	if (*name != 0)
		fprintf(stderr, "billhook: there is no command \"%s\"\n\n", name);
	return help(stderr);
}
