/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows a new installation starts with, through the same verbs as everybody. Which roles and
 * dunning steps these are is core's business; a demo company is command_demo.c.
 */
#include "app/seed.h"

#include <string.h>

#include "app/key.h"
#include "base/str.h"
#include "core/dunning/dunning.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "core/setting/setting.h"
#include "core/staff/staff.h"
#include "fmt/form.h"
#include "link/link.h"

#define SANDBOX_URL "http://127.0.0.1:8090"

/* The public half goes into the database for whoever seals; the secret half stays in the file. */
static enum err seed_key(struct cx *cx, const struct config *c, const char **ret_public)
{
	struct settings s;
	struct link_keys keys;
	const char *path = key_path(cx, c);
	TRY(setting_load(cx, &s));
	enum err err = key_read(cx, path, &keys);
	bool known = !str_empty(s.link_public_key);
	if (err == ERR_NOT_FOUND && known)
		return fail(cx, ERR_NOT_FOUND, "key.none",
		    "the key file %s of this database is missing: put it back, "
		    "or name it with --key-file",
		    path);
	if (err == ERR_NOT_FOUND) {
		cx_clear(cx);
		err = key_make(cx, path, &keys);
	}
	TRY(err);
	if (known && !str_eq(keys.public_key, s.link_public_key))
		return fail(cx, ERR_CONFLICT, "key.other",
		    "the key file %s belongs to another database: name the right one with "
		    "--key-file",
		    path);
	*ret_public = keys.public_key;
	return known ? OK : setting_put(cx, "link.public_key", keys.public_key);
}

static enum err sandbox_settings(struct cx *cx, const struct config *c, const struct fields *f,
    const char *public_key, char **ret)
{
	const char *url = str_empty(c->sandbox_url) ? SANDBOX_URL : c->sandbox_url;
	json_t *body = json_keep(cx, json_pack("{ss ss}", "url", url, "secret", c->sandbox_secret));
	return link_settings(cx, f, body, NULL, public_key, ret);
}

/* Leaves one that is there alone, unless its settings are given anew. */
static enum err put_gateway(struct cx *cx, const struct gateway *g, bool anew)
{
	struct gateway old;
	enum err err = gateway_get(cx, g->key, &old);
	if (err == OK && !anew)
		return OK;
	if (err != OK && err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	return gateway_save(cx, g);
}

static enum err seed_gateways(struct cx *cx, const struct config *c, const char *public_key)
{
	bool given = !str_empty(c->sandbox_url);
	struct gateway sandbox = {.key = "sandbox",
	    .provider = "sandbox",
	    .name = "Card (sandbox)",
	    .enabled = given,
	    .position = 1};
	struct gateway bank = {.key = "bank",
	    .provider = "bank",
	    .name = "Bank transfer",
	    .enabled = true,
	    .position = 2};
	char *settings = NULL;
	TRY(sandbox_settings(cx, c, link_gateway("sandbox")->settings, public_key, &settings));
	sandbox.settings = settings;
	TRY(put_gateway(cx, &sandbox, given));
	json_t *body = json_keep(cx,
	    json_pack("{ss}", "instructions",
	        "Please transfer the total to our account and quote the invoice number."));
	TRY(link_settings(cx, link_gateway("bank")->settings, body, NULL, public_key, &settings));
	bank.settings = settings;
	return put_gateway(cx, &bank, false);
}

static enum err seed_server(struct cx *cx, const struct config *c, const char *public_key)
{
	struct server s = {.key = "sandbox", .name = "Sandbox server", .provider = "sandbox"};
	json_t *list = NULL, *row;
	size_t i, others = 0;
	char *settings = NULL;
	int64_t id;
	TRY(server_list(cx, &list));
	json_array_foreach(list, i, row) {
		if (str_eq(json_string_value(json_object_get(row, "key")), s.key))
			s.id = json_integer_value(json_object_get(row, "id"));
		else
			others++;
	}
	bool given = !str_empty(c->sandbox_url);
	if ((s.id != 0 || others > 0) && !given)
		return OK;
	TRY(sandbox_settings(cx, c, link_panel("sandbox")->settings, public_key, &settings));
	s.settings = settings;
	s.enabled = given; /* a server nobody runs would only raise alarms */
	return server_save(cx, &s, &id);
}

static enum err seed_mail(struct cx *cx, const struct config *c)
{
	if (str_empty(c->sandbox_smtp))
		return OK;
	const char *colon = strrchr(c->sandbox_smtp, ':');
	const char *host =
	    arena_strndup(cx->arena, c->sandbox_smtp, (size_t)(colon - c->sandbox_smtp));
	json_t *values = json_keep(cx,
	    json_pack("{ss ss ss}", "mail.host", host, "mail.port", colon + 1, "mail.security",
	        "none"));
	return setting_save(cx, values, FIELD_FORM);
}

enum err seed_base(struct cx *cx, const struct config *c)
{
	const char *public_key = NULL;
	TRY(role_seed(cx));
	TRY(dunning_seed(cx));
	TRY(seed_key(cx, c, &public_key));
	TRY(seed_gateways(cx, c, public_key));
	TRY(seed_server(cx, c, public_key));
	return seed_mail(cx, c);
}

enum err seed_staff(struct cx *cx, const char *email, const char *name, const char *password,
    bool *ret_new)
{
	struct staff staff;
	struct role role;
	enum err err = staff_find_email(cx, email, &staff);
	if (err == OK) {
		*ret_new = false;
		return OK;
	}
	if (err != ERR_NOT_FOUND)
		return err;
	cx_clear(cx);
	TRY(role_find(cx, "owner", &role));
	struct staff_input in = {.email = email,
	    .name = name,
	    .password = password,
	    .role_id = role.id};
	int64_t id;
	TRY(staff_create(cx, &in, &id));
	*ret_new = true;
	return OK;
}
