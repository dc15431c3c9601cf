/* SPDX-License-Identifier: Apache-2.0 */
/* What a setting's text may be beyond what its field type says. Pure: no database, no clock. */
#include <string.h>

#include "base/str.h"
#include "core/setting/own.h"

/*
 * The length of the word in braces at s, 0 when it is none of ours; tells whether it is the number.
 */
static size_t format_word(const char *s, bool *ret_number)
{
	*ret_number = false;
	if (str_starts(s, "{YEAR}"))
		return 6;
	if (str_starts(s, "{MONTH}"))
		return 7;
	*ret_number = true;
	if (str_starts(s, "{NUMBER}"))
		return 8;
	if (str_starts(s, "{NUMBER:") && s[8] >= '1' && s[8] <= '9' && s[9] == '}')
		return 10;
	return 0;
}

bool setting_format_ok(const char *format)
{
	int numbers = 0;
	bool number;

	while (*format != '\0') {
		if (*format == '{') {
			size_t len = format_word(format, &number);
			if (len == 0)
				return false;
			numbers += number;
			format += len;
			continue;
		}
		if (*format == '}' || (unsigned char)*format <= ' ')
			return false;
		format++;
	}
	return numbers == 1;
}

bool setting_locale_ok(const char *locale)
{
	size_t low = strspn(locale, "abcdefghijklmnopqrstuvwxyz");

	if (low < 2 || low > 3)
		return false;
	if (locale[low] == '\0')
		return true;
	return locale[low] == '_' && strlen(locale + low + 1) == 2 &&
	    strspn(locale + low + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 2;
}

bool setting_color_ok(const char *color)
{
	return color[0] == '#' && strlen(color) == 7 &&
	    strspn(color + 1, "0123456789abcdefABCDEF") == 6;
}
