/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORY_STORY_H
#define STORY_STORY_H

/*
 * A story: a text script played on one engine, against the real handlers in process, the real
 * automation, and a sandbox child process for everything outside. Lines are sentences; verbs_*.c
 * has the tables of those that are understood.
 */
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/cx.h"
#include "db/db.h"
#include "flow/flow.h"
#include "link/link.h"
#include "web/serve.h"

#define STORY_PEOPLE 16
#define STORY_ARGS 12
#define STORY_SECRET "story-secret"
#define STORY_PASSWORD "correct horse battery"
#define STORY_RUN_GAP_S 130 /* after a rehearsed crash: leases and back-off have run out */

struct testdb;

/* A browser with its cookies. */
struct person {
	const char *name;
	int64_t id;
	struct web_client web;
};

struct sandbox_child {
	pid_t pid;
	int port, smtp_port;
};

/* What is made to go wrong once in a torture run. */
struct torture {
	int64_t db_at;   /* the Nth database call fails; 0: none */
	int64_t link_at; /* the Nth provider call fails; 0: none */
	bool link_lost;  /* it is done, but its answer gets lost */
	bool fired;
};

/* What the payer and the gateway do with the next payment. */
struct payer {
	bool declines, pays_later, hook_held, stays_away;
};

struct story {
	const char *engine, *file, *name;
	int line;
	struct arena *arena; /* of the whole story */
	struct testdb *t;
	struct cx *cx; /* of t; its arena lives for one line */
	struct web web;
	struct linker linker;
	struct link_keys keys;
	struct sandbox_child box;
	int64_t now;
	int holder; /* counts up after every rehearsed crash */
	const char *token;
	struct web_client api;
	struct person people[STORY_PEOPLE];
	int people_n;
	struct payer payer;
	int hooks_told;   /* of the sandbox's list: delivered so far */
	const char *note; /* where "remember" and "the same" meet */
	json_t *run;      /* the last run's summary */
	int expect;       /* the status a line must end with; 0: success */
	int keys_n;       /* Idempotency-Keys used by this line */
	bool calm;        /* not for torture: it plays with the clock or the database itself */
	bool finds;       /* the audit's findings were looked at */
	struct torture torture;
	int64_t db_calls, link_calls;
	char why[1024];
};

/* ---- world.c: set up and taken down ---- */
bool world_open(struct story *s);
void world_close(struct story *s);
/* The context for a fresh piece of work at the story's time. */
struct cx *world_cx(struct story *s);
/* Counts and faults of the database are off while we only look. */
void world_look(struct story *s, bool looking);
/*
 * A request to the sandbox; NULL with s->why when it is not answered with 2xx (want: or with that
 * status).
 */
json_t *world_box(struct story *s, const char *method, const char *path, const json_t *body,
    int want);
struct person *world_person(struct story *s, const char *name);

/* ---- ask.c: through the handlers ---- */
/*
 * The API. A write is sent twice under one Idempotency-Key and must be answered the same. NULL with
 * s->why unless the status is as expected.
 */
json_t *ask_api(struct story *s, const char *method, const char *path, json_t *steals_body);
/*
 * A form as a signed-in person; false with s->why unless it ends with 2xx or 3xx (or the expected
 * status).
 */
bool ask_form(struct story *s, struct person *p, const char *target, const char *form);
bool ask_page(struct story *s, struct person *p, const char *target);
/*
 * One row by its place: "invoice", "note", "service", "order", "letter", "payment"; 0 with s->why
 * when there is none.
 */
int64_t ask_id(struct story *s, const char *what, const char *nth);
/* API GET, looked at without faults. */
json_t *ask_get(struct story *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- play.c ---- */
/* Says why and answers false, so that verbs can end with it. */
bool story_no(struct story *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool story_failed(struct story *s); /* the fault of the context as the reason; false */
/* A sentence and what it does; "{}" takes one word or a quoted text, "{*}" the rest. */
struct verb {
	const char *pattern;
	bool (*run)(struct story *s, const char *const *arg);
	bool looks; /* an expectation: changes nothing */
};
extern const struct verb verbs_time[], verbs_offer[], verbs_do[], verbs_pay[], verbs_paper[],
    verbs_watch[], verbs_see[]; /* NULL-ended */
/* Plays one sentence; false with s->why. */
bool story_say(struct story *s, const char *sentence);

/* A script file split into its stories. */
struct script {
	const char *name;
	int first; /* line number of its first sentence */
	const char **lines;
	size_t n;
};
struct options; /* of main.c */
struct play {
	const char *file, *engine, *name;
	const struct script *script;
	const struct options *o;
};
struct played {
	int64_t db_calls, link_calls;
	bool calm;
};
/* Plays a whole story on an engine; NULL: it went well, else "file:line: reason" in the arena. */
const char *story_play(struct arena *a, const struct play *p, struct torture *torture,
    struct played *ret);

bool story_money(struct story *s, const char *text, const char *currency, int64_t *ret_minor);
bool story_number(struct story *s, const char *text, int64_t *ret);

#endif
