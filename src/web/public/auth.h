/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PUBLIC_AUTH_H
#define WEB_PUBLIC_AUTH_H

#include "web/web.h"

/*
 * Counts a try by network address and, when given, by account; ERR_DENIED "access.too_many"
 * beyond the limit.
 */
struct auth_limit {
	int64_t ip, account, window_s;
};
enum err auth_count(struct cx *cx, const char *what, const char *account,
    const struct auth_limit *l) MUST_CHECK;
/*
 * A new client from the body (client_fields, with a password), and the letter that verifies his
 * address.
 */
enum err auth_create(struct cx *cx, struct page *p, int64_t *ret_id) MUST_CHECK;

#endif
