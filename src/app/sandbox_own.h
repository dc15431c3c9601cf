/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_SANDBOX_OWN_H
#define APP_SANDBOX_OWN_H

#include <jansson.h>
#include <poll.h>

#include "base/cx.h"
#include "base/str.h"
#include "net/http.h"

/* Between the files of the sandbox; nobody else includes it. */

#define SANDBOX_PARKED_MAX 64 /* requests kept without an answer at once (fault "timeout") */

struct sandbox_hook;
struct sandbox_mail;

struct sandbox {
	struct cx cx; /* its arena lives for one request */
	const char *secret;
	char *answer; /* the last JSON text: all letters together may outgrow an arena */
	struct http_server *http;
	json_t *checkouts, *refunds, *subscriptions; /* gateway: by id */
	json_t *keys;                /* "what key" to the id of what it made */
	json_t *accounts;            /* panel: by the caller's key */
	json_t *logins;              /* one-time token to account key */
	json_t *faults;              /* "room.call" to {fault, times} */
	json_t *letters;             /* mail: array, newest last */
	struct sandbox_hook *hooks;  /* newest first */
	struct sandbox_mail *mail;
	struct {
		void *exchange;
		int64_t due_ms;
	} parked[SANDBOX_PARKED_MAX];
	int parked_n;
};

/* ---- answering; all fill *ret and return HTTP_ANSWERED ---- */
enum http_done sandbox_json(struct sandbox *sb, int status, json_t *steals, struct http_reply *ret);
enum http_done sandbox_error(struct sandbox *sb, int status, const char *error, const char *detail,
    struct http_reply *ret);
/* "http://" and the Host the caller used, so that links work from wherever it came. */
const char *sandbox_base(struct sandbox *sb, const struct http_request *q);
/* A JSON body, or NULL when the answer (400) is already in *ret. */
json_t *sandbox_body(struct sandbox *sb, const struct http_request *q, struct http_reply *ret);
const char *sandbox_text(const json_t *j, const char *name); /* "" when absent */

/*
 * Rehearsed faults. take: the fault for this call, NULL for none, counted down. before: true when
 * *ret or *ret_done already is the outcome and the work must not be done. after: replaces the
 * answer.
 */
enum http_done sandbox_faults_set(struct sandbox *sb, const char *room,
    const struct http_request *q, struct http_reply *ret);
const char *sandbox_fault_take(struct sandbox *sb, const char *room, const char *call);
bool sandbox_fault_before(struct sandbox *sb, const char *fault, const struct http_request *q,
    struct http_reply *ret, enum http_done *ret_done);
void sandbox_fault_after(const char *fault, struct http_reply *ret);

/* ---- rooms: rest is the path behind the room's name ---- */
enum http_done sandbox_gateway(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret);
enum http_done sandbox_pay(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret); /* the hosted page, /pay/ID */
enum http_done sandbox_panel(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret);
enum http_done sandbox_site(struct sandbox *sb, const char *domain, struct http_reply *ret);
enum http_done sandbox_letters(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret);

/* ---- hooks: signed deliveries with retries, each attempt in a child process ---- */
void sandbox_hook_add(struct sandbox *sb, const json_t *checkout, const char *type, int64_t minor,
    const char *query); /* query: hook=no, delay_s=N */
enum http_done sandbox_hooks(struct sandbox *sb, const struct http_request *q, const char *rest,
    struct http_reply *ret);
size_t sandbox_hooks_poll(struct sandbox *sb, struct pollfd *fds, size_t max, int *wait_ms);
void sandbox_hooks_turn(struct sandbox *sb);
void sandbox_hooks_free(struct sandbox *sb);

/* ---- mail server; everything is a no-op while sb->mail is NULL ---- */
void sandbox_mail_new(struct sandbox *sb, int listen_fd);
size_t sandbox_mail_poll(struct sandbox *sb, struct pollfd *fds, size_t max);
void sandbox_mail_turn(struct sandbox *sb);
void sandbox_mail_free(struct sandbox *sb);
void sandbox_letter_add(struct sandbox *sb, const char *from, const char *to, const char *raw,
    size_t len);

/* ---- pages ---- */
extern const char sandbox_css[];
void sandbox_html(struct buf *b, const char *text); /* adds it escaped */
/* Head with title up to <main>; room is a class of the body. */
void sandbox_page_open(struct buf *b, const char *title, const char *room);
enum http_done sandbox_page_done(struct buf *b, int status, struct http_reply *ret);
/* A page with a heading and a sentence. */
enum http_done sandbox_page_note(struct sandbox *sb, int status, const char *title,
    const char *text, struct http_reply *ret);
enum http_done sandbox_page_checkout(struct sandbox *sb, const json_t *checkout,
    struct http_reply *ret);
enum http_done sandbox_page_panel(struct sandbox *sb, const json_t *account,
    struct http_reply *ret);
enum http_done sandbox_page_site(struct sandbox *sb, const json_t *account, struct http_reply *ret);
enum http_done sandbox_page_letters(struct sandbox *sb, struct http_reply *ret);
enum http_done sandbox_page_letter(struct sandbox *sb, const json_t *letter,
    struct http_reply *ret);
enum http_done sandbox_page_home(struct sandbox *sb, struct http_reply *ret);

#endif
