/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 server on libmicrohttpd with an external epoll loop: collects whole requests, refuses
 * what breaks a limit, runs the handler, sends the answer. The only file that includes
 * microhttpd.h. It knows nothing of routes, logins or pages. Handlers run one at a time; a
 * suspended request holds its connection and nothing else.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/http.h"
#include "net/http_own.h"

#define POOL_BYTES \
	(40u << 10) /* per connection: target, headers and their index, answer headers \
	                        */
#define WASTE_BYTES \
	(16u << 20) /* of a refused body is read and thrown away, so that the sender sees why */
#define SWEEP_MS 1000

struct http_exchange;

struct http_conn {
	struct http_conn *next, *prev;
	int fd;
	char ip[INET6_ADDRSTRLEN];
	bool loopback;
	int64_t since_ms; /* when it began to owe us a request */
	struct http_exchange *x;
};

struct http_exchange {
	struct http_request q; /* what the handler sees; stays put while suspended */
	struct http_server *s;
	struct MHD_Connection *mhd;
	struct http_conn *conn;
	int bad; /* status found wrong before the headers were read, or 0 */
	bool begun, complete, suspended, dropped;
	bool refused; /* answered by hand; the rest of the body is thrown away */
	char *body;
	size_t len, cap, wasted;
	char ip[INET6_ADDRSTRLEN];
	char *path;
	char target[]; /* and the decoded path behind it */
};

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_config c;
	struct http_gzip *gzip;
	struct http_conn *conns;
	int64_t sweep_ms;
	bool draining;
};

/* ---- refusing ---- */

static const char *reason(int status)
{
	switch (status) {
	case 400: return "Bad Request";
	case 405: return "Method Not Allowed";
	case 413: return "Content Too Large";
	case 414: return "URI Too Long";
	case 431: return "Request Header Fields Too Large";
	default: return "Not Implemented";
	}
}

/*
 * Answers while the body is still on its way. libmicrohttpd would close at once, and closing with
 * unread bytes resets the connection, often before the sender has read our answer. So the answer is
 * written by hand (nothing else is in the pipe at this point) and the body is drained within
 * bounds.
 */
static void refuse_by_hand(struct http_exchange *x, int status)
{
	char text[256];
	const char *why = reason(status);
	int n = snprintf(text, sizeof text,
	    "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n\r\n%s\n",
	    status, why, strlen(why) + 1, why);
	x->refused = true;
	if (send(x->conn->fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) != n)
		x->dropped = true;
}

static enum MHD_Result refuse_queued(struct http_exchange *x, int status)
{
	char text[64];
	int n = snprintf(text, sizeof text, "%s\n", reason(status));
	struct MHD_Response *r =
	    MHD_create_response_from_buffer((size_t)n, text, MHD_RESPMEM_MUST_COPY);
	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", "text/plain");
	MHD_add_response_header(r, "Connection", "close");
	if (status == 405)
		MHD_add_response_header(r, "Allow", "GET, HEAD, POST, PUT, DELETE");
	enum MHD_Result done = MHD_queue_response(x->mhd, (unsigned)status, r);
	MHD_destroy_response(r);
	return done;
}

static enum MHD_Result refuse(struct http_exchange *x, int status)
{
	const char *length = http_header(&x->q, "Content-Length");
	bool body = http_header(&x->q, "Transfer-Encoding") != NULL ||
	    (length != NULL && strcmp(length, "0") != 0);
	if (!body || http_header(&x->q, "Expect") != NULL)
		return refuse_queued(x, status);
	refuse_by_hand(x, status);
	return x->dropped ? MHD_NO : MHD_YES;
}

/* ---- taking a request in ---- */

static const char *known_method(const char *method)
{
	static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(method, known[i]) == 0)
			return known[i];
	return NULL;
}

static int method_status(const char *method)
{
	static const char *const others[] = {"OPTIONS", "PATCH", "TRACE", "CONNECT"};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strcmp(method, others[i]) == 0)
			return 405;
	return 501;
}

struct header_count {
	int length, encoding, host;
	bool bad;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *key,
    size_t key_len, const char *value, size_t value_len)
{
	struct header_count *n = cls;
	(void)kind;
	if (key_len == 0 || strlen(key) != key_len || strpbrk(key, " \t") != NULL)
		n->bad = true;
	if (value != NULL && (strlen(value) != value_len || strpbrk(value, "\r\n") != NULL))
		n->bad = true;
	n->length += strcasecmp(key, "Content-Length") == 0;
	n->encoding += strcasecmp(key, "Transfer-Encoding") == 0;
	n->host += strcasecmp(key, "Host") == 0;
	return MHD_YES;
}

/* 0 or the status to refuse with. What two parsers could read in two ways is refused (smuggling).
 */
static int header_status(struct http_exchange *x, const char *version)
{
	struct header_count n = {0};
	MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, count_header, &n);
	if (n.bad || n.length > 1 || n.encoding > 1 || n.host > 1 ||
	    (n.length > 0 && n.encoding > 0))
		return 400;
	if (n.host == 0 && strcmp(version, "HTTP/1.0") != 0)
		return 400;
	if (n.encoding > 0 && strcasecmp(http_header(&x->q, "Transfer-Encoding"), "chunked") != 0)
		return 501;
	const union MHD_ConnectionInfo *size =
	    MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	if (size != NULL && size->header_size > LIMIT_HEADER_BYTES + strlen(x->target))
		return 431;
	int64_t declared;
	const char *length = http_header(&x->q, "Content-Length");
	if (length == NULL)
		return 0;
	if (length[strspn(length, "0123456789")] != 0 || *length == 0)
		return 400;
	return !str_int(length, &declared) || (uint64_t)declared > x->s->c.body_bytes ? 413 : 0;
}

/* Called with the request line, before the headers are read; what it returns is the exchange. */
static void *exchange_new(void *cls, const char *target, struct MHD_Connection *mhd)
{
	size_t len = strlen(target);
	struct http_exchange *x = calloc(1, sizeof *x + 2 * (len + 1));
	assert(x != NULL);
	x->s = cls;
	x->mhd = mhd;
	x->conn = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	x->conn->x = x;
	x->path = x->target + len + 1;
	memcpy(x->target, target, len + 1);
	x->q = (struct http_request){.method = "GET",
	    .target = x->target,
	    .path = x->path,
	    .query = "",
	    .body = "",
	    .ip = x->ip,
	    .exchange = x};
	if (len > LIMIT_URL_BYTES)
		x->bad = 414;
	else if (!http_target_parse(x->target, x->path, &x->q.query))
		x->bad = 400;
	return x;
}

static void exchange_free(void *cls, struct MHD_Connection *mhd, void **con_cls,
    enum MHD_RequestTerminationCode why)
{
	struct http_exchange *x = *con_cls;
	(void)cls, (void)mhd, (void)why;
	if (x == NULL)
		return;
	x->conn->x = NULL;
	x->conn->since_ms = clock_mono_ms();
	free(x->body);
	free(x);
	*con_cls = NULL;
}

static enum MHD_Result exchange_begin(struct http_exchange *x, const char *method,
    const char *version)
{
	const char *known = known_method(method);
	int status = known == NULL ? method_status(method) : x->bad;
	if (status == 0)
		status = header_status(x, version);
	if (status != 0)
		return refuse(x, status);
	x->q.method = known;
	bool forwarded = x->s->c.trust_proxy && x->conn->loopback &&
	    http_forwarded_ip(http_header(&x->q, "X-Forwarded-For"), x->ip, sizeof x->ip);
	if (!forwarded)
		str_copy(x->ip, sizeof x->ip, x->conn->ip);
	return MHD_YES;
}

/* Grows as bytes arrive, so that many connections declaring much and sending nothing cost nothing.
 */
static enum MHD_Result exchange_take(struct http_exchange *x, const char *bytes, size_t n)
{
	if (!x->refused && x->len + n > x->s->c.body_bytes)
		refuse_by_hand(x, 413);
	if (x->refused) {
		x->wasted += n;
		return x->dropped || x->wasted > WASTE_BYTES ? MHD_NO : MHD_YES;
	}
	if (x->len + n + 1 > x->cap) {
		x->cap = (x->len + n + 1) * 2;
		x->body = realloc(x->body, x->cap);
		assert(x->body != NULL);
	}
	memcpy(x->body + x->len, bytes, n);
	x->len += n;
	x->body[x->len] = 0;
	return MHD_YES;
}

/* ---- sending an answer ---- */

static bool has_header(const struct http_reply *r, const char *name)
{
	for (int i = 0; i < r->headers_n; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return true;
	return false;
}

/* What goes over the wire for a reply: its body or the packed one, or none because of the tag. */
struct wire {
	int status;
	const void *body;
	size_t len;
	bool text, packed;
	char etag[HTTP_ETAG_SIZE];
};

static struct wire wire_of(struct http_exchange *x, const struct http_reply *r)
{
	struct wire w = {.status = r->status, .body = r->body, .len = r->body_len};
	w.text = http_gzip_pays(r->type, r->body_len) && !has_header(r, "Content-Encoding");
	bool pack = w.text && http_gzip_accepted(http_header(&x->q, "Accept-Encoding"));
	bool tagged = r->status == 200 && !has_header(r, "ETag") &&
	    (strcmp(x->q.method, "GET") == 0 || strcmp(x->q.method, "HEAD") == 0);
	if (tagged)
		http_etag(r->body, r->body_len, pack, w.etag);
	if (tagged && http_etag_match(http_header(&x->q, "If-None-Match"), w.etag)) {
		w.status = 304;
		w.len = 0;
		return w;
	}
	size_t len;
	const void *packed = pack ? http_gzip_pack(x->s->gzip, r->body, r->body_len, &len) : NULL;
	if (packed != NULL) {
		w.body = packed;
		w.len = len;
		w.packed = true;
	} else if (pack && tagged) {
		http_etag(r->body, r->body_len, false, w.etag);
	}
	return w;
}

static void add_headers(struct MHD_Response *m, struct http_exchange *x, const struct http_reply *r,
    const struct wire *w)
{
	if (r->type != NULL && w->status != 304)
		MHD_add_response_header(m, "Content-Type", r->type);
	if (w->packed)
		MHD_add_response_header(m, "Content-Encoding", "gzip");
	if (w->text)
		MHD_add_response_header(m, "Vary", "Accept-Encoding");
	if (w->etag[0] != 0)
		MHD_add_response_header(m, "ETag", w->etag);
	if (x->s->c.server != NULL)
		MHD_add_response_header(m, "Server", x->s->c.server);
	if (x->s->draining)
		MHD_add_response_header(m, "Connection", "close");
	for (int i = 0; i < r->headers_n; i++)
		MHD_add_response_header(m, r->headers[i].name, r->headers[i].value);
}

static enum MHD_Result reply_send(struct http_exchange *x, const struct http_reply *r)
{
	assert(r->status >= 200 && r->status <= 599);
	struct wire w = wire_of(x, r);
	void *body = (void *)(uintptr_t)w.body;
	struct MHD_Response *m =
	    MHD_create_response_from_buffer(w.len, body, MHD_RESPMEM_MUST_COPY);
	if (m == NULL)
		return MHD_NO;
	add_headers(m, x, r, &w);
	enum MHD_Result done = MHD_queue_response(x->mhd, (unsigned)w.status, m);
	MHD_destroy_response(m);
	return done;
}

static enum MHD_Result exchange_run(struct http_exchange *x)
{
	x->complete = true;
	x->suspended = false;
	if (x->body != NULL)
		x->q.body = x->body;
	x->q.body_len = x->len;
	struct http_reply r = {0};
	if (x->s->c.handler(x->s->c.arg, &x->q, &r) == HTTP_LATER) {
		x->suspended = true;
		MHD_suspend_connection(x->mhd);
		return MHD_YES;
	}
	return r.status == HTTP_DROP ? MHD_NO : reply_send(x, &r);
}

/* libmicrohttpd's door: once with the headers, once per piece of body, once when all is there. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *bytes, size_t *bytes_n, void **con_cls)
{
	struct http_exchange *x = *con_cls;
	(void)cls, (void)mhd, (void)url;
	if (!x->begun) {
		x->begun = true;
		return exchange_begin(x, method, version);
	}
	if (*bytes_n > 0) {
		size_t n = *bytes_n;
		*bytes_n = 0;
		return exchange_take(x, bytes, n);
	}
	return x->refused || x->dropped ? MHD_NO : exchange_run(x);
}

/* ---- connections ---- */

static void name_peer(struct http_conn *conn, const struct sockaddr *at)
{
	if (at != NULL && at->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)at;
		inet_ntop(AF_INET, &in->sin_addr, conn->ip, sizeof conn->ip);
		conn->loopback = ntohl(in->sin_addr.s_addr) >> 24 == 127;
	} else if (at != NULL && at->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const void *)at;
		bool mapped = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr);
		const unsigned char *v4 = in->sin6_addr.s6_addr + 12;
		inet_ntop(mapped ? AF_INET : AF_INET6,
		    mapped ? (const void *)v4 : (const void *)&in->sin6_addr, conn->ip,
		    sizeof conn->ip);
		conn->loopback = mapped ? v4[0] == 127 : IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
	}
}

static void conn_open(struct http_server *s, struct MHD_Connection *mhd, void **context)
{
	struct http_conn *conn = calloc(1, sizeof *conn);
	assert(conn != NULL);
	conn->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	conn->since_ms = clock_mono_ms();
	name_peer(conn,
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	conn->next = s->conns;
	if (conn->next != NULL)
		conn->next->prev = conn;
	s->conns = conn;
	*context = conn;
}

static void conn_close(struct http_server *s, struct http_conn *conn)
{
	if (conn->next != NULL)
		conn->next->prev = conn->prev;
	if (conn->prev != NULL)
		conn->prev->next = conn->next;
	else
		s->conns = conn->next;
	free(conn);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		conn_open(cls, mhd, context);
	else
		conn_close(cls, *context);
}

/*
 * libmicrohttpd's time limit starts anew with every byte; this one does not, so that a drip of
 * bytes cannot hold a connection. Ending our reading side makes it see the end and close.
 */
static void sweep(struct http_server *s)
{
	int64_t now = clock_mono_ms();
	if (now < s->sweep_ms)
		return;
	s->sweep_ms = now + SWEEP_MS;
	for (struct http_conn *c = s->conns; c != NULL; c = c->next) {
		bool owes = c->x == NULL || !c->x->complete;
		if (owes && now - c->since_ms > (int64_t)s->c.idle_s * 2000)
			shutdown(c->fd, SHUT_RD);
	}
}

/* ---- the server ---- */

const char *http_header(const struct http_request *q, const char *name)
{
	struct http_exchange *x = q->exchange;
	return MHD_lookup_connection_value(x->mhd, MHD_HEADER_KIND, name);
}

enum err http_server_new(struct cx *cx, const struct http_config *c, struct http_server **ret)
{
	enum err err = ERR_INTERNAL;
	struct http_server *s = calloc(1, sizeof *s);
	assert(s != NULL);
	s->c = *c;
	s->c.idle_s = c->idle_s > 0 ? c->idle_s : LIMIT_HTTP_IDLE_S;
	s->c.body_bytes = c->body_bytes > 0 ? c->body_bytes : LIMIT_BODY_BYTES;
	s->gzip = http_gzip_new();
	signal(SIGPIPE, SIG_IGN); /* a visitor who leaves is not an event for the process */
	int fd = fcntl(c->listen_fd, F_DUPFD_CLOEXEC, 0); /* the daemon closes what it is given */
	if (fd < 0) {
		err = fail(cx, ERR_INTERNAL, "http.start", "the listening socket is not open");
		goto out;
	}
	/* Behind a proxy every connection has the proxy's address, so the limit per address is its
	 * work. */
	unsigned per_ip = c->trust_proxy ? 0 : LIMIT_CONNECTIONS_PER_IP;
	s->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME, 0,
	    NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)LIMIT_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->c.idle_s,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)(8u << 10),
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_URI_LOG_CALLBACK, exchange_new, s, MHD_OPTION_NOTIFY_COMPLETED,
	    exchange_free, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
	if (s->daemon == NULL) {
		close(fd);
		err = fail(cx, ERR_INTERNAL, "http.start", "the HTTP server could not start");
		goto out;
	}
	*ret = s;
	return OK;
out:
	http_server_free(s);
	return err;
}

void http_server_free(struct http_server *s)
{
	if (s == NULL)
		return;
	for (struct http_conn *c = s->conns; c != NULL; c = c->next) {
		if (c->x == NULL || !c->x->suspended)
			continue;
		c->x->dropped = true;
		http_resume(s, c->x);
	}
	if (s->daemon != NULL)
		MHD_stop_daemon(s->daemon);
	http_gzip_free(s->gzip);
	free(s);
}

int http_server_fd(const struct http_server *s)
{
	return MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int http_server_wait_ms(const struct http_server *s)
{
	MHD_UNSIGNED_LONG_LONG ms;
	if (MHD_get_timeout(s->daemon, &ms) != MHD_YES)
		ms = INT_MAX;
	if (s->conns == NULL)
		return ms >= INT_MAX ? -1 : (int)ms;
	return ms > SWEEP_MS ? SWEEP_MS : (int)ms;
}

void http_server_turn(struct http_server *s)
{
	MHD_run(s->daemon);
	sweep(s);
}

bool http_server_drain(struct http_server *s)
{
	if (!s->draining) {
		s->draining = true;
		int fd = MHD_quiesce_daemon(s->daemon);
		if (fd >= 0)
			close(fd);
	}
	for (struct http_conn *c = s->conns; c != NULL; c = c->next)
		if (c->x == NULL)
			shutdown(c->fd, SHUT_RD);
	return s->conns == NULL;
}

void http_resume(struct http_server *s, void *exchange)
{
	struct http_exchange *x = exchange;
	assert(x->s == s && x->suspended);
	x->suspended = false;
	MHD_resume_connection(x->mhd);
}
