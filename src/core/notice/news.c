/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of announcements, and their tree. */
#include "core/event/event.h"
#include "core/notice/own.h"
#include "core/row.h"
#include "db/db.h"
#include "fmt/form.h"

FIELDS(news_fields, struct news_input,
    {.name = "title",
        .label = "Title",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct news_input, title)},
    {.name = "body",
        .label = "Text",
        .type = FIELD_TEXT,
        .flags = FIELD_REQUIRED,
        .help = "Plain text; a blank line starts a new paragraph.",
        .offset = offsetof(struct news_input, body)},
    {.name = "published",
        .label = "Published",
        .type = FIELD_BOOL,
        .help = "Clients see it.",
        .offset = offsetof(struct news_input, published)}, );

struct save {
	struct news_input in;
	int64_t id;    /* 0: new */
	int64_t saved; /* its id afterwards */
};

static enum err event(struct cx *cx, int64_t id, const char *name, const char *title)
{
	json_t *data = json_keep(cx, json_pack("{s:s}", "title", title));

	return event_add(cx, &(struct event){"news", id, name, 0, data}, NULL);
}

static enum err save(struct cx *cx, void *arg)
{
	struct save *a = arg;
	struct news n = {0};

	if (a->id != 0)
		TRY(news_find(cx, a->id, &n));
	n.title = a->in.title;
	n.body = a->in.body;
	if (!a->in.published)
		n.published_at = 0;
	else if (n.published_at == 0)
		n.published_at = cx->now;
	if (a->id != 0)
		TRY(news_write(cx, &n));
	else
		TRY(news_insert(cx, &n, &n.id));
	a->saved = n.id;
	return event(cx, n.id, a->id != 0 ? "update" : "create", n.title);
}

enum err news_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct save a = {.id = id};

	TRY(field_read(cx, &news_fields, body, source, &a.in));
	TRY(db_tx(cx, save, &a));
	if (ret_id != NULL)
		*ret_id = a.saved;
	return OK;
}

enum err news_list(struct cx *cx, bool published_only, json_t **ret)
{
	struct news *rows;
	size_t n;

	TRY(news_rows(cx, published_only, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I, s:s, s:s, s:b, s:o, s:o}", "id", (json_int_t)rows[i].id,
		        "title", rows[i].title, "body", rows[i].body, "published",
		        rows[i].published_at != 0, "published_at",
		        json_instant(rows[i].published_at), "created_at",
		        json_instant(rows[i].created_at)));
	*ret = list;
	return OK;
}

struct removal {
	int64_t id;
};

static enum err remove_one(struct cx *cx, void *arg)
{
	const struct removal *a = arg;
	struct news n;
	bool changed;

	TRY(news_find(cx, a->id, &n));
	TRY(news_delete(cx, a->id, &changed));
	return changed ? event(cx, a->id, "remove", n.title) : OK;
}

enum err news_remove(struct cx *cx, int64_t id)
{
	struct removal a = {id};

	return db_tx(cx, remove_one, &a);
}
