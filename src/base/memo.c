/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed table of texts by key: pages print the same amounts and days again and again. */
#include "base/memo.h"

#include <string.h>

#include "base/str.h"

/* FNV-1a */
static unsigned slot_of(const char *key)
{
	unsigned h = 2166136261u;
	for (; *key != '\0'; key++)
		h = (h ^ (unsigned char)*key) * 16777619u;
	return (h ^ h >> 16) % MEMO_SLOTS;
}

char *memo_get(const struct memo *m, struct arena *a, const char *key)
{
	unsigned i = slot_of(key);
	return strcmp(m->slots[i].key, key) == 0 && *key != '\0' ?
	    arena_strdup(a, m->slots[i].text) :
	    NULL;
}

char *memo_put(struct memo *m, const char *key, char *text)
{
	unsigned i = slot_of(key);
	if (strlen(key) < MEMO_KEY_BYTES && strlen(text) < MEMO_TEXT_BYTES) {
		str_copy(m->slots[i].key, MEMO_KEY_BYTES, key);
		str_copy(m->slots[i].text, MEMO_TEXT_BYTES, text);
	}
	return text;
}
