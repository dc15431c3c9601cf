/* SPDX-License-Identifier: Apache-2.0 */
/* strcpy(a, b) in a comment is no call, nor is "atoi(x)" in a text. */
#include <sqlite3.h>
#include <string.h>

#include "calls.h"
#include "db/db.h"

struct callbacks {
	void (*free)(void *p);
	long time;
};

static const char *const text = "system(\"rm\") /* goto */";

void calls_make(struct callbacks *c, char *to)
{
	strcpy(to, "x");
	c->free(to);
	c->time = 1;
	malloc(3);
	free(to);
	char *json = json_dumps(to, 0);
	free(json);
	if (atoi(to) > 1)
		goto out;
	calls_time(to, text);
	c->time = time(NULL);
out:
	(void)sprintf(to, "%d", rand());
}
/* FIXME soon, and TODO later; TODOS and XXX are words */
