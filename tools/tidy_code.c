/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the functions of a file and measures them: lines, nesting, parameters. Not a parser: what
 * stands at file scope before an opening brace and has a parameter list and no "=" is a function.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tidy.h"

#define FUNCTION_LINES 60
#define NESTING 3
#define PARAMETERS 5

static int parameters(const char *from, const char *to)
{
	int n = 1, depth = 0;
	while (from < to && isspace((unsigned char)*from))
		from++;
	if (from == to || (starts(from, "void") && from + 4 == to))
		return 0;
	for (; from < to; from++) {
		depth += (*from == '(') - (*from == ')');
		n += *from == ',' && depth == 0;
		n -= starts(from, "...");
	}
	return n;
}

/* What stands at file scope before an opening brace: a function has a parameter list and no "=". */
static bool read_head(const char *head, const char *open, struct function *ret)
{
	const char *word = head, *from = NULL, *to = NULL;
	int depth = 0;
	ret->is_static = false;
	for (const char *p = head; p < open; p++) {
		if (depth == 0 && is_word(*p) && (p == head || !is_word(p[-1]))) {
			word = p;
			ret->is_static = ret->is_static || (starts(p, "static") && !is_word(p[6]));
		} else if (*p == '=' && depth == 0) {
			return false;
		} else if (*p == '(' && depth++ == 0 && !starts(word, "__attribute__")) {
			ret->start = word;
			from = p + 1;
			to = NULL;
		} else if (*p == ')' && --depth == 0 && to == NULL) {
			to = p;
		}
	}
	if (from == NULL || to == NULL || depth != 0)
		return false;
	int n = 0;
	while (is_word(ret->start[n]))
		n++;
	snprintf(ret->name, sizeof ret->name, "%.*s", n, ret->start);
	ret->parameters = parameters(from, to);
	return true;
}

static const char *closing(const char *open)
{
	int depth = 0;
	for (const char *p = open; *p != 0; p++) {
		depth += (*p == '{') - (*p == '}');
		if (depth == 0)
			return p;
	}
	return open + strlen(open);
}

/* Depth is read from the tabs of lines that begin a statement; clang-format sees to them. */
static int deepest(const struct function *fn, const char **ret_at)
{
	int deep = 0, parens = 0, initializer = 0;
	for (const char *p = fn->open + 1; p < fn->close;) {
		const char *end = p + strcspn(p, "\n");
		int tabs = (int)strspn(p, "\t");
		if (parens == 0 && initializer == 0 && p[tabs] != ' ' && p + tabs < end &&
		    p[tabs] != '}' && tabs - 1 > deep) {
			deep = tabs - 1;
			*ret_at = p;
		}
		for (const char *last = " "; p < end; p++) {
			parens += (*p == '(') - (*p == ')');
			if (*p == '{' &&
			    (initializer > 0 || *last == '=' || *last == ',' || parens > 0))
				initializer++;
			else if (*p == '}' && initializer > 0)
				initializer--;
			last = isspace((unsigned char)*p) ? last : p;
		}
		p = end + 1;
	}
	return deep;
}

static void check_size(const struct file *f, const struct function *fn)
{
	const char *at = fn->open;
	long lines = line_at(f, fn->close) - line_at(f, fn->start) + 1;
	int deep = deepest(fn, &at);
	if (lines > FUNCTION_LINES && !allowed("function", f->path, fn->name, lines))
		report(f->path, line_at(f, fn->start), "function",
		    "%s has %ld lines, at most %d: split it by step", fn->name, lines,
		    FUNCTION_LINES);
	if (deep > NESTING && !allowed("nesting", f->path, fn->name, deep))
		report(f->path, line_at(f, at), "nesting",
		    "%s nests %d deep, at most %d: return early or make a function", fn->name, deep,
		    NESTING);
	if (fn->parameters > PARAMETERS &&
	    !allowed("parameters", f->path, fn->name, fn->parameters))
		report(f->path, line_at(f, fn->start), "parameters",
		    "%s has %d, at most %d: give it a struct", fn->name, fn->parameters,
		    PARAMETERS);
}

void check_functions(const struct file *f,
    void (*visit)(const struct file *f, const struct function *fn))
{
	const char *head = f->code;
	int parens = 0;
	for (const char *p = f->code; *p != 0; p++) {
		if (*p == '#' && (p == f->code || p[-1] == '\n')) {
			while (*p != 0 && (*p != '\n' || p[-1] == '\\'))
				p++;
			p -= *p == 0;
			head = p + 1;
		}
		parens += (*p == '(') - (*p == ')');
		if ((*p == ';' || *p == '}') && parens == 0)
			head = p + 1;
		if (*p != '{' || parens != 0)
			continue;
		struct function fn = {.open = p, .close = closing(p)};
		if (read_head(head, p, &fn)) {
			check_size(f, &fn);
			visit(f, &fn);
		}
		p = *fn.close == 0 ? fn.close - 1 : fn.close;
		head = p + 1;
	}
}
