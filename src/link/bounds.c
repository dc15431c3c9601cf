/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may call which provider now, in memory the link processes share: a slow one never holds them
 * all, a silent one is left alone for a while. Nobody locks: each process writes its own slot,
 * announces itself first and counts afterwards, so that two at once may both step back but never
 * both go on.
 */
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"
#include "link/own.h"

#include <poll.h>
#include <unistd.h>

/* FNV-1a; 0 is kept for "none". */
uint64_t link_bound_key(const char *bound)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (const unsigned char *p = (const unsigned char *)bound; *p != 0; p++)
		h = (h ^ *p) * UINT64_C(1099511628211);
	return h == 0 ? 1 : h;
}

/* Calls of others to it, and since when the oldest has been waiting. */
static int count(struct link_shared *shared, int slot, uint64_t key, int64_t *ret_since_ms)
{
	int n = 0;
	int64_t since_ms = INT64_MAX;
	for (int i = 0; i < LINK_SLOTS; i++) {
		if (i == slot || atomic_load(&shared->slots[i].key) != key)
			continue;
		int64_t at = atomic_load(&shared->slots[i].since_ms);
		since_ms = at < since_ms ? at : since_ms;
		n++;
	}
	*ret_since_ms = since_ms;
	return n;
}

/* While the calls under way are young the provider is quick, and waiting a moment is kinder than a
 * refusal. */
bool link_enter(struct link_shared *shared, int slot, const char *bound)
{
	struct link_slot *own = &shared->slots[slot];
	uint64_t key = link_bound_key(bound);
	int64_t began_ms = clock_mono_ms(), since_ms;
	own->pid = (int32_t)getpid();
	str_copy(own->bound, sizeof own->bound, bound);
	for (;;) {
		atomic_store(&own->since_ms, clock_mono_ms());
		atomic_store(&own->key, key);
		if (count(shared, slot, key, &since_ms) < LIMIT_LINK_PER_PROVIDER)
			return true;
		atomic_store(&own->key, 0);
		int64_t now_ms = clock_mono_ms();
		if (now_ms - since_ms >= LINK_PATIENCE_MS || now_ms - began_ms >= LINK_PATIENCE_MS)
			return false;
		poll(NULL, 0, 5 + (int)crypto_below(10));
	}
}

void link_leave(struct link_shared *shared, int slot)
{
	atomic_store(&shared->slots[slot].key, 0);
}

static int64_t left_s(const struct link_dead *d, int64_t now)
{
	int64_t by_mono_s = (d->until_ms - clock_mono_ms() + 999) / 1000,
	        by_now_s = d->until_at - now;
	int64_t left = by_mono_s < by_now_s ? by_mono_s : by_now_s;
	return left < 0 ? 0 : left;
}

int64_t link_dead_s(const struct link_shared *shared, const char *bound, int64_t now)
{
	uint64_t key = link_bound_key(bound);
	for (int i = 0; i < LINK_SLOTS; i++)
		if (atomic_load(&shared->dead[i].key) == key)
			return left_s(&shared->dead[i], now);
	return 0;
}

/* Its own row, a free one, or the one that ends first. */
void link_mark(struct link_shared *shared, const char *bound, int64_t now)
{
	uint64_t key = link_bound_key(bound);
	struct link_dead *to = &shared->dead[0];
	for (int i = 0; i < LINK_SLOTS; i++) {
		struct link_dead *d = &shared->dead[i];
		uint64_t there = atomic_load(&d->key);
		if (there == key) {
			to = d;
			break;
		}
		if (atomic_load(&to->key) != 0 && (there == 0 || d->until_ms < to->until_ms))
			to = d;
	}
	atomic_store(&to->key, 0);
	str_copy(to->bound, sizeof to->bound, bound);
	to->until_ms = clock_mono_ms() + LINK_DEAD_S * 1000;
	to->until_at = now + LINK_DEAD_S;
	atomic_store(&to->key, key);
}

void link_unmark(struct link_shared *shared, const char *bound)
{
	uint64_t key = link_bound_key(bound);
	for (int i = 0; i < LINK_SLOTS; i++)
		if (atomic_load(&shared->dead[i].key) == key)
			atomic_store(&shared->dead[i].key, 0);
}
