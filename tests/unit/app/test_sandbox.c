/* SPDX-License-Identifier: Apache-2.0 */
/* The sandbox as a process of its own: each room over HTTP or SMTP, as Billhook and outside tests
 * use it. */
#include <fcntl.h>
#include <jansson.h>

#include "app/sandbox.h"
#include "fmt/form.h"
#include "net/smtp.h"
#include "unit/net/harness.h"

#define SECRET "s3cret"

static struct cx *cx;
static pid_t sandbox;
static int http_port, smtp_port;

static int setup(void **state)
{
	int out[2];
	cx = cx_make();
	assert_int_equal(pipe(out), 0);
	sandbox = fork();
	if (sandbox == 0) {
		char *argv[] = {"sandbox", "--listen", "127.0.0.1:0", "--secret", SECRET, "--smtp",
		    "127.0.0.1:0", NULL};
		dup2(out[1], 1);
		close(out[0]);
		exit(sandbox_main(7, argv));
	}
	close(out[1]);
	FILE *f = fdopen(out[0], "r");
	char line[128];
	while (smtp_port == 0 && fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "sandbox http port %d", &http_port) != 1)
			sscanf(line, "sandbox smtp port %d", &smtp_port);
	}
	fclose(f);
	return http_port != 0 && smtp_port != 0 ? 0 : -1;
}

static int teardown(void **state)
{
	int status;
	kill(sandbox, SIGTERM);
	waitpid(sandbox, &status, 0);
	cx_drop(cx);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 :
	                                                       -1; /* with ASan: no leak either */
}

struct reply {
	enum err err;
	int status;
	json_t *json;
	const char *text;
};

/* headers: up to two of our own, may be NULL. */
static struct reply ask(const char *method, const char *path, const char *body, const char *header)
{
	const char *const headers[] = {"Authorization: Bearer " SECRET, header, NULL};
	struct http_call c = {.method = method,
	    .headers = headers,
	    .body = body,
	    .body_len = body == NULL ? 0 : strlen(body),
	    .timeout_s = 10};
	c.url = path[0] == '/' ? arena_printf(cx->arena, "http://127.0.0.1:%d%s", http_port, path) :
	                         path;
	struct http_answer a = {0};
	struct reply r = {.err = http_call(cx, &c, &a)};
	if (r.err != OK)
		return r;
	r.status = a.status;
	r.text = a.body;
	r.json = json_loads(a.body, 0, NULL);
	if (r.json != NULL)
		json_keep(cx, r.json);
	return r;
}

static const char *word(const json_t *j, const char *name)
{
	return str_or(json_string_value(json_object_get(j, name)), "");
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *checkout(const char *more)
{
	struct reply r = ask("POST", "/gateway/checkouts",
	    arena_printf(cx->arena,
	        "{\"amount_minor\":1210,"
	        "\"currency\":\"EUR\",\"reference\":\"inv "
	        "<7>\",\"return_url\":\"http://127.0.0.1:1/back\"%s}",
	        more),
	    NULL);
	assert_int_equal(r.status, 201);
	return word(r.json, "id");
}

static struct reply act(const char *id, const char *action)
{
	return ask("POST", arena_printf(cx->arena, "/gateway/checkouts/%s/%s", id, action), NULL,
	    NULL);
}

static void gateway_states(void **state)
{
	const char *id = checkout("");
	const char *path = arena_printf(cx->arena, "/gateway/checkouts/%s", id);
	assert_string_equal(word(ask("GET", path, NULL, NULL).json, "state"), "open");
	assert_true(json_is_null(json_object_get(ask("GET", path, NULL, NULL).json, "paid_at")));
	assert_int_equal(act(id, "refund").status, 409);
	assert_string_equal(word(act(id, "later").json, "state"), "pending");
	assert_string_equal(word(act(id, "decline").json, "state"), "declined");
	struct reply r = act(id, "pay");
	assert_string_equal(word(r.json, "state"), "paid");
	assert_int_equal(strlen(word(r.json, "paid_at")), 20);
	assert_int_equal(act(id, "pay").status, 409);
	assert_string_equal(word(act(id, "dispute").json, "state"), "disputed");
	assert_string_equal(word(act(id, "dispute_won").json, "state"), "paid");
	assert_string_equal(word(act(id, "refund").json, "state"), "refunded");
	assert_int_equal(act(id, "explode").status, 404);
	assert_int_equal(act("co_none", "pay").status, 404);
}

static void gateway_refuses(void **state)
{
	static const char *const wrong[] =
	    {"{\"amount_minor\":0,\"currency\":\"EUR\",\"reference\":\"x\"}",
	        "{\"amount_minor\":1.5,\"currency\":\"EUR\",\"reference\":\"x\"}",
	        "{\"amount_minor\":\"5\",\"currency\":\"EUR\",\"reference\":\"x\"}",
	        "{\"amount_minor\":5,\"currency\":\"ZZZ\",\"reference\":\"x\"}",
	        "{\"amount_minor\":5,\"currency\":\"EUR\"}",
	        "{\"amount_minor\":5,\"currency\":\"EUR\",\"reference\":\"x\",\"return_url\":"
	        "\"javascript:1\"}",
	        "{\"amount_minor\":5,\"currency\":\"EUR\",\"reference\":\"x\",\"hook_url\":\"file:/"
	        "//x\"}"};
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_int_equal(ask("POST", "/gateway/checkouts", wrong[i], NULL).status, 422);
	assert_int_equal(ask("POST", "/gateway/checkouts", "[1", NULL).status, 400);
	assert_int_equal(ask("GET", "/gateway/nothing", NULL, NULL).status, 404);
}

static void gateway_once(void **state)
{
	const char *body = "{\"amount_minor\":500,\"currency\":\"JPY\",\"reference\":\"a\"}";
	struct reply a = ask("POST", "/gateway/checkouts", body, "Idempotency-Key: k1");
	struct reply b = ask("POST", "/gateway/checkouts", body, "Idempotency-Key: k1");
	struct reply c = ask("POST", "/gateway/checkouts", body, "Idempotency-Key: k2");
	assert_string_equal(word(a.json, "id"), word(b.json, "id"));
	assert_string_not_equal(word(a.json, "id"), word(c.json, "id"));
	act(word(a.json, "id"), "pay");
	body = arena_printf(cx->arena, "{\"checkout\":\"%s\",\"amount_minor\":200}",
	    word(a.json, "id"));
	a = ask("POST", "/gateway/refunds", body, "Idempotency-Key: r1");
	b = ask("POST", "/gateway/refunds", body, "Idempotency-Key: r1");
	assert_int_equal(a.status, 201);
	assert_string_equal(word(a.json, "id"), word(b.json, "id"));
	const char *path =
	    arena_printf(cx->arena, "/gateway/checkouts/%s", word(a.json, "checkout"));
	assert_int_equal(number(ask("GET", path, NULL, NULL).json, "refunded_minor"), 200);
	assert_string_equal(word(ask("GET", path, NULL, NULL).json, "state"), "paid");
	const char *more = arena_printf(cx->arena, "{\"checkout\":\"%s\",\"amount_minor\":301}",
	    word(a.json, "checkout"));
	assert_int_equal(ask("POST", "/gateway/refunds", more, NULL).status, 422);
	assert_int_equal(ask("POST", "/gateway/refunds", "{\"checkout\":\"x\"}", NULL).status, 404);
}

static void pay_page(void **state)
{
	const char *id = checkout("");
	const char *path = arena_printf(cx->arena, "/pay/%s", id);
	struct reply r = ask("GET", path, NULL, NULL);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.text, "Pay 12.10 EUR"));
	assert_non_null(strstr(r.text, "inv &lt;7&gt;"));
	assert_non_null(strstr(r.text, "Decline"));
	assert_null(strstr(r.text, "style="));
	assert_int_equal(ask("GET", "/sandbox.css", NULL, NULL).status, 200);
	assert_int_equal(ask("POST", arena_printf(cx->arena, "%s/close", path), "", NULL).status,
	    303);
	assert_string_equal(word(ask("GET", arena_printf(cx->arena, "/gateway/checkouts/%s", id),
	                             NULL, NULL)
	                             .json,
	                        "state"),
	    "open");
	assert_int_equal(ask("POST", arena_printf(cx->arena, "%s/pay", path), "do=pay", NULL)
	                     .status,
	    303);
	assert_int_equal(ask("POST", arena_printf(cx->arena, "%s/decline", path), "", NULL).status,
	    303);
	assert_string_equal(word(ask("GET", arena_printf(cx->arena, "/gateway/checkouts/%s", id),
	                             NULL, NULL)
	                             .json,
	                        "state"),
	    "paid");
	assert_int_equal(ask("POST", arena_printf(cx->arena, "%s/refund", path), "", NULL).status,
	    404);
	assert_null(strstr(ask("GET", path, NULL, NULL).text, "<form"));
	assert_int_equal(ask("GET", "/pay/co_none", NULL, NULL).status, 404);
}

/* Takes one request on the listening socket, answers with the status line, gives back the request.
 */
static char *receive_hook(int listen_fd, const char *status)
{
	static char got[8192];
	size_t len = 0;
	struct pollfd p = {.fd = listen_fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	int fd = accept(listen_fd, NULL, NULL);
	fcntl(fd, F_SETFL, 0);
	memset(got, 0, sizeof got);
	while (len < sizeof got - 1 && !str_ends(got, "}")) {
		ssize_t n = read(fd, got + len, sizeof got - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	send_text(fd, status, strlen(status));
	close(fd);
	return arena_strdup(cx->arena, got);
}

/* The body when its signature is right. */
static const char *checked_body(const char *request)
{
	const char *sign = strstr(request, "Billhook-Signature: t="),
	           *body = strstr(request, "\r\n\r\n") + 4;
	assert_non_null(sign);
	sign += strlen("Billhook-Signature: t=");
	char *at = arena_strndup(cx->arena, sign, strspn(sign, "0123456789"));
	assert_int_equal(strncmp(sign + strlen(at), ",v1=", 4), 0);
	char hex[CRYPTO_SHA256_HEX];
	char *base = arena_printf(cx->arena, "%s.%s", at, body);
	crypto_hmac_sha256(SECRET, strlen(SECRET), base, strlen(base), hex);
	assert_int_equal(strncmp(sign + strlen(at) + 4, hex, 64), 0);
	return body;
}

static json_t *delivery(const char *checkout_id)
{
	json_t *list = ask("GET", "/gateway/hooks", NULL, NULL).json, *one;
	size_t i;
	json_array_foreach(list, i, one)
		if (str_eq(word(one, "checkout"), checkout_id))
			return one;
	return NULL;
}

static void hooks(void **state)
{
	int fd, port;
	assert_int_equal(http_listen(cx, "127.0.0.1:0", &fd, &port), OK);
	const char *id =
	    checkout(arena_printf(cx->arena, ",\"hook_url\":\"http://127.0.0.1:%d/hook\"", port));
	assert_int_equal(act(id, "pay").status, 200);
	const char *first =
	    checked_body(receive_hook(fd, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
	const char *second =
	    checked_body(receive_hook(fd, "HTTP/1.1 204 Yes\r\n\r\n")); /* tried again */
	assert_string_equal(first, second);
	json_t *event = NULL;
	assert_int_equal(json_parse(cx, first, strlen(first), &event), OK);
	assert_string_equal(word(event, "type"), "payment.succeeded");
	assert_string_equal(word(event, "checkout"), id);
	assert_string_equal(word(event, "reference"), "inv <7>");
	assert_string_equal(word(event, "currency"), "EUR");
	assert_int_equal(number(event, "amount_minor"), 1210);
	int64_t until = clock_mono_ms() + PATIENCE_MS;
	while (!str_eq(word(delivery(id), "state"), "delivered") && clock_mono_ms() < until)
		;
	assert_int_equal(number(delivery(id), "tries"), 2);
	const char *resend = arena_printf(cx->arena, "/gateway/hooks/%s/resend", word(event, "id"));
	assert_int_equal(ask("POST", resend, NULL, NULL).status, 202);
	assert_string_equal(checked_body(receive_hook(fd, "HTTP/1.1 200 OK\r\n\r\n")), first);
	assert_int_equal(ask("POST", "/gateway/hooks/evt_none/resend", NULL, NULL).status, 404);
	/* Held back until asked for; a later one may come before it. */
	act(id, "refund?hook=no");
	struct pollfd p = {.fd = fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 100), 0);
	json_t *list = ask("GET", "/gateway/hooks", NULL, NULL).json;
	const json_t *last = json_array_get(list, json_array_size(list) - 1);
	assert_string_equal(word(last, "state"), "held");
	assert_string_equal(word(last, "type"), "payment.refunded");
	ask("POST", arena_printf(cx->arena, "/gateway/hooks/%s/resend", word(last, "id")), NULL,
	    NULL);
	assert_non_null(
	    strstr(checked_body(receive_hook(fd, "HTTP/1.1 200 OK\r\n\r\n")), "payment.refunded"));
	close(fd);
}

static struct reply panel(const char *call, const char *key, const char *more)
{
	const char *path = arena_printf(cx->arena, "/panel/%s", call);
	return ask("POST", path, arena_printf(cx->arena, "{\"key\":\"%s\"%s}", key, more), NULL);
}

#define SITE(domain, user) \
	",\"domain\":\"" domain "\",\"username\":\"" user "\",\"password\":\"pw123456\"," \
	"\"package\":\"small\",\"email\":\"a@b.cc\""

static int site(const char *domain, const char *needle)
{
	struct reply r = ask("GET",
	    arena_printf(cx->arena, "http://%s.localhost:%d/", domain, http_port), NULL, NULL);
	assert_int_equal(r.err, OK);
	assert_non_null(strstr(r.text, needle));
	return r.status;
}

static void panel_life(void **state)
{
	assert_int_equal(site("shop.example", "No site here"), 404);
	assert_int_equal(panel("create", "svc-1", SITE("Shop.Example", "shop")).status, 201);
	assert_string_equal(word(panel("create", "svc-1", SITE("x.example", "x")).json, "error"),
	    "exists");
	assert_int_equal(panel("create", "svc-1", SITE("x.example", "x")).status, 409);
	struct reply r = panel("create", "svc-2", SITE("shop.example", "other"));
	assert_int_equal(r.status, 422);
	assert_string_equal(word(r.json, "error"), "name_taken");
	assert_string_equal(word(panel("create", "svc-2", SITE("y.example", "shop")).json, "error"),
	    "name_taken");
	assert_int_equal(panel("create", "svc-2", SITE("not a name", "z")).status, 422);
	assert_int_equal(panel("create", "", SITE("z.example", "z")).status, 422);
	assert_int_equal(site("shop.example", "shop.example is online"), 200);
	assert_string_equal(word(panel("suspend", "svc-1", ",\"reason\":\"debt\"").json, "reason"),
	    "debt");
	assert_int_equal(site("shop.example", "suspended"), 503);
	assert_string_equal(word(panel("unsuspend", "svc-1", "").json, "state"), "active");
	assert_int_equal(site("SHOP.example", "is online"), 200);
	assert_string_equal(word(panel("change_plan", "svc-1", ",\"package\":\"big\"").json,
	                        "package"),
	    "big");
	assert_int_equal(panel("password", "svc-1", ",\"password\":\"short\"").status, 422);
	r = panel("password", "svc-1", ",\"password\":\"long enough\"");
	assert_int_equal(number(r.json, "password_changes"), 1);
	assert_null(strstr(r.text, "long enough"));
	assert_true(number(panel("usage", "svc-1", "").json, "disk_bytes") > 0);
	r = ask("GET", "/panel/accounts/svc-1", NULL, NULL);
	assert_string_equal(word(r.json, "state"), "active");
	assert_int_equal(json_array_size(ask("GET", "/panel/accounts", NULL, NULL).json), 1);
	assert_int_equal(panel("terminate", "svc-1", "").status, 200);
	assert_int_equal(panel("terminate", "svc-1", "").status, 404);
	assert_int_equal(panel("suspend", "svc-1", "").status, 404);
	assert_int_equal(ask("GET", "/panel/accounts/svc-1", NULL, NULL).status, 404);
	assert_int_equal(site("shop.example", "No site here"), 404);
}

static void panel_sign_in(void **state)
{
	panel("create", "svc-3", SITE("sso.example", "sso"));
	const char *url = word(panel("sso", "svc-3", "").json, "url");
	struct reply r = ask("GET", url, NULL, NULL);
	assert_int_equal(r.status, 200);
	assert_non_null(strstr(r.text, "sso.example"));
	assert_int_equal(ask("GET", url, NULL, NULL).status, 410); /* once */
	assert_int_equal(ask("GET", "/panel/login/guess", NULL, NULL).status, 410);
}

static void panel_wants_the_secret(void **state)
{
	const char *const headers[] = {"Authorization: Bearer wrong", NULL};
	struct http_call c = {.method = "POST",
	    .headers = headers,
	    .body = "{\"key\":\"k\"}",
	    .body_len = 11,
	    .timeout_s = 10,
	    .url = arena_printf(cx->arena, "http://127.0.0.1:%d/panel/suspend", http_port)};
	struct http_answer a;
	assert_int_equal(http_call(cx, &c, &a), OK);
	assert_int_equal(a.status, 401);
	c.headers = NULL;
	assert_int_equal(http_call(cx, &c, &a), OK);
	assert_int_equal(a.status, 401);
}

static void fault(const char *call, const char *kind)
{
	const char *body =
	    arena_printf(cx->arena, "{\"call\":\"%s\",\"fault\":\"%s\",\"times\":1}", call, kind);
	assert_int_equal(ask("POST", "/panel/faults", body, NULL).status, 200);
}

static void panel_faults(void **state)
{
	fault("create", "lose_answer");
	assert_int_equal(panel("create", "svc-f", SITE("f.example", "ff")).err, ERR_REMOTE);
	assert_string_equal(cx->fault.key, "http.no_answer");
	assert_int_equal(ask("GET", "/panel/accounts/svc-f", NULL, NULL).status,
	    200); /* but it was done */
	fault("suspend", "error_500");
	assert_int_equal(panel("suspend", "svc-f", "").status, 500);
	assert_string_equal(word(ask("GET", "/panel/accounts/svc-f", NULL, NULL).json, "state"),
	    "active");
	fault("suspend", "refuse");
	assert_int_equal(panel("suspend", "svc-f", "").status, 422);
	assert_int_equal(panel("suspend", "svc-f", "").status, 200); /* counted down */
	fault("unsuspend", "timeout");
	struct http_answer a;
	const char *const headers[] = {"Authorization: Bearer " SECRET, NULL};
	struct http_call c = {.method = "POST",
	    .headers = headers,
	    .body = "{\"key\":\"svc-f\"}",
	    .body_len = 15,
	    .timeout_s = 1,
	    .url = arena_printf(cx->arena, "http://127.0.0.1:%d/panel/unsuspend", http_port)};
	assert_int_equal(http_call(cx, &c, &a), ERR_REMOTE);
	assert_int_equal(panel("unsuspend", "svc-f", "").status, 200); /* and nobody else waits */
	assert_int_equal(ask("POST", "/panel/faults", "{\"call\":\"x\",\"fault\":\"fire\"}", NULL)
	                     .status,
	    422);
}

static enum smtp_result post(const char *letter)
{
	struct smtp_server s = {.host = "127.0.0.1",
	    .port = smtp_port,
	    .security = "none",
	    .timeout_s = 10};
	enum smtp_result result;
	char *line;
	assert_int_equal(smtp_send(cx, &s, "shop@example.com", "cleo@example.com", letter,
	                     strlen(letter), &result, &line),
	    OK);
	return result;
}

static void mail(void **state)
{
	assert_int_equal(ask("DELETE", "/mail/messages", NULL, NULL).status, 204);
	assert_non_null(strstr(ask("GET", "/mail", NULL, NULL).text, "Nothing yet"));
	assert_int_equal(
	    post("From: shop@example.com\r\nTo: cleo@example.com\r\nSubject: Your <invoice>\r\n"
	         "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
	         "--b\r\nContent-Type: text/plain\r\n\r\n.dots\r\n..more\r\n"
	         "--b\r\nContent-Type: "
	         "text/html\r\n\r\n<p>hello<script>alert(1)</script></p>\r\n--b--\r\n"),
	    SMTP_SENT);
	json_t *list = ask("GET", "/mail/messages", NULL, NULL).json;
	assert_int_equal(json_array_size(list), 1);
	const json_t *l = json_array_get(list, 0);
	assert_string_equal(word(l, "from"), "shop@example.com");
	assert_string_equal(word(l, "to"), "cleo@example.com");
	assert_string_equal(word(l, "subject"), "Your <invoice>");
	assert_non_null(strstr(word(l, "text"), ".dots"));
	assert_non_null(strstr(word(l, "raw"), "\r\n..more\r\n"));
	assert_non_null(strstr(word(l, "html"), "<p>hello"));
	assert_non_null(strstr(ask("GET", "/mail", NULL, NULL).text, "Your &lt;invoice&gt;"));
	const char *page = arena_printf(cx->arena, "/mail/%lld", (long long)number(l, "id"));
	struct reply r = ask("GET", page, NULL, NULL);
	assert_non_null(strstr(r.text, "<iframe"));
	assert_null(strstr(r.text, "<script>"));
	assert_non_null(
	    strstr(ask("GET", arena_printf(cx->arena, "%s/html", page), NULL, NULL).text, "hello"));
	assert_int_equal(ask("GET", "/mail/99999", NULL, NULL).status, 404);
}

static void mail_faults(void **state)
{
	const char *letter = "Subject: x\r\n\r\nx\r\n";
	ask("DELETE", "/mail/messages", NULL, NULL);
	assert_int_equal(ask("POST", "/mail/faults", "{\"code\":451,\"times\":1}", NULL).status,
	    200);
	assert_int_equal(post(letter), SMTP_LATER);
	assert_int_equal(post(letter), SMTP_SENT);
	assert_int_equal(ask("POST", "/mail/faults", "{\"code\":550}", NULL).status, 200);
	assert_int_equal(post(letter), SMTP_REFUSED);
	assert_int_equal(ask("POST", "/mail/faults", "{\"code\":0}", NULL).status, 200);
	assert_int_equal(post(letter), SMTP_UNKNOWN);
	assert_int_equal(json_array_size(ask("GET", "/mail/messages", NULL, NULL).json), 2);
	assert_int_equal(ask("POST", "/mail/faults", "{\"code\":250}", NULL).status, 422);
}

/* Reads until that many reply lines came. */
static char *smtp_lines(int fd, int n)
{
	static char got[4096];
	size_t len = 0;
	while (n > 0 && len < sizeof got - 1 && read(fd, got + len, 1) == 1)
		n -= got[len++] == '\n';
	got[len] = 0;
	return got;
}

static void mail_protocol(void **state)
{
	int fd = dial(smtp_port), other = dial(smtp_port);
	smtp_lines(fd, 1);
	const char *all = "NONSENSE\r\nDATA\r\nRCPT TO:<a@b.cc>\r\nMAIL FROM:a@b.cc\r\n"
	                  "MAIL FROM:<a@b.cc> SIZE=99999999\r\nMAIL FROM:<> SIZE=10\r\nRCPT "
	                  "TO:<nobody>\r\nRCPT TO:<a@b.cc>\r\n"
	                  "rcpt to:<d@e.ff>\r\nRSET\r\nDATA\r\nHELO me\r\nNOOP\r\n";
	send_text(fd, all, strlen(all)); /* pipelined */
	const char *got = smtp_lines(fd, 13);
	static const char *const codes[] = {"500", "503", "503", "501", "552", "250", "501", "250",
	    "250", "250", "503", "250", "250"};
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		assert_int_equal(strncmp(got, codes[i], 3), 0);
		got = strchr(got, '\n') + 1;
	}
	assert_int_equal(strncmp(smtp_lines(other, 1), "220", 3),
	    0); /* another connection is served */
	send_text(other, "QUIT\r\n", 6);
	assert_int_equal(strncmp(smtp_lines(other, 1), "221", 3), 0);
	close(fd);
	close(other);
}

static void home_and_unknown(void **state)
{
	assert_int_equal(ask("GET", "/", NULL, NULL).status, 200);
	assert_int_equal(ask("GET", "/nothing", NULL, NULL).status, 404);
	assert_int_equal(ask("GET", "/mailbox", NULL, NULL).status, 404);
}

static int run(int argc, char **argv)
{
	pid_t pid = fork();
	if (pid == 0) {
		freopen("/dev/null", "w", stderr);
		_exit(sandbox_main(argc, argv));
	}
	int status;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void usage(void **state)
{
	assert_int_equal(run(1, (char *[]){"sandbox"}), 2);
	assert_int_equal(run(3, (char *[]){"sandbox", "--listen", "127.0.0.1:0"}), 2);
	assert_int_equal(run(2, (char *[]){"sandbox", "--listen"}), 2);
	assert_int_equal(run(3, (char *[]){"sandbox", "--port", "1"}), 2);
	assert_int_equal(run(5, (char *[]){"sandbox", "--listen", "nonsense", "--secret", "x"}), 2);
	char *taken = arena_printf(cx->arena, "127.0.0.1:%d", http_port);
	assert_int_equal(run(5, (char *[]){"sandbox", "--listen", taken, "--secret", "x"}), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(gateway_states),
	    cmocka_unit_test(gateway_refuses), cmocka_unit_test(gateway_once),
	    cmocka_unit_test(pay_page), cmocka_unit_test(hooks), cmocka_unit_test(panel_life),
	    cmocka_unit_test(panel_sign_in), cmocka_unit_test(panel_wants_the_secret),
	    cmocka_unit_test(panel_faults), cmocka_unit_test(mail), cmocka_unit_test(mail_faults),
	    cmocka_unit_test(mail_protocol), cmocka_unit_test(home_and_unknown),
	    cmocka_unit_test(usage)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
