/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The declared statements and batches, as the linker collected them, and the proof that every one
 * can be prepared on the open connection. Nothing here runs a statement.
 */
#include <string.h>

#include "db/driver.h"

/* Weak: a program without a single declaration has no such section. */
extern const struct db_stmt *const __start_bh_stmt[] __attribute__((weak));
extern const struct db_stmt *const __stop_bh_stmt[] __attribute__((weak));
extern const struct db_batch *const __start_bh_batch[] __attribute__((weak));
extern const struct db_batch *const __stop_bh_batch[] __attribute__((weak));

const struct db_stmt *const *db_stmts(size_t *ret_n)
{
	*ret_n = (size_t)(__stop_bh_stmt - __start_bh_stmt);
	return __start_bh_stmt;
}

const struct db_batch *const *db_batches(size_t *ret_n)
{
	*ret_n = (size_t)(__stop_bh_batch - __start_bh_batch);
	return __start_bh_batch;
}

static enum err prepare_stmt(struct cx *cx, const struct db_stmt *s)
{
	struct db_prep *p;
	size_t n = strlen(s->types);

	if (n > LIMIT_SQL_PARAMS || strspn(s->types, "itb") != n)
		return fail(cx, ERR_INTERNAL, "db.param", "\"%s\" are not letters i, t or b",
		    s->types);
	TRY(db_ready(cx));
	TRY(db_prep_get(cx, s, DB_UNFOLDED, &p));
	TRY(cx->db->driver->check(cx, p));
	uint64_t filters = s->pg == NULL ? db_fold_params(s->sql) : 0;
	if (filters == 0)
		return OK;
	TRY(db_prep_get(cx, s, 0, &p));
	return db_prep_get(cx, s, filters, &p);
}

static enum err prepare_batch(struct cx *cx, const struct db_batch *b)
{
	struct db_batch_set *set = db_batch_set_get(cx->db, b);

	TRY(prepare_stmt(cx, &set->insert));
	TRY(prepare_stmt(cx, &set->columns));
	return cx->db->driver->check_batch(cx, set);
}

static enum err named(struct cx *cx, const char *kind, const char *id, const char *file)
{
	const char *why = arena_strdup(cx->arena, cx->fault.detail);

	return fail(cx, ERR_INTERNAL, "db.prepare", "%s %s in %s: %s", kind, id, file, why);
}

enum err db_prepare_all(struct cx *cx, size_t *ret_n)
{
	size_t stmts_n, batches_n;
	const struct db_stmt *const *stmts = db_stmts(&stmts_n);
	const struct db_batch *const *batches = db_batches(&batches_n);

	for (size_t i = 0; i < stmts_n; i++)
		if (prepare_stmt(cx, stmts[i]) != OK)
			return named(cx, "statement", stmts[i]->id, stmts[i]->file);
	for (size_t i = 0; i < batches_n; i++)
		if (prepare_batch(cx, batches[i]) != OK)
			return named(cx, "batch", batches[i]->table, batches[i]->columns);
	*ret_n = stmts_n + batches_n;
	return OK;
}
