/* SPDX-License-Identifier: Apache-2.0 */
/* Which steps of the ladder are due for one invoice today. Pure. */
#include "base/money.h"
#include "core/dunning/own.h"

bool dunning_by_plan(const struct dunning_set *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->steps[i].plan_id != 0)
			return true;
	return false;
}

static size_t pick(const struct dunning_set *all, int64_t group_id, int64_t plan_id,
    struct dunning_step *to)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (all->steps[i].group_id == group_id && all->steps[i].plan_id == plan_id)
			to[n++] = all->steps[i];
	return n;
}

struct dunning_set dunning_choose(struct arena *a, const struct dunning_set *all, int64_t group_id,
    int64_t plan_id)
{
	struct dunning_step *steps = ARENA_ARRAY(a, struct dunning_step, all->n);
	size_t n = pick(all, group_id, plan_id, steps);
	if (n == 0)
		n = pick(all, group_id, 0, steps);
	if (n == 0)
		n = pick(all, 0, plan_id, steps);
	if (n == 0)
		n = pick(all, 0, 0, steps);
	return (struct dunning_set){steps, n};
}

int64_t dunning_key(const struct dunning_step *s)
{
	return s->id * DUNNING_ROUNDS + s->round;
}

int64_t dunning_fee(const struct dunning_step *s, int64_t balance_minor)
{
	int64_t fee = money_scale(balance_minor, s->fee_ppm, PPM, ROUND_HALF_UP) + s->fee_minor;
	return fee < s->fee_min_minor ? s->fee_min_minor : fee;
}

static bool before(const struct dunning_step *a, const struct dunning_step *b)
{
	if (a->group_id != b->group_id)
		return a->group_id < b->group_id;
	if (a->plan_id != b->plan_id)
		return a->plan_id < b->plan_id;
	return a->days < b->days;
}

struct dunning_step *dunning_rounds(struct arena *a, const struct dunning_step *steps, size_t n,
    size_t *ret_n)
{
	size_t total = 0, k = 0;
	for (size_t i = 0; i < n; i++)
		total += (size_t)steps[i].times;
	struct dunning_step *all = ARENA_ARRAY(a, struct dunning_step, total);
	for (size_t i = 0; i < n; i++)
		for (int64_t round = 0; round < steps[i].times; round++) {
			struct dunning_step s = steps[i];
			s.round = round;
			s.days += round * s.every_days;
			size_t at = k++;
			for (; at > 0 && before(&s, &all[at - 1]); at--)
				all[at] = all[at - 1];
			all[at] = s;
		}
	*ret_n = total;
	return all;
}

static bool is_done(const struct dunning_input *in, int64_t key)
{
	for (size_t i = 0; i < in->done_n; i++)
		if (in->done[i] == key)
			return true;
	return false;
}

static int64_t step_day(const struct dunning_input *in, const struct dunning_step *s)
{
	return in->due_on.n + s->days + (s->days > 0 ? in->grace_days : 0);
}

void dunning_plan(const struct dunning_input *in, struct dunning_plan *ret)
{
	const struct dunning_step *latest_reminder = NULL;
	struct dunning_plan p = {0};
	for (size_t i = 0; i < in->steps_n; i++) {
		const struct dunning_step *s = &in->steps[i];
		if (step_day(in, s) > in->today.n)
			continue;
		/* A later reminder that went out silences the earlier ones that were missed. */
		if (s->action == DUNNING_REMIND)
			latest_reminder = s;
	}
	for (size_t i = 0; i < in->steps_n; i++) {
		const struct dunning_step *s = &in->steps[i];
		if (step_day(in, s) > in->today.n || is_done(in, dunning_key(s)))
			continue;
		bool missed = s->action == DUNNING_REMIND && s != latest_reminder;
		if (missed && p.superseded_n < sizeof p.superseded / sizeof p.superseded[0])
			p.superseded[p.superseded_n++] = s;
		else if (!missed && p.take_n < sizeof p.take / sizeof p.take[0])
			p.take[p.take_n++] = s;
	}
	*ret = p;
}
