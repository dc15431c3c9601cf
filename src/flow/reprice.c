/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling clients of a new price: one letter for each client and re-pricing, whatever the number of
 * services. The letter itself is letter_data.c's.
 */
#include <inttypes.h>

#include "core/service/reprice.h"
#include "db/db.h"
#include "flow/own.h"

struct telling {
	int64_t reprice_id, event_id, *clients;
	size_t n;
};

static enum err tell_body(struct cx *cx, void *arg)
{
	const struct telling *t = arg;
	for (size_t i = 0; i < t->n; i++)
		TRY(job_add(cx,
		    &(struct job_new){.kind = "letter.price_change",
		        .key = arena_printf(cx->arena, "price_change/%" PRId64 "/%" PRId64,
		            t->reprice_id, t->clients[i]),
		        .subject = "reprice",
		        .subject_id = t->reprice_id,
		        .client_id = t->clients[i],
		        .event_id = t->event_id},
		    NULL));
	return OK;
}

enum err reprice_letters_job(struct worker *w, const struct job *j)
{
	struct telling t = {.reprice_id = j->subject_id, .event_id = j->event_id};
	int64_t after = 0;
	for (;;) {
		TRY(reprice_clients(w->cx, t.reprice_id, after, &t.clients, &t.n));
		if (t.n == 0)
			return OK;
		TRY(db_tx(w->cx, tell_body, &t));
		after = t.clients[t.n - 1];
	}
}
