/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and tokens as trees: what a person sees of his own access. Never a token or its hash. */
#include "base/str.h"
#include "core/access/own.h"
#include "core/row.h"
#include "fmt/form.h"

enum err session_list(struct cx *cx, enum session_kind kind, int64_t subject_id, json_t **ret)
{
	struct session *rows;
	size_t n;

	TRY(session_rows(cx, kind, subject_id, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I, s:b, s:s, s:s, s:o, s:o, s:o}", "id", (json_int_t)rows[i].id,
		        "by_staff", rows[i].staff_id != 0, "ip", rows[i].ip, "agent", rows[i].agent,
		        "created_at", json_instant(rows[i].created_at), "used_at",
		        json_instant(rows[i].used_at), "expires_at",
		        json_instant(rows[i].expires_at)));
	*ret = list;
	return OK;
}

static const char *state_of(const struct cx *cx, const struct token_row *t)
{
	if (t->revoked_at != 0)
		return "revoked";
	return t->expires_at <= cx->now ? "expired" : "active";
}

enum err token_list(struct cx *cx, int64_t staff_id, json_t **ret)
{
	struct token_row *rows;
	size_t n;

	TRY(token_rows(cx, staff_id, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I, s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id",
		        (json_int_t)rows[i].id, "staff_id", (json_int_t)rows[i].staff_id, "name",
		        rows[i].name, "scopes", rows[i].scopes, "state", state_of(cx, &rows[i]),
		        "created_at", json_instant(rows[i].created_at), "expires_at",
		        json_instant(rows[i].expires_at), "used_at", json_instant(rows[i].used_at),
		        "revoked_at", json_instant(rows[i].revoked_at)));
	*ret = list;
	return OK;
}
