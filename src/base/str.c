/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: a growing buffer in an arena and the few tests and conversions everybody needs. */
#include "base/str.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

void buf_init(struct buf *b, struct arena *a)
{
	*b = (struct buf){.a = a};
}

static void reserve(struct buf *b, size_t more)
{
	size_t need = b->len + more + 1;
	if (need <= b->cap)
		return;
	size_t cap = b->cap < 64 ? 64 : b->cap * 2;
	if (cap < need)
		cap = need;
	char *s = arena_alloc(b->a, cap);
	if (b->len > 0)
		memcpy(s, b->s, b->len);
	b->s = s;
	b->cap = cap;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	reserve(b, len);
	if (len > 0)
		memcpy(b->s + b->len, bytes, len);
	b->len += len;
	b->s[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	reserve(b, (size_t)n);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
	va_end(again);
	b->len += (size_t)n;
}

const char *buf_text(struct buf *b)
{
	return b->s == NULL ? "" : b->s;
}

bool str_eq(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool str_empty(const char *s)
{
	return s == NULL || *s == '\0';
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

const char *str_or(const char *s, const char *otherwise)
{
	return str_empty(s) ? otherwise : s;
}

bool str_int(const char *s, int64_t *ret)
{
	if (str_empty(s))
		return false;
	bool negative = *s == '-';
	int64_t value = 0;
	const char *p = s + negative;
	if (*p == '\0')
		return false;
	for (; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return false;
		int digit = *p - '0';
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	/* Collected as a negative number, whose range is the larger one. */
	if (!negative && value == INT64_MIN)
		return false;
	*ret = negative ? value : -value;
	return true;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *str_trim(struct arena *a, const char *s)
{
	while (blank(*s))
		s++;
	size_t n = strlen(s);
	while (n > 0 && blank(s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

char *str_upper(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);
	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return copy;
}

char *str_lower(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);
	for (char *p = copy; p != NULL && *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

char *str_label(struct arena *a, const char *word)
{
	char *label = arena_strdup(a, word);
	for (char *c = label; *c != '\0'; c++)
		*c = *c == '_' ? ' ' : *c;
	if (label[0] >= 'a' && label[0] <= 'z')
		label[0] = (char)(label[0] - 'a' + 'A');
	return label;
}

bool str_copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);
	bool fits = n < size;
	if (!fits)
		n = size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
	return fits;
}

/*
 * Length of the UTF-8 sequence at p (RFC 3629: no overlong forms, no surrogates), 0 when invalid.
 */
static size_t utf8_sequence(const unsigned char *p, size_t left)
{
	static const struct {
		unsigned char lo, hi, second_lo, second_hi;
		size_t len;
	} forms[] = {
	    {0xC2, 0xDF, 0x80, 0xBF, 2},
	    {0xE0, 0xE0, 0xA0, 0xBF, 3},
	    {0xE1, 0xEC, 0x80, 0xBF, 3},
	    {0xED, 0xED, 0x80, 0x9F, 3},
	    {0xEE, 0xEF, 0x80, 0xBF, 3},
	    {0xF0, 0xF0, 0x90, 0xBF, 4},
	    {0xF1, 0xF3, 0x80, 0xBF, 4},
	    {0xF4, 0xF4, 0x80, 0x8F, 4},
	};
	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (p[0] < forms[i].lo || p[0] > forms[i].hi)
			continue;
		if (left < forms[i].len || p[1] < forms[i].second_lo || p[1] > forms[i].second_hi)
			return 0;
		for (size_t k = 2; k < forms[i].len; k++)
			if ((p[k] & 0xC0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

bool str_utf8(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	for (size_t i = 0, n; i < len; i += n) {
		n = utf8_sequence(p + i, len - i);
		if (n == 0)
			return false;
	}
	return true;
}

char *str_latin1(struct arena *a, const char *bytes, size_t len)
{
	char *text = arena_alloc(a, 2 * len + 1), *to = text;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c >= 0x80)
			*to++ = (char)(0xC0 | c >> 6);
		*to++ = (char)(c < 0x80 ? c : 0x80 | (c & 0x3F));
	}
	*to = '\0';
	return text;
}

char *str_latin1_bytes(struct arena *a, const char *text)
{
	char *bytes = arena_alloc(a, strlen(text) + 1), *to = bytes;
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		bool two = *p == 0xC2 || *p == 0xC3;
		if (*p >= 0x80 && !(two && (p[1] & 0xC0) == 0x80))
			return NULL;
		*to++ = (char)(two ? (*p & 0x03) << 6 | (p[1] & 0x3F) : *p);
		p += two;
	}
	*to = '\0';
	return bytes;
}

bool str_clean_line(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++)
		if ((*p < 0x20 && *p != '\t') || *p == 0x7F ||
		    (*p == 0xC2 && p[1] < 0xA0)) /* C0, C1 */
			return false;
	return str_utf8(s, strlen(s));
}

char **str_split(struct arena *a, const char *s, char sep, size_t *ret_n)
{
	size_t n = 1;
	for (const char *p = s; *p != '\0'; p++)
		n += *p == sep;
	char **parts = ARENA_ARRAY(a, char *, n);
	size_t i = 0;
	for (const char *p = s;; s = p + 1, p = s) {
		while (*p != '\0' && *p != sep)
			p++;
		parts[i++] = arena_strndup(a, s, (size_t)(p - s));
		if (*p == '\0')
			break;
	}
	*ret_n = n;
	return parts;
}

char *str_url(struct arena *a, const char *s)
{
	struct buf b;
	buf_init(&b, a);
	buf_add(&b, "", 0);
	for (; *s != '\0'; s++) {
		char c = *s;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
		if (plain)
			buf_char(&b, c);
		else
			buf_printf(&b, "%%%02X", (unsigned)(unsigned char)c);
	}
	return b.s;
}
