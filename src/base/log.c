/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line per fact on stderr, written with one write(2) so that lines of several processes do not
 * mix. Every value is escaped here: no input can start a new line or forge a pair.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/day.h"
#include "base/str.h"

static struct {
	const char *process;
	bool json;
	enum log_level least;
} setup = {"billhook", false, LOG_INFO};

static const char *const levels[] = {"debug", "info", "warn", "error"};

#define END_BYTES 3 /* closing quote, brace, newline: kept free */

struct line {
	char text[4096];
	size_t len;
	bool full; /* something did not fit: nothing more is added */
};

void log_setup(const char *process, bool json, enum log_level least)
{
	setup.process = process;
	setup.json = json;
	setup.least = least;
}

/* All of it or nothing, so that no line ends within a character or an escape. */
static void put(struct line *l, const char *s, size_t n)
{
	l->full = l->full || l->len + n > sizeof l->text - END_BYTES;
	if (l->full)
		return;
	memcpy(l->text + l->len, s, n);
	l->len += n;
}

static void put_text(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

static void put_escaped(struct line *l, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	bool utf8 = str_utf8(s, strlen(s));
	size_t n;
	for (const char *p = s; *p != '\0'; p += n) {
		unsigned char c = (unsigned char)*p;
		n = 1;
		if (c == '"' || c == '\\') {
			put(l, (const char[]){'\\', *p}, 2);
		} else if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8)) {
			put(l, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
		} else {
			n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
			put(l, p, n);
		}
	}
}

/* A pair whose value does not fit is cut; one that cannot even begin is left out. */
static void put_pair(struct line *l, const char *name, const char *value)
{
	size_t before = l->len;
	bool quoted = setup.json || value[0] == '\0' || strpbrk(value, " =\"\\\n\r\t") != NULL;
	if (before > 0)
		put_text(l, setup.json ? "," : " ");
	else if (setup.json)
		put_text(l, "{");
	put_text(l, setup.json ? "\"" : "");
	put_escaped(l, name);
	put_text(l, setup.json ? "\":" : "=");
	put_text(l, quoted ? "\"" : "");
	if (l->full) {
		l->len = before;
		return;
	}
	put_escaped(l, value);
	if (quoted)
		l->text[l->len++] = '"';
}

static void line_start(struct line *l, enum log_level level, const char *message)
{
	char at[INSTANT_TEXT_SIZE], pid[16];
	l->len = 0;
	l->full = false;
	snprintf(pid, sizeof pid, "%d", (int)getpid());
	put_pair(l, "at", instant_text(clock_now(), at));
	put_pair(l, "level", levels[level]);
	put_pair(l, "process", setup.process);
	put_pair(l, "pid", pid);
	put_pair(l, "message", message);
}

static void line_end(struct line *l)
{
	if (setup.json)
		l->text[l->len++] = '}';
	l->text[l->len++] = '\n';
	/* A log that cannot be written must not stop the work. */
	(void)!write(STDERR_FILENO, l->text, l->len);
}

void log_line(enum log_level level, const char *message, ...)
{
	if (level < setup.least)
		return;
	struct line l;
	line_start(&l, level, message);
	va_list ap;
	va_start(ap, message);
	for (const char *name; (name = va_arg(ap, const char *)) != NULL;) {
		const char *value = va_arg(ap, const char *);
		put_pair(&l, name, value == NULL ? "" : value);
	}
	va_end(ap);
	line_end(&l);
}

void log_fault(const struct cx *cx, const char *message)
{
	char line[16];
	enum log_level level = cx->fault.err == ERR_INTERNAL          ? LOG_ERROR :
	    cx->fault.err == ERR_REMOTE || cx->fault.err == ERR_RETRY ? LOG_WARN :
	                                                                LOG_INFO;
	snprintf(line, sizeof line, "%d", cx->fault.line);
	log_line(level, message, "outcome", err_word(cx->fault.err), "key", cx->fault.key, "detail",
	    cx->fault.detail, "file", cx->fault.file, "line", line, "trace", cx->trace, NULL);
}
