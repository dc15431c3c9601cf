/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A control panel that is a program of the company's own, in any language (docs/exec.md). Each call
 * starts it afresh: calls are rare, and a program without memory cannot get its calls mixed up.
 */
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"
#include "net/exec.h"

#define TIMEOUT_S 20
#define READY_S 5

struct exec_settings {
	const char *path, *user, *options, *secret;
	int64_t timeout_s;
};
FIELDS(link_panel_exec_fields, struct exec_settings,
    {.name = "path",
        .label = "Program",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .help = "Absolute path, within the folders that exec_folders of the config file "
                "allows. Check it with: billhook exec-check PROGRAM",
        .offset = offsetof(struct exec_settings, path)},
    {.name = "user",
        .label = "Run as",
        .type = FIELD_LINE,
        .max = 32,
        .help = "Unix user, when Billhook is started as root",
        .offset = offsetof(struct exec_settings, user)},
    {.name = "options",
        .label = "Options",
        .type = FIELD_TEXT,
        .max = 4000,
        .help = "A JSON object given to the program as its settings",
        .offset = offsetof(struct exec_settings, options)},
    {.name = "secret",
        .label = "Secret",
        .type = FIELD_SECRET,
        .help = "Given to the program as \"secret\" in its settings",
        .offset = offsetof(struct exec_settings, secret)},
    {.name = "timeout_s",
        .label = "Time limit in seconds",
        .type = FIELD_INT,
        .min = 1,
        .max = LINK_CALL_MAX_S,
        .otherwise = "20",
        .offset = offsetof(struct exec_settings, timeout_s)});

static enum err settings_of(struct cx *cx, const json_t *settings, json_t **ret)
{
	const char *options = link_text(settings, "options"),
	           *secret = link_text(settings, "secret");
	json_t *out = NULL;
	if (options[strspn(options, " \t\n")] == 0)
		out = json_keep(cx, json_object());
	else if (json_parse(cx, options, strlen(options), &out) != OK)
		return fail(cx, ERR_INVALID, "exec.options", "the options are not a JSON object");
	if (*secret != 0)
		json_object_set_new(out, "secret", json_string(secret));
	*ret = out;
	return OK;
}

static enum err start(struct cx *cx, const json_t *settings, struct exec_program **ret)
{
	const char *user = link_text(settings, "user");
	json_t *options = NULL;
	TRY(settings_of(cx, settings, &options));
	return exec_start(cx, link_text(settings, "path"), *user == 0 ? NULL : user, "panel",
	    options, READY_S, ret);
}

static void take(struct cx *cx, const json_t *answer, struct answer *ret)
{
	json_t *data = json_object_get(answer, "data");
	int outcome = outcome_find(link_text(answer, "outcome"));
	const char *reason = link_text(answer, "reason");
	(void)link_say(cx, ret, outcome < 0 ? OUTCOME_UNKNOWN : (enum outcome)outcome, "%s",
	    *reason != 0 || outcome == OUTCOME_DONE ? reason : "the program gave no reason");
	if (json_is_object(data))
		ret->data = json_keep(cx, json_incref(data));
}

static enum err run(struct cx *cx, const json_t *settings, const json_t *args, const char *call,
    struct answer *ret)
{
	int64_t started_ms = clock_mono_ms();
	struct exec_program *p = NULL;
	json_t *answer = NULL;
	if (start(cx, settings, &p) != OK)
		return link_fault(cx, ret, started_ms);
	started_ms = clock_mono_ms();
	enum err err = exec_call(cx, p, call, link_text(args, "key"), args,
	    link_timeout_s(settings, TIMEOUT_S), &answer);
	if (err == OK)
		take(cx, answer, ret);
	else
		(void)link_fault(cx, ret, started_ms);
	exec_stop(p);
	return OK;
}

static enum err find(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	TRY(run(cx, settings, args, "find", ret));
	const char *state = link_text(ret->data, "state");
	bool told =
	    str_eq(state, "absent") || str_eq(state, "active") || str_eq(state, "suspended");
	if (ret->outcome == OUTCOME_DONE && !told)
		return link_say(cx, ret, OUTCOME_UNKNOWN, "the program's find told no state");
	return OK;
}

static enum err create(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return run(cx, settings, args, "create", ret);
}

static enum err suspend(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return run(cx, settings, args, "suspend", ret);
}

static enum err unsuspend(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return run(cx, settings, args, "unsuspend", ret);
}

static enum err terminate(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return run(cx, settings, args, "terminate", ret);
}

static enum err password(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return run(cx, settings, args, "password", ret);
}

static enum err change_plan(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return run(cx, settings, args, "change_plan", ret);
}

static enum err sso(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	return run(cx, settings, args, "sso", ret);
}

static enum err usage(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	return run(cx, settings, args, "usage", ret);
}

/* A program that gets ready is there, may be run and speaks our protocol. */
static enum err test(struct cx *cx, const json_t *settings, struct answer *ret)
{
	int64_t started_ms = clock_mono_ms();
	struct exec_program *p = NULL;
	if (start(cx, settings, &p) != OK)
		return link_fault(cx, ret, started_ms);
	json_t *abilities = json_deep_copy(exec_abilities(p));
	exec_stop(p);
	return link_done(cx, ret, json_pack("{so}", "abilities", abilities));
}

const struct panel_provider link_panel_exec = {
    .name = "exec",
    .label = "Program of your own",
    .abilities = PANEL_SSO | PANEL_USAGE | PANEL_PASSWORD | PANEL_CHANGE_PLAN,
    .settings = &link_panel_exec_fields,
    .program = "path",
    .find = find,
    .create = create,
    .suspend = suspend,
    .unsuspend = unsuspend,
    .terminate = terminate,
    .password = password,
    .change_plan = change_plan,
    .sso = sso,
    .usage = usage,
    .test = test,
};
