/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staff and roles: who works here and what each may do. Core refuses to grant more than one has
 * oneself.
 */
#include "base/str.h"
#include "core/staff/staff.h"
#include "web/staff/own.h"

enum err admin_team(struct cx *cx, struct page *p)
{
	json_t *members, *roles;

	TRY(staff_list(cx, &members));
	TRY(role_list(cx, &roles));
	page_title(cx, p, "Staff and roles");
	page_put(p, "members", members);
	page_put(p, "roles", roles);
	return OK;
}

/* ---- members ---- */

static enum err put_roles(struct cx *cx, struct page *p)
{
	json_t *rows, *row, *choices;
	size_t i;

	TRY(role_list(cx, &rows));
	choices = json_array();
	json_array_foreach(rows, i, row)
		admin_choice(choices,
		    arena_printf(cx->arena, "%lld",
		        (long long)json_integer_value(json_object_get(row, "id"))),
		    json_string_value(json_object_get(row, "name")),
		    admin_value(p, "form", "role_id"));
	admin_select(p, "form", "role_id", choices);
	return OK;
}

enum err admin_member_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New staff member",
	        .action = "/admin/settings/team",
	        .button = "Create staff member",
	        .back = "/admin/settings/team",
	        .fields = &staff_fields});
	page_set(p, "member", NULL);
	return put_roles(cx, p);
}

enum err admin_member_create(struct cx *cx, struct page *p)
{
	struct staff_input in;
	int64_t id;

	TRY(page_read(cx, p, &staff_fields, &in));
	TRY(staff_create(cx, &in, &id));
	page_set(p, "id", json_integer(id));
	page_flash(cx, p, "success", "%s can sign in now.", in.name);
	return page_go(cx, p, "/admin/settings/team");
}

enum err admin_member(struct cx *cx, struct page *p)
{
	struct staff s;

	TRY(staff_get(cx, p->id, &s));
	json_t *tree = staff_view(cx, &s);
	admin_form(cx, p,
	    &(struct admin_form){.title = s.name,
	        .button = "Save",
	        .back = "/admin/settings/team",
	        .action = admin_path(cx, "settings/team", s.id),
	        .fields = &staff_fields,
	        .values = tree});
	page_put(p, "member", tree);
	page_set(p, "can",
	    json_pack("{s:b, s:b, s:b}", "suspend", s.state == STAFF_ACTIVE && s.id != p->staff.id,
	        "resume", s.state == STAFF_SUSPENDED, "close",
	        s.state != STAFF_CLOSED && s.id != p->staff.id));
	return put_roles(cx, p);
}

enum err admin_member_save(struct cx *cx, struct page *p)
{
	struct staff_input in;

	TRY(page_read(cx, p, &staff_fields, &in));
	TRY(staff_update(cx, p->id, &in));
	page_flash(cx, p, "success", "%s was saved.", in.name);
	return page_go(cx, p, "/admin/settings/team");
}

static enum err apply(struct cx *cx, struct page *p, enum staff_event event)
{
	const char *reason = "resumed";

	if (p->id == p->staff.id)
		return fail(cx, ERR_CONFLICT, "staff.self", "You cannot lock yourself out.");
	if (event != STAFF_RESUME)
		TRY(admin_reason(cx, p, &reason));
	TRY(staff_apply(cx, p->id, event, reason));
	return page_go(cx, p, "/admin/settings/team");
}

enum err admin_member_suspend(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "This person can no longer sign in.");
	return apply(cx, p, STAFF_SUSPEND);
}

enum err admin_member_resume(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "This person can sign in again.");
	return apply(cx, p, STAFF_RESUME);
}

enum err admin_member_close(struct cx *cx, struct page *p)
{
	page_flash(cx, p, "success", "The staff account was closed.");
	return apply(cx, p, STAFF_CLOSE);
}

/* ---- roles ---- */

/* "invoice.read" -> "may-invoice-read": a dot in a form's name means nesting. */
static const char *box_name(struct cx *cx, const char *word)
{
	char *name = arena_printf(cx->arena, "may-%s", word);

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '.' ? '-' : *c;
	return name;
}

static const char *checked_words(struct cx *cx, const struct page *p)
{
	struct buf b;

	buf_init(&b, cx->arena);
	if (page_body_bool(p, "may-all"))
		return "*";
	for (size_t i = 0; i < permissions_n; i++)
		if (page_body_bool(p, box_name(cx, permissions[i].word)))
			buf_printf(&b, "%s%s", b.len > 0 ? " " : "", permissions[i].word);
	return buf_text(&b);
}

static void put_boxes(struct cx *cx, struct page *p, const char *held)
{
	json_t *list = json_array();
	const char *words = p->faulty ? checked_words(cx, p) : held;

	for (size_t i = 0; i < permissions_n; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:b}", "word", permissions[i].word, "label",
		        permissions[i].label, "name", box_name(cx, permissions[i].word), "checked",
		        (int)permission_has(words, permissions[i].word)));
	page_set(p, "permissions", list);
	page_set(p, "everything", json_boolean(str_eq(words, "*")));
}

enum err admin_role_new(struct cx *cx, struct page *p)
{
	admin_form(cx, p,
	    &(struct admin_form){.title = "New role",
	        .action = "/admin/settings/roles",
	        .button = "Create role",
	        .back = "/admin/settings/team",
	        .fields = &role_fields});
	admin_drop(p, "form", "permissions"); /* the check boxes stand for it */
	put_boxes(cx, p, "");
	return OK;
}

enum err admin_role(struct cx *cx, struct page *p)
{
	struct role r;

	TRY(role_get(cx, p->id, &r));
	json_t *values = json_pack("{s:s, s:s}", "key", r.key, "name", r.name);
	admin_form(cx, p,
	    &(struct admin_form){.title = r.name,
	        .button = "Save role",
	        .back = "/admin/settings/team",
	        .action = admin_path(cx, "settings/roles", r.id),
	        .fields = &role_fields,
	        .values = values,
	        .intro = "Changes hold at once for everybody who has this role."});
	json_decref(values);
	admin_drop(p, "form", "permissions"); /* the check boxes stand for it */
	put_boxes(cx, p, r.permissions);
	return OK;
}

static enum err save_role(struct cx *cx, struct page *p, int64_t id)
{
	struct role in;
	int64_t saved;

	TRY(page_read(cx, p, &role_fields, &in));
	if (p->source == FIELD_FORM)
		in.permissions = checked_words(cx, p);
	TRY(role_save(cx, id, &in, &saved));
	page_set(p, "id", json_integer(saved));
	page_flash(cx, p, "success", "The role was saved.");
	return page_go(cx, p, "/admin/settings/team");
}

enum err admin_role_create(struct cx *cx, struct page *p)
{
	return save_role(cx, p, 0);
}

enum err admin_role_save(struct cx *cx, struct page *p)
{
	return save_role(cx, p, p->id);
}
