/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VIES and the ECB's file against a played server: only a clean answer counts, anything else is
 * asked again.
 */
#include "unit/link/scene.h"

#define ARGS \
	"{\"country\":\"FR\",\"number\":\"40303265045\",\"requester_country\":\"DE\"," \
	"\"requester_number\":\"123456789\"}"

static const struct scene vies_scenes[] = {
    {"POST /check-vat-number HTTP",
        {"\"countryCode\":\"FR\"", "\"vatNumber\":\"40303265045\"",
            "\"requesterMemberStateCode\":\"DE\"", "\"requesterNumber\":\"123456789\""},
        REPLY("200 OK",
            "{\"countryCode\":\"FR\",\"vatNumber\":\"40303265045\",\"valid\":true,"
            "\"requestIdentifier\":\"WAPIAAAAY1\",\"name\":\"SARL DUPONT\"}")},
    {"POST ", {0}, REPLY("200 OK", "{\"valid\":false,\"userError\":\"INVALID\"}")},
    {"POST ", {0}, REPLY("200 OK", "{\"isValid\":true,\"userError\":\"VALID\"}")},
    {"POST ", {0}, REPLY("200 OK", "{\"valid\":false,\"userError\":\"MS_UNAVAILABLE\"}")},
    {"POST ", {0}, REPLY("200 OK", "{\"valid\":false,\"userError\":\"MS_MAX_CONCURRENT_REQ\"}")},
    {"POST ", {0},
        REPLY("400 Bad",
            "{\"actionSucceed\":false,\"errorWrappers\":[{\"error\":\"VAT_BLOCKED\"}]}")},
    {"POST ", {0}, REPLY("200 OK", "{\"actionSucceed\":true}")},
    {"POST ", {0}, REPLY("200 OK", "{\"valid\":\"yes\"}")},
    {"POST ", {0}, REPLY("404 Not", "{}")},
    {"POST ", {0}, REPLY("500 Down", "")},
    {"POST ", {0}, REPLY("200 OK", "<html>")},
    {"POST ", {0}, REPLY("429 Slow", "{}")},
    {"POST ", {0}, NULL},
    {"POST ", {0}, ""},
};

static void TAX_05_vies_answers(void **state)
{
	struct cx *cx = cx_make();
	static const struct {
		enum outcome outcome;
		const char *reason;
		bool valid;
	} wanted[] = {
	    {OUTCOME_DONE, "", true},
	    {OUTCOME_DONE, "", false},
	    {OUTCOME_DONE, "", true},
	    {OUTCOME_NOT_TRIED, "MS_UNAVAILABLE", false},
	    {OUTCOME_NOT_TRIED, "MS_MAX_CONCURRENT_REQ", false},
	    {OUTCOME_NOT_TRIED, "VAT_BLOCKED", false},
	    {OUTCOME_NOT_TRIED, "does not tell", false},
	    {OUTCOME_NOT_TRIED, "does not tell", false},
	    {OUTCOME_NOT_TRIED, "404", false},
	    {OUTCOME_UNKNOWN, "500", false},
	    {OUTCOME_UNKNOWN, "not understood", false},
	    {OUTCOME_NOT_TRIED, "429", false},
	    {OUTCOME_UNKNOWN, "", false},
	    {OUTCOME_UNKNOWN, "", false},
	};
	struct player p = PLAY(cx, vies_scenes);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct answer a = ask(cx, "vies.check", p.port, ARGS);
		expect(&a, wanted[i].outcome, wanted[i].reason);
		assert_int_equal(json_is_true(json_object_get(a.data, "valid")), wanted[i].valid);
		if (i == 0) {
			assert_string_equal(text_of(&a, "consultation"), "WAPIAAAAY1");
			assert_non_null(strstr(text_of(&a, "answer"), "SARL DUPONT"));
		}
	}
	player_stop(p);
	struct answer a = ask(cx, "vies.check", p.port, ARGS);
	expect(&a, OUTCOME_NOT_TRIED, "");
	cx_drop(cx);
}

#define FILE_OF(rows) "<Envelope><Cube><Cube time='2027-01-29'>" rows "</Cube></Cube></Envelope>"
#define XML(body) "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n" body

static void rates_of_the_day(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"GET / HTTP", {0},
	        XML(FILE_OF(
	            "<Cube currency='USD' rate='1.0823'/><Cube currency='JPY' rate='162.5'/>"))},
	    {"GET ", {0}, XML(FILE_OF("<Cube currency='USD' rate='x'/>"))},
	    {"GET ", {0}, XML("<html>Sorry</html>")},
	    {"GET ", {0}, REPLY("503 Down", "")},
	    {"GET ", {0}, REPLY("302 Found", "")},
	    {"GET ", {0}, NULL},
	};
	struct player p = PLAY(cx, table);
	struct answer a = ask(cx, "rates.fetch", p.port, "{}");
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "base"), "EUR");
	assert_string_equal(text_of(&a, "on"), "2027-01-29");
	assert_int_equal(json_integer_value(
	                     json_object_get(json_object_get(a.data, "rates"), "USD")),
	    108230000);
	static const char *const reasons[] = {"file of rates", "file of rates", "503", "302", ""};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		a = ask(cx, "rates.fetch", p.port, "{}");
		assert_int_not_equal(a.outcome, OUTCOME_DONE);
		assert_non_null(strstr(a.reason, reasons[i]));
	}
	player_stop(p);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(TAX_05_vies_answers),
	    cmocka_unit_test(rates_of_the_day)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
