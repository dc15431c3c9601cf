/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of letters: those built in, those edited by staff, and how both become a letter. A
 * letter is never lost to a bad text: one that does not render gives way to the text built in.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "base/limits.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/notice/own.h"
#include "db/db.h"
#include "fmt/form.h"
#include "fmt/tmpl.h"

static const char *built_in(struct cx *cx, const char *kind, const char *part)
{
	const char *path = arena_printf(cx->arena, "templates/mail/%s.%s", kind, part);
	const struct embed *file = embed_find(path);

	assert(file != NULL);
	return arena_strndup(cx->arena, (const char *)file->bytes, file->len);
}

void letter_template_built_in(struct cx *cx, const char *kind, struct letter_template *ret)
{
	*ret = (struct letter_template){.kind = kind,
	    .subject = str_trim(cx->arena, built_in(cx, kind, "subject")),
	    .text = built_in(cx, kind, "text"),
	    .html = built_in(cx, kind, "html")};
}

static enum err check_kind(struct cx *cx, const char *kind)
{
	return letter_kind_find(kind) != NULL ?
	    OK :
	    fail(cx, ERR_NOT_FOUND, "letter.kind", "There is no kind of letter \"%s\".",
	        str_or(kind, ""));
}

enum err letter_template_get(struct cx *cx, const char *kind, struct letter_template *ret)
{
	struct letter_template t;

	TRY(check_kind(cx, kind));
	enum err err = letter_template_find(cx, kind, &t);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		letter_template_built_in(cx, kind, &t);
		err = OK;
	}
	TRY(err);
	*ret = t;
	return OK;
}

/* How one part of a letter is rendered. */
struct part {
	const char *ending; /* of files */
	enum tmpl_escape escape;
};
static struct part html_part = {"html", TMPL_HTML}, text_part = {"text", TMPL_TEXT};

/*
 * "mail/layout" is templates/mail/layout.html for one part, "mail/footer" footer.text for the
 * other.
 */
static bool load(void *arg, const char *name, const char **ret_text, size_t *ret_len)
{
	const struct part *part = arg;
	const struct embed *file;
	char path[128];

	int len = snprintf(path, sizeof path, "templates/%s.%s", name, part->ending);
	file = len > 0 && (size_t)len < sizeof path ? embed_find(path) : NULL;
	if (file == NULL)
		return false;
	*ret_text = (const char *)file->bytes;
	*ret_len = file->len;
	return true;
}

static void free_set(void *set)
{
	tmpl_set_free(set);
}

static enum err print_part(struct cx *cx, struct part *part, const char *text, const json_t *data,
    const char **ret)
{
	struct tmpl_set *set = tmpl_set_new(load, part, part->escape);
	struct buf out;

	arena_defer(cx->arena, free_set, set);
	tmpl_set_strict(set, true);
	buf_init(&out, cx->arena);
	TRY(tmpl_render_text(cx, set, text, data, &out));
	*ret = buf_text(&out);
	return OK;
}

static enum err print_subject(struct cx *cx, const char *text, const json_t *data, const char **ret)
{
	const char *subject;

	TRY(print_part(cx, &text_part, text, data, &subject));
	subject = str_trim(cx->arena, subject);
	if (str_empty(subject) || !str_clean_line(subject))
		return fail(cx, ERR_INVALID, "letter.subject",
		    "The subject must be one line of text.");
	*ret = subject;
	return OK;
}

static enum err print(struct cx *cx, const struct letter_template *t, const json_t *data,
    struct letter_text *ret)
{
	struct letter_text text = {0};

	TRY(print_subject(cx, t->subject, data, &text.subject));
	TRY(print_part(cx, &text_part, t->text, data, &text.text));
	TRY(print_part(cx, &html_part, t->html, data, &text.html));
	*ret = text;
	return OK;
}

enum err letter_print(struct cx *cx, const char *kind, const json_t *data, struct letter_text *ret)
{
	struct letter_template t;
	const char *wrong;

	TRY(letter_template_get(cx, kind, &t));
	enum err err = print(cx, &t, data, ret);
	if (err == OK || !t.edited)
		return err;
	wrong = arena_strdup(cx->arena, cx->fault.detail);
	cx_clear(cx);
	letter_template_built_in(cx, kind, &t);
	TRY(print(cx, &t, data, ret));
	ret->wrong = wrong;
	return OK;
}

/* The fault of rendering becomes a fault of the field it was in. */
static enum err part_fault(struct cx *cx, const char *name, enum err err,
    struct field_fault *faults)
{
	const char *why = arena_strdup(cx->arena, cx->fault.detail);

	if (err == OK)
		return OK;
	cx->fault.fields = faults;
	return fail_field(cx, name, "letter.template", "%s", why);
}

static enum err check_text(struct cx *cx, const char *name, const char *text, size_t bytes_max)
{
	if (str_empty(text))
		return fail_field(cx, name, "field.required", "Fill in this field");
	if (strlen(text) > bytes_max)
		return fail_field(cx, name, "field.too_long", "Use at most %zu bytes", bytes_max);
	return OK;
}

static enum err check(struct cx *cx, const struct letter_template *t)
{
	const json_t *data = letter_sample(cx, t->kind);
	const char *out;
	enum err subject, text, html;

	TRY(check_text(cx, "subject", t->subject, LIMIT_TEXT_CHARS * 4));
	TRY(check_text(cx, "text", t->text, LIMIT_NOTE_CHARS * 4));
	TRY(check_text(cx, "html", t->html, LIMIT_NOTE_CHARS * 4));
	subject = print_subject(cx, t->subject, data, &out);
	subject = part_fault(cx, "subject", subject, NULL);
	text = print_part(cx, &text_part, t->text, data, &out);
	text = part_fault(cx, "text", text, cx->fault.fields);
	html = print_part(cx, &html_part, t->html, data, &out);
	html = part_fault(cx, "html", html, cx->fault.fields);
	return subject != OK || text != OK || html != OK ? ERR_INVALID : OK;
}

static enum err event(struct cx *cx, const char *kind, const char *name)
{
	json_t *data = json_keep(cx, json_pack("{s:s}", "kind", kind));

	return event_add(cx, &(struct event){"letter_template", 0, name, 0, data}, NULL);
}

static enum err save(struct cx *cx, void *arg)
{
	const struct letter_template *t = arg;

	TRY(letter_template_write(cx, t));
	return event(cx, t->kind, "save");
}

enum err letter_template_save(struct cx *cx, const struct letter_template *t)
{
	struct letter_template copy = *t;

	TRY(check_kind(cx, t->kind));
	TRY(check(cx, t));
	copy.subject = str_trim(cx->arena, t->subject);
	return db_tx(cx, save, &copy);
}

struct reset {
	const char *kind;
};

static enum err reset(struct cx *cx, void *arg)
{
	const struct reset *a = arg;
	bool changed;

	TRY(letter_template_delete(cx, a->kind, &changed));
	return changed ? event(cx, a->kind, "reset") : OK;
}

enum err letter_template_reset(struct cx *cx, const char *kind)
{
	struct reset a = {kind};

	TRY(check_kind(cx, kind));
	return db_tx(cx, reset, &a);
}
