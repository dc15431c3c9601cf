/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table news. */
#include "base/limits.h"
#include "core/notice/own.h"
#include "db/db.h"

static void read_news(struct db_row *row, void *out)
{
	struct news *n = out;

	n->id = row_int(row);
	n->title = row_str(row);
	n->body = row_str(row);
	n->published_at = row_int(row);
	n->created_at = row_int(row);
}

DB_STMT(news_add, "ttii",
    "INSERT INTO news (title, body, published_at, created_at) VALUES ($1, $2, $3, $4) RETURNING"
    " id");

enum err news_insert(struct cx *cx, const struct news *n, int64_t *ret_id)
{
	return db_int64(cx, &news_add,
	    DB_ARGS(db_text(n->title), db_text(n->body), db_opt(n->published_at), db_int(cx->now)),
	    ret_id);
}

DB_STMT(news_by_id, "i",
    "SELECT id, title, body, published_at, created_at FROM news WHERE id = $1");

enum err news_find(struct cx *cx, int64_t id, struct news *ret)
{
	enum err err = db_one(cx, &news_by_id, DB_ARGS(db_int(id)), read_news, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "news.none", "There is no announcement %lld.", (long long)id);
}

DB_STMT(news_set, "itti", "UPDATE news SET title = $2, body = $3, published_at = $4 WHERE id = $1");

enum err news_write(struct cx *cx, const struct news *n)
{
	return db_run(cx, &news_set,
	    DB_ARGS(db_int(n->id), db_text(n->title), db_text(n->body), db_opt(n->published_at)),
	    NULL);
}

DB_STMT(news_del, "i", "DELETE FROM news WHERE id = $1");

enum err news_delete(struct cx *cx, int64_t id, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &news_del, DB_ARGS(db_int(id)), &changed));
	*ret_changed = changed == 1;
	return OK;
}

DB_STMT(news_select, "iii",
    "SELECT id, title, body, published_at, created_at FROM news"
    " WHERE ($1 = 0 OR (published_at IS NOT NULL AND published_at <= $2)) ORDER BY id DESC LIMIT"
    " $3");

enum err news_rows(struct cx *cx, bool published_only, struct news **ret, size_t *ret_n)
{
	struct db_into into = {read_news, sizeof **ret};

	return db_list(cx, &news_select,
	    DB_ARGS(db_int(published_only), db_int(cx->now), db_int(LIMIT_PAGE_ROWS)), into, ret,
	    ret_n);
}
