/* SPDX-License-Identifier: Apache-2.0 */
/* The start of a link process: it reads the key, opens no database, and answers calls. */
#include "app/family.h"
#include "app/key.h"
#include "base/limits.h"
#include "base/log.h"

int child_link(struct family *f, int index)
{
	struct link_keys keys;
	struct cx keep = {
	    .arena = arena_new(LIMIT_ARENA_BYTES)}; /* link_main resets its own for each call */
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES),
	    .actor = {ACTOR_SYSTEM, 0, "link", ""}};
	if (key_read(&keep, key_path(&keep, f->config), &keys) != OK) {
		log_fault(&keep, "link cannot start");
		return 1;
	}
	keys.exec_folders = f->config->exec_folders;
	return link_main(&cx, &keys, f->link_fd, &f->shared->link, index);
}
