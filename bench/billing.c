/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast the billing run is, as a share of what the engine can do: bill the due services of
 * a made-up company, then write exactly the same rows again with nothing but the engine's own
 * library, each into a copy of one database. Only the sweep is timed, not the letters after it.
 *
 *   bench_billing URL SERVICES DUE ROUNDS [rich]
 *
 * rich: every service has a discount, two taxes and a priced option, and two share a document.
 * URL: sqlite:FOLDER/NAME or postgresql://…/NAME; NAME_run and NAME_bare are made beside it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/demo.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "bench/bare.h"
#include "db/db.h"
#include "flow/flow.h"

const char *const bare_tables[BARE_TABLES] = {"run", "invoice", "invoice_item", "transfer", "event",
    "job", "run_item"};

size_t bare_part(size_t rows, size_t n, size_t parts)
{
	return (rows * n + parts - 1) / parts;
}

double bare_seconds(void)
{
	return (double)clock_mono_ms() / 1000;
}

void bare_die(const char *what, const char *why)
{
	fprintf(stderr, "bench_billing: %s: %s\n", what, why);
	exit(1);
}

struct bench {
	const struct bare_engine *engine;
	const char *base, *run, *bare;
	int64_t services, due;
	int64_t now;
	bool rich;
};

static void must(struct cx *cx, enum err err)
{
	if (err != OK)
		bare_die(cx->fault.key, cx->fault.detail);
}

static void open_database(struct cx *cx, const struct bench *b, const char *url)
{
	*cx = (struct cx){.arena = arena_new(LIMIT_ARENA_BYTES),
	    .now = b->now,
	    .trace = "bench",
	    .actor = {ACTOR_SYSTEM, 0, "bench", ""}};
	must(cx, db_open(cx, url, &cx->db));
}

static void close_database(struct cx *cx)
{
	db_close(cx->db);
	arena_free(cx->arena);
}

static const char enrich[] =
    "INSERT INTO setting (name, value, changed_at) VALUES ('billing.group', '1', 0);"
    "INSERT INTO tax_rate (name, country, region, tax_class, level, compound, rate_ppm, valid_from,"
    " source) VALUES ('Second', 'DE', '', 'standard', 2, 1, 25000, '2020-01-01', 'staff');"
    "UPDATE service SET discount_ppm = 100000, discount_terms = -1,"
    " client_id = client_id + client_id % 2;"
    "INSERT INTO plan_option (id, key, name, help, kind, unit, min, max, step, required, position,"
    " shown_if_value, panel_key, state, created_at) VALUES (1000, 'bench-disk', 'Disk', '',"
    " 'quantity', 'GB', 0, 100, 1, 0, 0, '', '', 'active', 0);"
    "INSERT INTO service_option (service_id, option_id, key, name, kind, unit, value, label,"
    " panel_key, quantity, price_minor, setup_minor, state, created_at) SELECT id, 1000,"
    " 'bench-disk', 'Disk', 'quantity', 'GB', '5', '5 GB', '', 5, 25, 0, 'active', 0 FROM service";

/* A company whose services all start today; then all but every so-manieth are years away. */
static void fill(const struct bench *b)
{
	struct cx cx;
	int applied;
	char sql[256];
	open_database(&cx, b, b->base);
	must(&cx, db_migrate(&cx, &applied));
	must(&cx, demo_shop(&cx));
	must(&cx, demo_mass(&cx, b->services));
	close_database(&cx);
	if (b->rich)
		b->engine->script(b->base, enrich);
	if (b->services > b->due) {
		snprintf(sql, sizeof sql,
		    "UPDATE service SET billed_until = '2099-01-01', paid_until = '2099-01-01'"
		    " WHERE id %% %" PRId64 " <> 0",
		    b->services / b->due);
		b->engine->script(b->base, sql);
	}
	/* What an installation of that size has had since long ago, from its own upkeep. */
	b->engine->script(b->base, b->engine == &bare_pg ? "VACUUM (FULL, ANALYZE)" : "VACUUM");
}

static const struct sweep *billing(void)
{
	for (size_t i = 0; i < sweeps_n; i++)
		if (str_eq(sweeps[i].name, "billing"))
			return &sweeps[i];
	bare_die("sweep", "there is no billing");
}

static double bill(const struct bench *b)
{
	struct cx cx;
	struct run_sum sum = {0};
	int64_t run_id, last_at;
	open_database(&cx, b, b->run);
	struct worker w = {.cx = &cx, .holder = "bench"};
	double start = bare_seconds();
	must(&cx, task_begin(&cx, "billing", w.holder, &run_id, &last_at));
	must(&cx, billing()->run(&w, run_id, &sum));
	must(&cx, task_end(&cx, "billing", run_id, &sum, ""));
	double seconds = bare_seconds() - start;
	if (sum.done != b->due)
		bare_die("billing", "not every due service got its invoice");
	close_database(&cx);
	return seconds;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(double *list, size_t n)
{
	qsort(list, n, sizeof *list, by_size);
	return list[n / 2];
}

static void measure(const struct bench *b, size_t rounds)
{
	double runs[100], bares[100];
	size_t transactions = ((size_t)b->due + LIMIT_SLICE_SERVICES - 1) / LIMIT_SLICE_SERVICES;
	for (size_t i = 0; i < rounds; i++) {
		b->engine->copy(b->base, b->run);
		b->engine->copy(b->base, b->bare);
		runs[i] = bill(b);
		bares[i] = b->engine->write_again(b->run, b->bare, transactions);
	}
	double run = median(runs, rounds), bare = median(bares, rounds), due = (double)b->due;
	printf("%-10s %8" PRId64 " services %7" PRId64 " due%s: %8.0f services/s (%5.1f us each),"
	       " bare %8.0f/s, ratio %.2f\n",
	    b->engine == &bare_pg ? "postgresql" : "sqlite", b->services, b->due,
	    b->rich ? ", rich" : "", due / run, run / due * 1e6, due / bare, bare / run);
}

int main(int argc, char **argv)
{
	char run[1024], bare[1024];
	int64_t services, due, rounds;
	bool rich = argc == 6 && str_eq(argv[5], "rich");
	if ((argc != 5 && !rich) || !str_int(argv[2], &services) || !str_int(argv[3], &due) ||
	    !str_int(argv[4], &rounds) || due < 1 || services < due || rounds < 1 || rounds > 100) {
		fprintf(stderr, "usage: bench_billing URL SERVICES DUE ROUNDS [rich]\n");
		return 2;
	}
	snprintf(run, sizeof run, "%s_run", argv[1]);
	snprintf(bare, sizeof bare, "%s_bare", argv[1]);
	struct bench b = {
	    .engine = str_starts(argv[1], "sqlite:") ? &bare_sqlite : &bare_pg,
	    .base = argv[1],
	    .run = run,
	    .bare = bare,
	    .services = services,
	    .due = due,
	    .now = clock_now(),
	    .rich = rich,
	};
	crypto_setup();
	fill(&b);
	measure(&b, (size_t)rounds);
	return 0;
}
