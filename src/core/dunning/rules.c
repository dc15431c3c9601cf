/* SPDX-License-Identifier: Apache-2.0 */
/* Which steps of the ladder are due for one invoice today. Pure. */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/dunning/own.h"

bool dunning_by_plan(const struct dunning_set *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->steps[i].plan_id != 0)
			return true;
	return false;
}

/* How specific a step is: 0 general. */
static unsigned weight(const struct dunning_step *s)
{
	return (s->client_id != 0) * 8u + (s->group_id != 0) * 4u + (s->plan_id != 0) * 2u +
	    !str_empty(s->gateway);
}

static bool fits(const struct dunning_step *s, const struct dunning_owner *of)
{
	return (s->client_id == 0 || s->client_id == of->client_id) &&
	    (s->group_id == 0 || s->group_id == of->group_id) &&
	    (s->plan_id == 0 || s->plan_id == of->plan_id) &&
	    (str_empty(s->gateway) || str_eq(s->gateway, of->gateway));
}

struct dunning_set dunning_choose(struct arena *a, const struct dunning_set *all,
    const struct dunning_owner *of)
{
	struct dunning_step *steps = ARENA_ARRAY(a, struct dunning_step, all->n);
	unsigned best = 0;
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		if (fits(&all->steps[i], of) && weight(&all->steps[i]) > best)
			best = weight(&all->steps[i]);
	for (size_t i = 0; i < all->n; i++)
		if (fits(&all->steps[i], of) && weight(&all->steps[i]) == best)
			steps[n++] = all->steps[i];
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
	if (a->client_id != b->client_id)
		return a->client_id < b->client_id;
	if (!str_eq(a->gateway, b->gateway))
		return strcmp(a->gateway, b->gateway) < 0;
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

/* A later reminder or round that is due silences this one; the day of issue does, too. */
static bool is_missed(const struct dunning_input *in, const struct dunning_step *s)
{
	bool reminds = s->action == DUNNING_REMIND;
	if (reminds && day_set(in->issued_on) && step_day(in, s) <= in->issued_on.n)
		return true;
	for (size_t i = in->steps_n; i-- > 0 && &in->steps[i] != s;) {
		const struct dunning_step *other = &in->steps[i];
		bool same = reminds ? other->action == DUNNING_REMIND : other->id == s->id;
		if (same && step_day(in, other) <= in->today.n)
			return true;
	}
	return false;
}

void dunning_plan(const struct dunning_input *in, struct dunning_plan *ret)
{
	struct dunning_plan p = {0};
	for (size_t i = 0; i < in->steps_n; i++) {
		const struct dunning_step *s = &in->steps[i];
		if (step_day(in, s) > in->today.n || is_done(in, dunning_key(s)))
			continue;
		bool missed = is_missed(in, s);
		if (missed && p.superseded_n < sizeof p.superseded / sizeof p.superseded[0])
			p.superseded[p.superseded_n++] = s;
		else if (!missed && p.take_n < sizeof p.take / sizeof p.take[0])
			p.take[p.take_n++] = s;
	}
	*ret = p;
}
