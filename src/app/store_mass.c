/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many made-up clients for measuring, written straight into two tables at batch speed. The only
 * file outside core/client and core/service that names them: a million calls of client_create would
 * take an hour and prove nothing more.
 */
#include <string.h>

#include "app/demo.h"
#include "base/limits.h"
#include "core/catalog/catalog.h"
#include "core/setting/setting.h"
#include "db/db.h"

#define SLICE 1000 /* rows of one transaction: about 2 MiB of arguments */

DB_BATCH(demo_client_batch, "client",
    "id, email, first_name, last_name, company, address, city, postcode, region, country, phone,"
    " currency, tax_id, tax_exempt, language, state, note, created_at",
    "itttttttttttt"
    "ittti");
#define CLIENT_COLUMNS 18
DB_BATCH(demo_service_batch, "service",
    "id, client_id, plan_id, plan_key, plan_name, tax_class, panel, package, state, cycle,"
    " anchor_day, currency, price_minor, quantity, domain, username, secret, started_on,"
    " billed_until, paid_until, suspend_cause, cancel_reason, discount_ppm, discount_minor,"
    " discount_terms, created_at, price_id",
    "iiittttttt"
    "itiitttttttt"
    "iiiii");
#define SERVICE_COLUMNS 27

struct mass {
	struct plan plan;
	struct price price;
	struct day today;
	size_t n; /* of this slice */
};

static void put_client(struct cx *cx, struct db_arg *to, int64_t id)
{
	long long n = id;
	const struct db_arg row[CLIENT_COLUMNS] = {db_int(id),
	    db_text(arena_printf(cx->arena, "client%lld@mass.example", n)),
	    db_text(arena_printf(cx->arena, "First%lld", n % 997)),
	    db_text(arena_printf(cx->arena, "Last%lld", n % 9973)), db_text(""),
	    db_text(arena_printf(cx->arena, "%lld Example Street", n % 200 + 1)), db_text("Berlin"),
	    db_text("10115"), db_text(""), db_text("DE"), db_text(""), db_text("EUR"), db_text(""),
	    db_int(0), db_text(""), db_text("active"), db_text(""), db_int(cx->now)};
	memcpy(to, row, sizeof row);
}

/* No panel: nothing is to be asked of anybody for a made-up account. */
static void put_service(struct cx *cx, struct db_arg *to, const struct mass *m,
    const int64_t ids[2])
{
	const struct plan *p = &m->plan;
	const char *today = day_print(cx->arena, m->today);
	int year, month, mday;
	day_split(m->today, &year, &month, &mday);
	const struct db_arg row[SERVICE_COLUMNS] = {db_int(ids[1]), db_int(ids[0]), db_int(p->id),
	    db_text(p->key), db_text(p->name), db_text(p->tax_class), db_text(""), db_text(""),
	    db_text("active"), db_text(m->price.cycle), db_int(mday), db_text(m->price.currency),
	    db_int(m->price.price_minor), db_int(1),
	    db_text(arena_printf(cx->arena, "site%lld.mass.example", (long long)ids[1])),
	    db_text(arena_printf(cx->arena, "mass%lld", (long long)ids[1])), db_text(""),
	    db_text(today), db_text(today), db_text(today), db_text(""), db_text(""), db_int(0),
	    db_int(0), db_int(0), db_int(cx->now), db_int(m->price.id)};
	memcpy(to, row, sizeof row);
}

static enum err slice(struct cx *cx, void *arg)
{
	const struct mass *m = arg;
	int64_t *clients = ARENA_ARRAY(cx->arena, int64_t, m->n);
	int64_t *services = ARENA_ARRAY(cx->arena, int64_t, m->n);
	struct db_arg *client_rows = ARENA_ARRAY(cx->arena, struct db_arg, m->n * CLIENT_COLUMNS);
	struct db_arg *service_rows = ARENA_ARRAY(cx->arena, struct db_arg, m->n * SERVICE_COLUMNS);
	TRY(db_batch_ids(cx, &demo_client_batch, m->n, clients));
	TRY(db_batch_ids(cx, &demo_service_batch, m->n, services));
	for (size_t i = 0; i < m->n; i++) {
		put_client(cx, client_rows + i * CLIENT_COLUMNS, clients[i]);
		put_service(cx, service_rows + i * SERVICE_COLUMNS, m,
		    (int64_t[2]){clients[i], services[i]});
	}
	TRY(db_batch_write(cx, &demo_client_batch, client_rows, m->n));
	return db_batch_write(cx, &demo_service_batch, service_rows, m->n);
}

/* Rows of a slice live in an arena of their own: a million of them would not fit into one. */
static enum err write_slice(struct cx *cx, struct mass *m)
{
	struct arena *outer = cx->arena;
	cx->arena = arena_new(LIMIT_ARENA_BYTES);
	enum err err = db_tx(cx, slice, m);
	arena_free(cx->arena);
	cx->arena = outer;
	return err;
}

enum err demo_mass(struct cx *cx, int64_t n)
{
	struct mass m = {0};
	struct settings settings;
	TRY(setting_load(cx, &settings));
	TRY(plan_find(cx, DEMO_PLAN, &m.plan));
	TRY(price_find(cx, m.plan.id, "1m", "EUR", &m.price));
	m.today = setting_today(cx, &settings);
	for (; n > 0; n -= (int64_t)m.n) {
		m.n = n < SLICE ? (size_t)n : SLICE;
		TRY(write_slice(cx, &m));
	}
	return OK;
}
