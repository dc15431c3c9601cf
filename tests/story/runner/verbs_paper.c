/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What staff and clients do with documents beside paying them: early renewals, cancelled items,
 * credit notes, corrections, items for later, quotes.
 */
#include <string.h>

#include "see.h"

#include "core/quote/quote.h"

static bool post(struct story *s, const char *path, json_t *body)
{
	return ask_api(s, "POST", path, body) != NULL;
}

static bool issues_next(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "service", arg[0]);
	return id != 0 &&
	    post(s, arena_printf(s->arena, "/services/%lld/invoice", (long long)id), json_object());
}

static bool renews(struct story *s, const char *const *arg)
{
	struct person *p = world_person(s, arg[0]);
	int64_t id = ask_id(s, "service", arg[1]);
	return p != NULL && id != 0 &&
	    ask_form(s, p, arena_printf(s->arena, "/client/services/%lld/renew", (long long)id),
	        "x=1");
}

/* The id of the nth item of an invoice, counted from 1. */
static int64_t item_id(struct story *s, const char *invoice, const char *nth)
{
	int64_t n;
	json_t *v = row(s, "invoice", invoice);
	if (v == NULL || !story_number(s, nth, &n))
		return 0;
	int64_t id = number(json_array_get(json_object_get(v, "items"), (size_t)n - 1), "id");
	return id != 0 ? id : (int64_t)story_no(s, "there is no item %s", nth);
}

static bool on_item(struct story *s, const char *const *arg, const char *verb)
{
	int64_t item = item_id(s, arg[1], arg[0]), id = ask_id(s, "invoice", arg[1]);
	return item != 0 && id != 0 &&
	    post(s, arena_printf(s->arena, "/invoices/%lld/%s", (long long)id, verb),
	        json_pack("{s[I] ss}", "item_ids", (json_int_t)item, "reason", "not wanted"));
}

static bool cancels_item(struct story *s, const char *const *arg)
{
	return on_item(s, arg, "cancel-items");
}

static bool credits_item(struct story *s, const char *const *arg)
{
	return on_item(s, arg, "credit");
}

static bool credits_amount(struct story *s, const char *const *arg)
{
	int64_t minor, id = ask_id(s, "invoice", arg[2]);
	return id != 0 && story_money(s, arg[0], arg[1], &minor) &&
	    post(s, arena_printf(s->arena, "/invoices/%lld/credit", (long long)id),
	        json_pack("{sI ss}", "amount_minor", (json_int_t)minor, "reason", "less"));
}

static bool corrects(struct story *s, const char *const *arg)
{
	int64_t minor, id = ask_id(s, "invoice", arg[0]);
	return id != 0 && story_money(s, arg[1], arg[2], &minor) &&
	    post(s, arena_printf(s->arena, "/invoices/%lld/correction", (long long)id),
	        json_pack("{ss s[{ss sI}]}", "reason", "forgotten", "items", "description", "More",
	            "unit_minor", (json_int_t)minor));
}

static bool writes_item(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	int64_t minor;
	return p != NULL && story_money(s, arg[1], arg[2], &minor) &&
	    post(s, "/billables",
	        json_pack("{sI ss sI}", "client_id", (json_int_t)p->id, "description", "Work",
	            "unit_minor", (json_int_t)minor));
}

static bool writes_item_on(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	int64_t minor;
	return p != NULL && story_money(s, arg[1], arg[2], &minor) &&
	    post(s, "/billables",
	        json_pack("{sI ss sI ss ss}", "client_id", (json_int_t)p->id, "description", "Work",
	            "unit_minor", (json_int_t)minor, "when", "day", "on", arg[3]));
}

static bool quotes(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	if (p == NULL)
		return false;
	json_t *made = ask_api(s, "POST", "/quotes",
	    json_pack("{sI ss s[{ss ss}]}", "client_id", (json_int_t)p->id, "valid_until", arg[3],
	        "items", "plan", arg[1], "cycle", arg[2]));
	if (made == NULL)
		return false;
	int64_t id = number(made, "id");
	s->keys_n++;
	return post(s, arena_printf(s->arena, "/quotes/%lld/send", (long long)id), json_object());
}

static bool answers(struct story *s, const char *const *arg, const char *verb)
{
	struct person *p = world_person(s, arg[0]);
	return p != NULL &&
	    ask_form(s, p, arena_printf(s->arena, "/client/quotes/%s/%s", arg[1], verb),
	        "name=Somebody");
}

static bool accepts(struct story *s, const char *const *arg)
{
	return answers(s, arg, "accept");
}

static bool declines(struct story *s, const char *const *arg)
{
	return answers(s, arg, "decline");
}

static bool quote_is(struct story *s, const char *const *arg)
{
	json_t *v = ask_get(s, "/quotes/%s", arg[0]);
	return v != NULL && is_text(s, "its state", text(v, "state"), arg[1]);
}

const struct verb verbs_paper[] = {
    {"staff issues the next invoice of service {}", issues_next, false},
    {"{} renews service {} early", renews, false},
    {"staff cancels item {} of invoice {}", cancels_item, false},
    {"staff credits item {} of invoice {}", credits_item, false},
    {"staff credits {} {} of invoice {}", credits_amount, false},
    {"staff corrects invoice {} by {} {}", corrects, false},
    {"staff writes down {} {} {} for later", writes_item, false},
    {"staff writes down {} {} {} for {}", writes_item_on, false},
    {"staff quotes {} {} {} until {}", quotes, false},
    {"{} accepts quote {}", accepts, false},
    {"{} declines quote {}", declines, false},
    {"quote {} is {}", quote_is, true},
    {NULL, NULL, false},
};
