/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters as trees: the archive's list and GET /letters. The bytes are shown by web/ with fmt/mime.
 */
#include "core/notice/own.h"
#include "core/row.h"
#include "fmt/form.h"

json_t *letter_view(struct cx *cx, const struct letter *l)
{
	const struct letter_kind *kind = letter_kind_find(l->kind);

	return json_keep(cx,
	    json_pack("{s:I, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:s, s:I, s:s}", "id",
	        (json_int_t)l->id, "letter", l->kind, "label", kind != NULL ? kind->label : l->kind,
	        "client_id", json_id(l->client_id), "to", l->to, "subject", l->subject, "state",
	        letter_fsm.states[l->state], "sent_at", json_instant(l->sent_at), "created_at",
	        json_instant(l->created_at), "subject_kind", l->subject_kind, "subject_id",
	        (json_int_t)l->subject_id, "detail", l->detail));
}

enum err letter_list(struct cx *cx, const struct letter_filter *f, json_t **ret)
{
	struct letter *rows;
	size_t n;

	TRY(letter_rows(cx, f, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append(list, letter_view(cx, &rows[i]));
	*ret = list;
	return OK;
}
