/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_MIME_H
#define FMT_MIME_H

#include <stddef.h>

#include "base/cx.h"

/*
 * A letter as RFC 5322 bytes: multipart/alternative text and HTML, in multipart/mixed when there
 * are attachments.
 */
struct mime_file {
	const char *name, *type;
	const void *bytes;
	size_t len;
};
struct mime_letter {
	const char *from_name, *from, *to_name, *to, *reply_to; /* reply_to may be NULL */
	const char *subject, *text, *html;
	const char *message_id; /* "id@host" without brackets */
	int64_t at;             /* Date */
	const struct mime_file *files;
	size_t files_n;
};
/*
 * Sets Auto-Submitted: auto-generated. A control character in any header value, or an address that
 * is not one address, is ERR_INVALID "mime.header"; over LIMIT_LETTER_BYTES "mime.limit". html NULL
 * or "": plain text only. Same letter, same bytes.
 */
enum err mime_print(struct cx *cx, const struct mime_letter *l, char **ret,
    size_t *ret_len) MUST_CHECK;
/*
 * For showing an archived letter: headers decoded ("" when absent), the first text part and the
 * first HTML part (NULL when absent) as UTF-8 with LF. The HTML is as it came: never put it into a
 * page unframed. ERR_INVALID "mime.malformed" or "mime.limit".
 */
struct mime_view {
	char *from, *to, *subject, *date, *text, *html;
};
enum err mime_parse(struct cx *cx, const void *bytes, size_t len, struct mime_view *ret) MUST_CHECK;

#endif
