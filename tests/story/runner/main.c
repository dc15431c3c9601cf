/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story runner: story [--engine sqlite|pg]... [--only TEXT] [--torture N [--seconds S]]
 * [--db-fails-at N] FILE... Plays every story of the files on each engine (both when none is
 * named), prints "ok NAME" or "not ok NAME - file:line: reason". With --torture each story is
 * played N more times with one database call failing, and N with one provider call failing before
 * or after it was done; the same script must hold then. --seconds: no new torture begins after
 * that time. --db-fails-at plays each story once with that one fault, to look at it. A story named
 * "... (sqlite)" is for that engine only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "story.h"

#define STORY_ARENA (512u << 20)
#define STORIES_MAX 200

struct options {
	const char *engines[2], *only;
	int engines_n;
	int64_t torture, seconds, began_ms, db_at;
};

struct tally {
	int passed, failed;
};

static void report(struct tally *t, const char *name, const char *why)
{
	if (why == NULL)
		printf("ok %s\n", name);
	else
		printf("not ok %s - %s\n", name, why);
	fflush(stdout);
	t->passed += why == NULL;
	t->failed += why != NULL;
}

/* ---- scripts ---- */

static char *read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	size_t max = 1u << 20;
	char *text = arena_alloc(a, max);
	if (f == NULL)
		return NULL;
	size_t n = fread(text, 1, max - 1, f);
	fclose(f);
	text[n] = 0;
	return text;
}

/* "story NAME" begins one; lines before the first belong to all of the file. */
static size_t read_scripts(struct arena *a, char *text, struct script *scripts)
{
	size_t lines_n, n = 0;
	char **lines = str_split(a, text, '\n', &lines_n);
	for (size_t i = 0; i < lines_n && n < STORIES_MAX; i++) {
		if (str_starts(lines[i], "story ")) {
			scripts[n++] = (struct script){.name = str_trim(a, lines[i] + 6),
			    .first = (int)i + 2,
			    .lines = ARENA_ARRAY(a, const char *, lines_n)};
		} else if (n > 0) {
			scripts[n - 1].lines[scripts[n - 1].n++] = lines[i];
		}
	}
	return n;
}

/* ---- one story ---- */

/* Ns spread over the range, the same each time. */
static int64_t sample(int64_t total, int64_t i, int64_t n)
{
	return 1 + (total * (2 * i + 1) / (2 * n) + i * 7) % (total > 0 ? total : 1);
}

static const char *tortured(struct arena *a, const struct play *p, struct torture t, int *fired)
{
	struct played end;
	int64_t db_at = t.db_at, link_at = t.link_at;
	const char *why = story_play(a, p, &t, &end);
	*fired += t.fired;
	return why == NULL ?
	    NULL :
	    arena_printf(a, "with %s call %lld %s: %s", db_at != 0 ? "database" : "provider",
	        (long long)(db_at != 0 ? db_at : link_at),
	        t.link_lost ? "done but unanswered" : "failing", why);
}

static void torture(struct arena *a, const struct play *p, const struct played *calls,
    struct tally *tally)
{
	const char *why = NULL;
	int64_t n = p->o->torture;
	int fired = 0, links = calls->link_calls > 0 ? (int)n : 0;
	for (int64_t i = 0; i < n && why == NULL; i++)
		why = tortured(a, p, (struct torture){.db_at = sample(calls->db_calls, i, n)},
		    &fired);
	for (int64_t i = 0; i < links && why == NULL; i++)
		why = tortured(a, p,
		    (struct torture){.link_at = sample(calls->link_calls, i, n),
		        .link_lost = i % 2 == 1},
		    &fired);
	if (why == NULL && fired == 0)
		why = "no fault happened";
	report(tally, arena_printf(a, "%s - torture, %d faults", p->name, fired), why);
}

static void play(const struct play *p, struct tally *tally)
{
	struct arena *a = arena_new(STORY_ARENA);
	struct played end;
	struct torture one = {.db_at = p->o->db_at};
	const char *why = story_play(a, p, one.db_at != 0 ? &one : NULL, &end);
	bool in_time =
	    p->o->seconds == 0 || clock_mono_ms() - p->o->began_ms < p->o->seconds * 1000;
	report(tally, p->name, why);
	if (p->o->torture > 0 && why == NULL && !end.calm && in_time)
		torture(a, p, &end, tally);
	arena_free(a);
}

/* In a process of its own: a story that aborts fails alone. */
static void play_apart(const struct play *p, struct tally *tally)
{
	int fds[2], status;
	struct tally its = {0};
	if (pipe(fds) != 0)
		abort();
	pid_t pid = fork();
	if (pid == 0) {
		play(p, &its);
		_exit(write(fds[1], &its, sizeof its) == (ssize_t)sizeof its ? 0 : 1);
	}
	close(fds[1]);
	bool told = read(fds[0], &its, sizeof its) == (ssize_t)sizeof its;
	close(fds[0]);
	waitpid(pid, &status, 0);
	if (!told) {
		report(tally, p->name, "the runner died");
		return;
	}
	tally->passed += its.passed;
	tally->failed += its.failed;
}

static bool play_file(struct arena *a, const char *path, const struct options *o,
    struct tally *tally)
{
	struct script *scripts = ARENA_ARRAY(a, struct script, STORIES_MAX);
	char *text = read_file(a, path);
	size_t n = text == NULL ? 0 : read_scripts(a, text, scripts);
	for (size_t i = 0; i < n; i++) {
		if (o->only != NULL && strstr(scripts[i].name, o->only) == NULL)
			continue;
		for (int e = 0; e < o->engines_n; e++) {
			if (strstr(scripts[i].name, "(sqlite)") != NULL &&
			    !str_eq(o->engines[e], "sqlite"))
				continue;
			struct play p = {path, o->engines[e],
			    arena_printf(a, "%s on %s", scripts[i].name, o->engines[e]),
			    &scripts[i], o};
			play_apart(&p, tally);
		}
	}
	if (n == 0)
		report(tally, path, "no story in it");
	return n > 0;
}

static int usage(void)
{
	fprintf(stderr,
	    "usage: story [--engine sqlite|pg]... [--only TEXT] [--torture N] "
	    "[--seconds S] [--db-fails-at N] FILE...\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct options o = {.began_ms = clock_mono_ms()};
	struct tally tally = {0};
	struct arena *a = arena_new(STORY_ARENA);
	int i = 1;
	for (; i + 1 < argc && str_starts(argv[i], "--"); i += 2) {
		if (str_eq(argv[i], "--engine") && o.engines_n < 2)
			o.engines[o.engines_n++] = argv[i + 1];
		else if (str_eq(argv[i], "--only"))
			o.only = argv[i + 1];
		else if (str_eq(argv[i], "--torture") && str_int(argv[i + 1], &o.torture))
			continue;
		else if (str_eq(argv[i], "--seconds") && str_int(argv[i + 1], &o.seconds))
			continue;
		else if (!str_eq(argv[i], "--db-fails-at") || !str_int(argv[i + 1], &o.db_at))
			return usage();
	}
	if (i >= argc)
		return usage();
	if (o.engines_n == 0) {
		o.engines[o.engines_n++] = "sqlite";
		o.engines[o.engines_n++] = "pg";
	}
	for (; i < argc; i++)
		(void)play_file(a, argv[i], &o, &tally);
	printf("%d passed, %d failed\n", tally.passed, tally.failed);
	arena_free(a);
	return tally.failed > 0 || tally.passed == 0;
}
