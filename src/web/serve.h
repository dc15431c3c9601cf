/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_SERVE_H
#define WEB_SERVE_H

#include "web/web.h"

/* Makes the arenas, the template set and the table of suspended requests. */
void web_setup(struct web *w);
void web_free(struct web *w);

/*
 * The fixed sequence for one request; an http_handler with a struct web as arg. Callable without
 * sockets: then web.link (and web.run.fork = false) must be set, so that nothing is ever
 * suspended, and web.header when headers matter. The reply's bytes live until the next call.
 */
enum http_done web_serve(void *arg, const struct http_request *q, struct http_reply *ret);

/* In process, for stories and tests: a visitor with a cookie jar. */
struct web_client {
	struct web *web;
	struct arena *arena; /* the jar's and the last answer's */
	const char *bearer;  /* API token or NULL */
	const char *key;     /* Idempotency-Key or NULL */
	const char *ip;      /* NULL: 127.0.0.1 */
	const char *accept;  /* NULL: text/html */
	const char *site;    /* Sec-Fetch-Site or NULL */
	struct {
		const char *name, *value;
	} jar[8];
	int jar_n;
	const char *sent_type;     /* Content-Type of the request under way */
	const char *headers[8][2]; /* more request headers, NULL-ended */
	/* the last answer */
	int status;
	const char *type, *location, *body;
	size_t body_len;
	struct http_reply reply;
};
/* Sends one request. type NULL with a body: a form when it does not start with "{", else JSON. */
void web_client_call(struct web_client *c, const char *method, const char *target,
    const char *body);
/* POST of a form with the CSRF token of this visitor added. */
void web_client_form(struct web_client *c, const char *target, const char *form);
/* The value of a Set-Cookie'd name, NULL when absent. */
const char *web_client_cookie(const struct web_client *c, const char *name);
/* A header of the last answer. */
const char *web_client_header(const struct web_client *c, const char *name);

/*
 * The loop of a serving process: http server, waiting link calls, stop flag (set by SIGTERM:
 * drains, then returns 0).
 */
struct web_loop {
	int listen_fd;
	bool trust_proxy;
	const volatile int *stop; /* set to 1 by a signal handler */
};
int web_main(struct web *w, const struct web_loop *l);

#endif
