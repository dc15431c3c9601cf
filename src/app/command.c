/* SPDX-License-Identifier: Apache-2.0 */
/* What every subcommand says in the same way: faults and JSON. */
#include "app/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

int command_fault(struct cx *cx)
{
	const struct fault *f = &cx->fault;
	for (const struct field_fault *field = f->fields; field != NULL; field = field->next)
		fprintf(stderr, "billhook: %s: %s\n", field->name, field->text);
	if (f->fields == NULL)
		fprintf(stderr, "billhook: %s (%s)\n", f->detail, f->key);
	return str_starts(f->key, "usage.") ? 2 : 1;
}

void command_json(const json_t *tree)
{
	char *text = json_dumps(tree, JSON_COMPACT | JSON_ENCODE_ANY);
	puts(text == NULL ? "null" : text);
	free(text);
}

enum err command_day(struct cx *cx, const char *flag, const char *text, struct day *ret)
{
	*ret = DAY_NONE;
	if (text != NULL && !day_parse(text, ret))
		return fail(cx, ERR_INVALID, "usage.day", "--%s must be a day such as 2027-01-31",
		    flag);
	return OK;
}
