/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table subscription. */
#include "core/payment/own.h"
#include "core/row.h"
#include "fmt/form.h"

#define COLUMNS "id, client_id, service_id, gateway, remote_id, state, created_at"

static void read_subscription(struct db_row *row, void *out)
{
	struct subscription *s = out;
	s->id = row_int(row);
	s->client_id = row_int(row);
	s->service_id = row_int(row);
	s->gateway = row_str(row);
	s->remote_id = row_str(row);
	s->state = row_str(row);
	s->created_at = row_int(row);
}

DB_STMT(subscription_insert, "iitti",
    "INSERT INTO subscription (client_id, service_id, gateway, remote_id, state, reason,"
    " created_at) VALUES ($1, $2, $3, $4, 'active', '', $5)"
    " ON CONFLICT (gateway, remote_id) DO NOTHING"
    " RETURNING id");

enum err subscription_store_insert(struct cx *cx, const struct subscription *s, int64_t *ret_id)
{
	enum err err = db_int64(cx, &subscription_insert,
	    DB_ARGS(db_int(s->client_id), db_int(s->service_id), db_text(s->gateway),
	        db_text(s->remote_id), db_int(cx->now)),
	    ret_id);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret_id = 0;
	return OK;
}

DB_STMT(subscription_by_id, "i", "SELECT " COLUMNS " FROM subscription WHERE id = $1");

enum err subscription_get(struct cx *cx, int64_t id, struct subscription *ret)
{
	return db_one(cx, &subscription_by_id, DB_ARGS(db_int(id)), read_subscription, ret);
}

DB_STMT(subscription_by_remote, "tt",
    "SELECT " COLUMNS " FROM subscription WHERE gateway = $1 AND remote_id = $2");

enum err subscription_find(struct cx *cx, const char *gateway, const char *remote_id,
    struct subscription *ret)
{
	enum err err = db_one(cx, &subscription_by_remote,
	    DB_ARGS(db_text(gateway), db_text(remote_id)), read_subscription, ret);
	return err == ERR_NOT_FOUND ?
	    fail(cx, err, "subscription.unknown", "There is no such subscription") :
	    err;
}

DB_STMT(subscription_active, "i",
    "SELECT " COLUMNS " FROM subscription WHERE service_id = $1 AND state = 'active' ORDER BY id"
    " LIMIT 20");

enum err subscription_list(struct cx *cx, int64_t service_id, struct subscription **ret,
    size_t *ret_n)
{
	return db_list(cx, &subscription_active, DB_ARGS(db_int(service_id)),
	    (struct db_into){read_subscription, sizeof **ret}, ret, ret_n);
}

DB_STMT(subscription_set_ended, "iti",
    "UPDATE subscription SET state = 'ended', reason = $2, ended_at = $3 WHERE id = $1 AND"
    " state = 'active'");

enum err subscription_store_end(struct cx *cx, int64_t id, const char *reason, bool *ret_ended)
{
	int64_t n;
	TRY(db_run(cx, &subscription_set_ended,
	    DB_ARGS(db_int(id), db_text(reason), db_int(cx->now)), &n));
	*ret_ended = n == 1;
	return OK;
}
