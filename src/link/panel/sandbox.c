/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control panel of `billhook sandbox`: accounts by our key over HTTP and JSON, with faults on
 * demand. It is the pattern for a real panel: what may have happened is UNKNOWN and settled by
 * find().
 */
#include <string.h>

#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

#define TIMEOUT_S 10

struct sandbox_settings {
	const char *url, *secret;
	int64_t timeout_s;
};
FIELDS(link_panel_sandbox_fields, struct sandbox_settings,
    {.name = "url",
        .label = "Address",
        .type = FIELD_URL,
        .flags = FIELD_REQUIRED,
        .otherwise = "http://127.0.0.1:8090",
        .help = "Where billhook sandbox listens",
        .offset = offsetof(struct sandbox_settings, url)},
    {.name = "secret",
        .label = "Secret",
        .type = FIELD_SECRET,
        .flags = FIELD_REQUIRED,
        .help = "The --secret of billhook sandbox",
        .offset = offsetof(struct sandbox_settings, secret)},
    {.name = "timeout_s",
        .label = "Time limit in seconds",
        .type = FIELD_INT,
        .min = 1,
        .max = LINK_CALL_MAX_S,
        .otherwise = "10",
        .offset = offsetof(struct sandbox_settings, timeout_s)});

static struct link_http call_of(const json_t *settings, const char *method, const char *path)
{
	const char *url = link_text(settings, "url");
	return (struct link_http){.method = method,
	    .path = path,
	    .secret = link_text(settings, "secret"),
	    .base = *url == 0 ? "http://127.0.0.1:8090" : url,
	    .timeout_s = link_timeout_s(settings, TIMEOUT_S)};
}

static bool get_account(struct cx *cx, const json_t *settings, const json_t *args,
    struct link_reply *ret, struct answer *ret_answer)
{
	const char *key = str_url(cx->arena, link_text(args, "key"));
	struct link_http h =
	    call_of(settings, "GET", arena_printf(cx->arena, "/panel/accounts/%s", key));
	if (*key == 0) {
		(void)link_say(cx, ret_answer, OUTCOME_NOT_TRIED, "there is no key to ask for");
		return false;
	}
	return link_http(cx, &h, ret, ret_answer);
}

static enum err find(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	static const char *const names[] = {"username", "domain", "package", NULL};
	struct link_reply r;
	if (!get_account(cx, settings, args, &r, ret))
		return OK;
	const char *state = link_text(r.body, "state");
	if (r.status == 404 || str_eq(state, "terminated"))
		return link_done(cx, ret, json_pack("{ss}", "state", "absent"));
	if (r.status >= 400 || (!str_eq(state, "active") && !str_eq(state, "suspended")))
		return link_say(cx, ret, OUTCOME_UNKNOWN, "the panel did not tell: %s",
		    link_words(cx, &r));
	json_t *data = json_pack("{ss}", "state", state);
	link_copy(data, r.body, names);
	return link_done(cx, ret, data);
}

static bool post(struct cx *cx, const json_t *settings, const json_t *args, const char *verb,
    struct link_reply *ret, struct answer *ret_answer)
{
	struct link_http h = call_of(settings, "POST", arena_printf(cx->arena, "/panel/%s", verb));
	if (*link_text(args, "key") == 0) {
		(void)link_say(cx, ret_answer, OUTCOME_NOT_TRIED, "the account has no key");
		return false;
	}
	h.body = args;
	return link_http(cx, &h, ret, ret_answer);
}

static const char *const account_names[] = {"username", "panel_url", "hostname", "nameservers",
    NULL};

static enum err created(struct cx *cx, const json_t *account, struct answer *ret)
{
	json_t *data = json_object();
	link_copy(data, account, account_names);
	return link_done(cx, ret, data);
}

/* "exists" may be the account of an earlier call of ours whose answer was lost: the key tells. */
static enum err adopt(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	struct link_reply r;
	if (!get_account(cx, settings, args, &r, ret))
		return OK;
	const char *domain = link_text(r.body, "domain"), *state = link_text(r.body, "state");
	if (r.status < 300 && str_eq(domain, link_text(args, "domain")) &&
	    !str_eq(state, "terminated"))
		return created(cx, r.body, ret);
	return link_say(cx, ret, OUTCOME_DECLINED, "the panel has another account under this key");
}

static enum err create(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	struct link_reply r;
	if (!post(cx, settings, args, "create", &r, ret))
		return OK;
	if (r.status == 409)
		return adopt(cx, settings, args, ret);
	if (r.status >= 400)
		return link_say(cx, ret, OUTCOME_DECLINED, "%s", link_words(cx, &r));
	return created(cx, r.body, ret);
}

/* The panel's data as it is: {} for most, url of sso, numbers of usage. */
static enum err do_verb(struct cx *cx, const json_t *settings, const json_t *args, const char *verb,
    struct answer *ret)
{
	struct link_reply r;
	if (!post(cx, settings, args, verb, &r, ret))
		return OK;
	if (r.status >= 400)
		return link_say(cx, ret, OUTCOME_DECLINED, "%s", link_words(cx, &r));
	return link_done(cx, ret, json_incref(r.body));
}

static enum err suspend(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return do_verb(cx, settings, args, "suspend", ret);
}

static enum err unsuspend(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return do_verb(cx, settings, args, "unsuspend", ret);
}

static enum err terminate(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	struct link_reply r;
	if (!post(cx, settings, args, "terminate", &r, ret))
		return OK;
	/* Nothing there is what was wanted. */
	if (r.status >= 400 && r.status != 404)
		return link_say(cx, ret, OUTCOME_DECLINED, "%s", link_words(cx, &r));
	return link_done(cx, ret, NULL);
}

static enum err password(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return do_verb(cx, settings, args, "password", ret);
}

static enum err change_plan(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return do_verb(cx, settings, args, "change_plan", ret);
}

static enum err sso(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	TRY(do_verb(cx, settings, args, "sso", ret));
	if (ret->outcome == OUTCOME_DONE && *link_text(ret->data, "url") == 0)
		return link_say(cx, ret, OUTCOME_UNKNOWN, "the panel gave no address to sign in");
	return OK;
}

static enum err usage(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	return do_verb(cx, settings, args, "usage", ret);
}

static enum err test(struct cx *cx, const json_t *settings, struct answer *ret)
{
	struct link_reply r;
	json_t *args = json_keep(cx, json_pack("{ss}", "key", "none"));
	if (!get_account(cx, settings, args, &r, ret))
		return OK;
	if (r.status < 300 || r.status == 404)
		return link_done(cx, ret, NULL);
	return link_say(cx, ret, OUTCOME_DECLINED, "%s", link_words(cx, &r));
}

const struct panel_provider link_panel_sandbox = {
    .name = "sandbox",
    .label = "Sandbox (for trying out)",
    .abilities = PANEL_SSO | PANEL_USAGE | PANEL_PASSWORD | PANEL_CHANGE_PLAN,
    .settings = &link_panel_sandbox_fields,
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
