/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers, as staff set them up: the form comes from the panel's own field table; health and how
 * full they are.
 */
#include "base/str.h"
#include "core/service/service.h"
#include "link/link.h"
#include "web/staff/own.h"

struct server_input {
	const char *key, *name;
	int64_t accounts_max;
	bool enabled;
};

FIELDS(server_fields, struct server_input,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .help = "Short name in lists and the API.",
        .offset = offsetof(struct server_input, key)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 100,
        .offset = offsetof(struct server_input, name)},
    {.name = "accounts_max",
        .label = "Most accounts",
        .type = FIELD_INT,
        .max = 1000000,
        .otherwise = "0",
        .help = "New services go to the emptiest server with room. 0: no limit.",
        .offset = offsetof(struct server_input, accounts_max)},
    {.name = "enabled",
        .label = "Takes new services",
        .type = FIELD_BOOL,
        .otherwise = "1",
        .offset = offsetof(struct server_input, enabled)}, );

static json_t *panels(void)
{
	json_t *list = json_array();

	for (size_t i = 0; link_panels[i] != NULL; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s}", "name", link_panels[i]->name, "label",
		        link_panels[i]->label));
	return list;
}

enum err admin_servers(struct cx *cx, struct page *p)
{
	json_t *rows;

	TRY(server_list(cx, &rows));
	page_title(cx, p, "Servers");
	page_put(p, "data", rows);
	page_set(p, "providers", panels());
	return OK;
}

static enum err panel_of(struct cx *cx, const char *name, const struct panel_provider **ret)
{
	*ret = str_empty(name) ? NULL : link_panel(name);
	return *ret != NULL ?
	    OK :
	    fail(cx, ERR_NOT_FOUND, "server.provider", "There is no such panel in this version.");
}

static void put_settings(struct cx *cx, struct page *p, const struct panel_provider *panel,
    const char *json)
{
	if (p->faulty)
		page_form(cx, p, "settings", panel->settings, NULL);
	else
		page_set(p, "settings", link_settings_form(cx, panel->settings, json, false));
	page_set(p, "provider",
	    json_pack("{s:s, s:s}", "name", panel->name, "label", panel->label));
}

enum err admin_server_new(struct cx *cx, struct page *p)
{
	const struct panel_provider *panel;

	TRY(panel_of(cx, p->faulty ? page_body(p, "provider") : page_query(p, "provider"), &panel));
	admin_form(cx, p,
	    &(struct admin_form){.title = "New server",
	        .action = "/admin/servers",
	        .button = "Save server",
	        .back = "/admin/servers",
	        .fields = &server_fields});
	page_set(p, "server", NULL);
	put_settings(cx, p, panel, "{}");
	return OK;
}

static enum err save(struct cx *cx, struct page *p, const struct server *old)
{
	const struct panel_provider *panel;
	struct server_input in;
	char *json = NULL;
	int64_t id;

	TRY(panel_of(cx, old->provider, &panel));
	enum err err = page_read(cx, p, &server_fields, &in);
	enum err second = link_settings(cx, panel->settings, p->body, old->settings,
	    p->settings.link_public_key, &json);
	TRY(err);
	TRY(second);
	TRY(link_program_setting(cx, panel, json, p->web->exec_folders));
	struct server s = {.id = old->id,
	    .key = in.key,
	    .name = in.name,
	    .provider = panel->name,
	    .settings = json,
	    .accounts_max = in.accounts_max,
	    .enabled = in.enabled};
	TRY(server_save(cx, &s, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "%s was saved.", in.name);
	return page_go(cx, p, "/admin/servers/%lld", (long long)id);
}

enum err admin_server_create(struct cx *cx, struct page *p)
{
	return save(cx, p,
	    &(struct server){.provider = page_body(p, "provider"), .settings = "{}"});
}

enum err admin_server(struct cx *cx, struct page *p)
{
	const struct panel_provider *panel;
	struct server s;

	TRY(server_get(cx, p->id, &s));
	TRY(panel_of(cx, s.provider, &panel));
	json_t *values = json_pack("{s:s, s:s, s:b, s:I}", "key", s.key, "name", s.name, "enabled",
	    (int)s.enabled, "accounts_max", (json_int_t)s.accounts_max);
	admin_form(cx, p,
	    &(struct admin_form){.title = s.name,
	        .button = "Save server",
	        .back = "/admin/servers",
	        .action = admin_path(cx, "servers", s.id),
	        .fields = &server_fields,
	        .values = values});
	json_object_set_new(values, "id", json_integer((json_int_t)s.id));
	json_object_set_new(values, "accounts", json_integer((json_int_t)s.accounts));
	json_object_set_new(values, "error", json_string(s.error));
	json_object_set_new(values, "checked_at",
	    s.checked_at != 0 ? json_integer((json_int_t)s.checked_at) : json_null());
	page_set(p, "server", values);
	put_settings(cx, p, panel, s.settings);
	return OK;
}

enum err admin_server_save(struct cx *cx, struct page *p)
{
	struct server s;

	TRY(server_get(cx, p->id, &s));
	return save(cx, p, &s);
}

enum err admin_server_test(struct cx *cx, struct page *p)
{
	struct server s;
	struct answer a;

	TRY(server_get(cx, p->id, &s));
	json_t *request = json_pack("{s:s, s:s, s:s+, s:{}}", "provider", s.provider, "settings",
	    s.settings, "bound", "server:", s.key, "args");
	enum err err = web_link(cx, p, "panel.test", request, &a);
	json_decref(request);
	TRY(err);
	bool works = a.outcome == OUTCOME_DONE;
	TRY(server_checked(cx, s.id, works ? "" : str_or(a.reason, "no answer")));
	page_set(p, "id", json_integer(s.id));
	page_set(p, "works", json_boolean(works));
	page_set(p, "reason", json_string(str_or(a.reason, "")));
	if (works)
		page_flash(cx, p, "success", "%s answered.", s.name);
	else
		page_flash(cx, p, "danger", "%s did not answer as expected: %s", s.name,
		    str_or(a.reason, ""));
	return page_go(cx, p, "/admin/servers/%lld", (long long)s.id);
}
