/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conformance talk for programs behind panel/exec.c: the same calls through the same code, with
 * one made-up account. Whoever passes is safe to call twice and is not led astray by names.
 */
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/exec_check.h"
#include "link/own.h"
#include "net/exec.h"

#define READY_S 5
#define CALL_S 10

struct talk {
	struct cx *cx;
	const char *path;
	const json_t *settings; /* of the program */
	json_t *provider;       /* settings of panel/exec.c */
	json_t *args;
	link_exec_say *say;
	void *arg;
	bool all;
};

typedef enum err panel_call(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret);

static void tell(struct talk *t, bool passed, const char *check, const char *why)
{
	t->all = t->all && passed;
	t->say(t->arg, passed, check, passed ? "" : why);
}

static const char *why_of(struct talk *t, const struct answer *a)
{
	const char *state = link_text(a->data, "state");
	return arena_printf(t->cx->arena, "outcome %s%s%s%s%s", outcome_word(a->outcome),
	    *state != 0 ? ", state " : "", state, *a->reason != 0 ? ": " : "", a->reason);
}

/* One step of the account's life: the call must be done, and find must tell the state. */
struct step {
	const char *check;
	panel_call *call;
	const char *state; /* NULL: not looked at */
};

static void take_step(struct talk *t, const struct step *s)
{
	struct answer a = {0};
	(void)s->call(t->cx, t->provider, t->args, &a);
	bool passed = a.outcome == OUTCOME_DONE &&
	    (s->state == NULL || str_eq(link_text(a.data, "state"), s->state));
	tell(t, passed, s->check, why_of(t, &a));
}

static void live(struct talk *t)
{
	const struct panel_provider *p = &link_panel_exec;
	const struct step steps[] = {
	    {"find says absent before there is an account", p->find, "absent"},
	    {"create", p->create, NULL},
	    {"find says active", p->find, "active"},
	    {"create again with the same key is done", p->create, NULL},
	    {"find still says active", p->find, "active"},
	    {"suspend", p->suspend, NULL},
	    {"suspend again is done", p->suspend, NULL},
	    {"find says suspended", p->find, "suspended"},
	    {"unsuspend", p->unsuspend, NULL},
	    {"find says active again", p->find, "active"},
	    {"password", p->password, NULL},
	    {"terminate", p->terminate, NULL},
	    {"find says absent in the end", p->find, "absent"},
	    {"terminate again is done", p->terminate, NULL},
	};
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		take_step(t, &steps[i]);
}

/* A name that reaches a shell, a path or a command line as it is would do something else there. */
static void refuse_hostile(struct talk *t)
{
	static const struct {
		const char *name, *value, *check;
	} names[] = {
	    {"domain", "a.example; touch /tmp/owned", "a domain with a shell command is refused"},
	    {"domain", "$(id).example", "a domain with a substitution is refused"},
	    {"domain", "../../etc/passwd", "a domain that climbs is refused"},
	    {"domain", "-rf.example", "a domain like an option is refused"},
	    {"username", "x; reboot", "a user name with a shell command is refused"},
	    {"username", "../x", "a user name that climbs is refused"},
	    {"username", "--help", "a user name like an option is refused"},
	    {"username", "root\nx", "a user name with a line break is refused"},
	    {"password", "a\nroot:owned", "a password with a line break is refused"},
	    {"key", "../../tmp/x", "a key that climbs is refused"},
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct answer a = {0};
		json_t *args = json_keep(t->cx, json_copy(t->args));
		json_object_set_new(args, names[i].name, json_string(names[i].value));
		(void)link_panel_exec.create(t->cx, t->provider, args, &a);
		tell(t, a.outcome == OUTCOME_DECLINED || a.outcome == OUTCOME_NOT_TRIED,
		    names[i].check, why_of(t, &a));
		if (a.outcome == OUTCOME_DONE)
			(void)link_panel_exec.terminate(t->cx, t->provider, args, &a);
	}
}

static enum err call_unknown(struct talk *t, struct exec_program *p, json_t **ret)
{
	return exec_call(t->cx, p, "no_such_call", link_text(t->args, "key"), t->args, CALL_S, ret);
}

static void refuse_unknown(struct talk *t)
{
	static const char *const check = "a call it does not know is refused";
	struct exec_program *p = NULL;
	json_t *answer = NULL;
	enum err err = exec_start(t->cx, t->path, NULL, "panel", t->settings, READY_S, &p);
	if (err == OK)
		err = call_unknown(t, p, &answer);
	const char *word = link_text(answer, "outcome");
	tell(t, err == OK && (str_eq(word, "declined") || str_eq(word, "not_tried")), check,
	    err == OK ? arena_printf(t->cx->arena, "outcome %s", word) : t->cx->fault.detail);
	if (err != OK)
		cx_clear(t->cx);
	exec_stop(p);
}

/* Only the find behind the garbage may be answered with success. */
static bool is_harmless(struct talk *t, const char *line)
{
	json_t *j = json_loads(line, 0, NULL);
	bool acted = str_eq(link_text(j, "outcome"), "done") && !str_eq(link_text(j, "id"), "2");
	json_decref(j);
	return !acted;
}

/* It may end or go on, but neither act on the garbage nor hang. */
static void survive_garbage(struct talk *t)
{
	static const char *const check = "a line that is not JSON does no harm";
	char *hello = json_dumps(json_keep(t->cx,
	                             json_pack("{si ss ss sO}", "hello", 1, "kind", "panel",
	                                 "version", "1.0", "settings", t->settings)),
	    JSON_COMPACT);
	char *args = json_dumps(t->args, JSON_COMPACT), *out = NULL;
	const char *key = link_text(t->args, "key");
	const char *text = arena_printf(t->cx->arena,
	    "%s\n{\"id\":\"1\",\"call\":\"create\",\"key\":\"%s\",\"args\":\n"
	    "{\"id\":\"2\",\"call\":\"find\",\"key\":\"%s\",\"args\":%s}\n",
	    hello, key, key, args);
	bool ended = link_exec_feed(t->cx, t->path, text, CALL_S, &out), harmless = true;
	size_t n = 0;
	char **lines = str_split(t->cx->arena, ended ? out : "", '\n', &n);
	for (size_t i = 0; i < n; i++)
		harmless = harmless && is_harmless(t, lines[i]);
	tell(t, ended && harmless, check,
	    ended ? "it acted on it" : "it did not end when its input did");
	free(hello);
	free(args);
}

static json_t *account(struct cx *cx)
{
	const char *n = arena_printf(cx->arena, "%06u", crypto_below(1000000));
	return json_keep(cx,
	    json_pack("{ss+ ss+# ss+ ss ss ss}", "key", "check-", n, "domain", "check", n, 6,
	        "username", "chk", n, "package", "check", "email", "check@example.com", "password",
	        crypto_password(cx->arena, 16)));
}

bool link_exec_check(struct cx *cx, const char *path, const json_t *settings, link_exec_say *say,
    void *arg)
{
	struct talk t =
	    {.cx = cx, .path = path, .settings = settings, .say = say, .arg = arg, .all = true};
	struct answer a = {0};
	char *options = json_dumps(settings, JSON_COMPACT);
	t.provider = json_keep(cx,
	    json_pack("{ss ss si}", "path", path, "options", options, "timeout_s", CALL_S));
	free(options);
	t.args = account(cx);
	(void)link_panel_exec.test(cx, t.provider, &a);
	tell(&t, a.outcome == OUTCOME_DONE, "it gets ready", why_of(&t, &a));
	if (!t.all)
		return false;
	refuse_unknown(&t);
	live(&t);
	refuse_hostile(&t);
	survive_garbage(&t);
	return t.all;
}
