/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All SQL of the table contact. Every statement names the client, so that a foreign id is nobody's.
 */
#include "base/limits.h"
#include "core/client/own.h"
#include "db/db.h"

static void read_contact(struct db_row *row, void *out)
{
	struct contact *c = out;

	c->id = row_int(row);
	c->client_id = row_int(row);
	c->in.name = row_str(row);
	c->in.email = row_str(row);
	c->in.phone = row_str(row);
	c->in.letters = row_str(row);
	c->created_at = row_int(row);
}

DB_STMT(contact_select, "ii",
    "SELECT id, client_id, name, email, phone, letters, created_at FROM contact WHERE client_id ="
    " $1 ORDER BY id LIMIT $2");

enum err contact_rows(struct cx *cx, int64_t client_id, struct contact **ret, size_t *ret_n)
{
	struct db_into into = {read_contact, sizeof **ret};

	return db_list(cx, &contact_select, DB_ARGS(db_int(client_id), db_int(LIMIT_CONTACTS)),
	    into, ret, ret_n);
}

DB_STMT(contact_add, "itttti",
    "INSERT INTO contact (client_id, name, email, phone, letters, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id");

enum err contact_insert(struct cx *cx, const struct contact *c, int64_t *ret_id)
{
	return db_int64(cx, &contact_add,
	    DB_ARGS(db_int(c->client_id), db_text(c->in.name), db_text(c->in.email),
	        db_text(c->in.phone), db_text(c->in.letters), db_int(cx->now)),
	    ret_id);
}

DB_STMT(contact_set, "iitttt",
    "UPDATE contact SET name = $3, email = $4, phone = $5, letters = $6 WHERE id = $1 AND"
    " client_id = $2");

enum err contact_write(struct cx *cx, const struct contact *c, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &contact_set,
	    DB_ARGS(db_int(c->id), db_int(c->client_id), db_text(c->in.name), db_text(c->in.email),
	        db_text(c->in.phone), db_text(c->in.letters)),
	    &changed));
	*ret_changed = changed == 1;
	return OK;
}

DB_STMT(contact_del, "ii", "DELETE FROM contact WHERE id = $1 AND client_id = $2");

enum err contact_delete(struct cx *cx, int64_t client_id, int64_t id, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &contact_del, DB_ARGS(db_int(id), db_int(client_id)), &changed));
	*ret_changed = changed == 1;
	return OK;
}
