/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences about money: the payer's way through the gateway's page, the gateway's messages in any
 * order, forged ones, money that staff record. Every step may be done again, for payers click
 * twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "fmt/form.h"
#include "story.h"

static const char *text(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

/* ---- messages of the gateway ---- */

static const char *sign(struct story *s, int64_t at, const char *secret, const char *body)
{
	char hex[CRYPTO_SHA256_HEX];
	const char *base = arena_printf(s->arena, "%lld.%s", (long long)at, body);
	crypto_hmac_sha256(secret, strlen(secret), base, strlen(base), hex);
	return arena_printf(s->arena, "t=%lld,v1=%s", (long long)at, hex);
}

static bool post_hook(struct story *s, const char *body, const char *signature, int want)
{
	struct web_client c = {.web = &s->web, .arena = arena_new(LIMIT_ARENA_BYTES)};
	if (signature != NULL) {
		c.headers[0][0] = "billhook-signature";
		c.headers[0][1] = signature;
	}
	web_client_call(&c, "POST", "/hooks/card", body);
	bool ok = c.status == want ||
	    story_no(s, "the hook is answered %d, not %d: %.300s", c.status, want, c.body);
	arena_free(c.arena);
	return ok;
}

static bool deliver(struct story *s, const json_t *hook)
{
	const char *body = arena_strdup(s->arena, text(hook, "body"));
	return post_hook(s, body, sign(s, clock_now(), STORY_SECRET, body), 200);
}

static json_t *hooks_of(struct story *s)
{
	json_t *list = world_box(s, "GET", "/gateway/hooks", NULL, 0);
	return json_is_array(list) ? list : NULL;
}

static bool tell(struct story *s)
{
	json_t *list = hooks_of(s);
	if (list == NULL)
		return false;
	for (size_t i = (size_t)s->hooks_told; i < json_array_size(list); i++) {
		if (!deliver(s, json_array_get(list, i)))
			return false;
		s->hooks_told = (int)i + 1;
	}
	return true;
}

static bool send_hooks(struct story *s, const char *const *arg)
{
	s->payer.hook_held = false;
	return tell(s);
}

static bool send_newest_first(struct story *s, const char *const *arg)
{
	json_t *list = hooks_of(s);
	s->payer.hook_held = false;
	for (size_t i = json_array_size(list); i > (size_t)s->hooks_told; i--)
		if (!deliver(s, json_array_get(list, i - 1)))
			return false;
	s->hooks_told = (int)json_array_size(list);
	return list != NULL;
}

static bool send_again(struct story *s, const char *const *arg)
{
	s->hooks_told = 0;
	return tell(s);
}

static bool hold_hooks(struct story *s, const char *const *arg)
{
	s->payer.hook_held = true;
	return true;
}

/* ---- the payer ---- */

static bool declines(struct story *s, const char *const *arg)
{
	s->payer.declines = true;
	return true;
}

static bool takes_days(struct story *s, const char *const *arg)
{
	s->payer.pays_later = true;
	return true;
}

static bool stays_away(struct story *s, const char *const *arg)
{
	s->payer.stays_away = true;
	return true;
}

/* The checkout that was made last for an invoice; NULL when there is none. */
static json_t *checkout_of(struct story *s, const char *nth)
{
	int64_t id = ask_id(s, "invoice", nth);
	world_look(s, true);
	const char *number = id == 0 ?
	    "" :
	    arena_strdup(s->arena, text(ask_get(s, "/invoices/%lld", (long long)id), "number"));
	world_look(s, false);
	json_t *list = world_box(s, "GET", "/gateway/checkouts", NULL, 0), *found = NULL, *c;
	size_t i;
	json_array_foreach(list, i, c)
		if (str_eq(text(c, "reference"), number))
			found = c;
	if (found == NULL)
		story_no(s, "no payment of invoice %s was started", nth);
	return found;
}

static bool act(struct story *s, const char *nth, const char *word, const char *done)
{
	json_t *c = checkout_of(s, nth);
	if (c == NULL)
		return false;
	if (s->torture.fired && str_eq(text(c, "state"), done))
		return s->payer.hook_held || tell(s);
	const char *path =
	    arena_printf(s->arena, "/gateway/checkouts/%s/%s?hook=no", text(c, "id"), word);
	return world_box(s, "POST", path, NULL, 0) != NULL && (s->payer.hook_held || tell(s));
}

static bool is_paid(struct story *s, int64_t id)
{
	world_look(s, true);
	bool paid = str_eq(text(ask_get(s, "/invoices/%lld", (long long)id), "state"), "paid");
	world_look(s, false);
	return paid;
}

static bool start_paying(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "invoice", arg[1]);
	return p != NULL && id != 0 &&
	    ask_form(s, p, arena_printf(s->arena, "/client/invoices/%lld/pay", (long long)id),
	        "gateway=card");
}

static bool comes_back(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "invoice", arg[1]);
	return p != NULL && id != 0 &&
	    ask_page(s, p, arena_printf(s->arena, "/client/invoices/%lld/return", (long long)id));
}

static bool finish(struct story *s, const char *const *arg)
{
	const char *word = s->payer.declines ? "decline" : s->payer.pays_later ? "later" : "pay";
	const char *state = s->payer.declines ? "declined" :
	    s->payer.pays_later               ? "pending" :
	                                        "paid";
	return act(s, arg[1], word, state) && (s->payer.stays_away || comes_back(s, arg));
}

static bool pays(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "invoice", arg[1]);
	if (id == 0)
		return false;
	bool over = s->torture.fired && is_paid(s, id);
	if (!over && !(start_paying(s, arg) && (s->expect != 0 || finish(s, arg))))
		return false;
	s->payer = (struct payer){.hook_held = s->payer.hook_held};
	return true;
}

/* Pays, and lets the provider charge later terms by itself. */
static bool subscribes(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "invoice", arg[1]);
	return p != NULL && id != 0 &&
	    ask_form(s, p, arena_printf(s->arena, "/client/invoices/%lld/pay", (long long)id),
	        "gateway=card&subscribe=1") &&
	    finish(s, arg);
}

/* The provider charges what was agreed on last. */
static bool charges(struct story *s, const char *const *arg)
{
	json_t *list = world_box(s, "GET", "/gateway/subscriptions", NULL, 0);
	const char *id = text(json_array_get(list, json_array_size(list) - 1), "id");
	int status = str_eq(arg[0], "charges") ? 0 : 409;
	const char *path = arena_printf(s->arena, "/gateway/subscriptions/%s/charge?hook=no", id);
	return world_box(s, "POST", path, NULL, status) != NULL && tell(s);
}

/* After the shop's checkout has led to the gateway. */
static bool pays_there(struct story *s, const char *const *arg)
{
	bool ok = finish(s, arg);
	if (ok)
		s->payer = (struct payer){.hook_held = s->payer.hook_held};
	return ok;
}

/* ---- the gateway by itself ---- */

static bool gateway_act(struct story *s, const char *const *arg)
{
	static const struct {
		const char *said, *word, *done;
	} words[] = {{"settles", "pay", "paid"}, {"refunds", "refund", "refunded"},
	    {"disputes", "dispute", "disputed"}, {"refuses", "decline", "declined"},
	    {"restores", "dispute_won", "paid"}, {"bounces", "fail", "failed"},
	    {"keeps", "dispute_lost", "lost"}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_eq(words[i].said, arg[0]))
			return act(s, arg[1], words[i].word, words[i].done);
	return story_no(s, "the gateway cannot %s", arg[0]);
}

/* A message that somebody made up about an invoice's checkout. */
static bool hook_forged(struct story *s, const char *const *arg)
{
	int64_t status, now = clock_now();
	json_t *c = checkout_of(s, arg[1]);
	if (c == NULL || !story_number(s, arg[2], &status))
		return false;
	bool amount = str_eq(arg[0], "amount"), currency = str_eq(arg[0], "currency"),
	     other = str_eq(arg[0], "unknown"), another = str_eq(arg[0], "another");
	json_t *event = json_pack("{ss ss ss ss sI ss}", "id",
	    arena_printf(s->arena, "evt_made_up_%d", s->line), "type", "payment.succeeded",
	    "checkout", other ? "co_nobody" : text(c, "id"), "reference",
	    another ? "INV-2027-00002" : text(c, "reference"), "amount_minor",
	    json_integer_value(json_object_get(c, "amount_minor")) - amount, "currency",
	    currency ? "USD" : text(c, "currency"));
	char *printed = json_dumps(event, JSON_COMPACT);
	const char *body = arena_strdup(s->arena, printed);
	free(printed);
	json_decref(event);
	const char *signature = str_eq(arg[0], "unsigned") ? NULL :
	    str_eq(arg[0], "forged")                       ? sign(s, now, "guess", body) :
	    str_eq(arg[0], "stale") ? sign(s, now - 3600, STORY_SECRET, body) :
	                              sign(s, now, STORY_SECRET, body);
	return post_hook(s, body, signature, (int)status);
}

/* ---- staff and credit ---- */

static bool staff_records(struct story *s, const char *const *arg)
{
	int64_t minor, id = ask_id(s, "invoice", arg[2]);
	if (id == 0 || !story_money(s, arg[0], arg[1], &minor))
		return false;
	return ask_api(s, "POST", arena_printf(s->arena, "/invoices/%lld/payments", (long long)id),
	           json_pack("{ss sI ss ss}", "gateway", "bank", "amount_minor", (json_int_t)minor,
	               "currency", arg[1], "reference", arg[3])) != NULL;
}

static bool credit(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	int64_t minor;
	if (p == NULL || !story_money(s, arg[1], arg[2], &minor))
		return false;
	return ask_api(s, "POST", arena_printf(s->arena, "/clients/%lld/credit", (long long)p->id),
	           json_pack("{sI ss ss}", "amount_minor", (json_int_t)minor, "currency", arg[2],
	               "reason", "a gift")) != NULL;
}

static bool uses_credit(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "invoice", arg[1]);
	return p != NULL && id != 0 &&
	    ask_form(s, p, arena_printf(s->arena, "/client/invoices/%lld/credit", (long long)id),
	        "");
}

/* The payment of an invoice, as the API lists it. */
static int64_t payment_of(struct story *s, const char *nth)
{
	int64_t id = ask_id(s, "invoice", nth);
	world_look(s, true);
	const json_t *list = id == 0 ?
	    NULL :
	    json_object_get(ask_get(s, "/payments?invoice_id=%lld", (long long)id), "data");
	world_look(s, false);
	int64_t payment = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
	if (payment == 0)
		story_no(s, "invoice %s has no payment", nth);
	return payment;
}

static bool staff_refunds(struct story *s, const char *const *arg)
{
	int64_t minor, id = payment_of(s, arg[2]);
	if (id == 0 || !story_money(s, arg[0], arg[1], &minor))
		return false;
	return ask_api(s, "POST", arena_printf(s->arena, "/payments/%lld/refunds", (long long)id),
	           json_pack("{sI ss ss ss ss}", "amount_minor", (json_int_t)minor, "currency",
	               arg[1], "way", arg[3], "reason", "goodwill", "reference", "T-1")) != NULL;
}

static bool gateway_fault(struct story *s, const char *const *arg)
{
	json_t *body =
	    json_keep(s->cx, json_pack("{ss ss si}", "call", arg[1], "fault", arg[0], "times", 1));
	return world_box(s, "POST", "/gateway/faults", body, 0) != NULL;
}

static bool gateway_refunded(struct story *s, const char *const *arg)
{
	int64_t want;
	const json_t *list = world_box(s, "GET", "/gateway/refunds", NULL, 0);
	if (list == NULL || !story_number(s, arg[0], &want))
		return false;
	return (int64_t)json_array_size(list) == want ||
	    story_no(s, "the gateway made %zu refunds", json_array_size(list));
}

static bool adds_funds(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	return p != NULL &&
	    ask_form(s, p, "/client/funds",
	        arena_printf(s->arena, "amount_minor=%s&once=line%d", arg[1], s->line));
}

const struct verb verbs_pay[] = {
    {"gateway declines", declines, false},
    {"gateway takes days", takes_days, false},
    {"gateway holds its hooks", hold_hooks, false},
    {"gateway sends its hooks", send_hooks, false},
    {"gateway sends its hooks newest first", send_newest_first, false},
    {"gateway sends all hooks again", send_again, false},
    {"gateway {} invoice {}", gateway_act, false},
    {"gateway fault {} for {}", gateway_fault, false},
    {"gateway has made {} refunds", gateway_refunded, true},
    {"staff refunds {} {} of invoice {} by {}", staff_refunds, false},
    {"{} adds {} to the credit", adds_funds, false},
    {"payer does not come back", stays_away, false},
    {"hook {} for invoice {} is answered {}", hook_forged, false},
    {"{} starts paying invoice {}", start_paying, false},
    {"{} pays invoice {} and later terms", subscribes, false},
    {"gateway {} the next term", charges, false},
    {"{} pays invoice {}", pays, false},
    {"{} pays invoice {} there", pays_there, false},
    {"{} comes back from paying invoice {}", comes_back, false},
    {"staff records {} {} for invoice {} as {}", staff_records, false},
    {"credit {} {} {}", credit, false},
    {"{} uses credit for invoice {}", uses_credit, false},
    {NULL, NULL, false},
};
