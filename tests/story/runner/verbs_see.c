/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations: what must be true at this point of a story. None of them changes anything. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/notice/notice.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "net/http.h"
#include "see.h"

/* ---- documents ---- */

static bool invoice_is(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL && is_text(s, "its state", text(i, "state"), arg[1]);
}

static bool amount_is(struct story *s, const json_t *i, const char *name, const char *const *arg)
{
	int64_t minor;
	return story_money(s, arg[0], arg[1], &minor) &&
	    is_text(s, "its currency", text(i, "currency"), arg[1]) &&
	    (number(i, name) == minor ||
	        story_no(s, "%s is %lld, not %lld", name, (long long)number(i, name),
	            (long long)minor));
}

static bool invoice_line(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL && is_text(s, "its state", text(i, "state"), arg[1]) &&
	    amount_is(s, i, "total_minor", arg + 2);
}

static bool note_total(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "note", arg[0]);
	return i != NULL && amount_is(s, i, "total_minor", arg + 1);
}

static bool invoice_balance(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL && amount_is(s, i, "balance_minor", arg + 1);
}

static bool invoice_due(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL && is_text(s, "its due day", text(i, "due_on"), arg[1]);
}

static bool invoice_number_is(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL && is_text(s, "its number", text(i, "number"), arg[1]);
}

static bool invoice_issued(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL && is_text(s, "its day", text(i, "issued_on"), arg[1]);
}

static bool invoice_covers(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	json_t *item = json_array_get(json_object_get(i, "items"), 0);
	return i != NULL && is_text(s, "its first day", text(item, "from"), arg[1]) &&
	    is_text(s, "its end", text(item, "to"), arg[2]);
}

static bool invoice_lines(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	return i != NULL &&
	    is_count(s, "lines", (int64_t)json_array_size(json_object_get(i, "items")), arg[1]);
}

static bool invoice_buyer(struct story *s, const char *const *arg)
{
	json_t *i = row(s, "invoice", arg[0]);
	char *buyer = i == NULL ? NULL : json_dumps(json_object_get(i, "buyer"), JSON_COMPACT);
	bool ok = buyer != NULL &&
	    (strstr(buyer, arg[1]) != NULL || story_no(s, "its buyer is %.300s", buyer));
	free(buyer);
	return ok;
}

static bool count_of(struct story *s, const char *name, const char *fmt, const char *want)
{
	const struct person *p = world_person(s, name);
	json_t *rows =
	    p == NULL ? NULL : all(s, arena_printf(s->arena, "%s=%lld", fmt, (long long)p->id));
	return rows != NULL && is_count(s, "rows", (int64_t)json_array_size(rows), want);
}

static bool invoices_of(struct story *s, const char *const *arg)
{
	return count_of(s, arg[0], "/invoices?kind=invoice&client_id", arg[1]);
}

static bool state_invoices_of(struct story *s, const char *const *arg)
{
	return count_of(s, arg[1],
	    arena_printf(s->arena, "/invoices?kind=invoice&state=%s&client_id", arg[0]), arg[2]);
}

static bool notes_of(struct story *s, const char *const *arg)
{
	return count_of(s, arg[0], "/invoices?kind=credit_note&client_id", arg[1]);
}

static bool payments_of(struct story *s, const char *const *arg)
{
	return count_of(s, arg[0], "/payments?client_id", arg[1]);
}

static bool payments_of_invoice(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "invoice", arg[0]);
	json_t *rows = id == 0 ?
	    NULL :
	    all(s, arena_printf(s->arena, "/payments?invoice_id=%lld", (long long)id));
	return rows != NULL && is_count(s, "payments", (int64_t)json_array_size(rows), arg[1]);
}

static bool payment_is(struct story *s, const char *const *arg)
{
	json_t *p = row(s, "payment", arg[0]);
	return p != NULL && is_text(s, "its state", text(p, "state"), arg[1]);
}

static bool credit_of(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	json_t *c = p == NULL ? NULL : ask_get(s, "/clients/%lld", (long long)p->id), *m;
	int64_t minor, got = 0;
	size_t i;
	if (c == NULL || !story_money(s, arg[1], arg[2], &minor))
		return false;
	json_array_foreach(json_object_get(c, "money"), i, m)
		if (str_eq(text(m, "currency"), arg[2]))
			got = number(m, "credit_minor");
	return got == minor ||
	    story_no(s, "the credit is %lld, not %lld", (long long)got, (long long)minor);
}

/* ---- orders and services ---- */

static bool order_is(struct story *s, const char *const *arg)
{
	json_t *o = row(s, "order", arg[0]);
	return o != NULL && is_text(s, "its state", text(o, "state"), arg[1]);
}

static bool service_is(struct story *s, const char *const *arg)
{
	json_t *v = row(s, "service", arg[0]);
	return v != NULL && is_text(s, "its state", text(v, "state"), arg[1]);
}

static bool service_due(struct story *s, const char *const *arg)
{
	json_t *v = row(s, "service", arg[0]);
	return v != NULL && is_text(s, "its state", text(v, "state"), arg[1]) &&
	    is_text(s, "next due", text(v, "next_due_on"), arg[2]);
}

static bool service_cause(struct story *s, const char *const *arg)
{
	json_t *v = row(s, "service", arg[0]);
	return v != NULL && is_text(s, "its state", text(v, "state"), "suspended") &&
	    is_text(s, "the cause", text(v, "suspend_cause"), arg[1]);
}

static bool service_anchor(struct story *s, const char *const *arg)
{
	json_t *v = row(s, "service", arg[0]);
	return v != NULL && is_count(s, "its anchor day", number(v, "anchor_day"), arg[1]);
}

static bool service_waits(struct story *s, const char *const *arg)
{
	json_t *v = row(s, "service", arg[0]), *action = json_object_get(v, "action");
	const char *detail = text(action, "detail");
	return v != NULL &&
	    (strstr(detail, arg[1]) != NULL ||
	        story_no(s, "its action (%s) says \"%s\"", text(action, "state"), detail));
}

/* Every period once, no gap, no overlap; from the live charges. */
static bool periods(struct story *s, const char *const *arg)
{
	struct invoice_period *p;
	struct day from, to;
	size_t n;
	int64_t id = ask_id(s, "service", arg[0]);
	if (id == 0 || !day_parse(arg[1], &from) || !day_parse(arg[2], &to))
		return story_no(s, "no such service, or no days");
	if (invoice_periods(world_cx(s), id, &p, &n) != OK)
		return story_failed(s);
	for (size_t i = 0; i < n; i++) {
		if (p[i].from.n != (i == 0 ? from.n : p[i - 1].to.n))
			return story_no(s, "period %zu begins on %s", i + 1,
			    day_print(s->arena, p[i].from));
	}
	if (n == 0 || p[n - 1].to.n != to.n)
		return story_no(s, "the last period ends on %s",
		    n == 0 ? "-" : day_print(s->arena, p[n - 1].to));
	return is_count(s, "periods", (int64_t)n, arg[3]);
}

/* The first days of its periods. */
static bool starts(struct story *s, const char *const *arg)
{
	struct invoice_period *p;
	size_t n, days_n;
	char **days = str_split(s->arena, arg[1], ' ', &days_n);
	int64_t id = ask_id(s, "service", arg[0]);
	if (id == 0 || invoice_periods(world_cx(s), id, &p, &n) != OK)
		return story_failed(s);
	if (n < days_n)
		return story_no(s, "there are only %zu periods", n);
	for (size_t i = 0; i < days_n; i++)
		if (!is_text(s, "a period's first day", day_print(s->arena, p[i].from), days[i]))
			return false;
	return true;
}

static bool site_shows(struct story *s, const char *const *arg)
{
	const char *const headers[] = {arena_printf(s->arena, "Host: %s.localhost", arg[0]), NULL};
	struct http_answer a;
	struct http_call c = {.method = "GET",
	    .url = arena_printf(s->arena, "http://127.0.0.1:%d/", s->box.port),
	    .headers = headers,
	    .timeout_s = 10};
	if (http_call(world_cx(s), &c, &a) != OK)
		return story_failed(s);
	bool none = a.status == 404,
	     suspended = !none && (a.status >= 400 || strstr(a.body, "uspended") != NULL);
	return is_text(s, "the site",
	    none          ? "nothing" :
	        suspended ? "suspended" :
	                    "active",
	    arg[1]);
}

static bool panel_accounts(struct story *s, const char *const *arg)
{
	json_t *list = world_box(s, "GET", "/panel/accounts", NULL, 0);
	return list != NULL && is_count(s, "accounts", (int64_t)json_array_size(list), arg[0]);
}

/* The password in the welcome letter is the one that the panel got; both sides are asked. */
static bool panel_account(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "service", arg[0]);
	json_t *a = id == 0 ?
	    NULL :
	    world_box(s, "GET", arena_printf(s->arena, "/panel/accounts/svc-%lld", (long long)id),
	        NULL, str_eq(arg[1], "absent") ? 404 : 200);
	return a != NULL &&
	    (str_eq(arg[1], "absent") || is_text(s, "the account", text(a, "state"), arg[1]));
}

static bool panel_package(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "service", arg[0]);
	const char *path = arena_printf(s->arena, "/panel/accounts/svc-%lld", (long long)id);
	json_t *a = id == 0 ? NULL : world_box(s, "GET", path, NULL, 200);
	return a != NULL && is_text(s, "the account", text(a, "package"), arg[1]);
}

const struct verb verbs_see[] = {
    {"invoice {} is {}", invoice_is, true},
    {"invoice {} has balance {} {}", invoice_balance, true},
    {"invoice {} is due {}", invoice_due, true},
    {"invoice {} is issued {}", invoice_issued, true},
    {"invoice {} has number {}", invoice_number_is, true},
    {"invoice {} covers {} to {}", invoice_covers, true},
    {"invoice {} has {} lines", invoice_lines, true},
    {"invoice {} is addressed to {}", invoice_buyer, true},
    {"note {} over {} {}", note_total, true},
    {"invoices of {} are {}", invoices_of, true},
    {"{} invoices of {} are {}", state_invoices_of, true},
    {"notes of {} are {}", notes_of, true},
    {"payments of invoice {} are {}", payments_of_invoice, true},
    {"payments of {} are {}", payments_of, true},
    {"payment {} is {}", payment_is, true},
    {"credit of {} is {} {}", credit_of, true},
    {"order {} {}", order_is, true},
    {"order {} is {}", order_is, true},
    {"service {} {}", service_is, true},
    {"service {} is {}", service_is, true},
    {"service {} is {} next due {}", service_due, true},
    {"service {} is suspended for {}", service_cause, true},
    {"service {} has anchor day {}", service_anchor, true},
    {"service {} waits with {}", service_waits, true},
    {"periods of service {} from {} to {} are {}", periods, true},
    {"periods of service {} start {*}", starts, true},
    {"site {} shows {}", site_shows, true},
    {"panel has {} accounts", panel_accounts, true},
    {"panel account of service {} is {}", panel_account, true},
    {"panel account of service {} has package {}", panel_package, true},
    {"invoice {} {} {} {}", invoice_line, true},
    {NULL, NULL, false},
};
