/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of letters: the list of kinds, editing one with a preview of sample data, going back
 * to the built-in one.
 */
#include "base/str.h"
#include "core/notice/notice.h"
#include "fmt/tmpl.h"
#include "web/staff/own.h"

FIELDS(text_fields, struct letter_template,
    {.name = "subject",
        .label = "Subject",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .offset = offsetof(struct letter_template, subject)},
    {.name = "text",
        .label = "Plain text",
        .type = FIELD_TEXT,
        .flags = FIELD_REQUIRED,
        .help = "Every letter carries this; some programs show nothing else.",
        .offset = offsetof(struct letter_template, text)},
    {.name = "html",
        .label = "HTML",
        .type = FIELD_TEXT,
        .flags = FIELD_REQUIRED,
        .help = "Names in double braces are filled in and made safe.",
        .offset = offsetof(struct letter_template, html)}, );

enum err admin_texts(struct cx *cx, struct page *p)
{
	struct letter_template t;
	json_t *rows = json_array();

	for (size_t i = 0; i < letter_kinds_n; i++) {
		const struct letter_kind *k = &letter_kinds[i];
		enum err err = letter_template_get(cx, k->kind, &t);
		if (err == OK)
			json_array_append_new(rows,
			    json_pack("{s:s, s:s, s:s, s:s, s:b}", "kind", k->kind, "label",
			        k->label, "about", k->about, "subject", t.subject, "edited",
			        (int)t.edited));
		cx_clear(cx);
	}
	page_title(cx, p, "Letter texts");
	page_set(p, "data", rows);
	return OK;
}

static enum err load(struct cx *cx, const struct page *p, struct letter_template *ret)
{
	if (letter_kind_find(p->word) == NULL)
		return fail(cx, ERR_NOT_FOUND, "letter.kind", "There is no such letter.");
	return letter_template_get(cx, p->word, ret);
}

/* The sample data, as the one who edits may look up its names. */
static int add_text(const char *bytes, size_t len, void *arg)
{
	buf_add(arg, bytes, len);
	return 0;
}

static json_t *names_text(struct cx *cx, const json_t *sample)
{
	struct buf b;

	buf_init(&b, cx->arena);
	json_dump_callback(sample, add_text, &b, JSON_INDENT(2));
	return json_string(buf_text(&b));
}

enum err admin_text(struct cx *cx, struct page *p)
{
	struct letter_template t;

	TRY(load(cx, p, &t));
	const struct letter_kind *k = letter_kind_find(p->word);
	json_t *values =
	    json_pack("{s:s, s:s, s:s}", "subject", t.subject, "text", t.text, "html", t.html);
	page_title(cx, p, "%s", k->label);
	page_form(cx, p, "form", &text_fields, values);
	json_decref(values);
	page_set(p, "kind", json_string(k->kind));
	page_set(p, "label", json_string(k->label));
	page_set(p, "edited", json_boolean(t.edited));
	page_set(p, "names", names_text(cx, letter_sample(cx, k->kind)));
	return OK;
}

enum err admin_text_save(struct cx *cx, struct page *p)
{
	struct letter_template t;

	if (letter_kind_find(p->word) == NULL)
		return fail(cx, ERR_NOT_FOUND, "letter.kind", "There is no such letter.");
	TRY(page_read(cx, p, &text_fields, &t));
	t.kind = p->word;
	TRY(letter_template_save(cx, &t));
	page_flash(cx, p, "success", "The text was saved. It is used from the next letter on.");
	return page_go(cx, p, "/admin/settings/texts/%s", p->word);
}

enum err admin_text_reset(struct cx *cx, struct page *p)
{
	struct letter_template t;

	TRY(load(cx, p, &t));
	TRY(letter_template_reset(cx, t.kind));
	page_flash(cx, p, "success", "The built-in text is in use again.");
	return page_go(cx, p, "/admin/settings/texts/%s", p->word);
}

enum err admin_text_html(struct cx *cx, struct page *p)
{
	struct letter_template t;
	struct buf b;

	TRY(load(cx, p, &t));
	buf_init(&b, cx->arena);
	TRY(tmpl_render_text(cx, p->web->pages, t.html, letter_sample(cx, t.kind), &b));
	p->file_inline = true;
	return page_file(cx, p, "text/html; charset=utf-8", "preview.html", buf_text(&b), b.len);
}
