/* SPDX-License-Identifier: Apache-2.0 */
/* The Mustache specification's vectors, and what goes beyond them: strict mode, limits, syntax
 * faults. */
#include "unit/fmt/check.h"

#include "fmt/tmpl.h"

/* Partials come from a JSON object of texts. */
static bool load(void *arg, const char *name, const char **ret_text, size_t *ret_len)
{
	const json_t *text = json_object_get(arg, name);

	if (text == NULL)
		return false;
	*ret_text = json_string_value(text);
	*ret_len = json_string_length(text);
	return true;
}

static void run_case(const char *chapter, const json_t *t)
{
	struct tmpl_set *set = tmpl_set_new(load, json_object_get(t, "partials"), TMPL_HTML);
	const char *expected = json_string_value(json_object_get(t, "expected"));
	struct buf out;

	buf_init(&out, cx.arena);
	enum err err = tmpl_render_text(&cx, set, json_string_value(json_object_get(t, "template")),
	    json_object_get(t, "data"), &out);
	if (err != OK || strcmp(buf_text(&out), expected) != 0)
		print_error("%s, %s: %s\nexpected <%s>\nrendered <%s>\n", chapter,
		    json_string_value(json_object_get(t, "name")), err != OK ? cx.fault.detail : "",
		    expected, buf_text(&out));
	assert_int_equal(err, OK);
	assert_string_equal(buf_text(&out), expected);
	tmpl_set_free(set);
}

static void run_chapter(const char *chapter, size_t least)
{
	char path[512];
	json_error_t error;
	json_t *all, *t;
	size_t i;

	snprintf(path, sizeof path, "%s/tests/golden/mustache/%s.json", TEST_ROOT, chapter);
	all = json_load_file(path, 0, &error);
	assert_non_null(all);
	json_keep(&cx, all);
	assert_true(json_array_size(all) >= least);
	json_array_foreach(all, i, t)
		run_case(chapter, t);
}

static void test_specification(void **state)
{
	run_chapter("comments", 12);
	run_chapter("delimiters", 14);
	run_chapter("interpolation", 42);
	run_chapter("inverted", 22);
	run_chapter("partials", 12);
	run_chapter("sections", 34);
	run_chapter("inheritance", 27);
}

struct outcome {
	enum err err;
	const char *text; /* the output, or the fault's key */
};

static struct outcome render(const char *partials, const char *text, const char *data, bool strict,
    enum tmpl_escape escape)
{
	struct tmpl_set *set = tmpl_set_new(load, tree(partials), escape);
	struct buf out;

	cx_clear(&cx);
	buf_init(&out, cx.arena);
	tmpl_set_strict(set, strict);
	enum err err = tmpl_render_text(&cx, set, text, tree(data), &out);
	tmpl_set_free(set);
	return (struct outcome){err, err == OK ? buf_text(&out) : cx.fault.key};
}

#define GIVES(template_, data_, expected_) \
	assert_string_equal(render("{}", template_, data_, false, TMPL_HTML).text, expected_)

static void test_values(void **state)
{
	GIVES("{{n}} {{big}} {{neg}}", "{\"n\":0,\"big\":9007199254740993,\"neg\":-5}",
	    "0 9007199254740993 -5");
	GIVES("{{t}} {{f}} [{{z}}]", "{\"t\":true,\"f\":false,\"z\":null}", "true false []");
	GIVES("{{x}}", "{\"x\":\"a&b<c>d\\\"e'f`=/\"}", "a&amp;b&lt;c&gt;d&quot;e&#39;f`=/");
	GIVES("{{{x}}}{{&x}}", "{\"x\":\"<'>\"}", "<'><'>");
	GIVES("{{#s}}yes{{/s}}{{^s}}no{{/s}}", "{\"s\":\"\"}", "no");
	GIVES("{{#s}}yes{{/s}}{{^s}}no{{/s}}", "{\"s\":0}", "no");
	GIVES("{{#s}}yes{{/s}}{{^s}}no{{/s}}", "{\"s\":{}}", "yes");
	GIVES("{{#t}}{{name}}{{/t}}", "{\"t\":true,\"name\":\"x\"}", "x");
	GIVES("{{#l}}<{{.}}>{{/l}}", "{\"l\":[\"a&\",1]}", "<a&amp;><1>");
	GIVES("{{a.b.c}}", "{\"a\":{\"b\":{\"c\":\"deep\"}}}", "deep");
	struct outcome text = render("{}", "{{x}}", "{\"x\":\"<&>\"}", false, TMPL_TEXT);
	assert_string_equal(text.text, "<&>");
}

static void test_strict(void **state)
{
	assert_int_equal(render("{}", "{{x}}", "{\"x\":null}", true, TMPL_HTML).err, OK);
	assert_string_equal(render("{}", "\n{{nope}}", "{}", true, TMPL_HTML).text,
	    "template.unknown");
	assert_string_equal(cx.fault.detail, "text:2:nope is unknown");
	assert_string_equal(render("{}", "{{#nope}}{{/nope}}", "{}", true, TMPL_HTML).text,
	    "template.unknown");
	assert_string_equal(render("{}", "{{^nope}}{{/nope}}", "{}", true, TMPL_HTML).text,
	    "template.unknown");
	assert_string_equal(render("{}", "{{a.nope}}", "{\"a\":{}}", true, TMPL_HTML).text,
	    "template.unknown");
	assert_string_equal(render("{}", "[{{a.b}}]", "{\"a\":null}", true, TMPL_HTML).text, "[]");
	assert_string_equal(render("{}", "{{>nope}}", "{}", true, TMPL_HTML).text,
	    "template.unknown");
	assert_string_equal(render("{}", "{{<nope}}{{/nope}}", "{}", true, TMPL_HTML).text,
	    "template.unknown");
	assert_string_equal(render("{}", "{{a}}", "{\"a\":[1]}", true, TMPL_HTML).text,
	    "template.type");
	/* Outer contexts count. */
	assert_string_equal(render("{}", "{{#a}}{{x}}{{/a}}", "{\"a\":[{}],\"x\":1}", true,
	                        TMPL_HTML)
	                        .text,
	    "1");
}

static void test_syntax(void **state)
{
	static const char *const wrong[] = {
	    "{{#a}}",
	    "{{/a}}",
	    "{{#a}}{{/b}}",
	    "{{a",
	    "{{{a}}",
	    "{{}}",
	    "{{a b}}",
	    "{{a..b}}",
	    "{{.a}}",
	    "{{a.}}",
	    "{{=<%}}",
	    "{{=<% %>}}",
	    "{{= =}}",
	    "{{#a}}{{#b}}{{/a}}{{/b}}",
	    "{{<p}}{{x}}{{/p}}",
	    "{{<p}}{{#x}}{{/x}}{{/p}}",
	    "{{$b}}",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct outcome got = render("{}", wrong[i], "{}", false, TMPL_HTML);
		if (got.err != ERR_INVALID || strcmp(got.text, "template.syntax") != 0)
			print_error("accepted: %s\n", wrong[i]);
		assert_int_equal(got.err, ERR_INVALID);
		assert_string_equal(got.text, "template.syntax");
	}
	render("{}", "one\ntwo\n{{#x}}\n", "{}", false, TMPL_HTML);
	assert_string_equal(cx.fault.detail, "text:3: a tag is never closed.");
}

static void test_limits(void **state)
{
	struct buf deep;

	assert_string_equal(render("{\"p\":\"{{>p}}\"}", "{{>p}}", "{}", false, TMPL_HTML).text,
	    "template.limit");
	/* A block that contains itself. */
	assert_string_equal(render("{\"p\":\"{{$b}}{{/b}}\"}",
	                        "{{<p}}{{$b}}x{{$b}}{{/b}}{{/b}}{{/p}}", "{}", false, TMPL_HTML)
	                        .text,
	    "template.limit");
	buf_init(&deep, cx.arena);
	for (int i = 0; i < LIMIT_TEMPLATE_DEPTH + 1; i++)
		buf_puts(&deep, "{{#a}}");
	for (int i = 0; i < LIMIT_TEMPLATE_DEPTH + 1; i++)
		buf_puts(&deep, "{{/a}}");
	assert_string_equal(render("{}", buf_text(&deep), "{}", false, TMPL_HTML).text,
	    "template.syntax");
	/* 30 to the sixth steps without a byte of output. */
	assert_string_equal(
	    render("{}",
	        "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{x}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}{{/a}}",
	        "{\"x\":null,\"a\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}",
	        false, TMPL_HTML)
	        .text,
	    "template.limit");
}

static void test_output_limit(void **state)
{
	const size_t mib = 1u << 20;
	char *big = arena_alloc(cx.arena, mib + 1);
	json_t *data = json_keep(&cx, json_object());
	struct tmpl_set *set = tmpl_set_new(load, NULL, TMPL_TEXT);
	struct buf out;

	memset(big, 'x', mib);
	json_object_set_new(data, "x", json_string(big));
	buf_init(&out, cx.arena);
	assert_int_equal(tmpl_render_text(&cx, set, "{{x}}{{x}}{{x}}{{x}}{{x}}{{x}}{{x}}{{x}}",
	                     data, &out),
	    OK);
	assert_int_equal(out.len, LIMIT_TEMPLATE_OUTPUT_BYTES);
	buf_init(&out, cx.arena);
	assert_int_equal(tmpl_render_text(&cx, set, "{{x}}{{x}}{{x}}{{x}}{{x}}{{x}}{{x}}{{x}}.",
	                     data, &out),
	    ERR_INVALID);
	assert_string_equal(cx.fault.key, "template.limit");
	tmpl_set_free(set);
}

static void test_layouts(void **state)
{
	static const char partials[] =
	    "{\"layout\":\"<title>{{$title}}Shop{{/title}}</title>\\n"
	    "<main>\\n  {{$main}}{{/main}}\\n</main>\\n\",\"row\":\"<li>{{.}}</li>\\n\"}";
	struct outcome got = render(partials,
	    "{{<layout}}\n{{$title}}Cart{{/title}}\n{{$main}}\n<h1>{{$title}}{{/title}}</h1>\n"
	    "{{#l}}\n  {{>row}}\n{{/l}}\n{{/main}}\n{{/layout}}\n",
	    "{\"l\":[\"a\\nb\",2]}", true, TMPL_HTML);

	assert_string_equal(got.text,
	    "<title>Cart</title>\n<main>\n  <h1>Cart</h1>\n    <li>a\nb</li>\n"
	    "    <li>2</li>\n</main>\n");
	got = render(partials, "{{<layout}}{{/layout}}", "{}", true, TMPL_HTML);
	assert_string_equal(got.text, "<title>Shop</title>\n<main>\n</main>\n");
}

static void test_set_keeps(void **state)
{
	json_t *partials = tree("{\"a\":\"{{x}}{{>b}}\",\"b\":\"!\",\"bad\":\"\\n{{#x}}\"}");
	struct tmpl_set *set = tmpl_set_new(load, partials, TMPL_HTML);
	struct buf out;

	buf_init(&out, cx.arena);
	assert_int_equal(tmpl_render(&cx, set, "a", tree("{\"x\":1}"), &out), OK);
	/* Compiled once: the set no longer asks for the text. */
	json_object_set_new(partials, "a", json_string("changed"));
	assert_int_equal(tmpl_render(&cx, set, "a", tree("{\"x\":2}"), &out), OK);
	assert_string_equal(buf_text(&out), "1!2!");
	assert_int_equal(tmpl_render(&cx, set, "nope", tree("{}"), &out), ERR_INTERNAL);
	assert_string_equal(cx.fault.key, "template.unknown");
	assert_int_equal(tmpl_render(&cx, set, "bad", tree("{}"), &out), ERR_INVALID);
	assert_string_equal(cx.fault.detail, "bad:2: a tag is never closed.");
	tmpl_set_free(set);
	tmpl_set_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_specification),
	    TEST(test_values),
	    TEST(test_strict),
	    TEST(test_syntax),
	    TEST(test_limits),
	    TEST(test_output_limit),
	    TEST(test_layouts),
	    TEST(test_set_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
