/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First step of compiling a template: text becomes tokens, and each opening tag finds its closing
 * one. Everything that can be wrong with a template's syntax is found here. White space around tags
 * is the next step's (tmpl_lines.c).
 */
#include <string.h>

#include "base/limits.h"
#include "fmt/tmpl_own.h"

#define DELIMITER_MAX 8

struct scan {
	struct cx *cx;
	const char *name; /* of the template, for faults */
	const char *s;
	size_t len, at;
	unsigned line;
	char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
	struct tmpl_tokens out;
};

static enum err syntax(const struct scan *sc, unsigned line, const char *why)
{
	return fail(sc->cx, ERR_INVALID, "template.syntax", "%s:%u: %s.", sc->name, line, why);
}

static const char *seek(const struct scan *sc, size_t from, const char *what)
{
	return from <= sc->len ? memmem(sc->s + from, sc->len - from, what, strlen(what)) : NULL;
}

static struct tmpl_token *push(struct scan *sc, enum tmpl_tag tag, struct tmpl_slice text)
{
	struct tmpl_tokens *t = &sc->out;

	if (t->n == t->cap) {
		size_t cap = t->cap == 0 ? 64 : t->cap * 2;
		struct tmpl_token *all = ARENA_ARRAY(sc->cx->arena, struct tmpl_token, cap);
		if (t->n > 0)
			memcpy(all, t->all, t->n * sizeof *all);
		t->all = all;
		t->cap = cap;
	}
	t->all[t->n] = (struct tmpl_token){.tag = tag, .text = text, .line = sc->line};
	return &t->all[t->n++];
}

/* Text up to `end`, one token a line. */
static void push_text(struct scan *sc, size_t end)
{
	while (sc->at < end) {
		const char *newline = memchr(sc->s + sc->at, '\n', end - sc->at);
		size_t next = newline != NULL ? (size_t)(newline - sc->s) + 1 : end;
		push(sc, TMPL_TAG_TEXT, (struct tmpl_slice){sc->s + sc->at, next - sc->at});
		sc->line += newline != NULL;
		sc->at = next;
	}
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct tmpl_slice trimmed(const char *s, size_t len)
{
	while (len > 0 && blank(*s)) {
		s++;
		len--;
	}
	while (len > 0 && blank(s[len - 1]))
		len--;
	return (struct tmpl_slice){s, len};
}

/* "=<% %>=": two words without "=" become the delimiters. */
static enum err set_delimiters(struct scan *sc, struct tmpl_slice inner)
{
	size_t open = 0, gap, close;
	struct tmpl_slice words;

	if (inner.len < 2 || inner.s[inner.len - 1] != '=')
		return syntax(sc, sc->line, "a set-delimiter tag must end with =");
	words = trimmed(inner.s, inner.len - 1);
	while (open < words.len && !blank(words.s[open]))
		open++;
	for (gap = open; gap < words.len && blank(words.s[gap]); gap++)
		;
	close = words.len - gap;
	if (open == 0 || close == 0 || open > DELIMITER_MAX || close > DELIMITER_MAX)
		return syntax(sc, sc->line, "a set-delimiter tag needs two short delimiters");
	for (size_t i = 0; i < words.len; i++) {
		if (words.s[i] == '=' || (i >= gap && blank(words.s[i])))
			return syntax(sc, sc->line, "a delimiter may hold neither = nor blanks");
	}
	memcpy(sc->open, words.s, open);
	sc->open[open] = '\0';
	memcpy(sc->close, words.s + gap, close);
	sc->close[close] = '\0';
	push(sc, TMPL_TAG_COMMENT, (struct tmpl_slice){"", 0});
	return OK;
}

static enum tmpl_tag tag_of(char sigil)
{
	switch (sigil) {
	case '!':
	case '=': return TMPL_TAG_COMMENT;
	case '{':
	case '&': return TMPL_TAG_RAW;
	case '#': return TMPL_TAG_SECTION;
	case '^': return TMPL_TAG_INVERTED;
	case '>': return TMPL_TAG_PARTIAL;
	case '<': return TMPL_TAG_PARENT;
	case '$': return TMPL_TAG_BLOCK;
	case '/': return TMPL_TAG_CLOSE;
	default: return TMPL_TAG_VAR;
	}
}

static enum err check_name(const struct scan *sc, enum tmpl_tag tag, struct tmpl_slice name)
{
	bool dotted = tag == TMPL_TAG_VAR || tag == TMPL_TAG_RAW || tag == TMPL_TAG_SECTION ||
	    tag == TMPL_TAG_INVERTED;
	bool part = false; /* the part before this dot has letters */

	if (name.len == 0)
		return syntax(sc, sc->line, "a tag has no name");
	for (size_t i = 0; i < name.len; i++) {
		if (blank(name.s[i]))
			return syntax(sc, sc->line, "a name has blanks in it");
		if (dotted && name.len > 1 && name.s[i] == '.' && !part)
			return syntax(sc, sc->line, "a name has an empty part");
		part = name.s[i] != '.';
	}
	if (dotted && name.len > 1 && !part)
		return syntax(sc, sc->line, "a name has an empty part");
	return OK;
}

/* sc->at is at the opening delimiter; afterwards behind the closing one. */
static enum err scan_tag(struct scan *sc)
{
	size_t from = sc->at + strlen(sc->open), close_len = strlen(sc->close);
	char sigil = from < sc->len ? sc->s[from] : '\0';
	enum tmpl_tag tag = tag_of(sigil);
	bool triple = sigil == '{';
	char ending[DELIMITER_MAX + 2] = "}";
	const char *end;
	struct tmpl_slice inner;

	memcpy(ending + triple, sc->close, close_len + 1);
	from += tag != TMPL_TAG_VAR;
	end = seek(sc, from, ending);
	if (end == NULL)
		return syntax(sc, sc->line, "a tag is not closed");
	inner = trimmed(sc->s + from, (size_t)(end - sc->s) - from);
	if (sigil == '=') {
		TRY(set_delimiters(sc, inner));
	} else {
		if (tag != TMPL_TAG_COMMENT)
			TRY(check_name(sc, tag, inner));
		push(sc, tag, inner);
	}
	for (; sc->s + sc->at < end; sc->at++)
		sc->line += sc->s[sc->at] == '\n';
	sc->at += triple + close_len;
	return OK;
}

static bool opens(enum tmpl_tag tag)
{
	return tag == TMPL_TAG_SECTION || tag == TMPL_TAG_INVERTED || tag == TMPL_TAG_PARENT ||
	    tag == TMPL_TAG_BLOCK;
}

static enum err check_place(const struct scan *sc, const struct tmpl_token *t, const size_t *stack,
    size_t depth)
{
	if (depth == 0 || sc->out.all[stack[depth - 1]].tag != TMPL_TAG_PARENT)
		return OK;
	if (t->tag == TMPL_TAG_TEXT || t->tag == TMPL_TAG_COMMENT || t->tag == TMPL_TAG_BLOCK ||
	    t->tag == TMPL_TAG_CLOSE)
		return OK;
	return syntax(sc, t->line, "only blocks may stand directly inside a parent tag");
}

static enum err match(const struct scan *sc)
{
	size_t stack[LIMIT_TEMPLATE_DEPTH], depth = 0;

	for (size_t i = 0; i < sc->out.n; i++) {
		struct tmpl_token *t = &sc->out.all[i];
		TRY(check_place(sc, t, stack, depth));
		if (opens(t->tag)) {
			if (depth == LIMIT_TEMPLATE_DEPTH)
				return syntax(sc, t->line, "tags are nested too deep");
			stack[depth++] = i;
		}
		if (t->tag != TMPL_TAG_CLOSE)
			continue;
		if (depth == 0)
			return syntax(sc, t->line, "a closing tag has no opening tag");
		struct tmpl_token *o = &sc->out.all[stack[--depth]];
		if (o->text.len != t->text.len || memcmp(o->text.s, t->text.s, o->text.len) != 0)
			return syntax(sc, t->line,
			    "a closing tag does not match the tag that is open");
		t->partner = stack[depth];
		o->partner = i;
	}
	if (depth > 0)
		return syntax(sc, sc->out.all[stack[depth - 1]].line, "a tag is never closed");
	return OK;
}

enum err tmpl_scan(struct cx *cx, const char *name, struct tmpl_slice text, struct tmpl_tokens *ret)
{
	struct scan sc = {cx, name, text.s, text.len, 0, 1, "{{", "}}", {0}};

	for (;;) {
		const char *tag = seek(&sc, sc.at, sc.open);
		push_text(&sc, tag != NULL ? (size_t)(tag - sc.s) : sc.len);
		if (tag == NULL)
			break;
		TRY(scan_tag(&sc));
	}
	TRY(match(&sc));
	*ret = sc.out;
	return OK;
}
