/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The permissions of staff and API tokens, and what a list of them allows. A list is text: words,
 * areas ("invoice.*") or "*" with blanks between. Pure. Routes name the words; who holds them is in
 * roles.
 */
#include <string.h>

#include "base/str.h"
#include "core/staff/staff.h"

const struct permission permissions[] = {
    {"dashboard.read", "See the dashboard"},
    {"client.read", "See clients"},
    {"client.write", "Create and change clients"},
    {"client.signin", "Sign in as a client"},
    {"order.read", "See orders"},
    {"order.write", "Create, approve and refuse orders"},
    {"service.read", "See services"},
    {"service.write", "Change, suspend and cancel services"},
    {"invoice.read", "See invoices"},
    {"invoice.write", "Create, credit and write off invoices"},
    {"payment.write", "Record and refund payments"},
    {"payment.approve", "Approve refunds, credit and write-offs"},
    {"catalog.read", "See plans and prices"},
    {"catalog.write", "Change plans and prices"},
    {"tax.write", "Change tax rates"},
    {"setting.read", "See settings"},
    {"setting.write", "Change settings"},
    {"gateway.write", "Set up ways to pay"},
    {"server.read", "See servers"},
    {"server.write", "Set up servers"},
    {"letter.read", "See letters"},
    {"letter.write", "Resend letters and change their texts"},
    {"job.read", "See jobs and runs"},
    {"job.write", "Repeat and cancel jobs"},
    {"event.read", "See the audit trail"},
    {"staff.read", "See staff and roles"},
    {"staff.write", "Change staff, roles and tokens"},
    {"news.write", "Write announcements"},
    {"report.read", "See reports"},
};
const size_t permissions_n = sizeof permissions / sizeof *permissions;

#define BLANKS " \t\r\n"

/* The next word of a list: its start, its length in *ret_len (0 at the end). */
static const char *next_word(const char *at, size_t *ret_len)
{
	at += strspn(at, BLANKS);
	*ret_len = strcspn(at, BLANKS);
	return at;
}

/* "invoice.*" allows "invoice.read". */
static bool allows(const char *held, size_t len, const char *word)
{
	if (len == 1 && held[0] == '*')
		return true;
	if (len > 2 && strncmp(held + len - 2, ".*", 2) == 0)
		return strncmp(held, word, len - 1) == 0;
	return strlen(word) == len && strncmp(held, word, len) == 0;
}

bool permission_has(const char *list, const char *word)
{
	size_t len;

	for (const char *at = next_word(list, &len); len > 0; at = next_word(at + len, &len)) {
		if (allows(at, len, word))
			return true;
	}
	return false;
}

static bool has_all(const char *list)
{
	size_t len;

	for (const char *at = next_word(list, &len); len > 0; at = next_word(at + len, &len)) {
		if (len == 1 && at[0] == '*')
			return true;
	}
	return false;
}

bool permission_covers(const char *list, const char *part)
{
	if (has_all(list))
		return true;
	/* "*" also gives what later versions add. */
	if (has_all(part))
		return false;
	for (size_t i = 0; i < permissions_n; i++) {
		const char *word = permissions[i].word;
		if (permission_has(part, word) && !permission_has(list, word))
			return false;
	}
	return true;
}

static bool known(const char *word, size_t len)
{
	for (size_t i = 0; i < permissions_n; i++) {
		if (allows(word, len, permissions[i].word))
			return true;
	}
	return false;
}

const char *permission_wrong(struct arena *a, const char *list)
{
	size_t len;

	for (const char *at = next_word(list, &len); len > 0; at = next_word(at + len, &len)) {
		if (!known(at, len))
			return arena_strndup(a, at, len);
	}
	return NULL;
}

const char *permission_common(struct arena *a, const char *one, const char *other)
{
	struct buf words;

	if (has_all(one) && has_all(other))
		return "*";
	buf_init(&words, a);
	for (size_t i = 0; i < permissions_n; i++) {
		const char *word = permissions[i].word;
		if (!permission_has(one, word) || !permission_has(other, word))
			continue;
		if (words.len > 0)
			buf_char(&words, ' ');
		buf_puts(&words, word);
	}
	return buf_text(&words);
}
