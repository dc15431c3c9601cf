/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client adds funds in advance, and pays several open invoices at once. How a payment is started
 * and asked about is web/pay.c.
 */
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/ledger/ledger.h"
#include "core/payment/payment.h"
#include "fmt/form.h"
#include "web/handlers.h"
#include "web/pay.h"

/* ---- funds ---- */

static json_t *limit_of(int64_t minor, const char *currency)
{
	return minor <= 0 ?
	    json_null() :
	    json_pack("{s:I, s:s}", "amount_minor", (json_int_t)minor, "currency", currency);
}

enum err area_funds(struct cx *cx, struct page *p)
{
	struct client c;
	json_t *money;
	TRY(client_get(cx, p->client_id, &c));
	TRY(ledger_client_view(cx, p->client_id, &money));
	json_t *fresh = json_keep(cx, json_pack("{s:s}", "currency", c.currency));
	page_title(cx, p, "Add funds");
	page_form(cx, p, "form", &funds_fields, p->faulty ? NULL : fresh);
	page_put(p, "money", money);
	page_set(p, "currency", json_string(c.currency));
	page_set(p, "offered", json_boolean(p->settings.funds_max_minor > 0));
	page_set(p, "least", limit_of(p->settings.funds_min_minor, c.currency));
	page_set(p, "most", limit_of(p->settings.funds_max_minor, c.currency));
	page_set(p, "once", json_sprintf("f%s", str_lower(cx->arena, crypto_token(cx->arena, 15))));
	return OK;
}

enum err area_funds_add(struct cx *cx, struct page *p)
{
	struct funds_input in;
	struct client c;
	int64_t id;
	TRY(client_get(cx, p->client_id, &c));
	/* The client's currency, whatever was sent. */
	json_object_set_new(p->body, "currency", json_string(c.currency));
	TRY(page_read(cx, p, &funds_fields, &in));
	TRY(funds_add(cx, p->client_id, &in, &id));
	page_set(p, "invoice_id", json_integer(id));
	page_flash(cx, p, "success", "Pay this invoice, and the amount becomes your credit.");
	return page_go(cx, p, "/client/invoices/%lld", (long long)id);
}

/* ---- several invoices ---- */

static json_t *group_of(json_t *groups, const char *currency)
{
	json_t *group;
	size_t i;
	json_array_foreach(groups, i, group)
		if (str_eq(json_string_value(json_object_get(group, "currency")), currency))
			return group;
	group = json_pack("{s:s, s:i, s:[]}", "currency", currency, "sum_minor", 0, "invoices");
	json_array_append_new(groups, group);
	return group;
}

/* Open documents by currency, with their sums; those with money on the way are left out. */
enum err area_pay(struct cx *cx, struct page *p)
{
	const struct invoice_filter f = {.client_id = p->client_id,
	    .kind = "invoice",
	    .state = "unpaid",
	    .limit = LIMIT_PAY_INVOICES};
	json_t *rows, *row, *groups = json_array();
	size_t i;
	page_title(cx, p, "Pay several invoices");
	page_set(p, "groups", groups);
	TRY(invoice_list(cx, &f, &rows));
	json_array_foreach(rows, i, row) {
		bool pending;
		TRY(attempt_pending(cx, json_integer_value(json_object_get(row, "id")), &pending));
		if (pending)
			continue;
		json_t *group =
		    group_of(groups, json_string_value(json_object_get(row, "currency")));
		json_int_t sum = json_integer_value(json_object_get(group, "sum_minor")) +
		    json_integer_value(json_object_get(row, "balance_minor"));
		json_object_set_new(group, "sum_minor", json_integer(sum));
		json_array_append(json_object_get(group, "invoices"), row);
	}
	p->leaves = true;
	return pay_ways(cx, p);
}

/* Check boxes "pay.i17". */
static enum err chosen(struct cx *cx, const struct page *p, int64_t **ret, size_t *ret_n)
{
	json_t *boxes = json_object_get(p->body, "pay"), *box;
	int64_t *ids = ARENA_ARRAY(cx->arena, int64_t, LIMIT_PAY_INVOICES);
	const char *name;
	size_t n = 0;
	json_object_foreach(boxes, name, box)
		if (n < LIMIT_PAY_INVOICES && name[0] == 'i' && str_int(name + 1, &ids[n]) &&
		    ids[n] > 0)
			n++;
	*ret = ids;
	*ret_n = n;
	return n > 0 ? OK : fail_field(cx, "pay", "attempt.invoices", "Choose what to pay");
}

enum err area_pay_do(struct cx *cx, struct page *p)
{
	struct invoice first;
	int64_t *ids;
	size_t n;
	const char *url;
	TRY(chosen(cx, p, &ids, &n));
	TRY(invoice_get(cx, p->client_id, ids[0], &first));
	const char *back = arena_printf(cx->arena, "/client/pay/%lld/return", (long long)first.id);
	const struct pay_start s = {&first, page_body(p, "gateway"), page_url(cx, p, back), ids, n};
	TRY(pay_start(cx, p, &s, &url));
	page_set(p, "url", url != NULL ? json_string(url) : NULL);
	if (url != NULL)
		return page_go_away(cx, p, url);
	page_flash(cx, p, "info", "Please transfer each invoice with its own number as reference.");
	return page_go(cx, p, "/client/invoices/%lld", (long long)first.id);
}

enum err area_pay_return(struct cx *cx, struct page *p)
{
	struct invoice i;
	const char *state;
	TRY(invoice_get(cx, p->client_id, p->id, &i));
	TRY(pay_ask(cx, p, &i, &state));
	page_set(p, "state", json_string(state));
	pay_say(cx, p, state);
	return page_go(cx, p, "/client/invoices");
}
