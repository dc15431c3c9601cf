/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOLS_TIDY_H
#define TOOLS_TIDY_H

#include <stdbool.h>
#include <stddef.h>

/* Between the files of tidy: text, findings, the list of exceptions, functions. */

#define PATH_SIZE 512
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct file {
	const char *path; /* relative to the root */
	char *raw, *code; /* code: comments and texts blanked, same length */
	bool is_c, in_src;
};

struct function {
	char name[96];
	bool is_static;
	int parameters;
	const char *start, *open, *close; /* its name, its braces */
};

bool is_word(char c);
bool starts(const char *s, const char *prefix);
bool ends(const char *s, const char *suffix);
bool same(const char *a, const char *b);
bool begins_path(const char *word, const char *path);
/* Does some word of the space-separated list satisfy the test? */
bool any(const char *list, bool (*test)(const char *word, const char *s), const char *s);
int line_at(const struct file *f, const char *at);

extern const char *root;
extern int findings;
void report(const char *path, int line, const char *rule, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * Is there an entry "rule path name [max]"? n is what was measured, -1 when there is nothing to
 * measure. An entry with a number is a ratchet: as large as what is measured, and not larger.
 */
bool allowed(const char *rule, const char *path, const char *name, long n);
void load_allow(void);
void check_unused(void);

char *slurp(const char *path); /* NULL: cannot be read */
char *blanked(const char *raw);

/* Sizes of every function; visit sees each one. */
void check_functions(const struct file *f,
    void (*visit)(const struct file *f, const struct function *fn));

#endif
