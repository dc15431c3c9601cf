/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Optional filters. `($n IS NULL OR x = $n)` is one text for a list with and without the filter;
 * an engine that plans before it knows the parameter uses no index for it. So a statement is
 * prepared once for each set of filters in use: one that is given stays as its condition, one that
 * is not becomes true. Both mean the same as the whole text. ADR 12.
 */
#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "db/driver.h"

static const char opening[] = " IS NULL OR ";

/* n of "($n IS NULL OR " at s, and where its condition begins; 0: something else. */
static int filter_at(const char *s, const char **ret_condition)
{
	int n = 0;
	if (s[0] != '(' || s[1] != '$' || !isdigit((unsigned char)s[2]))
		return 0;
	for (s += 2; isdigit((unsigned char)*s) && n <= LIMIT_SQL_PARAMS; s++)
		n = n * 10 + (*s - '0');
	if (strncmp(s, opening, sizeof opening - 1) != 0 || n > LIMIT_SQL_PARAMS)
		return 0;
	*ret_condition = s + sizeof opening - 1;
	return n;
}

/* The parenthesis that closes what is open at s. */
static const char *closing(const char *s)
{
	for (int depth = 1; *s != '\0';) {
		const char *after = db_past_quoted(s);
		if (after != s) {
			s = after;
			continue;
		}
		depth += (*s == '(') - (*s == ')');
		if (depth == 0)
			return s;
		s++;
	}
	return NULL;
}

uint64_t db_fold_params(const char *sql)
{
	uint64_t params = 0;
	const char *condition;
	if (strstr(sql, opening) == NULL)
		return 0;
	for (const char *s = sql; *s != '\0';) {
		const char *after = db_past_quoted(s);
		int n = after == s ? filter_at(s, &condition) : 0;
		if (n > 0)
			params |= UINT64_C(1) << (n - 1);
		s = after != s ? after : s + 1;
	}
	return params;
}

char *db_fold(const char *sql, uint64_t given)
{
	char *text = malloc(strlen(sql) + 1), *to = text;
	assert(text);
	for (const char *s = sql; *s != '\0';) {
		const char *after = db_past_quoted(s), *condition, *end;
		int n = after == s ? filter_at(s, &condition) : 0;
		if (n > 0 && (given & UINT64_C(1) << (n - 1)) != 0) {
			*to++ = '(';
			s = condition;
		} else if (n > 0 && (end = closing(condition)) != NULL) {
			memcpy(to, "(1 = 1)", 7); /* shorter than what it stands for */
			to += 7;
			s = end + 1;
		} else {
			size_t len = after != s ? (size_t)(after - s) : 1;
			memcpy(to, s, len);
			to += len;
			s += len;
		}
	}
	*to = '\0';
	return text;
}
