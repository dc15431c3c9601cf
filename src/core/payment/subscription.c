/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subscriptions: agreements at a provider by which it charges each further term of a service by
 * itself. They begin with a payment and end with the service, by wish, or at the provider.
 */
#include <inttypes.h>

#include "base/str.h"
#include "core/event/event.h"
#include "core/invoice/invoice.h"
#include "core/payment/own.h"
#include "fmt/form.h"

enum err subscription_start(struct cx *cx, const struct attempt *a, const char *remote_id)
{
	int64_t *services, id;
	size_t n;
	if (str_empty(remote_id))
		return OK;
	TRY(invoice_services(cx, a->invoice_id, &services, &n));
	if (n != 1)
		return OK; /* nobody could say whose term a charge is for */
	const struct subscription row = {.client_id = a->client_id,
	    .service_id = services[0],
	    .gateway = a->gateway,
	    .remote_id = remote_id};
	TRY(subscription_store_insert(cx, &row, &id));
	if (id == 0)
		return OK;
	json_t *data = json_keep(cx, json_pack("{s:s s:I}", "gateway", a->gateway, "id", id));
	return event_add(cx,
	    &(struct event){"service", services[0], "subscribe", a->client_id, data}, NULL);
}

struct ending {
	int64_t id;
	const char *reason;
};

static enum err end_body(struct cx *cx, void *arg)
{
	const struct ending *e = arg;
	struct subscription s;
	bool ended;
	TRY(subscription_get(cx, e->id, &s));
	TRY(subscription_store_end(cx, s.id, e->reason, &ended));
	if (!ended)
		return OK;
	json_t *data =
	    json_keep(cx, json_pack("{s:s s:s}", "gateway", s.gateway, "reason", e->reason));
	return event_add(cx,
	    &(struct event){"service", s.service_id, "unsubscribe", s.client_id, data}, NULL);
}

enum err subscription_end(struct cx *cx, int64_t id, const char *reason)
{
	return db_tx(cx, end_body, &(struct ending){id, reason});
}

struct stopping {
	int64_t client_id, service_id;
};

static enum err stop_body(struct cx *cx, void *arg)
{
	const struct stopping *s = arg;
	struct subscription *rows;
	size_t n;
	TRY(subscription_list(cx, s->service_id, &rows, &n));
	for (size_t i = 0; i < n; i++) {
		if (s->client_id != 0 && rows[i].client_id != s->client_id)
			continue;
		return event_add(cx,
		    &(struct event){"service", s->service_id, "subscription_stop",
		        rows[i].client_id, NULL},
		    NULL);
	}
	return fail(cx, ERR_CONFLICT, "subscription.none",
	    "No provider renews this service by itself");
}

enum err subscription_stop(struct cx *cx, int64_t client_id, int64_t service_id)
{
	return db_tx(cx, stop_body, &(struct stopping){client_id, service_id});
}
