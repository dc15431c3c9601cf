/* SPDX-License-Identifier: Apache-2.0 */
/* Staff and roles as trees; never with a password's hash. */
#include "core/row.h"
#include "core/staff/own.h"
#include "fmt/form.h"

json_t *staff_view(struct cx *cx, const struct staff *s)
{
	return json_keep(cx,
	    json_pack("{s:I, s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)s->id,
	        "email", s->email, "name", s->name, "role_id", (json_int_t)s->role_id, "role",
	        s->role_key, "role_name", s->role_name, "permissions", s->permissions, "state",
	        staff_fsm.states[s->state], "created_at", json_instant(s->created_at), "seen_at",
	        json_instant(s->seen_at)));
}

enum err staff_list(struct cx *cx, json_t **ret)
{
	struct staff *rows;
	size_t n;

	TRY(staff_rows(cx, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append(list, staff_view(cx, &rows[i]));
	*ret = list;
	return OK;
}

enum err role_list(struct cx *cx, json_t **ret)
{
	struct role *rows;
	size_t n;

	TRY(role_rows(cx, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)rows[i].id, "key",
		        rows[i].key, "name", rows[i].name, "permissions", rows[i].permissions));
	*ret = list;
	return OK;
}
