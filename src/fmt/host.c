/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host names: IDNA 2008 by libidn2 and the letter-digit-hyphen rule. Whether a name is registered,
 * sold here or resolvable is asked elsewhere.
 */
#include "fmt/host.h"

#include <idn2.h>
#include <string.h>

#include "base/str.h"

static bool label_ok(const char *label, size_t len)
{
	if (len == 0 || len > HOST_LABEL_MAX || label[0] == '-' || label[len - 1] == '-')
		return false;
	return strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-") >= len;
}

static bool name_ok(const char *name)
{
	size_t labels = 0;
	const char *label = name;

	if (strlen(name) > HOST_MAX)
		return false;
	for (;;) {
		size_t len = strcspn(label, ".");
		if (!label_ok(label, len))
			return false;
		labels++;
		if (label[len] == '\0')
			break;
		label += len + 1;
	}
	return labels >= 2 && strspn(label, "0123456789") != strlen(label);
}

bool host_ascii(struct arena *a, const char *text, char **ret)
{
	const int flags = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT;
	char *ascii = NULL, *name;
	size_t len;

	/* Four bytes a character at most: longer text cannot become a name. */
	if (strlen(text) > 4 * HOST_MAX || !str_clean_line(text))
		return false;
	if (idn2_to_ascii_8z(text, &ascii, flags) != IDN2_OK)
		return false;
	name = str_lower(a, ascii);
	idn2_free(ascii);
	len = strlen(name);
	if (len > 0 && name[len - 1] == '.')
		name[len - 1] = '\0';
	if (!name_ok(name))
		return false;
	*ret = name;
	return true;
}

char *host_people(struct arena *a, const char *ascii)
{
	char *people = NULL, *copy;

	if (idn2_to_unicode_8z8z(ascii, &people, 0) != IDN2_OK)
		return arena_strdup(a, ascii);
	copy = arena_strdup(a, people);
	idn2_free(people);
	return copy;
}
