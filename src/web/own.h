/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_OWN_H
#define WEB_OWN_H

#include "web/web.h"

/* Between the files of the plumbing; pages include web/web.h only. */

/* match.c */
struct web_match {
	const struct route *route; /* NULL: no such path, or not with this method */
	bool path_known;           /* then 405 with: */
	bool get, post;
	int64_t id, id2;
	const char *word;
};
void web_match(struct arena *a, const char *method, const char *path, struct web_match *ret);

/* guard.c: who is it, may he, is the request his own */
enum err web_authenticate(struct cx *cx, struct page *p) MUST_CHECK;
enum err web_authorise(struct cx *cx, struct page *p) MUST_CHECK;
enum err web_guard(struct cx *cx, struct page *p) MUST_CHECK;
const char *web_cookie(const struct page *p, struct arena *a, const char *name);
/* Queues Set-Cookie; value NULL removes. age_s 0: until the browser closes. */
void web_cookie_set(struct cx *cx, struct page *p, const char *name, const char *value,
    int64_t age_s);
/* The visitor's CSRF token, and a new secret for a visitor who has none. */
const char *web_csrf(struct cx *cx, struct page *p);

/* render.c */
void web_render(struct cx *cx, struct page *p, struct http_reply *ret);
void web_render_fault(struct cx *cx, struct page *p, enum err err, struct http_reply *ret);
/* The JSON body of a fault, also kept under an Idempotency-Key. */
const char *web_problem(struct cx *cx, const struct page *p, int status);
int web_fault_status(const struct cx *cx, const struct page *p, enum err err);
/* The text of the answer of a JSON caller. */
const char *web_json(struct cx *cx, const struct page *p);

/* asset.c */
const char *web_asset_hash(struct arena *a);
const char *web_asset_type(const char *name);

/* wait.c */
#define WEB_WAITING 256 /* suspended requests of one process; beyond it a caller gets 503 */
#define WEB_CALLS 4     /* link calls of one request */
struct web_call {
	const char *op;
	int fd;  /* -1: answered or failed */
	int pid; /* of a forked run, else 0 */
	int64_t until_ms;
	bool sent;
	json_t *message;    /* the answer, kept in the request's own arena */
	const char *failed; /* or why there is none */
};
struct waiting {
	void *exchange; /* NULL: free */
	char mark[65];  /* fingerprint of the request: an address may be used again */
	int turns;      /* of the loop since it was resumed; nobody came: the visitor left */
	struct arena *arena;
	struct web_call calls[WEB_CALLS];
	int calls_n;
	int64_t memo;
	bool replay;       /* replay_begin was done */
	const char *token; /* the session opened by the first run */
	const char *cookies[6];
	int cookies_n;
};
/* The entry of this request when it was suspended before, else NULL. */
struct waiting *waiting_find(struct cx *cx, const struct page *p);
void waiting_end(struct waiting *q);
/* Keeps what the page has made so far. */
void waiting_keep(struct page *p);
/* POST /test/run in a child. */
enum err web_fork_run(struct cx *cx, struct page *p, const struct run_request *r,
    json_t **ret) MUST_CHECK;
/* For the loop: an fd became readable, or time passed; true when its request may run again. */
bool web_call_ready(struct web_call *c, struct arena *a, int64_t now_ms, bool readable);

#endif
