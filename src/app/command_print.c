/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the program's tables: pages, jobs, life cycles, settings, outcomes, SQL. docs/gen is
 * written from these, so the documentation is what the program does.
 */
#include <stdio.h>

#include "app/command.h"
#include "base/fsm.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/setting/setting.h"
#include "db/db.h"
#include "fmt/form.h"
#include "flow/flow.h"
#include "web/web.h"

/* Rows are gathered as JSON and printed either way: columns of text, or an array. */
struct sheet {
	const struct config *config;
	json_t *rows;
	const char *const *columns; /* NULL-ended */
};

static struct sheet sheet_of(struct cx *cx, const struct config *c, const char *const *columns)
{
	return (struct sheet){.config = c, .rows = json_keep(cx, json_array()), .columns = columns};
}

static void add(struct sheet *s, const char *const *values)
{
	json_t *row = json_object();
	for (size_t i = 0; s->columns[i] != NULL; i++)
		json_object_set_new(row, s->columns[i], json_string(str_or(values[i], "")));
	json_array_append_new(s->rows, row);
}

static int cell(const json_t *row, const char *column)
{
	return (int)json_string_length(json_object_get(row, column));
}

static int width(const struct sheet *s, const char *column)
{
	int w = 0;
	size_t i;
	json_t *row;
	json_array_foreach(s->rows, i, row)
		w = cell(row, column) > w ? cell(row, column) : w;
	return w > 60 ? 60 : w;
}

static int print(const struct sheet *s)
{
	size_t i;
	json_t *row;
	if (s->config->json) {
		command_json(s->rows);
		return 0;
	}
	json_array_foreach(s->rows, i, row) {
		for (size_t c = 0; s->columns[c] != NULL; c++) {
			bool last = s->columns[c + 1] == NULL;
			printf("%-*s%s", last ? 0 : width(s, s->columns[c]),
			    json_string_value(json_object_get(row, s->columns[c])),
			    last ? "\n" : "  ");
		}
	}
	return 0;
}

static const char *guard(const struct route *r)
{
	switch (r->method) {
	case WEB_READ: return "read only";
	case WEB_FORM: return r->area == AREA_API ? "API token" : "CSRF token";
	case WEB_RETURN: return "provider asked";
	case WEB_HOOK: return "signature";
	}
	return "";
}

int command_routes(struct cx *cx, const struct config *c)
{
	static const char *const columns[] = {"method", "path", "area", "permission", "guard",
	    "view", NULL};
	static const char *const areas[] = {"public", "client", "staff", "api", "probe", "test"};
	struct sheet s = sheet_of(cx, c, columns);
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		bool get = r->method == WEB_READ || r->method == WEB_RETURN;
		const char *values[] = {get ? "GET" : "POST", r->path, areas[r->area],
		    r->permission, guard(r), r->view};
		add(&s, values);
	}
	return print(&s);
}

static const char *every(struct cx *cx, int64_t s)
{
	long long n = s;
	if (s % 86400 == 0)
		return arena_printf(cx->arena, "every %lld d", n / 86400);
	if (s % 3600 == 0)
		return arena_printf(cx->arena, "every %lld h", n / 3600);
	if (s % 60 == 0)
		return arena_printf(cx->arena, "every %lld min", n / 60);
	return arena_printf(cx->arena, "every %lld s", n);
}

int command_jobs(struct cx *cx, const struct config *c)
{
	static const char *const columns[] = {"table", "name", "when", "what", NULL};
	struct sheet s = sheet_of(cx, c, columns);
	for (size_t i = 0; i < sweeps_n; i++) {
		const char *values[] = {"task", sweeps[i].name, every(cx, sweeps[i].every_s),
		    sweeps[i].what};
		add(&s, values);
	}
	for (size_t i = 0; i < job_kinds_n; i++) {
		const char *values[] = {"job", job_kinds[i].kind, "queued", job_kinds[i].what};
		add(&s, values);
	}
	for (size_t i = 0; i < event_rules_n; i++) {
		const struct event_rule *r = &event_rules[i];
		const char *values[] = {"rule", r->job,
		    arena_printf(cx->arena, "%s %s", r->subject, r->name), r->why};
		add(&s, values);
	}
	return print(&s);
}

int command_states(struct cx *cx, const struct config *c)
{
	static const char *const columns[] = {"subject", "from", "event", "to", NULL};
	struct sheet s = sheet_of(cx, c, columns);
	size_t n;
	const struct fsm *const *all = fsm_all(&n);
	for (size_t i = 0; i < n; i++) {
		const struct fsm *f = all[i];
		for (size_t e = 0; e < f->edges_n; e++) {
			const char *values[] = {f->name, f->states[f->edges[e].from],
			    f->events[f->edges[e].event], f->states[f->edges[e].to]};
			add(&s, values);
		}
	}
	return print(&s);
}

int command_settings(struct cx *cx, const struct config *c)
{
	static const char *const columns[] = {"name", "default", "label", "help", NULL};
	struct sheet s = sheet_of(cx, c, columns);
	for (size_t i = 0; i < setting_fields.n; i++) {
		const struct field *f = &setting_fields.rows[i];
		const char *values[] = {f->name, f->otherwise, f->label, f->help};
		add(&s, values);
	}
	return print(&s);
}

int command_errors(struct cx *cx, const struct config *c)
{
	static const char *const columns[] = {"word", "status", NULL};
	struct sheet s = sheet_of(cx, c, columns);
	for (int e = OK; e < ERR_MAX; e++) {
		const char *values[] = {err_word((enum err)e),
		    arena_printf(cx->arena, "%d", err_status((enum err)e))};
		add(&s, values);
	}
	return print(&s);
}

int command_sql(struct cx *cx, const struct config *c)
{
	static const char *const columns[] = {"file", "id", "types", "sql", "postgresql", NULL};
	struct sheet s = sheet_of(cx, c, columns);
	size_t n;
	const struct db_stmt *const *all = db_stmts(&n);
	for (size_t i = 0; i < n; i++) {
		const char *values[] = {all[i]->file, all[i]->id, all[i]->types, all[i]->sql,
		    all[i]->pg};
		add(&s, values);
	}
	return print(&s);
}
