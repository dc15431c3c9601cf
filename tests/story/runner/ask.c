/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the program through its own handlers: the API with a token, pages with a browser's
 * cookies. Every write of the API is sent twice under one key, so that no story passes with an
 * effect that happens twice.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "db/driver.h"
#include "fmt/form.h"
#include "story.h"
#include "unit/testdb.h"

/* ---- API ---- */

static void call(struct story *s, const char *method, const char *path, const char *body)
{
	struct web_client *c = &s->api;
	arena_reset(c->arena);
	c->jar_n = 0;
	(void)world_cx(s);
	web_client_call(c, method, path, body);
}

static bool as_expected(struct story *s, const char *what, const struct web_client *c)
{
	bool fine = s->expect != 0 ? c->status == s->expect : c->status >= 200 && c->status < 400;
	return fine ||
	    story_no(s, "%s: status %d, not %d: %.600s", what, c->status, s->expect, c->body);
}

/* The first answer again, and nothing done again. */
static bool replayed(struct story *s, const char *path, const char *body)
{
	int status = s->api.status;
	const char *first = arena_strdup(s->arena, s->api.body);
	call(s, "POST", path, body);
	if (s->api.status != status)
		return story_no(s, "%s again: status %d after %d: %.300s", path, s->api.status,
		    status, s->api.body);
	return str_eq(first, s->api.body) ||
	    story_no(s, "%s again: another answer\n%.400s\n%.400s", path, first, s->api.body);
}

json_t *ask_api(struct story *s, const char *method, const char *path, json_t *steals_body)
{
	char *printed = steals_body == NULL ? NULL : json_dumps(steals_body, JSON_COMPACT);
	const char *body = arena_strdup(s->arena, printed);
	const char *target = arena_printf(s->arena, "/api/v1%s", path);
	bool writes = str_eq(method, "POST");
	free(printed);
	json_decref(steals_body);
	s->api.key = writes ? arena_printf(s->arena, "line-%d-%d", s->line, s->keys_n++) : NULL;
	call(s, method, target, body != NULL ? body : writes ? "{}" : NULL);
	bool ok = as_expected(s, target, &s->api) &&
	    (!writes || s->api.status >= 500 || replayed(s, target, body != NULL ? body : "{}"));
	s->api.key = NULL;
	if (!ok)
		return NULL;
	json_t *j = json_loads(s->api.body, 0, NULL);
	if (j == NULL)
		story_no(s, "%s: the answer is not JSON: %.200s", target, s->api.body);
	return j == NULL ? NULL : json_keep(s->cx, j);
}

json_t *ask_get(struct story *s, const char *fmt, ...)
{
	char path[512];
	int expect = s->expect;
	va_list args;
	va_start(args, fmt);
	vsnprintf(path, sizeof path, fmt, args);
	va_end(args);
	s->expect = 0;
	json_t *j = ask_api(s, "GET", path, NULL);
	s->expect = expect;
	return j;
}

/* ---- pages ---- */

/* Sessions end while months pass: whoever is asked to sign in does. */
static bool signed_in(struct story *s, struct person *p)
{
	web_client_call(&p->web, "GET", "/client/profile", NULL);
	if (p->web.status == 200)
		return true;
	p->web.jar_n = 0;
	web_client_form(&p->web, "/login",
	    arena_printf(p->web.arena, "email=%s%%40example.com&password=%s", p->name,
	        str_url(p->web.arena, STORY_PASSWORD)));
	return p->web.status == 303 ||
	    story_no(s, "%s cannot sign in: %d %.300s", p->name, p->web.status, p->web.body);
}

bool ask_form(struct story *s, struct person *p, const char *target, const char *form)
{
	if (!signed_in(s, p))
		return false;
	web_client_form(&p->web, target, form);
	return as_expected(s, target, &p->web);
}

bool ask_page(struct story *s, struct person *p, const char *target)
{
	if (!signed_in(s, p))
		return false;
	web_client_call(&p->web, "GET", target, NULL);
	return as_expected(s, target, &p->web);
}

/* ---- places to ids: failed tries may leave gaps in ids ---- */

DB_STMT(story_invoice, "i",
    "SELECT id FROM invoice WHERE kind = 'invoice' ORDER BY id LIMIT 1 OFFSET $1");
DB_STMT(story_note, "i",
    "SELECT id FROM invoice WHERE kind = 'credit_note' ORDER BY id LIMIT 1 OFFSET $1");
DB_STMT(story_service, "i", "SELECT id FROM service ORDER BY id LIMIT 1 OFFSET $1");
DB_STMT(story_order, "i", "SELECT id FROM order_head ORDER BY id LIMIT 1 OFFSET $1");
DB_STMT(story_letter, "i", "SELECT id FROM letter ORDER BY id LIMIT 1 OFFSET $1");
DB_STMT(story_payment, "i", "SELECT id FROM payment ORDER BY id LIMIT 1 OFFSET $1");

int64_t ask_id(struct story *s, const char *what, const char *nth)
{
	static const struct {
		const char *what;
		const struct db_stmt *stmt;
	} kinds[] = {{"invoice", &story_invoice}, {"note", &story_note},
	    {"service", &story_service}, {"order", &story_order}, {"letter", &story_letter},
	    {"payment", &story_payment}};
	int64_t n, id = 0;
	if (!story_number(s, nth, &n))
		return 0;
	struct db_faults kept = s->cx->db->faults;
	db_set_faults(s->cx->db, (struct db_faults){0});
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_eq(kinds[i].what, what) &&
		    db_int64(s->cx, kinds[i].stmt, DB_ARGS(db_int(n - 1)), &id) != OK)
			story_no(s, "there is no %s %s", what, nth);
	db_set_faults(s->cx->db, kept);
	return id;
}
