/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

/* Files built into the binary (migrations/, templates/, assets/), sorted by path. */
struct embed {
	const char *path; /* "templates/client/invoice/show.html" */
	const unsigned char *bytes;
	size_t len;
};
const struct embed *embed_find(const char *path); /* NULL when absent */
const struct embed *embed_all(size_t *ret_n);

#endif
