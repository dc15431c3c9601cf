/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sandbox's mail server: SMTP as far as senders need it (RFC 5321 without extensions but SIZE,
 * 8BITMIME and PIPELINING), many connections in the sandbox's loop. It delivers to nobody: letters
 * go to sandbox_letters.c, where people and tests read them.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/sandbox_own.h"
#include "base/clock.h"

#define PEERS_MAX 100
#define LETTER_BYTES (10u << 20)
#define LINE_BYTES 2048       /* RFC 5321 asks for 512; some senders' parameters are longer */
#define RECIPIENTS_BYTES 8192 /* about 100 addresses */
#define IDLE_MS 60000

struct peer {
	struct peer *next;
	int fd;
	bool leaving; /* nothing more is read */
	bool data;    /* between DATA and the dot */
	bool too_large;
	int64_t seen_ms;
	char *in; /* bytes not yet understood */
	size_t in_len, in_cap;
	char *letter;
	size_t letter_len, letter_cap;
	char from[512], to[RECIPIENTS_BYTES];
	bool has_from;
};

struct sandbox_mail {
	int fd;
	struct peer *peers;
	int peers_n;
};

void sandbox_mail_new(struct sandbox *sb, int listen_fd)
{
	sb->mail = calloc(1, sizeof *sb->mail);
	assert(sb->mail != NULL);
	sb->mail->fd = listen_fd;
}

static void add(char **to, size_t *len, size_t *cap, const char *bytes, size_t n)
{
	if (*len + n + 1 > *cap) {
		*cap = (*len + n + 1) * 2;
		*to = realloc(*to, *cap);
		assert(*to != NULL);
	}
	memcpy(*to + *len, bytes, n);
	*len += n;
	(*to)[*len] = 0;
}

/* Replies are short; a peer that does not even take those is not waited for. */
static void say(struct peer *p, const char *text)
{
	size_t len = strlen(text);
	if (send(p->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
		p->leaving = true;
}

static void forget_letter(struct peer *p)
{
	p->from[0] = p->to[0] = 0;
	p->has_from = p->data = p->too_large = false;
	p->letter_len = 0;
}

/* ---- commands ---- */

/* "FROM:<a@b> SIZE=1" to a@b; false when it has not this form. */
static bool path_of(const char *args, const char *word, char *to, size_t size)
{
	size_t len = strlen(word);
	if (strncasecmp(args, word, len) != 0)
		return false;
	args += len;
	args += strspn(args, " ");
	const char *end = strchr(args, '>');
	if (*args != '<' || end == NULL || (size_t)(end - args) > size)
		return false;
	size_t n = (size_t)(end - args) - 1;
	memcpy(to, args + 1, n);
	to[n] = 0;
	return str_clean_line(to);
}

static void on_mail(struct peer *p, const char *args)
{
	const char *size = strcasestr(args, " SIZE=");
	char from[sizeof p->from];
	if (!path_of(args, "FROM:", from, sizeof from)) {
		say(p, "501 5.1.7 MAIL FROM:<address> is needed\r\n");
		return;
	}
	if (size != NULL && strtoull(size + 6, NULL, 10) > LETTER_BYTES) {
		say(p, "552 5.3.4 too large\r\n");
		return;
	}
	forget_letter(p);
	str_copy(p->from, sizeof p->from, from);
	p->has_from = true;
	say(p, "250 2.1.0 ok\r\n");
}

static void on_rcpt(struct peer *p, const char *args)
{
	char to[512];
	if (!p->has_from) {
		say(p, "503 5.5.1 MAIL first\r\n");
		return;
	}
	if (!path_of(args, "TO:", to, sizeof to) || strchr(to, '@') == NULL) {
		say(p, "501 5.1.3 RCPT TO:<address> is needed\r\n");
		return;
	}
	size_t len = strlen(p->to), n = strlen(to);
	if (len + n + 3 > sizeof p->to) {
		say(p, "452 4.5.3 too many recipients\r\n");
		return;
	}
	snprintf(p->to + len, sizeof p->to - len, "%s%s", len > 0 ? ", " : "", to);
	say(p, "250 2.1.5 ok\r\n");
}

static void on_data(struct peer *p)
{
	if (p->to[0] == 0) {
		say(p, "503 5.5.1 RCPT first\r\n");
		return;
	}
	p->data = true;
	say(p, "354 end with a dot\r\n");
}

static void command(struct peer *p, const char *line)
{
	size_t word = strcspn(line, " ");
	const char *args = line + word + (line[word] == ' ');
	char verb[8] = "";
	if (word < sizeof verb)
		memcpy(verb, line, word);
	if (strcasecmp(verb, "EHLO") == 0)
		say(p, "250-sandbox\r\n250-SIZE 10485760\r\n250-PIPELINING\r\n250 8BITMIME\r\n");
	else if (strcasecmp(verb, "HELO") == 0 || strcasecmp(verb, "NOOP") == 0)
		say(p, "250 ok\r\n");
	else if (strcasecmp(verb, "MAIL") == 0)
		on_mail(p, args);
	else if (strcasecmp(verb, "RCPT") == 0)
		on_rcpt(p, args);
	else if (strcasecmp(verb, "DATA") == 0)
		on_data(p);
	else if (strcasecmp(verb, "RSET") == 0) {
		forget_letter(p);
		say(p, "250 2.0.0 ok\r\n");
	} else if (strcasecmp(verb, "VRFY") == 0)
		say(p, "252 2.1.5 try it\r\n");
	else if (strcasecmp(verb, "QUIT") == 0) {
		say(p, "221 2.0.0 bye\r\n");
		p->leaving = true;
	} else
		say(p, "500 5.5.2 not understood\r\n");
}

/* ---- letters ---- */

/* The rehearsed reply to the next letter; -1 for none. */
static int take_fault(struct sandbox *sb)
{
	json_t *f = json_object_get(sb->faults, "mail");
	json_int_t times = json_integer_value(json_object_get(f, "times"));
	if (times <= 0)
		return -1;
	json_object_set_new(f, "times", json_integer(times - 1));
	return (int)json_integer_value(json_object_get(f, "code"));
}

static void letter_ends(struct sandbox *sb, struct peer *p)
{
	int code = take_fault(sb);
	char text[64];
	if (p->too_large) {
		say(p, "552 5.3.4 too large\r\n");
	} else if (code > 0) {
		snprintf(text, sizeof text, "%d %d.0.0 rehearsed fault\r\n", code, code / 100);
		say(p, text);
	} else {
		sandbox_letter_add(sb, p->from, p->to, p->letter_len == 0 ? "" : p->letter,
		    p->letter_len);
		if (code == 0)
			p->leaving = true; /* taken, and the answer is lost */
		else
			say(p, "250 2.0.0 taken\r\n");
	}
	forget_letter(p);
}

static void letter_line(struct sandbox *sb, struct peer *p, const char *line, size_t len)
{
	if (len == 1 && *line == '.') {
		letter_ends(sb, p);
		return;
	}
	if (*line == '.') { /* the sender doubled it */
		line++;
		len--;
	}
	p->too_large = p->too_large || p->letter_len + len + 2 > LETTER_BYTES;
	if (p->too_large)
		return;
	add(&p->letter, &p->letter_len, &p->letter_cap, line, len);
	add(&p->letter, &p->letter_len, &p->letter_cap, "\r\n", 2);
}

/* ---- connections ---- */

static void take_lines(struct sandbox *sb, struct peer *p)
{
	size_t at = 0;
	while (!p->leaving && at < p->in_len) {
		char *line = p->in + at, *end = memmem(line, p->in_len - at, "\r\n", 2);
		if (end == NULL)
			break;
		*end = 0;
		size_t len = (size_t)(end - line);
		if (p->data)
			letter_line(sb, p, line, len);
		else if (len > LINE_BYTES || memchr(line, 0, len) != NULL)
			say(p, "500 5.5.2 line too long\r\n");
		else
			command(p, line);
		at += len + 2;
	}
	p->in_len -= at;
	memmove(p->in, p->in + at, p->in_len);
	if (p->in_len > (p->data ? LETTER_BYTES : LINE_BYTES) + 65536) {
		say(p, "500 5.5.2 line too long\r\n");
		p->leaving = true;
	}
}

static void read_peer(struct sandbox *sb, struct peer *p)
{
	char bytes[4096];
	for (int i = 0; i < 64 && !p->leaving;
	     i++) { /* a turn's share, so that others get theirs */
		ssize_t n = recv(p->fd, bytes, sizeof bytes, MSG_DONTWAIT);
		if (n <= 0) {
			p->leaving = n == 0 || (errno != EAGAIN && errno != EINTR);
			break;
		}
		p->seen_ms = clock_mono_ms();
		add(&p->in, &p->in_len, &p->in_cap, bytes, (size_t)n);
		if (memchr(bytes, '\n', (size_t)n) != NULL || p->in_len > LETTER_BYTES)
			take_lines(sb, p);
	}
	p->leaving = p->leaving || clock_mono_ms() - p->seen_ms > IDLE_MS;
}

static void accept_peers(struct sandbox_mail *m)
{
	while (m->peers_n < PEERS_MAX) {
		int fd = accept4(m->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		struct peer *p = calloc(1, sizeof *p);
		assert(p != NULL);
		p->fd = fd;
		p->seen_ms = clock_mono_ms();
		p->next = m->peers;
		m->peers = p;
		m->peers_n++;
		say(p, "220 sandbox ESMTP\r\n");
	}
}

static void free_peer(struct peer *p)
{
	close(p->fd);
	free(p->in);
	free(p->letter);
	free(p);
}

size_t sandbox_mail_poll(struct sandbox *sb, struct pollfd *fds, size_t max)
{
	size_t n = 0;
	if (sb->mail == NULL)
		return 0;
	if (sb->mail->peers_n < PEERS_MAX && max > 0)
		fds[n++] = (struct pollfd){.fd = sb->mail->fd, .events = POLLIN};
	for (const struct peer *p = sb->mail->peers; p != NULL && n < max; p = p->next)
		fds[n++] = (struct pollfd){.fd = p->fd, .events = POLLIN};
	return n;
}

void sandbox_mail_turn(struct sandbox *sb)
{
	if (sb->mail == NULL)
		return;
	accept_peers(sb->mail);
	struct peer **at = &sb->mail->peers;
	while (*at != NULL) {
		struct peer *p = *at;
		read_peer(sb, p);
		if (p->leaving) {
			*at = p->next;
			sb->mail->peers_n--;
			free_peer(p);
		} else {
			at = &p->next;
		}
	}
}

void sandbox_mail_free(struct sandbox *sb)
{
	if (sb->mail == NULL)
		return;
	while (sb->mail->peers != NULL) {
		struct peer *p = sb->mail->peers;
		sb->mail->peers = p->next;
		free_peer(p);
	}
	close(sb->mail->fd);
	free(sb->mail);
	sb->mail = NULL;
}
