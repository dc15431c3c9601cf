/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_VIEW_H
#define CORE_VIEW_H

#include <jansson.h>

#include "base/cx.h"

/* What the views and stores of all core modules share; instants and ids are in core/row.h. */

/* Array of the lines of a text that are not blank (new reference). */
json_t *view_lines(struct cx *cx, const char *text);
/*
 * What differs between two objects of the same names, as an event tells it:
 * {"changed": {name: [before, after]}}. NULL when nothing does. Kept by the arena.
 */
json_t *view_changed(struct cx *cx, const json_t *before, const json_t *after);
/* A tree as compact JSON text in the arena; "{}" for NULL. */
const char *view_print(struct cx *cx, const json_t *tree);
/* Text from the database as a tree (new reference); {} when it is not JSON. */
json_t *view_parse(const char *text);

/* The pattern for `LIKE … ESCAPE '\'` that finds q anywhere; NULL when q is NULL or blank. */
const char *view_like(struct cx *cx, const char *q);
/* How many rows a list gives: `asked`, at most LIMIT_API_ROWS, LIMIT_PAGE_ROWS for 0 or less. */
int64_t view_limit(int64_t asked);

#endif
