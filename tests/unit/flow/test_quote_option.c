/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Quotes over plans with options: what is chosen stands at the prices of then, the order has just
 * these, and what later terms are said to cost is what they are billed at, to the cent.
 */
#include "unit/flow/options.h"

#include "core/quote/quote.h"

static enum err save(struct world *w, int64_t id, const char *json, int64_t *ret_id)
{
	struct quote_input in;
	testdb_ok(w->cx, field_read(w->cx, &quote_fields, world_json(w, json), FIELD_JSON, &in));
	return quote_save(w->cx, id, &in, ret_id);
}

static int64_t draft(struct world *w, const char *json)
{
	int64_t id;
	testdb_ok(w->cx, save(w, 0, json, &id));
	return id;
}

static json_t *view(struct world *w, int64_t id)
{
	struct quote q;
	json_t *tree;
	testdb_ok(w->cx, quote_get(w->cx, 0, id, &q));
	testdb_ok(w->cx, quote_view(w->cx, &q, &tree));
	return tree;
}

static int64_t renews_at(const json_t *tree)
{
	return paper_int(json_array_get(json_object_get(tree, "renews"), 0), "price_minor");
}

/* Sends it and takes it: the order's invoice; *ret_service: the first service. */
static int64_t take(struct world *w, int64_t id, int64_t *ret_service)
{
	struct order o;
	struct order_item *items;
	size_t n;
	int64_t order;
	testdb_ok(w->cx, quote_accept(w->cx, &(struct quote_word){id, "Anna", ""}, &order));
	testdb_ok(w->cx, order_get(w->cx, 0, order, &o));
	testdb_ok(w->cx, order_items(w->cx, order, &items, &n));
	*ret_service = items[0].service_id;
	world_drain(w);
	return o.invoice_id;
}

static void standing(struct world *w, const char *json)
{
	testdb_ok(w->cx,
	    client_update(w->cx, w->client, world_json(w, json), FIELD_JSON, &client_staff_fields));
}

#define OFFER(more, options) \
	"{\"client_id\":1," more "\"valid_until\":\"2027-06-30\",\"items\":[" WEB_ITEM(options) "]}"

static void options_are_quoted_and_ordered_as_they_were(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s, tax;
	struct option o;
	world_day(w, "2027-06-01");
	testdb_ok(w->cx,
	    tax_rate_save(w->cx, 0,
	        world_json(w, "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":190000}"),
	        FIELD_JSON, &tax));
	standing(w, "{\"discount_ppm\":75000}");
	int64_t id = draft(w, OFFER("\"discount_ppm\":100000,\"discount_terms\":1,", ALL));
	testdb_ok(w->cx, quote_send(w->cx, id));
	world_drain(w);
	/* 10.00 + 5.00 + 2.00 + 3.00 + 1.00 + 2.50 + 4.00 = 27.50, less 10 % of each, and 19 %. */
	json_t *tree = view(w, id);
	assert_int_equal(json_array_size(json_object_get(tree, "items")), 7);
	assert_int_equal(paper_int(tree, "net_minor"), 2475);
	assert_int_equal(paper_int(tree, "total_minor"), 2945);
	/* Later 7.5 % stand: 10.00-0.75, 2.00-0.15, 3.00-0.23, 2.50-0.19; of the sum: 16.19. */
	assert_int_equal(renews_at(tree), 1618);
	/* Another price, another set of choices, off sale: what was quoted holds. */
	testdb_ok(w->cx, option_find(w->cx, "disk", &s));
	testdb_ok(w->cx, option_retire(w->cx, s, true));
	testdb_ok(w->cx, option_find(w->cx, "ip", &s));
	testdb_ok(w->cx,
	    option_save(w->cx, s,
	        world_json(w,
	            "{\"key\":\"ip\",\"name\":\"Address\",\"kind\":\"yesno\",\"plans\":\"web\","
	            "\"panel_key\":\"changed\",\"prices\":[" OPTION_PRICE("", "1m", 999, 0) "]}"),
	        FIELD_JSON, &s));
	testdb_ok(w->cx, option_get(w->cx, s, &o));
	assert_string_equal(o.name, "Address");
	int64_t invoice = take(w, id, &s);
	assert_string_equal(lines_of(w, invoice),
	    "Web 1000, Set-up of Web 500, Disk: 10 GB 200, Backup: Daily 300,"
	    " Set-up of Backup: Daily 100, Own IP address 250, Set-up of Own IP address 400");
	assert_string_equal(discounts_of(w, invoice), "100 50 20 30 10 25 40");
	assert_int_equal(world_invoice(w, invoice).total_minor, 2945);
	assert_string_equal(options_of(w, s), "disk=10 backup=daily ip=yes note=a1");
	/* Paid and renewed: the run bills what the quote said of later terms. */
	world_pay(w, invoice);
	world_day(w, "2027-07-01");
	world_run(w);
	assert_int_equal(world_invoice(w, newest(w, "open")).net_minor, 1618);
	world_close(w);
}

/* The larger of what is agreed on for ever and what stands counts, line by line. */
static void what_is_agreed_on_for_ever_is_in_later_terms(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s;
	world_day(w, "2027-06-01");
	standing(w, "{\"discount_ppm\":75000}");
	int64_t id = draft(w,
	    OFFER("\"discount_ppm\":125000,\"discount_terms\":0,",
	        "{\"disk\":15,\"backup\":\"daily\"}"));
	/* 10.00-1.25, 3.00-0.38 (0.375), 3.00-0.38: of the sum it were 14.00. */
	assert_int_equal(renews_at(view(w, id)), 1399);
	testdb_ok(w->cx, quote_send(w->cx, id));
	world_pay(w, take(w, id, &s));
	world_day(w, "2027-07-01");
	world_run(w);
	assert_int_equal(world_invoice(w, newest(w, "open")).net_minor, 1399);
	world_close(w);
}

/* A price of its own is the plan's; options keep theirs, and a quantity multiplies both. */
static void a_price_of_its_own_is_the_plans(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s;
	world_day(w, "2027-06-01");
	int64_t id = draft(w,
	    "{\"client_id\":1,\"valid_until\":\"2027-06-30\",\"items\":[{\"plan\":\"web\","
	    "\"cycle\":\"1m\",\"quantity\":3,\"price_minor\":700,"
	    "\"options\":{\"disk\":\"5\",\"backup\":\"none\"}}]}");
	/* 21.00 + 15.00 + 3.00 */
	assert_int_equal(paper_int(view(w, id), "total_minor"), 3900);
	assert_int_equal(renews_at(view(w, id)), 2400);
	testdb_ok(w->cx, quote_send(w->cx, id));
	world_drain(w);
	int64_t invoice = take(w, id, &s);
	assert_string_equal(lines_of(w, invoice), "Web 2100, Set-up of Web 1500, Disk: 5 GB 300");
	world_pay(w, invoice);
	world_day(w, "2027-07-01");
	world_run(w);
	assert_int_equal(world_invoice(w, newest(w, "open")).net_minor, 2400);
	world_close(w);
}

/* What was agreed on with the client is the price of his quotes, too; another's are not. */
static void a_price_agreed_with_the_client_is_quoted(void **state)
{
	struct world *w = option_world(*state, "");
	int64_t s, other = world_other(w, "o@example.org", "EUR");
	world_day(w, "2027-06-01");
	testdb_ok(w->cx,
	    price_agree(w->cx, w->client,
	        world_json(w, "{\"plan\":\"web\",\"cycle\":\"1m\",\"price_minor\":800}"),
	        FIELD_JSON, &s));
	int64_t id = draft(w, OFFER("", "{\"backup\":\"daily\"}"));
	/* 8.00 + 3.00 + 1.00; 5.00 of set-up only where none was agreed on */
	assert_int_equal(renews_at(view(w, id)), 1100);
	testdb_ok(w->cx, quote_send(w->cx, id));
	world_pay(w, take(w, id, &s));
	world_day(w, "2027-07-01");
	world_run(w);
	assert_int_equal(world_invoice(w, newest(w, "open")).net_minor, 1100);
	const char *json = arena_printf(w->cx->arena,
	    "{\"client_id\":%lld,\"items\":[" WEB_ITEM("{\"backup\":\"none\"}") "]}",
	    (long long)other);
	assert_int_equal(renews_at(view(w, draft(w, json))), 1000);
	world_close(w);
}

/* The form of a draft has what was chosen; saved again it stays, a copy says the same. */
static void a_draft_is_edited_and_copied_with_its_options(void **state)
{
	struct world *w = option_world(*state, "");
	struct quote q;
	json_t *form, *first, *second;
	int64_t copy;
	world_day(w, "2027-06-01");
	int64_t id = draft(w, OFFER("", ALL));
	testdb_ok(w->cx, quote_get(w->cx, 0, id, &q));
	testdb_ok(w->cx, quote_form(w->cx, &q, &form));
	json_t *item = json_array_get(json_object_get(form, "items"), 0);
	assert_string_equal(field_map_print(w->cx->arena, json_object_get(item, "options")),
	    "disk=10, backup=daily, ip=yes, note=a1");
	/* The catalog's price is not typed: a renewal price of its own would be lost. */
	assert_null(json_object_get(item, "price_minor"));
	testdb_ok(w->cx, save(w, id, OFFER("", ALL), &copy));
	assert_int_equal(copy, id);
	testdb_ok(w->cx, quote_copy(w->cx, id, false, &copy));
	first = json_object_get(view(w, id), "items");
	second = json_object_get(view(w, copy), "items");
	assert_true(json_equal(first, second));
	/* Chosen anew: the old choice is gone. */
	testdb_ok(w->cx, save(w, id, OFFER("", "{\"backup\":\"none\"}"), &id));
	assert_int_equal(paper_int(view(w, id), "total_minor"), 1500);
	assert_int_equal(paper_int(view(w, copy), "total_minor"), 2750);
	world_close(w);
}

static void odd_options_are_refused(void **state)
{
	struct world *w = option_world(*state, "");
	static const struct {
		const char *options, *field, *key;
	} odd[] = {
	    {"{}", "items.0.options.backup", "field.required"},
	    {"{\"backup\":\"weekly\"}", "items.0.options.backup", "option.choice"},
	    {"{\"backup\":\"none\",\"disk\":7}", "items.0.options.disk", "option.quantity"},
	    {"{\"backup\":\"none\",\"disk\":105}", "items.0.options.disk", "option.quantity"},
	    {"{\"backup\":\"none\",\"ram\":1}", "items.0.options.ram", "option.unknown"},
	    {"{\"backup\":\"none\",\"note\":\"x\"}", "items.0.options.note", "option.hidden"},
	    {"{\"backup\":\"none\",\"ip\":true}", "items.0.options.note", "field.required"},
	};
	json_t *rows;
	world_day(w, "2027-06-01");
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		int64_t id;
		const char *json = arena_printf(w->cx->arena, OFFER("", "%s"), odd[i].options);
		assert_int_equal(save(w, 0, json, &id), ERR_INVALID);
		assert_string_equal(w->cx->fault.fields->name, odd[i].field);
		assert_string_equal(w->cx->fault.fields->key, odd[i].key);
		cx_clear(w->cx);
	}
	testdb_ok(w->cx, quote_list(w->cx, &(struct quote_filter){.drafts = true}, &rows));
	assert_int_equal(json_array_size(rows), 0);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(options_are_quoted_and_ordered_as_they_were),
	    TESTDB_BOTH(what_is_agreed_on_for_ever_is_in_later_terms),
	    TESTDB_BOTH(a_price_of_its_own_is_the_plans),
	    TESTDB_BOTH(a_price_agreed_with_the_client_is_quoted),
	    TESTDB_BOTH(a_draft_is_edited_and_copied_with_its_options),
	    TESTDB_BOTH(odd_options_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
