/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of clients as staff edit them: a name, a color, and days to pay and of grace that hold for
 * all in them.
 */
#include "base/str.h"
#include "core/client/own.h"
#include "core/event/event.h"
#include "core/row.h"
#include "fmt/form.h"

FIELDS(client_group_fields, struct client_group,
    {.name = "key",
        .label = "Key",
        .type = FIELD_KEY,
        .flags = FIELD_REQUIRED,
        .max = 40,
        .help = "Short and lasting, for programs: resellers.",
        .offset = offsetof(struct client_group, key)},
    {.name = "name",
        .label = "Name",
        .type = FIELD_LINE,
        .flags = FIELD_REQUIRED,
        .max = 80,
        .offset = offsetof(struct client_group, name)},
    {.name = "color",
        .label = "Color",
        .type = FIELD_LINE,
        .max = 7,
        .otherwise = "#206bc4",
        .help = "Like #206bc4.",
        .offset = offsetof(struct client_group, color)},
    {.name = "terms_days",
        .label = "Days to pay",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .help = "Empty: the company's.",
        .offset = offsetof(struct client_group, terms_days)},
    {.name = "grace_days",
        .label = "Days of grace",
        .type = FIELD_INT,
        .min = -1,
        .max = 365,
        .otherwise = "-1",
        .help = "Before reminders, fees and suspension. Empty: the company's.",
        .offset = offsetof(struct client_group, grace_days)},
    {.name = "discount_ppm",
        .label = "Discount in percent",
        .type = FIELD_PPM,
        .max = 1000000,
        .otherwise = "0",
        .help = "Off all that services of these clients cost, before tax. A client's own discount"
                " replaces it.",
        .offset = offsetof(struct client_group, discount_ppm)}, );

static json_t *days(int64_t n)
{
	return n < 0 ? json_null() : json_integer(n);
}

enum err client_group_view(struct cx *cx, json_t **ret)
{
	struct client_group *rows;
	size_t n;

	TRY(client_group_rows(cx, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:I, s:I}", "id",
		        (json_int_t)rows[i].id, "key", rows[i].key, "name", rows[i].name, "color",
		        rows[i].color, "terms_days", days(rows[i].terms_days), "grace_days",
		        days(rows[i].grace_days), "clients", (json_int_t)rows[i].clients,
		        "discount_ppm", (json_int_t)rows[i].discount_ppm));
	*ret = list;
	return OK;
}

struct save {
	struct client_group group; /* id 0: new */
	int64_t id;
};

static enum err save(struct cx *cx, void *arg)
{
	struct save *a = arg;
	int64_t taken;

	TRY(client_group_find(cx, a->group.key, &taken));
	if (taken != 0 && taken != a->group.id)
		return fail_field(cx, "key", "client_group.key_taken",
		    "Another group has this key");
	enum err err = client_group_write(cx, &a->group, &a->id);
	if (err == ERR_NOT_FOUND)
		return fail(cx, err, "client_group.none", "There is no such group of clients.");
	TRY(err);
	json_t *data = json_keep(cx,
	    json_pack("{s:s, s:s, s:o, s:o, s:I}", "key", a->group.key, "name", a->group.name,
	        "terms_days", days(a->group.terms_days), "grace_days", days(a->group.grace_days),
	        "discount_ppm", (json_int_t)a->group.discount_ppm));
	const char *name = a->group.id == 0 ? "create" : "update";
	return event_add(cx, &(struct event){"client_group", a->id, name, 0, data}, NULL);
}

static bool is_color(const char *s)
{
	bool ok = *s == '#';
	int n = 0;

	for (const char *p = s; *p != '\0' && ok; p++, n++)
		ok = n == 0 || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'f') ||
		    (*p >= 'A' && *p <= 'F');
	return ok && n == 7;
}

enum err client_group_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id)
{
	struct save a;

	TRY(field_read(cx, &client_group_fields, body, source, &a.group));
	if (!is_color(a.group.color))
		return fail_field(cx, "color", "client_group.color", "Enter a color, like #206bc4");
	a.group.id = id;
	TRY(db_tx(cx, save, &a));
	*ret_id = a.id;
	return OK;
}

static enum err drop(struct cx *cx, void *arg)
{
	int64_t id = *(const int64_t *)arg;
	bool changed;

	TRY(client_group_delete(cx, id, &changed));
	if (!changed)
		return fail(cx, ERR_NOT_FOUND, "client_group.none",
		    "There is no such group of clients.");
	return event_add(cx, &(struct event){"client_group", id, "remove", 0, NULL}, NULL);
}

enum err client_group_remove(struct cx *cx, int64_t id)
{
	enum err err = db_tx(cx, drop, &id);

	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "db.foreign")) {
		cx_clear(cx);
		return fail(cx, ERR_CONFLICT, "client_group.used",
		    "Clients or dunning steps still belong to this group.");
	}
	return err;
}
