/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/cx.h"
#include "core/access/access.h"
#include "core/event/event.h"
#include "core/setting/setting.h"
#include "flow/flow.h"
#include "fmt/field.h"
#include "fmt/tmpl.h"
#include "net/http.h"

/*
 * The contract of pages. A handler gets its route's parameters, the signed-in person and the
 * body, calls core, and fills p->out. It never checks login, permission, CSRF or method: the row
 * in the route table says them and serve.c enforces them. The same tree is rendered by the
 * route's view (templates/<view>.html) or printed as JSON.
 *
 * Exported handlers are named shop_* auth_* (public), area_* (client area), api_* (API only),
 * admin_* (staff area).
 */

#define WEB_COOKIE "bh_s"           /* visitor or client; Path=/ */
#define WEB_COOKIE_STAFF "bh_staff" /* staff; Path=/admin */
#define WEB_COOKIE_VISITOR \
	"bh_v" /* random, not stored: the CSRF secret of a visitor without a session */
#define WEB_COOKIE_FLASH "bh_f"  /* one sentence carried over a redirect */
#define WEB_COOKIE_THEME "theme" /* auto, light or dark; set by the script */

/* The clock of the family; app gives one whose --test-mode value all processes share. */
struct web_clock {
	int64_t (*now)(void *arg);
	void (*set)(void *arg, int64_t now); /* NULL unless in test mode */
	void *arg;
};

/*
 * POST /test/run. With fork set (a serving process) call runs in a forked child, which must open
 * a database of its own or exec; the request waits suspended. Without (stories) it runs at once.
 */
struct web_run {
	enum err (*call)(struct cx *cx, void *arg, const struct run_request *r, json_t **ret);
	void *arg;
	bool fork;
};

struct waiting; /* a suspended request; wait.c */

/* One per process. The caller sets the first block, then web_setup(). */
struct web {
	struct db *db;
	const char *theme_dir;     /* or NULL */
	const char *exec_folders;  /* where programs of a panel may stand; NULL: nowhere */
	const char *link_path;     /* socket of the link pool; used when link is NULL */
	const struct linker *link; /* or at once, in process (stories, tests) */
	struct web_clock clock;    /* now NULL: the machine's */
	struct web_run run;
	bool test_mode;
	bool strict; /* templates: an unknown name is an error */
	bool json_log;
	/* Reads a header; NULL: http_header. Tests give their own. */
	const char *(*header)(const struct http_request *q, const char *name);

	struct arena *arena; /* of the request under way */
	struct arena *keep;  /* of the process */
	struct tmpl_set *pages;
	struct http_server *http;   /* NULL in process */
	struct waiting *waiting;    /* suspended requests, fixed table */
	const char *asset_hash;     /* changes with the embedded assets */
	int64_t requests, failures; /* for /metrics */
};

enum area { AREA_PUBLIC, AREA_CLIENT, AREA_STAFF, AREA_API, AREA_PROBE, AREA_TEST };
/*
 * RETURN: GET that a provider sends the payer back with; it may write, but only what the provider
 * confirms.
 */
enum web_method { WEB_READ, WEB_FORM, WEB_RETURN, WEB_HOOK };

struct page;
typedef enum err web_handler(struct cx *cx, struct page *p);

struct route {
	const char *
	    /*
	     * "/invoices/:id": :id, :id2 are positive integers, any other :word (and a last "*")
	     * is text into p->word
	     */
	    path;
	enum web_method method;
	enum area area;
	const char
	    *permission; /* word of core/staff/permission.c; "": signed in is enough (or public) */
	const char *
	    /*
	     * "client/invoice/show"; NULL: the handler redirects, sends a file, or it is JSON
	     * only
	     */
	    view;
	web_handler *handler;
	web_handler
	    *show; /* FORM with view: fills the view again when the input was refused (p->faulty) */
	const struct fields *input; /* API: for the document */
	const char *about;          /* API: for the document */
	unsigned flags;
};
enum {
	ROUTE_LINK =
	    1, /* calls web_link: must not run inside the transaction of an idempotent request */
	ROUTE_BARE = 2, /* neither session nor settings: assets */
};

/*
 * READ: GET, the database refuses writes. FORM: POST with CSRF token (or API token). HOOK: POST,
 * proven by the provider's signature. So no route that writes can be declared without its guard.
 */
#define R_READ(path_, area_, permission_, view_, handler_) \
	{ \
		.path = path_, .method = WEB_READ, .area = AREA_##area_, \
		.permission = permission_, .view = view_, .handler = handler_ \
	}
#define R_FORM(path_, area_, permission_, view_, handler_, show_) \
	{ \
		.path = path_, .method = WEB_FORM, .area = AREA_##area_, \
		.permission = permission_, .view = view_, .handler = handler_, .show = show_ \
	}
#define R_LINK(path_, area_, permission_, view_, handler_, \
    show_) /* a FORM that asks a provider */ \
	{ \
		.path = path_, .method = WEB_FORM, .area = AREA_##area_, \
		.permission = permission_, .view = view_, .handler = handler_, .show = show_, \
		.flags = ROUTE_LINK \
	}
#define R_RETURN(path_, area_, view_, handler_) \
	{ \
		.path = path_, .method = WEB_RETURN, .area = AREA_##area_, .permission = "", \
		.view = view_, .handler = handler_, .flags = ROUTE_LINK \
	}
#define R_BARE(path_, handler_) \
	{ \
		.path = path_, .method = WEB_READ, .area = AREA_PUBLIC, .permission = "", \
		.handler = handler_, .flags = ROUTE_BARE \
	}
#define R_HOOK(path_, handler_) \
	{ \
		.path = path_, .method = WEB_HOOK, .area = AREA_PUBLIC, .permission = "", \
		.handler = handler_, .flags = ROUTE_LINK \
	}
#define R_GET(path_, permission_, handler_, about_) /* API */ \
	{ \
		.path = "/api/v1" path_, .method = WEB_READ, .area = AREA_API, \
		.permission = permission_, .handler = handler_, .about = about_ \
	}
#define R_POST(path_, permission_, handler_, input_, about_) /* API */ \
	{ \
		.path = "/api/v1" path_, .method = WEB_FORM, .area = AREA_API, \
		.permission = permission_, .handler = handler_, .input = input_, .about = about_ \
	}
#define R_POST_LINK(path_, permission_, handler_, about_) /* API, asks a provider */ \
	{ \
		.path = "/api/v1" path_, .method = WEB_FORM, .area = AREA_API, \
		.permission = permission_, .handler = handler_, .about = about_, \
		.flags = ROUTE_LINK \
	}

/*
 * routes.c has the shop, client area, API and inbox; staff/staff_routes.c the staff area. Both
 * are one table to serve.c.
 */
extern const struct route web_routes[], staff_routes[];
extern const size_t web_routes_n, staff_routes_n;
const struct route *web_route_at(size_t i); /* NULL past the end */

/*
 * Navigation: shown when the person has the permission ("" always). active: the path starts with
 * href.
 */
struct web_nav {
	const char *href, *label, *icon, *permission; /* icon: Tabler name, "file-invoice" */
	const char *also; /* another section that belongs to it, or NULL */
};
extern const struct web_nav public_nav[], client_nav[], staff_nav[];
extern const size_t public_nav_n, client_nav_n, staff_nav_n;

/* One request. */
struct page {
	struct web *web;
	const struct http_request *http;
	const struct route *route;
	int64_t id, id2;          /* :id, :id2 */
	const char *word;         /* any other parameter */
	json_t *query;            /* object of texts; never NULL */
	json_t *body;             /* FORM: object; HOOK: NULL (raw in http->body) */
	enum field_source source; /* how the body came */
	bool json;                /* the answer is JSON: /api/ or Accept: application/json */

	bool signed_in; /* session is set (visitor sessions too: look at its kind) */
	struct session session;
	struct staff staff; /* area STAFF or API */
	const char *may;    /* permission list of the staff member, within the token's scopes */
	int64_t
	    /* area CLIENT: the signed-in client; elsewhere 0 or the client of the session */
	    client_id;
	struct settings settings; /* loaded once per request */
	struct day today;         /* the seller's civil day */

	bool faulty;        /* show() after a refused FORM */
	struct fault fault; /* why */
	json_t *out;        /* the handler fills this object */

	/* the answer; set by the functions below */
	int status; /* 0: 200, 201 when web_created */
	const char *title, *location, *allow, *flash, *flash_kind, *file_type, *file_name;
	const void *file;
	size_t file_len;
	bool file_inline;
	const char *cache; /* Cache-Control instead of the usual */
	const char *view;  /* instead of the route's */
	const char *cookies[6];
	int cookies_n;
	bool
	    /* a form of this page may end at a provider: the CSP lets forms go to other sites */
	    leaves;
	int64_t memo; /* kept while the request is suspended: what the first run has already made */
	const char *visitor, *csrf, *token;
	struct waiting *waiting; /* set when this request was suspended before */
	int calls;
};

/*
 * What handlers use
 * -------------------------------------------------------------------------------
 */

void page_title(struct cx *cx, struct page *p, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/*
 * See other, with a sentence shown on the next page (kind: success, info, warning, danger; NULL
 * none). For JSON callers the tree is the answer and nothing is redirected.
 */
enum err page_go(struct cx *cx, struct page *p, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void page_flash(struct cx *cx, struct page *p, const char *kind, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* To a provider's page (absolute http or https URL, from link only). */
enum err page_go_away(struct cx *cx, struct page *p, const char *url) MUST_CHECK;
/* A local path ("/client?x=1") from outside, made safe: anything else becomes otherwise. */
const char *page_local(const char *path, const char *otherwise);
/* Bytes instead of a page; inline_: shown in the browser, else saved as name. */
enum err page_file(struct cx *cx, struct page *p, const char *type, const char *name,
    const void *bytes, size_t len);

/*
 * Sets a member of p->out. set: a fresh value, its reference is taken over; put: one that core
 * gave and the arena keeps. NULL becomes null.
 */
void page_set(struct page *p, const char *name, json_t *value);
void page_put(struct page *p, const char *name, json_t *kept);
/* The whole out tree becomes this object of core (kept by the arena). */
void page_out(struct page *p, json_t *kept);
/*
 * A list: "data", "next" (id to give as ?after=, null at the end), "more" (its URL with the other
 * filters kept, or null).
 */
void page_list(struct cx *cx, struct page *p, json_t *kept_rows, int64_t limit);
int64_t page_limit(const struct page
        *p); /* ?limit= within bounds: LIMIT_PAGE_ROWS for pages, LIMIT_API_ROWS for the API */
/*
 * Query and body values as text; NULL when absent or empty. page_int: 0 when absent or not a
 * number.
 */
const char *page_query(const struct page *p, const char *name);
int64_t page_query_int(const struct page *p, const char *name);
const char *page_body(const struct page *p, const char *name);
int64_t page_body_int(const struct page *p, const char *name);
bool page_body_bool(const struct page *p, const char *name); /* checked, "1", true */
/* Echoes the filters named (NULL-ended list) into out.filter {name: text or ""}. */
void page_filter(struct page *p, const char *const *names);

/* Reads the body through a field table. */
enum err page_read(struct cx *cx, struct page *p, const struct fields *f, void *ret) MUST_CHECK;
/*
 * Puts the form's tree under out[name]: values when fresh, what was typed with its faults when
 * p->faulty. values borrowed.
 */
void page_form(struct cx *cx, struct page *p, const char *name, const struct fields *f,
    const json_t *values);
/* A field of that form that this page needs, though its table calls it optional. */
void page_form_need(struct page *p, const char *name, const char *field);

/* True when the staff member (session or token) has the permission. */
bool page_may(const struct page *p, const char *permission);
/* "ours: https://host" + path, for links that leave the site. */
const char *page_url(struct cx *cx, const struct page *p, const char *path);

/*
 * Asks a link process. The first time the request is suspended and ERR_RETRY "web.later" comes
 * back: return it unchanged. When the answer is there the handler runs again from its start and
 * this returns it. So nothing may be written before it that is not safe to repeat. Unreachable or
 * too slow: OK with outcome NOT_TRIED or UNKNOWN. request is borrowed.
 */
enum err web_link(struct cx *cx, struct page *p, const char *op, json_t *request,
    struct answer *ret) MUST_CHECK;

/* Sign a person in: a new session replaces the present one (rotation), the cookie is set. */
enum err page_sign_in(struct cx *cx, struct page *p, enum session_kind kind,
    int64_t subject_id) MUST_CHECK;
/* Ends the session of this request and clears its cookie. */
enum err page_sign_out(struct cx *cx, struct page *p) MUST_CHECK;
/* The visitor's session for the cart: made when there is none. FORM only. */
enum err page_visitor(struct cx *cx, struct page *p) MUST_CHECK;
/* The invoice as PDF, from its view. */
enum err page_invoice_pdf(struct cx *cx, struct page *p, json_t *view, const char *name) MUST_CHECK;

/*
 * Inside web
 * --------------------------------------------------------------------------------------
 */
int64_t web_now(const struct web *w);
const char *web_header(const struct web *w, const struct http_request *q, const char *name);

#endif
