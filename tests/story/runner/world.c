/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world of a story: a fresh database with its first rows, the handlers in process, and a
 * sandbox child process that is gateway, panel, sites and mail server. Nothing here is judged.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/sandbox.h"
#include "base/day.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "core/access/access.h"
#include "core/dunning/dunning.h"
#include "core/payment/payment.h"
#include "core/service/service.h"
#include "core/setting/setting.h"
#include "core/staff/staff.h"
#include "db/driver.h"
#include "fmt/form.h"
#include "net/http.h"
#include "story.h"
#include "unit/testdb.h"

#define STORY_START INT64_C(1798797600) /* 2027-01-01T10:00:00Z */

/* ---- the sandbox ---- */

static _Noreturn void box_main(int to)
{
	static char name[] = "sandbox", listen[] = "--listen", any[] = "127.0.0.1:0",
	            secret[] = "--secret", word[] = STORY_SECRET, smtp[] = "--smtp",
	            any_smtp[] = "127.0.0.1:0";
	char *argv[] = {name, listen, any, secret, word, smtp, any_smtp, NULL};
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(to, STDOUT_FILENO);
	close_range(3, ~0u, 0);
	_exit(sandbox_main(7, argv));
}

static bool box_open(struct story *s)
{
	int fds[2];
	if (pipe(fds) != 0)
		return story_no(s, "no pipe: %s", strerror(errno));
	fflush(NULL);
	s->box.pid = fork();
	if (s->box.pid == 0)
		box_main(fds[1]);
	close(fds[1]);
	FILE *f = fdopen(fds[0], "r");
	bool ok = f != NULL &&
	    fscanf(f, "sandbox http port %d sandbox smtp port %d", &s->box.port,
	        &s->box.smtp_port) == 2;
	if (f != NULL)
		fclose(f);
	return ok || story_no(s, "the sandbox does not start");
}

static void box_close(struct story *s)
{
	if (s->box.pid <= 0)
		return;
	kill(s->box.pid, SIGTERM);
	while (waitpid(s->box.pid, NULL, 0) < 0 && errno == EINTR)
		;
}

json_t *world_box(struct story *s, const char *method, const char *path, const json_t *body,
    int want)
{
	static const char *const headers[] = {"Authorization: Bearer " STORY_SECRET,
	    "Content-Type: application/json", NULL};
	struct http_answer answer;
	char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
	struct http_call c = {.method = method,
	    .url = arena_printf(s->arena, "http://127.0.0.1:%d%s", s->box.port, path),
	    .headers = headers,
	    .body = arena_strdup(s->arena, text),
	    .body_len = text == NULL ? 0 : strlen(text),
	    .timeout_s = 10};
	free(text);
	if (http_call(s->cx, &c, &answer) != OK) {
		story_failed(s);
		return NULL;
	}
	bool fine = want != 0 ? answer.status == want : answer.status >= 200 && answer.status < 300;
	if (!fine) {
		story_no(s, "the sandbox answers %s %s with %d: %.200s", method, path,
		    answer.status, answer.body);
		return NULL;
	}
	json_t *j = json_loads(answer.body, JSON_DECODE_ANY, NULL);
	return json_keep(s->cx, j != NULL ? j : json_string(answer.body));
}

/* ---- the other side of our calls ---- */

static bool link_fault(struct story *s)
{
	s->link_calls++;
	return s->torture.link_at != 0 && s->link_calls == s->torture.link_at;
}

static enum err link_call(struct cx *cx, void *arg, const char *op, const json_t *request,
    struct answer *ret)
{
	struct story *s = arg;
	json_t *message = json_keep(cx, json_copy((json_t *)(uintptr_t)request));
	bool fault = link_fault(s);
	json_object_set_new(message, "op", json_string(op));
	json_object_set_new(message, "now", json_integer(cx->now));
	s->torture.fired |= fault;
	if (fault && !s->torture.link_lost) {
		*ret = (struct answer){OUTCOME_NOT_TRIED, "made to fail",
		    json_keep(cx, json_object())};
		return OK;
	}
	enum err err = link_answer(cx, &s->keys, message, ret);
	if (fault)
		*ret = (struct answer){OUTCOME_UNKNOWN, "the answer was made to get lost",
		    json_keep(cx, json_object())};
	return err;
}

/* ---- first rows ---- */

static enum err seed_links(struct story *s, struct cx *cx)
{
	const char *url = arena_printf(cx->arena, "http://127.0.0.1:%d", s->box.port);
	json_t *body = json_keep(cx,
	    json_pack("{ss ss ss}", "url", url, "secret", STORY_SECRET, "timeout_s", "2"));
	char *settings;
	int64_t id;
	TRY(link_settings(cx, link_gateway("sandbox")->settings, body, NULL, s->keys.public_key,
	    &settings));
	TRY(gateway_save(cx, &(struct gateway){"card", "sandbox", "Card", settings, true, 1}));
	TRY(gateway_save(cx, &(struct gateway){"bank", "bank", "Transfer", "{}", true, 2}));
	TRY(link_settings(cx, link_panel("sandbox")->settings, body, NULL, s->keys.public_key,
	    &settings));
	const struct server server = {.key = "one",
	    .name = "One",
	    .provider = "sandbox",
	    .settings = settings,
	    .enabled = true,
	    .error = ""};
	TRY(server_save(cx, &server, &id));
	json_t *mail = json_keep(cx,
	    json_pack("{ss so ss ss ss}", "mail.host", "127.0.0.1", "mail.port",
	        json_sprintf("%d", s->box.smtp_port), "mail.security", "none", "mail.alert",
	        "alerts@example.com", "company.url", "http://shop.invalid"));
	return setting_save(cx, mail, FIELD_FORM);
}

static enum err seed_staff(struct story *s, struct cx *cx)
{
	struct role owner;
	char *token;
	int64_t id;
	TRY(role_seed(cx));
	TRY(dunning_seed(cx));
	TRY(role_find(cx, "owner", &owner));
	TRY(staff_create(cx,
	    &(struct staff_input){"owner@example.com", "Olga Owner", STORY_PASSWORD, owner.id},
	    &id));
	TRY(token_create(cx, id, "story", "*", 3650, &token));
	s->token = arena_strdup(s->arena, token);
	return OK;
}

static enum err seed(struct story *s)
{
	struct cx *cx = world_cx(s);
	char *public_key, *secret_key;
	crypto_seal_keys(s->arena, &public_key, &secret_key);
	s->keys = (struct link_keys){public_key, secret_key};
	TRY(setting_put(cx, "link.public_key", public_key));
	TRY(seed_staff(s, cx));
	return seed_links(s, cx);
}

/* ---- all of it ---- */

static int64_t story_clock(void *arg)
{
	return ((struct story *)arg)->now;
}

static void story_set_clock(void *arg, int64_t now)
{
	((struct story *)arg)->now = now;
}

bool world_open(struct story *s)
{
	s->now = STORY_START;
	if (!box_open(s))
		return false;
	crypto_password_fast(true);
	log_setup("story", false, LOG_ERROR);
	s->t = testdb_open(s->engine);
	s->cx = &s->t->cx;
	/* No story pulls the plug: waiting for the disk would be most of its time. */
	if (!db_is_pg(s->cx->db) && db_script(s->cx, "PRAGMA synchronous = OFF") != OK)
		return story_failed(s);
	s->linker = (struct linker){link_call, s};
	s->web = (struct web){.db = s->cx->db,
	    .link = &s->linker,
	    .test_mode = true,
	    .strict = true,
	    .clock = {story_clock, story_set_clock, s}};
	web_setup(&s->web);
	if (seed(s) != OK)
		return story_failed(s);
	s->link_calls = 0;
	s->api = (struct web_client){.web = &s->web,
	    .arena = arena_new(LIMIT_ARENA_BYTES),
	    .bearer = s->token,
	    .accept = "application/json"};
	return true;
}

void world_close(struct story *s)
{
	for (int i = 0; i < s->people_n; i++)
		arena_free(s->people[i].web.arena);
	arena_free(s->api.arena);
	json_decref(s->run);
	if (s->t != NULL) {
		web_free(&s->web);
		testdb_close(s->t);
	}
	box_close(s);
}

struct cx *world_cx(struct story *s)
{
	struct cx *cx = s->cx;
	arena_reset(cx->arena);
	cx_clear(cx);
	cx->now = s->now;
	cx->actor = (struct actor){ACTOR_SYSTEM, 0, "story", ""};
	snprintf(cx->trace, sizeof cx->trace, "line %d", s->line);
	return cx;
}

void world_look(struct story *s, bool looking)
{
	static struct db_faults kept;
	static struct torture torture;
	if (looking) {
		kept = s->cx->db->faults;
		torture = s->torture;
		s->torture.link_at = 0;
		db_set_faults(s->cx->db, (struct db_faults){0});
		return;
	}
	bool fired = s->torture.fired;
	s->torture = torture;
	s->torture.fired = fired;
	db_set_faults(s->cx->db, kept);
}

struct person *world_person(struct story *s, const char *name)
{
	for (int i = 0; i < s->people_n; i++)
		if (str_eq(s->people[i].name, name))
			return &s->people[i];
	story_no(s, "nobody is called %s", name);
	return NULL;
}
