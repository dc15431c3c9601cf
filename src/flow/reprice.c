/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling clients of a new price, and that it does not come: one letter of each kind for a client
 * and re-pricing, whatever the number of services. The letter itself is letter_data.c's.
 */
#include <inttypes.h>

#include "core/service/reprice.h"
#include "db/db.h"
#include "flow/own.h"

struct telling {
	const char *letter, *state; /* to clients with items in this state */
	int64_t reprice_id, event_id, *clients;
	size_t n;
};

static enum err tell_body(struct cx *cx, void *arg)
{
	const struct telling *t = arg;
	for (size_t i = 0; i < t->n; i++)
		TRY(job_add(cx,
		    &(struct job_new){.kind = arena_printf(cx->arena, "letter.%s", t->letter),
		        .key = arena_printf(cx->arena, "%s/%" PRId64 "/%" PRId64, t->letter,
		            t->reprice_id, t->clients[i]),
		        .subject = "reprice",
		        .subject_id = t->reprice_id,
		        .client_id = t->clients[i],
		        .event_id = t->event_id},
		    NULL));
	return OK;
}

static enum err tell(struct worker *w, struct telling *t)
{
	struct reprice_filter f = {.reprice_id = t->reprice_id, .state = t->state};
	for (;;) {
		TRY(reprice_clients(w->cx, &f, &t->clients, &t->n));
		if (t->n == 0)
			return OK;
		TRY(db_tx(w->cx, tell_body, t));
		f.after = t->clients[t->n - 1];
	}
}

enum err reprice_letters_job(struct worker *w, const struct job *j)
{
	return tell(w,
	    &(struct telling){"price_change", "waiting", j->subject_id, j->event_id, NULL, 0});
}

enum err reprice_cancel_letters_job(struct worker *w, const struct job *j)
{
	return tell(w,
	    &(struct telling){"price_change_cancelled", "cancelled", j->subject_id, j->event_id,
	        NULL, 0});
}
