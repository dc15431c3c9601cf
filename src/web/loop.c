/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a serving process: one poll over the HTTP server (itself an epoll) and the sockets
 * of waiting calls. Readable or too late, the call's request is resumed. Ends after a stop flag
 * when the last visitor is served. It decides nothing about pages.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "web/own.h"
#include "web/serve.h"

#define TURN_MS 1000   /* how long a stop flag or a deadline may go unseen */
#define DRAIN_MS 20000 /* after that, whoever is left is cut */
#define WATCHED (1 + WEB_WAITING * WEB_CALLS)

struct watch {
	struct pollfd fds[WATCHED];
	struct waiting *whose[WATCHED];
	struct web_call *calls[WATCHED];
	nfds_t n;
};

static void watch_all(struct web *w, struct watch *set)
{
	set->fds[0] = (struct pollfd){.fd = http_server_fd(w->http), .events = POLLIN};
	set->n = 1;
	for (size_t i = 0; i < WEB_WAITING; i++) {
		struct waiting *q = &w->waiting[i];
		for (int k = 0; q->exchange != NULL && k < q->calls_n; k++) {
			if (q->calls[k].fd < 0)
				continue;
			set->fds[set->n] = (struct pollfd){.fd = q->calls[k].fd, .events = POLLIN};
			set->whose[set->n] = q;
			set->calls[set->n++] = &q->calls[k];
		}
	}
}

static void take_answers(struct web *w, struct watch *set)
{
	int64_t now = clock_mono_ms();
	for (nfds_t i = 1; i < set->n; i++) {
		bool readable = (set->fds[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
		if (!web_call_ready(set->calls[i], set->whose[i]->arena, now, readable))
			continue;
		set->whose[i]->turns = 1;
		http_resume(w->http, set->whose[i]->exchange);
	}
}

/* Resumed and not run: the connection was gone. */
static void forget_left(struct web *w)
{
	for (size_t i = 0; i < WEB_WAITING; i++)
		if (w->waiting[i].exchange != NULL && w->waiting[i].turns > 0 &&
		    ++w->waiting[i].turns > 4)
			waiting_end(&w->waiting[i]);
}

static void turn(struct web *w, struct watch *set)
{
	int wait = http_server_wait_ms(w->http);
	if (wait < 0 || wait > TURN_MS)
		wait = TURN_MS;
	watch_all(w, set);
	if (poll(set->fds, set->n, wait) < 0 && errno != EINTR)
		log_line(LOG_ERROR, "poll failed", NULL);
	take_answers(w, set);
	http_server_turn(w->http);
	forget_left(w);
}

int web_main(struct web *w, const struct web_loop *l)
{
	struct cx cx = {.arena = w->keep, .now = web_now(w)};
	const struct http_config c = {.listen_fd = l->listen_fd,
	    .handler = web_serve,
	    .arg = w,
	    .trust_proxy = l->trust_proxy};
	struct watch *set = ARENA_NEW(w->keep, struct watch);
	if (http_server_new(&cx, &c, &w->http) != OK) {
		log_fault(&cx, "the web process cannot start");
		return 1;
	}
	while (!*l->stop)
		turn(w, set);
	int64_t until = clock_mono_ms() + DRAIN_MS;
	while (!http_server_drain(w->http) && clock_mono_ms() < until)
		turn(w, set);
	http_server_free(w->http);
	w->http = NULL;
	return 0;
}
