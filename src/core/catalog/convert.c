/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prices in a currency in which a plan has none: with setting catalog.convert, those in the
 * company's currency at the newest rate, each amount rounded once to the digits of the currency. A
 * row of its own always wins, and before it what was agreed with the client. Nothing is written: a
 * service keeps the amount it was sold at, and the document states the rate.
 */
#include "base/str.h"
#include "core/catalog/own.h"
#include "core/setting/setting.h"

enum err price_quote(struct cx *cx, const char *currency, struct rate_quote *ret, bool *ret_can)
{
	struct settings s;
	struct rate_table rates;
	*ret_can = false;
	TRY(setting_load(cx, &s));
	if (!s.catalog_convert || str_empty(currency) || str_eq(s.company_currency, currency))
		return OK;
	TRY(rate_load(cx, setting_today(cx, &s), &rates));
	*ret_can = rate_find(&rates, s.company_currency, currency, ret);
	return OK;
}

static bool convert(const struct price *from, const char *currency, const struct rate_quote *q,
    struct price *ret)
{
	struct price p = *from;
	bool done = rate_convert(from->price_minor, currency, q, &p.price_minor) &&
	    rate_convert(from->setup_minor, currency, q, &p.setup_minor) &&
	    rate_convert(from->renew_minor, currency, q, &p.renew_minor);
	p.currency = currency;
	p.converted = true;
	/* A price that is none after rounding would be a gift. */
	if (!done || (from->price_minor > 0 && p.price_minor == 0))
		return false;
	*ret = p;
	return true;
}

enum err price_sell(struct cx *cx, const struct price_wish *w, struct price *ret)
{
	struct rate_quote q;
	struct price base;
	bool can;
	enum err err = w->client_id == 0 ? ERR_NOT_FOUND : price_of_client(cx, w, ret);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		err = price_find(cx, w->plan_id, w->cycle, w->currency, ret);
	}
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	TRY(price_quote(cx, w->currency, &q, &can));
	if (can) {
		err = price_find(cx, w->plan_id, w->cycle, q.base, &base);
		if (err == OK && convert(&base, w->currency, &q, ret))
			return OK;
		if (err != OK && err != ERR_NOT_FOUND)
			return err;
		cx_clear(cx);
	}
	return fail(cx, ERR_NOT_FOUND, "price.none", "Plan %lld is not sold for %s in %s.",
	    (long long)w->plan_id, w->cycle, w->currency);
}

static bool has_own(const struct price *rows, size_t n, const struct price *base)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].plan_id == base->plan_id && str_eq(rows[i].cycle, base->cycle))
			return true;
	return false;
}

enum err price_rows_sold(struct cx *cx, int64_t plan_id, const struct price_buyer *b,
    struct price **ret, size_t *ret_n)
{
	struct rate_quote q;
	struct price *agreed, *own, *base = NULL, *all;
	size_t agreed_n, own_n, base_n = 0, n = 0;
	bool can;
	TRY(price_rows_of_client(cx, plan_id, b, &agreed, &agreed_n));
	TRY(price_rows(cx, plan_id, b->currency, &own, &own_n));
	TRY(price_quote(cx, b->currency, &q, &can));
	if (can)
		TRY(price_rows(cx, plan_id, q.base, &base, &base_n));
	all = ARENA_ARRAY(cx->arena, struct price, agreed_n + own_n + base_n);
	for (size_t i = 0; i < agreed_n; i++)
		all[n++] = agreed[i];
	for (size_t i = 0; i < own_n; i++)
		if (!has_own(agreed, agreed_n, &own[i]))
			all[n++] = own[i];
	for (size_t i = 0, sold = n; i < base_n; i++)
		if (!has_own(all, sold, &base[i]) && convert(&base[i], b->currency, &q, &all[n]))
			n++;
	*ret = all;
	*ret_n = n;
	return OK;
}
