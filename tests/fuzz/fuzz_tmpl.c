/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a template, with partials that include each other and itself. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "fmt/form.h"
#include "fmt/tmpl.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* Partials whose name begins with s are the text itself, those with l a layout. */
static bool load(void *arg, const char *name, const char **ret_text, size_t *ret_len)
{
	static const char layout[] = "a\n  {{$b}}\n    c\n  {{/b}}\n{{$d}}{{/d}}\n";

	*ret_text = name[0] == 's' ? arg : layout;
	*ret_len = strlen(*ret_text);
	return name[0] == 's' || name[0] == 'l';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cx cx = {.arena = arena_new(LIMIT_ARENA_BYTES)};
	char *text = arena_strndup(cx.arena, (const char *)bytes, len);
	struct tmpl_set *set = tmpl_set_new(load, text, TMPL_HTML);
	json_t *data = json_keep(&cx,
	    json_pack("{s:s, s:[i,i,i], s:{s:s}, s:n, s:b}", "a", "<x>", "b", 1, 2, 3, "c", "d",
	        "y", "n", "t", 1));
	struct buf out;

	buf_init(&out, cx.arena);
	if (tmpl_render_text(&cx, set, text, data, &out) != OK && cx.fault.key == NULL)
		abort();
	tmpl_set_free(set);
	arena_free(cx.arena);
	return 0;
}
