/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters: written once per cause into the archive, then handed to the mail server by their own job
 * until it says yes or a final no.
 */
#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/notice/notice.h"
#include "db/db.h"
#include "flow/own.h"
#include "fmt/form.h"
#include "fmt/mime.h"
#include "fmt/people.h"

/* A bare host name for Message-ID, from the sender's address. */
static const char *host_of(const char *address)
{
	const char *at = strrchr(address, '@');
	return at == NULL || at[1] == '\0' ? "localhost" : at + 1;
}

static enum err print_mime(struct cx *cx, const struct settings *s, const struct letter_wish *wish,
    struct mime_letter *l, struct letter_new *ret)
{
	char hash[CRYPTO_SHA256_HEX];
	char *bytes;
	size_t len;
	const char *unique = arena_printf(cx->arena, "%s %" PRId64, wish->cause, cx->now);
	crypto_sha256(unique, strlen(unique), hash);
	hash[32] = '\0';
	l->message_id = arena_printf(cx->arena, "%s@%s", hash, host_of(s->mail_from));
	l->from = s->mail_from;
	l->from_name = str_or(s->mail_from_name, s->company_name);
	l->reply_to = str_empty(s->mail_reply_to) ? NULL : s->mail_reply_to;
	l->at = cx->now;
	TRY(mime_print(cx, l, &bytes, &len));
	ret->bytes = bytes;
	ret->len = len;
	return OK;
}

struct writing {
	struct worker *w;
	const struct letter_wish *wish;
};

/* A statement is the file that goes with it. */
static enum err attach(struct cx *cx, const struct letter_wish *wish, struct mime_letter *l)
{
	struct statement_range range;
	void *bytes;
	size_t len;
	if (!str_eq(wish->kind, "statement"))
		return OK;
	struct mime_file *file = ARENA_NEW(cx->arena, struct mime_file);
	TRY(statement_of_event(cx, wish->event_id, &range));
	TRY(statement_pdf(cx, wish->subject_id, &range, &bytes, &len));
	*file = (struct mime_file){"statement.pdf", "application/pdf", bytes, len};
	l->files = file;
	l->files_n = 1;
	return OK;
}

static enum err write_one(struct worker *w, const struct letter_wish *wish, int64_t *ret_id)
{
	struct cx *cx = w->cx;
	struct settings s;
	struct letter_text text;
	const char *to = NULL, *name = "";
	json_t *data;
	*ret_id = 0;
	TRY(setting_load(cx, &s));
	TRY(letter_data(w, wish, &s, &data, &to, &name));
	if (str_empty(to))
		return OK; /* nobody to write to: an alert address that is not set */
	people_add(cx->arena, data,
	    &(struct people){s.company_locale, s.company_zone, cx->now, NULL});
	TRY(letter_print(cx, wish->kind, data, &text));
	struct mime_letter l = {.to = to,
	    .to_name = name,
	    .subject = text.subject,
	    .text = text.text,
	    .html = text.html};
	struct letter_new row = {
	    .cause = wish->cause,
	    .kind = wish->kind,
	    .subject_kind = wish->subject,
	    .subject_id = wish->subject_id,
	    .client_id = wish->client_id,
	    .to = to,
	    .subject = text.subject,
	};
	TRY(attach(cx, wish, &l));
	TRY(print_mime(cx, &s, wish, &l, &row));
	return letter_add(cx, &row, ret_id);
}

/*
 * The link and the letter that carries it stand or fall together: a repeat must not kill the link
 * already sent.
 */
static enum err linked_body(struct cx *cx, void *arg)
{
	const struct writing *a = arg;
	int64_t id;
	TRY(write_one(a->w, a->wish, &id));
	return id != 0 ? OK :
	                 fail(cx, ERR_CONFLICT, "letter.known", "This letter is written already");
}

enum err letter_write(struct worker *w, const struct letter_wish *wish)
{
	int64_t id;
	bool linked = str_eq(wish->kind, "password_reset") || str_eq(wish->kind, "verify_email");
	if (!linked)
		return write_one(w, wish, &id);
	enum err err = db_tx(w->cx, linked_body, &(struct writing){w, wish});
	if (err != ERR_CONFLICT || !str_eq(w->cx->fault.key, "letter.known"))
		return err;
	cx_clear(w->cx);
	return OK;
}

enum err letter_compose(struct worker *w, const struct job *j)
{
	const char *dot = strchr(j->kind, '.');
	return letter_write(w,
	    &(struct letter_wish){
	        .kind = dot + 1,
	        .cause = j->key,
	        .subject = j->subject,
	        .subject_id = j->subject_id,
	        .client_id = j->client_id,
	        .event_id = j->event_id,
	    });
}

static json_t *mail_request(struct cx *cx, const struct settings *s, const struct letter *l)
{
	json_t *settings =
	    json_pack("{s:s s:I s:s s:s s:s}", "host", s->mail_host, "port", s->mail_port,
	        "security", s->mail_security, "user", s->mail_user, "password", s->mail_password);
	json_t *args = json_pack("{s:s s:s s:s}", "from", s->mail_from, "to", l->to, "bytes_base64",
	    crypto_base64(cx->arena, l->bytes, l->len));
	return json_pack("{s:s s:s s:o s:o}", "provider", "smtp", "bound", "mail", "settings",
	    settings, "args", args);
}

enum err letter_deliver(struct worker *w, const struct job *j)
{
	struct cx *cx = w->cx;
	struct settings s;
	struct letter l;
	struct answer a;
	TRY(letter_get(cx, 0, j->subject_id, &l));
	if (l.state != LETTER_QUEUED)
		return OK;
	TRY(setting_load(cx, &s));
	TRY(flow_ask(w, "mail.send", mail_request(cx, &s, &l), &a));
	switch (a.outcome) {
	case OUTCOME_DONE: return letter_apply(cx, l.id, LETTER_SEND, a.reason);
	case OUTCOME_DECLINED: return letter_apply(cx, l.id, LETTER_BOUNCE, a.reason);
	case OUTCOME_UNKNOWN:
		/*
		 * The server had the whole letter when the line broke. The same Message-ID lets it
		 * drop a second copy.
		 */
	case OUTCOME_PENDING:
	case OUTCOME_NOT_TRIED:
	case OUTCOMES: break;
	}
	return fail(cx, ERR_RETRY, "letter.later", "The mail server did not take it: %s", a.reason);
}
