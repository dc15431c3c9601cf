/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dashboard: what needs a person, whether automation runs, today's money, new orders. It
 * only reads.
 */
#include "base/limits.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/job/job.h"
#include "core/notice/notice.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "flow/flow.h"
#include "web/staff/own.h"

#define SHOWN_MAX 10 /* rows of one kind among what needs attention */

/* One thing that needs a person. */
struct need {
	const char *kind, *color, *href, *text, *detail;
	const json_t *at;
};

static void add(json_t *list, const struct need *n)
{
	json_array_append_new(list,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "kind", n->kind, "color", n->color, "href",
	        n->href, "text", n->text, "detail", str_or(n->detail, ""), "since_at",
	        n->at != NULL ? json_copy((json_t *)(uintptr_t)n->at) : json_null()));
}

static const char *text_at(const json_t *row, const char *name)
{
	return str_or(json_string_value(json_object_get(row, name)), "");
}

static long long id_at(const json_t *row, const char *name)
{
	return (long long)json_integer_value(json_object_get(row, name));
}

static enum err need_jobs(struct cx *cx, json_t *list)
{
	json_t *rows, *row;
	size_t i;

	TRY(job_list(cx, &(struct job_filter){.state = "parked", .limit = SHOWN_MAX}, &rows));
	json_array_foreach(rows, i, row)
		add(list,
		    &(struct need){"Failed job", "red", admin_href(cx, "job", id_at(row, "id")),
		        text_at(row, "kind"), text_at(row, "detail"),
		        json_object_get(row, "created_at")});
	return OK;
}

static enum err need_services(struct cx *cx, json_t *list)
{
	json_t *rows, *row;
	size_t i;

	TRY(service_list(cx, &(struct service_filter){.state = "attention", .limit = SHOWN_MAX},
	    &rows));
	TRY(admin_names(cx, rows));
	json_array_foreach(rows, i, row)
		add(list,
		    &(struct need){"Service", "red", admin_href(cx, "service", id_at(row, "id")),
		        arena_printf(cx->arena, "%s %s", text_at(row, "plan_name"),
		            text_at(row, "domain")),
		        text_at(json_object_get(row, "action"), "detail"),
		        json_object_get(row, "created_at")});
	return OK;
}

/* A refused set-up is the service's own state, above; here is what a running service refused. */
static enum err need_actions(struct cx *cx, json_t *list)
{
	json_t *rows, *row;
	struct service s;
	size_t i;

	TRY(action_list(cx, 0, true, &rows));
	json_array_foreach(rows, i, row) {
		if (!str_eq(text_at(row, "state"), "attention"))
			continue;
		TRY(service_get(cx, 0, id_at(row, "service_id"), &s));
		if (s.state == SERVICE_ATTENTION)
			continue;
		add(list,
		    &(struct need){"Server refused", "red", admin_href(cx, "service", s.id),
		        arena_printf(cx->arena, "%s: %s", s.domain, text_at(row, "action")),
		        text_at(row, "detail"), json_object_get(row, "created_at")});
	}
	return OK;
}

static enum err need_orders(struct cx *cx, json_t *list)
{
	json_t *rows, *row;
	size_t i;

	TRY(order_list(cx, &(struct order_filter){.state = "review", .limit = SHOWN_MAX}, &rows));
	TRY(admin_names(cx, rows));
	json_array_foreach(rows, i, row)
		add(list,
		    &(struct need){"Order to review", "orange",
		        admin_href(cx, "order", id_at(row, "id")),
		        arena_printf(cx->arena, "Order %lld", id_at(row, "id")),
		        text_at(row, "client_name"), json_object_get(row, "created_at")});
	return OK;
}

static enum err need_servers(struct cx *cx, json_t *list)
{
	json_t *rows, *row;
	size_t i;

	TRY(server_list(cx, &rows));
	json_array_foreach(rows, i, row)
		if (!str_empty(text_at(row, "error")))
			add(list,
			    &(struct need){"Server", "red",
			        admin_href(cx, "server", id_at(row, "id")), text_at(row, "name"),
			        text_at(row, "error"), json_object_get(row, "checked_at")});
	return OK;
}

static enum err need_letters(struct cx *cx, json_t *list)
{
	static const char *const states[] = {"bounced", "failed"};
	json_t *rows, *row;
	size_t i;

	for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
		TRY(letter_list(cx, &(struct letter_filter){.state = states[k], .limit = SHOWN_MAX},
		    &rows));
		json_array_foreach(rows, i, row)
			add(list,
			    &(struct need){k == 0 ? "Bounced letter" : "Unsent letter", "orange",
			        admin_href(cx, "letter", id_at(row, "id")), text_at(row, "to"),
			        text_at(row, "detail"), json_object_get(row, "created_at")});
	}
	return OK;
}

static enum err need_approvals(struct cx *cx, json_t *list)
{
	int64_t n;

	TRY(approval_count(cx, &n));
	if (n > 0)
		add(list,
		    &(struct need){"Approval", "orange", "/admin/approvals",
		        arena_printf(cx->arena, "%lld waiting", (long long)n),
		        "Refunds, credit or write-offs", NULL});
	return OK;
}

/* ---- money ---- */

static void add_up(json_t *sums, const json_t *payment)
{
	const char *currency = text_at(payment, "currency");
	json_int_t amount = json_integer_value(json_object_get(payment, "amount_minor"));
	json_t *sum;
	size_t i;

	json_array_foreach(sums, i, sum) {
		if (!str_eq(text_at(sum, "currency"), currency))
			continue;
		amount += json_integer_value(json_object_get(sum, "received_minor"));
		json_object_set_new(sum, "received_minor", json_integer(amount));
		json_object_set_new(sum, "payments", json_integer(1 + id_at(sum, "payments")));
		return;
	}
	json_array_append_new(sums,
	    json_pack("{s:s, s:I, s:I}", "currency", currency, "received_minor", amount, "payments",
	        (json_int_t)1));
}

/*
 * Sums per currency of what came in today: payments are listed newest first, so it stops at
 * yesterday's.
 */
static enum err put_today(struct cx *cx, struct page *p)
{
	const char *today = day_print(cx->arena, p->today);
	json_t *sums = json_array(), *rows, *row;
	struct payment_filter f = {.limit = LIMIT_API_ROWS};
	enum err err = OK;
	bool more = true;
	size_t i;

	page_set(p, "today", sums);
	while (more) {
		err = payment_list(cx, &f, &rows);
		TRY(err);
		more = json_array_size(rows) == LIMIT_API_ROWS;
		json_array_foreach(rows, i, row) {
			f.after = id_at(row, "id");
			if (!str_eq(text_at(row, "received_on"), today)) {
				more = false;
				break;
			}
			add_up(sums, row);
		}
	}
	return OK;
}

static enum err put_counts(struct cx *cx, struct page *p)
{
	int64_t active, suspended;
	json_t *overdue, *owed;

	TRY(service_count(cx, "active", &active));
	TRY(service_count(cx, "suspended", &suspended));
	TRY(invoice_list(cx, &(struct invoice_filter){.state = "overdue", .limit = SHOWN_MAX},
	    &overdue));
	TRY(invoice_owed(cx, &owed));
	page_put(p, "owed", owed);
	page_set(p, "active_services", json_integer((json_int_t)active));
	page_set(p, "suspended_services", json_integer((json_int_t)suspended));
	page_put(p, "overdue", overdue);
	return OK;
}

static enum err put_needs(struct cx *cx, struct page *p)
{
	json_t *list = json_array();

	page_set(p, "attention", list);
	if (page_may(p, "job.read"))
		TRY(need_jobs(cx, list));
	if (page_may(p, "service.read")) {
		TRY(need_services(cx, list));
		TRY(need_actions(cx, list));
	}
	if (page_may(p, "payment.approve"))
		TRY(need_approvals(cx, list));
	if (page_may(p, "order.read"))
		TRY(need_orders(cx, list));
	if (page_may(p, "server.read"))
		TRY(need_servers(cx, list));
	return page_may(p, "letter.read") ? need_letters(cx, list) : OK;
}

enum err admin_home(struct cx *cx, struct page *p)
{
	json_t *health, *orders;
	bool ok;

	TRY(flow_health(cx, &health, &ok));
	TRY(order_list(cx, &(struct order_filter){.limit = SHOWN_MAX}, &orders));
	TRY(admin_names(cx, orders));
	TRY(put_needs(cx, p));
	TRY(put_counts(cx, p));
	TRY(put_today(cx, p));
	page_title(cx, p, "Dashboard");
	page_put(p, "health", health);
	page_set(p, "healthy", json_boolean(ok));
	page_put(p, "orders", orders);
	return OK;
}
