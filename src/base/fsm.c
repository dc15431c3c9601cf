/* SPDX-License-Identifier: Apache-2.0 */
/* Life cycles: look-ups in a table of edges, and the list of all tables in the program. */
#include "base/fsm.h"

#include <string.h>

extern const struct fsm *const __start_bh_fsm[] __attribute__((weak, visibility("hidden")));
extern const struct fsm *const __stop_bh_fsm[] __attribute__((weak, visibility("hidden")));

int fsm_next(const struct fsm *f, int from, int event)
{
	for (size_t i = 0; i < f->edges_n; i++)
		if (f->edges[i].from == from && f->edges[i].event == event)
			return f->edges[i].to;
	return -1;
}

static int word_index(const char *const *words, int n, const char *word)
{
	for (int i = 0; i < n; i++)
		if (word != NULL && strcmp(words[i], word) == 0)
			return i;
	return -1;
}

int fsm_state(const struct fsm *f, const char *word)
{
	return word_index(f->states, f->states_n, word);
}

int fsm_event(const struct fsm *f, const char *word)
{
	return word_index(f->events, f->events_n, word);
}

const struct fsm *const *fsm_all(size_t *ret_n)
{
	*ret_n = __start_bh_fsm == NULL ? 0 : (size_t)(__stop_bh_fsm - __start_bh_fsm);
	return __start_bh_fsm;
}
