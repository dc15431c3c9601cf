/* SPDX-License-Identifier: Apache-2.0 */
/* Letters: every built-in text renders strictly, edited texts are tried, the archive, news. */
#include "unit/testdb.h"

#include "base/str.h"
#include "core/job/job.h"
#include "core/notice/own.h"
#include "fmt/form.h"
#include "unit/core/rules.h"

static void fails_at(struct cx *cx, enum err got, const char *name, const char *key)
{
	assert_int_equal(got, ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, name);
	assert_string_equal(cx->fault.fields->key, key);
	cx_clear(cx);
}

static void renders_every_kind(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct letter_text text;

	assert_int_equal(letter_kinds_n, 26);
	for (size_t i = 0; i < letter_kinds_n; i++) {
		const struct letter_kind *k = &letter_kinds[i];
		bool staff = str_eq(k->about, "staff");
		testdb_ok(cx, letter_print(cx, k->kind, letter_sample(cx, k->kind), &text));
		assert_null(text.wrong);
		assert_true(str_clean_line(text.subject) && !str_empty(text.subject));
		assert_int_equal(strstr(text.text, "Hello Anna,") != NULL, !staff);
		assert_int_equal(strstr(text.html, "Hello Anna,") != NULL, !staff);
		assert_non_null(strstr(text.text, "https://example.com/account"));
		assert_non_null(strstr(text.html, "href=\"https://example.com/account\""));
		assert_non_null(strstr(text.html, "<!doctype html>"));
		assert_non_null(strstr(text.text, "10115 Berlin"));
		assert_null(strstr(text.text, "{{"));
		assert_null(strstr(text.html, "{{"));
		assert_null(strchr(text.text, '!'));
		assert_null(strstr(text.html, "<table"));
	}
	testdb_ok(cx,
	    letter_print(cx, "invoice_issued", letter_sample(cx, "invoice_issued"), &text));
	assert_non_null(strstr(text.subject, "INV-2027-00042"));
	assert_non_null(strstr(text.text, "23.80"));
	assert_non_null(strstr(text.text, "31 Jan 2027"));
	assert_null(letter_kind_find("nothing"));
	assert_null(letter_sample(cx, "nothing"));
	testdb_fails(cx, letter_print(cx, "nothing", NULL, &text), ERR_NOT_FOUND, "letter.kind");
	testdb_close(t);
}

/* What may be absent is null in the tree, and the letter still holds. */
static void renders_without_options(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct letter_text text;
	json_t *data = letter_sample(cx, "service_welcome"),
	       *service = json_object_get(data, "service");

	json_object_set_new(service, "server", json_null());
	json_object_set_new(service, "password", json_null());
	json_object_set_new(service, "panel_url", json_null());
	json_object_set_new(service, "next_due_day", json_null());
	json_object_set_new(service, "domain", json_string(""));
	json_object_set_new(data, "link", json_null());
	json_object_set_new(json_object_get(data, "client"), "first_name",
	    json_string("<b>A & B</b>"));
	testdb_ok(cx, letter_print(cx, "service_welcome", data, &text));
	assert_null(strstr(text.text, "Password"));
	assert_null(strstr(text.text, "Domain"));
	assert_non_null(strstr(text.text, "Hello <b>A & B</b>,"));
	assert_null(strstr(text.html, "<b>"));
	assert_null(strstr(text.html, "<a href=\"\""));
	testdb_close(t);
}

static void edits(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct letter_template was, now;
	struct letter_text text;
	json_t *list;

	testdb_ok(cx, letter_template_get(cx, "invoice_issued", &was));
	assert_false(was.edited);
	now = was;
	now.subject = "Bill {{invoice.number}}";
	testdb_ok(cx, letter_template_save(cx, &now));
	testdb_ok(cx, letter_template_get(cx, "invoice_issued", &now));
	assert_true(now.edited);
	testdb_ok(cx,
	    letter_print(cx, "invoice_issued", letter_sample(cx, "invoice_issued"), &text));
	assert_string_equal(text.subject, "Bill INV-2027-00042");
	now.subject = "Bill {{invoice.numer}}";
	fails_at(cx, letter_template_save(cx, &now), "subject", "letter.template");
	now.subject = "two\nlines";
	fails_at(cx, letter_template_save(cx, &now), "subject", "letter.template");
	now.subject = "";
	fails_at(cx, letter_template_save(cx, &now), "subject", "field.required");
	now.subject = was.subject;
	now.text = "{{#invoice}}";
	fails_at(cx, letter_template_save(cx, &now), "text", "letter.template");
	now.html = "{{>mail/none}}";
	assert_int_equal(letter_template_save(cx, &now), ERR_INVALID);
	assert_string_equal(cx->fault.fields->name, "text");
	assert_string_equal(cx->fault.fields->next->name, "html");
	assert_null(cx->fault.fields->next->next);
	cx_clear(cx);
	now.kind = "nothing";
	testdb_fails(cx, letter_template_save(cx, &now), ERR_NOT_FOUND, "letter.kind");
	testdb_ok(cx, letter_template_reset(cx, "invoice_issued"));
	testdb_ok(cx, letter_template_reset(cx, "invoice_issued"));
	testdb_ok(cx, letter_template_get(cx, "invoice_issued", &now));
	assert_false(now.edited);
	assert_string_equal(now.subject, was.subject);
	testdb_ok(cx, event_list(cx, &(struct event_filter){.subject = "letter_template"}, &list));
	assert_int_equal(json_array_size(list), 2);
	testdb_close(t);
}

/* A text that does not render any more gives way, and says so. */
static void falls_back(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct letter_text text;

	/* Written past the check, as an older version might have accepted it. */
	testdb_ok(cx,
	    letter_template_write(cx,
	        &(struct letter_template){"password_reset", "x", "{{gone}}", "x", true}));
	testdb_ok(cx,
	    letter_print(cx, "password_reset", letter_sample(cx, "password_reset"), &text));
	assert_string_equal(text.subject, "Choose a new password for Example Hosting");
	assert_non_null(text.wrong);
	assert_non_null(strstr(text.wrong, "gone"));
	testdb_close(t);
}

static const struct letter_new hello = {.cause = "invoice/1/issued",
    .kind = "invoice_issued",
    .subject_kind = "invoice",
    .to = "anna@example.org",
    .subject = "Invoice 1",
    .client_id = 5,
    .subject_id = 1,
    .bytes = "From: a\r\n\r\n\0x",
    .len = 13};

static void archives(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct letter l;
	struct job j;
	int64_t id, again, sent, bounced;
	json_t *list;

	testdb_ok(cx, letter_add(cx, &hello, &id));
	testdb_ok(cx, letter_add(cx, &hello, &again));
	assert_int_equal(again, 0);
	testdb_ok(cx, job_list(cx, &(struct job_filter){.kind = "letter.send"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_string_equal(j.subject, "letter");
	assert_int_equal(j.subject_id, id);
	assert_int_equal(j.client_id, 5);
	testdb_ok(cx, letter_get(cx, 5, id, &l));
	assert_int_equal(l.len, 13);
	assert_memory_equal(l.bytes, hello.bytes, 13);
	testdb_fails(cx, letter_get(cx, 6, id, &l), ERR_NOT_FOUND, "letter.none");
	testdb_fails(cx, letter_resend(cx, id), ERR_CONFLICT, "letter.refused");
	testdb_ok(cx, letter_apply(cx, id, LETTER_SEND, "250 ok"));
	testdb_fails(cx, letter_apply(cx, id, LETTER_SEND, "250 ok"), ERR_CONFLICT,
	    "letter.refused");
	testdb_ok(cx, letter_get(cx, 0, id, &l));
	assert_int_equal(l.sent_at, cx->now);
	testdb_ok(cx, letter_count(cx, "invoice", 1, &sent, &bounced));
	assert_int_equal(sent, 1);
	assert_int_equal(bounced, 0);
	testdb_ok(cx, job_finish(cx, &j, "sent", ""));
	testdb_ok(cx, letter_resend(cx, id));
	testdb_ok(cx, job_claim(cx, "h", &j));
	assert_int_equal(j.subject_id, id);
	testdb_ok(cx, letter_apply(cx, id, LETTER_BOUNCE, "550 no such user"));
	testdb_ok(cx, letter_count(cx, "invoice", 1, &sent, &bounced));
	assert_int_equal(sent, 0);
	assert_int_equal(bounced, 1);
	testdb_ok(cx,
	    event_list(cx, &(struct event_filter){.subject = "letter", .client_id = 5}, &list));
	assert_int_equal(json_array_size(list), 3);
	testdb_close(t);
}

static void lists(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	struct letter_new other = hello;
	int64_t one, two;
	json_t *list;

	other.cause = "service/2/welcome";
	other.kind = "service_welcome";
	other.client_id = 6;
	other.subject = "100% ready";
	testdb_ok(cx, letter_add(cx, &hello, &one));
	testdb_ok(cx, letter_add(cx, &other, &two));
	testdb_ok(cx, letter_list(cx, &(struct letter_filter){0}, &list));
	assert_int_equal(json_array_size(list), 2);
	json_t *first = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(first, "letter")), "service_welcome");
	assert_string_equal(json_string_value(json_object_get(first, "label")), "Service ready");
	assert_true(json_is_null(json_object_get(first, "sent_at")));
	testdb_ok(cx, letter_list(cx, &(struct letter_filter){.client_id = 5}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx,
	    letter_list(cx, &(struct letter_filter){.after = two, .state = "queued"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, letter_list(cx, &(struct letter_filter){.q = "0% R"}, &list));
	assert_int_equal(json_array_size(list), 1);
	testdb_ok(cx, letter_list(cx, &(struct letter_filter){.kind = "alert_task"}, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_close(t);
}

static json_t *body(struct cx *cx, const char *text)
{
	json_t *tree;

	testdb_ok(cx, json_parse(cx, text, strlen(text), &tree));
	return tree;
}

static void has_news(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct cx *cx = &t->cx;
	int64_t id;
	json_t *list;

	testdb_ok(cx,
	    news_save(cx, 0, body(cx, "{\"title\": \"New\", \"body\": \"Text\"}"), FIELD_JSON,
	        &id));
	testdb_ok(cx, news_list(cx, true, &list));
	assert_int_equal(json_array_size(list), 0);
	testdb_ok(cx,
	    news_save(cx, id,
	        body(cx, "{\"title\": \"New\", \"body\": \"Text\", \"published\": true}"),
	        FIELD_JSON, &id));
	testdb_ok(cx, news_list(cx, true, &list));
	assert_int_equal(json_array_size(list), 1);
	/* The day of publication stays when the text is mended. */
	cx->now += 100;
	testdb_ok(cx,
	    news_save(cx, id,
	        body(cx, "{\"title\": \"Newer\", \"body\": \"T\", \"published\": true}"),
	        FIELD_JSON, &id));
	testdb_ok(cx, news_list(cx, false, &list));
	assert_string_equal(json_string_value(
	                        json_object_get(json_array_get(list, 0), "published_at")),
	    "2027-02-01T10:00:00Z");
	assert_int_equal(news_save(cx, id, body(cx, "{\"title\": \"\", \"body\": \"T\"}"),
	                     FIELD_JSON, &id),
	    ERR_INVALID);
	cx_clear(cx);
	testdb_ok(cx, news_remove(cx, id));
	testdb_fails(cx, news_remove(cx, id), ERR_NOT_FOUND, "news.none");
	testdb_fails(cx,
	    news_save(cx, id, body(cx, "{\"title\": \"x\", \"body\": \"T\"}"), FIELD_JSON, &id),
	    ERR_NOT_FOUND, "news.none");
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(renders_every_kind),
	    TESTDB_BOTH(renders_without_options),
	    TESTDB_BOTH(edits),
	    TESTDB_BOTH(falls_back),
	    TESTDB_BOTH(archives),
	    TESTDB_BOTH(lists),
	    TESTDB_BOTH(has_news),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
