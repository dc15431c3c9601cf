/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding out whether clients' VAT numbers are right: after each change, again with back-off while
 * the service does not tell, and every month. What a document makes of the answer is core/tax's;
 * nothing is taken back from issued ones.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/tax/tax.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"

#define PROOF_S (30 * INT64_C(86400)) /* a number is asked about again after so long */
#define AT_ONCE 500

static enum err ask(struct worker *w, const struct settings *s, const struct tax_number *n,
    struct answer *ret)
{
	struct tax_number own = tax_number_read(s->company_country, s->company_tax_id);
	json_t *request =
	    json_pack("{s:s s:{s:s} s:s s:{s:s s:s s:s s:s}}", "provider", "vies", "settings",
	        "url", s->tax_vies_url, "bound", arena_printf(w->cx->arena, "vies:%s", n->prefix),
	        "args", "country", n->prefix, "number", n->digits, "requester_country",
	        own.form_ok ? own.prefix : "", "requester_number", own.form_ok ? own.digits : "");
	return flow_ask(w, "vies.check", request, ret);
}

static const char *text_of(const struct answer *a, const char *name)
{
	return str_or(json_string_value(json_object_get(a->data, name)), "");
}

/* No clear answer: on record once, then asked again until there is one. */
static enum err silent(struct cx *cx, const struct client *c, struct tax_check *check,
    const char *reason)
{
	check->outcome = "unavailable";
	check->answer = reason;
	if (!str_eq(c->tax_id_state, "unavailable"))
		TRY(tax_checked(cx, check));
	return fail(cx, FLOW_LATER, "tax.unavailable", "The VAT number service: %s", reason);
}

enum err tax_check_job(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct settings s;
	struct client c;
	struct answer a;
	bool changed;
	TRY(setting_load(cx, &s));
	TRY(client_get(cx, j->subject_id, &c));
	if (str_empty(c.tax_id) || str_empty(s.tax_vies_url))
		return OK;
	if (!tax_checkable(&s, &c))
		return client_tax_checked(cx, &c,
		    &(struct client_tax){c.tax_id, c.country, "", true}, &changed);
	struct tax_number number = tax_number_read(c.country, c.tax_id);
	struct tax_check check = {.client_id = c.id,
	    .tax_id = c.tax_id,
	    .country = c.country,
	    .consultation = ""};
	if (number.foreign) {
		check.outcome = "invalid";
		check.answer = "It is a number of another member state.";
		return tax_checked(cx, &check);
	}
	TRY(ask(w, &s, &number, &a));
	if (a.outcome != OUTCOME_DONE)
		return silent(cx, &c, &check, a.reason);
	check.outcome = json_is_true(json_object_get(a.data, "valid")) ? "valid" : "invalid";
	check.consultation = text_of(&a, "consultation");
	check.answer = text_of(&a, "answer");
	return tax_checked(cx, &check);
}

struct wish {
	int64_t client_id;
	const char *key;
};

static enum err wish_body(struct cx *cx, void *arg)
{
	const struct wish *wish = arg;
	struct job_new job = {.kind = "tax.check",
	    .key = wish->key,
	    .subject = "client",
	    .subject_id = wish->client_id,
	    .client_id = wish->client_id};
	return job_add(cx, &job, NULL);
}

enum err tax_sweep(struct worker *w, int64_t run_id, struct run_sum *sum)
{
	struct cx *cx = w->cx;
	struct settings s;
	int64_t *ids, after = 0;
	size_t n = AT_ONCE;
	char day[DAY_TEXT_SIZE];
	TRY(setting_load(cx, &s));
	day_text(setting_today(cx, &s), day);
	while (n == AT_ONCE && !flow_stopping(w)) {
		struct client_tax_filter f = {cx->now - PROOF_S, after, AT_ONCE};
		TRY(client_tax_due(cx, &f, &ids, &n));
		for (size_t i = 0; i < n; i++) {
			after = ids[i];
			const char *key =
			    arena_printf(cx->arena, "tax.check/%" PRId64 "/%s", ids[i], day);
			TRY(db_tx(cx, wish_body, &(struct wish){ids[i], key}));
			TRY(flow_note(w, run_id, sum,
			    &(struct run_item){"client", ids[i], "done", "VAT number asked about",
			        0}));
		}
	}
	return OK;
}
