/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options in forms: what was chosen so far, and the inputs for it. What fits and what it costs is
 * core/option's.
 */
#include "web/option.h"

#include "base/str.h"
#include "fmt/form.h"

struct chosen {
	struct field_map options;
};

FIELDS(web_option_fields, struct chosen,
    {.name = "options",
        .label = "Options",
        .type = FIELD_MAP,
        .offset = offsetof(struct chosen, options)}, );

struct field_map web_options_given(struct cx *cx, const json_t *from)
{
	struct chosen c;
	struct fault now = cx->fault;
	json_t *body = json_object(), *options = json_object_get(from, "options");
	if (options != NULL)
		json_object_set(body, "options", options);
	json_keep(cx, body);
	if (field_read(cx, &web_option_fields, body, FIELD_FORM, &c) != OK)
		c.options = (struct field_map){0};
	cx->fault = now;
	return c.options;
}

/* "items.0.options.disk" is the field "field-items-0-options-disk". */
json_t *web_input_id(struct cx *cx, const char *name)
{
	char *id = arena_printf(cx->arena, "field-%s", name);
	for (char *c = id; *c != '\0'; c++)
		*c = *c == '.' ? '-' : *c;
	return json_string(id);
}

json_t *web_options_form(struct cx *cx, const struct page *p, const struct option_wish *w)
{
	json_t *list = option_form(cx, w), *row;
	size_t i;
	json_array_foreach(list, i, row) {
		const char *name = json_string_value(json_object_get(row, "input"));
		json_object_set_new(row, "input_id", web_input_id(cx, name));
		for (const struct field_fault *f = p->faulty ? p->fault.fields : NULL; f != NULL;
		     f = f->next)
			if (str_eq(f->name, name))
				json_object_set_new(row, "error", json_string(f->text));
	}
	return list;
}

void web_options_put(struct cx *cx, struct page *p, const struct option_wish *w)
{
	page_put(p, "option_form", web_options_form(cx, p, w));
}

static struct field_map given_of(struct cx *cx, const json_t *options)
{
	json_t *body = json_keep(cx, json_object());
	if (options != NULL)
		json_object_set(body, "options", (json_t *)(uintptr_t)options);
	return web_options_given(cx, body);
}

enum err web_choice_options(struct cx *cx, const struct page *p, const struct web_choice *c,
    json_t **ret)
{
	struct option_set set;
	TRY(option_set_load(cx, c->plan_id, c->currency, &set));
	struct field_map given = given_of(cx, c->asked);
	struct option_wish w = {.set = &set,
	    .cycle = c->cycle,
	    .currency = c->currency,
	    .given = &given,
	    .prefix = c->prefix};
	given = option_fit(cx->arena, &w);
	*ret = web_options_form(cx, p, &w);
	return OK;
}
