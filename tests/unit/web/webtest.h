/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_WEB_WEBTEST_H
#define UNIT_WEB_WEBTEST_H

/*
 * A small company behind web_serve(), in process: staff with and without rights, two clients, a
 * plan, a way to pay whose provider answers as the test says. Every template renders in strict
 * mode.
 */
#include "unit/testdb.h"

#include "base/log.h"
#include "base/str.h"
#include "core/access/access.h"
#include "core/catalog/catalog.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/order/order.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "core/staff/staff.h"
#include "fmt/form.h"
#include "link/link.h"
#include "web/own.h"
#include "web/serve.h"

/* Rehearsed failures are many: their lines say nothing new. */
#define LOG_MAX_QUIET (LOG_ERROR + 1)
#define PASSWORD "correct horse battery"

/* fontconfig keeps its configuration until the process ends. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
__attribute__((weak)) const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

/* What the provider answers next, by operation. */
struct fake_link {
	enum outcome checkout, ask, verify, sso;
	const char *state;     /* of ask */
	const char *remote_id; /* of verify */
	int64_t amount_minor;
	int calls;
	char last_op[32];
};

struct webtest {
	struct testdb *t;
	struct web web;
	struct linker linker;
	struct fake_link fake;
	struct web_client anon, a, b, owner, low, api, weak;
	int64_t a_id, b_id, plan_id, order_id, invoice_id, service_id, now;
	const char *invoice_number;
};

static inline enum err fake_call(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	struct fake_link *f = arg;
	json_t *data = NULL;
	enum outcome outcome = OUTCOME_DONE;
	f->calls++;
	snprintf(f->last_op, sizeof f->last_op, "%s", op);
	assert_non_null(json_object_get(request, "args"));
	if (str_eq(op, "gateway.checkout")) {
		outcome = f->checkout;
		data = json_pack("{s:s, s:s}", "url", "https://pay.example/c1", "remote_id", "c1");
	} else if (str_eq(op, "gateway.ask")) {
		outcome = f->ask;
		data = json_pack("{s:s, s:s, s:I, s:s}", "state", f->state, "remote_payment", "p1",
		    "amount_minor", (json_int_t)f->amount_minor, "currency", "EUR");
	} else if (str_eq(op, "gateway.verify")) {
		outcome = f->verify;
		data = json_pack("{s:s, s:s}", "remote_id", f->remote_id, "type", "other");
	} else if (str_eq(op, "panel.sso")) {
		data = json_pack("{s:s}", "url", "https://panel.example/s");
	}
	if (str_eq(op, "panel.sso"))
		outcome = f->sso;
	if (str_eq(op, "secret.open"))
		data = json_pack("{s:s}", "text", "pass&word");
	*ret = (struct answer){outcome, "as the test says", json_keep(cx, data)};
	return OK;
}

static inline int64_t webtest_now(void *arg)
{
	return ((struct webtest *)arg)->now;
}

static inline void webtest_visitor(struct webtest *w, struct web_client *c)
{
	*c = (struct web_client){.web = &w->web, .arena = arena_new(LIMIT_ARENA_BYTES)};
}

static inline int64_t webtest_client(struct webtest *w, const char *email, const char *name)
{
	struct client_input in = {.email = email,
	    .first_name = name,
	    .last_name = "Test",
	    .company = "",
	    .address = "1 Street",
	    .city = "Town",
	    .postcode = "1000",
	    .state = "",
	    .country = "DE",
	    .phone = "",
	    .currency = "EUR",
	    .tax_id = "",
	    .password = PASSWORD};
	int64_t id;
	testdb_ok(&w->t->cx, client_create(&w->t->cx, &in, &id));
	return id;
}

static inline void webtest_sign_in(struct web_client *c, const char *page, const char *email)
{
	web_client_form(c, page,
	    arena_printf(c->arena, "email=%s&password=%s", str_url(c->arena, email),
	        "correct+horse+battery"));
	if (c->status != 303)
		print_error("sign-in of %s: %d %s\n", email, c->status, c->body);
	assert_int_equal(c->status, 303);
}

static inline int64_t webtest_staff(struct webtest *w, const char *email, const char *role)
{
	struct cx *cx = &w->t->cx;
	struct role r;
	int64_t id;
	testdb_ok(cx, role_find(cx, role, &r));
	const struct staff_input in = {email, role, PASSWORD, r.id};
	testdb_ok(cx, staff_create(cx, &in, &id));
	return id;
}

static inline void webtest_people(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	const struct role none = {.key = "none", .name = "Nothing", .permissions = "news.write"};
	int64_t role_id;
	char *token;
	testdb_ok(cx, role_seed(cx));
	testdb_ok(cx, role_save(cx, 0, &none, &role_id));
	int64_t owner = webtest_staff(w, "owner@example.com", "owner");
	webtest_staff(w, "low@example.com", "none");
	testdb_ok(cx, token_create(cx, owner, "all", "*", 30, &token));
	w->api.bearer = arena_strdup(w->api.arena, token);
	testdb_ok(cx, token_create(cx, owner, "little", "news.write", 30, &token));
	w->weak.bearer = arena_strdup(w->weak.arena, token);
	w->a_id = webtest_client(w, "a@example.com", "Anna");
	w->b_id = webtest_client(w, "b@example.com", "Boris");
	webtest_sign_in(&w->a, "/login", "a@example.com");
	webtest_sign_in(&w->b, "/login", "b@example.com");
	webtest_sign_in(&w->owner, "/admin/login", "owner@example.com");
	webtest_sign_in(&w->low, "/admin/login", "low@example.com");
}

/* A's order over one plan, with its invoice and service. */
static inline void webtest_goods(struct webtest *w)
{
	struct cx *cx = &w->t->cx;
	struct price_input price = {.cycle = "1m", .currency = "EUR", .price_minor = 1000};
	const struct plan_input plan = {.key = "web-s",
	    .name = "Web S",
	    .description = "Small",
	    .features = "1 GB\n1 site",
	    .panel = "sandbox",
	    .package = "s",
	    .tax_class = "standard",
	    .setup_when = "payment",
	    .group = "",
	    .needs_domain = true,
	    .stock = -1,
	    .prices = {&price, 1}};
	struct order_input_item item = {"web-s", "1m", "anna-secret.example", 1};
	const struct order_input in = {.client_id = w->a_id, .gateway = "", .items = {&item, 1}};
	struct gateway g = {"card", "sandbox", "Card", "{}", true, 1};
	struct gateway bank = {"bank", "bank", "Transfer", "{\"iban\":\"DE89370400440532013000\"}",
	    true, 2};
	struct invoice i;
	struct order o;
	struct order_item *items;
	size_t n;
	testdb_ok(cx, gateway_save(cx, &g));
	testdb_ok(cx, gateway_save(cx, &bank));
	testdb_ok(cx, plan_create(cx, &plan, &w->plan_id));
	testdb_ok(cx, order_create(cx, &in, "", &w->order_id));
	testdb_ok(cx, order_get(cx, 0, w->order_id, &o));
	testdb_ok(cx, order_items(cx, w->order_id, &items, &n));
	assert_int_equal(n, 1);
	w->service_id = items[0].service_id;
	w->invoice_id = o.invoice_id;
	testdb_ok(cx, invoice_get(cx, 0, o.invoice_id, &i));
	w->invoice_number = i.number;
}

static inline void webtest_status(const struct web_client *c, int want, const char *file, int line);

/* A's quote no. 1: a draft, or sent. */
static inline void webtest_quote(struct webtest *w, bool sent)
{
	struct web_client *c = &w->api;
	web_client_call(c, "POST", "/api/v1/quotes",
	    arena_printf(c->arena,
	        "{\"client_id\":%lld,\"lines\":[{\"description\":\"X\",\"unit_minor\":500}]}",
	        (long long)w->a_id));
	webtest_status(c, 201, __FILE__, __LINE__);
	if (sent)
		web_client_call(c, "POST", "/api/v1/quotes/1/send", "{}");
	webtest_status(c, sent ? 200 : 201, __FILE__, __LINE__);
}

static inline struct webtest *webtest_open(const char *engine)
{
	struct webtest *w = calloc(1, sizeof *w);
	assert_non_null(w);
	crypto_password_fast(true);
	w->t = testdb_open(engine);
	w->now = TESTDB_NOW;
	w->fake = (struct fake_link){.state = "paid", .amount_minor = 1000, .remote_id = "evt_1"};
	w->linker = (struct linker){fake_call, &w->fake};
	w->web = (struct web){.db = w->t->cx.db,
	    .link = &w->linker,
	    .clock = {webtest_now, NULL, w},
	    .test_mode = true,
	    .strict = true};
	web_setup(&w->web);
	log_setup("test", false, LOG_MAX_QUIET);
	struct web_client *all[] = {&w->anon, &w->a, &w->b, &w->owner, &w->low, &w->api, &w->weak};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		webtest_visitor(w, all[i]);
	webtest_people(w);
	webtest_goods(w);
	return w;
}

static inline void webtest_close(struct webtest *w)
{
	struct web_client *all[] = {&w->anon, &w->a, &w->b, &w->owner, &w->low, &w->api, &w->weak};
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		arena_free(all[i]->arena);
	web_free(&w->web);
	testdb_close(w->t);
	free(w);
}

/* The status, with the answer shown when it is another. */
#define assert_status(c, want) webtest_status((c), (want), __FILE__, __LINE__)
static inline void webtest_status(const struct web_client *c, int want, const char *file, int line)
{
	if (c->status != want)
		print_error("%s:%d: status %d, not %d: %s\n", file, line, c->status, want, c->body);
	assert_int_equal(c->status, want);
}

/* A route's path with its parameters filled in. */
static inline const char *webtest_path(struct arena *a, const char *path, int64_t id,
    const char *word)
{
	struct buf b;
	buf_init(&b, a);
	while (*path != 0) {
		if (*path != ':') {
			buf_char(&b, *path++);
			continue;
		}
		bool number = strncmp(path, ":id", 3) == 0;
		path += strcspn(path, "/");
		if (number)
			buf_printf(&b, "%lld", (long long)id);
		else
			buf_puts(&b, word);
	}
	return buf_text(&b);
}

#endif
