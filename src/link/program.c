/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which programs staff may name: those within the folders that the config file allows. Whoever may
 * edit servers is thereby not yet able to run whatever lies on the machine.
 */
#include <limits.h>
#include <stdlib.h>

#include "base/str.h"
#include "fmt/form.h"
#include "link/own.h"

/* Links and ".." followed; NULL when it is not there. */
static const char *real_of(struct cx *cx, const char *path)
{
	char real[PATH_MAX];
	return realpath(path, real) == NULL ? NULL : arena_strdup(cx->arena, real);
}

static bool is_within(struct cx *cx, const char *folder, const char *real)
{
	const char *root = folder[0] == '/' ? real_of(cx, folder) : NULL;
	return root != NULL && str_starts(real, arena_printf(cx->arena, "%s/", root));
}

enum err link_program(struct cx *cx, const char *folders, const char *path, const char **ret_real)
{
	size_t n = 0;
	if (path[0] != '/')
		return fail(cx, ERR_INVALID, "exec.path",
		    "A program is named by its absolute path, not \"%s\"", path);
	const char *real = real_of(cx, path);
	if (real == NULL)
		return fail(cx, ERR_INVALID, "exec.path", "%s is not a program that is there",
		    path);
	char **all = str_empty(folders) ? NULL : str_split(cx->arena, folders, ':', &n);
	for (size_t i = 0; i < n; i++) {
		if (!is_within(cx, all[i], real))
			continue;
		*ret_real = real;
		return OK;
	}
	return fail(cx, ERR_INVALID, "exec.folder",
	    "%s is not within a folder that programs may run from (exec_folders: %s)", real,
	    str_empty(folders) ? "none" : folders);
}

enum err link_program_setting(struct cx *cx, const struct panel_provider *p, const char *json,
    const char *folders)
{
	const char *real;
	if (p->program == NULL)
		return OK;
	json_t *settings = json_keep(cx, json_loads(json, 0, NULL));
	if (link_program(cx, folders, link_text(settings, p->program), &real) == OK)
		return OK;
	const char *key = cx->fault.key, *why = arena_strdup(cx->arena, cx->fault.detail);
	cx_clear(cx);
	return fail_field(cx, p->program, key, "%s", why);
}
