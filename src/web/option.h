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

/* "items.0.plan" is the field "field-items-0-plan"; new reference. */
json_t *web_input_id(struct cx *cx, const char *name);
/* What is chosen with one plan so far: asked is its "options" or its "addons". */
struct web_choice {
	int64_t plan_id;
	const char *cycle, *currency;
	int64_t client_id; /* with whom prices may be agreed; 0: nobody */
	const json_t *asked;
	const char *prefix; /* of the names of its inputs: "items.0.options." */
};
/* Its options as inputs; values that no longer fit are left out. Kept. */
enum err web_choice_options(struct cx *cx, const struct page *p, const struct web_choice *c,
    json_t **ret) MUST_CHECK;

#endif
