/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed table of texts by key: pages print the same amounts and days again and again. */
#include "base/memo.h"

#include <string.h>

#include "base/str.h"

static size_t slot_of(const struct memo_key *key)
{
	uint64_t h = (uint64_t)key->n * 0x9e3779b97f4a7c15u; /* Fibonacci hashing */
	for (const char *c = key->word; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * 0x100000001b3u;
	return (size_t)(h >> 32) % MEMO_SLOTS;
}

/* An empty text is an empty slot: nothing prints to nothing. */
char *memo_get(const struct memo *m, struct arena *a, const struct memo_key *key)
{
	size_t i = slot_of(key);
	bool same = m->slots[i].n == key->n && strcmp(m->slots[i].word, key->word) == 0 &&
	    strcmp(m->slots[i].other, key->other) == 0;
	return same && m->slots[i].text[0] != '\0' ? arena_strdup(a, m->slots[i].text) : NULL;
}

char *memo_put(struct memo *m, const struct memo_key *key, char *text)
{
	size_t i = slot_of(key);
	if (strlen(key->word) >= MEMO_WORD_BYTES || strlen(key->other) >= MEMO_WORD_BYTES ||
	    strlen(text) >= MEMO_TEXT_BYTES)
		return text;
	m->slots[i].n = key->n;
	str_copy(m->slots[i].word, MEMO_WORD_BYTES, key->word);
	str_copy(m->slots[i].other, MEMO_WORD_BYTES, key->other);
	str_copy(m->slots[i].text, MEMO_TEXT_BYTES, text);
	return text;
}
