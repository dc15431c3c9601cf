/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_FIELD_OWN_H
#define FMT_FIELD_OWN_H

/* Shared by field_*.c; nobody else includes it. */

#include "base/day.h"
#include "fmt/field.h"

#define FIELD_UNKNOWN_MAX 10 /* unknown names reported in one body; more would only be noise */
#define FIELD_NAME_SIZE 128  /* "prices.0.options.3.price_minor" */

/* An object of the body and the ones around it: full names and the currency come from here. */
struct field_level {
	const struct fields *f;
	const json_t *body;
	const char *prefix; /* "prices.0." or "" */
	const struct field_level *up;
};

/* One field of the table at one place in the body. */
struct field_spot {
	struct cx *cx;
	const struct field *field;
	const struct field_level *level;
	const char *name; /* full */
	enum field_source source;
};

bool field_is_text(enum field_type type);
/* Longest text in characters, most rows of a list. */
int64_t field_longest(const struct field *f);
/* The currency that holds at a level, upper case; NULL when none is given or it is unknown. */
const char *field_currency(struct cx *cx, const struct field_level *level);

/* Checks and normalizes text that is not blank. */
enum err field_text(const struct field_spot *s, const char *text, const char **ret) MUST_CHECK;
/* INT, ID, MONEY, PPM. */
enum err field_number(const struct field_spot *s, const json_t *value, int64_t *ret) MUST_CHECK;
enum err field_day(const struct field_spot *s, const json_t *value, struct day *ret) MUST_CHECK;
enum err field_bool(const struct field_spot *s, const json_t *value, bool *ret) MUST_CHECK;

/* field_map.c */
enum err field_map_read(const struct field_spot *s, const json_t *value,
    struct field_map *ret) MUST_CHECK;

/* "77000" ppm -> "7.7" and back; at most four digits after the point, "%" may follow. */
char *field_percent_print(struct arena *a, int64_t ppm);
bool field_percent_parse(const char *text, int64_t *ret_ppm);

#endif
