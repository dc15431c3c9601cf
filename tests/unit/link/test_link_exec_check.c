/* SPDX-License-Identifier: Apache-2.0 */
/* The conformance talk: a good program passes every check, each kind of bad one fails the right
 * one. */
#include <sys/stat.h>

#include "link/exec_check.h"
#include "unit/link/scene.h"

static char folder[] = "/tmp/billhook-check.XXXXXX";

/* Keeps its accounts as files named by key; every branch below may be spoilt by a test. */
static const char good[] =
    "import json, os, re, sys\n"
    "json.loads(sys.stdin.readline())\n"
    "print(json.dumps({'ready': 1, 'name': 'good', 'abilities': []}), flush=True)\n"
    "base = os.path.dirname(os.path.abspath(sys.argv[0]))\n"
    "def act(q):\n"
    "    a = q['args']; key = q['key']\n"
    "    if not re.fullmatch(r'[a-z0-9-]+', key) or key != a['key']: return 'declined', {}\n"
    "    if not re.fullmatch(r'[a-z0-9][a-z0-9.-]+', a['domain']): return 'declined', {}\n"
    "    if not re.fullmatch(r'[a-z][a-z0-9]+', a['username']): return 'declined', {}\n"
    "    if any(ord(c) < 32 for c in a.get('password', '')): return 'declined', {}\n"
    "    f = base + '/acc-' + key; call = q['call']\n"
    "    if call == 'find':\n"
    "        return 'done', {'state': open(f).read() if os.path.exists(f) else 'absent'}\n"
    "    if call == 'create' and os.path.exists(f): return AGAIN, {}\n"
    "    if call in ('create', 'unsuspend'): open(f, 'w').write('active')\n"
    "    elif call == 'suspend': open(f, 'w').write('suspended')\n"
    "    elif call == 'terminate':\n"
    "        if os.path.exists(f): os.unlink(f)\n"
    "    elif call != 'password': return UNKNOWN, {}\n"
    "    return 'done', {'username': a['username']}\n"
    "for line in sys.stdin:\n"
    "    try: q = json.loads(line)\n"
    "    except ValueError:\n"
    "        GARBAGE\n"
    "    outcome, data = act(q)\n"
    "    print(json.dumps({'id': q['id'], 'outcome': outcome, 'reason': 'r', 'data': data}), "
    "flush=True)\n";

static const char *written(struct cx *cx, const char *again, const char *unknown,
    const char *garbage)
{
	const char *path = arena_printf(cx->arena, "%s/prog", folder);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/usr/bin/python3\nAGAIN = '%s'\nUNKNOWN = '%s'\n", again, unknown);
	const char *at = strstr(good, "GARBAGE");
	fprintf(f, "%.*s%s%s", (int)(at - good), good, garbage, at + strlen("GARBAGE"));
	fclose(f);
	chmod(path, 0755);
	return path;
}

struct heard {
	int passed, failed;
	char first[200]; /* check that failed first */
};

static void hear(void *arg, bool passed, const char *check, const char *why)
{
	struct heard *h = arg;
	h->passed += passed;
	h->failed += !passed;
	if (!passed && h->failed == 1)
		snprintf(h->first, sizeof h->first, "%s", check);
	assert_int_equal(*why == 0, passed);
}

static struct heard check(struct cx *cx, const char *path)
{
	struct heard h = {0};
	bool all = link_exec_check(cx, path, tree(cx, "{\"a\":1}"), hear, &h);
	assert_int_equal(all, h.failed == 0);
	assert_null(cx->fault.key);
	return h;
}

static void passes(void **state)
{
	struct cx *cx = cx_make();
	struct heard h = check(cx, written(cx, "done", "declined", "continue"));
	assert_string_equal(h.first, "");
	assert_int_equal(h.passed, 27);
	/* One that leaves on garbage is started again: fine too. */
	h = check(cx, written(cx, "done", "not_tried", "sys.exit(1)"));
	assert_string_equal(h.first, "");
	cx_drop(cx);
}

static void fails(void **state)
{
	struct cx *cx = cx_make();
	struct heard h = check(cx, written(cx, "declined", "declined", "continue"));
	assert_string_equal(h.first, "create again with the same key is done");
	h = check(cx, written(cx, "done", "done", "continue"));
	assert_string_equal(h.first, "a call it does not know is refused");
	h = check(cx,
	    written(cx, "done", "declined",
	        "print('{\"id\":\"1\",\"outcome\":\"done\"}', flush=True); continue"));
	assert_string_equal(h.first, "a line that is not JSON does no harm");
	h = check(cx, "/bin/true");
	assert_string_equal(h.first, "it gets ready");
	assert_int_equal(h.passed, 0);
	h = check(cx, "/nonexistent/x");
	assert_string_equal(h.first, "it gets ready");
	unlink(written(cx, "", "", ""));
	rmdir(folder);
	cx_drop(cx);
}

int main(void)
{
	const struct CMUnitTest all[] = {cmocka_unit_test(passes), cmocka_unit_test(fails)};
	return mkdtemp(folder) == NULL ? 1 : cmocka_run_group_tests(all, NULL, NULL);
}
