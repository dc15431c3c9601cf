/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Terms that a change replaces: what they cost is taken back, also where they share a document
 * with other services.
 */
#include "base/str.h"
#include "core/service/own.h"

/* One term with its options. What was credited by hand already stays as it is. */
static enum err credit_term(struct cx *cx, const struct service *s, const struct invoice_period *p)
{
	struct invoice_item *items;
	struct credit_sum sum;
	int64_t id = 0, note;
	size_t n;
	bool existing;
	TRY(invoice_items(cx, p->invoice_id, &items, &n));
	for (size_t i = 0; i < n; i++)
		if (items[i].service_id == s->id && items[i].from.n == p->from.n &&
		    str_eq(items[i].kind, "period"))
			id = items[i].id;
	const struct credit_wish w = {.invoice_id = p->invoice_id,
	    .item_ids = &id,
	    .items_n = id != 0,
	    .reason = "Replaced after a change of the service",
	    .from = DAY_NONE,
	    .to = DAY_NONE};
	if (id == 0)
		return OK;
	enum err err = credit_note_sum(cx, &w, &sum);
	if (err == ERR_CONFLICT || err == ERR_INVALID) {
		cx_clear(cx);
		return OK;
	}
	TRY(err);
	return credit_note_make(cx, &w, &note, &existing);
}

enum err change_credit_terms(struct cx *cx, const struct service *s, const struct change *c,
    struct day from)
{
	struct invoice_period *p;
	size_t n;
	int64_t credited = 0;
	TRY(invoice_periods(cx, s->id, &p, &n));
	/* The last first: what comes before a charged term would count as given. */
	for (size_t i = n; i-- > 0;) {
		bool counted =
		    p[i].paid && p[i].from.n < c->until_on.n && p[i].invoice_id <= c->asked_after;
		if (counted || p[i].from.n < from.n)
			continue;
		TRY(credit_term(cx, s, &p[i]));
		credited = p[i].invoice_id;
	}
	return credited == 0 ? OK : service_recount(cx, credited);
}
