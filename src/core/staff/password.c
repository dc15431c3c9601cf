/* SPDX-License-Identifier: Apache-2.0 */
/* What a new password must be, for staff and clients alike. Checking one is in core/access. */
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/staff/staff.h"

enum err password_hash(struct cx *cx, const char *name, const char *password, char **ret_hash)
{
	int chars = 0;

	for (const char *s = str_or(password, ""); *s != '\0'; s++)
		chars += ((unsigned char)*s & 0xC0) != 0x80;
	if (chars < PASSWORD_CHARS_MIN)
		return fail_field(cx, name, "field.too_short", "Use at least %d characters",
		    PASSWORD_CHARS_MIN);
	if (chars > LIMIT_TEXT_CHARS)
		return fail_field(cx, name, "field.too_long", "Use at most %d characters",
		    LIMIT_TEXT_CHARS);
	return crypto_password_hash(cx, password, ret_hash);
}
