/* SPDX-License-Identifier: Apache-2.0 */
/* Tax in rows, on both engines: shipped rates, two levels, and the evidence of VAT numbers. */
#include "unit/testdb.h"

#include "base/str.h"
#include "core/tax/own.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static json_t *body(struct cx *cx, const char *text)
{
	json_t *tree;
	testdb_ok(cx, json_parse(cx, text, strlen(text), &tree));
	return tree;
}

static size_t count_rates(struct cx *cx, const char *country, const char *source)
{
	struct tax_table t;
	size_t n = 0;
	testdb_ok(cx, tax_load(cx, &t));
	for (size_t i = 0; i < t.n; i++)
		n += str_eq(t.rates[i].country, country) && str_eq(t.rates[i].source, source);
	return n;
}

static void shipped_rates_load_once_and_leave_staff_alone(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct tax_table table;
	int64_t n, id;
	testdb_ok(cx,
	    tax_rate_save(cx, 0,
	        body(cx, "{\"name\":\"Mine\",\"country\":\"EE\",\"rate_ppm\":10000}"), FIELD_JSON,
	        &id));
	testdb_ok(cx, tax_seed(cx, "none", &n));
	assert_int_equal(n, 0);
	testdb_ok(cx, tax_seed(cx, "home", &n));
	assert_int_equal(n, 2); /* DE, standard and digital */
	testdb_ok(cx, tax_seed(cx, "eu", &n));
	assert_true(n > 50);
	assert_int_equal(count_rates(cx, "GB", "seed"), 0);
	assert_int_equal(count_rates(cx, "EE", "staff"), 1);
	assert_int_equal(count_rates(cx, "EE", "seed"), 2); /* digital only */
	testdb_ok(cx, tax_seed(cx, "all", &n));
	assert_int_equal(n, 6);
	testdb_ok(cx, tax_seed(cx, "all", &n));
	assert_int_equal(n, 0);
	/* What staff change or remove stays changed and removed. */
	testdb_ok(cx, tax_load(cx, &table));
	for (size_t i = 0; i < table.n; i++) {
		if (str_eq(table.rates[i].country, "FI"))
			testdb_ok(cx, tax_rate_remove(cx, table.rates[i].id));
		if (str_eq(table.rates[i].country, "AT") &&
		    str_eq(table.rates[i].tax_class, "standard"))
			testdb_ok(cx,
			    tax_rate_save(cx, table.rates[i].id,
			        body(cx,
			            "{\"name\":\"USt\",\"country\":\"AT\",\"rate_ppm\":199999,"
			            "\"valid_from\":\"2015-01-01\"}"),
			        FIELD_JSON, &id));
	}
	testdb_ok(cx, tax_seed(cx, "all", &n));
	assert_int_equal(n, 0);
	assert_int_equal(count_rates(cx, "FI", "seed"), 0);
	assert_int_equal(count_rates(cx, "AT", "staff"), 1);
	/* The dated rows of one country follow each other. */
	testdb_ok(cx, tax_load(cx, &table));
	struct tax_place place = {"SK", "", TAX_CHARGED};
	struct day on;
	assert_true(day_parse("2024-12-31", &on));
	assert_int_equal(tax_choose(&table, &place, "standard", on).rate_ppm, 200000);
	assert_int_equal(tax_choose(&table, &place, "standard", day_add(on, 1)).rate_ppm, 230000);
	testdb_close(t);
}

static void rates_of_two_levels_are_two_rows(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	json_t *view;
	int64_t id;
	testdb_ok(cx,
	    tax_rate_save(cx, 0,
	        body(cx, "{\"name\":\"GST\",\"country\":\"CA\",\"rate_ppm\":50000}"), FIELD_JSON,
	        &id));
	testdb_ok(cx,
	    tax_rate_save(cx, 0,
	        body(cx,
	            "{\"name\":\"PST\",\"country\":\"CA\",\"level\":\"2\",\"compound\":true,"
	            "\"rate_ppm\":70000}"),
	        FIELD_JSON, &id));
	assert_int_equal(
	    tax_rate_save(cx, 0,
	        body(cx, "{\"name\":\"X\",\"country\":\"CA\",\"compound\":true,\"rate_ppm\":1}"),
	        FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(cx);
	assert_int_equal(
	    tax_rate_save(cx, 0,
	        body(cx, "{\"name\":\"X\",\"country\":\"CA\",\"level\":\"3\",\"rate_ppm\":1}"),
	        FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(cx);
	/* The same place, class, level and day again. */
	assert_int_equal(tax_rate_save(cx, 0,
	                     body(cx, "{\"name\":\"X\",\"country\":\"CA\",\"rate_ppm\":1}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(cx);
	testdb_fails(cx,
	    tax_rate_save(cx, 999, body(cx, "{\"name\":\"X\",\"country\":\"DE\",\"rate_ppm\":1}"),
	        FIELD_JSON, &id),
	    ERR_NOT_FOUND, "tax.unknown");
	testdb_ok(cx, tax_view(cx, &view));
	assert_int_equal(json_array_size(view), 2);
	assert_true(json_is_true(json_object_get(json_array_get(view, 1), "compound")));
	testdb_close(t);
}

static int64_t french_client(struct cx *cx)
{
	struct client_input in = {.email = "a@b.example",
	    .first_name = "A",
	    .last_name = "B",
	    .address = "x",
	    .city = "P",
	    .postcode = "1",
	    .country = "FR",
	    .currency = "EUR",
	    .tax_id = "FR40303265045"};
	int64_t id;
	testdb_ok(cx, client_create(cx, &in, &id));
	return id;
}

static void TAX_05_evidence_is_kept(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client c;
	json_t *rows;
	int64_t id = french_client(cx);
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "unchecked");
	struct tax_check check = {id, "FR40303265045", "FR", "unavailable", "", "MS_UNAVAILABLE"};
	testdb_ok(cx, tax_checked(cx, &check));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "unavailable");
	assert_int_equal(c.tax_id_at, 0);
	check = (struct tax_check){id, "FR40303265045", "FR", "valid", "WAPIAAA", "{}"};
	testdb_ok(cx, tax_checked(cx, &check));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "valid");
	assert_int_equal(c.tax_id_at, cx->now);
	/*
	 * Silence does not take back what was proved; an answer about an old number says nothing of
	 * the new one.
	 */
	check.outcome = "unavailable";
	testdb_ok(cx, tax_checked(cx, &check));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "valid");
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"tax_id\":\"FR83404833048\"}"), FIELD_JSON,
	        &client_staff_fields));
	check.outcome = "valid";
	testdb_ok(cx, tax_checked(cx, &check));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "unchecked");
	testdb_ok(cx, tax_evidence_view(cx, id, &rows));
	assert_int_equal(json_array_size(rows), 4);
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(rows, 2), "consultation")),
	    "WAPIAAA");
	testdb_close(t);
}

static void TAX_05_a_proof_is_of_one_number_in_one_country(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct client c;
	int64_t id = french_client(cx);
	struct tax_check check = {id, "FR40303265045", "FR", "valid", "", "{}"};
	testdb_ok(cx, tax_checked(cx, &check));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "valid");
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"country\":\"IT\"}"), FIELD_JSON,
	        &client_staff_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "unchecked");
	testdb_ok(cx,
	    client_update(cx, id, body(cx, "{\"tax_id\":\"\"}"), FIELD_JSON, &client_staff_fields));
	testdb_ok(cx, client_get(cx, id, &c));
	assert_string_equal(c.tax_id_state, "");
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(shipped_rates_load_once_and_leave_staff_alone),
	    TESTDB_BOTH(rates_of_two_levels_are_two_rows),
	    TESTDB_BOTH(TAX_05_evidence_is_kept),
	    TESTDB_BOTH(TAX_05_a_proof_is_of_one_number_in_one_country),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
