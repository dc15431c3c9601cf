/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_SOURCE_H
#define WEB_SOURCE_H

#include "web/web.h"

/*
 * What there is to choose from: a field of a form whose table says from = "plan" becomes a select,
 * a list of boxes (MANY) or an input with suggestions, whatever page it is on. Runs over the forms
 * of a page (members of p->out with "fields") before it is rendered; a field that is a select
 * already is left alone. Staff only, but for currencies.
 */
enum err web_sources(struct cx *cx, struct page *p) MUST_CHECK;

/*
 * A client as staff type him (number, address, name, or a suggestion taken): the field of the form
 * (of the address, for a page that is read) becomes his number. Nothing typed or a JSON body: as it
 * is. Field faults "client.unknown", "client.several".
 */
enum err web_source_client(struct cx *cx, struct page *p, const char *field) MUST_CHECK;
/* "#7 Anna Berg, anna@example.org": how one is suggested. */
const char *web_client_words(struct cx *cx, const json_t *client);

/* ---- between source.c and source_sale.c ---- */

/* One field of a form, and what was found for it. */
struct offer {
	struct cx *cx;
	struct page *p;
	const json_t *form, *level; /* the whole form, and the row that the field stands in */
	json_t *field, *choices;
	const char *value;
	json_t **catalog; /* read once a page */
};
typedef enum err web_source(struct offer *o);
web_source source_cycle, source_repeat, source_any_cycle, source_options, source_addons,
    source_parent;
void source_add(struct offer *o, const char *value, const char *label);
/* What stands in another field of the same level or form; "" when absent. */
const char *source_value(const json_t *level, const char *field);
/* Groups with plans, active ones and others; read once. */
enum err source_catalog(struct offer *o, json_t **ret) MUST_CHECK;
/* The client that a form is about, typed or in words; 0: none yet. */
int64_t source_client_id(const struct offer *o);
/* The currency that amounts of this form are in: its own, its client's, the company's. */
enum err source_currency_of(struct offer *o, const char **ret) MUST_CHECK;

#endif
