/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer's body becomes on the wire: entity tags and gzip. The only file that includes
 * zlib.h. It knows bytes and header values, not connections.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "net/http_own.h"

#define GZIP_BYTES_MIN 1024 /* below, the headers weigh more than what is saved */
#define GZIP_LEVEL 1 /* pages are made fresh each time: speed counts more than the last 5 % */

struct http_gzip {
	z_stream z;
	unsigned char *to;
	size_t cap;
};

struct http_gzip *http_gzip_new(void)
{
	struct http_gzip *g = calloc(1, sizeof *g);
	assert(g != NULL);
	int rc = deflateInit2(&g->z, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	assert(rc == Z_OK);
	return g;
}

void http_gzip_free(struct http_gzip *g)
{
	if (g == NULL)
		return;
	deflateEnd(&g->z);
	free(g->to);
	free(g);
}

const void *http_gzip_pack(struct http_gzip *g, const void *bytes, size_t len, size_t *ret_len)
{
	if (len > UINT32_MAX / 2)
		return NULL;
	if (g->cap < len) {
		free(g->to);
		g->to = malloc(len);
		assert(g->to != NULL);
		g->cap = len;
	}
	int rc = deflateReset(&g->z);
	assert(rc == Z_OK);
	g->z.next_in = (z_const Bytef *)(uintptr_t)bytes;
	g->z.avail_in = (uInt)len;
	g->z.next_out = g->to;
	g->z.avail_out = (uInt)len; /* no room for growth: then it is not worth it */
	if (deflate(&g->z, Z_FINISH) != Z_STREAM_END)
		return NULL;
	*ret_len = len - g->z.avail_out;
	return g->to;
}

/* True when the parameters of one list entry say q=0 in any spelling. */
static bool refused(const char *p, size_t len)
{
	const char *end = p + len;
	const char *q = memchr(p, '=', len);
	if (q == NULL || q == p || (q[-1] != 'q' && q[-1] != 'Q'))
		return false;
	for (q++; q < end; q++)
		if (*q >= '1' && *q <= '9')
			return false;
	return true;
}

bool http_gzip_accepted(const char *accept_encoding)
{
	const char *p = accept_encoding;
	bool star = false;
	while (p != NULL && *p != 0) {
		p += strspn(p, " \t,");
		size_t len = strcspn(p, ",");
		size_t word = strcspn(p, ",; \t");
		if (word == 4 && strncasecmp(p, "gzip", 4) == 0)
			return !refused(p, len);
		if (word == 1 && *p == '*')
			star = !refused(p, len);
		p += len;
	}
	return star;
}

bool http_gzip_pays(const char *type, size_t len)
{
	static const char *const types[] = {"text/", "application/json", "application/problem+json",
	    "application/javascript", "application/xml", "application/xhtml+xml",
	    "application/manifest+json", "image/svg+xml"};
	if (type == NULL || len < GZIP_BYTES_MIN)
		return false;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strncasecmp(type, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/*
 * Not a cryptographic hash on purpose: an entity tag only compares a page with the same visitor's
 * earlier copy, and SHA-256 would cost more than rendering. Two independent lanes give 128 bits.
 */
void http_etag(const void *bytes, size_t len, bool gzip, char ret[HTTP_ETAG_SIZE])
{
	const unsigned char *p = bytes;
	uint64_t a = 0x9e3779b97f4a7c15u ^ len, b = 0xc2b2ae3d27d4eb4fu + len;
	for (size_t at = 0; at < len; at += 16) {
		uint64_t w[2] = {0, 0};
		memcpy(w, p + at, len - at < 16 ? len - at : 16);
		a = fold(a ^ w[0] ^ 0xa0761d6478bd642fu, w[1] ^ 0xe7037ed1a0b428dbu) +
		    (a << 1 | a >> 63);
		b = fold(b ^ w[1] ^ 0x8ebc6af09c88c6e3u, w[0] ^ 0x589965cc75374cc3u) +
		    (b << 3 | b >> 61);
	}
	a = fold(a ^ 0xd6e8feb86659fd93u, b ^ 0x2545f4914f6cdd1du);
	b = fold(b ^ 0xa0761d6478bd642fu, a ^ 0x9e3779b97f4a7c15u);
	int n = snprintf(ret, HTTP_ETAG_SIZE, "\"%016llx%08llx%s\"", (unsigned long long)a,
	    (unsigned long long)(b >> 32), gzip ? "-gz" : "");
	assert(n > 0 && n < HTTP_ETAG_SIZE);
}

bool http_etag_match(const char *if_none_match, const char *etag)
{
	size_t etag_len = strlen(etag);
	const char *p = if_none_match;
	while (p != NULL && *p != 0) {
		p += strspn(p, " \t,");
		if (*p == '*')
			return true;
		if (strncmp(p, "W/", 2) == 0) /* If-None-Match compares weakly (RFC 9110 13.1.2) */
			p += 2;
		size_t len = strcspn(p, ", \t");
		if (len == etag_len && memcmp(p, etag, len) == 0)
			return true;
		p += len;
	}
	return false;
}
