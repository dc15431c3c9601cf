/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cx.h"

/*
 * HTTP/1.1 server on libmicrohttpd's external epoll loop: whole requests in, whole answers out, one
 * handler at a time. Limits of base/limits.h: too large a body is 413, headers 431, target 414,
 * unknown method 405 or 501; a stalled sender is dropped after LIMIT_HTTP_IDLE_S.
 */
struct http_server;

struct http_request {
	const char *method; /* GET HEAD POST PUT DELETE */
	const char *target; /* as received */
	const char *path;   /* percent-decoded; NUL, bad escapes and invalid UTF-8 are answered 400
	                       before any handler */
	const char *query;  /* raw, "" when absent */
	const char *body;   /* NUL-terminated copy */
	size_t body_len;
	const char
	    *ip; /* the peer, or X-Forwarded-For's last entry when the peer is a trusted proxy */
	void *exchange; /* the server's */
};
/* First header of that name (any case), NULL when absent. Values never hold CR, LF or NUL. */
const char *http_header(const struct http_request *q, const char *name);
const char *http_cookie(struct arena *a, const struct http_request *q, const char *name);

#define HTTP_DROP (-1) /* as status: close the connection without a word (fault rehearsal) */

struct http_reply {
	int status;       /* 200-599 or HTTP_DROP */
	const char *type; /* Content-Type */
	const void *body; /* copied */
	size_t body_len;
	struct {
		const char *name, *value;
	} headers[16]; /* CR, LF, NUL assert */
	int headers_n;
};
void http_reply_header(struct http_reply *r, const char *name, const char *value);

/* HTTP_LATER: the request is suspended until http_resume(); then the handler runs again for the
 * same request. */
enum http_done { HTTP_ANSWERED, HTTP_LATER };
typedef enum http_done http_handler(void *arg, const struct http_request *q,
    struct http_reply *ret);

struct http_config {
	int listen_fd; /* bound and listening, shared with other processes */
	http_handler *handler;
	void *arg;
	bool trust_proxy;   /* loopback peers may set X-Forwarded-For */
	const char *server; /* Server header or NULL */
	int idle_s;        /* 0: LIMIT_HTTP_IDLE_S; a whole request must arrive within twice that */
	size_t body_bytes; /* 0: LIMIT_BODY_BYTES */
};
/* A handler sees HEAD as it is; it answers as for GET and the server leaves the body out. */
/* host:port or [v6]:port; port 0 picks one, reported in ret_port. */
enum err http_listen(struct cx *cx, const char *address, int *ret_fd, int *ret_port) MUST_CHECK;
enum err http_server_new(struct cx *cx, const struct http_config *c,
    struct http_server **ret) MUST_CHECK;
/* Closes every connection, suspended ones too; NULL is fine. listen_fd stays the caller's. */
void http_server_free(struct http_server *s);
/* For the caller's epoll: the descriptor to watch, how long to wait at most (-1: for ever), and the
 * turn to run. */
int http_server_fd(const struct http_server *s);
int http_server_wait_ms(const struct http_server *s);
void http_server_turn(struct http_server *s);
/* No new connections; finishes those under way. True when none is left. */
bool http_server_drain(struct http_server *s);
void http_resume(struct http_server *s, void *exchange);

/* Answers gzip'd when the peer accepts it and it pays. ETag: strong, over the body; If-None-Match
 * gives 304 for GET. */

/* ---- client (libcurl), blocking; only link and app/sandbox use it ---- */
struct http_call {
	const char *method, *url;
	const char *const *headers; /* "Name: value", NULL-ended, or NULL */
	const void *body;
	size_t body_len;
	int timeout_s;
	const char *ca_file; /* NULL: the system's */
	bool insecure; /* for panels with self-signed certificates, by explicit setting only */
};
struct http_answer {
	int status;
	char *body; /* NUL-terminated, at most LIMIT_REMOTE_BYTES */
	size_t body_len;
	char *type;
};
/*
 * No redirects are followed. Faults: ERR_RETRY "http.not_sent" when nothing can have reached the
 * server (name, connect, TLS); ERR_REMOTE "http.no_answer" when it may have (time-out or cut after
 * sending); ERR_INVALID "http.url" for a bad URL or header; ERR_REMOTE "http.too_large" for an
 * answer over LIMIT_REMOTE_BYTES. A new connection every time: curl silently repeats a request on a
 * reused connection that turns out to be dead, and a payment must never be sent twice.
 */
enum err http_call(struct cx *cx, const struct http_call *c, struct http_answer *ret) MUST_CHECK;

#endif
