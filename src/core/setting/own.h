/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SETTING_OWN_H
#define CORE_SETTING_OWN_H

/* Inside core/setting only. */

#include "core/setting/setting.h"

#define SETTING_KEY_NAME "link.public_key" /* no field: nobody types it */

struct setting_row {
	const char *name, *value;
};
/* store.c */
enum err setting_rows(struct cx *cx, struct setting_row **ret, size_t *ret_n) MUST_CHECK;
enum err setting_write(struct cx *cx, const char *name, const char *value) MUST_CHECK;

/* rules.c: pure */
/* {YEAR} {MONTH} {NUMBER} {NUMBER:1..9}, exactly one number, otherwise plain characters. */
bool setting_format_ok(const char *format);
bool setting_locale_ok(const char *locale); /* "en" or "en_US" */
bool setting_color_ok(const char *color);   /* "#1a2b3c" */

/* view.c: one field of *s as a JSON value (new reference); a secret is null. */
json_t *setting_value(const struct field *f, const struct settings *s);

#endif
