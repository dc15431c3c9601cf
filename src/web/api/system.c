/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's window on the automation and the set-up: events, jobs, letters, runs, gateways,
 * servers, settings, taxes.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/job/job.h"
#include "core/notice/notice.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "core/tax/tax.h"
#include "fmt/form.h"
#include "fmt/mime.h"
#include "link/link.h"
#include "web/api/api.h"
#include "web/handlers.h"

/* ---- what happened ---- */

enum err api_events(struct cx *cx, struct page *p)
{
	const struct event_filter f = {.after = page_query_int(p, "after"),
	    .client_id = page_query_int(p, "client_id"),
	    .subject_id = page_query_int(p, "subject_id"),
	    .subject = page_query(p, "subject"),
	    .name = page_query(p, "name"),
	    .q = page_query(p, "q"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(event_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_jobs(struct cx *cx, struct page *p)
{
	const struct job_filter f = {.after = page_query_int(p, "after"),
	    .client_id = page_query_int(p, "client_id"),
	    .subject_id = page_query_int(p, "subject_id"),
	    .state = page_query(p, "state"),
	    .kind = page_query(p, "kind"),
	    .subject = page_query(p, "subject"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(job_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_job(struct cx *cx, struct page *p)
{
	struct job j;
	TRY(job_get(cx, p->id, &j));
	page_out(p, job_view(cx, &j));
	return OK;
}

enum err api_job_again(struct cx *cx, struct page *p)
{
	TRY(job_again(cx, p->id));
	return api_job(cx, p);
}

enum err api_letters(struct cx *cx, struct page *p)
{
	const struct letter_filter f = {.client_id = page_query_int(p, "client_id"),
	    .subject_id = page_query_int(p, "subject_id"),
	    .subject_kind = page_query(p, "subject_kind"),
	    .state = page_query(p, "state"),
	    .kind = page_query(p, "letter"),
	    .q = page_query(p, "q"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;
	TRY(letter_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err api_letter(struct cx *cx, struct page *p)
{
	struct letter l;
	struct mime_view v;
	TRY(letter_get(cx, 0, p->id, &l));
	TRY(mime_parse(cx, l.bytes, l.len, &v));
	page_out(p, letter_view(cx, &l));
	page_set(p, "text", v.text != NULL ? json_string(v.text) : NULL);
	page_set(p, "html", v.html != NULL ? json_string(v.html) : NULL);
	return OK;
}

enum err api_runs(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(run_view(cx, 0, page_query_int(p, "after"), &rows));
	page_list(cx, p, rows, page_limit(p));
	return OK;
}

enum err api_run(struct cx *cx, struct page *p)
{
	json_t *run;
	TRY(run_view(cx, p->id, page_query_int(p, "after"), &run));
	page_out(p, run);
	return OK;
}

/* ---- how it is set up ---- */

/* The part of a body that belongs to the provider, taken out of it. */
static json_t *take_settings(struct cx *cx, struct page *p)
{
	json_t *settings = json_object_get(p->body, "settings");
	json_t *kept =
	    json_keep(cx, json_is_object(settings) ? json_incref(settings) : json_object());
	json_object_del(p->body, "settings");
	return kept;
}

static void put_way(json_t *to, const struct client_way *w)
{
	json_object_set_new(to, "terms_days",
	    w->terms_days < 0 ? json_null() : json_integer(w->terms_days));
	json_object_set_new(to, "grace_days",
	    w->grace_days < 0 ? json_null() : json_integer(w->grace_days));
}

enum err api_gateways(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;
	TRY(gateway_list(cx, page_query(p, "enabled") != NULL, &rows));
	json_array_foreach(rows, i, row) {
		struct client_way way;
		TRY(client_way_get(cx, json_string_value(json_object_get(row, "key")), &way));
		put_way(row, &way);
	}
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_gateway_save(struct cx *cx, struct page *p)
{
	struct api_gateway in;
	struct gateway old;
	char *settings;
	json_t *given = take_settings(cx, p);
	TRY(page_read(cx, p, &api_gateway_fields, &in));
	const struct gateway_provider *provider = link_gateway(in.provider);
	if (provider == NULL)
		return fail_field(cx, "provider", "provider.unknown",
		    "There is no such payment provider.");
	enum err err = gateway_get(cx, in.key, &old);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	bool known = err == OK;
	cx_clear(cx);
	TRY(link_settings(cx, provider->settings, given,
	    known && str_eq(old.provider, in.provider) ? old.settings : "{}",
	    p->settings.link_public_key, &settings));
	const struct gateway g = {in.key, in.provider, in.name, settings, in.enabled, in.position};
	const struct client_way way = {g.key, in.terms_days, in.grace_days};
	TRY(gateway_save(cx, &g));
	TRY(client_way_save(cx, &way));
	p->status = known ? 200 : 201;
	page_set(p, "key", json_string(g.key));
	page_set(p, "provider", json_string(g.provider));
	page_set(p, "name", json_string(g.name));
	page_set(p, "enabled", json_boolean(g.enabled));
	page_set(p, "position", json_integer(g.position));
	page_set(p, "terms_days", way.terms_days < 0 ? NULL : json_integer(way.terms_days));
	page_set(p, "grace_days", way.grace_days < 0 ? NULL : json_integer(way.grace_days));
	return OK;
}

enum err api_servers(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(server_list(cx, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

static enum err save_server(struct cx *cx, struct page *p, const struct server *old)
{
	struct api_server in;
	char *settings;
	int64_t id;
	json_t *given = take_settings(cx, p);
	TRY(page_read(cx, p, &api_server_fields, &in));
	const struct panel_provider *provider = link_panel(in.provider);
	if (provider == NULL)
		return fail_field(cx, "provider", "provider.unknown",
		    "There is no such control panel.");
	bool same = str_eq(old->provider, in.provider);
	if (same && json_object_size(given) == 0)
		settings = arena_strdup(cx->arena, old->settings);
	else
		TRY(link_settings(cx, provider->settings, given, same ? old->settings : "{}",
		    p->settings.link_public_key, &settings));
	TRY(link_program_setting(cx, provider, settings, p->web->exec_folders));
	const struct server s = {.id = old->id,
	    .key = in.key,
	    .name = in.name,
	    .provider = in.provider,
	    .settings = settings,
	    .accounts_max = in.accounts_max,
	    .enabled = in.enabled,
	    .error = old->error};
	TRY(server_save(cx, &s, &id));
	p->status = old->id == 0 ? 201 : 200;
	page_set(p, "id", json_integer(id));
	page_set(p, "key", json_string(in.key));
	page_set(p, "name", json_string(in.name));
	page_set(p, "provider", json_string(in.provider));
	return OK;
}

enum err api_server_save(struct cx *cx, struct page *p)
{
	return save_server(cx, p, &(struct server){.provider = "", .settings = "{}", .error = ""});
}

enum err api_server_update(struct cx *cx, struct page *p)
{
	struct server old;
	TRY(server_get(cx, p->id, &old));
	return save_server(cx, p, &old);
}

enum err api_settings(struct cx *cx, struct page *p)
{
	json_t *view;
	TRY(setting_view(cx, &view));
	page_out(p, view);
	return OK;
}

/* The mail password goes the way of every secret: sealed before it is stored. */
static enum err seal_password(struct cx *cx, struct page *p)
{
	const char *given = page_body(p, "mail.password");
	if (given == NULL)
		return OK;
	const char *sealed = crypto_seal(cx->arena, str_or(p->settings.link_public_key, ""), given);
	if (sealed == NULL)
		return fail(cx, ERR_CONFLICT, "link.public_key",
		    "A secret cannot be kept yet: run billhook init first.");
	json_object_set_new(p->body, "mail.password", json_string(sealed));
	return OK;
}

enum err api_settings_save(struct cx *cx, struct page *p)
{
	TRY(seal_password(cx, p));
	TRY(setting_save(cx, p->body, p->source));
	return api_settings(cx, p);
}

enum err api_tax_rates(struct cx *cx, struct page *p)
{
	json_t *rows;
	TRY(tax_view(cx, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}

enum err api_tax_rate_save(struct cx *cx, struct page *p)
{
	int64_t id;
	TRY(tax_rate_save(cx, 0, p->body, p->source, &id));
	p->status = 201;
	page_set(p, "id", json_integer(id));
	return OK;
}
