/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_OWN_H
#define LINK_OWN_H

/* Between the files of link; nobody else includes it. */

#include <stdbool.h>

#include "link/link.h"

extern const struct gateway_provider link_gateway_sandbox, link_gateway_bank;
extern const struct panel_provider link_panel_sandbox, link_panel_exec;

/* How long one call to a provider may take: within LIMIT_LINK_CALL_S, so that the asking process
 * hears of it. */
#define LINK_CALL_MAX_S 25
/* A failure that took so long was a wait in vain, not a refusal. */
#define LINK_SILENT_MS 900

/* Fills an answer; returns OK, so that a provider can end with it. data NULL: {}; it is kept in the
 * arena. */
enum err link_say(struct cx *cx, struct answer *ret, enum outcome outcome, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
enum err link_done(struct cx *cx, struct answer *ret, json_t *data);
/* The same for the fault in cx: nothing sent is NOT_TRIED, anything else UNKNOWN. Clears the fault.
 */
enum err link_fault(struct cx *cx, struct answer *ret, int64_t started_ms);

/* A text member, "" when absent. */
const char *link_text(const json_t *o, const char *name);
/* The message of gateway.verify as its bytes were sent: what a signature is over. */
const char *link_body(struct cx *cx, const json_t *args);
/* An integer member within 1..LINK_CALL_MAX_S, else otherwise. */
int link_timeout_s(const json_t *settings, int otherwise);
/* Copies members that are there. */
void link_copy(json_t *to, const json_t *from, const char *const *names);

/* One JSON request to a provider over HTTP. */
struct link_http {
	const char *method, *base,
	    *path;          /* base: the setting "url", with or without a last slash */
	const char *secret; /* bearer token, or NULL */
	const char *key;    /* Idempotency-Key, or NULL */
	const json_t *body; /* or NULL */
	int timeout_s;
};
struct link_reply {
	int status;   /* 2xx or 4xx */
	json_t *body; /* an object; {} when a 4xx had none */
};
/* False: *ret_answer says what became of it (no connection, no answer, 3xx, 5xx, 2xx that is not
 * JSON). */
bool link_http(struct cx *cx, const struct link_http *h, struct link_reply *ret,
    struct answer *ret_answer);
/* The provider's own words of a 4xx: its "detail", "reason", "error" or "message", else the status.
 */
const char *link_words(struct cx *cx, const struct link_reply *r);

/*
 * vies.c: settings {url}; args {country, number, requester_country, requester_number} -> {valid,
 * consultation, name, answer}.
 */
enum err link_vies_check(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret) MUST_CHECK;
/* rates.c: settings {url} -> {base, on, rates: {USD: rate_e8, …}}. */
enum err link_rates_fetch(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret) MUST_CHECK;

/* mail.c: args {from, to, bytes_base64}. */
enum err link_mail_send(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret) MUST_CHECK;

/* exec_feed.c: runs a program, writes all of text to it, closes its input and takes what it writes
 * until it ends. False: it could not be run or did not end in time (it is killed then). For
 * exec_check.c only: calls go through net/exec.h. */
bool link_exec_feed(struct cx *cx, const char *path, const char *text, int timeout_s,
    char **ret_out);

/* bounds.c: who may call whom now. */
uint64_t link_bound_key(const char *bound);
/* False: LIMIT_LINK_PER_PROVIDER calls are under way and slow. True: the slot is taken until
 * link_leave(). */
bool link_enter(struct link_shared *shared, int slot, const char *bound);
void link_leave(struct link_shared *shared, int slot);
/* Seconds it still counts as dead, 0 when it does not. */
int64_t link_dead_s(const struct link_shared *shared, const char *bound, int64_t now);
void link_mark(struct link_shared *shared, const char *bound, int64_t now);
void link_unmark(struct link_shared *shared, const char *bound);

#endif
