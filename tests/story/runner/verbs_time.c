/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences about time and the automation: the clock, runs, days that pass. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/day.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/setting/setting.h"
#include "fmt/form.h"
#include "story.h"

#define DAY_S 86400

/* ---- the clock ---- */

static bool day_at(struct story *s, const char *text, int64_t *ret)
{
	struct day d;
	if (!day_parse(text, &d))
		return story_no(s, "\"%s\" is no day", text);
	*ret = (int64_t)d.n * DAY_S + s->now % DAY_S;
	return true;
}

static bool set_clock(struct story *s, int64_t to)
{
	if (to < s->now && !s->torture.fired)
		return story_no(s, "the story would go back in time");
	if (to > s->now)
		s->now = to;
	return true;
}

static bool on_day(struct story *s, const char *const *arg)
{
	int64_t to;
	return day_at(s, arg[0], &to) && set_clock(s, to);
}

static bool at_instant(struct story *s, const char *const *arg)
{
	int64_t to;
	if (!instant_parse(arg[0], &to))
		return story_no(s, "\"%s\" is no instant", arg[0]);
	return set_clock(s, to);
}

static bool later(struct story *s, const char *const *arg)
{
	int64_t n;
	int64_t unit = str_starts(arg[1], "minute") ? 60 :
	    str_starts(arg[1], "hour")              ? 3600 :
	    str_starts(arg[1], "day")               ? DAY_S :
	    str_starts(arg[1], "second")            ? 1 :
	                                              0;
	if (unit == 0)
		return story_no(s, "what is \"%s\"?", arg[1]);
	if (!story_number(s, arg[0], &n))
		return false;
	s->now += n * unit;
	return true;
}

/* ---- runs ---- */

#define ONLY_MAX 12

static bool is_sweep(const char *name)
{
	for (size_t i = 0; i < sweeps_n; i++)
		if (str_eq(sweeps[i].name, name))
			return true;
	return false;
}

static bool run_once(struct story *s, const char *only_text, bool dry)
{
	const char *only[ONLY_MAX] = {NULL};
	json_t *result = NULL;
	struct cx *cx = world_cx(s);
	size_t n = 0;
	char **names = only_text == NULL ? NULL : str_split(cx->arena, only_text, ',', &n);
	for (size_t i = 0; i < n && i + 1 < ONLY_MAX; i++) {
		only[i] = str_trim(cx->arena, names[i]);
		if (!is_sweep(only[i]))
			return story_no(s, "there is no task %s", only[i]);
	}
	struct worker w = {.cx = cx,
	    .link = &s->linker,
	    .holder = arena_printf(cx->arena, "story/%d", s->holder)};
	const struct run_request r = {.only = n > 0 ? only : NULL,
	    .dry_run = dry,
	    .with_items = true};
	if (flow_run(&w, &r, &result) != OK)
		return story_failed(s);
	json_decref(s->run);
	s->run = json_deep_copy(result);
	return true;
}

static bool run_all(struct story *s, const char *const *arg)
{
	return run_once(s, NULL, false);
}

static bool run_only(struct story *s, const char *const *arg)
{
	return run_once(s, arg[0], false);
}

static bool dry_run(struct story *s, const char *const *arg)
{
	return run_once(s, NULL, true);
}

static bool dry_run_only(struct story *s, const char *const *arg)
{
	return run_once(s, arg[0], true);
}

static bool run_times(struct story *s, const char *const *arg)
{
	int64_t n;
	if (!story_number(s, arg[0], &n))
		return false;
	for (int64_t i = 0; i < n; i++)
		if (!run_once(s, arg[1], false))
			return false;
	return true;
}

/* Only the queue: what a job process does between sweeps. */
static bool queue(struct story *s, const char *const *arg)
{
	int64_t n;
	struct cx *cx = world_cx(s);
	struct worker w = {.cx = cx,
	    .link = &s->linker,
	    .holder = arena_printf(cx->arena, "story/%d", s->holder)};
	return queue_drain(&w, &n) == OK || story_failed(s);
}

/* As the scheduler does it: sweeps whose interval has passed, then the queue. */
static bool schedule(struct story *s, const char *const *arg)
{
	json_t *result;
	struct cx *cx = world_cx(s);
	struct worker w = {.cx = cx,
	    .link = &s->linker,
	    .holder = arena_printf(cx->arena, "story/%d", s->holder)};
	const struct run_request r = {.due_only = true};
	return flow_run(&w, &r, &result) == OK || story_failed(s);
}

/* ---- time that passes ---- */

/* A crash in the middle costs this run only; the next comes by itself. */
static bool crashed(struct story *s, bool before)
{
	bool now = s->torture.db_at != 0 && !before;
	s->holder += now;
	return now;
}

static bool pass(struct story *s, const char *until, int64_t step, const char *only)
{
	int64_t to;
	bool crashed_before = false;
	if (!day_at(s, until, &to))
		return false;
	while (s->now < to) {
		s->now = s->now + step < to ? s->now + step : to;
		if (run_once(s, only, false))
			continue;
		if (crashed_before || !crashed(s, crashed_before))
			return false;
		crashed_before = true;
	}
	return true;
}

static bool daily(struct story *s, const char *const *arg)
{
	return pass(s, arg[0], DAY_S, NULL);
}

static bool daily_only(struct story *s, const char *const *arg)
{
	return pass(s, arg[0], DAY_S, arg[1]);
}

static int64_t unit_of(const char *word)
{
	return str_starts(word, "hour") ? 3600 : str_starts(word, "minute") ? 60 : DAY_S;
}

static bool every(struct story *s, const char *const *arg)
{
	int64_t n;
	return story_number(s, arg[0], &n) && pass(s, arg[2], n * unit_of(arg[1]), NULL);
}

static bool every_only(struct story *s, const char *const *arg)
{
	int64_t n;
	return story_number(s, arg[0], &n) && pass(s, arg[2], n * unit_of(arg[1]), arg[3]);
}

/*
 * Every hour; on PostgreSQL, where a run takes longer, those around each local midnight, each
 * change of the clocks, and every six otherwise. No run may go on and on, for a loop that never
 * ends is what such hours have caused elsewhere: what it asks of the database is counted.
 */
#define RUN_STATEMENTS_MAX 500

static bool hours(struct story *s, const char *const *arg)
{
	struct settings settings;
	int64_t to;
	if (!day_at(s, arg[0], &to) || setting_load(world_cx(s), &settings) != OK)
		return false;
	const char *zone = arena_strdup(s->arena, settings.company_zone);
	while (s->now < to) {
		s->now += 3600;
		int64_t midnight = zone_instant(zone, day_add(zone_day(zone, s->now + 1800), 0));
		int64_t next = zone_instant(zone, day_add(zone_day(zone, s->now), 1));
		bool close_to = s->now - midnight <= 3600 || next - s->now <= 3600;
		bool short_or_long = next - zone_instant(zone, zone_day(zone, s->now)) != DAY_S;
		bool rest = s->now / 3600 % 6 != 0 && db_is_pg(s->cx->db);
		if (!close_to && !short_or_long && rest)
			continue;
		int64_t before = db_count(s->cx->db);
		if (!run_once(s, "billing", false))
			return false;
		if (db_count(s->cx->db) - before > RUN_STATEMENTS_MAX)
			return story_no(s, "the run at %lld does not end", (long long)s->now);
	}
	return true;
}

static bool calm(struct story *s, const char *const *arg)
{
	s->calm = true;
	return true;
}

const struct verb verbs_time[] = {
    {"on {}", on_day, false},
    {"at {}", at_instant, false},
    {"{} {} later", later, false},
    {"run", run_all, false},
    {"run only {}", run_only, false},
    {"run {} times", run_times, false},
    {"run {} times only {}", run_times, false},
    {"queue", queue, false},
    {"schedule", schedule, false},
    {"dry run", dry_run, false},
    {"dry run only {}", dry_run_only, false},
    {"daily until {}", daily, false},
    {"daily until {} only {}", daily_only, false},
    {"every {} {} until {}", every, false},
    {"every {} {} until {} only {}", every_only, false},
    {"hours until {}", hours, false},
    {"no torture", calm, false},
    {NULL, NULL, false},
};
