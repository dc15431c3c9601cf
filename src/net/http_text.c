/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text side of HTTP: request targets, cookies, forwarded addresses, header values. Pure
 * functions over strings; sockets are http_server.c's business, packing is http_pack.c's.
 */
#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "net/http.h"
#include "net/http_own.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 9112 3.2.2: a server must take the absolute form too; what counts is its path. */
static const char *skip_authority(const char *target)
{
	if (strncasecmp(target, "http://", 7) == 0)
		target += 7;
	else if (strncasecmp(target, "https://", 8) == 0)
		target += 8;
	else
		return NULL;
	target += strcspn(target, "/?#");
	return *target == '/' ? target : NULL;
}

static bool decode(const char *from, size_t len, char *to)
{
	char *start = to;
	for (size_t i = 0; i < len; i++) {
		if (from[i] != '%') {
			*to++ = from[i];
			continue;
		}
		if (i + 2 >= len || hex(from[i + 1]) < 0 || hex(from[i + 2]) < 0)
			return false;
		int c = hex(from[i + 1]) * 16 + hex(from[i + 2]);
		if (c == 0)
			return false;
		*to++ = (char)c;
		i += 2;
	}
	*to = 0;
	return str_utf8(start, (size_t)(to - start));
}

bool http_target_parse(const char *target, char *path, const char **ret_query)
{
	for (const unsigned char *p = (const unsigned char *)target; *p != 0; p++)
		if (*p <= ' ' || *p == 0x7f || *p == '#')
			return false;
	const char *from = *target == '/' ? target : skip_authority(target);
	if (from == NULL)
		return false;
	size_t len = strcspn(from, "?");
	if (!decode(from, len, path))
		return false;
	*ret_query = from[len] == '?' ? from + len + 1 : "";
	return true;
}

bool http_forwarded_ip(const char *list, char *ret_ip, size_t size)
{
	if (list == NULL)
		return false;
	const char *comma = strrchr(list, ',');
	const char *p = comma == NULL ? list : comma + 1;
	p += strspn(p, " \t");
	size_t len = strcspn(p, " \t");
	unsigned char address[16];
	char text[INET6_ADDRSTRLEN];
	if (len == 0 || len >= sizeof text || p[len + strspn(p + len, " \t")] != 0)
		return false;
	memcpy(text, p, len);
	text[len] = 0;
	if (inet_pton(AF_INET, text, address) != 1 && inet_pton(AF_INET6, text, address) != 1)
		return false;
	return str_copy(ret_ip, size, text);
}

const char *http_cookie(struct arena *a, const struct http_request *q, const char *name)
{
	const char *p = http_header(q, "Cookie");
	size_t name_len = strlen(name);
	while (p != NULL && *p != 0) {
		p += strspn(p, " \t;");
		size_t len = strcspn(p, ";");
		if (len > name_len && p[name_len] == '=' && memcmp(p, name, name_len) == 0)
			return str_trim(a, arena_strndup(a, p + name_len + 1, len - name_len - 1));
		p += len;
	}
	return NULL;
}

static bool is_token(const char *s)
{
	if (*s == 0)
		return false;
	for (; *s != 0; s++)
		if (!isalnum((unsigned char)*s) && strchr("!#$%&'*+-.^_`|~", *s) == NULL)
			return false;
	return true;
}

void http_reply_header(struct http_reply *r, const char *name, const char *value)
{
	assert(is_token(name));
	assert(strpbrk(value, "\r\n") ==
	    NULL); /* a split answer is our bug, never the visitor's choice */
	assert(r->headers_n < (int)(sizeof r->headers / sizeof r->headers[0]));
	r->headers[r->headers_n].name = name;
	r->headers[r->headers_n].value = value;
	r->headers_n++;
}
