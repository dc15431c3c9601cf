/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the demo company: an installation one can click through and measure, from nothing.
 * Everything goes through the verbs of core, except the mass of demo_mass.c.
 */
#include <stdio.h>

#include "app/command.h"
#include "app/database.h"
#include "app/demo.h"
#include "app/seed.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "db/db.h"

#define SANDBOX_URL "http://127.0.0.1:8090"

static enum err company(struct cx *cx)
{
	bool fresh;
	TRY(demo_shop(cx));
	TRY(seed_staff(cx, DEMO_STAFF, "Ada Admin", DEMO_PASSWORD, &fresh));
	TRY(demo_clients(cx));
	puts("Demo company made.");
	puts("  staff area   /admin    " DEMO_STAFF "        password " DEMO_PASSWORD);
	puts("  client area  /client   jane@example.net         password " DEMO_PASSWORD);
	return OK;
}

static enum err fill(struct cx *cx, const struct config *c)
{
	struct plan plan;
	int applied;
	TRY(db_migrate(cx, &applied));
	TRY(seed_base(cx, c));
	enum err err = plan_find(cx, DEMO_PLAN, &plan);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		err = company(cx);
	} else if (err == OK) {
		puts("The demo company is there already.");
	}
	TRY(err);
	if (c->clients == 0)
		return OK;
	TRY(demo_mass(cx, c->clients));
	printf("%lld clients with a service each added.\n", (long long)c->clients);
	return OK;
}

int command_demo(struct cx *cx, const struct config *c)
{
	struct config with_sandbox = *c;
	if (str_empty(with_sandbox.sandbox_url))
		with_sandbox.sandbox_url = SANDBOX_URL;
	enum err err = database_user(cx, c);
	if (err == OK)
		err = database_open(cx, c, DATABASE_ANY);
	if (err == OK)
		err = fill(cx, &with_sandbox);
	if (cx->db != NULL)
		database_close(cx);
	return err == OK ? 0 : command_fault(cx);
}
