/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_ECB_H
#define FMT_ECB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"

/*
 * The European Central Bank's daily file of reference rates: what one euro is worth in each
 * currency.
 */
#define ECB_RATES_MAX 200
struct ecb {
	struct day on;
	size_t n;
	struct {
		char currency[4];
		int64_t rate_e8;
	} rates[ECB_RATES_MAX];
};
/*
 * Rates are used only when the whole file is right: ERR_REMOTE "ecb.file" otherwise. Unknown
 * currencies are left out.
 */
enum err ecb_parse(struct cx *cx, const char *xml, size_t len, struct ecb *ret) MUST_CHECK;

/*
 * "1.0823" as 108230000: a positive decimal below a million with up to eight digits after the
 * point.
 */
#define ECB_E8 INT64_C(100000000)
#define ECB_RATE_MAX (INT64_C(1000000) * ECB_E8)
bool ecb_rate_parse(const char *text, int64_t *ret_e8);
/* The same back, without zeros at the end. */
char *ecb_rate_print(struct arena *a, int64_t rate_e8);

#endif
