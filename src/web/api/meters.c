/* SPDX-License-Identifier: Apache-2.0 */
/* The API's meters and readings. */
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/meter/meter.h"
#include "web/api/api.h"
#include "web/handlers.h"

static enum err show(struct cx *cx, struct page *p, int64_t id)
{
	struct meter m;
	TRY(meter_get(cx, id, &m));
	page_out(p, meter_view(cx, &m));
	return OK;
}

enum err api_meters(struct cx *cx, struct page *p)
{
	struct plan plan;
	struct meter *meters;
	size_t n;
	json_t *rows = json_array();
	page_set(p, "data", rows);
	page_set(p, "next", NULL);
	TRY(plan_find(cx, p->word, &plan));
	TRY(meter_list(cx, plan.id, &meters, &n));
	for (size_t i = 0; i < n; i++)
		json_array_append(rows, meter_view(cx, &meters[i]));
	return OK;
}

enum err api_meter_create(struct cx *cx, struct page *p)
{
	struct plan plan;
	struct meter_input in;
	int64_t id;
	TRY(plan_find(cx, p->word, &plan));
	TRY(page_read(cx, p, &meter_fields, &in));
	TRY(meter_save(cx, plan.id, 0, &in, &id));
	p->status = 201;
	return show(cx, p, id);
}

enum err api_meter_update(struct cx *cx, struct page *p)
{
	struct meter m;
	struct meter_input in;
	int64_t id;
	TRY(meter_get(cx, p->id, &m));
	TRY(page_read(cx, p, &meter_fields, &in));
	TRY(meter_save(cx, 0, m.id, &in, &id));
	return show(cx, p, m.id);
}

enum err api_meter_retire(struct cx *cx, struct page *p)
{
	TRY(meter_retire(cx, p->id, true));
	return show(cx, p, p->id);
}

enum err api_readings(struct cx *cx, struct page *p)
{
	struct service s;
	json_t *rows;
	struct reading_filter f = {.service_id = p->id,
	    .meter_id = page_query_int(p, "meter_id"),
	    .before = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	TRY(service_get(cx, 0, p->id, &s));
	TRY(reading_list(cx, &f, &rows));
	page_list(cx, p, rows, f.limit);
	return OK;
}

/* One reading as an object, or many under "readings": all of them or none. */
enum err api_readings_add(struct cx *cx, struct page *p)
{
	struct reading_input one;
	struct reading_many many;
	struct reading_batch b = {p->id, "api", &one, 1};
	json_t *ids = json_array();
	page_set(p, "ids", ids);
	if (json_object_get(p->body, "readings") == NULL) {
		TRY(page_read(cx, p, &reading_fields, &one));
	} else {
		TRY(page_read(cx, p, &reading_many_fields, &many));
		b.in = many.readings.rows;
		b.n = many.readings.n;
	}
	int64_t *made = ARENA_ARRAY(cx->arena, int64_t, b.n);
	TRY(reading_add(cx, &b, made));
	for (size_t i = 0; i < b.n; i++)
		json_array_append_new(ids, json_integer(made[i]));
	p->status = 201;
	return OK;
}

enum err api_use(struct cx *cx, struct page *p)
{
	struct service s;
	json_t *rows;
	TRY(service_get(cx, 0, p->id, &s));
	TRY(meter_use_view(cx, &s, &rows));
	page_put(p, "data", rows);
	page_set(p, "next", NULL);
	return OK;
}
