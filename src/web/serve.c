/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fixed sequence for every request: match, authenticate, authorise, read the body, guard, run
 * the handler, render. What a page does is in its handler; who may is in the route table. This is
 * also the edge that logs.
 */
#include "web/serve.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "db/db.h"
#include "fmt/form.h"
#include "net/files.h"
#include "web/own.h"

#define REPLAY_KEY_MAX 200

static bool load_template(void *arg, const char *name, const char **ret_text, size_t *ret_len)
{
	struct web *w = arg;
	const void *bytes;
	const char *end = str_ends(name, ".html") ? "" : ".html";
	if (!files_get(w->keep, w->theme_dir, arena_printf(w->keep, "templates/%s%s", name, end),
	        &bytes, ret_len))
		return false;
	*ret_text = bytes;
	return true;
}

void web_setup(struct web *w)
{
	w->arena = arena_new(LIMIT_ARENA_BYTES);
	w->keep = arena_new(LIMIT_ARENA_BYTES);
	w->pages = tmpl_set_new(load_template, w, TMPL_HTML);
	tmpl_set_strict(w->pages, w->strict);
	w->waiting = ARENA_ARRAY(w->keep, struct waiting, WEB_WAITING);
	w->asset_hash = web_asset_hash(w->keep);
}

void web_free(struct web *w)
{
	for (size_t i = 0; i < WEB_WAITING; i++)
		waiting_end(&w->waiting[i]);
	tmpl_set_free(w->pages);
	arena_free(w->arena);
	arena_free(w->keep);
}

int64_t web_now(const struct web *w)
{
	return w->clock.now != NULL ? w->clock.now(w->clock.arg) : clock_now();
}

const char *web_header(const struct web *w, const struct http_request *q, const char *name)
{
	return w->header != NULL ? w->header(q, name) : http_header(q, name);
}

static enum err match(struct cx *cx, struct page *p)
{
	struct web_match m;
	web_match(cx->arena, p->http->method, p->http->path, &m);
	p->json = str_starts(p->http->path, "/api/") || str_starts(p->http->path, "/test/");
	const char *accept = str_or(web_header(p->web, p->http, "Accept"), "");
	if (str_starts(accept, "application/json"))
		p->json = true;
	if (m.route == NULL && m.path_known) {
		p->status = 405;
		p->allow = m.get && m.post ? "GET, HEAD, POST" : m.get ? "GET, HEAD" : "POST";
		return fail(cx, ERR_INVALID, "http.method",
		    "This address does not take %s requests.", p->http->method);
	}
	if (m.route == NULL || (m.route->area == AREA_TEST && !p->web->test_mode))
		return fail(cx, ERR_NOT_FOUND, "http.path", "There is nothing at this address.");
	p->route = m.route;
	p->id = m.id;
	p->id2 = m.id2;
	p->word = m.word;
	return OK;
}

static enum err read_body(struct cx *cx, struct page *p)
{
	const struct http_request *q = p->http;
	const char *type = str_or(web_header(p->web, q, "Content-Type"), "");
	p->body = json_keep(cx, json_object());
	if (p->route->method != WEB_FORM)
		return OK;
	if (strncasecmp(type, "application/json", 16) == 0) {
		p->source = FIELD_JSON;
		return q->body_len == 0 ? OK : json_parse(cx, q->body, q->body_len, &p->body);
	}
	p->source = p->json && p->route->area >= AREA_API ? FIELD_JSON : FIELD_FORM;
	if (q->body_len == 0)
		return OK;
	if (strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0) {
		p->status = 415;
		return fail(cx, ERR_INVALID, "http.type", "Send a form or application/json.");
	}
	p->source = FIELD_FORM;
	return form_parse(cx, q->body, q->body_len, &p->body);
}

static enum err run_handler(struct cx *cx, struct page *p)
{
	if (p->route->method != WEB_READ)
		return p->route->handler(cx, p);
	db_set_mode(cx->db, DB_READ_ONLY);
	enum err err = p->route->handler(cx, p);
	db_set_mode(cx->db, DB_READ_WRITE);
	return err;
}

/* ---- Idempotency-Key ---- */

struct replayed {
	struct page *p;
	struct replay r;
};

static int answer_status(const struct page *p)
{
	return p->status != 0 ? p->status : 200;
}

/* The effect and the kept answer in one transaction: a crash leaves both or none. */
static enum err handle_and_keep(struct cx *cx, void *arg)
{
	struct replayed *d = arg;
	json_object_clear(d->p->out);
	TRY(d->p->route->handler(cx, d->p));
	return replay_end(cx, &d->r, answer_status(d->p), web_json(cx, d->p));
}

static enum err give_kept(struct cx *cx, struct page *p, int status, const char *body)
{
	cx_clear(cx);
	p->status = status;
	p->file = body;
	p->file_len = strlen(body);
	p->file_type = status >= 400 ? "application/problem+json" : "application/json";
	p->file_inline = true;
	return OK;
}

static enum err run_once(struct cx *cx, struct page *p, const char *key)
{
	char hash[CRYPTO_SHA256_HEX];
	struct buf b;
	buf_init(&b, cx->arena);
	buf_printf(&b, "%s\n%s\n", p->http->method, p->http->target);
	buf_add(&b, p->http->body, p->http->body_len);
	crypto_sha256(b.s, b.len, hash);
	struct replayed d = {p,
	    {.caller = arena_printf(cx->arena, "%s/%lld", actor_word(cx->actor.kind),
	         (long long)cx->actor.id),
	        .key = key,
	        .request_hash = hash}};
	int status;
	const char *body;
	enum err err =
	    p->waiting != NULL && p->waiting->replay ? OK : replay_begin(cx, &d.r, &status, &body);
	if (err == ERR_CONFLICT && str_eq(cx->fault.key, "replay.kept"))
		return give_kept(cx, p, status, body);
	TRY(err);
	if (p->route->flags & ROUTE_LINK) {
		err = p->route->handler(cx, p);
		if (err == OK)
			return replay_end(cx, &d.r, answer_status(p), web_json(cx, p));
	} else {
		err = db_tx(cx, handle_and_keep, &d);
	}
	int refused = err == OK ? 0 : web_fault_status(cx, p, err);
	/* 5xx is not kept: the same request may succeed later. */
	if (refused == 0 || refused >= 500)
		return err;
	struct fault fault = cx->fault;
	enum err kept = replay_end(cx, &d.r, refused, web_problem(cx, p, refused));
	cx->fault = kept == OK ? fault : cx->fault;
	return kept == OK ? err : kept;
}

static enum err handle(struct cx *cx, struct page *p)
{
	const char *key = p->route->method == WEB_FORM && p->route->area != AREA_TEST &&
	        cx->actor.id != 0 && p->json ?
	    web_header(p->web, p->http, "Idempotency-Key") :
	    NULL;
	if (key == NULL || *key == '\0')
		return run_handler(cx, p);
	if (strlen(key) > REPLAY_KEY_MAX || !str_clean_line(key))
		return fail(cx, ERR_INVALID, "replay.key",
		    "Idempotency-Key must be text of at most %d characters.", REPLAY_KEY_MAX);
	return run_once(cx, p, arena_strdup(cx->arena, key));
}

/* ---- the sequence ---- */

static enum err sequence(struct cx *cx, struct page *p)
{
	TRY(match(cx, p));
	TRY(form_parse(cx, p->http->query, strlen(p->http->query), &p->query));
	if (p->route->flags & ROUTE_BARE)
		return p->route->handler(cx, p);
	TRY(setting_load(cx, &p->settings));
	p->today = setting_today(cx, &p->settings);
	TRY(web_authenticate(cx, p));
	TRY(web_authorise(cx, p));
	TRY(read_body(cx, p));
	TRY(web_guard(cx, p));
	return handle(cx, p);
}

/* The form again, with what was typed and what is wrong with it. */
static bool show_again(struct cx *cx, struct page *p, enum err err)
{
	if (p->json || p->route == NULL || p->route->show == NULL || p->route->method != WEB_FORM)
		return false;
	if ((err != ERR_INVALID && err != ERR_CONFLICT && err != ERR_REMOTE && err != ERR_RETRY) ||
	    p->body == NULL || str_eq(cx->fault.key, "form.malformed"))
		return false;
	p->fault = cx->fault;
	p->faulty = true;
	p->status = web_fault_status(cx, p, err);
	cx_clear(cx);
	json_object_clear(p->out);
	db_set_mode(cx->db, DB_READ_ONLY);
	enum err shown = p->route->show(cx, p);
	db_set_mode(cx->db, DB_READ_WRITE);
	if (shown == OK)
		return true;
	cx->fault = p->fault;
	p->faulty = false;
	p->status = 0;
	return false;
}

static void log_answer(const struct cx *cx, const struct page *p, const struct http_reply *r,
    int64_t ms)
{
	char status[16], took[24];
	snprintf(status, sizeof status, "%d", r->status);
	snprintf(took, sizeof took, "%lld", (long long)ms);
	log_line(r->status >= 500 ? LOG_ERROR : LOG_INFO, "request", "method", p->http->method,
	    "route", p->route != NULL ? p->route->path : "-", "status", status, "ms", took, "actor",
	    actor_word(cx->actor.kind), "ip", cx->actor.ip, "trace", cx->trace, NULL);
}

enum http_done web_serve(void *arg, const struct http_request *q, struct http_reply *ret)
{
	struct web *w = arg;
	int64_t began_ms = clock_mono_ms();
	arena_reset(w->arena);
	struct cx cx = {.arena = w->arena,
	    .db = w->db,
	    .now = web_now(w),
	    .actor = {ACTOR_VISITOR, 0, "visitor", str_or(q->ip, "")}};
	str_copy(cx.trace, sizeof cx.trace, crypto_token(w->arena, 9));
	struct page *p = ARENA_NEW(w->arena, struct page);
	p->web = w;
	p->http = q;
	p->out = json_keep(&cx, json_object());
	p->query = json_keep(&cx, json_object());
	p->waiting = waiting_find(&cx, p);
	if (p->waiting != NULL)
		p->memo = p->waiting->memo;
	enum err err = sequence(&cx, p);
	if (err == ERR_RETRY && str_eq(cx.fault.key, "web.later"))
		return HTTP_LATER;
	w->requests++;
	if (err != OK && err_status(err) >= 500)
		log_fault(&cx, "request failed");
	if (err == OK || show_again(&cx, p, err))
		web_render(&cx, p, ret);
	else
		web_render_fault(&cx, p, err, ret);
	w->failures += ret->status >= 500;
	if (p->waiting != NULL)
		waiting_end(p->waiting);
	log_answer(&cx, p, ret, clock_mono_ms() - began_ms);
	return HTTP_ANSWERED;
}
