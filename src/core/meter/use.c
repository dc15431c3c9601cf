/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From readings to billed use: what is unbilled of many services, the record behind each line, and
 * what is credited again. The amounts are rules.c's.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/str.h"
#include "core/meter/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/form.h"

static const struct service *service_of(const struct service *s, size_t n, int64_t id)
{
	size_t i = 0;
	while (i < n && s[i].id != id)
		i++;
	return i < n ? &s[i] : NULL;
}

/* Few meters stand behind many rows; each is read once. */
static enum err meter_of(struct cx *cx, const struct meter_uses *u, int64_t id,
    const struct meter **ret)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->rows[i].meter->id == id) {
			*ret = u->rows[i].meter;
			return OK;
		}
	struct meter *m = ARENA_NEW(cx->arena, struct meter);
	TRY(meter_get(cx, id, m));
	*ret = m;
	return OK;
}

enum err meter_uses_load(struct cx *cx, const struct service *s, size_t n, struct day until,
    struct meter_uses *ret)
{
	struct meter_row *rows;
	struct settings settings;
	size_t rows_n;
	TRY(setting_load(cx, &settings));
	struct meter_uses u = {.until = until,
	    .until_at = zone_instant(settings.company_zone, until)};
	int64_t ids[2] = {INT64_MAX, 0};
	for (size_t i = 0; i < n; i++) {
		ids[0] = s[i].id < ids[0] ? s[i].id : ids[0];
		ids[1] = s[i].id > ids[1] ? s[i].id : ids[1];
	}
	TRY(meter_store_unbilled(cx, ids, u.until_at, &rows, &rows_n));
	u.rows = ARENA_ARRAY(cx->arena, struct meter_use, rows_n);
	for (size_t i = 0; i < rows_n; i++) {
		const struct meter_row *r = &rows[i];
		const struct meter *m;
		const struct service *of = service_of(s, n, r->service_id);
		if (of == NULL)
			continue;
		TRY(meter_of(cx, &u, r->meter_id, &m));
		u.rows[u.n++] = (struct meter_use){
		    .service_id = r->service_id,
		    .meter = m,
		    .quantity = m->aggregation == METER_SUM ? r->sum :
		        m->aggregation == METER_MAX         ? r->max :
		                                              r->last,
		    .readings = r->readings,
		    .late = r->late,
		    .from = day_set(r->from) ? r->from : of->started_on,
		};
	}
	*ret = u;
	return OK;
}

enum err meter_billed(struct cx *cx, const struct meter_uses *u, const struct service *s,
    const struct meter_line *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct meter_line *l = &lines[i];
		const struct meter *m = l->use->meter;
		int64_t marked;
		struct meter_bill b = {.service_id = s->id,
		    .meter_id = m->id,
		    .from = l->use->from,
		    .to = l->to,
		    .until_at = u->until_at,
		    .quantity = l->use->quantity,
		    .allowance = l->allowance,
		    .readings = l->use->readings,
		    .late = l->use->late,
		    .amount_minor = l->amount_minor,
		    .currency = s->currency,
		    .aggregation = meter_aggregations[m->aggregation],
		    .tiers = view_print(cx,
		        json_keep(cx,
		            json_pack("{s:s s:I s:o}", "model", meter_models[m->model],
		                "package_size", m->package_size, "tiers",
		                meter_tiers_view(cx, m, s->currency))))};
		TRY(meter_store_bill(cx, &b, &b.id));
		TRY(meter_store_mark(cx, &b, &marked));
		if (marked != l->use->readings)
			return fail(cx, ERR_CONFLICT, "meter.raced",
			    "Readings came or were billed at the same moment");
	}
	return OK;
}

struct releasing {
	int64_t service_id;
};

static enum err release_body(struct cx *cx, void *arg)
{
	const struct releasing *r = arg;
	struct meter_bill *bills;
	size_t n;
	TRY(meter_store_bills(cx, r->service_id, &bills, &n));
	for (size_t i = 0; i < n; i++) {
		bool live;
		const struct invoice_charge charge = {"use", r->service_id, bills[i].meter_id,
		    bills[i].from};
		TRY(invoice_charge_live(cx, &charge, &live));
		if (!live)
			TRY(meter_store_void(cx, bills[i].id));
	}
	return OK;
}

enum err meter_release(struct cx *cx, int64_t service_id)
{
	return db_tx(cx, release_body, &(struct releasing){service_id});
}

/* ---- what people see ---- */

enum err meter_use_view(struct cx *cx, const struct service *s, json_t **ret)
{
	struct meter_uses u;
	struct settings settings;
	json_t *list = json_keep(cx, json_array());
	TRY(setting_load(cx, &settings));
	/* What was read today counts, too. */
	struct day until = day_add(setting_today(cx, &settings), 1);
	TRY(meter_uses_load(cx, s, 1, until, &u));
	struct meter_line *lines = ARENA_ARRAY(cx->arena, struct meter_line, u.n);
	size_t n = meter_lines(cx->arena, &u, s, until, lines);
	for (size_t i = 0; i < n; i++) {
		const struct meter_use *use = lines[i].use;
		const struct meter *m = use->meter;
		json_array_append_new(list,
		    json_pack("{s:I s:s s:s s:s s:I s:I s:I s:I s:I s:s s:o}", "meter_id", m->id,
		        "key", m->key, "name", m->name, "unit", m->unit, "quantity", use->quantity,
		        "allowance", lines[i].allowance, "readings", use->readings, "late",
		        use->late, "amount_minor", lines[i].amount_minor, "currency", s->currency,
		        "from_on", json_day(use->from)));
	}
	*ret = list;
	return OK;
}

enum err meter_explain(struct cx *cx, const struct invoice_item *item, json_t **ret)
{
	struct meter_bill b;
	json_t *readings = json_array();
	*ret = NULL;
	enum err err = meter_store_bill_of(cx, item->service_id, item->part_id, item->from, &b);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		json_decref(readings);
		return OK;
	}
	TRY(err);
	json_t *o = json_keep(cx,
	    json_pack("{s:I s:I s:I s:I s:I s:s s:o s:o}", "quantity", b.quantity, "allowance",
	        b.allowance, "late", b.late, "readings_n", b.readings, "amount_minor",
	        b.amount_minor, "currency", b.currency, "prices", view_parse(b.tiers), "readings",
	        readings));
	TRY(meter_store_readings_of(cx, b.id, readings));
	*ret = o;
	return OK;
}
