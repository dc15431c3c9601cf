/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of table action. */
#include "base/str.h"
#include "core/row.h"
#include "core/service/own.h"
#include "fmt/form.h"

#define COLUMNS \
	"id, service_id, action, cause, suspend_cause, state, tries, detail, alerted, created_at," \
	" done_at"

static void read_action(struct db_row *row, void *out)
{
	struct action *a = out;
	a->id = row_int(row);
	a->service_id = row_int(row);
	const char *word = row_str(row);
	for (int i = 0; i < ACTION_KINDS; i++)
		if (str_eq(word, action_words[i]))
			a->action = (enum action_kind)i;
	a->cause = row_str(row);
	a->suspend_cause = row_str(row);
	a->state = row_str(row);
	a->tries = row_int(row);
	a->detail = row_str(row);
	a->alerted = row_int(row) != 0;
	a->created_at = row_int(row);
	a->done_at = row_int(row);
}

DB_STMT(action_insert, "itttti",
    "INSERT INTO action (service_id, action, cause, suspend_cause, state, tries, detail, alerted,"
    " created_at)"
    " VALUES ($1, $2, $3, $4, 'intent', 0, $5, 0, $6) ON CONFLICT (service_id, action, cause) DO"
    " NOTHING RETURNING id");

enum err action_store_insert(struct cx *cx, const struct action *a, int64_t *ret_id)
{
	enum err err = db_int64(cx, &action_insert,
	    DB_ARGS(db_int(a->service_id), db_text(action_words[a->action]), db_text(a->cause),
	        db_text(a->suspend_cause), db_text(a->detail), db_int(cx->now)),
	    ret_id);
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	*ret_id = 0;
	return OK;
}

DB_STMT(action_by_id, "i", "SELECT " COLUMNS " FROM action WHERE id = $1");

enum err action_get(struct cx *cx, int64_t id, struct action *ret)
{
	enum err err = db_one(cx, &action_by_id, DB_ARGS(db_int(id)), read_action, ret);
	return err == ERR_NOT_FOUND ? fail(cx, err, "action.unknown", "There is no such action") :
	                              err;
}

DB_STMT(action_set_state, "itttii",
    "UPDATE action SET state = $3, detail = $4, done_at = CASE WHEN $5 = 1 THEN $6 ELSE done_at END"
    " WHERE id = $1 AND ($2 IS NULL OR state = $2) AND state NOT IN ('done', 'dropped')");

enum err action_store_set(struct cx *cx, int64_t id, const char *from, const char *to,
    const char *detail)
{
	int64_t n;
	bool ended = to[0] == 'd'; /* done, dropped */
	TRY(db_run(cx, &action_set_state,
	    DB_ARGS(db_int(id), db_text(from), db_text(to), db_text(detail), db_int(ended),
	        db_int(cx->now)),
	    &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "action.raced",
	                    "The action is done already or changed at the same moment");
}

DB_STMT(action_tried, "it",
    "UPDATE action SET state = 'asked', tries = tries + 1, detail = $2 WHERE id = $1"
    " AND state IN ('intent', 'asked')");

enum err action_store_tried(struct cx *cx, int64_t id, const char *detail)
{
	int64_t n;
	TRY(db_run(cx, &action_tried, DB_ARGS(db_int(id), db_text(detail)), &n));
	return n == 1 ? OK :
	                fail(cx, ERR_CONFLICT, "action.over", "The action is not open any more");
}

DB_STMT(action_open_of, "i",
    "SELECT " COLUMNS
    " FROM action WHERE service_id = $1 AND state IN ('intent', 'asked', 'attention')"
    " ORDER BY id DESC LIMIT 1");

enum err action_store_open_of(struct cx *cx, int64_t service_id, struct action *ret)
{
	return db_one(cx, &action_open_of, DB_ARGS(db_int(service_id)), read_action, ret);
}

DB_STMT(action_drop, "itti",
    "UPDATE action SET state = 'dropped', detail = $3, done_at = $4 WHERE service_id = $1"
    " AND action = $2 AND state IN ('intent', 'asked', 'attention')");

enum err action_store_drop(struct cx *cx, int64_t service_id, enum action_kind action,
    const char *detail)
{
	return db_run(cx, &action_drop,
	    DB_ARGS(db_int(service_id), db_text(action_words[action]), db_text(detail),
	        db_int(cx->now)),
	    NULL);
}

DB_STMT(action_set_alerted, "i", "UPDATE action SET alerted = 1 WHERE id = $1");

enum err action_store_alerted(struct cx *cx, int64_t id)
{
	return db_run(cx, &action_set_alerted, DB_ARGS(db_int(id)), NULL);
}

DB_STMT(action_page, "ii",
    "SELECT " COLUMNS " FROM action WHERE ($1 IS NULL OR service_id = $1)"
    " AND ($2 = 0 OR state IN ('intent', 'asked', 'attention')) ORDER BY id DESC LIMIT 100");

enum err action_list(struct cx *cx, int64_t service_id, bool open_only, json_t **ret)
{
	struct action *rows;
	size_t n;
	TRY(db_list(cx, &action_page, DB_ARGS(db_opt(service_id), db_int(open_only)),
	    (struct db_into){read_action, sizeof *rows}, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I s:I s:s s:s s:s s:I s:s s:b s:o s:o}", "id", rows[i].id,
		        "service_id", rows[i].service_id, "action", action_words[rows[i].action],
		        "cause", rows[i].cause, "state", rows[i].state, "tries", rows[i].tries,
		        "detail", rows[i].detail, "alerted", rows[i].alerted, "created_at",
		        json_instant(rows[i].created_at), "done_at",
		        json_instant(rows[i].done_at)));
	*ret = list;
	return OK;
}
