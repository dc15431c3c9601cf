/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a sentence, finds its verb, runs it. In torture a line during which the rehearsed fault
 * happened is played again, as its author would try again; whatever the line says must then be
 * true. What verbs do is in verbs_*.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "db/driver.h"
#include "story.h"
#include "unit/testdb.h"

bool story_no(struct story *s, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(s->why, sizeof s->why, fmt, args);
	va_end(args);
	return false;
}

bool story_failed(struct story *s)
{
	const struct fault *f = &s->cx->fault;
	const char *field = f->fields != NULL ? f->fields->text : "";
	return story_no(s, "%s: %s %s (%s:%d)", str_or(f->key, "?"), f->detail, field,
	    str_or(f->file, "?"), f->line);
}

bool story_money(struct story *s, const char *text, const char *currency, int64_t *ret_minor)
{
	return money_parse(text, currency, ret_minor) ||
	    story_no(s, "\"%s\" is no amount in %s", text, currency);
}

bool story_number(struct story *s, const char *text, int64_t *ret)
{
	return str_int(text, ret) || story_no(s, "\"%s\" is no number", text);
}

/* ---- sentences ---- */

#define WORDS_MAX 64

static bool is_end(const char *p)
{
	return *p == 0 || (*p == '#' && (p[1] == ' ' || p[1] == 0));
}

/* Words and quoted texts, with where each begins. -1: a quote is open. */
static int split(struct arena *a, const char *line, const char **words, const char **starts)
{
	int n = 0;
	for (const char *p = line;;) {
		p += strspn(p, " \t");
		if (is_end(p) || n == WORDS_MAX)
			return n;
		bool quoted = *p == '"';
		size_t len = quoted ? strcspn(p + 1, "\"") : strcspn(p, " \t");
		if (quoted && p[1 + len] == 0)
			return -1;
		starts[n] = p;
		words[n++] = arena_strndup(a, p + quoted, len);
		p += len + (quoted ? 2 : 0);
	}
}

struct sentence {
	const char *words[WORDS_MAX], *starts[WORDS_MAX];
	int n;
};

/* The sentence against a pattern; arg gets what "{}" and "{*}" stand for. */
static bool matches(struct arena *a, const char *pattern, const struct sentence *q,
    const char **arg)
{
	const char *const *words = q->words, *const *starts = q->starts;
	int n = q->n;
	size_t tokens_n;
	char **tokens = str_split(a, pattern, ' ', &tokens_n);
	int args = 0;
	memset(arg, 0, STORY_ARGS * sizeof *arg);
	for (size_t i = 0; i < tokens_n; i++) {
		if ((int)i >= n)
			return false;
		if (str_eq(tokens[i], "{*}")) {
			const char *rest = starts[i];
			const char *end = strstr(rest, " # ");
			arg[args] = str_trim(a,
			    end == NULL ? rest : arena_strndup(a, rest, (size_t)(end - rest)));
			return true;
		}
		if (str_eq(tokens[i], "{}"))
			arg[args++] = words[i];
		else if (!str_eq(tokens[i], words[i]))
			return false;
	}
	return (int)tokens_n == n;
}

static const struct verb *find(struct story *s, const char *sentence, const char **arg)
{
	const struct verb *const tables[] = {verbs_time, verbs_offer, verbs_do, verbs_pay,
	    verbs_paper, verbs_watch, verbs_see};
	struct sentence q;
	q.n = split(s->arena, sentence, q.words, q.starts);
	if (q.n < 0)
		return NULL;
	for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
		for (const struct verb *v = tables[t]; v->pattern != NULL; v++)
			if (matches(s->arena, v->pattern, &q, arg))
				return v;
	return NULL;
}

/* The rehearsed crash of the database is seen by its counter having run out. */
static bool fired(struct story *s)
{
	if (s->torture.db_at != 0 && s->cx->db->faults.fail_at == 0)
		s->torture.fired = true;
	return s->torture.fired;
}

static bool once(struct story *s, const char *sentence)
{
	const char *arg[STORY_ARGS] = {NULL};
	const struct verb *v = find(s, sentence, arg);
	if (v == NULL)
		return story_no(s, "nothing is known that reads: %s", sentence);
	if (v->looks)
		world_look(s, true);
	(void)world_cx(s);
	bool ok = v->run(s, arg);
	if (v->looks)
		world_look(s, false);
	return ok;
}

#define TRIES 4

bool story_say(struct story *s, const char *sentence)
{
	bool before = fired(s);
	bool ok = once(s, sentence);
	/* Whoever was told of a failure, or heard nothing, does it again a little later. */
	for (int i = 0; i < TRIES && !before && fired(s) && (i == 0 || !ok); i++) {
		s->now += STORY_RUN_GAP_S;
		s->holder++;
		s->keys_n = 0;
		ok = once(s, sentence);
	}
	return ok;
}

/* "LINE -> expectation, expectation" */
static bool play_line(struct story *s, const char *line)
{
	const char *arrow = strstr(line, " -> ");
	const char *sentence =
	    arrow == NULL ? line : arena_strndup(s->arena, line, (size_t)(arrow - line));
	s->keys_n = 0;
	s->expect = 0;
	s->why[0] = 0;
	if (!story_say(s, sentence))
		return false;
	size_t n = 0;
	char **parts = arrow == NULL ? NULL : str_split(s->arena, arrow + 4, ',', &n);
	for (size_t i = 0; i < n; i++)
		if (!story_say(s, str_trim(s->arena, parts[i])))
			return false;
	return true;
}

/* ---- stories ---- */

#define UNREACHED (INT64_C(1) << 40)

static bool play_lines(struct story *s, const struct script *script)
{
	for (size_t i = 0; i < script->n; i++) {
		s->line = script->first + (int)i;
		const char *line = str_trim(s->arena, script->lines[i]);
		if (is_end(line))
			continue;
		if (!play_line(s, line))
			return false;
	}
	s->line = script->first + (int)script->n - 1;
	return s->finds || story_say(s, "audit");
}

const char *story_play(struct arena *a, const struct play *p, struct torture *torture,
    struct played *ret)
{
	const char *why = NULL;
	struct story *s = ARENA_NEW(a, struct story);
	s->arena = a;
	s->engine = p->engine;
	s->file = p->file;
	s->name = p->script->name;
	s->line = p->script->first;
	if (torture != NULL)
		s->torture = *torture;
	bool ok = world_open(s);
	if (ok) {
		db_set_faults(s->cx->db,
		    (struct db_faults){s->torture.db_at != 0 ? s->torture.db_at : UNREACHED, true});
		ok = play_lines(s, p->script);
		s->db_calls = UNREACHED - s->cx->db->faults.fail_at;
	}
	if (!ok)
		why = arena_printf(a, "%s:%d: %s", p->file, s->line, s->why);
	*ret = (struct played){s->db_calls, s->link_calls, s->calm};
	if (torture != NULL)
		torture->fired = s->torture.fired;
	world_close(s);
	return why;
}
