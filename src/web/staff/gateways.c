/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ways to pay, as staff set them up: the form comes from the provider's own field table. Secrets
 * are sealed here and can only be opened by a link process.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/payment/payment.h"
#include "link/link.h"
#include "web/staff/own.h"

struct gateway_input {
	const char *key, *name;
	int64_t position, terms_days, grace_days;
	bool enabled;
};

FIELDS(gateway_fields, struct gateway_input,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .help = "Short name in reports and the API. Cannot be changed later.",
        .offset = offsetof(struct gateway_input, key)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 60,
        .help = "What clients read when they choose how to pay.",
        .offset = offsetof(struct gateway_input, name)},
    {.name = "position",
        .label = "Position",
        .type = FIELD_INT,
        .max = 1000,
        .otherwise = "0",
        .help = "Smaller numbers come first.",
        .offset = offsetof(struct gateway_input, position)},
    {.name = "terms_days",
        .label = "Days to pay",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .help = "For clients who pay this way. Empty: the company's.",
        .offset = offsetof(struct gateway_input, terms_days)},
    {.name = "grace_days",
        .label = "Days of grace",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .help = "Before reminders, fees and suspension: as long as the money may travel. Empty: the"
                " company's.",
        .offset = offsetof(struct gateway_input, grace_days)},
    {.name = "enabled",
        .label = "Offer it to clients",
        .type = FIELD_BOOL,
        .otherwise = "1",
        .offset = offsetof(struct gateway_input, enabled)}, );

static json_t *providers(void)
{
	json_t *list = json_array();

	for (size_t i = 0; link_gateways[i] != NULL; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s}", "name", link_gateways[i]->name, "label",
		        link_gateways[i]->label));
	return list;
}

enum err admin_gateways(struct cx *cx, struct page *p)
{
	json_t *rows;

	TRY(gateway_list(cx, false, &rows));
	page_title(cx, p, "Ways to pay");
	page_put(p, "data", rows);
	page_set(p, "providers", providers());
	return OK;
}

/* The provider named in the query or body of a new gateway. */
static enum err provider_of(struct cx *cx, const char *name, const struct gateway_provider **ret)
{
	*ret = str_empty(name) ? NULL : link_gateway(name);
	return *ret != NULL ? OK :
	                      fail(cx, ERR_NOT_FOUND, "gateway.provider",
	                          "There is no such way to pay in this version.");
}

static void put_settings(struct cx *cx, struct page *p, const struct gateway_provider *provider,
    const char *json)
{
	if (p->faulty)
		page_form(cx, p, "settings", provider->settings, NULL);
	else
		page_set(p, "settings", link_settings_form(cx, provider->settings, json, false));
	page_set(p, "provider",
	    json_pack("{s:s, s:s}", "name", provider->name, "label", provider->label));
}

enum err admin_gateway_new(struct cx *cx, struct page *p)
{
	const struct gateway_provider *provider;
	const char *name = p->faulty ? page_body(p, "provider") : page_query(p, "provider");

	TRY(provider_of(cx, name, &provider));
	json_t *values = json_pack("{s:s, s:s}", "key", provider->name, "name", provider->label);
	admin_form(cx, p,
	    &(struct admin_form){.title = "New way to pay",
	        .action = "/admin/settings/gateways",
	        .button = "Save",
	        .back = "/admin/settings/gateways",
	        .fields = &gateway_fields,
	        .values = values});
	json_decref(values);
	page_set(p, "gateway", NULL);
	put_settings(cx, p, provider, "{}");
	return OK;
}

/* Both halves are checked, so that all faults are shown at once. */
static enum err save(struct cx *cx, struct page *p, const struct gateway *old)
{
	const struct gateway_provider *provider;
	struct gateway_input in;
	char *json = NULL;

	TRY(provider_of(cx, old->provider, &provider));
	enum err err = page_read(cx, p, &gateway_fields, &in);
	enum err second = link_settings(cx, provider->settings, p->body, old->settings,
	    p->settings.link_public_key, &json);
	TRY(err);
	TRY(second);
	struct gateway g = {.key = str_or(old->key, in.key),
	    .provider = provider->name,
	    .name = in.name,
	    .settings = json,
	    .enabled = in.enabled,
	    .position = in.position};
	TRY(gateway_save(cx, &g));
	TRY(client_way_save(cx, &(struct client_way){g.key, in.terms_days, in.grace_days}));
	page_flash(cx, p, "success", "%s was saved.", g.name);
	return page_go(cx, p, "/admin/settings/gateways/%s", g.key);
}

enum err admin_gateway_create(struct cx *cx, struct page *p)
{
	struct gateway g = {.provider = page_body(p, "provider"), .settings = "{}"}, other;
	const char *key = page_body(p, "key");

	if (str_eq(key, "new"))
		return fail_field(cx, "key", "gateway.key",
		    "This word is taken by the page itself");
	if (key != NULL && gateway_get(cx, key, &other) == OK)
		return fail_field(cx, "key", "gateway.exists",
		    "There is already one with this key");
	cx_clear(cx);
	return save(cx, p, &g);
}

static json_t *days(int64_t n)
{
	return n < 0 ? json_null() : json_integer(n);
}

enum err admin_gateway(struct cx *cx, struct page *p)
{
	const struct gateway_provider *provider;
	struct client_way way;
	struct gateway g;

	TRY(gateway_get(cx, p->word, &g));
	TRY(provider_of(cx, g.provider, &provider));
	TRY(client_way_get(cx, g.key, &way));
	json_t *values = json_pack("{s:s, s:s, s:b, s:I, s:o, s:o}", "key", g.key, "name", g.name,
	    "enabled", (int)g.enabled, "position", (json_int_t)g.position, "terms_days",
	    days(way.terms_days), "grace_days", days(way.grace_days));
	admin_form(cx, p,
	    &(struct admin_form){.title = g.name,
	        .button = "Save",
	        .back = "/admin/settings/gateways",
	        .action = arena_printf(cx->arena, "/admin/settings/gateways/%s", g.key),
	        .fields = &gateway_fields,
	        .values = values});
	page_set(p, "gateway", values);
	put_settings(cx, p, provider, g.settings);
	return OK;
}

enum err admin_gateway_save(struct cx *cx, struct page *p)
{
	struct gateway g;

	TRY(gateway_get(cx, p->word, &g));
	json_object_set_new(p->body, "key", json_string(g.key));
	return save(cx, p, &g);
}

enum err admin_gateway_test(struct cx *cx, struct page *p)
{
	struct gateway g;
	struct answer a;

	TRY(gateway_get(cx, p->word, &g));
	json_t *request = json_pack("{s:s, s:s, s:s+, s:{}}", "provider", g.provider, "settings",
	    g.settings, "bound", "gateway:", g.key, "args");
	enum err err = web_link(cx, p, "gateway.test", request, &a);
	json_decref(request);
	TRY(err);
	page_set(p, "key", json_string(g.key));
	page_set(p, "works", json_boolean(a.outcome == OUTCOME_DONE));
	page_set(p, "reason", json_string(str_or(a.reason, "")));
	if (a.outcome == OUTCOME_DONE)
		page_flash(cx, p, "success", "%s answered.", g.name);
	else
		page_flash(cx, p, "danger", "%s did not answer as expected: %s", g.name,
		    str_or(a.reason, ""));
	return page_go(cx, p, "/admin/settings/gateways/%s", g.key);
}
