/* SPDX-License-Identifier: Apache-2.0 */
/* Expectations about letters, jobs, runs and the audit. None of them changes anything. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/invoice/invoice.h"
#include "core/notice/notice.h"
#include "core/service/service.h"
#include "fmt/form.h"
#include "net/http.h"
#include "see.h"

/* ---- letters ---- */

static bool letters_match(struct story *s, const char *to, const char *wanted)
{
	size_t n, i;
	char **parts = str_split(s->arena, wanted, ',', &n);
	json_t *rows = all(s, "/letters"), *l;
	if (rows == NULL)
		return false;
	for (size_t k = 0; k < n; k++) {
		size_t words_n;
		char **w = str_split(s->arena, str_trim(s->arena, parts[k]), ' ', &words_n);
		int64_t got = 0;
		json_array_foreach(rows, i, l)
			got += str_eq(text(l, "to"), to) && str_eq(text(l, "letter"), w[0]);
		if (words_n != 2 ||
		    !is_count(s, arena_printf(s->arena, "letters %s to %s", w[0], to), got, w[1]))
			return false;
	}
	return true;
}

static bool letters_to(struct story *s, const char *const *arg)
{
	char *name = arena_strdup(s->arena, arg[0]);
	name[strcspn(name, ":")] = 0;
	return letters_match(s, arena_printf(s->arena, "%s@example.com", name), arg[1]);
}

static bool alerts(struct story *s, const char *const *arg)
{
	return letters_match(s, "alerts@example.com", arg[0]);
}

static bool letter_is(struct story *s, const char *const *arg)
{
	json_t *l = row(s, "letter", arg[0]);
	return l != NULL && is_text(s, "its state", text(l, "state"), arg[1]);
}

static bool letters_in(struct story *s, const char *const *arg)
{
	json_t *rows = all(s, arena_printf(s->arena, "/letters?state=%s", arg[0]));
	return rows != NULL && is_count(s, "letters", (int64_t)json_array_size(rows), arg[1]);
}

static bool is_again(const json_t *list)
{
	for (size_t i = 1; i < json_array_size(list); i++)
		if (str_eq(text(json_array_get(list, i), "subject"),
		        text(json_array_get(list, i - 1), "subject")))
			return true;
	return false;
}

static bool mailbox(struct story *s, const char *const *arg)
{
	json_t *list = world_box(s, "GET", "/mail/messages", NULL, 0), *m;
	const char *to = arena_printf(s->arena, "%s@example.com", arg[0]);
	int64_t n = 0;
	size_t i;
	json_array_foreach(list, i, m)
		n += str_eq(text(m, "to"), to);
	n -= s->torture.fired && n > 0 && is_again(list); /* see below */
	return list != NULL && is_count(s, "letters in the mailbox", n, arg[1]);
}

/*
 * What arrived, in the order in which it was written, each once; only a crash between the server's
 * yes and our note of it may send the same letter again (with the same Message-ID).
 */
static bool mailbox_in_order(struct story *s, const char *const *arg)
{
	const char *to = arena_printf(s->arena, "%s@example.com", arg[0]);
	json_t *rows = all(s, "/letters?state=sent"), *m;
	json_t *kept = json_keep(s->cx, json_array());
	size_t i, k = 0;
	for (i = json_array_size(rows); i > 0; i--)
		if (str_eq(text(json_array_get(rows, i - 1), "to"), to))
			json_array_append(kept, json_array_get(rows, i - 1));
	json_t *list = world_box(s, "GET", "/mail/messages", NULL, 0);
	json_array_foreach(list, i, m) {
		const char *before = k == 0 ? NULL : text(json_array_get(kept, k - 1), "subject");
		if (!str_eq(text(m, "to"), to) ||
		    (s->torture.fired && str_eq(text(m, "subject"), before)))
			continue;
		if (!is_text(s, "the next letter", text(m, "subject"),
		        text(json_array_get(kept, k++), "subject")))
			return false;
	}
	return k == json_array_size(kept) ||
	    story_no(s, "%zu letters arrived of %zu", k, json_array_size(kept));
}

static enum err letter_bytes(struct story *s, const char *nth, struct letter *ret)
{
	int64_t id = ask_id(s, "letter", nth);
	return letter_get(world_cx(s), 0, id, ret);
}

static bool letter_header(struct story *s, const char *const *arg)
{
	struct letter l;
	if (letter_bytes(s, arg[0], &l) != OK)
		return story_failed(s);
	const char *mail = arena_strndup(s->arena, l.bytes, l.len), *end = strstr(mail, "\r\n\r\n");
	const char *head = arena_printf(s->arena, "\n%s",
	    arena_strndup(s->arena, mail, end == NULL ? l.len : (size_t)(end - mail)));
	return strstr(head, arena_printf(s->arena, "\n%s", arg[1])) != NULL ||
	    story_no(s, "its header is\n%s", head);
}

/* The archive and what the mail server got are the same bytes. */
static bool letter_archived(struct story *s, const char *const *arg)
{
	struct letter l;
	if (letter_bytes(s, arg[0], &l) != OK)
		return story_failed(s);
	const char *bytes = arena_strndup(s->arena, l.bytes, l.len);
	json_t *list = world_box(s, "GET", "/mail/messages", NULL, 0), *m;
	int64_t n = 0;
	size_t i;
	json_array_foreach(list, i, m)
		n += str_eq(str_trim(s->arena, text(m, "raw")), str_trim(s->arena, bytes));
	return is_count(s, "letters with these bytes in the mailbox", n, arg[1]);
}

/* The letter names the account as the panel knows it, with the password that was sent there. */
static bool welcome(struct story *s, const char *const *arg)
{
	struct service v;
	struct answer opened;
	int64_t id = ask_id(s, "service", arg[0]);
	json_t *rows = all(s,
	    arena_printf(s->arena, "/letters?letter=service_welcome&subject_id=%lld",
	        (long long)id));
	json_t *l = rows == NULL ?
	    NULL :
	    ask_get(s, "/letters/%lld", (long long)number(json_array_get(rows, 0), "id"));
	if (l == NULL || service_get(s->cx, 0, id, &v) != OK)
		return story_no(s, "there is no welcome of service %s", arg[0]);
	const char *letter = arena_strdup(s->arena, text(l, "text"));
	json_t *request = json_keep(s->cx,
	    json_pack("{ss s{ss}}", "op", "secret.open", "args", "sealed", v.secret));
	json_t *account = world_box(s, "GET",
	    arena_printf(s->arena, "/panel/accounts/svc-%lld", (long long)id), NULL, 0);
	if (account == NULL || link_answer(s->cx, &s->keys, request, &opened) != OK)
		return false;
	const char *const wanted[] = {text(account, "username"), text(account, "domain"),
	    text(opened.data, "text")};
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (*wanted[i] == 0 || strstr(letter, wanted[i]) == NULL)
			return story_no(s, "the letter does not say \"%s\": %.500s", wanted[i],
			    letter);
	return true;
}

/* ---- automation ---- */

static bool hooks_in(struct story *s, const char *const *arg)
{
	json_t *list;
	if (hook_list(world_cx(s), NULL, arg[0], 0, 200, &list) != OK)
		return story_failed(s);
	return is_count(s, "hooks", (int64_t)json_array_size(list), arg[1]);
}

/* Renewals without lead time: each on the local day on which its period begins. */
static bool issued_on_time(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, "service", arg[1]);
	json_t *rows = all(s, "/invoices?kind=invoice"), *i;
	size_t k;
	int64_t n = 0;
	json_array_foreach(rows, k, i) {
		json_t *one = ask_get(s, "/invoices/%lld", (long long)number(i, "id"));
		const json_t *item = json_array_get(json_object_get(one, "items"), 0);
		n += number(item, "service_id") == id;
		if (number(item, "service_id") == id &&
		    !is_text(s, "its day", text(one, "issued_on"), text(item, "from")))
			return false;
	}
	return rows != NULL && is_count(s, "invoices", n, arg[0]);
}

static bool jobs_in(struct story *s, const char *const *arg)
{
	const char *state = str_eq(arg[0], "waiting") ? "ready" : arg[0];
	json_t *rows = all(s, arena_printf(s->arena, "/jobs?state=%s", state));
	const json_t *first = json_array_get(rows, 0);
	if (rows == NULL || is_count(s, "jobs", (int64_t)json_array_size(rows), arg[1]))
		return rows != NULL;
	size_t len = strlen(s->why);
	snprintf(s->why + len, sizeof s->why - len, " (%s: %s)", text(first, "kind"),
	    text(first, "detail"));
	return false;
}

/* "activate 1, suspend 0" */
static bool events_of(struct story *s, const char *const *arg)
{
	size_t n, i;
	char *nth = arena_strdup(s->arena, arg[1]);
	nth[strcspn(nth, ":")] = 0;
	int64_t id = ask_id(s, arg[0], nth);
	char **parts = str_split(s->arena, arg[2], ',', &n);
	json_t *rows = id == 0 ? NULL :
	                         all(s,
	                             arena_printf(s->arena, "/events?subject=%s&subject_id=%lld",
	                                 arg[0], (long long)id)),
	       *e;
	for (size_t k = 0; rows != NULL && k < n; k++) {
		size_t words_n;
		int64_t got = 0;
		char **w = str_split(s->arena, str_trim(s->arena, parts[k]), ' ', &words_n);
		json_array_foreach(rows, i, e)
			got += str_eq(text(e, "name"), w[0]);
		if (words_n != 2 ||
		    !is_count(s, arena_printf(s->arena, "events %s", w[0]), got, w[1]))
			return false;
	}
	return rows != NULL;
}

static const json_t *task_of(struct story *s, const char *name)
{
	const json_t *task;
	size_t i;
	json_array_foreach(json_object_get(s->run, "tasks"), i, task)
		if (str_eq(text(task, "task"), name))
			return task;
	story_no(s, "the run had no task %s", name);
	return NULL;
}

/* "considered 1, done 1" or "state done" */
static bool run_says(struct story *s, const char *const *arg)
{
	char *name = arena_strdup(s->arena, arg[0]);
	name[strcspn(name, ":")] = 0;
	const json_t *task = task_of(s, name);
	size_t n, words_n;
	char **parts = str_split(s->arena, arg[1], ',', &n);
	for (size_t k = 0; task != NULL && k < n; k++) {
		char **w = str_split(s->arena, str_trim(s->arena, parts[k]), ' ', &words_n);
		const json_t *value = json_object_get(task, w[0]);
		bool ok = words_n == 2 &&
		    (json_is_string(value) ? is_text(s, w[0], text(task, w[0]), w[1]) :
		                             is_count(s, w[0], number(task, w[0]), w[1]));
		if (!ok)
			return false;
	}
	return task != NULL;
}

static bool run_lists(struct story *s, const char *const *arg)
{
	int64_t id = ask_id(s, arg[2], arg[3]);
	const json_t *task, *item;
	size_t i, k;
	json_array_foreach(json_object_get(s->run, "tasks"), i, task)
		json_array_foreach(json_object_get(task, "items"), k, item)
			if (number(item, "subject_id") == id &&
			    str_eq(text(item, "subject"), arg[2]) &&
			    str_eq(text(item, "result"), arg[0]) &&
			    strstr(text(item, "reason"), arg[1]) != NULL)
				return true;
	char *items = json_dumps(json_object_get(s->run, "tasks"), JSON_COMPACT);
	story_no(s, "the run does not list it: %.700s", str_or(items, ""));
	free(items);
	return false;
}

/* What a dry run foretells: "suspend 1, remind 0", held ones not counted. */
static bool foretold(struct story *s, const char *const *arg)
{
	size_t n, words_n, i, k;
	const json_t *task, *item;
	char **parts = str_split(s->arena, arg[0], ',', &n);
	for (size_t p = 0; p < n; p++) {
		char **w = str_split(s->arena, str_trim(s->arena, parts[p]), ' ', &words_n);
		int64_t got = 0;
		json_array_foreach(json_object_get(s->run, "tasks"), i, task)
			json_array_foreach(json_object_get(task, "items"), k, item)
				got += str_eq(text(item, "what"), w[0]) && *text(item, "held") == 0;
		if (words_n != 2 || !is_count(s, w[0], got, w[1]))
			return false;
	}
	return true;
}

/* The last kept run of a task, as the API shows it. */
static bool runs_api(struct story *s, const char *const *arg)
{
	json_t *rows = ask_get(s, "/runs"), *r;
	size_t i;
	int64_t id = 0;
	json_array_foreach(json_object_get(rows, "data"), i, r)
		if (id == 0 && str_eq(text(r, "task"), arg[0]))
			id = number(r, "id");
	json_t *run = id == 0 ? NULL : ask_get(s, "/runs/%lld", (long long)id);
	return run != NULL &&
	    is_count(s, "items", (int64_t)json_array_size(json_object_get(run, "items")), arg[1]);
}

static bool health(struct story *s, const char *const *arg)
{
	struct web_client c = {.web = &s->web, .arena = arena_new(LIMIT_ARENA_BYTES)};
	web_client_call(&c, "GET", "/health", NULL);
	int want = str_eq(arg[0], "ok") ? 200 : 503;
	bool ok = (c.status == want && strstr(c.body, "succeeded_at") != NULL) ||
	    story_no(s, "health: %d %.600s", c.status, c.body);
	arena_free(c.arena);
	return ok;
}

/* ---- proof ---- */

static bool audit(struct story *s, const char *const *arg)
{
	json_t *result;
	bool ok;
	if (flow_audit(world_cx(s), &result, &ok) != OK)
		return story_failed(s);
	char *found = json_dumps(json_object_get(result, "findings"), JSON_COMPACT);
	if (!ok)
		story_no(s, "audit: %.900s", str_or(found, "?"));
	free(found);
	return ok;
}

static bool audit_finds(struct story *s, const char *const *arg)
{
	json_t *result;
	bool ok;
	if (flow_audit(world_cx(s), &result, &ok) != OK)
		return story_failed(s);
	char *found = json_dumps(json_object_get(result, "findings"), JSON_COMPACT);
	bool there = strstr(str_or(found, ""), arg[0]) != NULL ||
	    story_no(s, "audit: %.900s", str_or(found, "?"));
	free(found);
	s->finds = true;
	return there;
}

/* A hash of the printed document, made anew. */
static const char *pdf_hash(struct story *s, const char *nth)
{
	char hex[CRYPTO_SHA256_HEX];
	int64_t id = ask_id(s, "invoice", nth);
	struct web_client c = {.web = &s->web,
	    .arena = arena_new(LIMIT_ARENA_BYTES),
	    .bearer = s->token};
	web_client_call(&c, "GET",
	    arena_printf(s->arena, "/api/v1/invoices/%lld/pdf", (long long)id), NULL);
	bool pdf = c.status == 200 && str_starts(c.body, "%PDF");
	crypto_sha256(c.body, c.body_len, hex);
	if (!pdf)
		story_no(s, "no PDF: %d %.200s", c.status, c.body);
	arena_free(c.arena);
	return pdf ? arena_strdup(s->arena, hex) : NULL;
}

static bool remember(struct story *s, const char *const *arg)
{
	s->note = pdf_hash(s, arg[0]);
	return s->note != NULL;
}

static bool pdf_same(struct story *s, const char *const *arg)
{
	const char *now = pdf_hash(s, arg[0]);
	return now != NULL && is_text(s, "the PDF's hash", now, s->note);
}

const struct verb verbs_watch[] = {
    {"letters to {} {*}", letters_to, true},
    {"alerts {*}", alerts, true},
    {"letter {} is {}", letter_is, true},
    {"letters {} are {}", letters_in, true},
    {"letter {} has header {}", letter_header, true},
    {"letter {} was received {} times", letter_archived, true},
    {"mailbox of {} holds {}", mailbox, true},
    {"mailbox of {} is in order", mailbox_in_order, true},
    {"the welcome of service {} opens its account", welcome, true},
    {"jobs {} are {}", jobs_in, true},
    {"hooks {} are {}", hooks_in, true},
    {"the {} invoices of service {} are issued on their first days", issued_on_time, true},
    {"events of {} {} {*}", events_of, true},
    {"run says {} {*}", run_says, true},
    {"run lists {} {} for {} {}", run_lists, true},
    {"dry run tells {*}", foretold, true},
    {"API shows run of {} with {} items", runs_api, true},
    {"health is {}", health, true},
    {"audit", audit, true},
    {"audit finds {}", audit_finds, true},
    {"remember the PDF of invoice {}", remember, true},
    {"the PDF of invoice {} is the same", pdf_same, true},
    {NULL, NULL, false},
};
