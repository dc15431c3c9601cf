/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paying money back, in two steps: what would happen, then doing it. And what a second member of
 * staff has to allow: refunds, credit and write-offs above the company's thresholds.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/money.h"
#include "base/str.h"
#include "core/payment/payment.h"
#include "core/staff/staff.h"
#include "fmt/form.h"
#include "link/link.h"
#include "web/pay.h"
#include "web/staff/own.h"

/* ---- a refund ---- */

/* What was typed into the form, with the currency of the payment. */
static json_t *typed(struct cx *cx, const struct page *p, const struct payment *m)
{
	json_t *values = json_keep(cx, json_copy(p->query));

	json_object_set_new(values, "currency", json_string(m->currency));
	return values;
}

static const char *why(const struct cx *cx)
{
	return cx->fault.fields != NULL ? cx->fault.fields->text : cx->fault.detail;
}

/* A sentence for each step. */
static void tell_steps(struct cx *cx, const struct page *p, json_t *preview)
{
	static const struct {
		const char *what, *text;
	} words[] = {{"credit_note", "A credit note over %s on"},
	    {"credit", "%s is taken from the client's credit"}, {"cash", "%s leaves the cash of"},
	    {"back_to_credit", "%s becomes credit of the client; no money moves"}};
	json_t *step;
	size_t i;

	json_array_foreach(json_object_get(preview, "steps"), i, step) {
		const char *what = json_string_value(json_object_get(step, "what"));
		struct money m = money_of(json_integer_value(json_object_get(step, "amount_minor")),
		    json_string_value(json_object_get(step, "currency")));
		const char *sum = money_print_people(cx->arena, m, p->settings.company_locale);
		for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
			const char *rest =
			    str_eq(words[k].what, what) ? strchr(words[k].text, '%') : NULL;
			if (rest != NULL)
				json_object_set_new(step, "text",
				    json_sprintf("%.*s%s%s", (int)(rest - words[k].text),
				        words[k].text, sum, rest + 2));
		}
	}
}

/* out.preview, or out.problem when it cannot be done. */
static enum err put_preview(struct cx *cx, struct page *p, const struct payment *m)
{
	struct refund_input in;
	json_t *tree = NULL, *values = typed(cx, p, m);

	page_set(p, "preview", NULL);
	page_set(p, "problem", NULL);
	page_set(p, "typed", NULL);
	if (p->faulty || page_query(p, "amount_minor") == NULL)
		return OK;
	enum err err = field_read(cx, &refund_fields, values, FIELD_FORM, &in);
	if (err == OK)
		err = refund_preview(cx, m->id, &in, &tree);
	if (err != OK && err != ERR_INVALID && err != ERR_CONFLICT)
		return err;
	if (err != OK) {
		page_set(p, "problem", json_string(why(cx)));
		cx_clear(cx);
		return OK;
	}
	tell_steps(cx, p, tree);
	page_put(p, "preview", tree);
	page_set(p, "typed",
	    json_pack("{s:s, s:s, s:s, s:s, s:s}", "amount",
	        money_print_plain(cx->arena, in.amount_minor, m->currency), "way", in.way, "reason",
	        in.reason, "reference", in.reference, "paid_from", in.gateway));
	return OK;
}

static void put_form(struct cx *cx, struct page *p, const struct payment *m, int64_t left)
{
	bool asked = page_query(p, "amount_minor") != NULL;
	json_t *fresh = json_keep(cx,
	    json_pack("{s:I, s:s}", "amount_minor", (json_int_t)left, "currency", m->currency));
	json_t *ways = json_array();
	bool can = pay_can_refund(cx, m->gateway);
	const char *chosen = str_or(page_query(p, "way"), can ? "gateway" : "credit");

	page_form(cx, p, "refund", &refund_fields, asked ? typed(cx, p, m) : fresh);
	admin_drop(p, "refund", "currency");
	admin_drop(p, "refund", "once");
	if (can)
		admin_choice(ways, "gateway", "Back the way it came", chosen);
	admin_choice(ways, "credit", "As credit: no money moves", chosen);
	admin_choice(ways, "offline", "By hand: you pay it", chosen);
	admin_select(p, "refund", "way", ways);
}

enum err admin_refund_new(struct cx *cx, struct page *p)
{
	struct payment m;
	int64_t left;

	TRY(payment_get(cx, 0, p->id, &m));
	TRY(refund_left(cx, m.id, &left));
	page_title(cx, p, "Pay back payment %lld", (long long)m.id);
	page_set(p, "payment",
	    json_pack("{s:I, s:s, s:I, s:I}", "id", (json_int_t)m.id, "currency", m.currency,
	        "amount_minor", (json_int_t)m.amount_minor, "left_minor", (json_int_t)left));
	page_set(p, "left", json_boolean(left > 0));
	page_set(p, "once", json_sprintf("f%s", str_lower(cx->arena, crypto_token(cx->arena, 15))));
	put_form(cx, p, &m, left);
	return put_preview(cx, p, &m);
}

enum err admin_refund_create(struct cx *cx, struct page *p)
{
	struct refund_input in;
	struct payment m;
	struct refund r;
	int64_t id;

	TRY(payment_get(cx, 0, p->id, &m));
	if (p->source == FIELD_FORM)
		json_object_set_new(p->body, "currency", json_string(m.currency));
	TRY(page_read(cx, p, &refund_fields, &in));
	TRY(pay_refund(cx, m.id, &in, &id));
	TRY(refund_get(cx, 0, id, &r));
	page_set(p, "refund_id", json_integer(id));
	page_flash(cx, p, r.state == REFUND_WAITING_APPROVAL ? "info" : "success",
	    r.state == REFUND_WAITING_APPROVAL ?
	        "The refund waits for a second person to approve it." :
	        r.state == REFUND_DONE ? "The refund is booked." :
	                                 "The provider is being asked to pay it back.");
	return page_go(cx, p, "/admin/payments/%lld", (long long)m.id);
}

enum err admin_refund_cancel(struct cx *cx, struct page *p)
{
	struct refund r;

	TRY(refund_get(cx, 0, p->id2, &r));
	if (r.payment_id != p->id)
		return fail(cx, ERR_NOT_FOUND, "refund.unknown", "There is no such refund");
	TRY(refund_cancel(cx, r.id, "cancelled by staff"));
	page_flash(cx, p, "success", "The refund was cancelled.");
	return page_go(cx, p, "/admin/payments/%lld", (long long)p->id);
}

/* A bank's letter says that the payer won; no message will. */
enum err admin_dispute_lost(struct cx *cx, struct page *p)
{
	struct dispute d;

	TRY(dispute_of(cx, p->id, &d));
	TRY(payment_dispute_lost(cx, p->id, d.remote_id));
	page_flash(cx, p, "success", "The dispute is lost. The invoice is dunned again.");
	return page_go(cx, p, "/admin/payments/%lld", (long long)p->id);
}

/* ---- approvals ---- */

static enum err name_person(struct cx *cx, json_t *row, const char *id_key, const char *name_key)
{
	int64_t id = json_integer_value(json_object_get(row, id_key));
	struct staff s;

	json_object_set_new(row, name_key, json_null());
	if (id == 0)
		return OK;
	enum err err = staff_get(cx, id, &s);
	if (err == OK)
		json_object_set_new(row, name_key, json_string(s.name));
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return OK;
}

static const char *kind_words(const char *kind)
{
	if (str_eq(kind, "refund"))
		return "Refund";
	if (str_eq(kind, "credit_note"))
		return "Credit note";
	return str_eq(kind, "credit") ? "Credit" : "Write-off";
}

static enum err add_people(struct cx *cx, struct page *p, json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		struct refund r = {0};
		const char *kind = json_string_value(json_object_get(row, "kind"));
		int64_t about = json_integer_value(json_object_get(row, "subject_id"));
		bool mine = json_integer_value(json_object_get(row, "requested_by")) == p->staff.id;
		if (str_eq(kind, "refund"))
			TRY(refund_get(cx, 0, about, &r));
		const char *href = str_eq(kind, "refund") ?
		    admin_href(cx, "payment", r.payment_id) :
		    admin_href(cx, json_string_value(json_object_get(row, "subject")), about);
		json_object_set_new(row, "href", json_string(str_or(href, "")));
		json_object_set_new(row, "what", json_string(kind_words(kind)));
		json_object_set_new(row, "mine", json_boolean(mine));
		json_object_set_new(row, "waits",
		    json_boolean(
		        str_eq(json_string_value(json_object_get(row, "state")), "waiting")));
		TRY(name_person(cx, row, "requested_by", "asked_by"));
		TRY(name_person(cx, row, "decided_by", "answered_by"));
	}
	return OK;
}

enum err admin_approvals(struct cx *cx, struct page *p)
{
	int64_t limit = page_limit(p);
	json_t *rows;

	TRY(approval_list(cx, page_query(p, "state"), page_query_int(p, "after"), limit, &rows));
	TRY(admin_names(cx, rows));
	TRY(add_people(cx, p, rows));
	page_title(cx, p, "Approvals");
	admin_filter(p);
	admin_chips(cx, p, "state", "approval");
	page_list(cx, p, rows, limit);
	return OK;
}

enum err admin_approval_approve(struct cx *cx, struct page *p)
{
	TRY(approval_decide(cx, p->id, true));
	page_flash(cx, p, "success", "Approved and carried out.");
	return page_go(cx, p, "/admin/approvals");
}

enum err admin_approval_refuse(struct cx *cx, struct page *p)
{
	TRY(approval_decide(cx, p->id, false));
	page_flash(cx, p, "success", "It will not be done.");
	return page_go(cx, p, "/admin/approvals");
}
