/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words every provider uses to answer: outcomes from results, faults and JSON members. No
 * network here, and nothing about one provider.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

enum err link_say(struct cx *cx, struct answer *ret, enum outcome outcome, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	ret->outcome = outcome;
	ret->reason = arena_strdup(cx->arena, text);
	ret->data = json_keep(cx, json_object());
	return OK;
}

enum err link_done(struct cx *cx, struct answer *ret, json_t *data)
{
	ret->outcome = OUTCOME_DONE;
	ret->reason = "";
	ret->data = json_keep(cx, data == NULL ? json_object() : data);
	return OK;
}

enum err link_fault(struct cx *cx, struct answer *ret, int64_t started_ms)
{
	enum err err = cx->fault.err;
	bool sent = err != ERR_RETRY && err != ERR_INVALID && err != ERR_DENIED;
	(void)link_say(cx, ret, sent ? OUTCOME_UNKNOWN : OUTCOME_NOT_TRIED, "%s", cx->fault.detail);
	bool remote = err == ERR_RETRY || err == ERR_REMOTE;
	if (remote && clock_mono_ms() - started_ms >= LINK_SILENT_MS)
		json_object_set_new(ret->data, "silent", json_true());
	cx_clear(cx);
	return OK;
}

const char *link_text(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

const char *link_body(struct cx *cx, const json_t *args)
{
	const char *body = link_text(args, "body"),
	           *charset = link_text(json_object_get(args, "headers"), "body-charset");
	const char *bytes =
	    str_eq(charset, "iso-8859-1") ? str_latin1_bytes(cx->arena, body) : body;
	return str_or(bytes, "");
}

int link_timeout_s(const json_t *settings, int otherwise)
{
	json_int_t n = json_integer_value(json_object_get(settings, "timeout_s"));
	return n >= 1 && n <= LINK_CALL_MAX_S ? (int)n : otherwise;
}

void link_copy(json_t *to, const json_t *from, const char *const *names)
{
	for (; *names != NULL; names++) {
		json_t *value = json_object_get(from, *names);
		if (value != NULL && !json_is_null(value))
			json_object_set(to, *names, value);
	}
}
