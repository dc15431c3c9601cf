/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what a command was told, from flags, environment and file, by one table. All faults are
 * gathered with the place they stand at, so that a file is repaired in one go. It opens nothing but
 * the file.
 */
#include "app/config.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/day.h"
#include "base/str.h"

#define FILE_BYTES_MAX (64 << 10) /* a config file has some twenty lines */

enum kind { TEXT, NUMBER, FLAG, INSTANT };
enum { GENERAL = 1, IN_FILE = 2 }; /* GENERAL: every command takes it */

struct option {
	const char *name, *value, *help;
	enum kind kind;
	unsigned where;
	size_t offset;
	int64_t min, max, otherwise;
	const char *text; /* default of TEXT */
	const char *const *choices;
};

static const char *const logs[] = {"logfmt", "json", NULL};
static const char *const formats[] = {"hledger", "beancount", "csv", NULL};
static const char *const seeds[] = {"none", "home", "eu", "all", NULL};
static const char *const levels[] = {"debug", "info", "warn", "error", NULL};

#define AT(member) .offset = offsetof(struct config, member)
static const struct option options[] = {
    {"db", "URL", "sqlite:PATH or postgresql://user@host/name", TEXT, GENERAL | IN_FILE, AT(db)},
    {"config", "FILE", "config file (default " CONFIG_FILE ")", TEXT, GENERAL, AT(config)},
    {"key_file", "FILE", "the link processes' key (default: beside the database)", TEXT,
        GENERAL | IN_FILE, AT(key_file)},
    {"log", "FORMAT", "logfmt or json (default logfmt)", TEXT, GENERAL | IN_FILE, AT(log),
        .text = "logfmt", .choices = logs},
    {"log_level", "LEVEL", "debug, info, warn or error (default info)", TEXT, GENERAL | IN_FILE,
        AT(log_level), .text = "info", .choices = levels},
    {"user", "NAME", "give up root and run as this unix user", TEXT, GENERAL | IN_FILE, AT(user)},
    {"now", "INSTANT", "pretend it is this time, e.g. 2027-01-31T10:00:00Z", INSTANT, GENERAL,
        AT(now)},
    {"help", NULL, "show this", FLAG, GENERAL, AT(help)},
    {"listen", "ADDR", "address and port (default 127.0.0.1:8080)", TEXT, IN_FILE, AT(listen),
        .text = "127.0.0.1:8080"},
    {"workers", "N", "web processes (default 2)", NUMBER, IN_FILE, AT(workers), 1, 64, 2},
    {"jobs", "N", "job processes; 0 on a node that only serves (default 1)", NUMBER, IN_FILE,
        AT(jobs), 0, 16, 1},
    {"links", "N", "processes that talk to providers (default 3)", NUMBER, IN_FILE, AT(links), 1,
        32, 3},
    {"theme", "FOLDER", "files here replace built-in templates and assets", TEXT, IN_FILE,
        AT(theme)},
    {"exec_folders", "FOLDERS",
        "panel programs run from within these, split by : (default: the shipped exec)", TEXT,
        IN_FILE, AT(exec_folders)},
    {"trust_proxy", NULL, "believe X-Forwarded-For of a proxy on this machine", FLAG, IN_FILE,
        AT(trust_proxy)},
    {"test_mode", NULL, "allow tests to set the clock; never on a real installation", FLAG, IN_FILE,
        AT(test_mode)},
    {"sandbox_url", "URL", "where billhook sandbox listens: enables its gateway and panel", TEXT,
        IN_FILE, AT(sandbox_url)},
    {"sandbox", "URL", "the same", TEXT, 0, AT(sandbox_url)},
    {"sandbox_secret", "S", "the sandbox's --secret (default sandbox)", TEXT, IN_FILE,
        AT(sandbox_secret), .text = "sandbox"},
    {"sandbox_smtp", "ADDR", "the sandbox's --smtp: letters go there", TEXT, IN_FILE,
        AT(sandbox_smtp)},
    {"admin_email", "E", "the first staff user", TEXT, 0, AT(admin_email)},
    {"admin_password_file", "F", "its first line is the password; - reads standard input", TEXT, 0,
        AT(admin_password_file)},
    {"admin_name", "NAME", "the first staff user's name", TEXT, 0, AT(admin_name),
        .text = "Administrator"},
    {"tax_rate_seed", "WHERE", "none, home, eu or all: shipped tax rates to load (default none)",
        TEXT, 0, AT(tax_rate_seed), .text = "none", .choices = seeds},
    {"only", "TASK,...", "only these tasks", TEXT, 0, AT(only)},
    {"dry_run", NULL, "say what would be done, write nothing", FLAG, 0, AT(dry_run)},
    {"json", NULL, "answer in JSON", FLAG, 0, AT(json)},
    {"staff", "EMAIL", "whose token", TEXT, 0, AT(staff)},
    {"scope", "S,...", "permissions of the token (default *: all of its owner's)", TEXT, 0,
        AT(scope), .text = "*"},
    {"name", "TEXT", "what the token is for", TEXT, 0, AT(name), .text = "command line"},
    {"days", "N", "valid for so many days (default 365)", NUMBER, 0, AT(days), 1, 3650, 365},
    {"clients", "N", "so many made-up clients, for measuring", NUMBER, 0, AT(clients), 0, 1000000,
        0},
    {"from", "DAY", "from this day on, e.g. 2027-01-31", TEXT, 0, AT(from)},
    {"until", "DAY", "up to and with this day", TEXT, 0, AT(until)},
    {"on", "DAY", "as it stood at the end of this day", TEXT, 0, AT(on)},
    {"format", "FORMAT", "hledger, beancount or csv (default hledger)", TEXT, 0, AT(format),
        .text = "hledger", .choices = formats},
    {"client", "ID", "which client", NUMBER, 0, AT(client), 0, INT64_MAX, 0},
    {"settings", "JSON", "settings given to the program", TEXT, 0, AT(settings), .text = "{}"},
};
#define OPTIONS_N (sizeof options / sizeof options[0])

struct reading {
	struct cx *cx;
	const struct config_input *in;
	struct config *out;
	bool set[OPTIONS_N]; /* by a stronger source */
	bool faulty;
};

/* "log-level" and "LOG_LEVEL" are written log_level in the table. */
static bool same_name(const char *name, const char *written, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = written[i] == '-' ? '_' : (char)tolower((unsigned char)written[i]);
		if (name[i] == 0 || c != name[i])
			return false;
	}
	return name[len] == 0;
}

static int find(const char *written, size_t len)
{
	for (size_t i = 0; i < OPTIONS_N; i++)
		if (same_name(options[i].name, written, len))
			return (int)i;
	return -1;
}

#define WRONG(r, where, ...) \
	((r)->faulty = true, (void)fail_field((r)->cx, (where), "config.invalid", __VA_ARGS__))

static void put_text(struct reading *r, const struct option *o, const char *where, const char *text)
{
	const char *const *c = o->choices;
	while (c != NULL && *c != NULL && !str_eq(*c, text))
		c++;
	if (c != NULL && *c == NULL)
		WRONG(r, where, "%s must be %s, not \"%s\"", o->name, o->help, text);
	else
		*(const char **)(void *)((char *)r->out + o->offset) = text;
}

static void put_number(struct reading *r, const struct option *o, const char *where,
    const char *text)
{
	int64_t n;
	if (!str_int(text, &n) || n < o->min || n > o->max)
		WRONG(r, where, "%s must be a number from %lld to %lld, not \"%s\"", o->name,
		    (long long)o->min, (long long)o->max, text);
	else
		*(int64_t *)(void *)((char *)r->out + o->offset) = n;
}

static void put_flag(struct reading *r, const struct option *o, const char *where, const char *text)
{
	static const char *const words[][2] = {{"1", "0"}, {"true", "false"}, {"yes", "no"},
	    {"on", "off"}};
	bool *to = (bool *)((char *)r->out + o->offset);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (str_eq(text, words[i][0]) || str_eq(text, words[i][1])) {
			*to = str_eq(text, words[i][0]);
			return;
		}
	}
	WRONG(r, where, "%s must be yes or no, not \"%s\"", o->name, text);
}

static void put(struct reading *r, int i, const char *where, const char *text)
{
	const struct option *o = &options[i];
	if (r->set[i])
		return;
	if (o->kind == TEXT) {
		put_text(r, o, where, text);
	} else if (o->kind == NUMBER) {
		put_number(r, o, where, text);
	} else if (o->kind == FLAG) {
		put_flag(r, o, where, text);
	} else if (!instant_parse(text, (int64_t *)(void *)((char *)r->out + o->offset))) {
		WRONG(r, where, "%s must be an instant like 2027-01-31T10:00:00Z, not \"%s\"",
		    o->name, text);
	}
}

/* ---- flags ---- */

static bool is_taken(const struct config_input *in, const struct option *o)
{
	for (size_t i = 0; in->flags != NULL && in->flags[i] != NULL; i++)
		if (str_eq(in->flags[i], o->name))
			return true;
	return (o->where & GENERAL) != 0;
}

static char *dashed(struct arena *a, const char *name)
{
	char *s = arena_printf(a, "--%s", name);
	for (char *p = s; *p != 0; p++)
		*p = *p == '_' ? '-' : *p;
	return s;
}

/* One flag at argv[at]; returns how many words it took. */
static int read_flag(struct reading *r, int at)
{
	const char *word = r->in->argv[at] + 2, *equals = strchr(word, '=');
	size_t len = equals == NULL ? strlen(word) : (size_t)(equals - word);
	int i = find(word, len);
	if (i < 0 || !is_taken(r->in, &options[i])) {
		WRONG(r, r->in->argv[at], "there is no such flag here");
		return 1;
	}
	const char *where = dashed(r->cx->arena, options[i].name);
	bool next = equals == NULL && options[i].kind != FLAG;
	if (next && at + 1 >= r->in->argc) {
		WRONG(r, where, "a value is missing behind it");
		return 1;
	}
	put(r, i, where, equals != NULL ? equals + 1 : next ? r->in->argv[at + 1] : "1");
	r->set[i] = true;
	return next ? 2 : 1;
}

static void read_flags(struct reading *r)
{
	for (int at = 0; at < r->in->argc;) {
		const char *word = r->in->argv[at];
		if (str_eq(word, "-h")) {
			r->out->help = true;
			at++;
		} else if (str_starts(word, "--")) {
			at += read_flag(r, at);
		} else if (r->out->words_n < r->in->words_max) {
			r->out->words[r->out->words_n++] = word;
			at++;
		} else {
			WRONG(r, word, "this word is too many");
			at++;
		}
	}
}

/* ---- environment ---- */

#define ENV_PREFIX "BILLHOOK_"

/* Names we do not know are left alone: tests and packages use the prefix too. An empty value is no
 * value. */
static void read_env(struct reading *r)
{
	for (char **e = r->in->env; e != NULL && *e != NULL; e++) {
		const char *equals = strchr(*e, '=');
		if (!str_starts(*e, ENV_PREFIX) || equals == NULL || equals[1] == 0)
			continue;
		const char *name = *e + strlen(ENV_PREFIX);
		int i = find(name, (size_t)(equals - name));
		if (i < 0 ||
		    (!(options[i].where & IN_FILE) && options[i].kind != INSTANT &&
		        !str_eq(options[i].name, "config")))
			continue;
		put(r, i, arena_strndup(r->cx->arena, *e, (size_t)(equals - *e)), equals + 1);
		r->set[i] = true;
	}
}

/* ---- file ---- */

/* NULL with a fault, or without one when an unnamed file is not there. */
static char *read_bytes(struct reading *r, const char *path, bool named)
{
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		if (named || errno != ENOENT)
			WRONG(r, path, "the config file cannot be read: %s", strerror(errno));
		return NULL;
	}
	char *bytes = arena_alloc(r->cx->arena, FILE_BYTES_MAX + 1);
	size_t len = fread(bytes, 1, FILE_BYTES_MAX + 1, f);
	bool bad = ferror(f) != 0 || len > FILE_BYTES_MAX || !str_utf8(bytes, len);
	fclose(f);
	if (bad) {
		WRONG(r, path, "the config file is no text of at most %d bytes", FILE_BYTES_MAX);
		return NULL;
	}
	bytes[len] = 0;
	return bytes;
}

static void read_line(struct reading *r, const char *where, const char *line, bool *seen)
{
	const char *equals = strchr(line, '=');
	if (*line == 0 || *line == '#' || *line == ';' || str_eq(line, "[billhook]"))
		return;
	if (*line == '[' || equals == NULL) {
		WRONG(r, where, "this line is not \"name = value\"");
		return;
	}
	const char *name =
	    str_trim(r->cx->arena, arena_strndup(r->cx->arena, line, (size_t)(equals - line)));
	int i = find(name, strlen(name));
	if (i < 0 || !(options[i].where & IN_FILE)) {
		WRONG(r, where, "there is no setting \"%s\"", name);
		return;
	}
	if (seen[i]) {
		WRONG(r, where, "\"%s\" is set twice", name);
		return;
	}
	seen[i] = true;
	put(r, i, where, str_trim(r->cx->arena, equals + 1));
}

static void read_file(struct reading *r)
{
	bool named = !str_empty(r->out->config), seen[OPTIONS_N] = {false};
	const char *path = named ? r->out->config : r->in->default_file;
	char *bytes = path == NULL ? NULL : read_bytes(r, path, named);
	size_t n = 0;
	char **lines = bytes == NULL ? NULL : str_split(r->cx->arena, bytes, '\n', &n);
	for (size_t i = 0; i < n; i++)
		read_line(r, arena_printf(r->cx->arena, "%s:%zu", path, i + 1),
		    str_trim(r->cx->arena, lines[i]), seen);
}

/* ---- the whole ---- */

static void set_defaults(struct config *c)
{
	for (size_t i = 0; i < OPTIONS_N; i++) {
		char *at = (char *)c + options[i].offset;
		if (options[i].kind == TEXT && options[i].text != NULL)
			*(const char **)(void *)at = options[i].text;
		else if (options[i].kind == NUMBER)
			*(int64_t *)(void *)at = options[i].otherwise;
	}
}

static bool is_address(const char *s)
{
	const char *colon = strrchr(s, ':');
	int64_t port;
	return colon != NULL && colon != s && str_int(colon + 1, &port) && port >= 0 &&
	    port <= 65535;
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The folder exec that comes with the program: beside its own, or where packages keep such. */
static const char *shipped_exec(struct arena *a)
{
	static const char *const places[] = {"../share/billhook/exec", "../exec"};
	char own[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
	own[n < 0 ? 0 : n] = 0;
	char *slash = strrchr(own, '/');
	for (size_t i = 0; slash != NULL && i < sizeof places / sizeof places[0]; i++) {
		const char *path = arena_printf(a, "%.*s/%s", (int)(slash - own), own, places[i]);
		char *real = realpath(path, NULL);
		const char *kept = real == NULL ? NULL : arena_strdup(a, real);
		free(real);
		if (kept != NULL)
			return kept;
	}
	return "";
}

static void check_folders(struct reading *r, const char *folders)
{
	size_t n;
	char **all = str_split(r->cx->arena, folders, ':', &n);
	for (size_t i = 0; i < n; i++)
		if (all[i][0] != '/' || !is_folder(all[i]))
			WRONG(r, "exec_folders", "\"%s\" is not the absolute path of a folder",
			    all[i]);
}

/* What one option alone cannot tell. */
static void check_whole(struct reading *r)
{
	struct config *c = r->out;
	if (c->db != NULL && !str_starts(c->db, "sqlite:") && !str_starts(c->db, "postgresql://") &&
	    !str_starts(c->db, "postgres://"))
		WRONG(r, "db", "the database is sqlite:PATH or postgresql://…, not \"%s\"", c->db);
	if (!is_address(c->listen))
		WRONG(r, "listen", "\"%s\" is not an address with a port, like 127.0.0.1:8080",
		    c->listen);
	if (c->sandbox_smtp != NULL && !is_address(c->sandbox_smtp))
		WRONG(r, "sandbox_smtp", "\"%s\" is not an address with a port", c->sandbox_smtp);
	if (c->theme != NULL && !is_folder(c->theme))
		WRONG(r, "theme", "\"%s\" is not a folder", c->theme);
	if (c->exec_folders != NULL)
		check_folders(r, c->exec_folders);
	else
		c->exec_folders = shipped_exec(r->cx->arena);
}

enum err config_load(struct cx *cx, const struct config_input *in, struct config *ret)
{
	struct config c = {0};
	struct reading r = {.cx = cx, .in = in, .out = &c};
	set_defaults(&c);
	read_flags(&r);
	read_env(&r);
	if (!c.help)
		read_file(&r);
	if (!r.faulty && !c.help)
		check_whole(&r);
	if (r.faulty)
		return ERR_INVALID;
	*ret = c;
	return OK;
}

enum log_level config_log_level(const struct config *c)
{
	for (int i = 0; levels[i] != NULL; i++)
		if (str_eq(levels[i], c->log_level))
			return (enum log_level)i;
	return LOG_INFO;
}

static void help_line(struct buf *b, const struct option *o)
{
	const char *flag = dashed(b->a, o->name);
	const char *left = o->value == NULL ? flag : arena_printf(b->a, "%s %s", flag, o->value);
	buf_printf(b, "  %-26s %s\n", left, o->help);
}

char *config_help(struct arena *a, const char *const *flags)
{
	const struct config_input in = {.flags = flags};
	struct buf b;
	buf_init(&b, a);
	for (unsigned general = 0; general < 2; general++)
		for (size_t i = 0; i < OPTIONS_N; i++)
			if ((options[i].where & GENERAL) == general && is_taken(&in, &options[i]))
				help_line(&b, &options[i]);
	return arena_strdup(a, buf_text(&b));
}
