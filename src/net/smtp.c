/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hands one message to a mail server through libcurl and says which of four things happened. It
 * neither builds messages (fmt/mime.h) nor decides about trying again (flow).
 */
#include <assert.h>
#include <ctype.h>
#include <curl/curl.h>
#include <string.h>

#include "base/str.h"
#include "net/smtp.h"

#define REPLY_BYTES 512 /* RFC 5321 4.5.3.1.5 */

struct talk {
	const char *bytes;
	size_t len, at;
	bool all_read; /* curl has the whole message: from here on the server may have it too */
	int code;      /* of the server's last reply, 0 before the first */
	bool code_after_end;
	char line[REPLY_BYTES];
};

static size_t give(char *to, size_t size, size_t n, void *arg)
{
	struct talk *t = arg;
	size_t left = t->len - t->at, room = size * n;
	size_t len = left < room ? left : room;
	memcpy(to, t->bytes + t->at, len);
	t->at += len;
	t->all_read = t->at == t->len;
	return len;
}

static size_t hear(char *bytes, size_t size, size_t n, void *arg)
{
	struct talk *t = arg;
	size_t len = size * n, keep = len < sizeof t->line - 1 ? len : sizeof t->line - 1;
	if (len < 3 || !isdigit((unsigned char)bytes[0]))
		return len;
	memcpy(t->line, bytes, keep);
	t->line[keep] = 0;
	for (char *p = t->line; *p != 0; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	t->code = (bytes[0] - '0') * 100 + (bytes[1] - '0') * 10 + bytes[2] - '0';
	t->code_after_end = t->all_read;
	return len;
}

/* A lone LF or CR could end the message early on servers that take it for a line end (smuggling).
 */
static void fix_lines(struct buf *b, const char *s, size_t len)
{
	size_t from = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] != '\r' && s[i] != '\n')
			continue;
		buf_add(b, s + from, i - from);
		buf_puts(b, "\r\n");
		i += s[i] == '\r' && i + 1 < len && s[i + 1] == '\n';
		from = i + 1;
	}
	buf_add(b, s + from, len - from);
	if (b->len < 2 || memcmp(b->s + b->len - 2, "\r\n", 2) != 0)
		buf_puts(b, "\r\n");
}

static bool clean(const char *s, const char *banned)
{
	for (; *s != 0; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || strchr(banned, *s) != NULL)
			return false;
	return true;
}

static enum err check(struct cx *cx, const struct smtp_server *s, const char *from, const char *to)
{
	if (!clean(from, "<>") || !clean(to, "<>") || *to == 0 || strchr(to, '@') == NULL)
		return fail(cx, ERR_INVALID, "smtp.address",
		    "\"%s\" or \"%s\" is not a mail address", from, to);
	if (str_empty(s->host) || !clean(s->host, "/@?#%\\") || s->port < 1 || s->port > 65535)
		return fail(cx, ERR_INVALID, "smtp.server",
		    "the mail server's host or port is wrong");
	if (!str_eq(s->security, "none") && !str_eq(s->security, "starttls") &&
	    !str_eq(s->security, "tls"))
		return fail(cx, ERR_INVALID, "smtp.server",
		    "security must be none, starttls or tls");
	return OK;
}

static enum smtp_result result_of(CURLcode code, const struct talk *t)
{
	if (code == CURLE_OK)
		return SMTP_SENT;
	if (t->all_read && !t->code_after_end)
		return SMTP_UNKNOWN;
	/* A wrong password is our setting, not a verdict on this letter: keep the letter. */
	if (code == CURLE_LOGIN_DENIED)
		return SMTP_LATER;
	return t->code >= 500 && t->code <= 599 ? SMTP_REFUSED : SMTP_LATER;
}

static void set_server(CURL *h, struct cx *cx, const struct smtp_server *s)
{
	bool tls = str_eq(s->security, "tls");
	bool v6 = strchr(s->host, ':') != NULL && s->host[0] != '[';
	const char *url = arena_printf(cx->arena, v6 ? "%s://[%s]:%d" : "%s://%s:%d",
	    tls ? "smtps" : "smtp", s->host, s->port);
	curl_easy_setopt(h, CURLOPT_URL, url);
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_TIMEOUT, (long)s->timeout_s);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, (long)(s->timeout_s < 10 ? s->timeout_s : 10));
	/* The farewell is not under the limit above: without this a mute server holds us two
	 * minutes. */
	curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)s->timeout_s);
	bool starttls = str_eq(s->security, "starttls");
	curl_easy_setopt(h, CURLOPT_USE_SSL, (long)(starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	if (s->user != NULL) {
		curl_easy_setopt(h, CURLOPT_USERNAME, s->user);
		curl_easy_setopt(h, CURLOPT_PASSWORD, s->password == NULL ? "" : s->password);
	}
}

enum err smtp_send(struct cx *cx, const struct smtp_server *s, const char *from, const char *to,
    const void *bytes, size_t len, enum smtp_result *ret, char **ret_line)
{
	assert(s->timeout_s > 0);
	TRY(check(cx, s, from, to));
	struct buf b;
	buf_init(&b, cx->arena);
	fix_lines(&b, bytes, len);
	struct talk t = {.bytes = b.s, .len = b.len};
	CURL *h = curl_easy_init();
	assert(h != NULL);
	char why[CURL_ERROR_SIZE] = "";
	set_server(h, cx, s);
	struct curl_slist *rcpt = curl_slist_append(NULL, arena_printf(cx->arena, "<%s>", to));
	curl_easy_setopt(h, CURLOPT_MAIL_FROM, arena_printf(cx->arena, "<%s>", from));
	curl_easy_setopt(h, CURLOPT_MAIL_RCPT, rcpt);
	curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(h, CURLOPT_READDATA, &t);
	curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, hear);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, &t);
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, why);
	CURLcode code = curl_easy_perform(h);
	*ret = result_of(code, &t);
	/* The server's words when they decided; otherwise ours, because "250 OK" explains no
	 * failure. */
	bool words = code == CURLE_OK || t.code >= 400;
	*ret_line = words ? str_trim(cx->arena, t.line) :
	                    arena_strdup(cx->arena, why[0] != 0 ? why : curl_easy_strerror(code));
	curl_slist_free_all(rcpt);
	curl_easy_cleanup(h);
	return OK;
}
