/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fails the Nth call for tests, so that every error path of a verb can be walked: begin, commit,
 * each statement, batch and script is one call. The call is not sent. Not for production use: with
 * the zero value nothing ever fails.
 */
#include "db/driver.h"

void db_set_faults(struct db *db, struct db_faults f)
{
	db->faults = f;
}

enum err db_fault(struct cx *cx)
{
	struct db_faults *f = &cx->db->faults;

	if (f->fail_at == 0)
		return OK;
	if (f->fail_at > 1) {
		f->fail_at--;
		return OK;
	}
	if (f->once)
		f->fail_at = 0;
	return fail(cx, ERR_INTERNAL, "db.fault", "This call was made to fail by a test.");
}
