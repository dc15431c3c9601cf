/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_NOTICE_NOTICE_H
#define CORE_NOTICE_NOTICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cx.h"
#include "fmt/field.h"

/*
 * Letters: which kinds exist, their texts (built in, or edited by staff), and the archive of what
 * was sent. News.
 */
enum letter_state { LETTER_QUEUED, LETTER_SENT, LETTER_BOUNCED, LETTER_FAILED, LETTER_STATES };
enum letter_event { LETTER_SEND, LETTER_BOUNCE, LETTER_FAIL, LETTER_RESEND, LETTER_EVENTS };

struct letter {
	int64_t id, client_id, subject_id;
	const char *cause, *kind, *subject_kind, *to, *subject, *detail;
	enum letter_state state;
	const void *bytes;
	size_t len;
	int64_t created_at, sent_at;
};
/*
 * Every kind with its name for staff and what it is about; letters.c. Templates:
 * templates/mail/<kind>.{subject,text,html}.
 */
struct letter_kind {
	const char *kind, *label,
	    *about; /* about: "invoice" | "service" | "order" | "reprice" | "client" | "staff" */
};
extern const struct letter_kind letter_kinds[];
extern const size_t letter_kinds_n;
const struct letter_kind *letter_kind_find(const char *kind);

struct letter_template {
	const char *kind, *subject, *text, *html;
	bool edited;
};
enum err letter_template_get(struct cx *cx, const char *kind,
    struct letter_template *ret) MUST_CHECK;
/*
 * Checks that the three texts compile and render strictly with the kind's sample data, else field
 * faults.
 */
enum err letter_template_save(struct cx *cx, const struct letter_template *t) MUST_CHECK;
enum err letter_template_reset(struct cx *cx, const char *kind) MUST_CHECK;
/* sample data of the kind's shape; NULL: no such kind */
json_t *letter_sample(struct cx *cx, const char *kind);

/*
 * A letter's three texts from data of the kind's shape (after people_add). An edited text that does
 * not render gives way to the built-in ones, and wrong says why: for an alert to staff.
 */
struct letter_text {
	const char *subject, *text, *html;
	const char *wrong; /* NULL: nothing */
};
enum err letter_print(struct cx *cx, const char *kind, const json_t *data,
    struct letter_text *ret) MUST_CHECK;

/*
 * Archives a letter and queues it (job letter.send) in one transaction; a letter of that cause
 * already there is left alone (*ret_id = 0).
 */
struct letter_new {
	const char *cause, *kind, *subject_kind, *to, *subject;
	int64_t client_id, subject_id;
	const void *bytes;
	size_t len;
};
enum err letter_add(struct cx *cx, const struct letter_new *l, int64_t *ret_id) MUST_CHECK;
/* client_id 0: staff */
enum err letter_get(struct cx *cx, int64_t client_id, int64_t id, struct letter *ret) MUST_CHECK;
enum err letter_apply(struct cx *cx, int64_t id, enum letter_event event,
    const char *detail) MUST_CHECK;
/* The same bytes again, as a new queue job. */
enum err letter_resend(struct cx *cx, int64_t id) MUST_CHECK;
struct letter_filter {
	int64_t client_id, subject_id, after, limit;
	const char *state, *kind, *subject_kind, *q;
};
enum err letter_list(struct cx *cx, const struct letter_filter *f, json_t **ret) MUST_CHECK;
/*
 * {id, letter (kind), label, client_id, to, subject, state, sent_at, created_at, subject_kind,
 * subject_id, detail}
 */
json_t *letter_view(struct cx *cx, const struct letter *l);
/* Letters of a subject by state: how many were sent, how many bounced. */
enum err letter_count(struct cx *cx, const char *subject_kind, int64_t subject_id,
    int64_t *ret_sent, int64_t *ret_bounced) MUST_CHECK;

extern const struct fields news_fields;
enum err news_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err news_list(struct cx *cx, bool published_only, json_t **ret) MUST_CHECK;
enum err news_remove(struct cx *cx, int64_t id) MUST_CHECK;

#endif
