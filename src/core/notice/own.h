/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_NOTICE_OWN_H
#define CORE_NOTICE_OWN_H

/* Inside core/notice only. */

#include "base/fsm.h"
#include "core/notice/notice.h"

extern const struct fsm letter_fsm; /* state.c */

#define LETTER_JOB \
	"letter.send" /* core/job knows the word too: it keeps a client's letters in order */

/* store.c */
/* *ret_id 0: a letter of that cause is there already. */
enum err letter_insert(struct cx *cx, const struct letter_new *l, int64_t *ret_id) MUST_CHECK;
enum err letter_write_state(struct cx *cx, const struct letter *l, enum letter_state to,
    const char *detail) MUST_CHECK;
/* without bytes */
enum err letter_rows(struct cx *cx, const struct letter_filter *f, struct letter **ret,
    size_t *ret_n) MUST_CHECK;

/* store_template.c */
enum err letter_template_find(struct cx *cx, const char *kind,
    struct letter_template *ret) MUST_CHECK;
enum err letter_template_write(struct cx *cx, const struct letter_template *t) MUST_CHECK;
enum err letter_template_delete(struct cx *cx, const char *kind, bool *ret_changed) MUST_CHECK;

/* store_news.c */
struct news_input {
	const char *title, *body;
	bool published;
};
struct news {
	int64_t id, published_at, created_at;
	const char *title, *body;
};
enum err news_insert(struct cx *cx, const struct news *n, int64_t *ret_id) MUST_CHECK;
enum err news_find(struct cx *cx, int64_t id, struct news *ret) MUST_CHECK;
enum err news_write(struct cx *cx, const struct news *n) MUST_CHECK;
enum err news_delete(struct cx *cx, int64_t id, bool *ret_changed) MUST_CHECK;
enum err news_rows(struct cx *cx, bool published_only, struct news **ret, size_t *ret_n) MUST_CHECK;

/* template.c: the built-in texts of a kind that letter_kind_find() knows. */
void letter_template_built_in(struct cx *cx, const char *kind, struct letter_template *ret);

#endif
