/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of tables dunning_step and dunning_done. */
#include "base/limits.h"
#include "base/str.h"
#include "core/dunning/own.h"
#include "core/row.h"
#include "db/db.h"

static void read_step(struct db_row *row, void *out)
{
	struct dunning_step *s = out;
	s->id = row_int(row);
	s->days = row_int(row);
	const char *word = row_str(row);
	for (int i = 0; i < DUNNING_ACTIONS; i++)
		if (str_eq(word, dunning_words[i]))
			s->action = (enum dunning_action)i;
	s->letter = row_str(row);
	s->fee_minor = row_int(row);
	s->fee_ppm = row_int(row);
	s->group_id = row_int(row);
	s->plan_id = row_int(row);
	s->fee_min_minor = row_int(row);
	s->every_days = row_int(row);
	s->times = row_int(row);
	s->round = 0;
	s->client_id = row_int(row);
	s->gateway = row_str(row);
}

DB_STMT(dunning_all, "i",
    "SELECT id, days, action, letter, fee_minor, fee_ppm, group_id, plan_id,"
    " fee_min_minor, every_days, times, client_id, gateway FROM dunning_step"
    " ORDER BY COALESCE(client_id, 0), gateway, COALESCE(group_id, 0), COALESCE(plan_id, 0), days,"
    " action LIMIT $1");

enum err dunning_steps(struct cx *cx, struct dunning_step **ret, size_t *ret_n)
{
	return db_list(cx, &dunning_all, DB_ARGS(db_int(LIMIT_DUNNING_STEPS)),
	    (struct db_into){read_step, sizeof **ret}, ret, ret_n);
}

DB_STMT(dunning_insert,
    "ittii"
    "iiiiiit",
    "INSERT INTO dunning_step (days, action, letter, fee_minor, fee_ppm, group_id, plan_id,"
    " fee_min_minor, every_days, times, client_id, gateway)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id");
DB_STMT(dunning_update,
    "iittii"
    "iiiiiit",
    "UPDATE dunning_step SET days = $2, action = $3, letter = $4, fee_minor = $5, fee_ppm = $6,"
    " group_id = $7, plan_id = $8, fee_min_minor = $9, every_days = $10, times = $11,"
    " client_id = $12, gateway = $13 WHERE id = $1 RETURNING id");

enum err dunning_store_save(struct cx *cx, const struct dunning_step *s, int64_t *ret_id)
{
	const char *word = dunning_words[s->action];
	const char *gateway = str_or(s->gateway, "");
	int64_t times = s->times < 1 ? 1 : s->times;
	if (s->id == 0)
		return db_int64(cx, &dunning_insert,
		    DB_ARGS(db_int(s->days), db_text(word), db_text(s->letter),
		        db_int(s->fee_minor), db_int(s->fee_ppm), db_opt(s->group_id),
		        db_opt(s->plan_id), db_int(s->fee_min_minor), db_int(s->every_days),
		        db_int(times), db_opt(s->client_id), db_text(gateway)),
		    ret_id);
	return db_int64(cx, &dunning_update,
	    DB_ARGS(db_int(s->id), db_int(s->days), db_text(word), db_text(s->letter),
	        db_int(s->fee_minor), db_int(s->fee_ppm), db_opt(s->group_id), db_opt(s->plan_id),
	        db_int(s->fee_min_minor), db_int(s->every_days), db_int(times),
	        db_opt(s->client_id), db_text(gateway)),
	    ret_id);
}

DB_STMT(dunning_delete, "i", "DELETE FROM dunning_step WHERE id = $1");

enum err dunning_store_remove(struct cx *cx, int64_t id)
{
	int64_t n;
	TRY(db_run(cx, &dunning_delete, DB_ARGS(db_int(id)), &n));
	return n == 1 ? OK : fail(cx, ERR_NOT_FOUND, "dunning.unknown", "There is no such step");
}

static void read_id(struct db_row *row, void *out)
{
	int64_t *id = out;
	*id = row_int(row);
}

DB_STMT(dunning_done_ids, "i",
    "SELECT " DUNNING_KEY " FROM dunning_done d WHERE d.invoice_id = $1 ORDER BY 1");

enum err dunning_done_of(struct cx *cx, int64_t invoice_id, int64_t **ret_keys, size_t *ret_n)
{
	return db_list(cx, &dunning_done_ids, DB_ARGS(db_int(invoice_id)),
	    (struct db_into){read_id, sizeof **ret_keys}, ret_keys, ret_n);
}

DB_STMT(dunning_mark, "iitii",
    "INSERT INTO dunning_done (invoice_id, step_id, result, at, round) VALUES ($1, $2, $3, $4, $5)"
    " ON CONFLICT (invoice_id, step_id, round) DO NOTHING");

enum err dunning_record(struct cx *cx, int64_t invoice_id, const struct dunning_step *step,
    const char *result)
{
	int64_t n;
	TRY(db_run(cx, &dunning_mark,
	    DB_ARGS(db_int(invoice_id), db_int(step->id), db_text(result), db_int(cx->now),
	        db_int(step->round)),
	    &n));
	return n == 1 ? OK : fail(cx, ERR_CONFLICT, "dunning.done", "This step was taken already");
}

DB_STMT(dunning_forget, "ii",
    "DELETE FROM dunning_done WHERE invoice_id = $1 AND at <= $2"
    " AND step_id NOT IN (SELECT id FROM dunning_step WHERE action = 'fee')");

enum err dunning_restart(struct cx *cx, int64_t invoice_id, int64_t until_at)
{
	return db_run(cx, &dunning_forget, DB_ARGS(db_int(invoice_id), db_int(until_at)), NULL);
}

DB_STMT(dunning_reminders, "i",
    "SELECT COUNT(*) FROM dunning_done d JOIN dunning_step s ON s.id = d.step_id"
    " WHERE d.invoice_id = $1 AND d.result = 'done' AND s.action = 'remind'");

enum err dunning_reminded(struct cx *cx, int64_t invoice_id, int64_t *ret_n)
{
	return db_int64(cx, &dunning_reminders, DB_ARGS(db_int(invoice_id)), ret_n);
}
