/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_TMPL_H
#define FMT_TMPL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/str.h"

/*
 * Mustache with inheritance (specification 1.4 without lambdas and dynamic names), compiled once
 * to a program. {{x}} is escaped for HTML text and attributes, {{{x}}} and {{&x}} are not.
 * null, false, "", 0 and [] are false in a section; true does not become a context. What stands
 * inside null (a.b where a is null) is null. A block given to a parent sees the blocks given beside
 * it. A set keeps every template it compiled; it lives as long as its process.
 */
struct tmpl_set;

/* Gives a template's text by name; false when there is none. */
typedef bool tmpl_load(void *arg, const char *name, const char **ret_text, size_t *ret_len);

enum tmpl_escape {
	TMPL_HTML,
	TMPL_TEXT
}; /* TEXT: {{x}} writes the value as it is (plain-text mails) */

struct tmpl_set *tmpl_set_new(tmpl_load *load, void *arg, enum tmpl_escape escape);
void tmpl_set_free(struct tmpl_set *set); /* NULL is fine */
/*
 * In strict mode an unknown name or a missing partial is ERR_INTERNAL "template.unknown" with the
 * detail template:line:name, and an object or list where a value is printed is "template.type".
 */
void tmpl_set_strict(struct tmpl_set *set, bool strict);

/*
 * Renders a named template of the set with data. Syntax errors are ERR_INVALID "template.syntax"
 * with name and line; too deep, too long or too many steps is ERR_INVALID "template.limit". After a
 * fault ret holds what was written before it.
 */
enum err tmpl_render(struct cx *cx, struct tmpl_set *set, const char *name, const json_t *data,
    struct buf *ret) MUST_CHECK;
/*
 * All names that a template, its parents and its partials ask for, each part of a dotted one on its
 * own; they live as long as the set.
 */
struct tmpl_names;
enum err tmpl_names_of(struct cx *cx, struct tmpl_set *set, const char *name,
    const struct tmpl_names **ret) MUST_CHECK;
bool tmpl_names_has(const struct tmpl_names *names, const char *name);
/* Compiles text given here (an edited letter) and renders it; partials come from the set. */
enum err tmpl_render_text(struct cx *cx, struct tmpl_set *set, const char *text, const json_t *data,
    struct buf *ret) MUST_CHECK;

#endif
