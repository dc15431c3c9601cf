/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MEMO_H
#define BASE_MEMO_H

#include <stdint.h>

#include "base/arena.h"

/*
 * Remembers short texts that are costly to make and depend on nothing but their key: what ICU
 * prints for an amount or a day. The key is a number and two words (a currency and a locale, say).
 * Direct-mapped, so that it never grows; a newer key takes an older one's place.
 */
#define MEMO_SLOTS 1024
#define MEMO_WORD_BYTES 32
#define MEMO_TEXT_BYTES 48

struct memo_key {
	int64_t n;
	const char *word, *other;
};
struct memo {
	struct {
		int64_t n;
		char word[MEMO_WORD_BYTES], other[MEMO_WORD_BYTES], text[MEMO_TEXT_BYTES];
	} slots[MEMO_SLOTS];
};

/* A copy of the text kept under key, NULL when there is none. */
char *memo_get(const struct memo *m, struct arena *a, const struct memo_key *key);
/* Keeps text under key when all are short enough; returns text. */
char *memo_put(struct memo *m, const struct memo_key *key, char *text);

#endif
