/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: defaults, saving from forms and programs, refusals, secrets, the day of the company. */
#include "unit/testdb.h"

#include "base/str.h"
#include "core/setting/own.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static json_t *body(struct cx *cx, const char *text)
{
	json_t *tree;

	testdb_ok(cx, json_parse(cx, text, strlen(text), &tree));
	return tree;
}

static void fails_at(struct cx *cx, enum err got, const char *name, const char *key)
{
	assert_int_equal(got, ERR_INVALID);
	assert_non_null(cx->fault.fields);
	assert_string_equal(cx->fault.fields->name, name);
	assert_string_equal(cx->fault.fields->key, key);
	cx_clear(cx);
}

static void has_defaults(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct settings s;

	testdb_ok(&t->cx, setting_load(&t->cx, &s));
	assert_string_equal(s.company_name, "Example Hosting");
	assert_string_equal(s.company_currency, "EUR");
	assert_string_equal(s.company_zone, "UTC");
	assert_int_equal(s.billing_lead_days, 14);
	assert_int_equal(s.billing_due_days, 7);
	assert_int_equal(s.automation_terminate_ppm, 20000);
	assert_int_equal(s.automation_jump_days, 100);
	assert_true(s.billing_auto_credit);
	assert_true(s.signup_open);
	assert_false(s.order_approval);
	assert_string_equal(s.invoice_format, "INV-{YEAR}-{NUMBER:5}");
	assert_string_equal(s.tax_rounding, "document");
	assert_string_equal(s.mail_password, "");
	assert_string_equal(s.link_public_key, "");
	testdb_close(t);
}

static void saves_some(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct settings s;
	json_t *events, *view;

	testdb_ok(cx,
	    setting_save(cx,
	        body(cx,
	            "{\"company.name\": \"Müller\", \"billing.due_days\": 10,"
	            " \"signup.open\": false, \"company.url\": \"https://a.example/\","
	            " \"automation.terminate_ppm\": 50000}"),
	        FIELD_JSON));
	testdb_ok(cx, setting_load(cx, &s));
	assert_string_equal(s.company_name, "Müller");
	assert_string_equal(s.company_url, "https://a.example");
	assert_int_equal(s.billing_due_days, 10);
	assert_int_equal(s.automation_terminate_ppm, 50000);
	assert_false(s.signup_open);
	assert_int_equal(s.billing_lead_days, 14);

	/* As a form sends it: nested by its dots, all text, percent. */
	testdb_ok(cx,
	    setting_save(cx,
	        body(cx,
	            "{\"company\": {\"name\": \"B\"}, \"signup\": {\"open\": \"1\"},"
	            " \"automation\": {\"terminate_ppm\": \"7.5\"}}"),
	        FIELD_FORM));
	testdb_ok(cx, setting_load(cx, &s));
	assert_string_equal(s.company_name, "B");
	assert_int_equal(s.automation_terminate_ppm, 75000);
	assert_true(s.signup_open);

	testdb_ok(cx, event_list(cx, &(struct event_filter){.subject = "setting"}, &events));
	assert_int_equal(json_array_size(events), 2);
	json_t *pair =
	    json_object_get(json_object_get(json_object_get(json_array_get(events, 0), "data"),
	                        "changed"),
	        "company.name");
	assert_string_equal(json_string_value(json_array_get(pair, 0)), "Example Hosting");
	assert_string_equal(json_string_value(json_array_get(pair, 1)), "Müller");
	/* What is said again as it is, is no change. */
	testdb_ok(cx, setting_save(cx, body(cx, "{\"company.name\": \"B\"}"), FIELD_JSON));
	testdb_ok(cx, event_list(cx, &(struct event_filter){.subject = "setting"}, &events));
	assert_int_equal(json_array_size(events), 2);
	testdb_ok(cx, setting_view(cx, &view));
	assert_true(json_is_true(json_object_get(view, "signup.open")));
	assert_int_equal(json_integer_value(json_object_get(view, "mail.port")), 25);
	assert_int_equal(json_object_size(view), setting_fields.n);
	testdb_close(t);
}

static void refuses(void **state)
{
	static const struct {
		const char *body, *name, *key;
	} cases[] = {
	    {"{\"company.nam\": \"x\"}", "company.nam", "field.unknown"},
	    {"{\"link.public_key\": \"x\"}", "link.public_key", "field.unknown"},
	    {"{\"company.name\": \"\"}", "company.name", "field.required"},
	    {"{\"company.zone\": \"Europe/Berln\"}", "company.zone", "zone.unknown"},
	    {"{\"company.locale\": \"English\"}", "company.locale", "setting.locale"},
	    {"{\"company.accent\": \"red\"}", "company.accent", "setting.color"},
	    {"{\"company.currency\": \"XXZ\"}", "company.currency", "field.currency"},
	    {"{\"invoice.format\": \"INV-{YEAR}\"}", "invoice.format", "setting.format"},
	    {"{\"invoice.format\": \"INV {NUMBER}\"}", "invoice.format", "setting.format"},
	    {"{\"invoice.format\": \"INV-{NUMBER}\"}", "invoice.format", "setting.format_year"},
	    {"{\"mail.port\": 70000}", "mail.port", "field.range"},
	    {"{\"mail.security\": \"ssl\"}", "mail.security", "field.choice"},
	    {"{\"mail.password\": \"secret\"}", "mail.password", "setting.no_key"},
	    {"{\"billing.due_days\": \"ten\"}", "billing.due_days", NULL},
	};
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct settings s;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		enum err got = setting_save(cx, body(cx, cases[i].body), FIELD_JSON);
		if (got != ERR_INVALID || !str_eq(cx->fault.fields->name, cases[i].name))
			print_error("%s: %s\n", cases[i].body, cx->fault.detail);
		fails_at(cx, got, cases[i].name,
		    cases[i].key ? cases[i].key : cx->fault.fields->key);
	}
	/* One wrong value keeps the others out too. */
	assert_int_equal(setting_save(cx, body(cx, "{\"company.name\": \"New\", \"mail.port\": 0}"),
	                     FIELD_JSON),
	    ERR_INVALID);
	cx_clear(cx);
	testdb_ok(cx, setting_load(cx, &s));
	assert_string_equal(s.company_name, "Example Hosting");
	testdb_close(t);
}

static void seals_secrets(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	char *public, *secret;
	struct settings s;
	json_t *tree;

	crypto_seal_keys(cx->arena, &public, &secret);
	testdb_ok(cx, setting_put(cx, "link.public_key", public));
	testdb_ok(cx, setting_save(cx, body(cx, "{\"mail.password\": \"hush\"}"), FIELD_JSON));
	testdb_ok(cx, setting_load(cx, &s));
	assert_string_not_equal(s.mail_password, "hush");
	assert_string_equal(crypto_unseal(cx->arena, public, secret, s.mail_password), "hush");
	/* Nothing typed keeps it; nothing shows it. */
	testdb_ok(cx, setting_save(cx, body(cx, "{\"mail.password\": \"\"}"), FIELD_JSON));
	testdb_ok(cx, setting_load(cx, &s));
	assert_string_equal(crypto_unseal(cx->arena, public, secret, s.mail_password), "hush");
	testdb_ok(cx, setting_view(cx, &tree));
	assert_true(json_is_null(json_object_get(tree, "mail.password")));
	testdb_ok(cx, event_list(cx, &(struct event_filter){.q = "hush"}, &tree));
	assert_int_equal(json_array_size(tree), 0);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.q = "mail.password"}, &tree));
	assert_int_equal(json_array_size(tree), 1);
	testdb_close(t);
}

static void knows_the_day(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct settings s;
	char text[DAY_TEXT_SIZE];

	testdb_ok(&t->cx, setting_put(&t->cx, "company.zone", "Pacific/Auckland"));
	testdb_ok(&t->cx, setting_load(&t->cx, &s));
	t->cx.now = TESTDB_NOW + 3 * 3600; /* 13:00 UTC is past midnight there */
	assert_string_equal(day_text(setting_today(&t->cx, &s), text), "2027-02-02");
	testdb_close(t);
}

static void checks_formats(void **state)
{
	assert_true(setting_format_ok("INV-{YEAR}-{NUMBER:5}"));
	assert_true(setting_format_ok("{NUMBER}"));
	assert_true(setting_format_ok("{YEAR}/{MONTH}/{NUMBER:9}"));
	assert_false(setting_format_ok(""));
	assert_false(setting_format_ok("{NUMBER}{NUMBER}"));
	assert_false(setting_format_ok("{NUMBER:0}"));
	assert_false(setting_format_ok("{NUMBER:10}"));
	assert_false(setting_format_ok("{DAY}{NUMBER}"));
	assert_false(setting_format_ok("{NUMBER"));
	assert_false(setting_format_ok("NUMBER}"));
	assert_true(setting_locale_ok("de"));
	assert_true(setting_locale_ok("en_US"));
	assert_false(setting_locale_ok("en-US"));
	assert_false(setting_locale_ok("EN"));
	assert_false(setting_color_ok("#12345"));
	assert_true(setting_color_ok("#12aBcd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(has_defaults),
	    TESTDB_BOTH(saves_some),
	    TESTDB_BOTH(refuses),
	    TESTDB_BOTH(seals_secrets),
	    TESTDB_BOTH(knows_the_day),
	    cmocka_unit_test(checks_formats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
