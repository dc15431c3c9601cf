/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_LINK_SCENE_H
#define UNIT_LINK_SCENE_H

/*
 * A provider's server played from a table: one scene per connection, with what the request must
 * hold and what is answered. A request that does not fit is answered 499 with the reason, which
 * then stands in the outcome's.
 */
#include "fmt/form.h"
#include "link/link.h"
#include "unit/net/harness.h"

struct scene {
	const char *line;   /* "POST /panel/create " */
	const char *has[4]; /* parts of the whole request */
	const char *reply;  /* NULL: hang up without a word; "": never answer */
};
static const struct scene *scenes;
static size_t scenes_n;

#define REPLY(status, body) \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n" \
	"Connection: close\r\n\r\n" body

static inline size_t scene_body_left(const char *head)
{
	const char *at = strcasestr(head, "content-length:");
	return at == NULL ? 0 : (size_t)strtoul(at + strlen("content-length:"), NULL, 10);
}

static inline void scene_read(int fd, char *to, size_t size)
{
	size_t len = 0, want = 0;
	while (len < size - 1) {
		ssize_t n = read(fd, to + len, 1);
		if (n <= 0)
			break;
		len += (size_t)n;
		to[len] = 0;
		if (want == 0 && str_ends(to, "\r\n\r\n"))
			want = len + scene_body_left(to);
		if (want != 0 && len >= want)
			break;
	}
}

static inline void scene_play(int fd, int turn)
{
	static char got[65536];
	char odd[512];
	scene_read(fd, got, sizeof got);
	const struct scene *s = &scenes[(size_t)turn < scenes_n ? (size_t)turn : scenes_n - 1];
	const char *lacks = str_starts(got, s->line) ? NULL : s->line;
	for (size_t i = 0; i < 4 && lacks == NULL && s->has[i] != NULL; i++)
		lacks = strstr(got, s->has[i]) == NULL ? s->has[i] : NULL;
	if (lacks != NULL) {
		json_t *why = json_pack("{ss+}", "error", "the request lacks: ", lacks);
		char *text = json_dumps(why, 0);
		snprintf(odd, sizeof odd, REPLY("499 Odd", "%s"), text);
		say(fd, odd);
	} else if (s->reply != NULL && *s->reply == 0) {
		char byte;
		while (read(fd, &byte, 1) > 0)
			;
	} else if (s->reply != NULL) {
		say(fd, s->reply);
	}
}

#define PLAY(cx, table) \
	(scenes = (table), scenes_n = sizeof(table) / sizeof(table)[0], \
	    player_start((cx), scene_play))

static inline json_t *tree(struct cx *cx, const char *text)
{
	json_t *j = json_loads(text, 0, NULL);
	if (j == NULL)
		print_error("not JSON: %s\n", text);
	assert_non_null(j);
	return json_keep(cx, j);
}

/* One call without a process between; settings: secret "s3cret" and the server's port. */
static inline struct answer ask(struct cx *cx, const char *op, int port, const char *args)
{
	static const struct link_keys keys = {"", ""};
	struct answer a = {0};
	json_t *request = json_keep(cx,
	    json_pack("{ss ss sO}", "op", op, "provider", "sandbox", "args", tree(cx, args)));
	const char *settings = arena_printf(cx->arena,
	    "{\"url\":\"http://127.0.0.1:%d/\",\"secret\":\"s3cret\",\"timeout_s\":1}", port);
	json_object_set_new(request, "settings", json_string(settings));
	assert_int_equal(link_answer(cx, &keys, request, &a), OK);
	assert_null(cx->fault.key);
	return a;
}

static inline void expect(const struct answer *a, enum outcome outcome, const char *reason)
{
	if (a->outcome != outcome || strstr(a->reason, reason) == NULL)
		print_error("outcome %d: %s\n", (int)a->outcome, a->reason);
	assert_int_equal(a->outcome, outcome);
	assert_non_null(strstr(a->reason, reason));
	assert_true(json_is_object(a->data));
}

static inline const char *text_of(const struct answer *a, const char *name)
{
	return str_or(json_string_value(json_object_get(a->data, name)), "");
}

#endif
