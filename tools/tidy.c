/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The style as a test: layers, names, sizes, banned calls, where SQL and third-party headers may
 * stand. Reads text, not syntax: comments and strings are blanked first, which is enough for code
 * that clang-format has seen. What the compiler or clang-tidy can see is theirs. Exceptions stand
 * in
 * tools/allow.txt, which may only shrink: an entry that is not needed is an error too.
 * usage: tidy ROOT [PATH...]    (paths relative to ROOT: only these, without the look for unused
 * entries)
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tidy.h"

#define FILE_LINES 600
#define LINE_COLUMNS 100
#define TAB 8
#define STATEMENTS_BY_ENGINE 5

static const char *const layers[] = {"base", "fmt", "db", "net", "core", "link", "flow", "web",
    "app"};

/* A core module may include the ones before it; its functions start with one of its words. */
static const struct module {
	const char *name, *words, *tables;
} modules[] = {
    {"job", "job task run", "job task run run_item"},
    {"event", "event", "event"},
    {"setting", "setting", "setting"},
    {"staff", "staff role permission password", "staff role"},
    {"client", "client contact", "client client_group client_way contact"},
    {"access", "access session token throttle replay one_time",
        "session api_token one_time throttle replay"},
    {"rate", "rate", "rate"},
    {"catalog", "catalog plan price", "plan_group plan plan_addon price"},
    {"option", "option", "plan_option plan_option_plan plan_option_choice plan_option_price"},
    {"bundle", "bundle", "bundle bundle_plan"},
    {"coupon", "coupon discount", "coupon coupon_use"},
    {"tax", "tax", "tax_rate tax_seed tax_evidence"},
    {"ledger", "ledger", "transfer"},
    {"invoice", "invoice series credit_note", "series invoice invoice_item"},
    {"billable", "billable", "billable billable_bill"},
    {"payment", "payment attempt gateway hook outcome refund dispute approval funds subscription",
        "gateway payment payment_share attempt attempt_invoice hook refund dispute approval"
        " subscription"},
    {"service", "service action server panel change reprice",
        "service service_option service_change reprice reprice_item action server"},
    {"meter", "meter reading", "meter meter_tier meter_bill reading"},
    {"order", "order cart", "order_head order_item"},
    {"quote", "quote", "quote quote_item quote_option"},
    {"dunning", "dunning", "dunning_step dunning_done"},
    {"notice", "notice letter news", "letter letter_template news"},
    {"report", "report", ""},
};

/* Beside the words of its path, what a file below a folder may call its functions. */
static const struct {
	const char *path, *words;
} more_words[] = {
    {"src/base/cx.c", "fail actor"},
    {"src/base/str.c", "buf"},
    {"src/base/day.c", "cycle instant"},
    {"src/base/zone.c", "day instant money"},
    {"src/base/people.c", "day instant money"},
    {"src/base/money.c", "currency"},
    {"src/fmt/form.c", "json"},
    {"src/core/row.c", "arg json"},
    {"src/db/", "row"},
    {"src/web/", "page admin shop cart auth area api link"},
    {"src/flow/sweeps.c", "change funds overdue cancel quote server tidy watch"},
    {"src/flow/collect.c", "reconcile"},
    {"src/app/", "command demo"},
    {"src/web/wait.c", "waiting"},
};

/* What a folder may not include although the order would let it. */
static const struct {
	const char *folder, *header, *except, *why;
} strangers[] = {
    {"src/core/", "net/", NULL, "core knows no sockets: link and flow call the world"},
    {"src/core/", "fmt/tmpl", "src/core/notice/", "core knows no pages: fill a tree in view.c"},
    {"src/link/", "db/", NULL, "providers know no database: the caller stores what they answer"},
    {"src/flow/", "net/http", NULL, "flow knows no HTTP"},
};

/* One file wraps a library; a path that ends in / or _ stands for all that start so. */
static const struct {
	const char *header, *where;
} libraries[] = {
    {"sqlite3.h", "src/db/sqlite.c"},
    {"libpq-fe.h", "src/db/pg.c"},
    {"microhttpd.h", "src/net/http_server.c"},
    {"curl/", "src/net/http_client.c src/net/smtp.c"},
    {"sodium", "src/base/crypto.c"},
    {"unicode/", "src/base/zone.c src/base/people.c"},
    {"gmime/", "src/fmt/mime.c"},
    {"cairo", "src/fmt/pdf"},
    {"pango/", "src/fmt/pdf"},
    {"idn2.h", "src/fmt/host.c"},
    {"libpsl.h", "src/fmt/host.c"},
    {"zlib.h", "src/net/http_pack.c"},
    {"libxml/", "src/fmt/ecb.c"},
    {"openssl/", "src/base/crypto"},
};

static const struct {
	const char *name, *instead, *where; /* where it is allowed all the same */
	bool call;
} banned[] = {
    {"strcpy", "str_copy() or arena_strdup()", "", true},
    {"strcat", "buf_puts()", "", true},
    {"sprintf", "arena_printf() or snprintf()", "", true},
    {"vsprintf", "vsnprintf()", "", true},
    {"gets", "getline()", "", true},
    {"strtok", "str_split()", "", true},
    {"atoi", "str_int()", "", true},
    {"atol", "str_int()", "", true},
    {"system", "exec_start()", "", true},
    {"popen", "exec_start()", "", true},
    {"rand", "crypto_below()", "", true},
    {"random", "crypto_below()", "", true},
    {"time", "cx->now, or clock_now() at the edge", "", true},
    {"localtime", "zone_day()", "", true},
    {"gmtime", "day_split()", "", true},
    {"clock_gettime", "clock_now() or clock_mono_ms()", "src/base/clock.c", true},
    {"gettimeofday", "clock_now()", "", true},
    {"malloc", "arena_alloc()", "src/base/ src/db/ src/net/ src/app/ tools/ tests/ bench/", true},
    {"calloc", "arena_alloc()", "src/base/ src/db/ src/net/ src/app/ tools/ tests/ bench/", true},
    {"realloc", "struct buf or arena_alloc()",
        "src/base/ src/db/ src/net/ src/app/ tools/ tests/ bench/", true},
    {"strdup", "arena_strdup()", "src/base/ src/db/ src/net/ src/app/ tools/ tests/ bench/", true},
    {"free", "the arena, or json_keep()",
        "src/base/ src/db/ src/net/ src/app/ tools/ tests/ bench/", true},
    {"goto", "TRY() or a function of its own", "src/db/ src/net/", false},
    {"double", "int64_t minor units or ppm",
        "src/base/ src/fmt/ src/db/ src/net/ src/link/ src/flow/ src/web/ src/app/ tools/ tests/"
        " bench/",
        false},
    {"float", "int64_t minor units or ppm",
        "src/base/ src/fmt/ src/db/ src/net/ src/link/ src/flow/ src/web/ src/app/ tools/ tests/"
        " bench/",
        false},
};

/* ---- rules on whole files and lines ---- */

static void check_opening(const struct file *f)
{
	static const char spdx[] = "/* SPDX-License-Identifier: Apache-2.0 */\n";
	if (!starts(f->raw, spdx))
		report(f->path, 1, "opening", "the first line is the SPDX line");
	else if (f->is_c && f->in_src && !starts(f->raw + sizeof spdx - 1, "/*"))
		report(f->path, 2, "opening",
		    "a comment says what the file is for and what it is not");
}

static int columns(const char *line, size_t len)
{
	int n = 0;
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\t')
			n += TAB - n % TAB;
		else
			n += ((unsigned char)line[i] & 0xc0) != 0x80;
	}
	return n;
}

static void check_lines(const struct file *f)
{
	static const char *const notes[] = {"FIX"
	                                    "ME",
	    "TO"
	    "DO"};
	int line = 0, first = 0;
	bool table = false; /* laid out by hand: as wide as it must be */
	long over = 0;
	for (const char *p = f->raw; *p != 0; p += strcspn(p, "\n"), p += *p == '\n') {
		size_t len = strcspn(p, "\n");
		line++;
		table =
		    (table || starts(p, "/* clang-format off")) && !starts(p, "/* clang-format on");
		if (!table && columns(p, len) > LINE_COLUMNS) {
			over++;
			first = first == 0 ? line : first;
		}
		for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
			const char *w = strstr(p, notes[i]);
			if (w != NULL && w < p + len && !is_word(w[strlen(notes[i])]) &&
			    (w == p || !is_word(w[-1])))
				report(f->path, line, "todo",
				    "do it now, or write it down elsewhere");
		}
	}
	if (over > 0 && !allowed("line", f->path, "*", over))
		report(f->path, first, "line",
		    "%ld lines are longer than %d columns, this is the first", over, LINE_COLUMNS);
	if (line > FILE_LINES && !allowed("file", f->path, "*", line))
		report(f->path, 1, "file", "%d lines, at most %d: split it by subject", line,
		    FILE_LINES);
}

/* ---- includes ---- */

static int layer_of(const char *path)
{
	for (int i = 0; i < (int)ARRAY_SIZE(layers); i++) {
		size_t n = strlen(layers[i]);
		if (starts(path, layers[i]) && path[n] == '/')
			return i;
	}
	return -1;
}

static int module_of(const char *path)
{
	for (int i = 0; starts(path, "core/") && i < (int)ARRAY_SIZE(modules); i++) {
		size_t n = strlen(modules[i].name);
		if (starts(path + 5, modules[i].name) && path[5 + n] == '/')
			return i;
	}
	return -1;
}

/* own.h, *_own.h, store*.h and driver.h are for their folder only, and for the folders below it. */
static bool is_private(const char *header)
{
	const char *name = strrchr(header, '/');
	name = name == NULL ? header : name + 1;
	return same(name, "own.h") || ends(name, "_own.h") || starts(name, "store") ||
	    same(name, "driver.h");
}

/* Is the file in the header's folder or below it? */
static bool within(const char *file, const char *header)
{
	return strncmp(file, header, (size_t)(strrchr(header, '/') - header) + 1) == 0;
}

static void check_own_include(const struct file *f, const char *header, int line)
{
	const char *own = f->path + strlen("src/");
	int from = layer_of(own), to = layer_of(header), module = module_of(own),
	    other = module_of(header);
	if (to < 0)
		report(f->path, line, "include", "\"%s\": give the full path from src/", header);
	else if (to > from)
		report(f->path, line, "layer", "%s may not include %s: includes run downward only",
		    layers[from], layers[to]);
	else if (other < 0 && starts(header, "core/") && strchr(header + 5, '/') != NULL)
		report(f->path, line, "module", "\"%s\" is of no module that tools/tidy.c knows",
		    header);
	else if (starts(own, "core/") && module < 0 && other >= 0)
		report(f->path, line, "module", "what all modules share may include none of them");
	else if (other > module && module >= 0 && !allowed("module", f->path, header, -1))
		report(f->path, line, "module", "%s comes before %s: let the later one ask",
		    modules[module].name, modules[other].name);
	else if (is_private(header) && !within(own, header))
		report(f->path, line, "private", "\"%s\" is for its folder only", header);
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		bool here =
		    starts(f->path, strangers[i].folder) && starts(header, strangers[i].header);
		bool except = strangers[i].except != NULL && starts(f->path, strangers[i].except);
		if (here && !except && !allowed("stranger", f->path, header, -1))
			report(f->path, line, "stranger", "\"%s\": %s", header, strangers[i].why);
	}
}

static void check_library(const struct file *f, const char *header, int line)
{
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (starts(header, libraries[i].header) &&
		    !any(libraries[i].where, begins_path, f->path))
			report(f->path, line, "library", "<%s> belongs to %s", header,
			    libraries[i].where);
}

static void check_includes(const struct file *f)
{
	int line = 0;
	for (const char *p = f->raw; *p != 0; p += strcspn(p, "\n"), p += *p == '\n') {
		char kind, header[PATH_SIZE];
		line++;
		if (sscanf(p, "# include %c%511[^>\"\n]", &kind, header) != 2)
			continue;
		if (kind == '<')
			check_library(f, header, line);
		else
			check_own_include(f, header, line);
	}
}

/* ---- calls ---- */

/* Jansson's text is malloc's: whoever asked for it a few lines before must free it. */
static bool frees_json(const struct file *f, const char *at, const char *name)
{
	const char *p = at - f->code > 1500 ? at - 1500 : f->code;
	p = strstr(p, "json_dumps");
	return same(name, "free") && p != NULL && p < at;
}

static void check_banned(const struct file *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(banned); i++) {
		size_t n = strlen(banned[i].name);
		if (any(banned[i].where, begins_path, f->path))
			continue;
		for (const char *p = f->code; (p = strstr(p, banned[i].name)) != NULL; p += n) {
			char before = p == f->code ? ' ' : p[-1];
			const char *after = p + n + strspn(p + n, " \t");
			if (is_word(before) || before == '.' || before == '>' || is_word(p[n]) ||
			    frees_json(f, p, banned[i].name))
				continue;
			if ((!banned[i].call || *after == '(') &&
			    !allowed("banned", f->path, banned[i].name, -1))
				report(f->path, line_at(f, p), "banned", "%s: use %s",
				    banned[i].name, banned[i].instead);
		}
	}
}

/* ---- names ---- */

/* "invoice" or "invoices" opens invoice_issue, invoices_show and invoice. */
static bool opens_name(const char *word, const char *name)
{
	if (!starts(name, word))
		return false;
	name += strlen(word);
	name += *name == 's';
	return *name == '_' || *name == 0;
}

/* Folders and the parts of the file's stem. */
static void path_words(const char *path, char *ret, size_t size)
{
	snprintf(ret, size, "%s", path + strlen("src/"));
	for (char *p = ret; *p != 0; p++)
		if (*p == '/' || *p == '_' || *p == '.')
			*p = ' ';
}

static void check_name(const struct file *f, const struct function *fn)
{
	char words[PATH_SIZE];
	if (!f->in_src || !f->is_c || fn->is_static || same(fn->name, "main"))
		return;
	int module = module_of(f->path + strlen("src/"));
	if (module >= 0) {
		snprintf(words, sizeof words, "%s", modules[module].words);
	} else {
		path_words(f->path, words, sizeof words);
		for (size_t i = 0; i < ARRAY_SIZE(more_words); i++)
			if (starts(f->path, more_words[i].path))
				snprintf(words + strlen(words), sizeof words - strlen(words), " %s",
				    more_words[i].words);
	}
	if (!any(words, opens_name, fn->name) && !allowed("prefix", f->path, fn->name, -1))
		report(f->path, line_at(f, fn->start), "prefix",
		    "%s: an exported name opens with one of: %s", fn->name, words);
}

/* ---- SQL ---- */

static int by_engine;

/* The texts of a declaration from p to its closing parenthesis, joined, in lower case. */
static void read_sql(const struct file *f, const char *p, char *ret, size_t size)
{
	size_t n = 0;
	int depth = 0;
	for (; *p != 0 && (depth != 1 || *p != ')'); p++) {
		depth += (*p == '(') - (*p == ')');
		if (*p != '"')
			continue;
		const char *end = strchr(p + 1, '"');
		for (end = end == NULL ? p : end; p + 1 < end && n + 2 < size; p++)
			ret[n++] = (char)tolower((unsigned char)f->raw[p + 1 - f->code]);
		ret[n++] = ' ';
		p = end;
		if (n + 2 >= size)
			break;
	}
	ret[n] = 0;
}

/* A word after FROM and the like that is another module's table. */
static void check_table(const struct file *f, const char *table, int line)
{
	int module = module_of(f->path + strlen("src/"));
	if (strstr(f->path, "audit") != NULL || starts(f->path, "src/core/report/"))
		/* an audit proves that the modules agree; a report reads what all of them wrote */
		return;
	for (int m = 0; m < (int)ARRAY_SIZE(modules); m++)
		if (m != module && any(modules[m].tables, same, table) &&
		    !allowed("table", f->path, table, -1))
			report(f->path, line, "table", "%s belongs to core/%s: call its verb",
			    table, modules[m].name);
}

static void check_tables(const struct file *f, const char *sql, int line)
{
	static const char *const before[] = {" from ", " join ", " into ", " update "};
	for (size_t i = 0; starts(f->path, "src/core/") && i < ARRAY_SIZE(before); i++) {
		size_t n = strlen(before[i]);
		char table[64];
		for (const char *p = sql; (p = strstr(p, before[i])) != NULL; p += n)
			if (sscanf(p + n, "%63[a-z_]", table) == 1)
				check_table(f, table, line);
	}
}

static void check_statement(const struct file *f, const char *at)
{
	static char sql[16384];
	int line = line_at(f, at);
	const char *name = strrchr(f->path, '/') + 1;
	sql[0] = ' ';
	read_sql(f, at, sql + 1, sizeof sql - 1);
	if (!starts(name, "store") && !starts(f->path, "src/db/"))
		report(f->path, line, "sql", "SQL stands in store.c only");
	if (starts(at, "DB_STMT2") && ++by_engine > STATEMENTS_BY_ENGINE)
		report(f->path, line, "sql", "more than %d statements differ by engine",
		    STATEMENTS_BY_ENGINE);
	const char *set = strstr(sql, " set ");
	const char *where = set == NULL ? NULL : strstr(set, " where ");
	bool sets = false;
	for (const char *p = set;
	     p != NULL && (p = strstr(p, "state = ")) != NULL && (where == NULL || p < where); p++)
		sets = sets || p[-1] == ' ';
	if (sets && (where == NULL || strstr(where, "state") == NULL))
		report(f->path, line, "state",
		    "SET state needs the old state in its WHERE: a lost race must be CONFLICT");
	check_tables(f, sql, line);
}

static void check_sql(const struct file *f)
{
	static const char *const words[] = {"DB_STMT(", "DB_STMT2(", "DB_BATCH("};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (const char *p = f->code; (p = strstr(p, words[i])) != NULL; p++) {
			const char *start = p;
			while (start > f->code && start[-1] != '\n')
				start--;
			if (*start != '#' && (p == f->code || !is_word(p[-1])))
				check_statement(f, p);
		}
	}
}

/* ---- the tree ---- */

static void check_file(const char *path)
{
	struct file f = {.path = path, .is_c = ends(path, ".c"), .in_src = starts(path, "src/")};
	f.raw = slurp(path);
	f.code = f.raw == NULL ? NULL : blanked(f.raw);
	if (f.code == NULL) {
		report(path, 1, "file", "cannot be read");
		return;
	}
	check_opening(&f);
	check_lines(&f);
	check_banned(&f);
	check_functions(&f, check_name);
	if (f.in_src) {
		check_includes(&f);
		check_sql(&f);
	}
	free(f.raw);
	free(f.code);
}

static bool is_ours(const char *path)
{
	return (ends(path, ".c") || ends(path, ".h")) && !starts(path, "tests/tidy/");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void walk(const char *folder)
{
	char full[2 * PATH_SIZE];
	struct dirent **entries = NULL;
	snprintf(full, sizeof full, "%s/%s", root, folder);
	int n = scandir(full, &entries, NULL, by_name);
	for (int i = 0; i < n; i++) {
		char path[PATH_SIZE];
		struct stat st;
		snprintf(path, sizeof path, "%s/%.200s", folder, entries[i]->d_name);
		snprintf(full, sizeof full, "%s/%s", root, path);
		bool hidden = entries[i]->d_name[0] == '.';
		free(entries[i]);
		if (hidden || stat(full, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode))
			walk(path);
		else if (is_ours(path))
			check_file(path);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	static const char *const folders[] = {"src", "tests", "tools", "bench"};
	if (argc < 2) {
		fprintf(stderr, "usage: tidy ROOT [PATH...]\n");
		return 2;
	}
	root = argv[1];
	load_allow();
	for (int i = 2; i < argc; i++)
		if (is_ours(argv[i]))
			check_file(argv[i]);
	if (argc == 2) {
		for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
			walk(folders[i]);
		check_unused();
	}
	if (findings > 0)
		printf("tidy: %d findings\n", findings);
	return findings > 0;
}
