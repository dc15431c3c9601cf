/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Automation once (run) and the proof of the data (audit). One link process is started for the time
 * of the run; what the tasks do is flow's business.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "app/command.h"
#include "app/database.h"
#include "app/family.h"
#include "app/key.h"
#include "app/link_ipc.h"
#include "base/day.h"
#include "base/str.h"
#include "core/setting/setting.h"
#include "fmt/form.h"

static const char *const *only_of(struct cx *cx, const char *text)
{
	size_t n;
	if (str_empty(text))
		return NULL;
	char **names = str_split(cx->arena, text, ',', &n);
	const char **only = ARENA_ARRAY(cx->arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		only[i] = str_trim(cx->arena, names[i]);
	return only;
}

static enum err check_only(struct cx *cx, const char *const *only)
{
	for (; only != NULL && *only != NULL; only++) {
		size_t i = 0;
		while (i < sweeps_n && !str_eq(sweeps[i].name, *only))
			i++;
		if (i == sweeps_n)
			return fail(cx, ERR_INVALID, "usage.only",
			    "there is no task \"%s\": billhook jobs prints them", *only);
	}
	return OK;
}

static long long number(const json_t *o, const char *name)
{
	return (long long)json_integer_value(json_object_get(o, name));
}

static const char *text(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

static void print_items(const json_t *task)
{
	size_t i;
	json_t *item;
	json_array_foreach(json_object_get(task, "items"), i, item)
		printf("    %s %lld: %s %s\n", text(item, "subject"), number(item, "subject_id"),
		    text(item, "result"), text(item, "reason"));
}

static void print_run(const json_t *run)
{
	size_t i;
	json_t *task;
	json_array_foreach(json_object_get(run, "tasks"), i, task) {
		printf("%-12s %-8s considered %lld, done %lld, skipped %lld, failed %lld%s%s\n",
		    text(task, "task"), text(task, "state"), number(task, "considered"),
		    number(task, "done"), number(task, "skipped"), number(task, "failed"),
		    *text(task, "error") != 0 ? ": " : "", text(task, "error"));
		print_items(task);
	}
	printf("%lld jobs, %s\n", number(run, "jobs"), text(run, "status"));
}

static bool stops(void *arg)
{
	return family_stop != 0;
}

static enum err run_with(struct cx *cx, struct family *f, json_t **ret)
{
	const struct config *c = f->config;
	struct linker link = link_ipc(f->link_path);
	struct worker w = {.cx = cx, .link = &link, .holder = family_holder(cx), .stop = stops};
	const struct run_request r = {.only = only_of(cx, c->only),
	    .dry_run = c->dry_run,
	    .with_items = c->json || c->dry_run};
	TRY(check_only(cx, r.only));
	TRY(database_open(cx, c, DATABASE_READY));
	enum err err = flow_run(&w, &r, ret);
	database_close(cx);
	return err;
}

/* In another zone than the company's every billing day would be wrong. */
static enum err zone_known(struct cx *cx)
{
	struct settings settings;
	TRY(setting_load(cx, &settings));
	return zone_check(cx, settings.company_zone);
}

/* The link process starts first: a database handle must not go through a fork. */
static enum err run_once(struct cx *cx, const struct config *c, json_t **ret)
{
	struct family f;
	struct link_keys keys;
	TRY(database_user(cx, c));
	TRY(database_open(cx, c, DATABASE_READY));
	enum err err = zone_known(cx);
	database_close(cx);
	TRY(err);
	TRY(key_read(cx, key_path(cx, c), &keys));
	family_catch();
	TRY(family_open(cx, c, &f));
	pid_t pid = family_fork(&f, FAMILY_LINK, 0);
	err = pid > 0 ?
	    run_with(cx, &f, ret) :
	    fail(cx, ERR_INTERNAL, "run.start", "no process for the providers could be started");
	if (pid > 0) {
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	family_close(&f);
	return err;
}

int command_run(struct cx *cx, const struct config *c)
{
	json_t *result = NULL;
	if (run_once(cx, c, &result) != OK)
		return command_fault(cx);
	if (c->json)
		command_json(result);
	else
		print_run(result);
	if (family_stop)
		fputs("billhook: stopped before the end; the next run goes on\n", stderr);
	return !family_stop && str_eq(text(result, "status"), "ok") ? 0 : 1;
}

int command_audit(struct cx *cx, const struct config *c)
{
	json_t *result = NULL, *finding;
	bool ok = false;
	size_t i;
	if (database_user(cx, c) != OK || database_open(cx, c, DATABASE_READY) != OK)
		return command_fault(cx);
	enum err err = flow_audit(cx, &result, &ok);
	database_close(cx);
	if (err != OK)
		return command_fault(cx);
	if (c->json) {
		command_json(result);
		return ok ? 0 : 1;
	}
	json_array_foreach(json_object_get(result, "findings"), i, finding)
		puts(str_or(json_string_value(finding), "?"));
	printf("%zu findings\n", json_array_size(json_object_get(result, "findings")));
	return ok ? 0 : 1;
}
