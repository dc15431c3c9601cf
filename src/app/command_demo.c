/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the demo company: an installation one can click through and measure, from nothing.
 * Everything goes through the verbs of core, except the mass of store_mass.c.
 */
#include <stdio.h>

#include "app/command.h"
#include "app/database.h"
#include "app/demo.h"
#include "app/seed.h"
#include "base/str.h"
#include "core/catalog/catalog.h"
#include "core/payment/payment.h"
#include "db/db.h"

#define SANDBOX_URL "http://127.0.0.1:8090"

static enum err company(struct cx *cx)
{
	bool fresh;
	TRY(demo_shop(cx));
	TRY(seed_staff(cx, DEMO_STAFF, "Ada Admin", DEMO_PASSWORD, &fresh));
	TRY(demo_clients(cx));
	puts("Demo company made.");
	puts(fresh ? "  staff area   /admin    " DEMO_STAFF "        password " DEMO_PASSWORD :
	             "  staff area   /admin    " DEMO_STAFF "        with its password");
	puts("  client area  /client   jane@example.net         password " DEMO_PASSWORD);
	return OK;
}

/* A demo needs the sandbox; one that was named before stays, with its secret. */
static enum err sandbox(struct cx *cx, struct config *c)
{
	struct gateway g;
	enum err err = gateway_get(cx, "sandbox", &g);
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	if (str_empty(c->sandbox_url) && (err == ERR_NOT_FOUND || !g.enabled))
		c->sandbox_url = SANDBOX_URL;
	cx_clear(cx);
	return OK;
}

static enum err fill(struct cx *cx, struct config *c)
{
	struct plan plan;
	int applied;
	TRY(db_migrate(cx, &applied));
	TRY(sandbox(cx, c));
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
	struct config own = *c;
	enum err err = database_user(cx, c);
	if (err == OK)
		err = database_open(cx, c, DATABASE_ANY);
	if (err == OK)
		err = fill(cx, &own);
	if (cx->db != NULL)
		database_close(cx);
	return err == OK ? 0 : command_fault(cx);
}
