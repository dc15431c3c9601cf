/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_CHANGE_H
#define WEB_CHANGE_H

#include "core/service/service.h"
#include "web/web.h"

/*
 * Another plan, cycle, quantity or other options of a service: what the pages of a client, of
 * staff and the API
 * share. The pages work in two steps: GET with a choice shows what it costs, POST with the amount
 * that was shown carries it out.
 */

/* No other change is open and the service has terms to change. */
bool web_change_may(const struct service *s, const json_t *open);
/* Puts out.change: the open change with waits, applying and may_cancel, or null. */
enum err web_change_put(struct cx *cx, struct page *p, const struct service *s,
    json_t **ret_open) MUST_CHECK;
/* Puts the page of the choice: may_change, options, quantity, at_end, and the quote or why not. */
enum err web_change_show(struct cx *cx, struct page *p, const struct service *s) MUST_CHECK;
/* The choice in the query, or in a refused form. */
enum err web_change_asked(struct cx *cx, struct page *p, struct change_input *ret) MUST_CHECK;
/* A quote with what is given back and the tax on top told apart. */
json_t *web_change_quote(struct cx *cx, const struct service *s, const struct change_quote *q);
/*
 * Carries a form out and says so. *ret_invoice_id 0: nothing to pay. Without the amount that was
 * shown it is ERR_CONFLICT "change.unseen".
 */
enum err web_change_do(struct cx *cx, struct page *p, const struct service *s,
    int64_t *ret_invoice_id) MUST_CHECK;

#endif
