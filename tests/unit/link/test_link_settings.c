/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of providers: checked, sealed, kept, shown and opened. */
#include "unit/link/scene.h"

struct made {
	const char *url, *secret, *mode;
	int64_t port;
	bool tls;
};
static const char *const modes[] = {"live", "test", NULL};
FIELDS(made_fields, struct made,
    {.name = "url",
        .type = FIELD_URL,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct made, url)},
    {.name = "secret",
        .type = FIELD_SECRET,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct made, secret)},
    {.name = "mode",
        .type = FIELD_CHOICE,
        .choices = modes,
        .otherwise = "live",
        .offset = offsetof(struct made, mode)},
    {.name = "port",
        .type = FIELD_INT,
        .min = 1,
        .max = 65535,
        .otherwise = "25",
        .offset = offsetof(struct made, port)},
    {.name = "tls", .type = FIELD_BOOL, .offset = offsetof(struct made, tls)});

static struct link_keys keys_make(struct cx *cx)
{
	char *public_key, *secret_key;
	crypto_seal_keys(cx->arena, &public_key, &secret_key);
	return (struct link_keys){public_key, secret_key};
}

static void round_trip(void **state)
{
	struct cx *cx = cx_make();
	struct link_keys keys = keys_make(cx);
	char *json = NULL, *again = NULL;
	json_t *opened = NULL;
	assert_int_equal(
	    link_settings(cx, &made_fields,
	        tree(cx,
	            "{\"url\":\"https://p.example\","
	            "\"secret\":\"hunter2\",\"port\":587,\"tls\":true,\"csrf\":\"x\"}"),
	        NULL, keys.public_key, &json),
	    OK);
	assert_null(strstr(json, "hunter2"));
	assert_null(strstr(json, "csrf"));
	assert_int_equal(link_open(cx, &keys, json, &opened), OK);
	assert_string_equal(json_string_value(json_object_get(opened, "secret")), "hunter2");
	assert_string_equal(json_string_value(json_object_get(opened, "mode")), "live");
	assert_int_equal(json_integer_value(json_object_get(opened, "port")), 587);
	assert_true(json_is_true(json_object_get(opened, "tls")));
	/* A form with an empty secret keeps the old one; the empty box is off. */
	assert_int_equal(link_settings(cx, &made_fields,
	                     tree(cx,
	                         "{\"url\":\"https://q.example\",\"secret\":\"\","
	                         "\"mode\":\"test\",\"port\":\"26\"}"),
	                     json, keys.public_key, &again),
	    OK);
	assert_int_equal(link_open(cx, &keys, again, &opened), OK);
	assert_string_equal(json_string_value(json_object_get(opened, "secret")), "hunter2");
	assert_string_equal(json_string_value(json_object_get(opened, "url")), "https://q.example");
	assert_int_equal(json_integer_value(json_object_get(opened, "port")), 26);
	assert_true(json_is_false(json_object_get(opened, "tls")));
	cx_drop(cx);
}

static void refuses(void **state)
{
	struct cx *cx = cx_make();
	struct link_keys keys = keys_make(cx);
	char *json = NULL;
	assert_int_equal(link_settings(cx, &made_fields,
	                     tree(cx,
	                         "{\"url\":\"nope\",\"mode\":\"odd\","
	                         "\"port\":70000}"),
	                     NULL, keys.public_key, &json),
	    ERR_INVALID);
	static const char *const names[] = {"url", "mode", "port", "secret"};
	const struct field_fault *f = cx->fault.fields;
	for (size_t i = 0; i < 4; i++, f = f->next) {
		assert_non_null(f);
		assert_string_equal(f->name, names[i]);
	}
	assert_null(f);
	cx_clear(cx);
	assert_int_equal(link_settings(cx, &made_fields, tree(cx, "[]"), NULL, keys.public_key,
	                     &json),
	    ERR_INVALID);
	cx_clear(cx);
	/* Before init there is no key: nothing may be stored in the clear. */
	const char *bad[] = {NULL, "", "short"};
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(link_settings(cx, &made_fields,
		                     tree(cx,
		                         "{\"url\":\"https://p.example\","
		                         "\"secret\":\"x\"}"),
		                     NULL, bad[i], &json),
		    ERR_INVALID);
		assert_string_equal(cx->fault.key, "link.public_key");
		cx_clear(cx);
	}
	assert_null(json);
	cx_drop(cx);
}

static void shows(void **state)
{
	struct cx *cx = cx_make();
	struct link_keys keys = keys_make(cx);
	char *json = NULL;
	assert_int_equal(link_settings(cx, &made_fields,
	                     tree(cx,
	                         "{\"url\":\"https://p.example\","
	                         "\"secret\":\"hunter2\"}"),
	                     NULL, keys.public_key, &json),
	    OK);
	json_t *form = json_keep(cx, link_settings_form(cx, &made_fields, json, false));
	json_t *by = json_object_get(form, "by");
	json_t *secret = json_object_get(by, "secret");
	assert_true(json_is_true(json_object_get(secret, "stored")));
	assert_string_equal(json_string_value(json_object_get(secret, "value")), "");
	assert_string_equal(json_string_value(json_object_get(json_object_get(by, "url"), "value")),
	    "https://p.example");
	char *text = json_dumps(form, 0);
	assert_null(strstr(text, "hunter2"));
	assert_null(strstr(text, "sealed"));
	free(text);
	form = json_keep(cx, link_settings_form(cx, &made_fields, NULL, false));
	secret = json_object_get(json_object_get(form, "by"), "secret");
	assert_true(json_is_false(json_object_get(secret, "stored")));
	cx_drop(cx);
}

static void opens(void **state)
{
	struct cx *cx = cx_make();
	struct link_keys keys = keys_make(cx), others = keys_make(cx);
	json_t *opened = NULL;
	const char *sealed = arena_printf(cx->arena, "{\"a\":{\"sealed\":\"%s\"},\"b\":{\"c\":1}}",
	    crypto_seal(cx->arena, keys.public_key, "x"));
	assert_int_equal(link_open(cx, &keys, sealed, &opened), OK);
	assert_string_equal(json_string_value(json_object_get(opened, "a")), "x");
	assert_true(json_is_object(json_object_get(opened, "b")));
	assert_int_equal(link_open(cx, &others, sealed, &opened), ERR_INTERNAL);
	assert_string_equal(cx->fault.key, "link.key");
	cx_clear(cx);
	static const char *const bad[] = {NULL, "", "[]", "{", "null"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(link_open(cx, &keys, bad[i], &opened), ERR_INVALID);
		assert_string_equal(cx->fault.key, "link.settings");
		cx_clear(cx);
	}
	cx_drop(cx);
}

static struct answer request(struct cx *cx, const struct link_keys *keys, json_t *q)
{
	struct answer a = {0};
	assert_int_equal(link_answer(cx, keys, json_keep(cx, q), &a), OK);
	return a;
}

static void secrets(void **state)
{
	struct cx *cx = cx_make();
	struct link_keys keys = keys_make(cx), others = keys_make(cx);
	const char *sealed = crypto_seal(cx->arena, keys.public_key, "p4ss");
	struct answer a = request(cx, &keys,
	    json_pack("{ss s{ss}}", "op", "secret.open", "args", "sealed", sealed));
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "text"), "p4ss");
	a = request(cx, &keys, json_pack("{ss ss}", "op", "secret.open", "sealed", sealed));
	assert_string_equal(text_of(&a, "text"), "p4ss");
	a = request(cx, &others, json_pack("{ss ss}", "op", "secret.open", "sealed", sealed));
	expect(&a, OUTCOME_DECLINED, "cannot be opened");
	a = request(cx, &keys, json_pack("{ss}", "op", "secret.seal_new"));
	expect(&a, OUTCOME_DONE, "");
	const char *text =
	    crypto_unseal(cx->arena, keys.public_key, keys.secret_key, text_of(&a, "sealed"));
	assert_int_equal(strlen(text), 20);
	/* Settings that cannot be opened: nothing was tried. */
	a = request(cx, &others,
	    json_pack("{ss ss s{s{ss}}}", "op", "gateway.test", "provider", "sandbox", "settings",
	        "secret", "sealed", sealed));
	expect(&a, OUTCOME_NOT_TRIED, "enter it again");
	cx_drop(cx);
}

static void answers(void **state)
{
	struct cx *cx = cx_make();
	struct answer a = {OUTCOME_DECLINED, "no", tree(cx, "{\"a\":1}")}, b = {0};
	json_t *message = json_keep(cx, link_answer_print(&a));
	assert_int_equal(link_answer_read(cx, message, &b), OK);
	expect(&b, OUTCOME_DECLINED, "no");
	assert_true(json_equal(a.data, b.data));
	static const char *const bad[] = {"{}", "{\"outcome\":\"odd\",\"data\":{}}",
	    "{\"outcome\":\"done\"}", "{\"outcome\":1,\"data\":{}}"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(link_answer_read(cx, tree(cx, bad[i]), &b), ERR_REMOTE);
		assert_string_equal(cx->fault.key, "link.garbage");
		cx_clear(cx);
	}
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(round_trip), cmocka_unit_test(refuses),
	    cmocka_unit_test(shows), cmocka_unit_test(opens), cmocka_unit_test(secrets),
	    cmocka_unit_test(answers)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
