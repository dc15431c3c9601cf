/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tidy's rules stand on: words, reading a file with its comments and texts blanked, findings,
 * and the list of exceptions. No rule of the style is here.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tidy.h"

#define ALLOW_MAX 400

static struct allow {
	char rule[32], path[PATH_SIZE], name[96];
	long max; /* -1: no number */
	int line;
	bool used;
} allows[ALLOW_MAX];
static int allows_n;

int findings;
const char *root;

/* ---- words ---- */

bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && strcmp(s + n - m, suffix) == 0;
}

bool any(const char *list, bool (*test)(const char *word, const char *s), const char *s)
{
	char word[96];
	for (int n; sscanf(list, " %95s%n", word, &n) == 1; list += n)
		if (test(word, s))
			return true;
	return false;
}

bool begins_path(const char *word, const char *path)
{
	return starts(path, word);
}

bool same(const char *word, const char *s)
{
	return strcmp(word, s) == 0;
}

int line_at(const struct file *f, const char *at)
{
	int line = 1;
	for (const char *p = f->code; p < at; p++)
		line += *p == '\n';
	return line;
}

/* ---- findings ---- */

void __attribute__((format(printf, 4, 5)))
report(const char *path, int line, const char *rule, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	printf("%s:%d: %s: ", path, line, rule);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	findings++;
}

bool allowed(const char *rule, const char *path, const char *name, long n)
{
	for (struct allow *a = allows; a < allows + allows_n; a++) {
		if (strcmp(a->rule, rule) != 0 || strcmp(a->path, path) != 0 ||
		    strcmp(a->name, name) != 0)
			continue;
		a->used = true;
		if (a->max > n)
			report("tools/allow.txt", a->line, "ratchet",
			    "lower %ld to %ld: it has shrunk", a->max, n);
		return n < 0 || a->max < 0 || n <= a->max;
	}
	return false;
}

void load_allow(void)
{
	char path[PATH_SIZE], line[1024];
	snprintf(path, sizeof path, "%s/tools/allow.txt", root);
	FILE *in = fopen(path, "r");
	for (int n = 1; in != NULL && fgets(line, sizeof line, in) != NULL; n++) {
		struct allow *a = &allows[allows_n];
		line[strcspn(line, "#\n")] = 0;
		a->max = -1;
		a->line = n;
		int words = sscanf(line, "%31s %511s %95s %ld", a->rule, a->path, a->name, &a->max);
		if (words >= 3 && allows_n < ALLOW_MAX - 1)
			allows_n++;
		else if (words > 0)
			report("tools/allow.txt", n, "allow",
			    "an entry is: rule path name [number]");
	}
	if (in != NULL)
		fclose(in);
}

/* ---- reading ---- */

char *slurp(const char *path)
{
	char full[2 * PATH_SIZE];
	snprintf(full, sizeof full, "%s/%s", root, path);
	FILE *in = fopen(full, "rb");
	if (in == NULL)
		return NULL;
	fseek(in, 0, SEEK_END);
	long size = ftell(in);
	rewind(in);
	char *text = calloc(1, (size_t)(size < 0 ? 0 : size) + 1);
	if (text != NULL && size > 0 && fread(text, 1, (size_t)size, in) != (size_t)size)
		text[0] = 0;
	fclose(in);
	return text;
}

/* The end of the comment or literal that starts at p, or p when none does. */
static char *skip(char *p)
{
	if (p[0] == '/' && p[1] == '/')
		return p + strcspn(p, "\n");
	if (p[0] == '/' && p[1] == '*') {
		char *end = strstr(p + 2, "*/");
		return end == NULL ? p + strlen(p) : end + 2;
	}
	if (*p != '"' && *p != '\'')
		return p;
	for (char quote = *p++; *p != 0 && *p != quote && *p != '\n'; p++)
		if (*p == '\\' && p[1] != 0)
			p++;
	return *p == 0 || *p == '\n' ? p : p + 1;
}

static void blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* Keeps the quotes of a text, so that it still counts as something. */
char *blanked(const char *raw)
{
	char *code = strdup(raw);
	for (char *p = code; p != NULL && *p != 0;) {
		char *end = skip(p);
		bool text = *p == '"' || *p == '\'';
		if (end > p)
			blank(text ? p + 1 : p, text && end > p + 1 ? end - 1 : end);
		p = end > p ? end : p + 1;
	}
	return code;
}

void check_unused(void)
{
	for (const struct allow *a = allows; a < allows + allows_n; a++)
		if (!a->used)
			report("tools/allow.txt", a->line, "unused",
			    "%s %s %s is not needed: take the entry out", a->rule, a->path,
			    a->name);
}
