/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_COUNTRY_H
#define FMT_COUNTRY_H

#include <stddef.h>

/* ISO 3166-1: alpha-2 codes with short English names, sorted by name. */
struct country {
	const char *code, *name;
};
/* Upper-case code only; NULL when there is no such country. */
const struct country *country_find(const char *code);
const struct country *country_all(size_t *ret_n);

#endif
