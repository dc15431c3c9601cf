/* SPDX-License-Identifier: Apache-2.0 */
/* One search over clients, services, orders, invoices and letters. Each part only for those who may see it. */
#include "base/str.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/notice/notice.h"
#include "core/order/order.h"
#include "core/service/service.h"
#include "web/staff/own.h"

#define FOUND_MAX 8 /* of each kind; the lists show the rest */

/* One hit: what to read first, what tells it from others, and its state. */
static void hit(struct cx *cx, json_t *hits, const json_t *row, const char *folder)
{
	const char *title = json_string_value(json_object_get(row, "title"));
	const char *detail = json_string_value(json_object_get(row, "detail"));
	json_t *state = json_object_get(row, "status");

	if (state == NULL)
		state = json_object_get(row, "state");
	(void)cx;
	json_array_append_new(hits, json_pack("{s:o, s:s, s:s, s:O?}", "href", json_sprintf("/admin/%s/%lld",
	    folder, (long long)json_integer_value(json_object_get(row, "id"))), "title", str_or(title, ""),
	    "detail", str_or(detail, ""), "state", state));
}

struct part {
	const char *label, *folder, *title, *detail; /* title, detail: names in the rows */
	json_t *rows;
};

static const char *text_at(const json_t *row, const char *names)
{
	const char *text = json_string_value(json_object_get(row, names));

	return str_or(text, "");
}

static void add_part(struct cx *cx, json_t *groups, const struct part *part)
{
	json_t *hits = json_array(), *row;
	size_t i;

	json_array_foreach(part->rows, i, row) {
		json_object_set_new(row, "title", json_string(text_at(row, part->title)));
		json_object_set_new(row, "detail", json_string(text_at(row, part->detail)));
		hit(cx, hits, row, part->folder);
	}
	if (json_array_size(hits) > 0)
		json_array_append_new(groups, json_pack("{s:s, s:s, s:O}", "label", part->label,
		    "folder", part->folder, "hits", hits));
	json_decref(hits);
}
