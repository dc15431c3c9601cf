/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proformas: documents that ask for money before there is an invoice. Number and day are of a
 * series of their own, nothing is posted. The first money makes the invoice: numbered, chained and
 * posted on that day, over what the proforma said. Not paid, it is cancelled, and no number of an
 * invoice was spent.
 */
#include "base/str.h"
#include "core/invoice/own.h"

bool invoice_is_proforma(const struct invoice *i)
{
	return i->proforma != NULL && i->hash == NULL;
}

bool invoice_is_void(const struct invoice *i)
{
	return i->state == INVOICE_CREDITED || i->state == INVOICE_CANCELLED;
}

bool invoice_is_named(const struct invoice *i, const char *text)
{
	return (!str_empty(i->number) && str_starts(text, i->number)) ||
	    (!str_empty(i->proforma) && str_starts(text, i->proforma));
}

static enum err finalize_body(struct cx *cx, void *arg)
{
	struct settings s;
	struct rate_table rates;
	struct invoice i;
	struct invoice_plan p = {0};
	TRY(invoice_get(cx, 0, *(const int64_t *)arg, &i));
	if (!invoice_is_proforma(&i))
		return OK;
	if (i.state == INVOICE_CANCELLED)
		return fail(cx, ERR_CONFLICT, "invoice.refused", "Proforma %s is cancelled",
		    i.proforma);
	TRY(setting_load(cx, &s));
	p.issued_on = setting_today(cx, &s);
	p.format = s.invoice_format;
	p.series = invoice_series(cx->arena, "invoice", &s, p.issued_on);
	TRY(rate_load(cx, p.issued_on, &rates));
	p.rate = invoice_rate(&s, &rates, i.currency);
	if (p.rate.rate_e8 == 0)
		p.rate = i.rate;
	TRY(invoice_store_items(cx, i.id, &p.items, &p.items_n));
	return invoice_write_final(cx, &p, &i);
}

enum err invoice_finalize(struct cx *cx, int64_t id)
{
	return db_tx(cx, finalize_body, &id);
}

enum err invoice_cancel_proforma(struct cx *cx, const struct invoice *i, const char *reason)
{
	TRY(invoice_apply(cx, i->id, INVOICE_CANCEL, reason));
	TRY(invoice_store_set_balance(cx, i->id, 0));
	return invoice_store_release(cx, i->id);
}
