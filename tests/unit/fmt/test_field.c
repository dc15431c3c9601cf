/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables: every type from form and JSON, defaults, rows, faults, the form's tree, the schema.
 */
#include "unit/fmt/check.h"

#include "base/day.h"
#include "fmt/field.h"

struct price {
	const char *cycle, *currency;
	int64_t price_minor;
	bool active;
};

static const char *const colors[] = {"red", "dark_green", NULL};

FIELDS(price_fields, struct price,
    {"cycle", "Cycle", NULL, FIELD_CYCLE, FIELD_REQUIRED, .offset = offsetof(struct price, cycle)},
    {"currency", "Currency", NULL, FIELD_CURRENCY, .offset = offsetof(struct price, currency),
        .otherwise = "EUR"},
    {"price_minor", "Price", NULL, FIELD_MONEY, FIELD_REQUIRED, .max = 1000000,
        .offset = offsetof(struct price, price_minor)},
    {"active", "Active", NULL, FIELD_BOOL, .offset = offsetof(struct price, active),
        .otherwise = "1"});

struct all {
	const char *line, *text, *email, *password, *secret, *domain, *url, *country, *color, *key,
	    *maybe;
	int64_t count, id, ppm;
	bool terms;
	struct day day;
	struct field_list prices;
};

#define AT(member) .offset = offsetof(struct all, member)

FIELDS(all_fields, struct all,
    {"line", "Line", "A help text", FIELD_LINE, FIELD_REQUIRED, .min = 2, .max = 10, AT(line)},
    {"text", "Text", NULL, FIELD_TEXT, AT(text)},
    {"email", "Email", NULL, FIELD_EMAIL, AT(email), .autocomplete = "email"},
    {"password", "Password", NULL, FIELD_PASSWORD, .min = 8, AT(password)},
    {"secret", "Secret", NULL, FIELD_SECRET, FIELD_REQUIRED, AT(secret)},
    {"domain", "Domain", NULL, FIELD_DOMAIN, AT(domain)},
    {"url", "Address", NULL, FIELD_URL, AT(url)},
    {"country", "Country", NULL, FIELD_COUNTRY, AT(country)},
    {"color", "Color", NULL, FIELD_CHOICE, .choices = colors, AT(color), .otherwise = "red"},
    {"key", "Key", NULL, FIELD_KEY, AT(key)},
    {"maybe", "Maybe", NULL, FIELD_LINE, FIELD_NULLABLE, AT(maybe)},
    {"count", "Count", NULL, FIELD_INT, .min = -5, .max = 100, AT(count), .otherwise = "7"},
    {"id", "Id", NULL, FIELD_ID, AT(id)}, {"ppm", "Rate", NULL, FIELD_PPM, .max = 1000000, AT(ppm)},
    {"terms", "Terms", NULL, FIELD_BOOL, AT(terms)}, {"day", "Day", NULL, FIELD_DAY, AT(day)},
    {"prices", "Prices", NULL, FIELD_LIST, .max = 3, AT(prices), .sub = &price_fields});

static struct all got;

static enum err read_form(const char *body)
{
	json_t *j;

	cx_clear(&cx);
	assert_int_equal(form_parse(&cx, body, strlen(body), &j), OK);
	return field_read(&cx, &all_fields, j, FIELD_FORM, &got);
}

static enum err read_json(const char *body)
{
	cx_clear(&cx);
	return field_read(&cx, &all_fields, tree(body), FIELD_JSON, &got);
}

/* The key of the fault of a field, "" when it has none. */
static const char *fault_of(const char *name)
{
	for (const struct field_fault *f = cx.fault.fields; f != NULL; f = f->next) {
		if (str_eq(f->name, name))
			return f->key;
	}
	return "";
}

static void test_form(void **state)
{
	assert_int_equal(
	    read_form("line=+Hello+&text=a%0D%0Ab%0Dc&email=Jo.E%2Bx@B%C3%BCcher.Example&"
	              "password=+12345678&secret=&domain=WWW.Example.COM.&url=https://[::1]:80/"
	              "x?y&country=de&"
	              "color=dark_green&key=a.b-c_1&count=-5&id=12&ppm=7.7&terms=on&day=2028-02-29&"
	              "csrf=ignored"),
	    OK);
	assert_string_equal(got.line, "Hello");
	assert_string_equal(got.text, "a\nb\nc");
	assert_string_equal(got.email, "Jo.E+x@xn--bcher-kva.example");
	assert_string_equal(got.password, " 12345678");
	assert_string_equal(got.secret, "");
	assert_string_equal(got.domain, "www.example.com");
	assert_string_equal(got.url, "https://[::1]:80/x?y");
	assert_string_equal(got.country, "DE");
	assert_string_equal(got.color, "dark_green");
	assert_string_equal(got.key, "a.b-c_1");
	assert_null(got.maybe);
	assert_int_equal(got.count, -5);
	assert_int_equal(got.id, 12);
	assert_int_equal(got.ppm, 77000);
	assert_true(got.terms);
	assert_int_equal(got.day.n, day_of(2028, 2, 29).n);
	assert_int_equal(got.prices.n, 0);
}

static void test_absent(void **state)
{
	assert_int_equal(read_form("line=xx&text=+%0A&count=&terms=0"), OK);
	assert_string_equal(got.text, "");
	assert_string_equal(got.color, "red");
	assert_int_equal(got.count, 7);
	assert_int_equal(got.ppm, 0);
	assert_false(got.terms);
	assert_int_equal(got.day.n, INT32_MIN);
	assert_int_equal(read_form(""), ERR_INVALID);
	assert_string_equal(fault_of("line"), "field.required");
	assert_string_equal(cx.fault.fields->text, "Fill in this field");
	assert_int_equal(read_json("{\"line\":null}"), ERR_INVALID);
	assert_string_equal(fault_of("line"), "field.required");
}

static void test_json(void **state)
{
	assert_int_equal(
	    read_json(
	        "{\"line\":\"xx\",\"count\":100,\"id\":1,\"ppm\":190000,\"terms\":true,"
	        "\"maybe\":\"m\",\"prices\":[{\"cycle\":\"1M\",\"price_minor\":500},"
	        "{\"cycle\":\"once\",\"price_minor\":0,\"currency\":\"jpy\",\"active\":false}]}"),
	    ERR_INVALID);
	assert_string_equal(fault_of("prices.0.cycle"), "field.cycle");
	assert_int_equal(
	    read_json(
	        "{\"line\":\"xx\",\"count\":100,\"id\":1,\"ppm\":190000,\"terms\":true,"
	        "\"maybe\":\"m\",\"prices\":[{\"cycle\":\"1m\",\"price_minor\":500},"
	        "{\"cycle\":\"once\",\"price_minor\":0,\"currency\":\"jpy\",\"active\":false}]}"),
	    OK);
	const struct price *p = got.prices.rows;
	assert_int_equal(got.prices.n, 2);
	assert_string_equal(p[0].cycle, "1m");
	assert_string_equal(p[0].currency, "EUR");
	assert_int_equal(p[0].price_minor, 500);
	assert_true(p[0].active);
	assert_string_equal(p[1].currency, "JPY");
	assert_false(p[1].active);
	assert_string_equal(got.maybe, "m");
}

static void test_json_types(void **state)
{
	assert_int_equal(read_json(
	                     "{\"line\":1,\"count\":\"1\",\"id\":1.5,\"terms\":\"1\",\"day\":5,"
	                     "\"prices\":{},\"email\":[],\"x\":1,\"csrf\":\"\"}"),
	    ERR_INVALID);
	assert_string_equal(fault_of("line"), "field.type");
	assert_string_equal(fault_of("count"), "field.type");
	assert_string_equal(fault_of("id"), "field.type");
	assert_string_equal(fault_of("terms"), "field.type");
	assert_string_equal(fault_of("day"), "field.type");
	assert_string_equal(fault_of("prices"), "field.type");
	assert_string_equal(fault_of("email"), "field.type");
	assert_string_equal(fault_of("x"), "field.unknown");
	assert_string_equal(fault_of("csrf"), "field.unknown");
	assert_int_equal(read_json(
	                     "{\"line\":\"xx\",\"prices\":[1,{\"cycle\":\"1m\",\"price_minor\":1,"
	                     "\"y\":2}]}"),
	    ERR_INVALID);
	assert_string_equal(fault_of("prices.0"), "field.type");
	assert_string_equal(fault_of("prices.1.y"), "field.unknown");
	assert_int_equal(read_json("[]"), ERR_INVALID);
}

static void test_rows(void **state)
{
	/* Amounts are in the row's currency; the spare row is left out. */
	assert_int_equal(
	    read_form("line=xx&prices.0.cycle=1m&prices.0.currency=KWD&prices.0.price_minor=1.5&"
	              "prices.0.active=1&prices.1.cycle=&prices.1.currency=&prices.1.price_minor=+&"
	              "prices.2.cycle=1y&prices.2.price_minor=12.10"),
	    OK);
	const struct price *p = got.prices.rows;
	assert_int_equal(got.prices.n, 2);
	assert_int_equal(p[0].price_minor, 1500);
	assert_true(p[0].active);
	assert_int_equal(p[1].price_minor, 1210);
	assert_false(p[1].active);
	assert_int_equal(read_form("line=xx&prices.0.cycle=1m&prices.0.price_minor=1.234&"
	                           "prices.1.cycle=2&prices.1.price_minor=99999&prices.2.price_"
	                           "minor=-1&prices.2.cycle=1d"),
	    ERR_INVALID);
	assert_string_equal(fault_of("prices.0.price_minor"), "field.money");
	assert_string_equal(fault_of("prices.1.cycle"), "field.cycle");
	assert_string_equal(fault_of("prices.1.price_minor"), "field.range");
	assert_string_equal(fault_of("prices.2.price_minor"), "field.range");
	assert_int_equal(
	    read_form("line=xx&prices.0.cycle=1m&prices.0.currency=ZZZ&prices.0.price_minor=1"),
	    ERR_INVALID);
	assert_string_equal(fault_of("prices.0.currency"), "field.currency");
	assert_int_equal(read_form("line=xx&prices.0.cycle=1&prices.1.cycle=1&prices.2.cycle=1&"
	                           "prices.3.cycle=1"),
	    ERR_INVALID);
	assert_string_equal(fault_of("prices"), "field.range");
}

struct wrong {
	const char *name, *value, *key;
};

static const struct wrong wrongs[] = {
    {"line", "x", "field.too_short"},
    {"line", "12345678901", "field.too_long"},
    {"line", "a%0Ab", "field.characters"},
    {"text", "a%07b", "field.characters"},
    {"line", "%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4", ""},
    {"email", "joe", "field.email"},
    {"email", "joe@", "field.email"},
    {"email", "@x.de", "field.email"},
    {"email", "joe@localhost", "field.email"},
    {"email", "joe@[127.0.0.1]", "field.email"},
    {"email", "joe@127.0.0.1", "field.email"},
    {"email", ".joe@x.de", "field.email"},
    {"email", "jo..e@x.de", "field.email"},
    {"email", "joe.@x.de", "field.email"},
    {"email", "jo e@x.de", "field.email"},
    {"email", "a@b@x.de", "field.email"},
    {"email", "%22a%22@x.de", "field.email"},
    {"email", "<joe@x.de>", "field.email"},
    {"email", "1234567890123456789012345678901234567890123456789012345678901234@x.de", ""},
    {"email", "12345678901234567890123456789012345678901234567890123456789012345@x.de",
        "field.email"},
    {"email", "o'brien@x.de", ""},
    {"email", "joe@x.de%0D%0ABcc: y", "field.characters"},
    {"password", "1234567", "field.too_short"},
    {"password", "+++++++ ", ""},
    {"domain", "localhost", "field.domain"},
    {"domain", "a..b", "field.domain"},
    {"domain", "-a.de", "field.domain"},
    {"domain", "a-.de", "field.domain"},
    {"domain", "a_b.de", "field.domain"},
    {"domain", "1.2.3.4", "field.domain"},
    {"domain", "https://a.de", "field.domain"},
    {"domain", "a.de/", "field.domain"},
    {"domain", "x%20y.de", "field.domain"},
    {"domain", "%E2%98%83.de", "field.domain"},
    {"domain", "%C3%BC.de", ""},
    {"domain", "123456789012345678901234567890123456789012345678901234567890123.de", ""},
    {"domain", "1234567890123456789012345678901234567890123456789012345678901234.de",
        "field.domain"},
    {"url", "ftp://a.de", "field.url"},
    {"url", "https://", "field.url"},
    {"url", "a.de", "field.url"},
    {"url", "https://u:p@a.de/", "field.url"},
    {"url", "https://a.de:x/", "field.url"},
    {"url", "https://a.de/a b", "field.url"},
    {"url", "javascript:alert(1)", "field.url"},
    {"url", "https://[::1", "field.url"},
    {"url", "http://127.0.0.1:8090/x?a=%25", ""},
    {"url", "HTTPS://A.de", ""},
    {"country", "XX", "field.country"},
    {"country", "DEU", "field.country"},
    {"country", "gb", ""},
    {"color", "blue", "field.choice"},
    {"color", "RED", "field.choice"},
    {"key", "Abc", "field.characters"},
    {"key", "_a", "field.characters"},
    {"key", "9a", ""},
    {"count", "1.5", "field.number"},
    {"count", "101", "field.range"},
    {"count", "-6", "field.range"},
    {"count", "99999999999999999999", "field.number"},
    {"id", "0", "field.range"},
    {"id", "-1", "field.range"},
    {"ppm", "100.0001", "field.range"},
    {"ppm", "-1", "field.range"},
    {"ppm", "1.23456", "field.number"},
    {"ppm", "1,5", "field.number"},
    {"ppm", "-", "field.number"},
    {"ppm", ".", "field.number"},
    {"ppm", "5.", "field.number"},
    {"ppm", "100 %25", ""},
    {"day", "2027-02-29", "field.day"},
    {"day", "31.01.2027", "field.day"},
    {"day", "2027-01-31", ""},
    {"line.x", "1", "field.type"},
    {"prices", "1", "field.type"},
    {"terms.x", "1", "field.type"},
};

static void test_wrong(void **state)
{
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
		const struct wrong *w = &wrongs[i];
		bool line = str_starts(w->name, "line");
		enum err err = read_form(
		    arena_printf(cx.arena, "%s%s=%s", line ? "" : "line=xx&", w->name, w->value));
		char *name = arena_strndup(cx.arena, w->name, strcspn(w->name, "."));
		if (strcmp(fault_of(name), w->key) != 0)
			print_error("%s=%s: %s\n", w->name, w->value, fault_of(name));
		assert_string_equal(fault_of(name), w->key);
		assert_int_equal(err, w->key[0] != '\0' ? ERR_INVALID : OK);
	}
}

struct accept {
	bool terms;
};

FIELDS(accept_fields, struct accept,
    {"terms", "I accept", NULL, FIELD_BOOL, FIELD_REQUIRED,
        .offset = offsetof(struct accept, terms)});

static void test_accept(void **state)
{
	struct accept a;

	assert_int_equal(field_read(&cx, &accept_fields, tree("{}"), FIELD_FORM, &a), ERR_INVALID);
	assert_string_equal(fault_of("terms"), "field.required");
	assert_int_equal(field_read(&cx, &accept_fields, tree("{\"terms\":false}"), FIELD_JSON, &a),
	    ERR_INVALID);
	assert_int_equal(field_read(&cx, &accept_fields, tree("{\"terms\":\"1\"}"), FIELD_FORM, &a),
	    OK);
	assert_true(a.terms);
}

static const json_t *by(const json_t *form, const char *name)
{
	return json_object_get(json_object_get(form, "by"), name);
}

static const char *text_at(const json_t *field, const char *key)
{
	return str_or(json_string_value(json_object_get(field, key)), "");
}

static void test_form_tree(void **state)
{
	json_t *values =
	    tree("{\"line\":\"<x>\",\"secret\":\"s3cret\",\"password\":\"hunter22\",\"ppm\":77000,"
	         "\"count\":3,\"terms\":true,\"country\":\"DE\",\"color\":\"dark_green\","
	         "\"prices\":[{\"cycle\":\"1m\",\"currency\":\"EUR\",\"price_minor\":1210}]}");
	json_t *form = json_keep(&cx, field_form(&cx, &all_fields, values, false));

	assert_int_equal(json_array_size(json_object_get(form, "fields")), 17);
	assert_string_equal(text_at(by(form, "line"), "value"), "<x>");
	assert_string_equal(text_at(by(form, "line"), "help"), "A help text");
	assert_string_equal(text_at(by(form, "line"), "id"), "field-line");
	assert_true(json_is_true(json_object_get(by(form, "line"), "required")));
	assert_true(json_is_null(json_object_get(by(form, "line"), "error")));
	assert_int_equal(json_integer_value(json_object_get(by(form, "line"), "maxlength")), 10);
	assert_string_equal(text_at(by(form, "text"), "input_type"), "textarea");
	assert_string_equal(text_at(by(form, "secret"), "value"), "");
	assert_string_equal(text_at(by(form, "password"), "value"), "");
	assert_true(json_is_true(json_object_get(by(form, "secret"), "stored")));
	assert_false(json_is_true(json_object_get(by(form, "secret"), "required")));
	assert_string_equal(text_at(by(form, "ppm"), "value"), "7.7");
	assert_string_equal(text_at(by(form, "count"), "value"), "3");
	assert_true(json_is_true(json_object_get(by(form, "terms"), "checked")));
	assert_tree(json_object_get(by(form, "color"), "choices"),
	    "[{\"value\":\"red\",\"label\":\"Red\",\"selected\":false},"
	    "{\"value\":\"dark_green\",\"label\":\"Dark green\",\"selected\":true}]");
	assert_true(json_array_size(json_object_get(by(form, "country"), "choices")) > 240);
	const json_t *row = json_array_get(json_object_get(by(form, "prices"), "rows"), 0);
	assert_string_equal(text_at(by(row, "price_minor"), "name"), "prices.0.price_minor");
	assert_string_equal(text_at(by(row, "price_minor"), "value"), "12.10");
	assert_string_equal(text_at(by(json_object_get(by(form, "prices"), "extra"), "cycle"),
	                        "name"),
	    "prices.1.cycle");
}

static void test_form_again(void **state)
{
	json_t *typed = tree("{\"line\":\"\",\"ppm\":\"abc\",\"prices\":[{\"cycle\":\"9\"}]}");

	cx_clear(&cx);
	assert_int_equal(field_read(&cx, &all_fields, typed, FIELD_FORM, &got), ERR_INVALID);
	json_t *form = json_keep(&cx, field_form(&cx, &all_fields, typed, true));
	assert_string_equal(text_at(by(form, "line"), "error"), "Fill in this field");
	assert_string_equal(text_at(by(form, "ppm"), "value"), "abc");
	assert_string_equal(text_at(by(form, "ppm"), "error"),
	    "Enter a percentage, like 19 or 7.7");
	const json_t *row = json_array_get(json_object_get(by(form, "prices"), "rows"), 0);
	assert_string_equal(text_at(by(row, "cycle"), "error"),
	    "Enter a billing cycle, like 1m, 3m, 1y or once");
	/* The box was sent empty: its default must not tick it again. */
	assert_false(json_is_true(json_object_get(by(row, "active"), "checked")));
	form = json_keep(&cx, field_form(&cx, &all_fields, NULL, false));
	assert_string_equal(text_at(by(form, "count"), "value"), "7");
	assert_string_equal(text_at(by(form, "line"), "error"), "");
}

static void test_schema(void **state)
{
	json_t *schema = json_keep(&cx, field_schema(&price_fields));

	assert_tree(json_object_get(schema, "required"), "[\"cycle\",\"price_minor\"]");
	assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
	assert_tree(json_object_get(json_object_get(schema, "properties"), "price_minor"),
	    "{\"type\":\"integer\",\"title\":\"Price\",\"format\":\"int64\",\"minimum\":0,"
	    "\"maximum\":1000000,"
	    "\"description\":\"Minor units of the currency.\"}");
	assert_tree(json_object_get(json_object_get(schema, "properties"), "active"),
	    "{\"type\":\"boolean\",\"title\":\"Active\",\"default\":true}");
	schema = json_keep(&cx, field_schema(&all_fields));
	const json_t *maybe = json_object_get(json_object_get(schema, "properties"), "maybe");
	assert_tree(json_object_get(maybe, "type"), "[\"string\",\"null\"]");
	const json_t *secret = json_object_get(json_object_get(schema, "properties"), "secret");
	assert_true(json_is_true(json_object_get(secret, "writeOnly")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_form),
	    TEST(test_absent),
	    TEST(test_json),
	    TEST(test_json_types),
	    TEST(test_rows),
	    TEST(test_wrong),
	    TEST(test_accept),
	    TEST(test_form_tree),
	    TEST(test_form_again),
	    TEST(test_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
