/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the EU's VIES about one VAT number. Only a clean answer counts: whatever the service says
 * instead (a member state is down, too many questions, a time-out) is NOT_TRIED with its word, and
 * the caller asks again later.
 */
#include <stdlib.h>

#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

#define TIMEOUT_S 15

/* The word of an error, however the service wraps it; "" when the answer is clean. */
static const char *error_of(const json_t *body)
{
	const char *word = link_text(body, "userError");
	const json_t *first = json_array_get(json_object_get(body, "errorWrappers"), 0);
	if (json_is_object(first))
		return str_or(link_text(first, "error"), "UNKNOWN");
	return str_eq(word, "VALID") || str_eq(word, "INVALID") ? "" : word;
}

static enum err judge(struct cx *cx, const struct link_reply *reply, struct answer *ret)
{
	json_t *valid = json_object_get(reply->body, "valid");
	const char *error = error_of(reply->body);
	if (valid == NULL)
		valid = json_object_get(reply->body, "isValid");
	if (*error != '\0')
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "the service says %s", error);
	if (reply->status >= 400 || !json_is_boolean(valid))
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "the service does not tell (status %d)",
		    reply->status);
	char *text = json_dumps(reply->body, JSON_COMPACT | JSON_SORT_KEYS);
	json_t *data = json_pack("{sO ss ss ss}", "valid", valid, "consultation",
	    link_text(reply->body, "requestIdentifier"), "name", link_text(reply->body, "name"),
	    "answer", text);
	free(text);
	return link_done(cx, ret, data);
}

enum err link_vies_check(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	const char *requester = link_text(args, "requester_number");
	json_t *body = json_keep(cx,
	    json_pack("{ss ss}", "countryCode", link_text(args, "country"), "vatNumber",
	        link_text(args, "number")));
	if (*link_text(settings, "url") == '\0')
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "no service is set");
	/* With who asks, the service gives a consultation number: the proof that it was asked. */
	if (*requester != '\0') {
		json_object_set_new(body, "requesterMemberStateCode",
		    json_string(link_text(args, "requester_country")));
		json_object_set_new(body, "requesterNumber", json_string(requester));
	}
	struct link_http call = {.method = "POST",
	    .base = link_text(settings, "url"),
	    .path = "/check-vat-number",
	    .body = body,
	    .timeout_s = link_timeout_s(settings, TIMEOUT_S)};
	struct link_reply reply;
	if (!link_http(cx, &call, &reply, ret))
		return OK;
	return judge(cx, &reply, ret);
}
