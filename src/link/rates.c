/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches the ECB's daily file of rates. What it says is read by fmt/ecb.c; what it is for is
 * core/rate's.
 */
#include "base/clock.h"
#include "base/str.h"
#include "fmt/ecb.h"
#include "fmt/form.h"
#include "link/own.h"
#include "net/http.h"

#define TIMEOUT_S 20

static json_t *tree_of(const struct ecb *e)
{
	char day[DAY_TEXT_SIZE];
	json_t *rates = json_object();
	for (size_t i = 0; i < e->n; i++)
		json_object_set_new(rates, e->rates[i].currency, json_integer(e->rates[i].rate_e8));
	return json_pack("{ss ss so}", "base", "EUR", "on", day_text(e->on, day), "rates", rates);
}

enum err link_rates_fetch(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	static const char *const headers[] = {"Accept: application/xml, text/xml", NULL};
	struct http_call call = {.method = "GET",
	    .url = link_text(settings, "url"),
	    .headers = headers,
	    .timeout_s = link_timeout_s(settings, TIMEOUT_S)};
	struct http_answer answer;
	struct ecb file;
	int64_t started_ms = clock_mono_ms();
	if (*call.url == '\0')
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "no address is set");
	if (http_call(cx, &call, &answer) != OK)
		return link_fault(cx, ret, started_ms);
	if (answer.status != 200)
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "the server answers with status %d",
		    answer.status);
	if (ecb_parse(cx, answer.body, answer.body_len, &file) != OK) {
		(void)link_say(cx, ret, OUTCOME_NOT_TRIED, "%s", cx->fault.detail);
		cx_clear(cx);
		return OK;
	}
	return link_done(cx, ret, tree_of(&file));
}
