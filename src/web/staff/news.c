/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Announcements for clients, as staff write them.
 */
#include "core/notice/notice.h"
#include "web/staff/own.h"

enum err admin_news(struct cx *cx, struct page *p)
{
	json_t *rows;

	TRY(news_list(cx, false, &rows));
	page_title(cx, p, "News");
	page_put(p, "data", rows);
	return OK;
}

enum err admin_news_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New announcement",
	        .action = "/admin/settings/news",
	        .button = "Save announcement",
	        .back = "/admin/settings/news",
	        .fields = &news_fields});
	page_set(p, "item", NULL);
	return OK;
}

enum err admin_news_create(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(news_save(cx, 0, p->body, p->source, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "The announcement was saved.");
	return page_go(cx, p, "/admin/settings/news");
}

enum err admin_news_item(struct cx *cx, struct page *p)
{
	json_t *rows, *row;
	size_t i;

	TRY(news_list(cx, false, &rows));
	json_array_foreach(rows, i, row) {
		if (json_integer_value(json_object_get(row, "id")) != p->id)
			continue;
		admin_form(cx, p,
		    &(struct admin_form){.title = "Edit announcement",
		        .action = admin_path(cx, "settings/news", p->id),
		        .button = "Save announcement",
		        .back = "/admin/settings/news",
		        .fields = &news_fields,
		        .values = row});
		page_put(p, "item", row);
		return OK;
	}
	return fail(cx, ERR_NOT_FOUND, "news.none", "There is no such announcement.");
}

enum err admin_news_save(struct cx *cx, struct page *p)
{
	int64_t id;

	TRY(news_save(cx, p->id, p->body, p->source, &id));
	page_flash(cx, p, "success", "The announcement was saved.");
	return page_go(cx, p, "/admin/settings/news");
}

enum err admin_news_remove(struct cx *cx, struct page *p)
{
	TRY(news_remove(cx, p->id));
	page_flash(cx, p, "success", "The announcement was removed.");
	return page_go(cx, p, "/admin/settings/news");
}
