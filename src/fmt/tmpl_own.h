/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_TMPL_OWN_H
#define FMT_TMPL_OWN_H

/* Shared by tmpl*.c; nobody else includes it. */

#include "base/cx.h"
#include "fmt/tmpl.h"

/* A piece of a template's text. */
struct tmpl_slice {
	const char *s;
	size_t len;
};

enum tmpl_tag {
	TMPL_TAG_TEXT,
	TMPL_TAG_COMMENT, /* and set-delimiter tags: they leave nothing */
	TMPL_TAG_VAR,
	TMPL_TAG_RAW,
	TMPL_TAG_SECTION,
	TMPL_TAG_INVERTED,
	TMPL_TAG_PARTIAL,
	TMPL_TAG_PARENT,
	TMPL_TAG_BLOCK,
	TMPL_TAG_CLOSE
};

/*
 * A tag, or text that reaches at most to the end of its line. Lines are then looked at: a line that
 * holds nothing but a section's tag (a "standalone" one) vanishes, and its indentation goes to
 * lead.
 */
struct tmpl_token {
	enum tmpl_tag tag;
	struct tmpl_slice text; /* the text, or the tag's name */
	unsigned line;
	size_t partner;           /* opening <-> closing tag */
	bool bol;                 /* first of its line */
	bool alone;               /* on a standalone line */
	struct tmpl_slice lead;   /* indentation before a standalone tag */
	struct tmpl_slice margin; /* BLOCK: what every line of the content is indented by */
	bool own_line;            /* BLOCK: opened and closed on one standalone line */
};

struct tmpl_tokens {
	struct tmpl_token *all;
	size_t n, cap;
};

enum tmpl_op_kind {
	TMPL_OP_TEXT,
	TMPL_OP_VAR,
	TMPL_OP_RAW,
	TMPL_OP_SECTION,
	TMPL_OP_INVERTED,
	TMPL_OP_PARTIAL,
	TMPL_OP_PARENT,
	TMPL_OP_BLOCK
};

/* One step of a program. The body of a section, parent or block is the ops up to end. */
struct tmpl_op {
	enum tmpl_op_kind kind;
	bool bol, own_line;
	unsigned line;
	size_t end;               /* index after the body */
	struct tmpl_slice text;   /* TEXT: the bytes; else the name */
	struct tmpl_slice indent; /* PARTIAL, PARENT, BLOCK: goes before each line */
	const char **path;        /* VAR to INVERTED: the parts of the name; empty for "." */
	size_t path_n;
	struct tmpl_program *target; /* PARTIAL, PARENT: once found */
};

struct tmpl_program {
	const char *name;
	struct tmpl_op *ops;
	size_t n;
	const struct tmpl_names *names; /* once asked for */
	struct tmpl_program *next;      /* in the set's bucket */
};

/* Text to tokens; matches opening and closing tags. */
enum err tmpl_scan(struct cx *cx, const char *name, struct tmpl_slice text,
    struct tmpl_tokens *ret) MUST_CHECK;
/* Decides which lines are standalone and takes away the margins of blocks. */
void tmpl_lines(struct tmpl_tokens *t);
/* The program lives in `keep`; scratch comes from the context. */
enum err tmpl_compile(struct cx *cx, struct arena *keep, const char *name, struct tmpl_slice text,
    struct tmpl_program **ret) MUST_CHECK;
/* Sets NULL when the loader does not know the name. */
enum err tmpl_find(struct cx *cx, struct tmpl_set *set, const char *name,
    struct tmpl_program **ret) MUST_CHECK;
struct arena *tmpl_arena(struct tmpl_set *set);
bool tmpl_is_strict(const struct tmpl_set *set);
enum tmpl_escape tmpl_escape_of(const struct tmpl_set *set);
enum err tmpl_run(struct cx *cx, struct tmpl_set *set, struct tmpl_program *program,
    const json_t *data, struct buf *ret) MUST_CHECK;

#endif
