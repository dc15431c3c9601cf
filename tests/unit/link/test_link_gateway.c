/* SPDX-License-Identifier: Apache-2.0 */
/* The gateways against a played server: what is asked, what each answer means, which messages are
 * believed. */
#include "unit/link/scene.h"

#define NOW "1800000000"

static void checkout(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"POST /gateway/checkouts HTTP",
	        {"Authorization: Bearer s3cret", "Idempotency-Key: a-17\r\n",
	            "\"amount_minor\":1210", "\"hook_url\":\"http://h/\""},
	        REPLY("201 Created", "{\"id\":\"co_1\",\"url\":\"http://x/pay/co_1\"}")},
	    {"POST ", {0}, REPLY("422 No", "{\"detail\":\"amount too small\"}")},
	    {"POST ", {0}, REPLY("200 OK", "{\"id\":\"co_1\"}")},
	    {"POST ", {0}, REPLY("200 OK", "<html>")},
	    {"POST ", {0}, REPLY("503 Down", "")},
	    {"POST ", {0}, NULL},
	    {"POST ", {0}, REPLY("302 Found", "")},
	    {"POST ", {0}, REPLY("429 Slow", "{}")},
	    {"POST ", {0}, ""},
	};
	struct player p = PLAY(cx, table);
	const char *args =
	    "{\"key\":\"a-17\",\"amount_minor\":1210,\"currency\":\"EUR\",\"reference\":\"R\","
	    "\"return_url\":\"http://r/\",\"hook_url\":\"http://h/\"}";
	static const struct {
		enum outcome outcome;
		const char *reason;
	} wanted[] = {
	    {OUTCOME_DONE, ""},
	    {OUTCOME_DECLINED, "amount too small"},
	    {OUTCOME_UNKNOWN, "no id or url"},
	    {OUTCOME_UNKNOWN, "not understood"},
	    {OUTCOME_UNKNOWN, "503"},
	    {OUTCOME_UNKNOWN, ""},
	    {OUTCOME_NOT_TRIED, "302"},
	    {OUTCOME_NOT_TRIED, "429"},
	    {OUTCOME_UNKNOWN, ""},
	};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct answer a = ask(cx, "gateway.checkout", p.port, args);
		expect(&a, wanted[i].outcome, wanted[i].reason);
		if (i == 0) {
			assert_string_equal(text_of(&a, "remote_id"), "co_1");
			assert_string_equal(text_of(&a, "url"), "http://x/pay/co_1");
		}
		/* Only the one that was waited for in vain. */
		assert_int_equal(json_is_true(json_object_get(a.data, "silent")), i == 8);
	}
	player_stop(p);
	struct answer a = ask(cx, "gateway.checkout", p.port, args);
	expect(&a, OUTCOME_NOT_TRIED, "");
	assert_null(json_object_get(a.data, "silent"));
	cx_drop(cx);
}

static void asking(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"GET /gateway/checkouts/co%2F1 HTTP", {"Bearer s3cret"},
	        REPLY("200 OK",
	            "{\"id\":\"co/"
	            "1\",\"state\":\"paid\",\"amount_minor\":5,\"currency\":\"EUR\"}")},
	    {"GET ", {0}, REPLY("200 OK", "{\"state\":\"pending\"}")},
	    {"GET ", {0}, REPLY("200 OK", "{\"state\":\"closed\"}")},
	    {"GET ", {0}, REPLY("404 Not", "{}")},
	    {"GET ", {0}, REPLY("200 OK", "{\"state\":\"strange\"}")},
	    {"GET ", {0}, REPLY("403 No", "{\"error\":\"secret\"}")},
	};
	static const char *const states[] = {"paid", "pending", "expired", "expired"};
	struct player p = PLAY(cx, table);
	for (size_t i = 0; i < 4; i++) {
		struct answer a = ask(cx, "gateway.ask", p.port, "{\"remote_id\":\"co/1\"}");
		expect(&a, OUTCOME_DONE, "");
		assert_string_equal(text_of(&a, "state"), states[i]);
		if (i == 0) {
			assert_string_equal(text_of(&a, "remote_payment"), "co/1");
			assert_int_equal(json_integer_value(
			                     json_object_get(a.data, "amount_minor")),
			    5);
		}
	}
	struct answer a = ask(cx, "gateway.ask", p.port, "{\"remote_id\":\"co/1\"}");
	expect(&a, OUTCOME_UNKNOWN, "not told");
	a = ask(cx, "gateway.ask", p.port, "{\"remote_id\":\"co/1\"}");
	expect(&a, OUTCOME_UNKNOWN, "secret");
	a = ask(cx, "gateway.ask", p.port, "{}");
	expect(&a, OUTCOME_NOT_TRIED, "no checkout");
	player_stop(p);
	cx_drop(cx);
}

static void refund(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"POST /gateway/refunds HTTP",
	        {"Idempotency-Key: r-3", "\"amount_minor\":7", "\"checkout\":\"co_1\""},
	        REPLY("201 Created", "{\"id\":\"re_9\"}")},
	    {"POST ", {0}, REPLY("200 OK", "{}")},
	    {"POST ", {0}, REPLY("409 No", "{\"error\":\"already refunded\"}")},
	};
	struct player p = PLAY(cx, table);
	const char *args =
	    "{\"key\":\"r-3\",\"remote_payment\":\"co_1\",\"amount_minor\":7,\"currency\":\"EUR\"}";
	struct answer a = ask(cx, "gateway.refund", p.port, args);
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "remote_refund"), "re_9");
	a = ask(cx, "gateway.refund", p.port, args);
	expect(&a, OUTCOME_UNKNOWN, "no id");
	a = ask(cx, "gateway.refund", p.port, args);
	expect(&a, OUTCOME_DECLINED, "already refunded");
	a = ask(cx, "gateway.refund", p.port, "{\"key\":\"r\"}");
	expect(&a, OUTCOME_NOT_TRIED, "no payment");
	player_stop(p);
	cx_drop(cx);
}

/* A signed message as the inbox would hand it over. */
static struct answer verify(struct cx *cx, const char *body, const char *header, const char *now)
{
	json_t *args = json_pack("{s{ss} ss sI}", "headers", "billhook-signature", header, "body",
	    body, "now", (json_int_t)strtoll(now, NULL, 10));
	char *text = json_dumps(json_keep(cx, args), 0);
	struct answer a = ask(cx, "gateway.verify", 1, text);
	free(text);
	return a;
}

static const char *sign(struct cx *cx, const char *secret, const char *t, const char *body)
{
	char hex[CRYPTO_SHA256_HEX];
	const char *text = arena_printf(cx->arena, "%s.%s", t, body);
	crypto_hmac_sha256(secret, strlen(secret), text, strlen(text), hex);
	return arena_printf(cx->arena, "t=%s,v1=%s", t, hex);
}

#define PAID \
	"{\"id\":\"ev_1\",\"type\":\"payment.succeeded\",\"checkout\":\"co_1\",\"reference\":" \
	"\"INV-1\"," \
	"\"amount_minor\":1210,\"currency\":\"EUR\"}"

static void believes(void **state)
{
	struct cx *cx = cx_make();
	struct answer a = verify(cx, PAID, sign(cx, "s3cret", NOW, PAID), NOW);
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "remote_id"), "ev_1");
	assert_string_equal(text_of(&a, "type"), "paid");
	assert_string_equal(text_of(&a, "remote_checkout"), "co_1");
	assert_string_equal(text_of(&a, "remote_payment"), "co_1");
	assert_string_equal(text_of(&a, "reference"), "INV-1");
	assert_int_equal(json_integer_value(json_object_get(a.data, "amount_minor")), 1210);
	/* At the edge of the tolerance, and with an old secret's signature beside. */
	a = verify(cx, PAID, sign(cx, "s3cret", "1799999700", PAID), NOW);
	expect(&a, OUTCOME_DONE, "");
	const char *two = arena_printf(cx->arena, "%s,v1=00", sign(cx, "s3cret", NOW, PAID));
	a = verify(cx, PAID, two, NOW);
	expect(&a, OUTCOME_DONE, "");
	static const char *const types[][2] = {
	    {"payment.pending", "pending"},
	    {"payment.declined", "declined"},
	    {"payment.refunded", "refunded"},
	    {"payment.disputed", "disputed"},
	    {"payment.dispute_won", "dispute_won"},
	    {"customer.created", "other"},
	};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		const char *body = arena_printf(cx->arena,
		    "{\"id\":\"e\",\"type\":\"%s\",\"checkout\":\"c\","
		    "\"amount_minor\":1,\"currency\":\"EUR\"}",
		    types[i][0]);
		a = verify(cx, body, sign(cx, "s3cret", NOW, body), NOW);
		expect(&a, OUTCOME_DONE, "");
		assert_string_equal(text_of(&a, "type"), types[i][1]);
	}
	cx_drop(cx);
}

/* The name of a payer as providers of three kinds write it: the signature is over those bytes. */
static void PAY_09_names_in_any_charset(void **state)
{
	static const struct {
		const char *bytes, *text, *charset;
	} names[] = {{"M\xc3\xbcller", "M\xc3\xbcller", ""},
	    {"M\xfcller", "M\xc3\xbcller", "iso-8859-1"},
	    {"\xf0\x9f\x8e\x89", "\xf0\x9f\x8e\x89", ""}};
	static const char form[] = "{\"id\":\"e\",\"type\":\"payment.succeeded\",\"checkout\":"
	                           "\"c\",\"payer\":\"%s\",\"amount_minor\":1,"
	                           "\"currency\":\"EUR\"}";
	struct cx *cx = cx_make();
	for (size_t i = 0; i < 3; i++) {
		const char *sent = arena_printf(cx->arena, form, names[i].bytes),
		           *kept = arena_printf(cx->arena, form, names[i].text);
		json_t *args = json_pack("{s{ss ss} ss sI}", "headers", "billhook-signature",
		    sign(cx, "s3cret", NOW, sent), "body-charset", names[i].charset, "body", kept,
		    "now", (json_int_t)strtoll(NOW, NULL, 10));
		char *text = json_dumps(json_keep(cx, args), 0);
		struct answer a = ask(cx, "gateway.verify", 1, text);
		free(text);
		expect(&a, OUTCOME_DONE, "");
		assert_string_equal(text_of(&a, "type"), "paid");
	}
	/* A signature over other bytes of the same name is none. */
	const char *other = arena_printf(cx->arena, form, names[1].bytes);
	struct answer a = verify(cx, arena_printf(cx->arena, form, names[1].text),
	    sign(cx, "s3cret", NOW, other), NOW);
	expect(&a, OUTCOME_DECLINED, "wrong");
	cx_drop(cx);
}

static void disbelieves(void **state)
{
	struct cx *cx = cx_make();
	const char *good = sign(cx, "s3cret", NOW, PAID);
	struct {
		const char *body, *header, *reason;
	} table[] = {
	    {PAID, "", "missing"},
	    {PAID, "v1=00", "missing"},
	    {PAID, "t=abc,v1=00", "missing"},
	    {PAID, "t=" NOW, "missing"},
	    {PAID, "t=" NOW ",v1=", "wrong"},
	    {PAID, sign(cx, "other", NOW, PAID), "wrong"},
	    {PAID " ", good, "wrong"},
	    {PAID, sign(cx, "s3cret", "1799999699", PAID), "too long ago"},
	    {PAID, sign(cx, "s3cret", "1800000301", PAID), "future"},
	    {PAID, sign(cx, "s3cret", "9223372036854775807", PAID), "future"},
	    {"[]", sign(cx, "s3cret", NOW, "[]"), "not JSON"},
	    {"{\"id\":\"e\",\"type\":\"payment.succeeded\"}",
	        sign(cx, "s3cret", NOW, "{\"id\":\"e\",\"type\":\"payment.succeeded\"}"), "lacks"},
	    {"{\"type\":\"x\"}", sign(cx, "s3cret", NOW, "{\"type\":\"x\"}"), "lacks"},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct answer a = verify(cx, table[i].body, table[i].header, NOW);
		expect(&a, OUTCOME_DECLINED, table[i].reason);
		assert_int_equal(json_object_size(a.data), 0);
	}
	/* Without a secret everybody could sign with the empty one. */
	static const struct link_keys keys = {"", ""};
	struct answer a = {0};
	json_t *request = json_keep(cx,
	    json_pack("{ss ss s{s{ss} ss sI}}", "op", "gateway.verify", "provider", "sandbox",
	        "args", "headers", "billhook-signature", sign(cx, "", NOW, PAID), "body", PAID,
	        "now", (json_int_t)1800000000));
	assert_int_equal(link_answer(cx, &keys, request, &a), OK);
	expect(&a, OUTCOME_DECLINED, "no secret");
	cx_drop(cx);
}

static struct answer bank(struct cx *cx, const char *op, const char *settings)
{
	static const struct link_keys keys = {"", ""};
	struct answer a = {0};
	json_t *request = json_keep(cx,
	    json_pack("{ss ss ss s{ss}}", "op", op, "provider", "bank", "settings", settings,
	        "args", "reference", "INV-1"));
	assert_int_equal(link_answer(cx, &keys, request, &a), OK);
	return a;
}

static void transfers(void **state)
{
	struct cx *cx = cx_make();
	const char *good = "{\"iban\":\"DE89 3704 0044 0532 0130 00\",\"bic\":\"COBADEFF\"}";
	struct answer a = bank(cx, "gateway.checkout", good);
	expect(&a, OUTCOME_NOT_TRIED, "pay by transfer");
	assert_string_equal(text_of(&a, "bic"), "COBADEFF");
	assert_string_equal(text_of(&a, "reference"), "INV-1");
	a = bank(cx, "gateway.ask", good);
	expect(&a, OUTCOME_NOT_TRIED, "staff");
	a = bank(cx, "gateway.verify", good);
	expect(&a, OUTCOME_DECLINED, "no messages");
	a = bank(cx, "gateway.refund", good);
	expect(&a, OUTCOME_NOT_TRIED, "nothing answers");
	a = bank(cx, "gateway.test", good);
	expect(&a, OUTCOME_DONE, "");
	a = bank(cx, "gateway.test", "{\"iban\":\"DE88370400440532013000\"}");
	expect(&a, OUTCOME_DECLINED, "check digits");
	a = bank(cx, "gateway.test", "{\"iban\":\"D\"}");
	expect(&a, OUTCOME_DECLINED, "check digits");
	a = bank(cx, "gateway.test", "{\"iban\":\"GB82WEST12345698765432\",\"bic\":\"X\"}");
	expect(&a, OUTCOME_DECLINED, "BIC");
	a = bank(cx, "gateway.test", "{}");
	expect(&a, OUTCOME_DECLINED, "fill in");
	cx_drop(cx);
}

static void tests(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {
	    {"GET /gateway/checkouts/none HTTP", {"Bearer s3cret"}, REPLY("404 Not", "{}")},
	    {"GET ", {0}, REPLY("401 No", "{\"error\":\"wrong secret\"}")},
	};
	struct player p = PLAY(cx, table);
	struct answer a = ask(cx, "gateway.test", p.port, "{}");
	expect(&a, OUTCOME_DONE, "");
	a = ask(cx, "gateway.test", p.port, "{}");
	expect(&a, OUTCOME_DECLINED, "wrong secret");
	player_stop(p);
	a = ask(cx, "gateway.test", p.port, "{}");
	expect(&a, OUTCOME_NOT_TRIED, "");
	cx_drop(cx);
}

static void unknown_words(void **state)
{
	struct cx *cx = cx_make();
	static const char *const ops[] = {"", "gateway.", "gateway.steal", "panel.steal", "panel.",
	    "x", "mail."};
	for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
		struct answer a = ask(cx, ops[i], 1, "{}");
		expect(&a, OUTCOME_NOT_TRIED, "nothing answers");
	}
	assert_null(link_gateway("none"));
	assert_null(link_panel(NULL));
	for (size_t i = 0; link_gateways[i] != NULL; i++)
		assert_ptr_equal(link_gateway(link_gateways[i]->name), link_gateways[i]);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(checkout), cmocka_unit_test(asking),
	    cmocka_unit_test(refund), cmocka_unit_test(believes),
	    cmocka_unit_test(PAY_09_names_in_any_charset), cmocka_unit_test(disbelieves),
	    cmocka_unit_test(transfers), cmocka_unit_test(tests), cmocka_unit_test(unknown_words)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
