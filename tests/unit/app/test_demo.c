/* SPDX-License-Identifier: Apache-2.0 */
/* What init and demo write, on both engines: twice the same, and nothing the audit objects to. */
#include "unit/testdb.h"

#include "app/demo.h"
#include "app/key.h"
#include "app/seed.h"
#include "base/str.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "core/setting/setting.h"
#include "core/staff/staff.h"
#include "flow/flow.h"

static struct config config_of(struct testdb *t)
{
	return (struct config){.db = t->url,
	    .sandbox_secret = "s3cret",
	    .key_file = arena_printf(t->cx.arena, "/tmp/billhook-demo-%d.key", (int)getpid())};
}

static void sound(struct testdb *t)
{
	json_t *audit = NULL;
	bool ok = false;
	testdb_ok(&t->cx, flow_audit(&t->cx, &audit, &ok));
	assert_true(ok);
}

static void seeds(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct config c = config_of(t);
	struct gateway g;
	struct settings before, after;
	bool fresh;
	unlink(c.key_file);
	testdb_ok(&t->cx, seed_base(&t->cx, &c));
	testdb_ok(&t->cx, setting_load(&t->cx, &before));
	assert_false(str_empty(before.link_public_key));
	/* Nobody named a sandbox: it must not be offered. */
	testdb_ok(&t->cx, gateway_get(&t->cx, "sandbox", &g));
	assert_false(g.enabled);
	assert_null(strstr(g.settings, "s3cret"));
	testdb_ok(&t->cx, gateway_get(&t->cx, "bank", &g));
	assert_true(g.enabled);
	/* Named later, it is; the key stays. */
	c.sandbox_url = "http://127.0.0.1:9";
	c.sandbox_smtp = "127.0.0.1:2525";
	testdb_ok(&t->cx, seed_base(&t->cx, &c));
	testdb_ok(&t->cx, gateway_get(&t->cx, "sandbox", &g));
	assert_true(g.enabled);
	assert_non_null(strstr(g.settings, "127.0.0.1:9"));
	testdb_ok(&t->cx, setting_load(&t->cx, &after));
	assert_string_equal(after.link_public_key, before.link_public_key);
	assert_int_equal(after.mail_port, 2525);
	testdb_ok(&t->cx, seed_staff(&t->cx, "a@example.com", "A", "a-long-password", &fresh));
	assert_true(fresh);
	testdb_ok(&t->cx, seed_staff(&t->cx, "a@example.com", "B", "other-password", &fresh));
	assert_false(fresh);
	/* The key file is gone: making another would lock every secret away. */
	unlink(c.key_file);
	testdb_fails(&t->cx, seed_base(&t->cx, &c), ERR_NOT_FOUND, "key.none");
	testdb_close(t);
}

static void fills(void **state)
{
	struct testdb *t = testdb_open(*state);
	struct config c = config_of(t);
	int64_t n = 0;
	unlink(c.key_file);
	testdb_ok(&t->cx, seed_base(&t->cx, &c));
	testdb_ok(&t->cx, demo_shop(&t->cx));
	testdb_ok(&t->cx, demo_clients(&t->cx));
	assert_int_equal(t->cx.now, TESTDB_NOW);
	sound(t);
	testdb_ok(&t->cx, demo_mass(&t->cx, 1201)); /* more than one slice */
	testdb_ok(&t->cx, demo_mass(&t->cx, 3));
	testdb_ok(&t->cx, service_count(&t->cx, "active", &n));
	assert_int_equal(n, 1204);
	sound(t);
	unlink(c.key_file);
	testdb_close(t);
}

int main(void)
{
	const struct CMUnitTest all[] = {TESTDB_BOTH(seeds), TESTDB_BOTH(fills)};
	crypto_password_fast(true);
	return cmocka_run_group_tests(all, NULL, NULL);
}
