/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands a finished letter to the company's mail server and gives its verdict as an outcome. Letters
 * are built, kept and tried again elsewhere (flow).
 */
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/str.h"
#include "link/own.h"
#include "net/smtp.h"

#define TIMEOUT_S 20

static enum outcome outcome_of(enum smtp_result r)
{
	switch (r) {
	case SMTP_SENT: return OUTCOME_DONE;
	case SMTP_LATER: return OUTCOME_NOT_TRIED;
	case SMTP_REFUSED: return OUTCOME_DECLINED;
	default: return OUTCOME_UNKNOWN;
	}
}

static struct smtp_server server_of(const json_t *settings)
{
	const char *security = link_text(settings, "security"), *user = link_text(settings, "user");
	json_int_t port = json_integer_value(json_object_get(settings, "port"));
	return (struct smtp_server){.host = link_text(settings, "host"),
	    .port = port > 0 && port < 65536 ? (int)port : 0,
	    .security = *security == 0 ? "none" : security,
	    .user = *user == 0 ? NULL : user,
	    .password = link_text(settings, "password"),
	    .timeout_s = link_timeout_s(settings, TIMEOUT_S)};
}

enum err link_mail_send(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	const char *base64 = link_text(args, "bytes_base64");
	struct smtp_server server = server_of(settings);
	size_t len = 0;
	const unsigned char *bytes = crypto_unbase64(cx->arena, base64, &len);
	enum smtp_result result = SMTP_LATER;
	char *line = NULL;
	int64_t started_ms = clock_mono_ms();
	if (*server.host == 0)
		return link_say(cx, ret, OUTCOME_NOT_TRIED, "no mail server is set");
	if (bytes == NULL || len == 0)
		return link_say(cx, ret, OUTCOME_DECLINED, "the letter is empty");
	if (smtp_send(cx, &server, link_text(args, "from"), link_text(args, "to"), bytes, len,
	        &result, &line) != OK) {
		/* Only a wrong address or setting; trying again cannot help. */
		(void)link_say(cx, ret, OUTCOME_DECLINED, "%s", cx->fault.detail);
		cx_clear(cx);
		return OK;
	}
	(void)link_say(cx, ret, outcome_of(result), "%s", result == SMTP_SENT ? "" : line);
	json_object_set_new(ret->data, "line", json_string(line));
	bool in_vain = result == SMTP_LATER || result == SMTP_UNKNOWN;
	if (in_vain && clock_mono_ms() - started_ms >= (int64_t)server.timeout_s * 1000 - 100)
		json_object_set_new(ret->data, "silent", json_true());
	return OK;
}
