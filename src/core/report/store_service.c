/* SPDX-License-Identifier: Apache-2.0 */
/* Reading services: those that ever ran, a client's, their moves in the log, how they were sold. */
#include "core/report/own.h"
#include "core/row.h"

static void read_service(struct db_row *row, void *out)
{
	struct report_service *s = out;
	s->id = row_int(row);
	s->client_id = row_int(row);
	s->plan = row_str(row);
	s->domain = row_str(row);
	s->currency = row_str(row);
	s->cycle = row_str(row);
	s->state = row_str(row);
	s->amount_minor = row_int(row);
	s->started_on = row_day(row);
	s->created_at = row_int(row);
	s->ended_at = row_int(row);
}

struct services {
	report_service_fn *fn;
	void *arg;
};

static enum err service_row(struct cx *cx, struct db_row *row, void *arg)
{
	const struct services *to = arg;
	struct report_service s;
	read_service(row, &s);
	return to->fn(cx, &s, to->arg);
}

#define SERVICE \
	"SELECT id, client_id, plan_name, domain, currency, cycle, state, quantity *" \
	" (price_minor +" \
	" CAST((SELECT COALESCE(SUM(o.quantity * o.price_minor), 0) FROM service_option o WHERE" \
	" o.service_id = service.id AND o.state = 'active') AS BIGINT)), started_on, created_at," \
	" ended_at FROM service "

/* One that ended without having run brought no income. */
DB_STMT(report_services, "itt",
    SERVICE "WHERE started_on IS NOT NULL AND (state IN ('active', 'suspended')"
            " OR (state IN ('cancelled', 'terminated') AND EXISTS (SELECT 1 FROM event e"
            " WHERE e.subject = 'service' AND e.subject_id = service.id AND e.name = 'activate')))"
            " AND id > $1 AND ($2 IS NULL OR currency = $2) AND started_on <= $3 ORDER BY id");

enum err report_store_services(struct cx *cx, const struct report_query *q, report_service_fn *fn,
    void *arg)
{
	struct services to = {fn, arg};
	return db_each(cx, &report_services,
	    DB_ARGS(db_int(q->after), db_opt_text(q->currency), arg_day(cx->arena, q->until)),
	    service_row, &to);
}

DB_STMT(report_services_client, "i", SERVICE "WHERE client_id = $1 ORDER BY id LIMIT 1000");

enum err report_store_services_of(struct cx *cx, int64_t client_id, struct report_service **ret,
    size_t *ret_n)
{
	return db_list(cx, &report_services_client, DB_ARGS(db_int(client_id)),
	    (struct db_into){read_service, sizeof **ret}, ret, ret_n);
}

static enum err move_row(struct cx *cx, struct db_row *row, void *arg)
{
	const char **data = arg;
	*data = arena_strdup(cx->arena, row_str(row));
	return OK;
}

#define MOVES \
	"SELECT data FROM event WHERE subject = 'service' AND subject_id = $1" \
	" AND name IN ('set_up', 'activate', 'fail', 'again', 'suspend', 'unsuspend', 'cancel'," \
	" 'terminate') "
DB_STMT(report_move_last, "ii", MOVES "AND at < $2 ORDER BY id DESC LIMIT 1");
DB_STMT(report_move_next, "ii", MOVES "AND at >= $2 ORDER BY id LIMIT 1");

enum err report_store_moves(struct cx *cx, int64_t service_id, int64_t before,
    const char **ret_last, const char **ret_next)
{
	*ret_last = *ret_next = NULL;
	TRY(db_each(cx, &report_move_last, DB_ARGS(db_int(service_id), db_int(before)), move_row,
	    ret_last));
	return db_each(cx, &report_move_next, DB_ARGS(db_int(service_id), db_int(before)), move_row,
	    ret_next);
}

static void read_sold(struct db_row *row, void *out)
{
	struct report_sold *s = out;
	s->order_id = row_int(row);
	s->plan_key = row_str(row);
	s->plan_name = row_str(row);
	s->cycle = row_str(row);
	s->currency = row_str(row);
	s->anchor_day = row_int(row);
	s->price_id = row_int(row);
	s->price_minor = row_int(row);
}

static void read_version(struct db_row *row, void *out)
{
	struct report_sold *s = out;
	s->version_id = row_int(row);
	s->version_at = row_int(row);
}

DB_STMT(report_sold_as, "i",
    "SELECT s.order_id, s.plan_key, s.plan_name, s.cycle, s.currency, s.anchor_day, o.price_id,"
    " COALESCE(o.price_minor, s.price_minor) FROM service s"
    " LEFT JOIN order_item o ON o.order_id = s.order_id AND o.service_id = s.id WHERE s.id = $1");

enum err report_store_sold(struct cx *cx, int64_t service_id, struct report_sold *ret)
{
	return db_one(cx, &report_sold_as, DB_ARGS(db_int(service_id)), read_sold, ret);
}

static void read_part(struct db_row *row, void *out)
{
	struct report_part *p = out;
	p->price_id = row_int(row);
	p->price_minor = row_int(row);
	p->quantity = row_int(row);
	p->name = row_str(row);
	p->label = row_str(row);
}

DB_STMT(report_part_by_id, "i",
    "SELECT price_id, price_minor, quantity, name, label FROM service_option WHERE id = $1");

enum err report_store_part(struct cx *cx, int64_t part_id, struct report_part *ret)
{
	return db_one(cx, &report_part_by_id, DB_ARGS(db_int(part_id)), read_part, ret);
}

/*
 * The version that a period was billed at: the service's, unless a re-pricing has come later; then
 * the one that it replaced.
 */
DB_STMT(report_sold_version, "it",
    "SELECT p.id, p.created_at FROM price p WHERE p.id = COALESCE((SELECT i.old_price_id"
    " FROM reprice_item i WHERE i.service_id = $1 AND i.state = 'applied' AND i.apply_on > $2"
    " ORDER BY i.apply_on, i.id LIMIT 1), (SELECT s.price_id FROM service s WHERE s.id = $1))");

enum err report_store_version(struct cx *cx, int64_t service_id, struct day from,
    struct report_sold *ret)
{
	ret->version_id = ret->version_at = 0;
	enum err err = db_one(cx, &report_sold_version,
	    DB_ARGS(db_int(service_id), arg_day(cx->arena, from)), read_version, ret);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		return OK;
	}
	return err;
}
