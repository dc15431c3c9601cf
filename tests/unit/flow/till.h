/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_TILL_H
#define UNIT_FLOW_TILL_H

/*
 * A payment provider for tests of money that comes and goes: idempotent by key as a real one, may
 * lose its answers, and remembers each call. Its messages go through the inbox, as if verified.
 */
#include "unit/flow/world.h"

#include "core/report/report.h"

#include "core/payment/payment.h"

struct till {
	struct world *w;
	int asked, made;   /* refund calls received; refunds made */
	char keys[32][32]; /* of the refunds made */
	int lose, decline; /* so many answers are lost, so many refused */
	const char *state; /* of ask */
	int64_t ask_minor;
	int messages;
};

static inline enum err till_refund(struct cx *cx, struct till *t, const json_t *args,
    struct answer *ret)
{
	const char *key = json_string_value(json_object_get(args, "key"));
	int at = 0;
	t->asked++;
	if (t->decline > 0) {
		t->decline--;
		*ret = (struct answer){OUTCOME_DECLINED, "no such payment here",
		    json_keep(cx, json_object())};
		return OK;
	}
	while (at < t->made && strcmp(t->keys[at], key) != 0)
		at++;
	if (at == t->made)
		snprintf(t->keys[t->made++], sizeof t->keys[0], "%s", key);
	json_t *data =
	    json_keep(cx, json_pack("{s:o}", "remote_refund", json_sprintf("re_%d", at + 1)));
	*ret = (struct answer){t->lose > 0 ? OUTCOME_UNKNOWN : OUTCOME_DONE, "lost",
	    t->lose > 0 ? json_keep(cx, json_object()) : data};
	t->lose -= t->lose > 0;
	return OK;
}

static inline enum err till_link(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	struct till *t = arg;
	if (str_eq(op, "gateway.refund"))
		return till_refund(cx, t, json_object_get(request, "args"), ret);
	if (str_eq(op, "gateway.ask")) {
		const char *remote = json_string_value(
		    json_object_get(json_object_get(request, "args"), "remote_id"));
		*ret = (struct answer){OUTCOME_DONE, "",
		    json_keep(cx,
		        json_pack("{s:s s:s s:I s:s}", "state", t->state, "remote_payment", remote,
		            "amount_minor", (json_int_t)t->ask_minor, "currency", "EUR"))};
		return OK;
	}
	return world_link(cx, NULL, op, request, ret);
}

static inline struct till *till_open(const void *engine)
{
	struct till *t = calloc(1, sizeof *t);
	t->w = world_open(engine);
	t->w->link = (struct linker){till_link, t};
	t->state = "paid";
	world_day(t->w, "2027-02-01");
	testdb_ok(t->w->cx,
	    gateway_save(t->w->cx, &(struct gateway){"card", "sandbox", "Card", "{}", true, 1}));
	testdb_ok(t->w->cx,
	    gateway_save(t->w->cx, &(struct gateway){"bank", "bank", "Bank", "{}", true, 2}));
	world_set(t->w, "billing.auto_credit", "0");
	return t;
}

static inline void till_close(struct till *t)
{
	world_close(t->w);
	free(t);
}

static inline void till_audit(struct till *t)
{
	json_t *out;
	bool ok;
	testdb_ok(t->w->cx, flow_audit(t->w->cx, &out, &ok));
	if (!ok)
		print_error("%s\n", json_dumps(out, JSON_INDENT(1)));
	assert_true(ok);
}

static inline void till_actor(struct till *t, enum actor_kind kind, int64_t id)
{
	t->w->cx->actor = (struct actor){kind, id, "test", ""};
}

/* An issued invoice over one line, without tax. */
static inline int64_t till_invoice(struct till *t, int64_t minor)
{
	struct cx *cx = t->w->cx;
	struct invoice_input_item item = {"Work", "standard", 1, minor, DAY_NONE, DAY_NONE};
	struct invoice_input in = {.client_id = t->w->client,
	    .currency = "EUR",
	    .note = "",
	    .due_on = DAY_NONE,
	    .items = {&item, 1}};
	int64_t id;
	testdb_ok(cx, invoice_draft(cx, &in, &id));
	testdb_ok(cx, invoice_issue(cx, id));
	world_drain(t->w);
	return id;
}

static inline int64_t till_receive(struct till *t, int64_t invoice, int64_t minor,
    const char *remote)
{
	struct payment_new p = {t->w->client, invoice, minor, "card", remote, "", "EUR"};
	int64_t id;
	bool is_new;
	testdb_ok(t->w->cx, payment_record(t->w->cx, &p, &id, &is_new));
	assert_true(is_new);
	world_drain(t->w);
	return id;
}

static inline struct payment till_payment(struct till *t, int64_t id)
{
	struct payment p;
	testdb_ok(t->w->cx, payment_get(t->w->cx, 0, id, &p));
	return p;
}

static inline struct refund till_refund_of(struct till *t, int64_t id)
{
	struct refund r;
	testdb_ok(t->w->cx, refund_get(t->w->cx, 0, id, &r));
	return r;
}

static inline enum err till_ask(struct till *t, int64_t payment, int64_t minor, const char *way,
    int64_t *ret_id)
{
	struct refund_input in = {.amount_minor = minor,
	    .currency = "",
	    .way = way,
	    .reason = "Goodwill",
	    .reference = "T-77",
	    .gateway = "bank",
	    .once = ""};
	return refund_request(t->w->cx, payment, &in, ret_id);
}

static inline int64_t till_give_back(struct till *t, int64_t payment, int64_t minor,
    const char *way)
{
	int64_t id;
	testdb_ok(t->w->cx, till_ask(t, payment, minor, way, &id));
	world_drain(t->w);
	return id;
}

/* A verified message: event as the provider's file would give it. Same number: a repeat. */
static inline void till_message(struct till *t, const char *number, const char *event)
{
	struct cx *cx = t->w->cx;
	struct hook h = {.gateway = "card", .headers = "{}", .body = event, .ip = ""};
	int64_t id;
	bool is_new;
	testdb_ok(cx, hook_store(cx, &h, &id));
	testdb_ok(cx, hook_verified(cx, id, number, event, &is_new));
	world_drain(t->w);
}

static inline size_t till_notes(struct till *t, int64_t invoice, int64_t *ret_sum)
{
	json_t *list, *row;
	size_t i, n = 0;
	*ret_sum = 0;
	testdb_ok(t->w->cx,
	    invoice_list(t->w->cx, &(struct invoice_filter){.kind = "credit_note", .limit = 50},
	        &list));
	json_array_foreach(list, i, row) {
		struct invoice note =
		    world_invoice(t->w, json_integer_value(json_object_get(row, "id")));
		if (note.refers_to_id != invoice)
			continue;
		n++;
		*ret_sum += note.total_minor;
	}
	return n;
}

/* What an account stands at: debits less credits. */
static inline int64_t till_account(struct till *t, const char *account)
{
	json_t *tree, *row;
	size_t i;
	struct report_query q = {.from = DAY_NONE,
	    .until = DAY_NONE,
	    .on = DAY_NONE,
	    .today = day_of(9999, 12, 30),
	    .rate_ppm = -1};
	testdb_ok(t->w->cx, report_make(t->w->cx, "trial", &q, &tree));
	json_t *rows = json_object_get(json_array_get(json_object_get(tree, "tables"), 0), "rows");
	json_array_foreach(rows, i, row)
		if (str_eq(json_string_value(json_object_get(row, "account")), account))
			return json_integer_value(json_object_get(row, "balance_minor"));
	return 0;
}

#endif
