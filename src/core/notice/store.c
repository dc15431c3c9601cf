/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table letter. Lists leave the bytes where they are. */
#include "core/notice/own.h"
#include "core/view.h"
#include "db/db.h"

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(letter_add_one, "ttitittbi",
    "INSERT INTO letter (cause, kind, client_id, subject_kind, subject_id, to_address, subject,"
    " state, bytes, detail, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', $8, '', $9)"
    " ON CONFLICT (cause) DO NOTHING RETURNING id");

enum err letter_insert(struct cx *cx, const struct letter_new *l, int64_t *ret_id)
{
	struct db_into into = {read_id, sizeof(int64_t)};
	int64_t *ids;
	size_t n;

	TRY(db_list(cx, &letter_add_one,
	    DB_ARGS(db_text(l->cause), db_text(l->kind), db_opt(l->client_id),
	        db_text(l->subject_kind), db_int(l->subject_id), db_text(l->to),
	        db_text(l->subject), db_bytes(l->bytes, l->len), db_int(cx->now)),
	    into, &ids, &n));
	*ret_id = n > 0 ? ids[0] : 0;
	return OK;
}

#define COLUMNS \
	"id, client_id, subject_id, cause, kind, subject_kind, to_address, subject, detail," \
	" state, created_at, sent_at"

static void read_head(struct db_row *row, void *out)
{
	struct letter *l = out;

	l->id = row_int(row);
	l->client_id = row_int(row);
	l->subject_id = row_int(row);
	l->cause = row_str(row);
	l->kind = row_str(row);
	l->subject_kind = row_str(row);
	l->to = row_str(row);
	l->subject = row_str(row);
	l->detail = row_str(row);
	l->state = (enum letter_state)fsm_state(&letter_fsm, row_str(row));
	l->created_at = row_int(row);
	l->sent_at = row_int(row);
}

static void read_letter(struct db_row *row, void *out)
{
	struct letter *l = out;

	read_head(row, out);
	l->bytes = row_bytes(row, &l->len);
}

DB_STMT(letter_by_id, "ii",
    "SELECT " COLUMNS ", bytes FROM letter WHERE id = $1 AND ($2 IS NULL OR client_id = $2)");

enum err letter_get(struct cx *cx, int64_t client_id, int64_t id, struct letter *ret)
{
	enum err err =
	    db_one(cx, &letter_by_id, DB_ARGS(db_int(id), db_opt(client_id)), read_letter, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "letter.none", "There is no letter %lld.", (long long)id);
}

DB_STMT(letter_set_state, "ittti",
    "UPDATE letter SET state = $3, detail = $4, sent_at = COALESCE($5, sent_at)"
    " WHERE id = $1 AND state = $2");

enum err letter_write_state(struct cx *cx, const struct letter *l, enum letter_state to,
    const char *detail)
{
	int64_t changed;

	TRY(db_run(cx, &letter_set_state,
	    DB_ARGS(db_int(l->id), db_text(letter_fsm.states[l->state]),
	        db_text(letter_fsm.states[to]), db_text(detail),
	        db_opt(to == LETTER_SENT ? cx->now : 0)),
	    &changed));
	return changed == 1 ? OK :
	                      fail(cx, ERR_CONFLICT, "letter.raced",
	                          "Somebody else just changed letter %lld.", (long long)l->id);
}

DB_STMT(letter_select, "iittitti",
    "SELECT " COLUMNS
    " FROM letter WHERE ($1 IS NULL OR id < $1) AND ($2 IS NULL OR client_id = $2)"
    " AND ($3 IS NULL OR state = $3) AND ($4 IS NULL OR subject_kind = $4)"
    " AND ($5 IS NULL OR subject_id = $5) AND ($6 IS NULL OR kind = $6)"
    " AND ($7 IS NULL OR lower(to_address || ' ' || subject) LIKE lower($7) ESCAPE '\\')"
    " ORDER BY id DESC LIMIT $8");

enum err letter_rows(struct cx *cx, const struct letter_filter *f, struct letter **ret,
    size_t *ret_n)
{
	struct db_into into = {read_head, sizeof **ret};

	return db_list(cx, &letter_select,
	    DB_ARGS(db_opt(f->after), db_opt(f->client_id), db_opt_text(f->state),
	        db_opt_text(f->subject_kind), db_opt(f->subject_id), db_opt_text(f->kind),
	        db_text(view_like(cx, f->q)), db_int(view_limit(f->limit))),
	    into, ret, ret_n);
}

struct count {
	int64_t sent, bounced;
};

static void read_count(struct db_row *row, void *out)
{
	struct count *c = out;

	c->sent = row_int(row);
	c->bounced = row_int(row);
}

DB_STMT(letter_counts, "ti",
    "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'sent' THEN 1 ELSE 0 END), 0) AS BIGINT),"
    " CAST(COALESCE(SUM(CASE WHEN state = 'bounced' THEN 1 ELSE 0 END), 0) AS BIGINT)"
    " FROM letter WHERE subject_kind = $1 AND subject_id = $2");

enum err letter_count(struct cx *cx, const char *subject_kind, int64_t subject_id,
    int64_t *ret_sent, int64_t *ret_bounced)
{
	struct count c;

	TRY(db_one(cx, &letter_counts, DB_ARGS(db_text(subject_kind), db_int(subject_id)),
	    read_count, &c));
	*ret_sent = c.sent;
	*ret_bounced = c.bounced;
	return OK;
}
