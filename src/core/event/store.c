/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table event, which is only ever added to. */
#include "base/limits.h"
#include "base/str.h"
#include "core/event/own.h"
#include "core/view.h"
#include "db/db.h"

DB_STMT(event_add_one, "ititititttt",
    "INSERT INTO event (at, subject, subject_id, name, client_id, actor_kind, actor_id, actor_name,"
    " ip, trace, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id");

enum err event_insert(struct cx *cx, const struct event *e, int64_t *ret_id)
{
	const struct actor *a = &cx->actor;

	return db_int64(cx, &event_add_one,
	    DB_ARGS(db_int(cx->now), db_text(e->subject), db_int(e->subject_id), db_text(e->name),
	        db_opt(e->client_id), db_text(actor_word(a->kind)), db_opt(a->id),
	        db_text(str_or(a->name, "")), db_text(str_or(a->ip, "")), db_text(cx->trace),
	        db_text(view_print(cx, e->data))),
	    ret_id);
}

DB_BATCH(event_batch, "event",
    "id, at, subject, subject_id, name, client_id, actor_kind, actor_id, actor_name, ip, trace,"
    " data",
    "iititititttt");

#define BATCH_COLUMNS 12

enum err event_insert_many(struct cx *cx, const struct event *e, size_t n, int64_t *ret_ids)
{
	const struct actor *a = &cx->actor;
	struct db_arg *args = ARENA_ARRAY(cx->arena, struct db_arg, n * BATCH_COLUMNS), *to = args;

	TRY(db_batch_ids(cx, &event_batch, n, ret_ids));
	for (size_t i = 0; i < n; i++, to += BATCH_COLUMNS) {
		to[0] = db_int(ret_ids[i]);
		to[1] = db_int(cx->now);
		to[2] = db_text(e[i].subject);
		to[3] = db_int(e[i].subject_id);
		to[4] = db_text(e[i].name);
		to[5] = db_opt(e[i].client_id);
		to[6] = db_text(actor_word(a->kind));
		to[7] = db_opt(a->id);
		to[8] = db_text(str_or(a->name, ""));
		to[9] = db_text(str_or(a->ip, ""));
		to[10] = db_text(cx->trace);
		to[11] = db_text(view_print(cx, e[i].data));
	}
	return db_batch_write(cx, &event_batch, args, n);
}

static void read_event(struct db_row *row, void *out)
{
	struct event_row *e = out;

	e->id = row_int(row);
	e->at = row_int(row);
	e->subject = row_str(row);
	e->subject_id = row_int(row);
	e->name = row_str(row);
	e->client_id = row_int(row);
	e->actor_kind = row_str(row);
	e->actor_id = row_int(row);
	e->actor_name = row_str(row);
	e->ip = row_str(row);
	e->trace = row_str(row);
	e->data = row_str(row);
}

#define SELECT_EVENTS \
	"SELECT id, at, subject, subject_id, name, client_id, actor_kind, actor_id, actor_name," \
	" ip, trace, data FROM event WHERE ($1 IS NULL OR id > $1) AND ($2 IS NULL OR id < $2)" \
	" AND ($3 IS NULL OR subject = $3) AND ($4 IS NULL OR subject_id = $4) AND ($5 IS NULL OR" \
	" name = $5) AND ($6 IS NULL OR client_id = $6) AND ($7 IS NULL OR lower(subject || '.'" \
	" || name || ' ' || actor_name || ' ' || ip || ' ' || trace || ' ' || data) LIKE" \
	" lower($7) ESCAPE '\\')"

DB_STMT(event_oldest, "iitititi", SELECT_EVENTS " ORDER BY id LIMIT $8");
DB_STMT(event_newest, "iitititi", SELECT_EVENTS " ORDER BY id DESC LIMIT $8");

enum err event_rows(struct cx *cx, const struct event_filter *f, struct event_row **ret,
    size_t *ret_n)
{
	struct db_into into = {read_event, sizeof **ret};

	return db_list(cx, f->newest ? &event_newest : &event_oldest,
	    DB_ARGS(db_opt(f->after), db_opt(f->before), db_opt_text(f->subject),
	        db_opt(f->subject_id), db_opt_text(f->name), db_opt(f->client_id),
	        db_text(view_like(cx, f->q)), db_int(view_limit(f->limit))),
	    into, ret, ret_n);
}
