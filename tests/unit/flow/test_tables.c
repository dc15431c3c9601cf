/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that tell what the program does agree with each other: every statement prepares on
 * both engines, every life cycle can be
 * walked, every rule names a job, every job is known, and the database accepts every state word.
 */
#include "unit/testdb.h"

#include "base/fsm.h"
#include "base/str.h"
#include "core/event/event.h"
#include "flow/flow.h"
#include "base/embed.h"

static void every_statement_prepares(void **state)
{
	struct testdb *t = testdb_open(*state);
	size_t n = 0;
	testdb_ok(&t->cx, db_prepare_all(&t->cx, &n));
	assert_true(n > 150);
	testdb_close(t);
}

static unsigned reachable(const struct fsm *f)
{
	unsigned seen = 1;
	for (int round = 0; round < f->states_n; round++)
		for (size_t i = 0; i < f->edges_n; i++)
			if (seen & 1u << f->edges[i].from)
				seen |= 1u << f->edges[i].to;
	return seen;
}

/* Other ways in than state 0: an order may be placed without review. */
static void every_state_is_reachable_and_left(void **state)
{
	size_t n;
	const struct fsm *const *all = fsm_all(&n);
	assert_true(n >= 8);
	for (size_t i = 0; i < n; i++) {
		const struct fsm *f = all[i];
		unsigned seen = reachable(f), left = 0;
		for (size_t k = 0; k < f->edges_n; k++)
			left |= 1u << f->edges[k].from;
		for (int s = 0; s < f->states_n; s++) {
			bool is_final = (f->finals & 1u << s) != 0;
			if (!(seen & 1u << s) || (!is_final && !(left & 1u << s)))
				print_error("%s: state %s\n", f->name, f->states[s]);
			assert_true(seen & 1u << s);
			assert_true(is_final || (left & 1u << s));
		}
	}
}

/*
 * "state TEXT NOT NULL CHECK (state IN ('a', 'b'))" of a table in the migrations holds exactly the
 * life cycle's words.
 */
static void check_lists_equal_the_words(void **state)
{
	static const struct {
		const char *fsm, *table;
	} pairs[] = {
	    {"invoice", "CREATE TABLE invoice ("},
	    {"payment", "CREATE TABLE payment ("},
	    {"attempt", "CREATE TABLE attempt ("},
	    {"order", "CREATE TABLE order_head ("},
	    {"service", "CREATE TABLE service ("},
	    {"job", "CREATE TABLE job ("},
	    {"client", "CREATE TABLE client ("},
	    {"staff", "CREATE TABLE staff ("},
	    {"letter", "CREATE TABLE letter ("},
	    {"refund", "CREATE TABLE refund ("},
	    {"approval", "CREATE TABLE approval ("},
	};
	const struct embed *file = embed_find("migrations/0001_start.sql");
	assert_non_null(file);
	struct arena *a = arena_new(LIMIT_ARENA_BYTES);
	const char *sql = arena_strndup(a, (const char *)file->bytes, file->len);
	size_t n, found = 0;
	const struct fsm *const *all = fsm_all(&n);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
			if (!str_eq(all[i]->name, pairs[k].fsm))
				continue;
			struct buf want;
			buf_init(&want, a);
			for (int s = 0; s < all[i]->states_n; s++)
				buf_printf(&want, "%s'%s'", s == 0 ? "CHECK (state IN (" : ", ",
				    all[i]->states[s]);
			buf_puts(&want, "))");
			const char *table = strstr(sql, pairs[k].table);
			assert_non_null(table);
			const char *check = strstr(table, "CHECK (state IN (");
			assert_non_null(check);
			if (!str_starts(check, buf_text(&want)))
				print_error("%s: want %s\n", all[i]->name, buf_text(&want));
			assert_true(str_starts(check, buf_text(&want)));
			found++;
		}
	}
	assert_int_equal(found, sizeof pairs / sizeof pairs[0]);
	arena_free(a);
}

static void every_rule_names_a_job(void **state)
{
	for (size_t i = 0; i < event_rules_n; i++) {
		bool known = false;
		for (size_t k = 0; k < job_kinds_n; k++)
			known = known || str_eq(job_kinds[k].kind, event_rules[i].job);
		if (!known)
			print_error("no job %s\n", event_rules[i].job);
		assert_true(known);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TESTDB_BOTH(every_statement_prepares),
	    cmocka_unit_test(every_state_is_reachable_and_left),
	    cmocka_unit_test(check_lists_equal_the_words),
	    cmocka_unit_test(every_rule_names_a_job),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
