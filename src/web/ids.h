/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_IDS_H
#define WEB_IDS_H

#include "web/web.h"

/*
 * Several ids in one input: a JSON list, check boxes named "NAME.i17", or text with commas between.
 * web_ids_flatten() makes it the text that a FIELD_LINE reads, web_ids() the numbers; none is fine.
 */
void web_ids_flatten(struct cx *cx, struct page *p, const char *name);
enum err web_ids(struct cx *cx, const char *name, const char *text, int64_t **ret,
    size_t *ret_n) MUST_CHECK;

#endif
