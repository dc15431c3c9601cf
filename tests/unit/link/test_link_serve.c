/* SPDX-License-Identifier: Apache-2.0 */
/* The link process over its socket: answers, bounds, dead servers, callers that left, a graceful
 * stop; and letters. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "link/own.h"
#include "net/ipc.h"
#include "unit/link/scene.h"

struct family {
	char folder[40], path[64];
	struct link_shared *shared;
	struct link_keys keys;
	int listen_fd;
	pid_t pid;
};

static struct family family_start(struct cx *cx)
{
	struct family f = {.folder = "/tmp/billhook-link.XXXXXX"};
	char *public_key, *secret_key;
	crypto_seal_keys(cx->arena, &public_key, &secret_key);
	f.keys = (struct link_keys){public_key, secret_key};
	assert_non_null(mkdtemp(f.folder));
	chmod(f.folder, 0700);
	snprintf(f.path, sizeof f.path, "%s/link", f.folder);
	f.shared =
	    mmap(NULL, sizeof *f.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(f.shared != MAP_FAILED);
	assert_int_equal(ipc_listen(cx, f.path, &f.listen_fd), OK);
	f.pid = fork();
	assert_true(f.pid >= 0);
	if (f.pid == 0) {
		struct cx child = {.arena = arena_new(LIMIT_ARENA_BYTES)};
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 2);
		_exit(link_main(&child, &f.keys, f.listen_fd, f.shared, 0));
	}
	return f;
}

/* SIGTERM must be enough. */
static void family_stop(struct family *f)
{
	int status;
	kill(f->pid, SIGTERM);
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(f->listen_fd);
	unlink(f->path);
	rmdir(f->folder);
	munmap(f->shared, sizeof *f->shared);
}

static json_t *find_request(struct cx *cx, const char *op, int port, int64_t now)
{
	const char *settings = arena_printf(cx->arena,
	    "{\"url\":\"http://127.0.0.1:%d\",\"secret\":\"s\",\"timeout_s\":1}", port);
	return json_keep(cx,
	    json_pack("{ss ss ss ss sI s{ss}}", "op", op, "provider", "sandbox", "bound",
	        "server:3", "settings", settings, "now", (json_int_t)now, "args", "key", "svc-1"));
}

static struct answer call(struct cx *cx, const struct family *f, const json_t *request)
{
	struct answer a = {0};
	json_t *message = NULL;
	int fd;
	assert_int_equal(ipc_connect(cx, f->path, &fd), OK);
	assert_int_equal(ipc_send(cx, fd, request), OK);
	assert_int_equal(ipc_receive(cx, fd, 20, &message), OK);
	close(fd);
	assert_int_equal(link_answer_read(cx, message, &a), OK);
	return a;
}

#define ABSENT REPLY("404 Not", "{}")

static void answers_and_bounds(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {{"GET /panel/accounts/svc-1 HTTP", {0}, ABSENT}};
	struct player p = PLAY(cx, table);
	struct family f = family_start(cx);
	const json_t *find = find_request(cx, "panel.find", p.port, 1000);
	struct answer a = call(cx, &f, find);
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "state"), "absent");
	assert_int_equal(atomic_load(&f.shared->slots[0].key), 0);

	/* Two slow calls of others hold the bound; another bound is free. */
	json_t *other = json_keep(cx, json_copy((json_t *)(uintptr_t)find));
	json_object_set_new(other, "bound", json_string("server:4"));
	assert_string_equal(f.shared->slots[0].bound, "server:3");
	uint64_t key = link_bound_key("server:3");
	for (int i = 1; i <= 2; i++)
		atomic_store(&f.shared->slots[i].since_ms, clock_mono_ms() - 60000);
	atomic_store(&f.shared->slots[1].key, key);
	atomic_store(&f.shared->slots[2].key, key);
	a = call(cx, &f, find);
	expect(&a, OUTCOME_NOT_TRIED, "busy");
	a = call(cx, &f, other);
	expect(&a, OUTCOME_DONE, "");
	atomic_store(&f.shared->slots[2].key, 0);
	a = call(cx, &f, find);
	expect(&a, OUTCOME_DONE, "");
	family_stop(&f);
	player_stop(p);
	cx_drop(cx);
}

static void dead_servers(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {{"GET ", {0}, ""}, {"GET ", {0}, ABSENT}};
	struct player p = PLAY(cx, table);
	struct family f = family_start(cx);
	struct answer a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	expect(&a, OUTCOME_UNKNOWN, "");
	int64_t began_ms = clock_mono_ms();
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	expect(&a, OUTCOME_NOT_TRIED, "tried again in 60 seconds");
	assert_true(clock_mono_ms() - began_ms < 900);
	/* The family's clock has moved on: it is asked again, and lives. */
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1060));
	expect(&a, OUTCOME_DONE, "");
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	expect(&a, OUTCOME_DONE, "");
	family_stop(&f);
	player_stop(p);

	static const struct scene again[] = {{"GET ", {0}, ""}, {"GET ", {0}, ABSENT}};
	p = PLAY(cx, again);
	f = family_start(cx);
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	expect(&a, OUTCOME_UNKNOWN, "");
	/* Staff press "test": it goes through and wakes the server up. */
	a = call(cx, &f, find_request(cx, "panel.test", p.port, 1000));
	expect(&a, OUTCOME_DONE, "");
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	expect(&a, OUTCOME_DONE, "");
	family_stop(&f);
	player_stop(p);
	/* Nobody listens: known at once, so nothing is marked. */
	f = family_start(cx);
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	expect(&a, OUTCOME_NOT_TRIED, "");
	assert_null(strstr(a.reason, "seconds"));
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	assert_null(strstr(a.reason, "seconds"));
	family_stop(&f);
	cx_drop(cx);
}

/* One that left before its call was taken up must not be served: a create would be made behind its
 * back. */
static void callers_that_left(void **state)
{
	struct cx *cx = cx_make();
	static const struct scene table[] = {{"GET ", {0}, ABSENT},
	    {"GET ", {0}, REPLY("200 OK", "{\"state\":\"active\"}")}};
	struct player p = PLAY(cx, table);
	struct family f = family_start(cx);
	int fd;
	kill(f.pid, SIGSTOP);
	assert_int_equal(ipc_connect(cx, f.path, &fd), OK);
	assert_int_equal(ipc_send(cx, fd, find_request(cx, "panel.find", p.port, 1000)), OK);
	close(fd);
	kill(f.pid, SIGCONT);
	/* The first scene is still there for the next caller. */
	struct answer a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	assert_string_equal(text_of(&a, "state"), "absent");
	/* Garbage and hanging up do no harm. */
	assert_int_equal(ipc_connect(cx, f.path, &fd), OK);
	assert_int_equal(write(fd, "\xff\xff\xff\xff", 4), 4);
	close(fd);
	a = call(cx, &f, find_request(cx, "panel.find", p.port, 1000));
	assert_string_equal(text_of(&a, "state"), "active");
	family_stop(&f);
	player_stop(p);
	cx_drop(cx);
}

/* ---- letters ---- */

static const char *mail_end;
static const char *mail_hello;

static void mail_play(int fd, int turn)
{
	static const char *const ok = "250 ok\r\n";
	say(fd, mail_hello);
	if (*mail_hello != '2')
		return;
	await_text(fd, "\r\n");
	say(fd, "250-me\r\n250 AUTH PLAIN\r\n");
	await_text(fd, "AUTH PLAIN\r\n");
	say(fd, "334 \r\n");
	await_text(fd,
	    "AHUAcDRzcw==\r\n"); /* NUL u NUL p4ss: the opened password; else it waits for ever */
	say(fd, "235 fine\r\n");
	await_text(fd, "\r\n");
	say(fd, ok);
	await_text(fd, "\r\n");
	say(fd, ok);
	await_text(fd, "\r\n");
	say(fd, "354 go\r\n");
	await_text(fd, "\r\n.\r\n");
	if (mail_end == NULL)
		return;
	say(fd, mail_end);
	await_text(fd, "QUIT\r\n");
}

static struct answer mail(struct cx *cx, const char *hello, const char *end)
{
	char *public_key, *secret_key;
	struct answer a = {0};
	mail_hello = hello;
	mail_end = end;
	struct player p = player_start(cx, mail_play);
	crypto_seal_keys(cx->arena, &public_key, &secret_key);
	struct link_keys keys = {public_key, secret_key};
	json_t *request = json_pack("{ss s{ss si ss ss ss} s{ss ss ss}}", "op", "mail.send",
	    "settings", "host", "127.0.0.1", "port", p.port, "security", "none", "user", "u",
	    "password", crypto_seal(cx->arena, public_key, "p4ss"), "args", "from", "a@example.com",
	    "to", "b@example.com", "bytes_base64",
	    crypto_base64(cx->arena, "Subject: x\r\n\r\nhi\r\n", 18));
	assert_int_equal(link_answer(cx, &keys, json_keep(cx, request), &a), OK);
	player_stop(p);
	return a;
}

static void letters(void **state)
{
	struct cx *cx = cx_make();
	struct answer a = mail(cx, "220 hi\r\n", "250 queued as 5\r\n");
	expect(&a, OUTCOME_DONE, "");
	assert_string_equal(text_of(&a, "line"), "250 queued as 5");
	a = mail(cx, "220 hi\r\n", "451 later\r\n");
	expect(&a, OUTCOME_NOT_TRIED, "451 later");
	a = mail(cx, "220 hi\r\n", "550 no such user\r\n");
	expect(&a, OUTCOME_DECLINED, "550 no such user");
	a = mail(cx, "220 hi\r\n", NULL);
	expect(&a, OUTCOME_UNKNOWN, "");
	a = mail(cx, "421 full\r\n", NULL);
	expect(&a, OUTCOME_NOT_TRIED, "421");
	static const struct link_keys keys = {"", ""};
	static const struct {
		const char *request;
		enum outcome outcome;
		const char *reason;
	} bad[] = {
	    {"{\"op\":\"mail.send\",\"bytes_base64\":\"eA==\"}", OUTCOME_NOT_TRIED,
	        "no mail server"},
	    {"{\"op\":\"mail.send\",\"settings\":{\"host\":\"127.0.0.1\",\"port\":25}}",
	        OUTCOME_DECLINED, "empty"},
	    {"{\"op\":\"mail.send\",\"settings\":{\"host\":\"127.0.0.1\",\"port\":25},\"bytes_"
	     "base64\":\"!\"}",
	        OUTCOME_DECLINED, "empty"},
	    {"{\"op\":\"mail.send\",\"settings\":{\"host\":\"127.0.0.1\",\"port\":25},\"bytes_"
	     "base64\":\"eA==\","
	     "\"from\":\"a@b\",\"to\":\"x\\r\\ny\"}",
	        OUTCOME_DECLINED, "not a mail address"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		a = (struct answer){0};
		assert_int_equal(link_answer(cx, &keys, tree(cx, bad[i].request), &a), OK);
		expect(&a, bad[i].outcome, bad[i].reason);
	}
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(answers_and_bounds),
	    cmocka_unit_test(dead_servers), cmocka_unit_test(callers_that_left),
	    cmocka_unit_test(letters)};
	return cmocka_run_group_tests(all, NULL, NULL);
}
