/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the tables staff and role. */
#include "base/limits.h"
#include "core/staff/own.h"
#include "db/db.h"

#define SELECT_STAFF \
	"SELECT s.id, s.role_id, s.email, s.name, s.password_hash, r.key, r.name, r.permissions," \
	" s.state, s.created_at, s.seen_at FROM staff s JOIN role r ON r.id = s.role_id"

static void read_staff(struct db_row *row, void *out)
{
	struct staff *s = out;

	s->id = row_int(row);
	s->role_id = row_int(row);
	s->email = row_str(row);
	s->name = row_str(row);
	s->password_hash = row_str(row);
	s->role_key = row_str(row);
	s->role_name = row_str(row);
	s->permissions = row_str(row);
	s->state = (enum staff_state)fsm_state(&staff_fsm, row_str(row));
	s->created_at = row_int(row);
	s->seen_at = row_int(row);
}

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

static enum err id_or_none(struct cx *cx, const struct db_stmt *stmt, const char *text,
    int64_t *ret_id)
{
	struct db_into into = {read_id, sizeof(int64_t)};
	int64_t *ids;
	size_t n;

	TRY(db_list(cx, stmt, DB_ARGS(db_text(text)), into, &ids, &n));
	*ret_id = n > 0 ? ids[0] : 0;
	return OK;
}

DB_STMT(staff_by_id, "i", SELECT_STAFF " WHERE s.id = $1");

enum err staff_get(struct cx *cx, int64_t id, struct staff *ret)
{
	enum err err = db_one(cx, &staff_by_id, DB_ARGS(db_int(id)), read_staff, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "staff.none", "There is no staff member %lld.", (long long)id);
}

DB_STMT(staff_by_email, "t", SELECT_STAFF " WHERE s.email = lower($1)");

enum err staff_find_email(struct cx *cx, const char *email, struct staff *ret)
{
	enum err err = db_one(cx, &staff_by_email, DB_ARGS(db_text(email)), read_staff, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "staff.none", "No staff member has this address.");
}

DB_STMT(staff_email_taken, "t", "SELECT id FROM staff WHERE email = $1");

enum err staff_email_id(struct cx *cx, const char *email, int64_t *ret_id)
{
	return id_or_none(cx, &staff_email_taken, email, ret_id);
}

DB_STMT(staff_how_many, "", "SELECT COUNT(*) FROM staff");

enum err staff_count(struct cx *cx, int64_t *ret)
{
	return db_int64(cx, &staff_how_many, DB_NONE, ret);
}

DB_STMT(staff_owners, "it",
    "SELECT COUNT(*) FROM staff s JOIN role r ON r.id = s.role_id"
    " WHERE s.id <> $1 AND s.state = 'active' AND r.key = $2");

enum err staff_owners_but(struct cx *cx, int64_t id, int64_t *ret_n)
{
	return db_int64(cx, &staff_owners, DB_ARGS(db_int(id), db_text(STAFF_OWNER_KEY)), ret_n);
}

DB_STMT(staff_add, "tttii",
    "INSERT INTO staff (email, name, password_hash, role_id, state, created_at)"
    " VALUES ($1, $2, $3, $4, 'active', $5) RETURNING id");

enum err staff_insert(struct cx *cx, const struct staff *s, int64_t *ret_id)
{
	return db_int64(cx, &staff_add,
	    DB_ARGS(db_text(s->email), db_text(s->name), db_text(s->password_hash),
	        db_int(s->role_id), db_int(cx->now)),
	    ret_id);
}

DB_STMT(staff_set, "itti", "UPDATE staff SET email = $2, name = $3, role_id = $4 WHERE id = $1");

enum err staff_write(struct cx *cx, const struct staff *s)
{
	return db_run(cx, &staff_set,
	    DB_ARGS(db_int(s->id), db_text(s->email), db_text(s->name), db_int(s->role_id)), NULL);
}

DB_STMT(staff_set_hash, "it", "UPDATE staff SET password_hash = $2 WHERE id = $1");

enum err staff_write_hash(struct cx *cx, int64_t id, const char *hash)
{
	return db_run(cx, &staff_set_hash, DB_ARGS(db_int(id), db_text(hash)), NULL);
}

DB_STMT(staff_set_state, "itt", "UPDATE staff SET state = $3 WHERE id = $1 AND state = $2");

enum err staff_write_state(struct cx *cx, const struct staff *s, enum staff_state to)
{
	int64_t changed;

	TRY(db_run(cx, &staff_set_state,
	    DB_ARGS(db_int(s->id), db_text(staff_fsm.states[s->state]),
	        db_text(staff_fsm.states[to])),
	    &changed));
	if (changed != 1)
		return fail(cx, ERR_CONFLICT, "staff.raced",
		    "Somebody else just changed staff member %lld.", (long long)s->id);
	return OK;
}

DB_STMT(staff_set_seen, "ii", "UPDATE staff SET seen_at = $2 WHERE id = $1");

enum err staff_write_seen(struct cx *cx, int64_t id)
{
	return db_run(cx, &staff_set_seen, DB_ARGS(db_int(id), db_int(cx->now)), NULL);
}

DB_STMT(staff_all, "i", SELECT_STAFF " ORDER BY s.name, s.id LIMIT $1");

enum err staff_rows(struct cx *cx, struct staff **ret, size_t *ret_n)
{
	struct db_into into = {read_staff, sizeof **ret};

	return db_list(cx, &staff_all, DB_ARGS(db_int(LIMIT_STAFF)), into, ret, ret_n);
}

static void read_role(struct db_row *row, void *out)
{
	struct role *r = out;

	r->id = row_int(row);
	r->key = row_str(row);
	r->name = row_str(row);
	r->permissions = row_str(row);
}

DB_STMT(role_by_id, "i", "SELECT id, key, name, permissions FROM role WHERE id = $1");

enum err role_get(struct cx *cx, int64_t id, struct role *ret)
{
	enum err err = db_one(cx, &role_by_id, DB_ARGS(db_int(id)), read_role, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "role.none", "There is no role %lld.", (long long)id);
}

DB_STMT(role_by_key, "t", "SELECT id, key, name, permissions FROM role WHERE key = $1");

enum err role_find(struct cx *cx, const char *key, struct role *ret)
{
	enum err err = db_one(cx, &role_by_key, DB_ARGS(db_text(key)), read_role, ret);

	return err != ERR_NOT_FOUND ? err :
	                              fail(cx, err, "role.none", "There is no role \"%s\".", key);
}

DB_STMT(role_key_taken, "t", "SELECT id FROM role WHERE key = $1");

enum err role_key_id(struct cx *cx, const char *key, int64_t *ret_id)
{
	return id_or_none(cx, &role_key_taken, key, ret_id);
}

DB_STMT(role_add, "ttt",
    "INSERT INTO role (key, name, permissions) VALUES ($1, $2, $3) RETURNING id");

enum err role_insert(struct cx *cx, const struct role *r, int64_t *ret_id)
{
	return db_int64(cx, &role_add,
	    DB_ARGS(db_text(r->key), db_text(r->name), db_text(r->permissions)), ret_id);
}

DB_STMT(role_add_absent, "ttt",
    "INSERT INTO role (key, name, permissions) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING");

enum err role_insert_absent(struct cx *cx, const struct role *r)
{
	return db_run(cx, &role_add_absent,
	    DB_ARGS(db_text(r->key), db_text(r->name), db_text(r->permissions)), NULL);
}

DB_STMT(role_set, "ittt", "UPDATE role SET key = $2, name = $3, permissions = $4 WHERE id = $1");

enum err role_write(struct cx *cx, const struct role *r)
{
	return db_run(cx, &role_set,
	    DB_ARGS(db_int(r->id), db_text(r->key), db_text(r->name), db_text(r->permissions)),
	    NULL);
}

DB_STMT(role_all, "i", "SELECT id, key, name, permissions FROM role ORDER BY id LIMIT $1");

enum err role_rows(struct cx *cx, struct role **ret, size_t *ret_n)
{
	struct db_into into = {read_role, sizeof **ret};

	return db_list(cx, &role_all, DB_ARGS(db_int(LIMIT_STAFF)), into, ret, ret_n);
}
