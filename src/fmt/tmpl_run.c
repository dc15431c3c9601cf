/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a compiled template: looks names up on the stack of contexts, escapes, and writes. Depth,
 * steps and output are limited, because staff may edit letters and a template may include itself.
 */
#include <string.h>

#include "base/limits.h"
#include "fmt/tmpl_own.h"

/* The stack of contexts, innermost first. */
struct scope {
	const json_t *value;
	const struct scope *up;
};

/* The blocks given to a parent, innermost parent first. */
struct given {
	struct tmpl_program *program;
	const struct tmpl_op *parent;
	const struct given *up;
};

/* Where the run is: one of these for each partial, parent, block and section entered. */
struct frame {
	struct tmpl_program *program;
	const struct scope *scope;
	const struct given *given;
	int depth; /* partials, parents and blocks entered */
};

struct run {
	struct cx *cx;
	struct tmpl_set *set;
	struct buf *out;
	size_t start, steps;
	struct buf indent; /* goes before each line */
	bool strict, html;
};

static enum err run_range(struct run *r, const struct frame *f, size_t from, size_t to);

static enum err too_much(const struct run *r, const struct frame *f, const char *what)
{
	return fail(r->cx, ERR_INVALID, "template.limit", "%s: %s.", f->program->name, what);
}

static enum err put(struct run *r, const struct frame *f, const char *s, size_t len)
{
	if (r->out->len - r->start + len > LIMIT_TEMPLATE_OUTPUT_BYTES)
		return too_much(r, f, "the result is too large");
	buf_add(r->out, s, len);
	return OK;
}

static bool at_line_start(const struct run *r)
{
	return r->out->len == r->start || r->out->s[r->out->len - 1] == '\n';
}

static enum err put_indent(struct run *r, const struct frame *f)
{
	if (r->indent.len == 0 || !at_line_start(r))
		return OK;
	return put(r, f, r->indent.s, r->indent.len);
}

static enum err put_text(struct run *r, const struct frame *f, const struct tmpl_op *op)
{
	const char *s = op->text.s, *end = s + op->text.len;

	if (r->indent.len == 0)
		return put(r, f, s, op->text.len);
	for (bool bol = op->bol; s < end; bol = true) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		const char *next = newline != NULL ? newline + 1 : end;
		/* An empty line stays empty. */
		if (bol && s != newline)
			TRY(put_indent(r, f));
		TRY(put(r, f, s, (size_t)(next - s)));
		s = next;
	}
	return OK;
}

static const char *entity(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static enum err put_escaped(struct run *r, const struct frame *f, const char *s)
{
	for (;;) {
		size_t plain = strcspn(s, "&<>\"'");
		if (plain > 0)
			TRY(put(r, f, s, plain));
		if (s[plain] == '\0')
			return OK;
		const char *e = entity(s[plain]);
		TRY(put(r, f, e, strlen(e)));
		s += plain + 1;
	}
}

/* Numbers as JSON writes them, without memory of their own. */
static enum err put_number(struct run *r, const struct frame *f, const json_t *value)
{
	char text[40];
	size_t n = json_dumpb(value, text, sizeof text, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

	return put(r, f, text, n <= sizeof text ? n : 0);
}

static enum err put_value(struct run *r, const struct frame *f, const struct tmpl_op *op,
    const json_t *value)
{
	bool escape = r->html && op->kind == TMPL_OP_VAR;

	if (json_is_string(value) && escape)
		return put_escaped(r, f, json_string_value(value));
	if (json_is_string(value))
		return put(r, f, json_string_value(value), json_string_length(value));
	if (json_is_number(value))
		return put_number(r, f, value);
	if (json_is_boolean(value))
		return put(r, f, json_is_true(value) ? "true" : "false",
		    json_is_true(value) ? 4 : 5);
	if (r->strict && (json_is_object(value) || json_is_array(value)))
		return fail(r->cx, ERR_INTERNAL, "template.type", "%s:%u:%s is not a single value",
		    f->program->name, op->line, op->text.s);
	return OK;
}

/* The first part is looked for outward through the contexts, the others strictly inside it. */
static const json_t *lookup(const struct frame *f, const struct tmpl_op *op)
{
	const struct scope *scope = f->scope;
	const json_t *value = NULL;

	if (op->path_n == 0)
		return scope->value;
	for (; value == NULL && scope != NULL; scope = scope->up)
		value = json_object_get(scope->value, op->path[0]);
	/* Nothing is inside null: what may be absent as a whole is absent in its parts. */
	for (size_t i = 1; i < op->path_n && value != NULL && !json_is_null(value); i++)
		value = json_object_get(value, op->path[i]);
	return value;
}

static enum err find_value(struct run *r, const struct frame *f, const struct tmpl_op *op,
    const json_t **ret)
{
	const json_t *value = lookup(f, op);

	if (value == NULL && r->strict)
		return fail(r->cx, ERR_INTERNAL, "template.unknown", "%s:%u:%s is unknown",
		    f->program->name, op->line, op->text.s);
	*ret = value;
	return OK;
}

static bool truthy(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_NULL:
	case JSON_FALSE: return false;
	case JSON_STRING: return json_string_length(value) > 0;
	case JSON_INTEGER: return json_integer_value(value) != 0;
	case JSON_ARRAY: return json_array_size(value) > 0;
	default: return true;
	}
}

static enum err run_inside(struct run *r, const struct frame *f, const struct tmpl_op *op,
    const json_t *value)
{
	struct scope scope = {value, f->scope};
	struct frame inner = *f;
	size_t body = (size_t)(op - f->program->ops) + 1;

	inner.scope = &scope;
	return run_range(r, &inner, body, op->end);
}

static enum err run_section(struct run *r, const struct frame *f, const struct tmpl_op *op)
{
	size_t body = (size_t)(op - f->program->ops) + 1;
	const json_t *value;

	TRY(find_value(r, f, op, &value));
	if (op->kind == TMPL_OP_INVERTED)
		return value == NULL || !truthy(value) ? run_range(r, f, body, op->end) : OK;
	if (value == NULL || !truthy(value))
		return OK;
	if (json_is_true(value))
		return run_range(r, f, body, op->end);
	if (!json_is_array(value))
		return run_inside(r, f, op, value);
	for (size_t i = 0; i < json_array_size(value); i++)
		TRY(run_inside(r, f, op, json_array_get(value, i)));
	return OK;
}

/* Runs part of a program one level deeper, each line indented. */
static enum err enter(struct run *r, const struct frame *inner, const struct tmpl_op *op,
    size_t from, size_t to)
{
	size_t before = r->indent.len;
	enum err err;

	if (inner->depth > LIMIT_TEMPLATE_DEPTH)
		return too_much(r, inner, "templates are nested too deep");
	if (op->indent.len > 0)
		buf_add(&r->indent, op->indent.s, op->indent.len);
	err = run_range(r, inner, from, to);
	r->indent.len = before;
	return err;
}

static enum err run_template(struct run *r, const struct frame *f, struct tmpl_op *op)
{
	struct given given = {f->program, op, f->given};
	struct frame inner = {NULL, f->scope, f->given, f->depth + 1};

	if (op->target == NULL)
		TRY(tmpl_find(r->cx, r->set, op->text.s, &op->target));
	if (op->target == NULL && r->strict)
		return fail(r->cx, ERR_INTERNAL, "template.unknown", "%s:%u:%s is no template",
		    f->program->name, op->line, op->text.s);
	if (op->target == NULL)
		return OK;
	inner.program = op->target;
	if (op->kind == TMPL_OP_PARENT)
		inner.given = &given;
	return enter(r, &inner, op, 0, op->target->n);
}

/* The block of that name given to this parent, or NULL. */
static const struct tmpl_op *given_block(const struct given *g, const char *name)
{
	const struct tmpl_op *ops = g->program->ops;
	size_t i = (size_t)(g->parent - ops) + 1;

	while (i < g->parent->end) {
		if (strcmp(ops[i].text.s, name) == 0)
			return &ops[i];
		i = ops[i].end;
	}
	return NULL;
}

static enum err run_block(struct run *r, const struct frame *f, const struct tmpl_op *op)
{
	struct frame inner = {f->program, f->scope, f->given, f->depth + 1};
	const struct tmpl_op *body = op;

	/* The outermost parent tag has the last word. */
	for (const struct given *g = f->given; g != NULL; g = g->up) {
		const struct tmpl_op *block = given_block(g, op->text.s);
		if (block == NULL)
			continue;
		body = block;
		inner.program = g->program;
		inner.given = g;
	}
	TRY(enter(r, &inner, op, (size_t)(body - inner.program->ops) + 1, body->end));
	return op->own_line && !at_line_start(r) ? put(r, f, "\n", 1) : OK;
}

static enum err run_op(struct run *r, const struct frame *f, struct tmpl_op *op)
{
	const json_t *value;

	/* Each step counts as a byte of output: loops that write nothing end, too. */
	if (++r->steps > LIMIT_TEMPLATE_OUTPUT_BYTES)
		return too_much(r, f, "the template takes too many steps");
	if (op->kind == TMPL_OP_TEXT)
		return put_text(r, f, op);
	if (op->bol)
		TRY(put_indent(r, f));
	switch (op->kind) {
	case TMPL_OP_SECTION:
	case TMPL_OP_INVERTED: return run_section(r, f, op);
	case TMPL_OP_PARTIAL:
	case TMPL_OP_PARENT: return run_template(r, f, op);
	case TMPL_OP_BLOCK: return run_block(r, f, op);
	default: TRY(find_value(r, f, op, &value)); return put_value(r, f, op, value);
	}
}

/* Recursion is bounded: nesting by the compiler, templates and blocks by enter(). */
static enum err run_range(struct run *r, const struct frame *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i = f->program->ops[i].end)
		TRY(run_op(r, f, &f->program->ops[i]));
	return OK;
}

enum err tmpl_run(struct cx *cx, struct tmpl_set *set, struct tmpl_program *program,
    const json_t *data, struct buf *ret)
{
	struct run r = {.cx = cx, .set = set, .out = ret, .start = ret->len};
	struct scope root = {data, NULL};
	struct frame f = {program, &root, NULL, 0};

	r.strict = tmpl_is_strict(set);
	r.html = tmpl_escape_of(set) == TMPL_HTML;
	buf_init(&r.indent, cx->arena);
	return run_range(&r, &f, 0, program->n);
}
