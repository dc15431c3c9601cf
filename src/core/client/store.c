/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of the table client. Contacts are in store_contact.c. */
#include <stdlib.h>

#include "base/str.h"
#include "core/client/own.h"
#include "core/row.h"
#include "core/view.h"
#include "db/db.h"

#define COLUMNS \
	"id, email, email_verified_at, password_hash, first_name, last_name, company, address," \
	" city, postcode, region, country, phone, currency, tax_id, tax_exempt, language, state," \
	" note, created_at, seen_at, tax_id_state, tax_id_at, hold_until, group_id," \
	" COALESCE(terms_days, -1), COALESCE(grace_days, -1)," \
	" COALESCE((SELECT g.terms_days FROM client_group g WHERE g.id = client.group_id), -1)," \
	" COALESCE((SELECT g.grace_days FROM client_group g WHERE g.id = client.group_id), -1)," \
	" (SELECT g.key FROM client_group g WHERE g.id = client.group_id)," \
	" (SELECT g.name FROM client_group g WHERE g.id = client.group_id)," \
	" COALESCE(discount_ppm, -1), COALESCE((SELECT g.discount_ppm FROM client_group g" \
	" WHERE g.id = client.group_id), 0), pays_by," \
	" COALESCE((SELECT w.terms_days FROM client_way w WHERE w.gateway = client.pays_by), -1)," \
	" COALESCE((SELECT w.grace_days FROM client_way w WHERE w.gateway = client.pays_by), -1)"

static void read_client(struct db_row *row, void *out)
{
	struct client *c = out;

	c->id = row_int(row);
	c->email = row_str(row);
	c->email_verified_at = row_int(row);
	c->password_hash = row_text(row);
	c->first_name = row_str(row);
	c->last_name = row_str(row);
	c->company = row_str(row);
	c->address = row_str(row);
	c->city = row_str(row);
	c->postcode = row_str(row);
	c->region = row_str(row);
	c->country = row_str(row);
	c->phone = row_str(row);
	c->currency = row_str(row);
	c->tax_id = row_str(row);
	c->tax_exempt = row_int(row) != 0;
	c->language = row_str(row);
	c->state = (enum client_state)fsm_state(&client_fsm, row_str(row));
	c->note = row_str(row);
	c->created_at = row_int(row);
	c->seen_at = row_int(row);
	c->tax_id_state = row_str(row);
	c->tax_id_at = row_int(row);
	c->hold_until = row_day(row);
	c->group_id = row_int(row);
	c->terms_days = row_int(row);
	c->grace_days = row_int(row);
	c->group_terms_days = row_int(row);
	c->group_grace_days = row_int(row);
	c->group = row_str(row);
	c->group_name = row_str(row);
	c->discount_ppm = row_int(row);
	c->group_discount_ppm = row_int(row);
	c->pays_by = row_str(row);
	c->way_terms_days = row_int(row);
	c->way_grace_days = row_int(row);
}

DB_STMT(client_by_id, "i", "SELECT " COLUMNS " FROM client WHERE id = $1");

enum err client_get(struct cx *cx, int64_t id, struct client *ret)
{
	enum err err = db_one(cx, &client_by_id, DB_ARGS(db_int(id)), read_client, ret);

	return err != ERR_NOT_FOUND ?
	    err :
	    fail(cx, err, "client.none", "There is no client %lld.", (long long)id);
}

/* The list of ids is "[1,2,3]"; the engines read lists in different words. */
DB_STMT2(client_by_ids, "t",
    "SELECT " COLUMNS " FROM client WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id",
    "SELECT " COLUMNS
    " FROM client WHERE id = ANY (CAST(translate($1, '[]', '{}') AS BIGINT[])) ORDER BY id");

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct client *)a)->id, y = ((const struct client *)b)->id;
	return x < y ? -1 : x > y;
}

enum err client_get_many(struct cx *cx, const int64_t *ids, size_t n, struct client **ret)
{
	struct client *rows, *list = ARENA_ARRAY(cx->arena, struct client, n);
	size_t rows_n;
	struct buf text;
	buf_init(&text, cx->arena);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%c%lld", i == 0 ? '[' : ',', (long long)ids[i]);
	buf_puts(&text, n == 0 ? "[]" : "]");
	TRY(db_list(cx, &client_by_ids, DB_ARGS(db_text(buf_text(&text))),
	    (struct db_into){read_client, sizeof *rows}, &rows, &rows_n));
	for (size_t i = 0; i < n; i++) {
		struct client key = {.id = ids[i]};
		const struct client *found = bsearch(&key, rows, rows_n, sizeof *rows, by_id);
		if (found == NULL)
			return fail(cx, ERR_NOT_FOUND, "client.none", "There is no client %lld.",
			    (long long)ids[i]);
		list[i] = *found;
	}
	*ret = list;
	return OK;
}

DB_STMT(client_by_email, "t", "SELECT " COLUMNS " FROM client WHERE email = lower($1)");

enum err client_find_email(struct cx *cx, const char *email, struct client *ret)
{
	enum err err = db_one(cx, &client_by_email, DB_ARGS(db_text(email)), read_client, ret);

	return err != ERR_NOT_FOUND ? err :
	                              fail(cx, err, "client.none", "No client has this address.");
}

static void read_id(struct db_row *row, void *out)
{
	*(int64_t *)out = row_int(row);
}

DB_STMT(client_email_taken, "t", "SELECT id FROM client WHERE email = $1");

enum err client_email_id(struct cx *cx, const char *email, int64_t *ret_id)
{
	struct db_into into = {read_id, sizeof(int64_t)};
	int64_t *ids;
	size_t n;

	TRY(db_list(cx, &client_email_taken, DB_ARGS(db_text(email)), into, &ids, &n));
	*ret_id = n > 0 ? ids[0] : 0;
	return OK;
}

DB_STMT(client_add, "ttttttttttttttit",
    "INSERT INTO client (email, password_hash, first_name, last_name, company, address, city,"
    " postcode, region, country, phone, currency, tax_id, tax_exempt, language, state, note,"
    " created_at, tax_id_state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0,"
    " '', $14, '', $15, $16) RETURNING id");

enum err client_insert(struct cx *cx, const struct client *c, int64_t *ret_id)
{
	return db_int64(cx, &client_add,
	    DB_ARGS(db_text(c->email), db_text(c->password_hash), db_text(c->first_name),
	        db_text(c->last_name), db_text(c->company), db_text(c->address), db_text(c->city),
	        db_text(c->postcode), db_text(c->region), db_text(c->country), db_text(c->phone),
	        db_text(c->currency), db_text(c->tax_id), db_text(client_fsm.states[c->state]),
	        db_int(cx->now), db_text(str_empty(c->tax_id) ? "" : "unchecked")),
	    ret_id);
}

DB_STMT(client_set,
    "ittttttttttitt"
    "tiiiitit",
    "UPDATE client SET first_name = $2, last_name = $3, company = $4, address = $5, city = $6,"
    " postcode = $7, region = $8, country = $9, phone = $10, tax_id = $11, tax_exempt = $12,"
    " language = $13, note = $14, tax_id_state = $15, tax_id_at = $16, group_id = $17,"
    " terms_days = $18, grace_days = $19, hold_until = $20, discount_ppm = $21,"
    " pays_by = $22 WHERE id = $1");

enum err client_write(struct cx *cx, const struct client *c)
{
	return db_run(cx, &client_set,
	    DB_ARGS(db_int(c->id), db_text(c->first_name), db_text(c->last_name),
	        db_text(c->company), db_text(c->address), db_text(c->city), db_text(c->postcode),
	        db_text(c->region), db_text(c->country), db_text(c->phone), db_text(c->tax_id),
	        db_int(c->tax_exempt), db_text(c->language), db_text(c->note),
	        db_text(c->tax_id_state), db_opt(c->tax_id_at), db_opt(c->group_id),
	        client_days(c->terms_days), client_days(c->grace_days),
	        arg_day(cx->arena, c->hold_until), client_days(c->discount_ppm),
	        db_text(str_or(c->pays_by, ""))),
	    NULL);
}

DB_STMT(client_set_address, "it",
    "UPDATE client SET email = $2, email_verified_at = NULL WHERE id = $1");

enum err client_write_email(struct cx *cx, int64_t id, const char *email)
{
	return db_run(cx, &client_set_address, DB_ARGS(db_int(id), db_text(email)), NULL);
}

DB_STMT(client_set_verified, "iti",
    "UPDATE client SET email_verified_at = $3 WHERE id = $1 AND email = $2");

enum err client_write_verified(struct cx *cx, int64_t id, const char *email, bool *ret_changed)
{
	int64_t changed;

	TRY(db_run(cx, &client_set_verified, DB_ARGS(db_int(id), db_text(email), db_int(cx->now)),
	    &changed));
	*ret_changed = changed == 1;
	return OK;
}

DB_STMT(client_set_hash, "it", "UPDATE client SET password_hash = $2 WHERE id = $1");

enum err client_write_hash(struct cx *cx, int64_t id, const char *hash)
{
	return db_run(cx, &client_set_hash, DB_ARGS(db_int(id), db_text(hash)), NULL);
}

DB_STMT(client_set_state, "itt", "UPDATE client SET state = $3 WHERE id = $1 AND state = $2");

enum err client_write_state(struct cx *cx, const struct client *c, enum client_state to)
{
	int64_t changed;

	TRY(db_run(cx, &client_set_state,
	    DB_ARGS(db_int(c->id), db_text(client_fsm.states[c->state]),
	        db_text(client_fsm.states[to])),
	    &changed));
	if (changed != 1)
		return fail(cx, ERR_CONFLICT, "client.raced",
		    "Somebody else just changed client %lld.", (long long)c->id);
	return OK;
}

DB_STMT(client_set_seen, "ii", "UPDATE client SET seen_at = $2 WHERE id = $1");

enum err client_write_seen(struct cx *cx, int64_t id)
{
	return db_run(cx, &client_set_seen, DB_ARGS(db_int(id), db_int(cx->now)), NULL);
}

DB_STMT(client_select, "ittii",
    "SELECT " COLUMNS " FROM client WHERE ($1 IS NULL OR id < $1) AND ($2 IS NULL OR state = $2)"
    " AND ($3 IS NULL OR id = $4"
    " OR lower(first_name || ' ' || last_name || ' ' || company || ' ' || email)"
    " LIKE lower($3) ESCAPE '\\') ORDER BY id DESC LIMIT $5");

enum err client_rows(struct cx *cx, const struct client_filter *f, struct client **ret,
    size_t *ret_n)
{
	struct db_into into = {read_client, sizeof **ret};
	int64_t id = 0;

	if (f->q != NULL)
		(void)str_int(str_trim(cx->arena, f->q), &id);
	return db_list(cx, &client_select,
	    DB_ARGS(db_opt(f->after), db_opt_text(f->status), db_text(view_like(cx, f->q)),
	        db_opt(id), db_int(view_limit(f->limit))),
	    into, ret, ret_n);
}
