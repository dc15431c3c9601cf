/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FSM_H
#define BASE_FSM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A life cycle as a table of {FROM, EVENT, TO}. Words index by enum value and are the database
 * words. Each core module defines one in its state.c and registers it with FSM_REGISTER, so that
 * `billhook states` prints them all and a test walks them.
 */
struct fsm_edge {
	int from, event, to;
};
struct fsm {
	const char *name;          /* "invoice" */
	const char *const *states; /* words; [0] is the first state of a new row */
	int states_n;
	const char *const *events; /* words, "pay" */
	int events_n;
	const struct fsm_edge *edges;
	size_t edges_n;
	unsigned finals; /* bit per state that may have no way out */
};

/* The state after event, or -1 when the table has no such edge. */
int fsm_next(const struct fsm *f, int from, int event);
/* Index of a word, or -1. */
int fsm_state(const struct fsm *f, const char *word);
int fsm_event(const struct fsm *f, const char *word);

/* Registration through a linker section; fsm_all walks it. */
#define FSM_REGISTER(f) \
	static const struct fsm *const fsm_reg_##f \
	    __attribute__((used, section("bh_fsm"), aligned(sizeof(void *)))) = &(f)
const struct fsm *const *fsm_all(size_t *ret_n);

#endif
