/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an archived letter. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "fmt/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES)};
	struct mime_view view;

	if (mime_parse(&cx, bytes, len, &view) == OK && view.subject == NULL)
		abort();
	arena_free(cx.arena);
	return 0;
}
