/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_LIVES_H
#define UNIT_FLOW_LIVES_H

/*
 * A life: what a random company did with its services in ten years, and what it should have charged
 * for each day. The model knows the events and the rules of docs/money.md; its
 * arithmetic is its own.
 */
#include "unit/flow/world.h"

#include "core/event/event.h"

enum part { BASE, DISK, IP, PARTS }; /* of a service: the plan and its two options */
#define CYCLES 6
#define PLANS 3
#define SERVICES 3
#define CLIENTS 2
#define DAYS (366 * 20)
#define TERMS 800
#define PAPERS 3000
#define SCALE INT64_C(1000000000) /* of a day's price: billionths of a minor unit */

/* What a service is sold as from its next term on. */
struct offer {
	int plan, cycle;
	int64_t price, quantity, disk, ip; /* disk: units per unit of the service; ip: 0 or 1 */
};

struct term {
	struct day from, to;
	int64_t amount[PARTS], off[PARTS], invoice;
	struct offer held;  /* what it was sold as, or has become since */
	bool given[PARTS];  /* taken back by hand, and charged nevertheless */
	bool whole;         /* no bridge */
	bool live, changed; /* a change took place within it */
};

struct wish { /* an open change */
	bool open, at_end, new_cycle;
	struct offer to;
	struct day on;
	int64_t invoice, amount, setup, slack; /* amount: of its lines, while it waits */
	bool paid[TERMS];                      /* the terms that were paid when it was asked for */
};

struct model {
	int64_t id, event;  /* event: the newest service.change that was seen */
	int client, anchor; /* client: place in life.clients */
	bool ended;
	struct offer now;
	int64_t ppm, minor, terms_left; /* the discount; -1: for ever */
	int64_t granted;                /* terms of it in all; 0: for ever, or none */
	struct day started, billed;
	struct term terms[TERMS];
	int n;
	struct wish wish;
	struct day by_hand;     /* until that day there are no changes now; see may_change() */
	bool moving, move_free; /* the document that the next scan meets is a bridge */
	struct day move_to;
	int64_t curve[PARTS][DAYS]; /* price of each day, before tax */
	int64_t setup, given;       /* set-up fees; credit beside the curve */
	int64_t charged;            /* by the documents' lines, less credit notes */
	int64_t slack;              /* minor units that rounding may have moved */
};

struct paper {
	int64_t id, given, setup;           /* given: credited by amounts */
	int service;                        /* the only one it is about; -1: several or none */
	bool is_note, change, closed, used; /* used: a change or cancellation took credit from it */
	bool asked;                         /* a proforma when it was last seen */
};

struct life {
	struct world *w;
	uint64_t seed, random;
	int number;
	bool inclusive, two_taxes,
	    mixed; /* mixed: a credit over an amount hit a document of several services */
	const char *currency;
	int64_t clients[CLIENTS];
	struct day today, base, end;
	int64_t prices[PLANS][CYCLES], options[PARTS][CYCLES], ip_setup;
	struct model s[SERVICES];
	int services;
	struct paper papers[PAPERS];
	int papers_n;
	int64_t newest;
	int about; /* the service that a change or cancellation gives back for; -1: none */
	int pays;  /* days after the due day; 999: nobody pays */
	int done, refused;
	struct buf steps;
	struct arena *notes;
};

static const char *const cycle_words[CYCLES] = {"1m", "3m", "6m", "1y", "2w", "7d"};
static const int cycle_months[CYCLES] = {1, 3, 6, 12, 0, 0};
static const int cycle_days[CYCLES] = {0, 0, 0, 0, 14, 7};
static const char *const plan_words[PLANS] = {"a", "b", "c"};
static const char *const part_names[PARTS] = {"", "Disk", "Own address"};

/* ---- chance: splitmix64 ---- */

static inline uint64_t chance(struct life *l)
{
	uint64_t z = (l->random += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline int below(struct life *l, int n)
{
	return (int)(chance(l) % (uint64_t)n);
}

static inline bool one_in(struct life *l, int n)
{
	return below(l, n) == 0;
}

/* ---- what was done, and what to print when it was wrong ---- */

__attribute__((format(printf, 2, 3))) static inline void say(struct life *l, const char *fmt, ...)
{
	char text[512], day[DAY_TEXT_SIZE];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	buf_printf(&l->steps, "  %s %s\n", day_text(l->today, day), text);
}

static inline void life_failed(const struct life *l, const char *what)
{
	/* Not by print_error(), which cuts long texts. */
	fprintf(stderr, "LIVES_SEED=%llu LIVES=1 (life %d of this run)\n%s  failed: %s\n",
	    (unsigned long long)l->seed, l->number, l->steps.s == NULL ? "" : l->steps.s, what);
	fflush(stderr);
}

#define expect(l, is, ...) \
	do { \
		if (!(is)) { \
			char why[512]; \
			snprintf(why, sizeof why, __VA_ARGS__); \
			life_failed(l, why); \
			_fail(__FILE__, __LINE__); \
		} \
	} while (0)

static inline void must(struct life *l, enum err err)
{
	expect(l, err == OK, "%s: %s", l->w->cx->fault.key, l->w->cx->fault.detail);
}

/* ---- days of the model ---- */

static inline int month_days(int year, int month)
{
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

static inline struct day months_on(struct day from, int months, int anchor)
{
	int year, month, mday;
	day_split(from, &year, &month, &mday);
	int at = year * 12 + month - 1 + months;
	int most = month_days(at / 12, at % 12 + 1);
	return day_of(at / 12, at % 12 + 1, anchor < most ? anchor : most);
}

static inline struct day term_end(struct day from, int cycle, int anchor)
{
	return cycle_months[cycle] > 0 ? months_on(from, cycle_months[cycle], anchor) :
	                                 day_add(from, cycle_days[cycle]);
}

static inline int mday_of(struct day d)
{
	int year, month, mday;
	day_split(d, &year, &month, &mday);
	return mday;
}

/* ---- prices of the model ---- */

static inline void offer_amounts(const struct life *l, const struct offer *o, int64_t ret[PARTS])
{
	ret[BASE] = o->price * o->quantity;
	ret[DISK] = l->options[DISK][o->cycle] * o->disk * o->quantity;
	ret[IP] = l->options[IP][o->cycle] * o->ip * o->quantity;
}

static inline int64_t half_up(__int128 num, __int128 den)
{
	return num < 0 ? -(int64_t)((-num * 2 + den) / (den * 2)) :
	                 (int64_t)((num * 2 + den) / (den * 2));
}

static inline int64_t sum_of(const int64_t a[PARTS])
{
	return a[BASE] + a[DISK] + a[IP];
}

/* What comes off a term; an amount's cents are dealt out by the code under test, its sum is not. */
static inline int64_t discount_sum(const struct model *m, const int64_t amount[PARTS])
{
	int64_t off = 0, all = sum_of(amount);
	if (m->terms_left == 0)
		return 0;
	for (int p = 0; p < PARTS; p++)
		off += half_up((__int128)amount[p] * m->ppm, 1000000);
	return off + m->minor < all ? off + m->minor : all;
}

static inline void term_used(struct model *m)
{
	m->terms_left -= m->terms_left > 0;
}

/* The price of a part for some days is num / den a day. */
struct span {
	struct day from, to;
	__int128 num, den;
};

static inline void curve_put(struct life *l, struct model *m, int part, const struct span *s)
{
	for (int d = s->from.n; d < s->to.n; d++) {
		expect(l, d >= l->base.n && d - l->base.n < DAYS, "the curve is too short");
		m->curve[part][d - l->base.n] = (int64_t)(s->num * SCALE / s->den);
	}
}

#define curve_set(l, m, part, from, to, num, den) \
	curve_put(l, m, part, &(const struct span){from, to, num, den})

static inline void curve_term(struct life *l, struct model *m, const struct term *t)
{
	for (int p = 0; p < PARTS; p++)
		curve_set(l, m, p, t->from, t->to, t->amount[p] - t->off[p], t->to.n - t->from.n);
}

static inline struct term *term_add(struct life *l, struct model *m, struct day from, struct day to)
{
	expect(l, m->n < TERMS, "a life has at most %d terms", TERMS);
	m->terms[m->n] = (struct term){.from = from, .to = to, .live = true};
	return &m->terms[m->n++];
}

/* A term that was taken back uses none of the discount's. */
static inline void terms_recount(struct model *m)
{
	int64_t used = 0;
	for (int i = 0; i < m->n; i++)
		used += m->terms[i].live && m->terms[i].whole;
	if (m->granted > 0)
		m->terms_left = used < m->granted ? m->granted - used : 0;
}

/* billed is the end of the last live term. */
static inline void model_recount(struct model *m)
{
	m->billed = m->started;
	for (int i = 0; i < m->n; i++)
		if (m->terms[i].live && m->terms[i].to.n > m->billed.n)
			m->billed = m->terms[i].to;
}

static inline struct model *model_of(struct life *l, int64_t service)
{
	for (int i = 0; i < l->services; i++)
		if (l->s[i].id == service)
			return &l->s[i];
	return NULL;
}

/*
 * The first day of the whole term of today's cycle that t is, or that ends on a day within it: a
 * bridge is only a part of one, and a term of another cycle may be several.
 */
static inline struct day whole_from(const struct model *m, const struct term *t, struct day end)
{
	int months = cycle_months[m->now.cycle], first = mday_of(t->from), last = mday_of(end);
	if (months == 0)
		return day_add(end, -cycle_days[m->now.cycle]);
	if (months_on(t->from, months, first > last ? first : last).n == end.n)
		return t->from;
	struct day by_anchor = months_on(end, -months, m->anchor);
	return months_on(by_anchor, months, m->anchor).n == end.n ? by_anchor :
	                                                            months_on(end, -months, last);
}

/* num / den for each whole term, from a day on. */
static inline void curve_share(struct life *l, struct model *m, int part, const struct term *t,
    const struct span *s)
{
	struct day end = t->to, start;
	do {
		start = whole_from(m, t, end);
		struct day from = start.n > s->from.n ? start : s->from;
		if (from.n < end.n)
			curve_set(l, m, part, from, end, s->num, s->den * (end.n - start.n));
		end = start;
	} while (end.n > s->from.n);
}

/* ---- what a change makes of the curve ---- */

/* What was paid of the plan's line, or of those of options, of what they cost; given ones aside. */
static inline void paid_share(const struct term *t, int part, __int128 *ret_paid, __int128 *ret_all)
{
	*ret_paid = *ret_all = 0;
	for (int p = DISK; p < PARTS && part != BASE; p++) {
		*ret_all += t->given[p] ? 0 : t->amount[p];
		*ret_paid += t->given[p] ? 0 : t->amount[p] - t->off[p];
	}
	if (*ret_all == 0) {
		*ret_all = t->amount[BASE];
		*ret_paid = t->given[BASE] ? 0 : t->amount[BASE] - t->off[BASE];
	}
	if (*ret_all == 0)
		*ret_paid = *ret_all = 1;
}

/* Paid terms cost what they will be from the day on, each part that differs. */
static inline void term_change(struct life *l, struct model *m, struct term *t)
{
	const struct wish *w = &m->wish;
	struct offer was = t->held, to = w->to;
	const bool same[PARTS] = {was.plan == to.plan, was.disk == to.disk, was.ip == to.ip};
	int64_t after[PARTS];
	offer_amounts(l, &to, after);
	to.price = same[BASE] ? was.price : to.price;
	struct day from = t->from.n > w->on.n ? t->from : w->on;
	for (int p = 0; p < PARTS; p++) {
		struct span s = {from, t->to, after[p], 1};
		__int128 paid, all;
		if (t->given[p])
			continue;
		/* More or fewer of the same cost as much each as it was sold for. */
		if (same[p]) {
			for (int d = from.n; d < t->to.n; d++)
				m->curve[p][d - l->base.n] =
				    m->curve[p][d - l->base.n] * to.quantity / was.quantity;
			continue;
		}
		paid_share(t, p, &paid, &all);
		s.num *= paid;
		s.den *= all;
		curve_share(l, m, p, t, &s);
	}
	m->slack += t->whole ? 0 : to.quantity * (1 + to.disk + to.ip);
	t->held = to;
	t->changed = true;
}

static inline void wish_same_cycle(struct life *l, struct model *m)
{
	for (int i = 0; i < m->n; i++) {
		struct term *t = &m->terms[i];
		if (t->live && m->wish.paid[i] && t->to.n > m->wish.on.n)
			term_change(l, m, t);
	}
}

static inline void wish_new_cycle(struct life *l, struct model *m)
{
	const struct wish *w = &m->wish;
	struct day last = m->billed;
	for (int i = 0; i < m->n; i++) {
		struct term *t = &m->terms[i];
		t->live = t->live && t->from.n < w->on.n;
		t->changed = t->changed || t->to.n > w->on.n;
		if (t->live && t->to.n > w->on.n)
			t->to = w->on;
	}
	terms_recount(m);
	m->anchor = mday_of(w->on);
	struct term *t = term_add(l, m, w->on, term_end(w->on, w->to.cycle, m->anchor));
	offer_amounts(l, &w->to, t->amount);
	int64_t off = discount_sum(m, t->amount), all = sum_of(t->amount);
	for (int p = 0; p < PARTS; p++) {
		t->off[p] = p == 0 ? off : 0;
		if (last.n > w->on.n)
			curve_set(l, m, p, w->on, last, 0, 1);
	}
	/* Whose share of the discount it is matters only to later credits of single items. */
	for (int p = 0; p < PARTS && all > 0; p++)
		t->off[p] = p == BASE ? off - half_up((__int128)off * t->amount[DISK], all) -
		        half_up((__int128)off * t->amount[IP], all) :
		                        half_up((__int128)off * t->amount[p], all);
	t->invoice = w->invoice;
	t->held = w->to;
	t->changed = t->whole = true;
	curve_term(l, m, t);
	term_used(m);
	m->billed = t->to;
}

/* The change took effect. */
static inline void wish_granted(struct life *l, struct model *m)
{
	struct wish *w = &m->wish;
	if (w->to.plan == m->now.plan && !w->new_cycle)
		w->to.price = m->now.price;
	if (!w->at_end) {
		if (w->new_cycle)
			wish_new_cycle(l, m);
		else
			wish_same_cycle(l, m);
		m->setup += w->setup;
		m->slack += w->slack;
	}
	m->now = w->to;
	w->open = false;
	w->amount = 0;
}

/* The area under the curve, in minor units, rounded; its own error is far below one. */
static inline int64_t curve_area(const struct model *m)
{
	__int128 sum = 0;
	for (int p = 0; p < PARTS; p++)
		for (int d = 0; d < DAYS; d++)
			sum += m->curve[p][d];
	return half_up(sum, SCALE);
}

#endif
