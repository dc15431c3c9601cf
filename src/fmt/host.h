/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_HOST_H
#define FMT_HOST_H

#include <stdbool.h>

#include "base/arena.h"

/* Domain names between people and the DNS (IDNA 2008); the only file that includes libidn2. */

#define HOST_MAX 253 /* RFC 1035: a name as text, without the last dot */
#define HOST_LABEL_MAX 63

/*
 * "Bücher.Example." -> "xn--bcher-kva.example": lower case, A-labels, no trailing dot. At least two
 * labels of letters, digits and hyphens; the last is not all digits (no IP addresses). False
 * leaves *ret alone.
 */
bool host_ascii(struct arena *a, const char *text, char **ret);
/* The form people read: "bücher.example". What is not an IDN comes back as it is. */
char *host_people(struct arena *a, const char *ascii);

#endif
