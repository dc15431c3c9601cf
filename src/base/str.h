/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A growing string in an arena; s is always NUL-terminated once something was added. */
struct buf {
	struct arena *a;
	char *s;
	size_t len, cap;
};

void buf_init(struct buf *b, struct arena *a);
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The text so far, "" when nothing was added. */
const char *buf_text(struct buf *b);

bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool str_empty(const char *s);             /* NULL or "" */
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* NULL reads as "". */
const char *str_or(const char *s, const char *otherwise);
/* Strict decimal integer, whole string, no blanks; false leaves *ret alone. */
bool str_int(const char *s, int64_t *ret);
/* Copies with surrounding white space removed; ASCII lower case. */
char *str_trim(struct arena *a, const char *s);
char *str_upper(struct arena *a, const char *s);
char *str_lower(struct arena *a, const char *s);
/* A word of ours for people: "partly_refunded" is "Partly refunded". */
char *str_label(struct arena *a, const char *word);
/* Copies at most size-1 bytes and always terminates; false if it was cut. */
bool str_copy(char *to, size_t size, const char *from);
/* True for valid UTF-8 without NUL, CR, LF or other control characters (tab allowed). */
bool str_clean_line(const char *s);
bool str_utf8(const char *s, size_t len);
/* ISO-8859-1 to UTF-8 and back: every byte is a character, so nothing is lost. */
char *str_latin1(struct arena *a, const char *bytes, size_t len);
/* NULL when a character has no byte. */
char *str_latin1_bytes(struct arena *a, const char *text);
/* Splits at every sep; ret_n parts in an arena array. Empty parts are kept. */
char **str_split(struct arena *a, const char *s, char sep, size_t *ret_n);
/* Percent-encoding of everything but RFC 3986 unreserved characters. */
char *str_url(struct arena *a, const char *s);

#endif
