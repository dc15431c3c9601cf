/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the row of the route table for a method and a decoded path. Pure: no request, no login.
 * A parameter that should be a number and is not means: no such path.
 */
#include <string.h>

#include "base/str.h"
#include "web/own.h"

/* One step of the pattern against one step of the path. */
static bool step_fits(struct arena *a, const char *pattern, const char *step, struct web_match *m)
{
	int64_t n;
	if (*pattern != ':')
		return strcmp(pattern, step) == 0;
	if (*step == 0)
		return false;
	bool first = strcmp(pattern, ":id") == 0;
	if (!first && strcmp(pattern, ":id2") != 0) {
		m->word = arena_strdup(a, step);
		return true;
	}
	/* Only the plain form, so that one thing has one address: no "+1", no "01". */
	if (*step < '1' || *step > '9' || !str_int(step, &n))
		return false;
	*(first ? &m->id : &m->id2) = n;
	return true;
}

static bool path_fits(struct arena *a, const char *pattern, const char *path, struct web_match *m)
{
	size_t want_n, got_n;
	size_t len = strlen(pattern);
	if (len > 2 && strcmp(pattern + len - 2, "/*") == 0) {
		if (strncmp(path, pattern, len - 1) != 0 || path[len - 1] == 0)
			return false;
		m->word = arena_strdup(a, path + len - 1);
		return true;
	}
	size_t fixed = strcspn(pattern, ":");
	if (fixed == len)
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, fixed) != 0)
		return false;
	char **want = str_split(a, pattern, '/', &want_n);
	char **got = str_split(a, path, '/', &got_n);
	if (want_n != got_n)
		return false;
	for (size_t i = 0; i < want_n; i++)
		if (!step_fits(a, want[i], got[i], m))
			return false;
	return true;
}

static bool is_get(const struct route *r)
{
	return r->method == WEB_READ || r->method == WEB_RETURN;
}

void web_match(struct arena *a, const char *method, const char *path, struct web_match *ret)
{
	bool get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
	bool post = strcmp(method, "POST") == 0;
	struct web_match found = {0};
	const struct route *r;
	for (size_t i = 0; (r = web_route_at(i)) != NULL; i++) {
		struct web_match m = {0};
		if (!path_fits(a, r->path, path, &m))
			continue;
		found.path_known = true;
		found.get |= is_get(r);
		found.post |= !is_get(r);
		if (found.route != NULL || (is_get(r) ? !get : !post))
			continue;
		found.route = r;
		found.id = m.id;
		found.id2 = m.id2;
		found.word = m.word;
	}
	*ret = found;
}
