/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs of roles: saving one within the actor's own permissions, and those that init makes. */
#include "base/str.h"
#include "core/event/event.h"
#include "core/staff/own.h"
#include "core/view.h"
#include "db/db.h"
#include "fmt/form.h"

FIELDS(role_fields, struct role,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .help = "Small letters and digits.",
        .offset = offsetof(struct role, key)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 60,
        .offset = offsetof(struct role, name)},
    {.name = "permissions",
        .label = "Permissions",
        .type = FIELD_TEXT,
        .max = 2000,
        .help = "Words such as invoice.read or invoice.*, with blanks between.",
        .offset = offsetof(struct role, permissions)}, );

struct save {
	struct role role;
	int64_t id;
};

static json_t *tree(struct cx *cx, const struct role *r)
{
	return json_keep(cx,
	    json_pack("{s:s, s:s, s:s}", "key", r->key, "name", r->name, "permissions",
	        r->permissions));
}

static enum err add(struct cx *cx, struct save *a)
{
	TRY(role_insert(cx, &a->role, &a->id));
	return event_add(cx, &(struct event){"role", a->id, "create", 0, tree(cx, &a->role)}, NULL);
}

static enum err change(struct cx *cx, struct save *a)
{
	struct role before;

	TRY(role_get(cx, a->id, &before));
	if (str_eq(before.key, STAFF_OWNER_KEY))
		return fail(cx, ERR_CONFLICT, "role.fixed",
		    "The role of the owner cannot be changed.");
	TRY(staff_may_grant(cx, before.permissions));
	json_t *changed = view_changed(cx, tree(cx, &before), tree(cx, &a->role));
	if (changed == NULL)
		return OK;
	TRY(role_write(cx, &a->role));
	return event_add(cx, &(struct event){"role", a->id, "update", 0, changed}, NULL);
}

static enum err save(struct cx *cx, void *arg)
{
	struct save *a = arg;
	int64_t taken;

	TRY(staff_may_grant(cx, a->role.permissions));
	TRY(role_key_id(cx, a->role.key, &taken));
	if (taken != 0 && taken != a->role.id)
		return fail_field(cx, "key", "role.key_taken", "Another role has this key");
	a->id = a->role.id;
	return a->id == 0 ? add(cx, a) : change(cx, a);
}

enum err role_save(struct cx *cx, int64_t id, const struct role *in, int64_t *ret_id)
{
	struct save a = {.role = *in};
	const char *wrong = permission_wrong(cx->arena, in->permissions);

	a.role.id = id;
	if (wrong != NULL)
		return fail_field(cx, "permissions", "role.permission",
		    "There is no permission \"%s\"", wrong);
	TRY(db_tx(cx, save, &a));
	if (ret_id != NULL)
		*ret_id = a.id;
	return OK;
}

static const struct role seeds[] = {
    {0, STAFF_OWNER_KEY, "Owner", "*"},
    {0, "manager", "Manager",
        "dashboard.read client.* order.* service.* invoice.* payment.* catalog.* tax.*"
        " setting.read server.*"
        " letter.* job.* event.read staff.read news.* report.read"},
    {0, "billing", "Billing",
        "dashboard.read client.read client.write order.* service.read invoice.* payment.*"
        " catalog.read"
        " letter.* event.read report.read"},
    {0, "support", "Support",
        "dashboard.read client.read client.write client.signin order.read service.* invoice.read"
        " catalog.read server.read letter.* job.read event.read news.*"},
    {0, "readonly", "Read only",
        "dashboard.read client.read order.read service.read invoice.read catalog.read setting.read"
        " server.read letter.read job.read event.read staff.read report.read"},
};

static enum err seed(struct cx *cx, void *arg)
{
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
		TRY(role_insert_absent(cx, &seeds[i]));
	return OK;
}

enum err role_seed(struct cx *cx)
{
	return db_tx(cx, seed, NULL);
}
