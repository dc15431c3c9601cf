/* SPDX-License-Identifier: Apache-2.0 */
/* What people_add() puts beside the programs' values, and what it leaves alone. */
#include "unit/fmt/check.h"

#include "fmt/people.h"

static const struct people en = {"en", "Europe/Berlin", 1801389600 /* 2027-01-31T10:00:00Z */};

static const char *at(const json_t *object, const char *key)
{
	return str_or(json_string_value(json_object_get(object, key)), "-");
}

static void test_values(void **state)
{
	json_t *j =
	    tree("{\"currency\":\"EUR\",\"total_minor\":123450,\"due_on\":\"2027-01-31\","
	         "\"sent_at\":\"2027-01-28T10:00:00Z\",\"seen_at\":1801389600,\"cycle\":\"1m\","
	         "\"tax_rate_ppm\":77000,\"state\":\"paid\"}");

	people_add(cx.arena, j, &en);
	assert_non_null(strstr(at(j, "total_money"), "1,234.50"));
	assert_non_null(strstr(at(j, "total_money"), "€"));
	assert_string_equal(at(j, "due_day"), "31 Jan 2027");
	assert_string_equal(at(j, "sent_ago"), "3 days ago");
	assert_non_null(strstr(at(j, "seen_time"), "11:00"));
	assert_string_equal(at(j, "cycle_people"), "monthly");
	assert_string_equal(at(j, "tax_rate_percent"), "7.7 %");
	assert_tree(json_object_get(j, "state_badge"),
	    "{\"word\":\"paid\",\"label\":\"Paid\","
	    "\"color\":\"green\",\"help\":\"Paid in full.\"}");
	assert_int_equal(json_integer_value(json_object_get(j, "total_minor")), 123450);
	/* Words only where they are wanted. */
	assert_null(json_object_get(j, "currency_label"));
	assert_string_equal(people_word(cx.arena, "partly_refunded"), "Partly refunded");
	assert_string_equal(people_word(cx.arena, "yesno"), "Yes or no");
}

static void test_depth(void **state)
{
	json_t *j =
	    tree("{\"currency\":\"JPY\",\"items\":[{\"net_minor\":500,\"from\":\"2027-01-01\","
	         "\"to\":null},{\"currency\":\"USD\",\"inner\":{\"net_minor\":500}}],"
	         "\"letter\":{\"from\":\"a@b.de\",\"to\":\"c@d.de\"}}");

	people_add(cx.arena, j, &en);
	const json_t *first = json_array_get(json_object_get(j, "items"), 0);
	assert_non_null(strstr(at(first, "net_money"), "500"));
	assert_string_equal(at(first, "from_day"), "1 Jan 2027");
	assert_true(json_is_null(json_object_get(first, "to_day")));
	const json_t *inner =
	    json_object_get(json_array_get(json_object_get(j, "items"), 1), "inner");
	assert_non_null(strstr(at(inner, "net_money"), "5.00"));
	assert_int_equal(json_object_size(json_object_get(j, "letter")), 2);
}

static void test_nothing(void **state)
{
	json_t *j = tree(
	    "{\"total_minor\":1,\"due_on\":null,\"sent_at\":null,\"cycle\":null,\"rate_ppm\":null,"
	    "\"state\":null,\"odd_on\":\"tomorrow\",\"odd_at\":\"noon\"}");

	people_add(cx.arena, j, &en);
	assert_tree(j,
	    "{\"total_minor\":1,\"due_on\":null,\"sent_at\":null,\"cycle\":null,\"rate_ppm\":null,"
	    "\"state\":null,\"odd_on\":\"tomorrow\",\"odd_at\":\"noon\",\"total_money\":null,\"due_"
	    "day\":null,"
	    "\"sent_time\":null,\"sent_ago\":null,\"cycle_people\":null,\"rate_percent\":null,"
	    "\"state_badge\":null,\"odd_day\":null,\"odd_time\":null,\"odd_ago\":null}");
	j = tree("[{\"state\":\"strange_word\"}]");
	people_add(cx.arena, j, &en);
	assert_tree(json_object_get(json_array_get(j, 0), "state_badge"),
	    "{\"word\":\"strange_word\","
	    "\"label\":\"Strange word\",\"color\":\"secondary\",\"help\":\"\"}");
	people_add(cx.arena, tree("5"), &en);
}

static void test_unknown_currency(void **state)
{
	json_t *j = tree("{\"currency\":\"ZZZ\",\"total_minor\":1}");

	people_add(cx.arena, j, &en);
	assert_true(json_is_null(json_object_get(j, "total_money")));
}

static void test_twice(void **state)
{
	json_t *j = tree(
	    "{\"currency\":\"EUR\",\"total_minor\":1,\"state\":\"open\",\"from\":\"2027-01-01\"}");

	people_add(cx.arena, j, &en);
	json_t *once = json_keep(&cx, json_deep_copy(j));
	people_add(cx.arena, j, &en);
	assert_true(json_equal(once, j));
}

static bool no_text(void *arg, const char *name, const char **ret_text, size_t *ret_len)
{
	static const char *const texts[][2] =
	    {{"page",
	         "{{<frame}}{{$body}}{{#rows}}{{total_money}}{{>row}}{{/rows}}{{/body}}{{/frame}}"},
	        {"frame", "{{title}}{{$body}}{{/body}}"},
	        {"row", "{{a.due_day}}{{state_badge.label}}{{>row}}"}};

	for (size_t i = 0; i < 3; i++) {
		if (strcmp(texts[i][0], name) != 0)
			continue;
		*ret_text = texts[i][1];
		*ret_len = strlen(texts[i][1]);
		return true;
	}
	return false;
}

/* Only what the template, its parent and its partials ask for is made. */
static void test_wanted(void **state)
{
	struct tmpl_set *set = tmpl_set_new(no_text, NULL, TMPL_HTML);
	struct people some = en;
	json_t *j =
	    tree("{\"currency\":\"EUR\",\"total_minor\":100,\"net_minor\":90,\"due_on\":"
	         "\"2027-01-31\",\"sent_at\":1,\"rows\":[{\"state\":\"paid\"},{\"state\":\"paid\"},"
	         "{\"state\":\"open\"}]}");

	assert_int_equal(tmpl_names_of(&cx, set, "nothing", &some.wanted), ERR_INTERNAL);
	cx_clear(&cx);
	assert_int_equal(tmpl_names_of(&cx, set, "page", &some.wanted), OK);
	people_add(cx.arena, j, &some);
	assert_non_null(strstr(at(j, "total_money"), "1.00"));
	assert_string_equal(at(j, "due_day"), "31 Jan 2027");
	assert_null(json_object_get(j, "net_money"));
	assert_null(json_object_get(j, "sent_time"));
	assert_null(json_object_get(j, "sent_ago"));
	const json_t *rows = json_object_get(j, "rows");
	const char *labels[] = {"Paid", "Paid", "Open"};
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(at(json_object_get(json_array_get(rows, i), "state_badge"),
		                        "label"),
		    labels[i]);
	tmpl_set_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_values),
	    TEST(test_depth),
	    TEST(test_nothing),
	    TEST(test_unknown_currency),
	    TEST(test_twice),
	    TEST(test_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
