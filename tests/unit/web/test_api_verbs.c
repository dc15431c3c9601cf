/* SPDX-License-Identifier: Apache-2.0 */
/* What staff do on a page a program does by the API: each verb once, in order, with its answer. */
#include "unit/web/webtest.h"

struct call {
	const char *path, *body;
	int status;
	const char *says; /* in the answer */
};

static void make(struct webtest *w, const struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct web_client *c = &w->api;
		const char *method = calls[i].body == NULL ? "GET" : "POST";
		web_client_call(c, method, arena_printf(c->arena, "/api/v1%s", calls[i].path),
		    calls[i].body);
		if (c->status != calls[i].status || strstr(c->body, calls[i].says) == NULL)
			print_error("%s: %d %s\n", calls[i].path, c->status, c->body);
		assert_int_equal(c->status, calls[i].status);
		assert_non_null(strstr(c->body, calls[i].says));
	}
}
#define MAKE(w, ...) \
	do { \
		static const struct call calls[] = {__VA_ARGS__}; \
		make(w, calls, sizeof calls / sizeof calls[0]); \
	} while (0)

static void clients_and_their_contacts(void **state)
{
	struct webtest *w = webtest_open(*state);
	MAKE(w,
	    {"/clients/1/contacts", "{\"name\":\"C\",\"email\":\"c@example.com\"}", 200, "\"id\""},
	    {"/clients/1/contacts", NULL, 200, "c@example.com"},
	    {"/clients/1/contacts/1",
	        "{\"name\":\"D\",\"email\":\"d@example.com\",\"letters\":\"invoice\"}", 200,
	        "\"id\""},
	    {"/clients/2/contacts/1", "{\"name\":\"D\",\"email\":\"d@example.com\"}", 404, ""},
	    {"/clients/1/contacts", NULL, 200, "d@example.com"},
	    {"/clients/1/contacts/1/remove", "{}", 200, ""},
	    {"/clients/1/contacts", NULL, 200, "\"data\":[]"},
	    {"/clients/9/contacts", NULL, 404, "client."},
	    {"/clients/1/reset", "{}", 200, "\"id\":1"},
	    {"/clients/1/tax-check", "{}", 409, "tax.not_checkable"},
	    {"/clients/1/refuse", "{}", 422, "reason"},
	    {"/clients/1/refuse", "{\"reason\":\"x\"}", 409, ""}, );
	webtest_close(w);
}

static void the_catalog_goes_off_and_on_sale(void **state)
{
	struct webtest *w = webtest_open(*state);
	MAKE(w, {"/plans/web-s/retire", "{}", 200, "\"state\":\"retired\""},
	    {"/plans/web-s/sell", "{}", 200, "\"state\":\"active\""},
	    {"/plans/none/sell", "{}", 404, ""},
	    {"/plan-groups", "{\"key\":\"g\",\"name\":\"G\"}", 200, "\"id\":1"},
	    {"/plan-groups/1", "{\"key\":\"g\",\"name\":\"H\"}", 200, "\"id\":1"},
	    {"/coupons", "{\"code\":\"AAA\",\"kind\":\"percent\",\"rate_ppm\":10000}", 201, ""},
	    {"/coupons/1/retire", "{}", 200, ""}, {"/coupons/1/restore", "{}", 200, "\"id\":1"},
	    {"/tax-rates", "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":190000}", 201, ""},
	    {"/tax-rates/1", "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":200000}", 200, ""},
	    {"/tax-rates", NULL, 200, "200000"}, {"/tax-rates/1/remove", "{}", 200, ""},
	    {"/tax-rates", NULL, 200, "\"data\":[]"},
	    {"/rates/fetch", "{}", 409, "rates.no_url"}, );
	webtest_close(w);
}

static void documents_services_and_jobs(void **state)
{
	struct webtest *w = webtest_open(*state);
	MAKE(w,
	    {"/invoices",
	        "{\"client_id\":1,\"items\":[{\"description\":\"X\",\"unit_minor\":100}]}", 201,
	        ""},
	    {"/invoices/2/remove", "{}", 200, "\"id\":2"}, {"/invoices/2", NULL, 404, ""},
	    {"/invoices/1/remove", "{}", 409, ""},
	    {"/services/1/hold", "{\"until\":\"2027-08-01\",\"reason\":\"promised\"}", 200,
	        "\"id\":1"},
	    {"/services/1", NULL, 200, "\"hold_until\":\"2027-08-01\""},
	    {"/services/1/keep", "{}", 409, ""}, {"/services/1/password", "{}", 409, ""},
	    {"/services/1/actions/9/again", "{}", 404, ""},
	    {"/invoices/1/void", "{\"reason\":\"wrong\"}", 200, "credit_note_id"},
	    {"/invoices/1", NULL, 200, "\"state\":\"credited\""},
	    {"/payments/9/lost", "{}", 404, ""}, {"/payments/9/refunds/9/cancel", "{}", 404, ""},
	    {"/jobs/1/cancel", "{\"reason\":\"no\"}", 200, "\"id\":1"},
	    {"/jobs/1", NULL, 200, "\"cancelled\""}, {"/letters/9/resend", "{}", 404, ""}, );
	webtest_close(w);
}

static void the_house_itself(void **state)
{
	struct webtest *w = webtest_open(*state);
	w->web.exec_folders = TEST_ROOT "/exec";
	MAKE(w, {"/news", "{\"title\":\"T\",\"body\":\"B\",\"published\":true}", 200, "\"id\":1"},
	    {"/news/1", "{\"title\":\"U\",\"body\":\"B\"}", 200, ""}, {"/news", NULL, 200, "\"U\""},
	    {"/news/1/remove", "{}", 200, ""},
	    {"/texts/service_welcome",
	        "{\"subject\":\"Hi\",\"text\":\"Hello\",\"html\":\"<p>Hello</p>\"}", 200, ""},
	    {"/texts", NULL, 200, "service_welcome"},
	    {"/texts/service_welcome/reset", "{}", 200, ""}, {"/texts/none/reset", "{}", 404, ""},
	    {"/staff",
	        "{\"email\":\"n@example.com\",\"name\":\"N\",\"password\":\"long enough 1\","
	        "\"role_id\":1}",
	        200, "\"id\":3"},
	    {"/staff/3/suspend", "{\"reason\":\"left\"}", 200, ""},
	    {"/staff/3/resume", "{}", 200, ""},
	    {"/staff/3/close", "{\"reason\":\"left\"}", 200, ""},
	    {"/staff", NULL, 200, "n@example.com"},
	    {"/servers",
	        "{\"provider\":\"exec\",\"key\":\"x\",\"name\":\"X\",\"settings\":"
	        "{\"path\":\"" TEST_ROOT "/exec/sample-panel.sh\"}}",
	        201, "\"id\":1"},
	    {"/servers/1", "{\"provider\":\"exec\",\"key\":\"x\",\"name\":\"Y\"}", 200, "\"Y\""},
	    {"/servers/1",
	        "{\"provider\":\"exec\",\"key\":\"x\",\"name\":\"Y\",\"settings\":"
	        "{\"path\":\"/bin/sh\"}}",
	        422, "exec.folder"},
	    {"/servers/1/test", "{}", 200, "\"works\":true"}, {"/servers/9/test", "{}", 404, ""},
	    {"/gateways/card/test", "{}", 200, "\"works\":true"}, );
	webtest_close(w);
}

int main(void)
{
	const struct CMUnitTest all[] = {
	    TESTDB_BOTH(clients_and_their_contacts),
	    TESTDB_BOTH(the_catalog_goes_off_and_on_sale),
	    TESTDB_BOTH(documents_services_and_jobs),
	    TESTDB_BOTH(the_house_itself),
	};
	crypto_setup();
	return cmocka_run_group_tests(all, NULL, NULL);
}
