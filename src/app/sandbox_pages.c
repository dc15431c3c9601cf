/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the sandbox's rooms look: the hosted payment page, the fake panel, a hosted site, the
 * letters. Own markup instead of Billhook's templates, because these pages play other companies'
 * systems.
 */
#include <stdio.h>
#include <string.h>

#include "app/sandbox_own.h"
#include "base/money.h"

const char sandbox_css[] =
    ":root{color-scheme:light dark;--bg:#f4f5f7;--card:#fff;--ink:#1c2430;--soft:#5b6675;"
    "--line:#dde1e7;--blue:#1d5fd1;--on:#fff;--green:#1a7f4b;--red:#b3261e;"
    "--amber:#8a5a00}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1b212a;--ink:#e8ecf2;"
    "--soft:#a3aebd;--line:#333c49;--blue:#8ab4ff;--on:#10151c;--green:#6fd3a0;"
    "--red:#ff9c94;--amber:#f0c36a}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--bg);color:var(--ink);"
    "font:16px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}\n"
    "main{max-width:26rem;margin:0 auto;padding:2.5rem 1rem}\n"
    ".mail main,.panel main{max-width:56rem}\n"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:12px;"
    "padding:1.5rem}\n"
    ".test{margin:0 0 1rem;color:var(--amber);font-size:.875rem;text-align:center}\n"
    "h1{font-size:1.25rem;margin:0 0 1rem}\n"
    ".amount{font-size:2.25rem;font-weight:650;line-height:1.2;margin:.25rem 0 1rem;"
    "overflow-wrap:anywhere}\n"
    ".soft{color:var(--soft);margin:0}\n"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:0 0 1.25rem;"
    "border-top:1px solid var(--line);padding-top:1rem}\n"
    "dt{color:var(--soft)}\n"
    "dd{margin:0;text-align:right;overflow-wrap:anywhere}\n"
    "form{margin:.5rem 0 0}\n"
    "button,.button{display:block;width:100%;min-height:44px;padding:.6rem 1rem;"
    "border-radius:8px;border:1px solid var(--line);background:transparent;"
    "color:var(--ink);font:inherit;text-align:center;text-decoration:none;cursor:pointer}\n"
    "button:hover,.button:hover{border-color:var(--soft)}\n"
    ".first{background:var(--blue);border-color:var(--blue);color:var(--on);"
    "font-weight:600}\n"
    ".risk{color:var(--red)}\n"
    ":focus-visible{outline:3px solid var(--blue);outline-offset:2px}\n"
    ".state{font-weight:600}\n"
    ".paid,.active{color:var(--green)}\n"
    ".declined,.suspended,.disputed{color:var(--red)}\n"
    ".pending{color:var(--amber)}\n"
    "a{color:var(--blue)}\n"
    "table{width:100%;border-collapse:collapse}\n"
    "th,td{text-align:left;padding:.5rem;border-bottom:1px solid var(--line);"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "th{color:var(--soft);font-weight:500}\n"
    "iframe{width:100%;height:36rem;border:1px solid var(--line);border-radius:8px;"
    "background:#fff}\n"
    "pre{white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "@media(max-width:40rem){.wide{display:none}}\n";

void sandbox_html(struct buf *b, const char *text)
{
	for (; *text != 0; text++) {
		switch (*text) {
		case '&': buf_puts(b, "&amp;"); break;
		case '<': buf_puts(b, "&lt;"); break;
		case '>': buf_puts(b, "&gt;"); break;
		case '"': buf_puts(b, "&quot;"); break;
		case '\'': buf_puts(b, "&#39;"); break;
		default: buf_char(b, *text);
		}
	}
}

void sandbox_page_open(struct buf *b, const char *title, const char *room)
{
	buf_puts(b,
	    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
	sandbox_html(b, title);
	buf_puts(b, "</title><link rel=\"stylesheet\" href=\"/sandbox.css\"></head><body class=\"");
	buf_puts(b, room);
	buf_puts(b, "\"><main>");
}

enum http_done sandbox_page_done(struct buf *b, int status, struct http_reply *ret)
{
	buf_puts(b, "</main></body></html>\n");
	*ret = (struct http_reply){.status = status,
	    .type = "text/html; charset=utf-8",
	    .body = b->s,
	    .body_len = b->len};
	http_reply_header(ret, "Cache-Control", "no-store");
	http_reply_header(ret, "X-Content-Type-Options", "nosniff");
	/* No form-action: browsers apply it to the redirect back to the merchant, too. */
	http_reply_header(ret, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'");
	return HTTP_ANSWERED;
}

enum http_done sandbox_page_note(struct sandbox *sb, int status, const char *title,
    const char *text, struct http_reply *ret)
{
	struct buf b;
	buf_init(&b, sb->cx.arena);
	sandbox_page_open(&b, title, "note");
	buf_puts(&b, "<div class=\"card\"><h1>");
	sandbox_html(&b, title);
	buf_puts(&b, "</h1><p class=\"soft\">");
	sandbox_html(&b, text);
	buf_puts(&b, "</p></div>");
	return sandbox_page_done(&b, status, ret);
}

static void fact(struct buf *b, const char *name, const char *value)
{
	buf_puts(b, "<dt>");
	sandbox_html(b, name);
	buf_puts(b, "</dt><dd>");
	sandbox_html(b, *value == 0 ? "–" : value);
	buf_puts(b, "</dd>");
}

/* ---- payment ---- */

static void button(struct buf *b, const char *id, const char *action, const char *classes,
    const char *label)
{
	buf_printf(b,
	    "<form method=\"post\" action=\"/pay/%s/%s\"><button class=\"%s\" name=\"do\" "
	    "value=\"%s\">",
	    id, action, classes, action);
	sandbox_html(b, label);
	buf_puts(b, "</button></form>");
}

static void buttons(struct buf *b, const json_t *checkout, const char *amount)
{
	const char *id = sandbox_text(checkout, "id"), *state = sandbox_text(checkout, "state");
	const char *back = sandbox_text(checkout, "return_url");
	bool open = str_eq(state, "open") || str_eq(state, "pending") || str_eq(state, "declined");
	if (open) {
		button(b, id, "pay", "first", arena_printf(b->a, "Pay %s", amount));
		if (!str_eq(state, "declined"))
			button(b, id, "decline", "risk", "Decline");
		if (!str_eq(state, "pending"))
			button(b, id, "later", "", "Pay later");
		button(b, id, "close", "", "Close");
	} else if (*back != 0) {
		buf_puts(b, "<a class=\"button first\" href=\"");
		sandbox_html(b, back);
		buf_puts(b, "\">Back to the merchant</a>");
	}
}

enum http_done sandbox_page_checkout(struct sandbox *sb, const json_t *checkout,
    struct http_reply *ret)
{
	struct buf b;
	buf_init(&b, sb->cx.arena);
	int64_t minor = json_integer_value(json_object_get(checkout, "amount_minor"));
	const char *state = sandbox_text(checkout, "state");
	const char *amount =
	    money_print(sb->cx.arena, money_of(minor, sandbox_text(checkout, "currency")));
	sandbox_page_open(&b, arena_printf(sb->cx.arena, "Pay %s", amount), "pay");
	buf_puts(&b, "<p class=\"test\">Test payment: no money moves.</p><div class=\"card\"><h1>");
	sandbox_html(&b, sandbox_text(checkout, "merchant"));
	buf_puts(&b, "</h1><p class=\"soft\">Amount due</p><p class=\"amount\">");
	sandbox_html(&b, amount);
	buf_puts(&b, "</p><dl>");
	fact(&b, "Reference", sandbox_text(checkout, "reference"));
	buf_printf(&b, "<dt>State</dt><dd class=\"state %s\">%s</dd></dl>", state, state);
	buttons(&b, checkout, amount);
	buf_puts(&b, "</div>");
	return sandbox_page_done(&b, 200, ret);
}

/* ---- panel and sites ---- */

enum http_done sandbox_page_panel(struct sandbox *sb, const json_t *account, struct http_reply *ret)
{
	struct buf b;
	buf_init(&b, sb->cx.arena);
	const char *state = sandbox_text(account, "state");
	sandbox_page_open(&b, "Control panel", "panel");
	buf_puts(&b,
	    "<div class=\"card\"><h1>Control panel</h1><p class=\"soft\">Signed in as <strong>");
	sandbox_html(&b, sandbox_text(account, "username"));
	buf_puts(&b, "</strong>.</p><br><dl>");
	fact(&b, "Domain", sandbox_text(account, "domain"));
	fact(&b, "Package", sandbox_text(account, "package"));
	fact(&b, "Contact", sandbox_text(account, "email"));
	fact(&b, "Created", sandbox_text(account, "created_at"));
	buf_printf(&b, "<dt>State</dt><dd class=\"state %s\">%s</dd></dl></div>", state, state);
	return sandbox_page_done(&b, 200, ret);
}

enum http_done sandbox_page_site(struct sandbox *sb, const json_t *account, struct http_reply *ret)
{
	const char *domain = sandbox_text(account, "domain");
	if (!str_eq(sandbox_text(account, "state"), "active"))
		return sandbox_page_note(sb, 503, "This site is suspended",
		    arena_printf(sb->cx.arena,
		        "%s is suspended. Its owner can contact the hosting company.", domain),
		    ret);
	return sandbox_page_note(sb, 200, arena_printf(sb->cx.arena, "%s is online", domain),
	    arena_printf(sb->cx.arena, "The hosting account of %s was set up and answers.", domain),
	    ret);
}

/* ---- letters ---- */

#define SHOWN_BYTES 200000 /* of a text or source; the rest is in /mail/messages */

static void excerpt(struct buf *b, const char *text)
{
	bool cut = strlen(text) > SHOWN_BYTES;
	sandbox_html(b, cut ? arena_strndup(b->a, text, SHOWN_BYTES) : text);
	if (cut)
		buf_puts(b, " …");
}

enum http_done sandbox_page_letters(struct sandbox *sb, struct http_reply *ret)
{
	struct buf b;
	size_t n = json_array_size(sb->letters);
	buf_init(&b, sb->cx.arena);
	sandbox_page_open(&b, "Letters", "mail");
	buf_puts(&b, "<div class=\"card\"><h1>Letters</h1>");
	if (n == 0)
		buf_puts(&b,
		    "<p class=\"soft\">Nothing yet. Letters sent to this mail server appear "
		    "here.</p>");
	else
		buf_puts(&b,
		    "<table><thead><tr><th>Subject</th><th>To</th><th class=\"wide\">From</th>"
		    "<th class=\"wide\">At</th></tr></thead><tbody>");
	for (size_t i = n; i > 0; i--) {
		const json_t *l = json_array_get(sb->letters, i - 1);
		const char *subject = sandbox_text(l, "subject");
		buf_printf(&b, "<tr><td><a href=\"/mail/%lld\">",
		    (long long)json_integer_value(json_object_get(l, "id")));
		sandbox_html(&b, *subject == 0 ? "(no subject)" : subject);
		buf_puts(&b, "</a></td><td>");
		sandbox_html(&b, sandbox_text(l, "to"));
		buf_puts(&b, "</td><td class=\"wide\">");
		sandbox_html(&b, sandbox_text(l, "from"));
		buf_puts(&b, "</td><td class=\"wide\">");
		sandbox_html(&b, sandbox_text(l, "at"));
		buf_puts(&b, "</td></tr>");
	}
	buf_puts(&b, n == 0 ? "</div>" : "</tbody></table></div>");
	return sandbox_page_done(&b, 200, ret);
}

enum http_done sandbox_page_letter(struct sandbox *sb, const json_t *letter, struct http_reply *ret)
{
	struct buf b;
	const char *subject = sandbox_text(letter, "subject");
	buf_init(&b, sb->cx.arena);
	sandbox_page_open(&b, *subject == 0 ? "(no subject)" : subject, "mail");
	buf_puts(&b, "<p><a href=\"/mail\">All letters</a></p><div class=\"card\"><h1>");
	sandbox_html(&b, *subject == 0 ? "(no subject)" : subject);
	buf_puts(&b, "</h1><dl>");
	fact(&b, "From", sandbox_text(letter, "from"));
	fact(&b, "To", sandbox_text(letter, "to"));
	fact(&b, "At", sandbox_text(letter, "at"));
	buf_puts(&b, "</dl>");
	if (json_is_string(json_object_get(letter, "html")))
		buf_printf(&b,
		    "<iframe title=\"The letter\" sandbox=\"allow-popups "
		    "allow-popups-to-escape-sandbox\" src=\"/mail/%lld/html\"></iframe>",
		    (long long)json_integer_value(json_object_get(letter, "id")));
	buf_puts(&b, "<h2>Plain text</h2><pre>");
	excerpt(&b, sandbox_text(letter, "text"));
	buf_puts(&b, "</pre><details><summary>Source</summary><pre>");
	excerpt(&b, sandbox_text(letter, "raw"));
	buf_puts(&b, "</pre></details></div>");
	return sandbox_page_done(&b, 200, ret);
}

enum http_done sandbox_page_home(struct sandbox *sb, struct http_reply *ret)
{
	struct buf b;
	buf_init(&b, sb->cx.arena);
	sandbox_page_open(&b, "Sandbox", "home");
	buf_puts(&b,
	    "<div class=\"card\"><h1>Sandbox</h1><p class=\"soft\">A payment gateway, a control "
	    "panel, "
	    "hosted sites and a mail server for demos and tests. Nothing here is real.</p><br>"
	    "<a class=\"button\" href=\"/mail\">Letters</a><br>"
	    "<a class=\"button\" href=\"/gateway/checkouts\">Payments (JSON)</a><br>"
	    "<a class=\"button\" href=\"/gateway/hooks\">Payment hooks (JSON)</a><br>"
	    "<a class=\"button\" href=\"/panel/accounts\">Hosting accounts (JSON)</a></div>");
	return sandbox_page_done(&b, 200, ret);
}
