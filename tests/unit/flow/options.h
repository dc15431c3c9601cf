/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_OPTIONS_H
#define UNIT_FLOW_OPTIONS_H

/* A plan "web" for 10.00 a month with options of every kind, and what its documents say. */
#include "unit/flow/paper.h"

static inline int64_t option_put(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, option_save(w->cx, 0, world_json(w, json), FIELD_JSON, &id));
	return id;
}

#define OPTION_PRICE(choice, cycle, price, setup) \
	"{\"choice\":\"" choice "\",\"cycle\":\"" cycle "\",\"currency\":\"EUR\"," \
	"\"price_minor\":" #price ",\"setup_minor\":" #setup "}"

static inline void option_goods(struct world *w)
{
	option_put(w,
	    "{\"key\":\"disk\",\"name\":\"Disk\",\"kind\":\"quantity\",\"unit\":\"GB\",\"max\":100,"
	    "\"step\":5,\"plans\":\"web\",\"position\":1,\"panel_key\":\"quota\","
	    "\"prices\":[" OPTION_PRICE("", "1m", 20, 0) "," OPTION_PRICE("", "1y", 200, 0) "]}");
	option_put(w,
	    "{\"key\":\"backup\",\"name\":\"Backup\",\"kind\":\"choice\",\"required\":true,"
	    "\"plans\":\"web\",\"position\":2,\"choices\":[{\"key\":\"none\",\"name\":\"None\"},"
	    "{\"key\":\"daily\",\"name\":\"Daily\"},{\"key\":\"hourly\",\"name\":\"Hourly\"}],"
	    "\"prices\":[" OPTION_PRICE("none", "1m", 0, 0) "," OPTION_PRICE("daily", "1m", 300,
	        100) "," OPTION_PRICE("hourly", "1m", 800, 0) "," OPTION_PRICE("none", "1y", 0,
	        0) "," OPTION_PRICE("daily", "1y", 3000, 100) "]}");
	option_put(w,
	    "{\"key\":\"ip\",\"name\":\"Own IP address\",\"kind\":\"yesno\",\"plans\":\"web\","
	    "\"position\":3,\"panel_key\":\"dedicated_ip\",\"prices\":[" OPTION_PRICE("", "1m", 250,
	        400) "]}");
	option_put(w,
	    "{\"key\":\"note\",\"name\":\"Host name\",\"kind\":\"text\",\"plans\":\"web\","
	    "\"position\":4,\"shown_if_option\":\"ip\",\"shown_if_value\":\"yes\","
	    "\"required\":true,\"panel_key\":\"host\"}");
}

static inline struct world *option_world(const void *engine, const char *more)
{
	struct world *w = world_open(engine);
	world_plan(w,
	    arena_printf(w->cx->arena,
	        "{\"key\":\"web\",\"name\":\"Web\"%s,\"prices\":["
	        "{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1000,\"setup_minor\":500},"
	        "{\"cycle\":\"1y\",\"currency\":\"EUR\",\"price_minor\":10000}]}",
	        more));
	option_goods(w);
	return w;
}

#define WEB_ITEM(options) "{\"plan\":\"web\",\"cycle\":\"1m\",\"options\":" options "}"
#define WEB(options) "{\"items\":[" WEB_ITEM(options) "]}"
#define ALL "{\"disk\":10,\"backup\":\"daily\",\"ip\":true,\"note\":\"a1\"}"

/* "Web 1000, Set-up of Web 500, …": what the lines of a document charge before tax and discount. */
static inline const char *lines_of(struct world *w, int64_t invoice)
{
	struct invoice_item *items;
	size_t n;
	struct buf b;
	buf_init(&b, w->cx->arena);
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s %lld", i == 0 ? "" : ", ", items[i].description,
		    (long long)(items[i].quantity * items[i].unit_minor));
	return buf_text(&b);
}

/* The same of the discounts. */
static inline const char *discounts_of(struct world *w, int64_t invoice)
{
	struct invoice_item *items;
	size_t n;
	struct buf b;
	buf_init(&b, w->cx->arena);
	testdb_ok(w->cx, invoice_items(w->cx, invoice, &items, &n));
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%lld", i == 0 ? "" : " ", (long long)items[i].discount_minor);
	return buf_text(&b);
}

/* The newest document of the client in a state. */
static inline int64_t newest(struct world *w, const char *state)
{
	struct invoice_filter f = {.client_id = w->client, .state = state, .limit = 5};
	json_t *list;
	testdb_ok(w->cx, invoice_list(w->cx, &f, &list));
	assert_true(json_array_size(list) > 0);
	return paper_int(json_array_get(list, 0), "id");
}

/* The order is refused for one field, and nothing is left behind. */
static inline void order_refused(struct world *w, const char *json, const char *field,
    const char *key)
{
	struct order_input in;
	int64_t id;
	json_t *before, *after;
	json_t *body = world_json(w, json);
	json_object_set_new(body, "client_id", json_integer(w->client));
	testdb_ok(w->cx, order_list(w->cx, &(struct order_filter){.limit = 50}, &before));
	enum err err = field_read(w->cx, &order_fields, body, FIELD_JSON, &in);
	if (err == OK)
		err = order_create(w->cx, &in, "", &id);
	assert_int_equal(err, ERR_INVALID);
	assert_non_null(w->cx->fault.fields);
	assert_string_equal(w->cx->fault.fields->name, field);
	assert_string_equal(w->cx->fault.fields->key, key);
	cx_clear(w->cx);
	testdb_ok(w->cx, order_list(w->cx, &(struct order_filter){.limit = 50}, &after));
	assert_true(json_equal(before, after));
}

static inline struct change_input change_of(struct world *w, const char *options)
{
	struct change_input in;
	json_t *body =
	    json_keep(w->cx, json_pack("{s:o}", "options", json_loads(options, 0, NULL)));
	testdb_ok(w->cx, field_read(w->cx, &change_fields, body, FIELD_JSON, &in));
	return in;
}

/* Asks for other options; the invoice, 0 when nothing is due. */
static inline int64_t change_options(struct world *w, int64_t service, const char *options)
{
	struct change_input in = change_of(w, options);
	int64_t id, invoice;
	testdb_ok(w->cx, service_change(w->cx, 0, service, &in, &id, &invoice));
	world_drain(w);
	return invoice;
}

/* "disk=10 backup=daily" of a running service. */
static inline const char *options_of(struct world *w, int64_t service)
{
	struct service_options o;
	struct buf b;
	buf_init(&b, w->cx->arena);
	testdb_ok(w->cx, service_options_of(w->cx, service, &o));
	for (size_t i = 0; i < o.n; i++)
		buf_printf(&b, "%s%s=%s", i == 0 ? "" : " ", o.rows[i].key, o.rows[i].value);
	return buf_text(&b);
}

#endif
