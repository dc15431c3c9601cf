/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences about what is offered beside plain plans: options, add-ons, bundles, orders of them and
 * changes of options. What is made is written as the API takes it, without blanks.
 */
#include <string.h>

#include "base/str.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "story.h"

static bool post(struct story *s, const char *path, const char *json)
{
	json_t *body = json_loads(json, JSON_DECODE_ANY, NULL);
	if (body == NULL)
		return story_no(s, "this is no JSON: %s", json);
	return ask_api(s, "POST", path, body) != NULL;
}

static bool option(struct story *s, const char *const *arg)
{
	return post(s, "/options", arg[0]);
}

static bool addon(struct story *s, const char *const *arg)
{
	return post(s, "/plans", arg[0]);
}

static bool bundle(struct story *s, const char *const *arg)
{
	return post(s, "/bundles", arg[0]);
}

static bool orders_items(struct story *s, const char *const *arg)
{
	const struct person *p = world_person(s, arg[0]);
	return p != NULL &&
	    post(s, "/orders",
	        arena_printf(s->arena, "{\"client_id\":%lld,\"items\":%s}", (long long)p->id,
	            arg[1]));
}

static bool changes(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "service", arg[0]);
	return id != 0 &&
	    post(s, arena_printf(s->arena, "/services/%lld/change", (long long)id), arg[1]);
}

/* ---- what is so then ---- */

static bool has_options(struct story *s, const char *const *arg)
{
	struct buf b;
	json_t *row;
	size_t i;
	int64_t id = ask_id(s, "service", arg[0]);
	json_t *service = id == 0 ? NULL : ask_get(s, "/services/%lld", (long long)id);
	if (service == NULL)
		return false;
	buf_init(&b, s->arena);
	json_array_foreach(json_object_get(service, "options"), i, row)
		buf_printf(&b, "%s%s=%s", i == 0 ? "" : " ",
		    json_string_value(json_object_get(row, "key")),
		    json_string_value(json_object_get(row, "value")));
	return str_eq(buf_text(&b), arg[1]) || story_no(s, "it has %s", buf_text(&b));
}

/* "Web S 10.00, Disk: 10 GB 2.00": names and what they cost before tax and discount. */
static bool lists(struct story *s, const char *const *arg)
{
	struct buf b;
	json_t *row;
	size_t i;
	int64_t id = ask_id(s, "invoice", arg[0]);
	json_t *invoice = id == 0 ? NULL : ask_get(s, "/invoices/%lld", (long long)id);
	if (invoice == NULL)
		return false;
	const char *currency = json_string_value(json_object_get(invoice, "currency"));
	buf_init(&b, s->arena);
	json_array_foreach(json_object_get(invoice, "items"), i, row) {
		int64_t minor = json_integer_value(json_object_get(row, "quantity")) *
		    json_integer_value(json_object_get(row, "unit_minor"));
		buf_printf(&b, "%s%s %s", i == 0 ? "" : ", ",
		    json_string_value(json_object_get(row, "description")),
		    money_print_plain(s->arena, minor, currency));
	}
	return str_eq(buf_text(&b), arg[1]) || story_no(s, "it lists %s", buf_text(&b));
}

const struct verb verbs_offer[] = {
    {"option {*}", option, false},
    {"addon {*}", addon, false},
    {"bundle {*}", bundle, false},
    {"{} orders items {*}", orders_items, false},
    {"service {} changes to {*}", changes, false},
    {"service {} has options {*}", has_options, true},
    {"invoice {} lists {*}", lists, true},
    {NULL, NULL, false},
};
