/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_WORLD_H
#define UNIT_FLOW_WORLD_H

/*
 * A small company in a fresh database, for tests of what core and flow do together: settings with a
 * link key, one client, plans without
 * a panel, and a worker whose links answer "done" to everything. Days are set, jobs drained, the
 * audit must hold.
 */
#include "unit/testdb.h"

#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/dunning/dunning.h"
#include "core/ledger/ledger.h"
#include "core/coupon/coupon.h"
#include "core/order/order.h"
#include "flow/own.h"
#include "fmt/form.h"

struct world {
	struct testdb *db;
	struct cx *cx;
	struct worker w;
	struct linker link;
	int64_t client;
};

static inline enum err world_link(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	*ret = (struct answer){OUTCOME_DONE, "",
	    json_keep(cx, json_pack("{s:s s:s}", "text", "secret-1", "state", "absent"))};
	return OK;
}

static inline void world_day(struct world *w, const char *day)
{
	struct day d;
	assert_true(day_parse(day, &d));
	w->cx->now = (int64_t)d.n * 86400 + 10 * 3600;
}

static inline void world_set(struct world *w, const char *name, const char *value)
{
	testdb_ok(w->cx, setting_put(w->cx, name, value));
}

static inline json_t *world_json(struct world *w, const char *text)
{
	json_t *j = json_loads(text, 0, NULL);
	assert_non_null(j);
	return json_keep(w->cx, j);
}

static inline int64_t world_plan(struct world *w, const char *json)
{
	struct plan_input in;
	int64_t id;
	testdb_ok(w->cx, field_read(w->cx, &plan_fields, world_json(w, json), FIELD_JSON, &in));
	testdb_ok(w->cx, plan_create(w->cx, &in, &id));
	return id;
}

static inline struct world *world_open(const void *engine)
{
	struct world *w = calloc(1, sizeof *w);
	char *public_key, *secret_key;
	w->db = testdb_open(engine);
	w->cx = &w->db->cx;
	w->link = (struct linker){world_link, NULL};
	w->w = (struct worker){.cx = w->cx, .link = &w->link, .holder = "test"};
	crypto_seal_keys(w->cx->arena, &public_key, &secret_key);
	world_set(w, "link.public_key", public_key);
	world_set(w, "company.url", "http://127.0.0.1");
	struct client_input in = {.email = "anna@example.org",
	    .first_name = "Anna",
	    .last_name = "Smith",
	    .company = "",
	    .address = "1 Road",
	    .city = "Berlin",
	    .postcode = "10115",
	    .state = "",
	    .country = "DE",
	    .phone = "",
	    .currency = "EUR",
	    .tax_id = "",
	    .password = ""};
	testdb_ok(w->cx, client_create(w->cx, &in, &w->client));
	return w;
}

static inline void world_drain(struct world *w)
{
	int64_t n;
	testdb_ok(w->cx, queue_drain(&w->w, &n));
}

static inline void world_run(struct world *w)
{
	json_t *out;
	testdb_ok(w->cx, flow_run(&w->w, &(struct run_request){0}, &out));
}

static inline void world_close(struct world *w)
{
	json_t *out;
	bool ok;
	testdb_ok(w->cx, flow_audit(w->cx, &out, &ok));
	if (!ok)
		print_error("%s\n", json_dumps(out, JSON_INDENT(1)));
	assert_true(ok);
	testdb_close(w->db);
	free(w);
}

/* Somebody else, beside the world's own client. */
static inline int64_t world_other(struct world *w, const char *email, const char *currency)
{
	struct client_input in = {.email = email,
	    .first_name = "Ben",
	    .last_name = "Jones",
	    .company = "",
	    .address = "",
	    .city = "",
	    .postcode = "",
	    .state = "",
	    .country = "DE",
	    .phone = "",
	    .currency = currency,
	    .tax_id = "",
	    .password = ""};
	int64_t id;
	testdb_ok(w->cx, client_create(w->cx, &in, &id));
	return id;
}

/* An order of one item by JSON; its service. */
static inline int64_t world_order(struct world *w, const char *json, int64_t *ret_invoice)
{
	struct order_input in;
	struct order o;
	struct order_item *items;
	int64_t id;
	size_t n;
	json_t *body = world_json(w, json);
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, field_read(w->cx, &order_fields, body, FIELD_JSON, &in));
	testdb_ok(w->cx, order_create(w->cx, &in, "", &id));
	testdb_ok(w->cx, order_get(w->cx, 0, id, &o));
	testdb_ok(w->cx, order_items(w->cx, id, &items, &n));
	if (ret_invoice != NULL)
		*ret_invoice = o.invoice_id;
	return items[0].service_id;
}

/* Pays what is open on an invoice, by hand, and lets the jobs follow. */
static inline void world_pay(struct world *w, int64_t invoice_id)
{
	struct invoice i;
	int64_t id;
	bool is_new;
	testdb_ok(w->cx, invoice_get(w->cx, 0, invoice_id, &i));
	struct payment_new p = {i.client_id, i.id, i.balance_minor, "bank",
	    arena_printf(w->cx->arena, "t%lld-%lld", (long long)i.id, (long long)w->cx->now), "",
	    i.currency};
	testdb_ok(w->cx, payment_record(w->cx, &p, &id, &is_new));
	world_drain(w);
}

static inline struct service world_service(struct world *w, int64_t id)
{
	struct service s;
	testdb_ok(w->cx, service_get(w->cx, 0, id, &s));
	return s;
}

static inline struct invoice world_invoice(struct world *w, int64_t id)
{
	struct invoice i;
	testdb_ok(w->cx, invoice_get(w->cx, 0, id, &i));
	return i;
}

static inline int64_t world_credit(struct world *w)
{
	int64_t credit;
	testdb_ok(w->cx, ledger_credit(w->cx, w->client, "EUR", &credit));
	return credit;
}

static inline void world_is_day(struct day d, const char *want)
{
	char text[DAY_TEXT_SIZE];
	assert_string_equal(day_set(d) ? day_text(d, text) : "none", want);
}

#endif
