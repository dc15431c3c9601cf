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

static struct {
	const char *process;
	bool json;
	enum log_level least;
} setup = {"billhook", false, LOG_INFO};

static const char *const levels[] = {"debug", "info", "warn", "error"};

struct line {
	char text[4096];
	size_t len;
};

void log_setup(const char *process, bool json, enum log_level least)
{
	setup.process = process;
	setup.json = json;
	setup.least = least;
}

static void put(struct line *l, char c)
{
	/* Room for the closing quote, brace and newline is kept. */
	if (l->len < sizeof l->text - 4)
		l->text[l->len++] = c;
}

static void put_escaped(struct line *l, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\') {
			put(l, '\\');
			put(l, (char)*p);
		} else if (*p < 0x20 || *p == 0x7F) {
			const char u[] = {'\\', 'u', '0', '0', hex[*p >> 4], hex[*p & 15]};
			for (size_t i = 0; i < sizeof u; i++)
				put(l, u[i]);
		} else {
			put(l, (char)*p);
		}
	}
}

static void put_pair(struct line *l, const char *name, const char *value)
{
	if (setup.json) {
		put(l, l->len == 0 ? '{' : ',');
		put(l, '"');
		put_escaped(l, name);
		put(l, '"');
		put(l, ':');
	} else {
		if (l->len > 0)
			put(l, ' ');
		put_escaped(l, name);
		put(l, '=');
	}
	bool quoted = setup.json || value[0] == '\0' || strpbrk(value, " =\"\\\n\r\t") != NULL;
	if (quoted)
		put(l, '"');
	put_escaped(l, value);
	if (quoted)
		put(l, '"');
}

static void line_start(struct line *l, enum log_level level, const char *message)
{
	char at[INSTANT_TEXT_SIZE], pid[16];
	l->len = 0;
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
	enum log_level level = cx->fault.err == ERR_INTERNAL ? LOG_ERROR
	    : cx->fault.err == ERR_REMOTE || cx->fault.err == ERR_RETRY ? LOG_WARN : LOG_INFO;
	snprintf(line, sizeof line, "%d", cx->fault.line);
	log_line(level, message, "outcome", err_word(cx->fault.err), "key", cx->fault.key,
	    "detail", cx->fault.detail, "file", cx->fault.file, "line", line, "trace", cx->trace, NULL);
}
