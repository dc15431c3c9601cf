/* SPDX-License-Identifier: Apache-2.0 */
/*
 * New prices for running services: which versions they are on, the choice with its preview, doing
 * it, and taking it back. Who gets what is core/service.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/report/report.h"
#include "core/service/reprice.h"
#include "fmt/form.h"
#include "web/staff/own.h"

/* Rows of a preview as a file; beyond them a narrower choice is asked for. */
#define CSV_ROWS 20000

enum err admin_plan_versions(struct cx *cx, struct page *p)
{
	struct plan plan;
	json_t *rows, *row;
	size_t i;

	TRY(plan_get(cx, p->id, &plan));
	TRY(reprice_versions(cx, plan.id, &rows));
	json_array_foreach(rows, i, row)
		json_object_set_new(row, "current",
		    json_boolean(
		        str_eq(json_string_value(json_object_get(row, "state")), "active")));
	page_title(cx, p, "Prices of running services: %s", plan.name);
	page_set(p, "plan",
	    json_pack("{s:I, s:s, s:s}", "id", plan.id, "key", plan.key, "name", plan.name));
	page_put(p, "data", rows);
	return OK;
}

enum err admin_reprices(struct cx *cx, struct page *p)
{
	int64_t limit = page_limit(p);
	json_t *rows, *row;
	size_t i;

	TRY(reprice_list(cx, page_query_int(p, "after"), limit, &rows));
	json_array_foreach(rows, i, row)
		json_object_set(row, "plans",
		    json_object_get(json_object_get(row, "input"), "plans"));
	TRY(admin_plan_names(cx, rows));
	page_title(cx, p, "Price changes");
	page_list(cx, p, rows, limit);
	return OK;
}

/* ---- the choice and its preview ---- */

/* What is not asked of people. */
static const char *const hidden[] = {"cause", "has_expect", "expect_services", "expect_minor"};

static bool is_hidden(const char *name)
{
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (strcmp(hidden[i], name) == 0)
			return true;
	return false;
}

static void put_form(struct cx *cx, struct page *p, const json_t *typed, bool faulty)
{
	page_set(p, "form", field_form(cx, &reprice_fields, typed, faulty));
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		admin_drop(p, "form", hidden[i]);
}

/* The choice again, for the form that carries it out. */
static json_t *carried(struct cx *cx, const json_t *typed)
{
	json_t *list = json_array();

	for (size_t i = 0; i < reprice_fields.n; i++) {
		const char *name = reprice_fields.rows[i].name;
		const char *value = field_words(cx->arena, json_object_get(typed, name));
		if (!str_empty(value) && !is_hidden(name))
			json_array_append_new(list,
			    json_pack("{s:s, s:s}", "name", name, "value", value));
	}
	return list;
}

static const char *next_page(struct cx *cx, const json_t *typed, int64_t next, const char *format)
{
	struct buf b;
	json_t *list = json_keep(cx, carried(cx, typed)), *row;
	size_t i;

	buf_init(&b, cx->arena);
	buf_printf(&b, "/admin/reprices/new?after=%lld", (long long)next);
	if (format != NULL)
		buf_printf(&b, "&format=%s", format);
	json_array_foreach(list, i, row)
		buf_printf(&b, "&%s=%s", json_string_value(json_object_get(row, "name")),
		    str_url(cx->arena, json_string_value(json_object_get(row, "value"))));
	return buf_text(&b);
}

static enum err put_preview(struct cx *cx, struct page *p, const struct reprice_input *in,
    const json_t *typed)
{
	json_t *preview;

	TRY(reprice_preview(cx, in, page_query_int(p, "after"), page_limit(p), &preview));
	TRY(admin_names(cx, json_object_get(preview, "data")));
	int64_t next = json_integer_value(json_object_get(preview, "next"));
	page_put(p, "preview", preview);
	page_set(p, "more", next == 0 ? NULL : json_string(next_page(cx, typed, next, NULL)));
	page_set(p, "csv", json_string(next_page(cx, typed, 0, "csv")));
	page_set(p, "carried", carried(cx, typed));
	page_set(p, "cause", json_string(crypto_token(cx->arena, 18)));
	page_set(p, "may_do",
	    json_boolean(json_integer_value(json_object_get(preview, "services")) > 0));
	return OK;
}

static json_t *csv_tree(json_t *rows)
{
	static const struct {
		const char *key, *label, *kind;
	} columns[] = {{"id", "Service", "count"}, {"client_id", "Client", "count"},
	    {"plan_name", "Plan", "text"}, {"domain", "Domain", "text"}, {"cycle", "Cycle", "text"},
	    {"currency", "Currency", "text"}, {"quantity", "Quantity", "count"},
	    {"old_minor", "Price now", "money"}, {"new_minor", "New price", "money"},
	    {"apply_on", "From", "day"}, {"why", "Left out because", "text"}};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "key", columns[i].key, "label", columns[i].label,
		        "kind", columns[i].kind));
	return json_pack("{s:[{s:s, s:o, s:O}]}", "tables", "name", "services", "columns", list,
	    "rows", rows);
}

static enum err send_csv(struct cx *cx, struct page *p, const struct reprice_input *in)
{
	json_t *preview;
	char *csv;

	TRY(reprice_preview(cx, in, 0, CSV_ROWS, &preview));
	if (json_is_integer(json_object_get(preview, "next")))
		return fail(cx, ERR_CONFLICT, "report.too_large",
		    "These are more than %d services; choose fewer plans or versions", CSV_ROWS);
	json_t *tree = json_keep(cx, csv_tree(json_object_get(preview, "data")));
	TRY(report_csv(cx, tree, NULL, &csv));
	return page_file(cx, p, "text/csv; charset=utf-8", "new-prices.csv", csv, strlen(csv));
}

/* GET with a choice shows what it would do; a refused POST comes back here with what was sent. */
enum err admin_reprice_new(struct cx *cx, struct page *p)
{
	struct reprice_input in;
	const json_t *typed = p->faulty && p->body != NULL ? p->body : p->query;
	bool asked = json_object_get(typed, "effective_on") != NULL;

	page_title(cx, p, "New price for running services");
	page_set(p, "preview", NULL);
	page_set(p, "notice_days", json_integer(p->settings.billing_price_notice_days));
	if (!asked) {
		put_form(cx, p, typed, false);
		return OK;
	}
	enum err err = field_read(cx, &reprice_fields, typed, FIELD_FORM, &in);
	if (err == OK && str_eq(page_query(p, "format"), "csv"))
		return send_csv(cx, p, &in);
	if (err == OK)
		err = put_preview(cx, p, &in, typed);
	if (err != OK && err != ERR_INVALID)
		return err;
	put_form(cx, p, typed, err == ERR_INVALID);
	cx_clear(cx);
	return OK;
}

enum err admin_reprice_create(struct cx *cx, struct page *p)
{
	struct reprice_input in;
	int64_t id;

	TRY(page_read(cx, p, &reprice_fields, &in));
	if (p->source == FIELD_FORM && !in.has_expect)
		return fail(cx, ERR_CONFLICT, "reprice.unseen",
		    "Please look at the preview, then confirm it.");
	TRY(reprice_create(cx, &in, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The new price is noted and clients are being told.");
	return page_go(cx, p, "/admin/reprices/%lld", (long long)id);
}

/* ---- how it stands ---- */

enum err admin_reprice(struct cx *cx, struct page *p)
{
	json_t *view, *items;
	struct reprice_filter f = {.reprice_id = p->id,
	    .state = page_query(p, "state"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};

	TRY(reprice_view(cx, p->id, &view));
	TRY(reprice_items(cx, &f, &items));
	TRY(admin_names(cx, items));
	page_title(cx, p, "Price change %lld", (long long)p->id);
	json_t *input = json_object_get(view, "input");
	const char *how = str_or(json_string_value(json_object_get(input, "how")), "");
	json_object_set_new(view, "by_percent", json_boolean(str_eq(how, "percent")));
	json_object_set_new(view, "by_amount", json_boolean(str_eq(how, "amount")));
	json_object_set_new(view, "may_cancel",
	    json_boolean(json_integer_value(json_object_get(view, "waiting")) > 0));
	TRY(admin_plan_names(cx, json_keep(cx, json_pack("[O]", input))));
	page_put(p, "reprice", view);
	admin_chips(cx, p, "state", "reprice_item");
	page_list(cx, p, items, f.limit);
	return OK;
}

enum err admin_reprice_cancel(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	TRY(reprice_cancel(cx, p->id, reason));
	page_flash(cx, p, "success", "Services that still waited keep their price.");
	return page_go(cx, p, "/admin/reprices/%lld", (long long)p->id);
}

enum err admin_service_reprice_cancel(struct cx *cx, struct page *p)
{
	const char *reason;

	TRY(admin_reason(cx, p, &reason));
	TRY(reprice_cancel_service(cx, p->id, reason));
	page_flash(cx, p, "success", "The service keeps its price.");
	return page_go(cx, p, "/admin/services/%lld", (long long)p->id);
}
