/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies to trees: forms, query strings, JSON; what is refused. */
#include "unit/fmt/check.h"

static void gives(const char *body, const char *expected)
{
	json_t *j = NULL;

	assert_int_equal(form_parse(&cx, body, strlen(body), &j), OK);
	assert_tree(j, expected);
}

static void refused(const char *body, size_t len)
{
	json_t *j = NULL;

	cx_clear(&cx);
	assert_int_equal(form_parse(&cx, body, len, &j), ERR_INVALID);
	assert_string_equal(cx.fault.key, "form.malformed");
	assert_null(j);
}

static void test_form(void **state)
{
	gives("", "{}");
	gives("a=1&b=two+words&c=%C3%A4%26", "{\"a\":\"1\",\"b\":\"two words\",\"c\":\"\u00e4&\"}");
	gives("&&a=1&&", "{\"a\":\"1\"}");
	gives("a&b=", "{\"a\":\"\",\"b\":\"\"}");
	gives("a=1=2", "{\"a\":\"1=2\"}");
	gives("=lost&a=1", "{\"a\":\"1\"}");
	gives("a=1&a=2", "{\"a\":\"2\"}");
	gives("%61+b=1", "{\"a b\":\"1\"}");
}

static void test_nesting(void **state)
{
	gives("a.b=1&a.c=2", "{\"a\":{\"b\":\"1\",\"c\":\"2\"}}");
	gives("p.0.cycle=1m&p.1.cycle=1y&p.0.price=5",
	    "{\"p\":[{\"cycle\":\"1m\",\"price\":\"5\"},{\"cycle\":\"1y\"}]}");
	/* Rows keep their order by number; holes close up. */
	gives("p.10=c&p.2=b&p.0=a", "{\"p\":[\"a\",\"b\",\"c\"]}");
	gives("p.999999=x", "{\"p\":[\"x\"]}");
	gives("p.0.q.0.x=1", "{\"p\":[{\"q\":[{\"x\":\"1\"}]}]}");
	/* Not rows: a leading zero, a name among numbers, too large a number. */
	gives("p.00=x", "{\"p\":{\"00\":\"x\"}}");
	gives("p.0=x&p.b=y", "{\"p\":{\"0\":\"x\",\"b\":\"y\"}}");
	gives("p.1000000=x", "{\"p\":{\"1000000\":\"x\"}}");
	/* Names that do not nest are plain. */
	gives("a.=1&.b=2&c..d=3&.=4", "{\"a.\":\"1\",\".b\":\"2\",\"c..d\":\"3\",\".\":\"4\"}");
	gives("0=x", "{\"0\":\"x\"}");
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {
	    "a=%",
	    "a=%2",
	    "a=%zz",
	    "%4=1",
	    "a=%00",
	    "a=%ff",
	    "a=%ED%A0%80",
	    "a=\xff",
	    "a=1&a.b=2",
	    "a.b=1&a=2",
	    "a.b.c=1&a.b=2",
	    "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1",
	};
	struct buf many;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		refused(wrong[i], strlen(wrong[i]));
	refused("a=\0b", 4);
	buf_init(&many, cx.arena);
	for (int i = 0; i < LIMIT_FORM_PAIRS; i++)
		buf_printf(&many, "a%d=1&", i);
	json_t *j = NULL;
	assert_int_equal(form_parse(&cx, many.s, many.len, &j), OK);
	assert_int_equal(json_object_size(j), LIMIT_FORM_PAIRS);
	buf_puts(&many, "one=more");
	refused(many.s, many.len);
	refused(arena_alloc(cx.arena, LIMIT_BODY_BYTES + 1), LIMIT_BODY_BYTES + 1);
}

static void json_refused(const char *body, const char *detail)
{
	json_t *j = NULL;

	cx_clear(&cx);
	assert_int_equal(json_parse(&cx, body, strlen(body), &j), ERR_INVALID);
	assert_string_equal(cx.fault.key, "json.malformed");
	if (strstr(cx.fault.detail, detail) == NULL)
		print_error("%s: %s\n", body, cx.fault.detail);
	assert_non_null(strstr(cx.fault.detail, detail));
	assert_null(j);
}

static void test_json(void **state)
{
	static const char body[] = "{\"a\":[1,true,null,\"x\"],\"b\":{\"[[[[[[[[[[[[[[[[[\":1}}";
	json_t *j = NULL;

	assert_int_equal(json_parse(&cx, body, strlen(body), &j), OK);
	assert_tree(j, body);
	json_refused("", "line 1");
	json_refused("{\"a\":\n1,\n}", "line 3");
	json_refused("[1]", "object");
	json_refused("null", "expected");
	json_refused("{\"a\":1,\"a\":2}", "duplicate");
	json_refused("{\"a\":1} x", "line 1");
	json_refused("{\"a\":123456789012345678901}", "integer");
	json_refused("{\"a\":\"\\u0000\"}", "line 1");
	json_refused("{\"a\":\"\xff\"}", "line 1");
	json_refused("{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "levels");
}

static void test_keep(void **state)
{
	struct arena *mine = arena_new(LIMIT_ARENA_BYTES);
	struct cx other = {.arena = mine};
	json_t *j = json_object();

	json_incref(j);
	assert_ptr_equal(json_keep(&other, j), j);
	assert_null(json_keep(&other, NULL));
	assert_int_equal(j->refcount, 2);
	arena_reset(mine);
	assert_int_equal(j->refcount, 1);
	json_decref(j);
	arena_free(mine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_form),
	    TEST(test_nesting),
	    TEST(test_refused),
	    TEST(test_json),
	    TEST(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
