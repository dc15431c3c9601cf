/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table service but its audit (store_audit.c). */
#include "base/str.h"
#include "core/row.h"
#include "core/service/own.h"
#include "core/service/reprice_own.h"
#include "core/view.h"
#include "fmt/form.h"

void service_read(struct db_row *row, void *out)
{
	struct service *s = out;
	s->id = row_int(row);
	s->client_id = row_int(row);
	s->order_id = row_int(row);
	s->plan_id = row_int(row);
	s->plan_key = row_str(row);
	s->plan_name = row_str(row);
	s->tax_class = row_str(row);
	s->panel = row_str(row);
	s->package = row_str(row);
	s->server_id = row_int(row);
	s->state = (enum service_state)fsm_state(&service_fsm, row_str(row));
	s->cycle = row_str(row);
	s->anchor_day = row_int(row);
	s->currency = row_str(row);
	s->price_minor = row_int(row);
	s->quantity = row_int(row);
	s->domain = row_str(row);
	s->username = row_str(row);
	s->secret = row_str(row);
	s->started_on = row_day(row);
	s->billed_until = row_day(row);
	s->paid_until = row_day(row);
	s->suspend_cause = row_str(row);
	s->cancel_on = row_day(row);
	s->cancel_reason = row_str(row);
	s->hold_until = row_day(row);
	s->coupon_id = row_int(row);
	s->discount_ppm = row_int(row);
	s->discount_minor = row_int(row);
	s->discount_terms = row_int(row);
	s->created_at = row_int(row);
	s->ended_at = row_int(row);
	s->price_id = row_int(row);
	s->next_price_minor = row_int(row);
	s->next_price_id = row_int(row);
	s->next_price_on = row_day(row);
	s->reprice_item_id = row_int(row);
	s->discount_stacks = row_int(row) != 0;
	s->standing = (struct client_discount){0, "", ""};
	s->parent_id = row_int(row);
	s->bundle_id = row_int(row);
	s->bundle_ppm = row_int(row);
	s->bundle_minor = row_int(row);
	s->discount_granted = row_int(row);
}

DB_STMT(service_by_id, "ii",
    "SELECT " SERVICE_COLUMNS " FROM service WHERE id = $1 AND ($2 IS NULL OR client_id = $2)");

enum err service_store_get(struct cx *cx, int64_t client_id, int64_t id, struct service *ret)
{
	enum err err =
	    db_one(cx, &service_by_id, DB_ARGS(db_int(id), db_opt(client_id)), service_read, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "service.unknown", "There is no such service") :
	                              err;
}

DB_STMT(service_insert,
    "iiitttttttitiit"
    "ttti"
    "iiiiiiiiiii",
    "INSERT INTO service (client_id, order_id, plan_id, plan_key, plan_name, tax_class, panel,"
    " package, state, cycle, anchor_day,"
    " currency, price_minor, quantity, domain, username, secret, started_on, billed_until,"
    " paid_until, suspend_cause,"
    " cancel_reason, created_at, coupon_id, discount_ppm, discount_minor, discount_terms,"
    " price_id, discount_stacks, parent_id, bundle_id, bundle_ppm, bundle_minor,"
    " discount_granted) VALUES"
    " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', $16, $17, $18,"
    " '', '', $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)"
    " RETURNING id");

enum err service_store_insert(struct cx *cx, const struct service *s, int64_t *ret_id)
{
	return db_int64(cx, &service_insert,
	    DB_ARGS(db_int(s->client_id), db_opt(s->order_id), db_int(s->plan_id),
	        db_text(s->plan_key), db_text(s->plan_name), db_text(s->tax_class),
	        db_text(s->panel), db_text(s->package), db_text(service_fsm.states[s->state]),
	        db_text(s->cycle), db_int(s->anchor_day), db_text(s->currency),
	        db_int(s->price_minor), db_int(s->quantity), db_text(s->domain),
	        arg_day(cx->arena, s->started_on), arg_day(cx->arena, s->billed_until),
	        arg_day(cx->arena, s->paid_until), db_int(cx->now), db_opt(s->coupon_id),
	        db_int(s->discount_ppm), db_int(s->discount_minor), db_int(s->discount_terms),
	        db_int(s->price_id), db_int(s->discount_stacks), db_opt(s->parent_id),
	        db_opt(s->bundle_id), db_int(s->bundle_ppm), db_int(s->bundle_minor),
	        db_int(s->discount_granted)),
	    ret_id);
}

DB_STMT(service_domain_count, "t",
    "SELECT COUNT(*) FROM service WHERE domain = $1"
    " AND state IN ('pending', 'provisioning', 'active', 'suspended', 'attention')");

enum err service_domain_taken(struct cx *cx, const char *domain, bool *ret)
{
	int64_t n;
	TRY(db_int64(cx, &service_domain_count, DB_ARGS(db_text(domain)), &n));
	*ret = n > 0;
	return OK;
}

DB_STMT(service_set_state, "itttii",
    "UPDATE service SET state = $3, suspend_cause = $4, ended_at = CASE WHEN $5 = 1 THEN $6 ELSE"
    " ended_at END"
    " WHERE id = $1 AND state = $2");

enum err service_store_set_state(struct cx *cx, const struct service *s, enum service_state to,
    const char *suspend_cause)
{
	int64_t n;
	bool ended = to == SERVICE_CANCELLED || to == SERVICE_TERMINATED;
	TRY(db_run(cx, &service_set_state,
	    DB_ARGS(db_int(s->id), db_text(service_fsm.states[s->state]),
	        db_text(service_fsm.states[to]), db_text(suspend_cause), db_int(ended),
	        db_int(cx->now)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "service.raced",
	                    "Somebody else changed the service at the same moment");
}

DB_STMT(service_set_dates, "itt",
    "UPDATE service SET billed_until = $2, paid_until = $3 WHERE id = $1 AND billed_until IS NOT"
    " NULL");

enum err service_store_set_dates(struct cx *cx, int64_t id, struct day billed_until,
    struct day paid_until)
{
	return db_run(cx, &service_set_dates,
	    DB_ARGS(db_int(id), arg_day(cx->arena, billed_until), arg_day(cx->arena, paid_until)),
	    NULL);
}

DB_STMT(service_set_terms, "ii", "UPDATE service SET discount_terms = $2 WHERE id = $1");

enum err service_store_set_terms(struct cx *cx, int64_t id, int64_t discount_terms)
{
	return db_run(cx, &service_set_terms, DB_ARGS(db_int(id), db_int(discount_terms)), NULL);
}

DB_STMT(service_set_start, "iti",
    "UPDATE service SET started_on = $2, anchor_day = $3, billed_until = CASE WHEN billed_until IS"
    " NULL THEN NULL ELSE $2 END,"
    " paid_until = CASE WHEN paid_until IS NULL THEN NULL ELSE $2 END WHERE id = $1 AND state ="
    " 'pending'"
    " AND (billed_until IS NULL OR billed_until = started_on)");

enum err service_store_set_start(struct cx *cx, int64_t id, struct day started_on, int anchor_day)
{
	return db_run(cx, &service_set_start,
	    DB_ARGS(db_int(id), arg_day(cx->arena, started_on), db_int(anchor_day)), NULL);
}

/* The row is as it was planned from; a price that comes with a period becomes the service's. */
DB_STMT(service_set_billed_one, "ittiiiii",
    "UPDATE service SET billed_until = $3,"
    " discount_terms = CASE WHEN discount_terms < 0 THEN discount_terms"
    " WHEN discount_terms > $4 THEN discount_terms - $4 ELSE 0 END, price_minor = $6,"
    " price_id = CASE WHEN $8 = 1 THEN next_price_id ELSE price_id END,"
    " next_price_on = CASE WHEN $8 = 1 THEN NULL ELSE next_price_on END,"
    " reprice_item_id = CASE WHEN $8 = 1 THEN 0 ELSE reprice_item_id END"
    " WHERE id = $1 AND billed_until = $2 AND state = 'active' AND price_minor = $5"
    " AND reprice_item_id = $7");

enum err service_set_billed(struct cx *cx, const struct service_billed *b, size_t n)
{
	int64_t changed;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, n * 8);
	for (size_t i = 0; i < n; i++) {
		args[i * 8] = db_int(b[i].id);
		args[i * 8 + 1] = arg_day(cx->arena, b[i].from);
		args[i * 8 + 2] = arg_day(cx->arena, b[i].to);
		args[i * 8 + 3] = db_int(b[i].terms);
		args[i * 8 + 4] = db_int(b[i].old_minor);
		args[i * 8 + 5] = db_int(b[i].price_minor);
		args[i * 8 + 6] = db_int(b[i].waiting_id);
		args[i * 8 + 7] = db_int(b[i].repriced);
	}
	TRY(db_many(cx, &service_set_billed_one, args, n, &changed));
	if (changed != (int64_t)n)
		return fail(cx, ERR_CONFLICT, "service.billed",
		    "A service was billed, stopped or re-priced by somebody else just now");
	return reprice_applied(cx, b, n);
}

DB_STMT(service_use_term, "i",
    "UPDATE service SET discount_terms = discount_terms - 1 WHERE id = $1 AND discount_terms > 0");

enum err service_term_used(struct cx *cx, int64_t id)
{
	return db_run(cx, &service_use_term, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(service_set_anchor, "ii", "UPDATE service SET anchor_day = $2 WHERE id = $1");

enum err service_store_set_anchor(struct cx *cx, int64_t id, int anchor_day)
{
	return db_run(cx, &service_set_anchor, DB_ARGS(db_int(id), db_int(anchor_day)), NULL);
}

DB_STMT(service_set_client, "iii",
    "UPDATE service SET client_id = $3 WHERE id = $1 AND client_id = $2");

enum err service_store_set_client(struct cx *cx, const struct service *s, int64_t to)
{
	int64_t changed;
	TRY(db_run(cx, &service_set_client,
	    DB_ARGS(db_int(s->id), db_int(s->client_id), db_int(to)), &changed));
	return changed == 1 ?
	    OK :
	    fail(cx, ERR_CONFLICT, "service.moved", "Somebody else moved it at the same moment");
}

DB_STMT(service_set_account, "itit",
    "UPDATE service SET username = $2, server_id = COALESCE($3, server_id),"
    " secret = CASE WHEN $4 = '' THEN secret ELSE $4 END WHERE id = $1");

enum err service_store_set_account(struct cx *cx, int64_t id, const char *username,
    int64_t server_id, const char *secret)
{
	return db_run(cx, &service_set_account,
	    DB_ARGS(db_int(id), db_text(username), db_opt(server_id), db_text(secret)), NULL);
}

DB_STMT(service_set_cancel, "itt",
    "UPDATE service SET cancel_on = $2, cancel_reason = $3 WHERE id = $1");

enum err service_store_set_cancel(struct cx *cx, int64_t id, struct day on, const char *reason)
{
	return db_run(cx, &service_set_cancel,
	    DB_ARGS(db_int(id), arg_day(cx->arena, on), db_text(reason)), NULL);
}

DB_STMT(service_set_price_of, "ii",
    "UPDATE service SET price_minor = $2, price_id = 0 WHERE id = $1");

enum err service_store_set_price(struct cx *cx, int64_t id, int64_t price_minor)
{
	return db_run(cx, &service_set_price_of, DB_ARGS(db_int(id), db_int(price_minor)), NULL);
}

DB_STMT(service_set_hold, "it", "UPDATE service SET hold_until = $2 WHERE id = $1");

enum err service_store_set_hold(struct cx *cx, int64_t id, struct day until)
{
	return db_run(cx, &service_set_hold, DB_ARGS(db_int(id), arg_day(cx->arena, until)), NULL);
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(service_cancel_ids, "ti",
    "SELECT id FROM service WHERE cancel_on IS NOT NULL AND cancel_on <= $1"
    " AND state IN ('active', 'suspended') ORDER BY cancel_on, id LIMIT $2");

enum err service_store_cancel_due(struct cx *cx, struct day today, int64_t limit, int64_t **ret,
    size_t *ret_n)
{
	return db_list(cx, &service_cancel_ids, DB_ARGS(arg_day(cx->arena, today), db_int(limit)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_addon_all, "i",
    "SELECT " SERVICE_COLUMNS " FROM service WHERE parent_id = $1"
    " AND state NOT IN ('cancelled', 'terminated') ORDER BY id");

enum err service_store_addons(struct cx *cx, int64_t parent_id, struct service **ret, size_t *ret_n)
{
	return db_list(cx, &service_addon_all, DB_ARGS(db_int(parent_id)),
	    (struct db_into){service_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_end_bundle, "iii",
    "UPDATE service SET bundle_ppm = 0, bundle_minor = 0 WHERE order_id = $1 AND bundle_id = $2"
    " AND id <> $3 AND state NOT IN ('cancelled', 'terminated') AND (bundle_ppm > 0 OR"
    " bundle_minor > 0) RETURNING id");

enum err service_store_end_bundle(struct cx *cx, const struct service *s, int64_t **ret,
    size_t *ret_n)
{
	return db_list(cx, &service_end_bundle,
	    DB_ARGS(db_int(s->order_id), db_int(s->bundle_id), db_int(s->id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_order_ids, "i", "SELECT id FROM service WHERE order_id = $1 ORDER BY id");

enum err service_store_of_order(struct cx *cx, int64_t order_id, int64_t **ret, size_t *ret_n)
{
	return db_list(cx, &service_order_ids, DB_ARGS(db_int(order_id)),
	    (struct db_into){read_id, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_due_page, "tiii",
    "SELECT " SERVICE_COLUMNS
    " FROM service WHERE state = 'active' AND billed_until IS NOT NULL AND paid_until <= $1"
    " AND (client_id, id) > ($2, $3) ORDER BY client_id, id LIMIT $4");

enum err service_list_due(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n)
{
	return db_list(cx, &service_due_page,
	    DB_ARGS(arg_day(cx->arena, at->until), db_int(at->after_client), db_int(at->after_id),
	        db_int(at->limit)),
	    (struct db_into){service_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_unbilled_page, "ttiii",
    "SELECT " SERVICE_COLUMNS
    " FROM service WHERE state = 'active' AND billed_until IS NOT NULL AND billed_until <= $1"
    " AND (billed_until, client_id, id) > ($2, $3, $4) ORDER BY billed_until, client_id, id"
    " LIMIT $5");

enum err service_list_unbilled(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n)
{
	struct db_arg after =
	    day_set(at->after_on) ? arg_day(cx->arena, at->after_on) : db_text("");
	return db_list(cx, &service_unbilled_page,
	    DB_ARGS(arg_day(cx->arena, at->until), after, db_int(at->after_client),
	        db_int(at->after_id), db_int(at->limit)),
	    (struct db_into){service_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_ahead_page, "ttii",
    "SELECT " SERVICE_COLUMNS
    " FROM service WHERE state = 'active' AND billed_until > $1 AND paid_until <= $1"
    " AND (paid_until, id) > ($2, $3) ORDER BY paid_until, id LIMIT $4");

enum err service_list_ahead(struct cx *cx, const struct service_cursor *at, struct service **ret,
    size_t *ret_n)
{
	struct db_arg after =
	    day_set(at->after_on) ? arg_day(cx->arena, at->after_on) : db_text("");
	return db_list(cx, &service_ahead_page,
	    DB_ARGS(arg_day(cx->arena, at->until), after, db_int(at->after_id), db_int(at->limit)),
	    (struct db_into){service_read, sizeof **ret}, ret, ret_n);
}

DB_STMT(service_page, "iiittiii",
    "SELECT " SERVICE_COLUMNS
    " FROM service WHERE ($1 IS NULL OR client_id = $1) AND ($2 IS NULL OR order_id = $2)"
    " AND ($3 IS NULL OR server_id = $3) AND ($4 IS NULL OR state = $4)"
    " AND ($5 IS NULL OR lower(domain) LIKE $5 ESCAPE '\\' OR lower(username) LIKE $5 ESCAPE '\\'"
    " OR lower(plan_name) LIKE $5 ESCAPE '\\') AND ($6 IS NULL OR id < $6)"
    " AND ($8 IS NULL OR parent_id = $8) ORDER BY id DESC LIMIT $7");

enum err service_list(struct cx *cx, const struct service_filter *f, json_t **ret)
{
	struct service *rows;
	size_t n;
	TRY(db_list(cx, &service_page,
	    DB_ARGS(db_opt(f->client_id), db_opt(f->order_id), db_opt(f->server_id),
	        db_opt_text(f->state), db_text(view_like(cx, f->q)), db_opt(f->after),
	        db_int(view_limit(f->limit)), db_opt(f->parent_id)),
	    (struct db_into){service_read, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, service_row_view(&rows[i]));
	*ret = list;
	return OK;
}

DB_STMT(service_running_of, "i",
    "SELECT COUNT(*) FROM service WHERE client_id = $1 AND state NOT IN ('cancelled',"
    " 'terminated')");

enum err service_running(struct cx *cx, int64_t client_id, int64_t *ret_n)
{
	return db_int64(cx, &service_running_of, DB_ARGS(db_int(client_id)), ret_n);
}

DB_STMT(service_count_of, "t", "SELECT COUNT(*) FROM service WHERE ($1 IS NULL OR state = $1)");

enum err service_count(struct cx *cx, const char *state, int64_t *ret)
{
	return db_int64(cx, &service_count_of, DB_ARGS(db_opt_text(state)), ret);
}

struct plan_counts {
	int64_t running, ever;
};

static void read_counts(struct db_row *row, void *out)
{
	struct plan_counts *c = out;
	c->running = row_int(row);
	c->ever = row_int(row);
}

DB_STMT(service_plan_counts, "ii",
    "SELECT CAST(COALESCE(SUM(CASE WHEN state IN ('cancelled', 'terminated') THEN 0 ELSE quantity"
    " END), 0) AS BIGINT), COUNT(*)"
    " FROM service WHERE client_id = $1 AND plan_id = $2");

enum err service_count_plan(struct cx *cx, int64_t client_id, int64_t plan_id, int64_t *ret_running,
    int64_t *ret_ever)
{
	struct plan_counts c;
	TRY(db_one(cx, &service_plan_counts, DB_ARGS(db_int(client_id), db_int(plan_id)),
	    read_counts, &c));
	*ret_running = c.running;
	*ret_ever = c.ever;
	return OK;
}
