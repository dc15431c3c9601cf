/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters for staff: the archive of what was sent, as it was sent, and sending one again. Their
 * texts are texts.c.
 */
#include <string.h>

#include "base/str.h"
#include "core/notice/notice.h"
#include "fmt/form.h"
#include "fmt/mime.h"
#include "web/staff/own.h"

enum err admin_letters(struct cx *cx, struct page *p)
{
	struct letter_filter f = {.client_id = page_query_int(p, "client_id"),
	    .q = page_query(p, "q"),
	    .state = page_query(p, "state"),
	    .kind = page_query(p, "kind"),
	    .after = page_query_int(p, "after"),
	    .limit = page_limit(p)};
	json_t *rows;

	TRY(letter_list(cx, &f, &rows));
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Letters");
	admin_filter(p);
	admin_chips(cx, p, "state", "letter");
	page_list(cx, p, rows, f.limit);
	return OK;
}

enum err admin_letter(struct cx *cx, struct page *p)
{
	struct letter l;
	struct mime_view view;
	json_t *rows = json_keep(cx, json_array());

	TRY(letter_get(cx, 0, p->id, &l));
	TRY(mime_parse(cx, l.bytes, l.len, &view));
	json_t *tree = letter_view(cx, &l);
	json_object_set(tree, "subject_line", json_object_get(tree, "subject"));
	json_array_append(rows, tree);
	TRY(admin_names(cx, rows));
	const char *about = admin_href(cx, l.subject_kind, l.subject_id);
	page_title(cx, p, "%s", str_or(l.subject, "Letter"));
	page_put(p, "letter", tree);
	page_set(p, "about", about != NULL ? json_string(about) : NULL);
	page_set(p, "from", json_string(str_or(view.from, "")));
	page_set(p, "text", json_string(str_or(view.text, "")));
	page_set(p, "has_html", json_boolean(view.html != NULL));
	page_set(p, "can", json_pack("{s:b}", "resend", l.state != LETTER_QUEUED));
	return OK;
}

/*
 * The HTML part for the frame on the letter's page. serve.c gives files a policy that forbids
 * scripts; the frame is sandboxed besides.
 */
enum err admin_letter_html(struct cx *cx, struct page *p)
{
	struct letter l;
	struct mime_view view;

	TRY(letter_get(cx, 0, p->id, &l));
	TRY(mime_parse(cx, l.bytes, l.len, &view));
	if (view.html == NULL)
		return fail(cx, ERR_NOT_FOUND, "letter.plain", "This letter has no HTML part.");
	p->file_inline = true;
	return page_file(cx, p, "text/html; charset=utf-8", "letter.html", view.html,
	    strlen(view.html));
}

enum err admin_letter_resend(struct cx *cx, struct page *p)
{
	TRY(letter_resend(cx, p->id));
	page_flash(cx, p, "success", "The letter is being sent again.");
	return page_go(cx, p, "/admin/letters/%lld", (long long)p->id);
}
