/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences in which somebody does something: set-up, clients, orders, services, documents, and
 * what breaks outside.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "core/dunning/dunning.h"
#include "core/notice/notice.h"
#include "core/service/service.h"
#include "core/setting/setting.h"
#include "core/tax/tax.h"
#include "db/driver.h"
#include "fmt/form.h"
#include "story.h"
#include "unit/testdb.h"

#define S64(x) ((json_int_t)(x))

/* ---- set-up ---- */

static bool setting(struct story *s, const char *const *arg)
{
	json_t *values = json_keep(s->cx, json_pack("{ss}", arg[0], arg[1]));
	return setting_save(s->cx, values, FIELD_FORM) == OK || story_failed(s);
}

static bool setting_refused(struct story *s, const char *const *arg)
{
	json_t *values = json_keep(s->cx, json_pack("{ss}", arg[0], arg[1]));
	if (setting_save(s->cx, values, FIELD_FORM) == OK)
		return story_no(s, "%s = %s is taken", arg[0], arg[1]);
	const struct field_fault *f = s->cx->fault.fields;
	const char *text = f != NULL ? f->text : s->cx->fault.detail;
	return strstr(text, arg[2]) != NULL ||
	    story_no(s, "the refusal does not name %s: %s", arg[2], text);
}

/* "1m EUR 10.00, 1y EUR 100.00 setup 5.00" */
static bool prices_of(struct story *s, const char *text, json_t *list)
{
	size_t n, words_n;
	char **parts = str_split(s->arena, text, ',', &n);
	for (size_t i = 0; i < n; i++) {
		int64_t minor, setup = 0;
		char **w = str_split(s->arena, str_trim(s->arena, parts[i]), ' ', &words_n);
		if (words_n != 3 && words_n != 5)
			return story_no(s,
			    "a price reads: 1m EUR 10.00, or 1m EUR 10.00 setup 5.00");
		if (!story_money(s, w[2], w[1], &minor) ||
		    (words_n == 5 && !story_money(s, w[4], w[1], &setup)))
			return false;
		json_array_append_new(list,
		    json_pack("{ss ss sI sI}", "cycle", w[0], "currency", w[1], "price_minor",
		        S64(minor), "setup_minor", S64(setup)));
	}
	return true;
}

static bool plan_with(struct story *s, const char *const *arg, const char *panel,
    const char *setup_when)
{
	json_t *prices = json_array();
	json_t *body = json_pack("{ss ss ss ss ss so}", "key", arg[0], "name", arg[1], "panel",
	    panel, "package", arg[0], "setup_when", setup_when, "prices", prices);
	if (!prices_of(s, arg[2], prices)) {
		json_decref(body);
		return false;
	}
	json_object_set_new(body, "needs_domain", json_boolean(*panel != 0));
	return ask_api(s, "POST", "/plans", body) != NULL;
}

static bool plan(struct story *s, const char *const *arg)
{
	return plan_with(s, arg, "sandbox", "payment");
}

static bool plan_bare(struct story *s, const char *const *arg)
{
	return plan_with(s, arg, "", "payment");
}

static bool tax(struct story *s, const char *const *arg)
{
	int64_t id;
	char *percent = arena_strdup(s->arena, arg[1]);
	percent[strcspn(percent, "%")] = 0;
	json_t *body = json_keep(s->cx,
	    json_pack("{ss ss ss ss ss ss}", "name", "VAT", "country", arg[0], "region", "",
	        "tax_class", "standard", "rate_ppm", percent, "valid_from", "2000-01-01"));
	return tax_rate_save(s->cx, 0, body, FIELD_FORM, &id) == OK || story_failed(s);
}

static bool ladder_step(struct story *s, const char *text)
{
	size_t n;
	int64_t id;
	char **w = str_split(s->arena, str_trim(s->arena, text), ' ', &n);
	if (n < 2)
		return story_no(s, "a step reads: 3 overdue, 5 fee 10%%, 10 suspend");
	bool overdue = str_eq(w[1], "overdue"), reminds = overdue || str_eq(w[1], "remind");
	json_t *body = json_keep(s->cx,
	    json_pack("{ss ss ss}", "days", w[0], "action", reminds ? "remind" : w[1], "letter",
	        overdue ? "invoice_overdue" : "invoice_reminder"));
	if (n == 3) {
		w[2][strcspn(w[2], "%")] = 0;
		json_object_set_new(body, "fee_ppm", json_string(w[2]));
	}
	return dunning_save(s->cx, 0, body, FIELD_FORM, &id) == OK || story_failed(s);
}

static bool ladder(struct story *s, const char *const *arg)
{
	struct dunning_step *steps;
	size_t n, parts_n;
	if (dunning_steps(s->cx, &steps, &n) != OK)
		return story_failed(s);
	for (size_t i = 0; i < n; i++)
		if (dunning_remove(s->cx, steps[i].id) != OK)
			return story_failed(s);
	char **parts = str_split(s->arena, arg[0], ',', &parts_n);
	for (size_t i = 0; i < parts_n; i++)
		if (!ladder_step(s, parts[i]))
			return false;
	return true;
}

/* ---- people ---- */

static bool client_in(struct story *s, const char *name, const char *country, const char *currency)
{
	if (s->people_n == STORY_PEOPLE)
		return story_no(s, "too many people");
	json_t *made = ask_api(s, "POST", "/clients",
	    json_pack("{ss ss ss ss ss ss ss ss ss}", "email",
	        arena_printf(s->arena, "%s@example.com", name), "first_name", name, "last_name",
	        "Example", "address", "1 Road", "city", "Town", "postcode", "10115", "country",
	        country, "currency", currency, "password", STORY_PASSWORD));
	if (made == NULL || s->expect != 0)
		return made != NULL;
	s->people[s->people_n++] = (struct person){arena_strdup(s->arena, name),
	    json_integer_value(json_object_get(made, "id")),
	    {.web = &s->web, .arena = arena_new(256u << 20)}};
	return true;
}

static bool client(struct story *s, const char *const *arg)
{
	return client_in(s, arg[0], arg[1], "EUR");
}

static bool client_with(struct story *s, const char *const *arg)
{
	return client_in(s, arg[0], arg[1], arg[2]);
}

static bool moves(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	return p != NULL &&
	    ask_form(s, p, "/client/profile",
	        arena_printf(s->arena,
	            "first_name=%s&last_name=Moved&company="
	            "&address=%s&city=Elsewhere&postcode=2000&state=&country=DE"
	            "&phone=&tax_id=&language=",
	            arg[0], str_url(s->arena, arg[1])));
}

/* ---- orders ---- */

static bool order_of(struct story *s, const char *name, const char *items)
{
	const struct person *p = world_person(s, name);
	size_t n, words_n;
	if (p == NULL)
		return false;
	json_t *rows = json_array();
	char **parts = str_split(s->arena, items, '+', &n);
	for (size_t i = 0; i < n; i++) {
		char **w = str_split(s->arena, str_trim(s->arena, parts[i]), ' ', &words_n);
		json_array_append_new(rows,
		    json_pack("{ss ss ss si}", "plan", w[0], "cycle", words_n > 1 ? w[1] : "",
		        "domain", words_n > 2 ? w[2] : "", "quantity", 1));
	}
	return ask_api(s, "POST", "/orders",
	           json_pack("{sI so}", "client_id", S64(p->id), "items", rows)) != NULL;
}

static bool orders(struct story *s, const char *const *arg)
{
	return order_of(s, arg[0], arg[1]);
}

/* Through the shop, as a signed-in client: cart, checkout, the gateway's page. */
static bool buys(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	if (p == NULL ||
	    !ask_form(s, p, arena_printf(s->arena, "/order/%s", arg[1]),
	        arena_printf(s->arena, "cycle=%s&domain=%s&quantity=1", arg[2], arg[3])))
		return false;
	return ask_page(s, p, "/checkout") && ask_form(s, p, "/checkout", "gateway=card&terms=1");
}

/* ---- services and documents ---- */

static bool service_post(struct story *s, const char *nth, const char *verb, json_t *body)
{
	int64_t id = ask_id(s, "service", nth);
	if (id == 0) {
		json_decref(body);
		return false;
	}
	return ask_api(s, "POST", arena_printf(s->arena, "/services/%lld/%s", (long long)id, verb),
	           body) != NULL;
}

static bool staff_service(struct story *s, const char *const *arg)
{
	char *verb = arena_strdup(s->arena, arg[0]);
	verb[strlen(verb) - 1] = 0; /* "suspends" */
	return service_post(s, arg[1], verb, json_pack("{ss}", "reason", "staff"));
}

/* The staff area offers abuse as a reason; here it is asked for as that page does. */
static bool staff_abuse(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "service", arg[0]), action;
	return id != 0 &&
	    (service_ask(s->cx, id, ACTION_SUSPEND, arena_printf(s->arena, "staff/%d", s->line),
	         "abuse", &action) == OK ||
	        story_failed(s));
}

static bool staff_hold(struct story *s, const char *const *arg)
{
	struct day until;
	int64_t id = ask_id(s, "service", arg[0]);
	if (id == 0 || !day_parse(arg[1], &until))
		return story_no(s, "there is no service %s, or %s is no day", arg[0], arg[1]);
	return service_hold(s->cx, id, until, "asked on the phone") == OK || story_failed(s);
}

static bool staff_again(struct story *s, const char *const *arg)
{
	json_t *list;
	int64_t id = ask_id(s, "service", arg[0]);
	if (id == 0 || action_list(s->cx, id, true, &list) != OK)
		return false;
	int64_t action = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
	return action_again(s->cx, action) == OK || story_failed(s);
}

static bool cancels(struct story *s, const char *const *arg, bool at_end)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "service", arg[1]);
	return p != NULL && id != 0 &&
	    ask_form(s, p, arena_printf(s->arena, "/client/services/%lld/cancel", (long long)id),
	        at_end ? "when=end&reason=done" : "when=now&reason=done");
}

static bool cancels_now(struct story *s, const char *const *arg)
{
	return cancels(s, arg, false);
}

static bool cancels_at_end(struct story *s, const char *const *arg)
{
	return cancels(s, arg, true);
}

static bool keeps(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "service", arg[1]);
	return p != NULL && id != 0 &&
	    ask_form(s, p, arena_printf(s->arena, "/client/services/%lld/keep", (long long)id), "");
}

static bool invoice_post(struct story *s, const char *nth, const char *verb, json_t *body)
{
	int64_t id = ask_id(s, "invoice", nth);
	if (id == 0) {
		json_decref(body);
		return false;
	}
	return ask_api(s, "POST", arena_printf(s->arena, "/invoices/%lld/%s", (long long)id, verb),
	           body) != NULL;
}

static bool void_invoice(struct story *s, const char *const *arg)
{
	return invoice_post(s, arg[0], "credit", json_pack("{ss}", "reason", "void"));
}

static bool void_again(struct story *s, const char *const *arg)
{
	s->keys_n++; /* another caller, another key */
	return void_invoice(s, arg);
}

static bool write_off(struct story *s, const char *const *arg)
{
	return invoice_post(s, arg[0], "write-off", json_pack("{ss}", "reason", "gone"));
}

static bool draft(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	int64_t minor;
	if (p == NULL || !story_money(s, arg[2], arg[3], &minor))
		return false;
	json_t *made = ask_api(s, "POST", "/invoices",
	    json_pack("{sI ss s[{ss si sI}]}", "client_id", S64(p->id), "currency", arg[3], "items",
	        "description", arg[1], "quantity", 1, "unit_minor", S64(minor)));
	int64_t id = json_integer_value(json_object_get(made, "id"));
	return made != NULL &&
	    ask_api(s, "POST", arena_printf(s->arena, "/invoices/%lld/issue", (long long)id),
	        NULL) != NULL;
}

static bool issue(struct story *s, const char *const *arg)
{
	return invoice_post(s, arg[0], "issue", NULL);
}

static bool resend(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "letter", arg[0]);
	return id != 0 && (letter_resend(s->cx, id) == OK || story_failed(s));
}

/* ---- what breaks outside ---- */

static bool panel_fault(struct story *s, const char *const *arg)
{
	int64_t n;
	return story_number(s, arg[2], &n) &&
	    world_box(s, "POST", "/panel/faults",
	        json_keep(s->cx,
	            json_pack("{ss ss sI}", "call", arg[0], "fault", arg[1], "times", S64(n))),
	        0) != NULL;
}

static bool smtp_refuses(struct story *s, const char *const *arg)
{
	int64_t code, n;
	return story_number(s, arg[0], &code) && story_number(s, arg[1], &n) &&
	    world_box(s, "POST", "/mail/faults",
	        json_keep(s->cx, json_pack("{sI sI}", "code", S64(code), "times", S64(n))),
	        0) != NULL;
}

static bool stranger(struct story *s, const char *const *arg)
{
	return world_box(s, "POST", "/panel/create",
	           json_keep(s->cx,
	               json_pack("{ss ss ss ss ss ss}", "key", "stranger", "domain", arg[0],
	                   "username", "stranger", "package", "small", "email", "x@example.com",
	                   "password", "12345678")),
	           201) != NULL;
}

static bool stranger_leaves(struct story *s, const char *const *arg)
{
	return world_box(s, "POST", "/panel/terminate",
	           json_keep(s->cx, json_pack("{ss}", "key", "stranger")), 0) != NULL;
}

/* What somebody with a database client does behind our back. */
static bool edit(struct story *s, const char *const *arg)
{
	s->calm = true;
	const struct embed file = {"edit", (const unsigned char *)arg[0], strlen(arg[0])};
	const char *sql;
	if (db_migrate_expand(s->cx, &file, db_is_pg(s->cx->db), &sql) != OK ||
	    db_script(s->cx, sql) != OK)
		return story_failed(s);
	return true;
}

static bool expect(struct story *s, const char *const *arg)
{
	int64_t status;
	char *number = arena_strdup(s->arena, arg[0]);
	number[strcspn(number, ":")] = 0;
	if (!story_number(s, number, &status))
		return false;
	s->expect = (int)status;
	bool ok = story_say(s, arg[1]);
	s->expect = 0;
	return ok;
}

const struct verb verbs_do[] = {
    {"setting {} {}", setting, false},
    {"setting {} {} is refused naming {}", setting_refused, false},
    {"plan {} {} prices {*}", plan, false},
    {"plan {} {} without panel prices {*}", plan_bare, false},
    {"tax {} {}", tax, false},
    {"ladder {*}", ladder, false},
    {"client {} in {}", client, false},
    {"client {} in {} with {}", client_with, false},
    {"{} moves to {}", moves, false},
    {"{} orders {*}", orders, false},
    {"{} buys {} {} {}", buys, false},
    {"staff suspends service {} for abuse", staff_abuse, false},
    {"staff holds service {} until {}", staff_hold, false},
    {"staff tries service {} again", staff_again, false},
    {"staff {} service {}", staff_service, false},
    {"{} cancels service {} now", cancels_now, false},
    {"{} cancels service {} at the end", cancels_at_end, false},
    {"{} keeps service {}", keeps, false},
    {"void invoice {}", void_invoice, false},
    {"void invoice {} by another caller", void_again, false},
    {"write off invoice {}", write_off, false},
    {"staff bills {} {} {} {}", draft, false},
    {"issue invoice {}", issue, false},
    {"staff resends letter {}", resend, false},
    {"panel fault {} {} {}", panel_fault, false},
    {"smtp refuses {} for {} letters", smtp_refuses, false},
    {"stranger takes {}", stranger, false},
    {"stranger leaves", stranger_leaves, false},
    {"somebody edits the database: {*}", edit, false},
    {"expect {} {*}", expect, false},
    {NULL, NULL, false},
};
