/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_FORM_H
#define FMT_FORM_H

#include <jansson.h>

#include "base/cx.h"

/*
 * application/x-www-form-urlencoded (WHATWG URL) to a tree: every value a string; "a.0.b" nests
 * into {"a":[{"b":…}]}; a repeated name keeps its last value. More than LIMIT_FORM_PAIRS, bad
 * percent escapes, NUL or bytes that are not UTF-8 are ERR_INVALID "form.malformed". Also reads
 * query strings.
 */
enum err form_parse(struct cx *cx, const char *body, size_t len, json_t **ret) MUST_CHECK;
/*
 * A JSON body: object only, depth and size limited, duplicates refused. ERR_INVALID
 * "json.malformed" with line.
 */
enum err json_parse(struct cx *cx, const char *body, size_t len, json_t **ret) MUST_CHECK;
/* The trees above are reference-counted; this releases them when the arena is reset. Returns j. */
json_t *json_keep(struct cx *cx, json_t *j);

#endif
