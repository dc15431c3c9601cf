/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the text of a declared statement just enough to tell whether it writes and which
 * parameters it names; strings, quoted names and comments are passed over. PostgreSQL needs it,
 * because it does not tell; SQLite does. Not a parser, and never used on input.
 */
#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "db/driver.h"

/* Words that make a SELECT or WITH a write; SHARE is the end of FOR SHARE, which locks rows. */
static const char *const write_words[] = {"insert", "update", "delete", "merge", "share", "nextval",
    "setval"};
static const char *const read_words[] = {"select", "with", "values"};

static bool among(const char *const *words, size_t n, const char *at, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == len && strncasecmp(words[i], at, len) == 0)
			return true;
	return false;
}
#define AMONG(words, at, len) among((words), sizeof(words) / sizeof *(words), (at), (len))

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

const char *db_past_quoted(const char *s)
{
	if (*s == '\'' || *s == '"') {
		const char *end = strchr(s + 1, *s); /* a doubled quote is just two strings */
		return end ? end + 1 : s + strlen(s);
	}
	if (s[0] == '-' && s[1] == '-')
		return s + strcspn(s, "\n");
	if (s[0] == '/' && s[1] == '*') {
		const char *end = strstr(s + 2, "*/");
		return end ? end + 2 : s + strlen(s);
	}
	return s;
}

static const char *past_param(const char *s, struct db_scan *scan)
{
	int n = 0;

	for (s++; isdigit((unsigned char)*s); s++)
		n = n < LIMIT_SQL_PARAMS ? n * 10 + (*s - '0') : n;
	assert(n >= 1 && n <= LIMIT_SQL_PARAMS);
	scan->params |= UINT64_C(1) << (n - 1);
	return s;
}

struct db_scan db_scan_sql(const char *sql)
{
	struct db_scan scan = {0};
	bool first = true;

	for (const char *s = sql; *s;) {
		const char *after = db_past_quoted(s);
		if (after != s) {
			s = after;
			continue;
		}
		if (s[0] == '$' && isdigit((unsigned char)s[1])) {
			s = past_param(s, &scan);
			continue;
		}
		size_t len = 0;
		while (word_char(s[len]))
			len++;
		if (len > 0 && first)
			scan.writes = !AMONG(read_words, s, len);
		else if (len > 0 && AMONG(write_words, s, len))
			scan.writes = true;
		first = first && len == 0;
		s += len > 0 ? len : 1;
	}
	return scan;
}
