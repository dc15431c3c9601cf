/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_OPTION_H
#define WEB_OPTION_H

#include "core/option/option.h"
#include "web/web.h"

/* Options in forms: the shop's and those of a running service. Template: part/options. */

/* The member "options" of a body or query as names and values; what cannot be read is left out. */
struct field_map web_options_given(struct cx *cx, const json_t *from);
/* What can be chosen now, as inputs named prefix + key, with the faults of a refused form. Kept. */
json_t *web_options_form(struct cx *cx, const struct page *p, const struct option_wish *w);
/* Puts out.option_form: what can be chosen now, with the faults of a refused form. */
void web_options_put(struct cx *cx, struct page *p, const struct option_wish *w);

#endif
