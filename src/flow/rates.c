/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The day's rates of currencies, fetched through link once a day or when staff ask. A day that
 * cannot be had is tried again.
 */
#include "base/str.h"
#include "core/rate/rate.h"
#include "flow/own.h"

static enum err fetch(struct worker *w, int64_t *ret_n)
{
	struct cx *cx = w->cx;
	struct settings s;
	struct answer a;
	*ret_n = 0;
	TRY(setting_load(cx, &s));
	if (str_empty(s.rates_url))
		return OK;
	json_t *request = json_pack("{s:s s:{s:s} s:s s:{}}", "provider", "ecb", "settings", "url",
	    s.rates_url, "bound", "rates", "args");
	TRY(flow_ask(w, "rates.fetch", request, &a));
	if (a.outcome != OUTCOME_DONE)
		return fail(cx, FLOW_LATER, "rates.silent", "The rates could not be fetched: %s",
		    a.reason);
	return rate_fetched(cx, a.data, ret_n);
}

enum err rates_fetch_job(struct worker *w, const struct job *j)
{
	int64_t n;
	return fetch(w, &n);
}

enum err rates_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	int64_t n;
	TRY(fetch(w, &n));
	sum->considered += n;
	sum->done += n;
	return OK;
}
