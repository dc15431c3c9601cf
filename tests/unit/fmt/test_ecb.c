/* SPDX-License-Identifier: Apache-2.0 */
/* The ECB's file of rates: read whole or not at all, without floating point. */
#include "base/str.h"
#include "fmt/ecb.h"
#include "unit/fmt/check.h"

#define FILE_OF(rows) \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gesmes:Envelope" \
	" xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\"" \
	" xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">" \
	"<gesmes:subject>Reference rates</gesmes:subject>" \
	"<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>" \
	"<Cube>" rows "</Cube></gesmes:Envelope>"

static void reads(void **state)
{
	struct ecb e;
	static const char file[] =
	    FILE_OF("<Cube time='2027-01-29'><Cube currency='USD' rate='1.0823'/>"
	            "<Cube currency='JPY' rate='162.5'/><Cube currency='XXX' rate='9'/><Cube"
	            " currency='KWD' rate='0.33215678'/></Cube>");
	assert_int_equal(ecb_parse(&cx, file, sizeof file - 1, &e), OK);
	assert_int_equal(e.n, 3);
	assert_string_equal(e.rates[0].currency, "USD");
	assert_int_equal(e.rates[0].rate_e8, 108230000);
	assert_int_equal(e.rates[1].rate_e8, INT64_C(16250000000));
	assert_int_equal(e.rates[2].rate_e8, 33215678);
	char day[DAY_TEXT_SIZE];
	assert_string_equal(day_text(e.on, day), "2027-01-29");
}

static void refuses(void **state)
{
	static const char *const files[] = {
	    "",
	    "no xml",
	    "<html><body>Sorry</body></html>",
	    FILE_OF(""),
	    FILE_OF("<Cube time='2027-01-29'></Cube>"),
	    FILE_OF("<Cube time='29.1.2027'><Cube currency='USD' rate='1.08'/></Cube>"),
	    FILE_OF("<Cube time='2027-01-29'><Cube currency='USD' rate='1,08'/></Cube>"),
	    FILE_OF("<Cube time='2027-01-29'><Cube currency='USD' rate='0'/></Cube>"),
	    FILE_OF("<Cube time='2027-01-29'><Cube currency='USD' rate='-1'/></Cube>"),
	    FILE_OF("<Cube time='2027-01-29'><Cube currency='USD'/></Cube>"),
	    FILE_OF("<Cube time='2027-01-29'><Cube currency='USD' rate='1.08'/>"),
	    "<!DOCTYPE x [<!ENTITY a \"1\">]>"
	    "<Cube time='2027-01-29'><Cube currency='USD' rate='&a;'/></Cube>",
	};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct ecb e;
		assert_int_equal(ecb_parse(&cx, files[i], strlen(files[i]), &e), ERR_REMOTE);
		assert_string_equal(cx.fault.key, "ecb.file");
		cx_clear(&cx);
	}
}

static void decimals(void **state)
{
	static const struct {
		const char *text;
		int64_t e8;
	} right[] = {{"1", 100000000}, {"0.95", 95000000}, {"0.00000001", 1},
	    {"999999.99999999", INT64_C(99999999999999)}, {"007.5", 750000000}};
	static const char *const wrong[] = {"", ".", "1.", ".5", "1.123456789", "1000000",
	    "99999999999999999999", "1e2", " 1", "0", "0.0", "1.2.3", "+1"};
	int64_t e8;
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		assert_true(ecb_rate_parse(right[i].text, &e8));
		assert_int_equal(e8, right[i].e8);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(ecb_rate_parse(wrong[i], &e8));
	assert_string_equal(ecb_rate_print(cx.arena, 95000000), "0.95");
	assert_string_equal(ecb_rate_print(cx.arena, 16200000000), "162");
	assert_string_equal(ecb_rate_print(cx.arena, 1), "0.00000001");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads), cmocka_unit_test(refuses),
	    cmocka_unit_test(decimals)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
