/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request to one provider, by the word in "op". It opens the sealed settings, calls, and turns
 * whatever goes wrong into an outcome: the asking process never has to guess what happened.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

#define PASSWORD_CHARS 20

typedef enum err provider_call(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret);
typedef enum err provider_test(struct cx *cx, const json_t *settings, struct answer *ret);

/* One opened request. */
struct asked {
	struct cx *cx;
	const struct link_keys *keys;
	const char *op, *provider;
	const json_t *settings, *args;
};

static provider_call *gateway_verb(const struct gateway_provider *p, const char *verb)
{
	const struct {
		const char *word;
		provider_call *call;
	} verbs[] = {
	    {"checkout", p->checkout},
	    {"ask", p->ask},
	    {"refund", p->refund},
	    {"unsubscribe", p->unsubscribe},
	    {"verify", p->verify},
	};
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (str_eq(verbs[i].word, verb))
			return verbs[i].call;
	return NULL;
}

static provider_call *panel_verb(const struct panel_provider *p, const char *verb)
{
	const struct {
		const char *word;
		provider_call *call;
	} verbs[] = {
	    {"find", p->find},
	    {"create", p->create},
	    {"suspend", p->suspend},
	    {"unsuspend", p->unsuspend},
	    {"terminate", p->terminate},
	    {"password", p->password},
	    {"change_plan", p->change_plan},
	    {"sso", p->sso},
	    {"usage", p->usage},
	};
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (str_eq(verbs[i].word, verb))
			return verbs[i].call;
	return NULL;
}

static enum err not_known(const struct asked *q, struct answer *ret)
{
	return link_say(q->cx, ret, OUTCOME_NOT_TRIED, "nothing answers \"%s\" of provider \"%s\"",
	    q->op, q->provider);
}

static enum err run(const struct asked *q, provider_call *call, struct answer *ret)
{
	if (call == NULL)
		return not_known(q, ret);
	return call(q->cx, q->settings, q->args, ret);
}

static enum err run_test(const struct asked *q, provider_test *test, struct answer *ret)
{
	return test(q->cx, q->settings, ret);
}

static enum err ask_gateway(const struct asked *q, struct answer *ret)
{
	const struct gateway_provider *p = link_gateway(q->provider);
	const char *verb = q->op + strlen("gateway.");
	if (p == NULL)
		return not_known(q, ret);
	return str_eq(verb, "test") ? run_test(q, p->test, ret) :
	                              run(q, gateway_verb(p, verb), ret);
}

static enum err ask_panel(const struct asked *q, struct answer *ret)
{
	const struct panel_provider *p = link_panel(q->provider);
	const char *verb = q->op + strlen("panel.");
	struct asked at = *q;
	const char *real;
	if (p == NULL)
		return not_known(q, ret);
	/* Looked at again for each call: the link may lead elsewhere by now. */
	if (p->program != NULL) {
		TRY(link_program(q->cx, q->keys->exec_folders, link_text(q->settings, p->program),
		    &real));
		json_t *settings = json_keep(q->cx, json_copy((json_t *)(uintptr_t)q->settings));
		json_object_set_new(settings, p->program, json_string(real));
		at.settings = settings;
	}
	return str_eq(verb, "test") ? run_test(&at, p->test, ret) :
	                              run(&at, panel_verb(p, verb), ret);
}

static enum err open_secret(const struct asked *q, struct answer *ret)
{
	const char *sealed = link_text(q->args, "sealed");
	const char *text =
	    crypto_unseal(q->cx->arena, q->keys->public_key, q->keys->secret_key, sealed);
	if (text == NULL)
		return link_say(q->cx, ret, OUTCOME_DECLINED,
		    "the secret cannot be opened with this key");
	return link_done(q->cx, ret, json_pack("{ss}", "text", text));
}

static enum err seal_new(const struct asked *q, struct answer *ret)
{
	const char *sealed = crypto_seal(q->cx->arena, q->keys->public_key,
	    crypto_password(q->cx->arena, PASSWORD_CHARS));
	if (sealed == NULL)
		return link_say(q->cx, ret, OUTCOME_NOT_TRIED, "there is no key to seal with");
	return link_done(q->cx, ret, json_pack("{ss}", "sealed", sealed));
}

/* The setting mail.password is the sealed text itself, not an object around it. */
static enum err ask_mail(const struct asked *q, struct answer *ret)
{
	json_t *settings = json_keep(q->cx, json_copy((json_t *)(uintptr_t)q->settings));
	const char *password = link_text(settings, "password");
	const char *text = *password == 0 ?
	    NULL :
	    crypto_unseal(q->cx->arena, q->keys->public_key, q->keys->secret_key, password);
	if (text != NULL)
		json_object_set_new(settings, "password", json_string(text));
	return link_mail_send(q->cx, settings, q->args, ret);
}

static enum err dispatch(const struct asked *q, struct answer *ret)
{
	if (str_starts(q->op, "gateway."))
		return ask_gateway(q, ret);
	if (str_starts(q->op, "panel."))
		return ask_panel(q, ret);
	if (str_eq(q->op, "mail.send"))
		return ask_mail(q, ret);
	if (str_eq(q->op, "vies.check"))
		return link_vies_check(q->cx, q->settings, q->args, ret);
	if (str_eq(q->op, "rates.fetch"))
		return link_rates_fetch(q->cx, q->settings, q->args, ret);
	if (str_eq(q->op, "secret.open"))
		return open_secret(q, ret);
	if (str_eq(q->op, "secret.seal_new"))
		return seal_new(q, ret);
	return not_known(q, ret);
}

/* Settings come as the text in the database or as an object. */
static enum err settings_of(struct cx *cx, const struct link_keys *keys, const json_t *request,
    json_t **ret)
{
	const json_t *settings = json_object_get(request, "settings");
	if (json_is_string(settings) && *json_string_value(settings) != 0)
		return link_open(cx, keys, json_string_value(settings), ret);
	char *text = json_is_object(settings) ? json_dumps(settings, JSON_COMPACT) : NULL;
	const char *kept = text == NULL ? "{}" : arena_strdup(cx->arena, text);
	free(text);
	return link_open(cx, keys, kept, ret);
}

enum err link_answer(struct cx *cx, const struct link_keys *keys, const json_t *request,
    struct answer *ret)
{
	const json_t *args = json_object_get(request, "args");
	json_t *settings = NULL;
	if (settings_of(cx, keys, request, &settings) != OK) {
		(void)link_say(cx, ret, OUTCOME_NOT_TRIED, "%s", cx->fault.detail);
		cx_clear(cx);
		return OK;
	}
	struct asked q = {.cx = cx,
	    .keys = keys,
	    .op = link_text(request, "op"),
	    .provider = link_text(request, "provider"),
	    .settings = settings,
	    .args = json_is_object(args) ? args : request};
	int64_t started_ms = clock_mono_ms();
	if (dispatch(&q, ret) != OK)
		return link_fault(cx, ret, started_ms);
	return OK;
}

json_t *link_answer_print(const struct answer *a)
{
	return json_pack("{ss ss sO}", "outcome", outcome_word(a->outcome), "reason", a->reason,
	    "data", a->data);
}

enum err link_answer_read(struct cx *cx, const json_t *message, struct answer *ret)
{
	int outcome = outcome_find(link_text(message, "outcome"));
	json_t *data = json_object_get(message, "data");
	if (outcome < 0 || !json_is_object(data))
		return fail(cx, ERR_REMOTE, "link.garbage", "the link process gave no answer");
	*ret = (struct answer){.outcome = (enum outcome)outcome,
	    .data = json_keep(cx, json_incref(data)),
	    .reason = arena_strdup(cx->arena, link_text(message, "reason"))};
	return OK;
}
