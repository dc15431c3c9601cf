/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What checks of tax numbers said: kept as evidence, and the client's state from it. Asking the
 * service is flow's and link's.
 */
#include "base/str.h"
#include "core/event/event.h"
#include "core/tax/own.h"
#include "db/db.h"
#include "fmt/form.h"

static enum err checked_body(struct cx *cx, void *arg)
{
	const struct tax_check *c = arg;
	struct client client;
	bool changed;
	TRY(client_get(cx, c->client_id, &client));
	/* A service that is down takes nothing back that was proved. */
	bool silent = str_eq(c->outcome, "unavailable");
	bool kept = silent && str_eq(client.tax_id_state, "valid");
	TRY(tax_store_evidence(cx, c));
	TRY(client_tax_checked(cx, &client,
	    &(struct client_tax){c->tax_id, c->country, kept ? "valid" : c->outcome, silent},
	    &changed));
	json_t *data = json_keep(cx,
	    json_pack("{s:s s:s s:s}", "tax_id", c->tax_id, "outcome", c->outcome, "consultation",
	        str_or(c->consultation, "")));
	return event_add(cx,
	    &(struct event){"client", c->client_id, "tax_check", c->client_id, data}, NULL);
}

enum err tax_checked(struct cx *cx, const struct tax_check *c)
{
	return db_tx(cx, checked_body, (void *)(uintptr_t)c);
}
