/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a JSON body, and what comes of it through a field table. */
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/day.h"
#include "fmt/field.h"
#include "fmt/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

struct row {
	const char *name, *email, *url, *domain, *currency, *cycle;
	int64_t amount_minor, rate_ppm, n;
	struct day day;
	bool yes;
	struct field_list rows;
};

FIELDS(sub_fields, struct row,
    {"name", "Name", NULL, FIELD_TEXT, .offset = offsetof(struct row, name)},
    {"amount_minor", "Amount", NULL, FIELD_MONEY, .offset = offsetof(struct row, amount_minor)});

FIELDS(row_fields, struct row,
    {"name", "Name", NULL, FIELD_LINE, FIELD_REQUIRED, .offset = offsetof(struct row, name)},
    {"email", "Email", NULL, FIELD_EMAIL, .offset = offsetof(struct row, email)},
    {"url", "URL", NULL, FIELD_URL, .offset = offsetof(struct row, url)},
    {"domain", "Domain", NULL, FIELD_DOMAIN, .offset = offsetof(struct row, domain)},
    {"currency", "Currency", NULL, FIELD_CURRENCY, .offset = offsetof(struct row, currency)},
    {"cycle", "Cycle", NULL, FIELD_CYCLE, .offset = offsetof(struct row, cycle)},
    {"amount_minor", "Amount", NULL, FIELD_MONEY, .offset = offsetof(struct row, amount_minor)},
    {"rate_ppm", "Rate", NULL, FIELD_PPM, .offset = offsetof(struct row, rate_ppm)},
    {"n", "N", NULL, FIELD_INT, .min = -9, .max = 9, .offset = offsetof(struct row, n)},
    {"day", "Day", NULL, FIELD_DAY, .offset = offsetof(struct row, day)},
    {"yes", "Yes", NULL, FIELD_BOOL, .offset = offsetof(struct row, yes)},
    {"rows", "Rows", NULL, FIELD_LIST, .offset = offsetof(struct row, rows), .sub = &sub_fields});

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES)};
	json_t *j;

	if (json_parse(&cx, (const char *)bytes, len, &j) == OK) {
		struct row row;
		enum err err = field_read(&cx, &row_fields, j, FIELD_JSON, &row);
		json_t *form = field_form(&cx, &row_fields, j, err != OK);
		json_decref(form);
	}
	arena_free(cx.arena);
	return 0;
}
