/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ADDON_H
#define WEB_ADDON_H

#include "core/service/service.h"
#include "web/option.h"
#include "web/web.h"

/*
 * Puts what belongs to a service: out.parent (or null), out.addons (services), out.offers [{key
 * name
 * cycle currency price_minor}]: add-ons that can be ordered for it now.
 */
enum err web_addons_put(struct cx *cx, struct page *p, const struct service *s) MUST_CHECK;

/*
 * The add-ons that a plan can be ordered with in a cycle: [{index key name description currency
 * price_minor setup_minor chosen input input_id option_form}]; asked: rows {plan options}. Those
 * chosen come first, so that their place is the one that faults name. Kept.
 */
enum err web_choice_addons(struct cx *cx, const struct page *p, const struct web_choice *c,
    json_t **ret) MUST_CHECK;
/* The row of asked that is about an add-on; NULL: it is not chosen. */
const json_t *web_addon_row(const json_t *asked, const char *key);
/* Rows of a form whose box is empty, but whose options are filled in, are left out of "addons". */
void web_addons_tidy(json_t *body);

#endif
