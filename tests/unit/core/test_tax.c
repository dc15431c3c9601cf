/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tax by its numbers: TAX-01 to TAX-04 purely, TAX-07 on a million random documents, two levels,
 * tax numbers and reverse charge, shipped rates and kept evidence on both engines.
 */
#include "unit/testdb.h"

#include "base/money.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/tax/own.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static struct tax_choice vat(int64_t ppm)
{
	return (struct tax_choice){.name = "VAT", .name2 = "", .rate_ppm = ppm};
}

static int64_t tax_sum(const struct tax_line *lines, size_t n)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += lines[i].tax_minor;
	return sum;
}

static void TAX_01_rounding_per_document_or_line(void **state)
{
	struct tax_line lines[3] = {{.amount_minor = 29933, .tax = vat(200000)},
	    {.amount_minor = 17933, .tax = vat(200000)},
	    {.amount_minor = 9934, .tax = vat(200000)}};
	tax_compute(lines, 3, TAX_EXCLUSIVE, TAX_PER_DOCUMENT);
	assert_int_equal(tax_sum(lines, 3), 11560);
	tax_compute(lines, 3, TAX_EXCLUSIVE, TAX_PER_LINE);
	assert_int_equal(tax_sum(lines, 3), 11561);
}

static void TAX_02_discount_comes_before_tax(void **state)
{
	/* 3 x 0.83 less 67 % (1.67) at 20 %. */
	int64_t off = money_scale(3 * 83, 670000, PPM, ROUND_HALF_UP);
	struct tax_line line = {.amount_minor = 3 * 83 - off, .tax = vat(200000)};
	assert_int_equal(off, 167);
	for (int r = TAX_PER_LINE; r <= TAX_PER_DOCUMENT; r++) {
		tax_compute(&line, 1, TAX_EXCLUSIVE, (enum tax_rounding)r);
		assert_int_equal(line.net_minor, 82);
		assert_int_equal(line.tax_minor, 16);
	}
}

static void TAX_03_inclusive_price_stays(void **state)
{
	struct tax_line line = {.amount_minor = 5 * 9900, .tax = vat(220000)};
	for (int r = TAX_PER_LINE; r <= TAX_PER_DOCUMENT; r++) {
		tax_compute(&line, 1, TAX_INCLUSIVE, (enum tax_rounding)r);
		assert_int_equal(line.net_minor, 40574);
		assert_int_equal(line.tax_minor, 8926);
		assert_int_equal(line.net_minor + line.tax_minor, 49500);
	}
}

static void TAX_04_document_discount_by_share(void **state)
{
	const int64_t amounts[3] = {10000, 5000, 3333}, rates[3] = {200000, 70000, 0};
	int64_t off[3], sum = 0;
	struct tax_line taxes[3];
	money_split(1001, amounts, 3, off);
	for (size_t i = 0; i < 3; i++) {
		/* Each share is within one cent of the exact one. */
		int64_t beside = 1001 * amounts[i] - off[i] * 18333;
		assert_true(beside < 18333 && beside > -18333);
		sum += off[i];
		taxes[i] =
		    (struct tax_line){.amount_minor = amounts[i] - off[i], .tax = vat(rates[i])};
	}
	assert_int_equal(sum, 1001);
	tax_compute(taxes, 3, TAX_EXCLUSIVE, TAX_PER_DOCUMENT);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(taxes[i].tax_minor,
		    money_scale(taxes[i].amount_minor, rates[i], PPM, ROUND_HALF_UP));
}

/* ---- TAX-07 ---- */

static uint64_t seed;

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int64_t below(int64_t n)
{
	return (int64_t)(next() % (uint64_t)n);
}

#define LINES_MAX 8
struct document {
	struct tax_line lines[LINES_MAX];
	size_t n;
	enum tax_prices prices;
	enum tax_rounding rounding;
};

static struct tax_choice random_choice(void)
{
	static const int64_t rates[] = {0, 50000, 81000, 190000, 255000, 77000, 999999, 1};
	struct tax_choice c = vat(rates[below(8)]);
	if (below(4) == 0) {
		c.name2 = "QST";
		c.rate2_ppm = below(2) == 0 ? 99750 : 1 + below(1000000);
		c.compound = below(2) == 0;
	}
	return c;
}

static void make(struct document *d)
{
	struct tax_choice choices[3] = {random_choice(), random_choice(), random_choice()};
	d->n = (size_t)(1 + below(LINES_MAX));
	d->prices = below(2) == 0 ? TAX_EXCLUSIVE : TAX_INCLUSIVE;
	d->rounding = below(2) == 0 ? TAX_PER_LINE : TAX_PER_DOCUMENT;
	for (size_t i = 0; i < d->n; i++) {
		int64_t amount =
		    (1 + below(20)) * below(below(4) == 0 ? INT64_C(10000000000) : 20000);
		amount -= below(3) == 0 ? below(amount + 1) : 0;
		d->lines[i] = (struct tax_line){.amount_minor = below(16) == 0 ? -amount : amount,
		    .tax = choices[below(3)]};
	}
}

/* Is the rounded tax half a unit or less from tax_exact = amount * share / whole? */
static bool near(int64_t tax, int64_t amount, int64_t share, int64_t whole)
{
	__int128 off = (__int128)tax * whole - (__int128)amount * share;
	return (off < 0 ? -off : off) * 2 <= whole;
}

static void check_choice(const struct document *d, size_t first)
{
	const struct tax_choice *t = &d->lines[first].tax;
	int64_t one = t->rate_ppm * PPM,
	        two = t->rate2_ppm * (t->compound ? PPM + t->rate_ppm : PPM);
	int64_t whole = PPM * PPM + (d->prices == TAX_INCLUSIVE ? one + two : 0), amount = 0,
	        tax1 = 0, tax2 = 0;
	for (size_t i = first; i < d->n; i++) {
		const struct tax_line *l = &d->lines[i];
		if (!tax_same(&l->tax, t))
			continue;
		if (d->rounding == TAX_PER_LINE) {
			assert_true(
			    near(l->tax_minor - l->tax2_minor, l->amount_minor, one, whole));
			assert_true(near(l->tax2_minor, l->amount_minor, two, whole));
		}
		amount += l->amount_minor;
		tax1 += l->tax_minor - l->tax2_minor;
		tax2 += l->tax2_minor;
	}
	if (d->rounding == TAX_PER_DOCUMENT) {
		assert_true(near(tax1, amount, one, whole));
		assert_true(near(tax2, amount, two, whole));
	}
}

static void check(const struct document *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct tax_line *l = &d->lines[i];
		int64_t given =
		    d->prices == TAX_INCLUSIVE ? l->net_minor + l->tax_minor : l->net_minor;
		bool seen = false;
		assert_int_equal(given, l->amount_minor);
		for (size_t k = 0; k < i; k++)
			seen = seen || tax_same(&d->lines[k].tax, &l->tax);
		if (!seen)
			check_choice(d, i);
	}
}

/* What a planned document says adds up. */
static void check_sums(struct cx *cx, const struct invoice_plan *p, const struct document *d)
{
	int64_t net = 0, tax = 0, by_rate = 0, off = 0;
	for (size_t i = 0; i < p->items_n; i++) {
		net += p->items[i].net_minor;
		tax += p->items[i].tax_minor;
		off += p->items[i].discount_minor;
		assert_int_equal(p->items[i].tax2_rate_ppm, d->lines[i].tax.rate2_ppm);
	}
	json_t *taxes = json_keep(cx, invoice_taxes_view(p->items, p->items_n)), *row;
	size_t k;
	json_array_foreach(taxes, k, row)
		by_rate += json_integer_value(json_object_get(row, "tax_minor"));
	assert_int_equal(p->net_minor, net);
	assert_int_equal(p->tax_minor, tax);
	assert_int_equal(p->tax_minor, by_rate);
	assert_int_equal(p->discount_minor, off);
	assert_int_equal(p->total_minor, net + tax);
}

/* The whole way: what a planned document says adds up, in currencies of 0, 2 and 3 digits. */
static void check_plan(struct cx *cx, struct settings *s, const struct document *d)
{
	static const char *const currencies[] = {"JPY", "EUR", "KWD"};
	struct tax_rate rates[LINES_MAX * 2] = {0};
	struct invoice_line lines[LINES_MAX];
	struct client client = {.id = 1,
	    .country = "CA",
	    .region = "",
	    .first_name = "A",
	    .last_name = "B",
	    .company = "",
	    .address = "",
	    .city = "",
	    .postcode = "",
	    .tax_id = "",
	    .email = "",
	    .tax_id_state = ""};
	struct invoice_plan p;
	size_t n = 0;
	for (size_t i = 0; i < d->n; i++) {
		const struct tax_choice *t = &d->lines[i].tax;
		const char *class = arena_printf(cx->arena, "c%zu", i);
		int64_t amount = d->lines[i].amount_minor < 0 ? -d->lines[i].amount_minor :
		                                                d->lines[i].amount_minor;
		rates[n++] = (struct tax_rate){.name = t->name,
		    .country = "CA",
		    .region = "",
		    .tax_class = class,
		    .level = "1",
		    .rate_ppm = t->rate_ppm,
		    .valid_from = {0}};
		rates[n++] = (struct tax_rate){.name = t->name2,
		    .country = "CA",
		    .region = "",
		    .tax_class = class,
		    .level = "2",
		    .rate_ppm = t->rate2_ppm,
		    .compound = t->compound,
		    .valid_from = {0}};
		int64_t off = below(3) == 0 ? below(amount + 1) : 0;
		lines[i] = (struct invoice_line){"manual", 0, "x", class, DAY_NONE, DAY_NONE, 1,
		    amount, off};
	}
	s->tax_prices = d->prices == TAX_INCLUSIVE ? "inclusive" : "exclusive";
	s->tax_rounding = d->rounding == TAX_PER_LINE ? "line" : "document";
	struct tax_table table = {rates, n};
	struct invoice_request r = {.settings = s,
	    .taxes = &table,
	    .client = &client,
	    .currency = currencies[below(3)],
	    .seller = "{}",
	    .issued_on = {20000},
	    .due_on = {20000},
	    .lines = lines,
	    .lines_n = d->n};
	testdb_ok(cx, invoice_plan(cx, &r, &p));
	check_sums(cx, &p, d);
}

static void TAX_07_a_million_documents_add_up(void **state)
{
	const char *given = getenv("BILLHOOK_TEST_SEED");
	struct cx cx;
	struct settings s;
	struct document d;
	int64_t asked = 0;
	testdb_cx(&cx);
	crypto_setup();
	crypto_random(&seed, sizeof seed);
	if (given != NULL && str_int(given, &asked))
		seed = (uint64_t)asked;
	seed |= 1;
	print_message("BILLHOOK_TEST_SEED=%lld\n", (long long)seed);
	testdb_ok(&cx,
	    field_read(&cx, &setting_fields, json_keep(&cx, json_object()), FIELD_JSON, &s));
	struct arena_mark mark = arena_mark(cx.arena);
	for (int i = 0; i < 1000000; i++) {
		make(&d);
		tax_compute(d.lines, d.n, d.prices, d.rounding);
		check(&d);
		if (i % 20 == 0) {
			check_plan(&cx, &s, &d);
			arena_rewind(cx.arena, mark);
		}
	}
	arena_free(cx.arena);
}

/* ---- which rate ---- */

static void two_levels_and_compounding(void **state)
{
	const struct tax_rate rates[] = {
	    {.name = "GST",
	        .country = "CA",
	        .region = "",
	        .tax_class = "standard",
	        .level = "1",
	        .rate_ppm = 50000,
	        .valid_from = {0}},
	    {.name = "HST",
	        .country = "CA",
	        .region = "ON",
	        .tax_class = "standard",
	        .level = "1",
	        .rate_ppm = 130000,
	        .valid_from = {0}},
	    {.name = "QST",
	        .country = "CA",
	        .region = "QC",
	        .tax_class = "standard",
	        .level = "2",
	        .rate_ppm = 99750,
	        .valid_from = {0}},
	    {.name = "PST",
	        .country = "CA",
	        .region = "PE",
	        .tax_class = "standard",
	        .level = "2",
	        .rate_ppm = 100000,
	        .compound = true,
	        .valid_from = {100}},
	};
	struct tax_table t = {(struct tax_rate *)(uintptr_t)rates, 4};
	struct tax_place place = {"CA", "QC", TAX_CHARGED};
	struct tax_choice c = tax_choose(&t, &place, "standard", (struct day){200});
	struct tax_line line = {.amount_minor = 10000, .tax = c};
	assert_string_equal(c.name, "GST");
	assert_string_equal(c.name2, "QST");
	tax_compute(&line, 1, TAX_EXCLUSIVE, TAX_PER_DOCUMENT);
	assert_int_equal(line.tax_minor, 500 + 998);
	assert_int_equal(line.tax2_minor, 998);
	place.region = "ON";
	c = tax_choose(&t, &place, "standard", (struct day){200});
	assert_string_equal(c.name, "HST");
	assert_string_equal(c.name2, "");
	place.region = "PE";
	line.tax = tax_choose(&t, &place, "standard", (struct day){200});
	tax_compute(&line, 1, TAX_EXCLUSIVE, TAX_PER_LINE);
	assert_int_equal(line.tax2_minor, 1050);
	/* Inclusive: 100.00 * 1.05 * 1.10 = 115.50. */
	line.amount_minor = 11550;
	tax_compute(&line, 1, TAX_INCLUSIVE, TAX_PER_LINE);
	assert_int_equal(line.net_minor, 10000);
	assert_int_equal(line.tax2_minor, 1050);
	/* Before the second tax began, and where none of the class is due. */
	assert_int_equal(tax_choose(&t, &place, "standard", (struct day){99}).rate2_ppm, 0);
	assert_int_equal(tax_choose(&t, &place, "exempt", (struct day){200}).rate_ppm, 0);
}

static void numbers_by_country(void **state)
{
	static const struct {
		const char *country, *text, *prefix, *digits;
		bool ok, foreign;
	} rows[] = {
	    {"DE", "DE 123.456.789", "DE", "123456789", true, false},
	    {"DE", "de123456789", "DE", "123456789", true, false},
	    {"DE", "DE012345678", "DE", "012345678", false, false},
	    {"AT", "ATU12345678", "AT", "U12345678", true, false},
	    {"AT", "AT12345678", "AT", "12345678", false, false},
	    {"BE", "BE1012345678", "BE", "1012345678", true, false},
	    {"GR", "EL123456789", "EL", "123456789", true, false},
	    {"ES", "ESX1234567R", "ES", "X1234567R", true, false},
	    {"ES", "ES12345678", "ES", "12345678", false, false},
	    {"FR", "FR OI123456789", "FR", "OI123456789", false, false},
	    {"FR", "FR40303265045", "FR", "40303265045", true, false},
	    {"IE", "IE1A23456B", "IE", "1A23456B", true, false},
	    {"NL", "NL123456789B01", "NL", "123456789B01", true, false},
	    {"SE", "SE123456789001", "SE", "123456789001", true, false},
	    {"SE", "SE123456789002", "SE", "123456789002", false, false},
	    {"RO", "RO12", "RO", "12", true, false},
	    {"RO", "RO1", "RO", "1", false, false},
	    {"FR", "DE123456789", "FR", "DE123456789", true, false},
	    {"IT", "FR40303265045", "IT", "FR40303265045", false, true},
	    {"CH", "CHE-123.456.789 MWST", "CH", "E123456789MWST", true, false},
	    {"NO", "NO123456789MVA", "NO", "123456789MVA", true, false},
	    {"GB", "GB123456789", "GB", "123456789", true, false},
	    {"US", "12-3456789", "", "123456789", false, false},
	    {"DE", "", "", "", false, false},
	    {"DE", "12345678901234567890123456789012345678901234567890", "", "", false, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct tax_number n = tax_number_read(rows[i].country, rows[i].text);
		assert_string_equal(n.prefix, rows[i].prefix);
		assert_string_equal(n.digits, rows[i].digits);
		assert_int_equal(n.form_ok, rows[i].ok);
		assert_int_equal(n.foreign, rows[i].foreign);
	}
	assert_true(tax_in_eu("GR"));
	assert_false(tax_in_eu("GB"));
	assert_false(tax_in_eu(""));
}

static void TAX_05_who_accounts_for_the_vat(void **state)
{
	struct settings s = {.company_country = "DE",
	    .tax_vies_policy = "charge_tax",
	    .tax_eu_private = "destination"};
	struct client c = {.id = 1,
	    .country = "FR",
	    .region = "",
	    .tax_id = "FR40303265045",
	    .tax_id_state = "valid"};
	struct tax_table none = {NULL, 0};
	assert_int_equal(tax_place_of(&s, &c).regime, TAX_REVERSE);
	struct tax_place place = tax_place_of(&s, &c);
	assert_string_equal(tax_choose(&none, &place, "standard", (struct day){0}).name,
	    TAX_REVERSE_NAME);
	/* Not proved: by policy, never silently. */
	static const char *const open[] = {"unchecked", "unavailable"};
	for (size_t i = 0; i < 2; i++) {
		c.tax_id_state = open[i];
		s.tax_vies_policy = "charge_tax";
		assert_int_equal(tax_place_of(&s, &c).regime, TAX_CHARGED);
		s.tax_vies_policy = "reverse_if_format_ok";
		assert_int_equal(tax_place_of(&s, &c).regime, TAX_REVERSE);
		c.tax_id = "FR1";
		assert_int_equal(tax_place_of(&s, &c).regime, TAX_CHARGED);
		c.tax_id = "FR40303265045";
	}
	c.tax_id_state = "invalid";
	assert_int_equal(tax_place_of(&s, &c).regime, TAX_CHARGED);
	/* At home and outside the EU there is none; below the threshold others pay at home. */
	c = (struct client){.id = 1,
	    .country = "DE",
	    .region = "",
	    .tax_id = "DE123456789",
	    .tax_id_state = "valid"};
	assert_int_equal(tax_place_of(&s, &c).regime, TAX_CHARGED);
	c.country = "US";
	assert_string_equal(tax_place_of(&s, &c).country, "US");
	s.tax_eu_private = "origin";
	assert_string_equal(tax_place_of(&s, &c).country, "US");
	c = (struct client){.id = 1,
	    .country = "FR",
	    .region = "",
	    .tax_id = "",
	    .tax_id_state = ""};
	assert_string_equal(tax_place_of(&s, &c).country, "DE");
	c.tax_exempt = true;
	assert_int_equal(tax_place_of(&s, &c).regime, TAX_EXEMPT);
	s.company_country = "US";
	c = (struct client){.id = 1,
	    .country = "FR",
	    .region = "",
	    .tax_id = "FR40303265045",
	    .tax_id_state = "valid"};
	assert_int_equal(tax_place_of(&s, &c).regime, TAX_CHARGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(TAX_01_rounding_per_document_or_line),
	    cmocka_unit_test(TAX_02_discount_comes_before_tax),
	    cmocka_unit_test(TAX_03_inclusive_price_stays),
	    cmocka_unit_test(TAX_04_document_discount_by_share),
	    cmocka_unit_test(TAX_07_a_million_documents_add_up),
	    cmocka_unit_test(two_levels_and_compounding),
	    cmocka_unit_test(numbers_by_country),
	    cmocka_unit_test(TAX_05_who_accounts_for_the_vat),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
