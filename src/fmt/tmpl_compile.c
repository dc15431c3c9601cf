/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Third step of compiling a template: tokens become a program, an array of ops in which a body is
 * the range up to its end. Neighboring text becomes one op, so that most of a page is copied in
 * large pieces. Running it is tmpl_run.c.
 */
#include <string.h>

#include "fmt/tmpl_own.h"

struct build {
	struct cx *cx;
	struct arena *keep;
	struct tmpl_tokens tokens;
	struct tmpl_op *ops; /* at most one a token */
	size_t n;
	struct buf text; /* waiting to become one op */
	bool text_bol;
	unsigned text_line;
};

static struct tmpl_slice keep_slice(struct arena *keep, struct tmpl_slice s)
{
	return (struct tmpl_slice){arena_strndup(keep, s.s, s.len), s.len};
}

static void flush_text(struct build *b)
{
	struct tmpl_op *op;

	if (b->text.len == 0)
		return;
	op = &b->ops[b->n++];
	op->kind = TMPL_OP_TEXT;
	op->bol = b->text_bol;
	op->line = b->text_line;
	op->end = b->n;
	op->text = keep_slice(b->keep, (struct tmpl_slice){b->text.s, b->text.len});
	b->text.len = 0;
}

static void add_text(struct build *b, const struct tmpl_token *t)
{
	if (t->text.len == 0)
		return;
	if (b->text.len == 0) {
		b->text_bol = t->bol;
		b->text_line = t->line;
	}
	buf_add(&b->text, t->text.s, t->text.len);
}

static void split_path(struct arena *keep, struct tmpl_op *op)
{
	char **parts;

	if (op->text.len == 1 && op->text.s[0] == '.')
		return;
	parts = str_split(keep, op->text.s, '.', &op->path_n);
	op->path = ARENA_ARRAY(keep, const char *, op->path_n);
	for (size_t i = 0; i < op->path_n; i++)
		op->path[i] = parts[i];
}

static enum tmpl_op_kind kind_of(enum tmpl_tag tag)
{
	static const enum tmpl_op_kind kinds[] = {
	    [TMPL_TAG_VAR] = TMPL_OP_VAR,
	    [TMPL_TAG_RAW] = TMPL_OP_RAW,
	    [TMPL_TAG_SECTION] = TMPL_OP_SECTION,
	    [TMPL_TAG_INVERTED] = TMPL_OP_INVERTED,
	    [TMPL_TAG_PARTIAL] = TMPL_OP_PARTIAL,
	    [TMPL_TAG_PARENT] = TMPL_OP_PARENT,
	    [TMPL_TAG_BLOCK] = TMPL_OP_BLOCK,
	};

	return kinds[tag];
}

/* Returns the index of the new op; its end is set when its closing tag comes. */
static size_t add_op(struct build *b, const struct tmpl_token *t)
{
	struct tmpl_op *op = &b->ops[b->n++];
	bool leads = t->tag == TMPL_TAG_PARTIAL || t->tag == TMPL_TAG_PARENT;

	op->kind = kind_of(t->tag);
	/* A standalone line puts its indentation before what it brings, not before itself. */
	op->bol = t->bol && !t->alone;
	op->own_line = t->own_line;
	op->line = t->line;
	op->end = b->n;
	op->text = keep_slice(b->keep, t->text);
	if (t->tag == TMPL_TAG_BLOCK)
		op->indent = keep_slice(b->keep, t->margin);
	else if (leads)
		op->indent = keep_slice(b->keep, t->lead);
	else
		split_path(b->keep, op);
	return b->n - 1;
}

static void emit(struct build *b)
{
	/* Which op a token became, for its closing tag. */
	size_t *op_of = ARENA_ARRAY(b->cx->arena, size_t, b->tokens.n);

	for (size_t i = 0; i < b->tokens.n; i++) {
		const struct tmpl_token *t = &b->tokens.all[i];
		if (t->tag == TMPL_TAG_TEXT) {
			add_text(b, t);
			continue;
		}
		if (t->tag == TMPL_TAG_COMMENT)
			continue;
		flush_text(b);
		if (t->tag == TMPL_TAG_CLOSE)
			b->ops[op_of[t->partner]].end = b->n;
		else
			op_of[i] = add_op(b, t);
	}
	flush_text(b);
}

/* Text directly inside a parent tag is ignored, as the specification says: only its blocks stay. */
static void drop_parent_text(struct tmpl_tokens *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->all[i].tag != TMPL_TAG_PARENT)
			continue;
		for (size_t k = i + 1; k < t->all[i].partner; k++) {
			if (t->all[k].tag == TMPL_TAG_BLOCK)
				k = t->all[k].partner;
			else
				t->all[k].text.len = 0;
		}
	}
}

enum err tmpl_compile(struct cx *cx, struct arena *keep, const char *name, struct tmpl_slice text,
    struct tmpl_program **ret)
{
	struct build b = {.cx = cx, .keep = keep};
	struct tmpl_program *program;

	TRY(tmpl_scan(cx, name, text, &b.tokens));
	tmpl_lines(&b.tokens);
	drop_parent_text(&b.tokens);
	b.ops = ARENA_ARRAY(cx->arena, struct tmpl_op, b.tokens.n + 1);
	buf_init(&b.text, cx->arena);
	emit(&b);
	program = ARENA_NEW(keep, struct tmpl_program);
	program->name = arena_strdup(keep, name);
	program->n = b.n;
	program->ops = ARENA_ARRAY(keep, struct tmpl_op, b.n + 1);
	memcpy(program->ops, b.ops, b.n * sizeof *b.ops);
	*ret = program;
	return OK;
}
