/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One search over clients, services, orders, invoices and letters. Each part only for those who
 * may see it.
 */
#include "base/str.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/notice/notice.h"
#include "core/order/order.h"
#include "core/service/service.h"
#include "web/staff/own.h"

#define FOUND_MAX 8 /* of each kind; the lists show the rest */

static enum err find_clients(struct cx *cx, const char *q, json_t **ret)
{
	return client_list(cx, &(struct client_filter){.q = q, .limit = FOUND_MAX}, ret);
}

static enum err find_services(struct cx *cx, const char *q, json_t **ret)
{
	return service_list(cx, &(struct service_filter){.q = q, .limit = FOUND_MAX}, ret);
}

static enum err find_orders(struct cx *cx, const char *q, json_t **ret)
{
	TRY(order_list(cx, &(struct order_filter){.q = q, .limit = FOUND_MAX}, ret));
	return admin_names(cx, *ret);
}

static enum err find_invoices(struct cx *cx, const char *q, json_t **ret)
{
	return invoice_list(cx,
	    &(struct invoice_filter){.q = q, .limit = FOUND_MAX, .drafts = true}, ret);
}

static enum err find_letters(struct cx *cx, const char *q, json_t **ret)
{
	return letter_list(cx, &(struct letter_filter){.q = q, .limit = FOUND_MAX}, ret);
}

/*
 * Titles and details are names in the rows: of two the first that is filled. A row without any
 * is called by its id.
 */
static const struct part {
	const char *label, *one, *folder, *permission, *title, *title2, *detail, *state;
	enum err (*find)(struct cx *cx, const char *q, json_t **ret);
} parts[] = {
    {"Clients", "Client", "clients", "client.read", "company", "name", "email", "status",
        find_clients},
    {"Services", "Service", "services", "service.read", "domain", "plan_name", "plan_name", "state",
        find_services},
    {"Invoices", "Draft", "invoices", "invoice.read", "number", "", "buyer_name", "state",
        find_invoices},
    {"Orders", "Order", "orders", "order.read", "", "", "client_name", "state", find_orders},
    {"Letters", "Letter", "letters", "letter.read", "subject", "label", "to", "state",
        find_letters},
};

static const char *text_at(const json_t *row, const char *name)
{
	return str_or(json_string_value(json_object_get(row, name)), "");
}

static json_t *hit(struct cx *cx, const struct part *part, const json_t *row)
{
	long long id = (long long)json_integer_value(json_object_get(row, "id"));
	const char *title = text_at(row, part->title);

	if (str_empty(title))
		title = text_at(row, part->title2);
	if (str_empty(title))
		title = arena_printf(cx->arena, "%s %lld", part->one, id);
	return json_pack("{s:o, s:s, s:s, s:s}", "href",
	    json_sprintf("/admin/%s/%lld", part->folder, id), "title", title, "detail",
	    text_at(row, part->detail), "state", text_at(row, part->state));
}

static enum err search(struct cx *cx, const struct part *part, const char *q, json_t *groups)
{
	json_t *rows, *row, *hits = json_array();
	size_t i;
	enum err err = part->find(cx, q, &rows);

	if (err == OK)
		json_array_foreach(rows, i, row)
			json_array_append_new(hits, hit(cx, part, row));
	if (json_array_size(hits) > 0)
		json_array_append_new(groups,
		    json_pack("{s:s, s:o, s:O, s:b}", "label", part->label, "all",
		        json_sprintf("/admin/%s?q=%s", part->folder, str_url(cx->arena, q)), "hits",
		        hits, "full", (int)(json_array_size(hits) >= FOUND_MAX)));
	json_decref(hits);
	return err;
}

enum err admin_search(struct cx *cx, struct page *p)
{
	const char *q = page_query(p, "q");
	json_t *groups = json_array();
	enum err err = OK;

	for (size_t i = 0; q != NULL && err == OK && i < sizeof parts / sizeof parts[0]; i++)
		if (page_may(p, parts[i].permission))
			err = search(cx, &parts[i], q, groups);
	page_title(cx, p, "Search");
	page_filter(p, (const char *[]){"q", NULL});
	page_set(p, "asked", json_boolean(q != NULL));
	page_set(p, "groups", groups);
	return err;
}
