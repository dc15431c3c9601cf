/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was chosen with a service: kept as it was sold, told to the panel, shown. Choosing is
 * core/option's; another choice for a running service is a change (change_option.c).
 */
#include "base/str.h"
#include "core/row.h"
#include "core/service/own.h"
#include "db/db.h"

struct service_option service_option_of(int64_t service_id, const struct option_pick *p)
{
	return (struct service_option){.service_id = service_id,
	    .option_id = p->option->id,
	    .choice_id = p->choice == NULL ? 0 : p->choice->id,
	    .price_id = p->price_id,
	    .quantity = p->quantity,
	    .price_minor = p->price_minor,
	    .setup_minor = p->setup_minor,
	    .key = p->option->key,
	    .name = p->option->name,
	    .kind = option_kind_words[p->option->kind],
	    .unit = p->option->unit,
	    .value = p->value,
	    .label = p->label,
	    .panel_key = p->option->panel_key,
	    .state = "active"};
}

enum err service_options_add(struct cx *cx, int64_t service_id, const struct option_pick *picks,
    size_t n, int64_t *ret_ids)
{
	for (size_t i = 0; i < n; i++) {
		struct service_option row = service_option_of(service_id, &picks[i]);
		TRY(service_option_store_insert(cx, &row, &ret_ids[i]));
	}
	return OK;
}

json_t *service_options_panel(const struct service_options *o)
{
	json_t *map = json_object();
	for (size_t i = 0; i < o->n; i++) {
		const struct service_option *row = &o->rows[i];
		if (!str_empty(row->panel_key))
			json_object_set_new(map, row->panel_key,
			    str_eq(row->kind, "quantity")  ? json_integer(row->quantity) :
			        str_eq(row->kind, "yesno") ? json_true() :
			                                     json_string(row->value));
	}
	return map;
}

json_t *service_options_view(const struct service_options *o)
{
	json_t *list = json_array();
	for (size_t i = 0; i < o->n; i++) {
		const struct service_option *row = &o->rows[i];
		json_array_append_new(list,
		    json_pack("{s:I s:I s:s s:s s:s s:s s:s s:s s:I s:I s:I}", "sum_minor",
		        row->quantity * row->price_minor, "id", row->id, "key", row->key, "name",
		        row->name, "kind", row->kind, "value", row->value, "label", row->label,
		        "unit", row->unit, "quantity", row->quantity, "price_minor",
		        row->price_minor, "setup_minor", row->setup_minor));
	}
	return list;
}
