/* SPDX-License-Identifier: Apache-2.0 */
/* Meters of a plan, and what was read of a service, for staff. The rules are core/meter. */
#include "base/crypto.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/meter/meter.h"
#include "web/staff/own.h"

enum err admin_meters(struct cx *cx, struct page *p)
{
	struct plan plan;
	struct meter *meters;
	size_t n;
	json_t *rows = json_array();

	TRY(plan_get(cx, p->id, &plan));
	page_set(p, "data", rows);
	TRY(meter_list(cx, plan.id, &meters, &n));
	for (size_t i = 0; i < n; i++) {
		json_t *row = meter_view(cx, &meters[i]), *tier;
		size_t k;
		json_array_foreach(json_object_get(row, "tiers"), k, tier)
			json_object_set_new(tier, "open",
			    json_boolean(json_integer_value(json_object_get(tier, "up_to")) == 0));
		json_array_append(rows, row);
	}
	page_title(cx, p, "Metered use: %s", plan.name);
	page_set(p, "plan", json_pack("{s:I, s:s}", "id", plan.id, "name", plan.name));
	return OK;
}

static const char *meters_of(struct cx *cx, int64_t plan_id)
{
	return arena_printf(cx->arena, "/admin/plans/%lld/meters", (long long)plan_id);
}

enum err admin_meter_new(struct cx *cx, struct page *p)
{
	struct plan plan;

	TRY(plan_get(cx, p->id, &plan));
	admin_form(cx, p,
	    &(struct admin_form){.title = "New meter",
	        .action = meters_of(cx, plan.id),
	        .button = "Add meter",
	        .back = meters_of(cx, plan.id),
	        .fields = &meter_fields,
	        .intro = "What is counted is billed with the renewal, over the time that has gone"
	                 " by."});
	return OK;
}

enum err admin_meter_create(struct cx *cx, struct page *p)
{
	struct meter_input in;
	int64_t id;

	TRY(page_read(cx, p, &meter_fields, &in));
	TRY(meter_save(cx, p->id, 0, &in, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The meter was added.");
	return page_go(cx, p, "/admin/plans/%lld/meters", (long long)p->id);
}

enum err admin_meter(struct cx *cx, struct page *p)
{
	struct meter m;

	TRY(meter_get(cx, p->id, &m));
	admin_form(cx, p,
	    &(struct admin_form){.title = m.name,
	        .action = admin_path(cx, "meters", m.id),
	        .button = "Save meter",
	        .back = meters_of(cx, m.plan_id),
	        .fields = &meter_fields,
	        .values = meter_view(cx, &m),
	        .intro = "What is billed stays as it is; what is not follows these prices."});
	return OK;
}

enum err admin_meter_save(struct cx *cx, struct page *p)
{
	struct meter_input in;
	struct meter m;
	int64_t id;

	TRY(meter_get(cx, p->id, &m));
	TRY(page_read(cx, p, &meter_fields, &in));
	TRY(meter_save(cx, 0, m.id, &in, &id));
	page_flash(cx, p, "success", "The meter was saved.");
	return page_go(cx, p, "/admin/plans/%lld/meters", (long long)m.plan_id);
}

static enum err retire(struct cx *cx, struct page *p, bool retired, const char *done)
{
	struct meter m;

	TRY(meter_get(cx, p->id, &m));
	TRY(meter_retire(cx, m.id, retired));
	page_flash(cx, p, "success", "%s", done);
	return page_go(cx, p, "/admin/plans/%lld/meters", (long long)m.plan_id);
}

enum err admin_meter_retire(struct cx *cx, struct page *p)
{
	return retire(cx, p, true, "No more readings are taken; what was read is still billed.");
}

enum err admin_meter_restore(struct cx *cx, struct page *p)
{
	return retire(cx, p, false, "Readings are taken again.");
}

/* ---- what was read of a service ---- */

enum err admin_readings(struct cx *cx, struct page *p)
{
	struct service s;
	struct meter *meters;
	size_t n;
	json_t *view, *rows, *use, *choices = json_array();
	struct reading_filter f = {.service_id = p->id,
	    .before = page_query_int(p, "after"),
	    .limit = page_limit(p)};

	TRY(service_get(cx, 0, p->id, &s));
	TRY(service_view(cx, &s, &view));
	TRY(meter_list(cx, s.plan_id, &meters, &n));
	TRY(reading_list(cx, &f, &rows));
	TRY(meter_use_view(cx, &s, &use));
	page_title(cx, p, "Metered use of %s", str_empty(s.domain) ? s.plan_name : s.domain);
	page_put(p, "service", view);
	page_put(p, "use", use);
	page_list(cx, p, rows, f.limit);
	page_form(cx, p, "form", &reading_fields, NULL);
	for (size_t i = 0; i < n; i++)
		if (meters[i].active)
			admin_choice(choices, meters[i].key, meters[i].name,
			    admin_value(p, "form", "meter"));
	admin_select(p, "form", "meter", choices);
	admin_drop(p, "form", "key");
	page_set(p, "key", json_string(crypto_token(cx->arena, 18)));
	page_set(p, "has_meters", json_boolean(n > 0));
	return OK;
}

enum err admin_reading_add(struct cx *cx, struct page *p)
{
	struct reading_input in;
	int64_t id;

	TRY(page_read(cx, p, &reading_fields, &in));
	TRY(reading_add(cx, &(struct reading_batch){p->id, "staff", &in, 1}, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success",
	    in.replaces_id != 0 ? "The reading was replaced." : "The reading was added.");
	return page_go(cx, p, "/admin/services/%lld/readings", (long long)p->id);
}
