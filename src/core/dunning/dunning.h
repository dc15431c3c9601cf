/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_DUNNING_DUNNING_H
#define CORE_DUNNING_DUNNING_H

#include <jansson.h>

#include "base/cx.h"
#include "core/invoice/invoice.h"
#include "fmt/field.h"

/* The ladder of an unpaid invoice: any steps, each (or each round of it) once per invoice. */
enum dunning_action {
	DUNNING_REMIND,
	DUNNING_FEE,
	DUNNING_SUSPEND,
	DUNNING_TERMINATE,
	DUNNING_ACTIONS
};
struct dunning_step {
	int64_t id, days, fee_minor, fee_ppm;
	enum dunning_action action;
	const char *letter;        /* invoice_reminder | invoice_overdue */
	int64_t group_id, plan_id; /* 0: any */
	int64_t fee_min_minor;
	int64_t every_days, times; /* a fee that comes again: how often in all */
	int64_t round;             /* of dunning_ladder(): 0, 1, … */
	int64_t client_id;         /* 0: any */
	const char *gateway;       /* "": any */
};
/* One number for a step and a round, as in what was done: DUNNING_KEY of alias d. */
#define DUNNING_ROUNDS 100
#define DUNNING_KEY "d.step_id * 100 + d.round"
int64_t dunning_key(const struct dunning_step *s);
/* Pure. The fee of a step on what is open: percentage and amount, but not below its minimum. */
int64_t dunning_fee(const struct dunning_step *s, int64_t balance_minor);
struct dunning_set {
	const struct dunning_step *steps;
	size_t n;
};
/* Whose document it is: a client, his group and way to pay, the one plan; 0 or "": none. */
struct dunning_owner {
	int64_t client_id, group_id, plan_id;
	const char *gateway;
};
/*
 * Pure. The steps that hold: of all sets whose every word fits the most specific one, where a
 * client weighs more than a group, a group more than a plan, a plan more than a way to pay, each
 * more than all after it. A set replaces the others whole.
 */
struct dunning_set dunning_choose(struct arena *a, const struct dunning_set *all,
    const struct dunning_owner *of);
bool dunning_by_plan(const struct dunning_set *all); /* is any step for a plan? */
extern const struct fields
    dunning_fields; /* {days action letter fee_ppm fee_minor fee_min_minor every_days times
                       client_id group plan gateway}: the last three by key */
enum err dunning_steps(struct cx *cx, struct dunning_step **ret,
    size_t *ret_n) MUST_CHECK; /* by days, then action */
/* The same with every round of a step as a step of its own; what runs and forecast walk. */
enum err dunning_ladder(struct cx *cx, struct dunning_step **ret, size_t *ret_n) MUST_CHECK;
enum err dunning_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
enum err dunning_remove(struct cx *cx, int64_t id) MUST_CHECK;
enum err dunning_view(struct cx *cx, json_t **ret) MUST_CHECK;
/*
 * -7 remind, +1 remind (overdue), +3, +7 remind (overdue), +10 suspend, +40 terminate: made at init
 * when the ladder is empty.
 */
enum err dunning_seed(struct cx *cx) MUST_CHECK;

/*
 * Which steps are to be taken today for an invoice; pure. done: keys of steps recorded. Of several
 * reminders that have become due at once only the latest is taken, of the rounds of a fee only the
 * latest, too; the earlier are superseded. So is a reminder of the day of issue: the invoice itself
 * was told then. grace_days shifts the steps after the due day.
 */
struct dunning_plan {
	const struct dunning_step *take[8];
	size_t take_n;
	const struct dunning_step *superseded[32];
	size_t superseded_n;
};
struct dunning_input {
	const struct dunning_step *steps;
	size_t steps_n;
	const int64_t *done;
	size_t done_n;
	struct day due_on, today;
	int64_t grace_days;
	struct day issued_on; /* DAY_NONE: long ago */
};
void dunning_plan(const struct dunning_input *in, struct dunning_plan *ret);
enum err dunning_done_of(struct cx *cx, int64_t invoice_id, int64_t **ret_keys,
    size_t *ret_n) MUST_CHECK;
/*
 * Records a step (result done | superseded) once; ERR_CONFLICT "dunning.done" when it stands
 * already. In a transaction.
 */
enum err dunning_record(struct cx *cx, int64_t invoice_id, const struct dunning_step *step,
    const char *result) MUST_CHECK;
/*
 * Forgets what was taken up to an instant, but for fees, which were charged: the invoice was opened
 * again.
 */
enum err dunning_restart(struct cx *cx, int64_t invoice_id, int64_t until_at) MUST_CHECK;
/* How many reminders of this invoice were recorded as done. */
enum err dunning_reminded(struct cx *cx, int64_t invoice_id, int64_t *ret_n) MUST_CHECK;

#endif
