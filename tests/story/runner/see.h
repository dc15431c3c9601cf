/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORY_SEE_H
#define STORY_SEE_H

/* What expectations share: reading rows through the API and saying what is not as it should be. */
#include "base/str.h"
#include "fmt/form.h"
#include "story.h"

static inline const char *text(const json_t *o, const char *name)
{
	return str_or(json_string_value(json_object_get(o, name)), "");
}

static inline int64_t number(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

static inline bool is_text(struct story *s, const char *what, const char *got, const char *want)
{
	return str_eq(got, want) || story_no(s, "%s is \"%s\", not \"%s\"", what, got, want);
}

static inline bool is_count(struct story *s, const char *what, int64_t got, const char *want)
{
	int64_t n;
	return story_number(s, want, &n) &&
	    (n == got || story_no(s, "%s: %lld, not %lld", what, (long long)got, (long long)n));
}

static inline json_t *row(struct story *s, const char *what, const char *nth)
{
	int64_t id = ask_id(s, what, nth);
	return id == 0 ?
	    NULL :
	    ask_get(s, "/%ss/%lld", str_eq(what, "note") ? "invoice" : what, (long long)id);
}

/* Rows of a list, all pages. */
static inline json_t *all(struct story *s, const char *path)
{
	struct cx keep = {.arena = s->arena};
	json_t *rows = json_keep(&keep, json_array());
	int64_t after = 0;
	do {
		json_t *j = ask_get(s, "%s%safter=%lld&limit=200", path,
		    strchr(path, '?') ? "&" : "?", (long long)after);
		if (j == NULL)
			return NULL;
		/* The next question forgets this one's memory. */
		json_t *data = json_deep_copy(json_object_get(j, "data"));
		const char *next = text(j, "next");
		after = *next == 0 || !str_int(next, &after) ? 0 : after;
		json_array_extend(rows, data);
		json_decref(data);
	} while (after != 0);
	return rows;
}

#endif
