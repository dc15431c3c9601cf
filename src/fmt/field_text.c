/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields that hold text: what each kind may contain and the one form in which it is stored. The
 * sentences are for the person who typed. Presence, defaults and numbers are not here.
 */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "fmt/country.h"
#include "fmt/field_own.h"
#include "fmt/host.h"

#define EMAIL_MAX 254 /* RFC 5321: a path of 256 with its brackets */
#define EMAIL_LOCAL_MAX 64

static const char lower_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";

bool field_is_text(enum field_type type)
{
	return type <= FIELD_KEY;
}

int64_t field_longest(const struct field *f)
{
	if (f->max > 0)
		return f->max;
	switch (f->type) {
	case FIELD_LIST:
	case FIELD_MAP: return LIMIT_FIELD_ROWS;
	case FIELD_TEXT:
	case FIELD_SECRET: return LIMIT_NOTE_CHARS;
	case FIELD_EMAIL: return EMAIL_MAX;
	case FIELD_URL: return LIMIT_URL_BYTES;
	case FIELD_DOMAIN: return HOST_MAX;
	default: return LIMIT_TEXT_CHARS;
	}
}

static int64_t characters(const char *s)
{
	int64_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static char *upper(struct arena *a, const char *s)
{
	char *copy = arena_strdup(a, s);

	for (char *p = copy; *p != '\0'; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	}
	return copy;
}

/* Local part as a dot-atom (RFC 5322); quoted ones exist in standards, not in mailboxes. */
static bool local_ok(const char *s, size_t len)
{
	if (len == 0 || len > EMAIL_LOCAL_MAX || s[0] == '.' || s[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++) {
		bool plain = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') ||
		    (s[i] >= '0' && s[i] <= '9') || strchr("!#$%&'*+-/=?^_`{|}~.", s[i]) != NULL;
		if (!plain || (s[i] == '.' && s[i + 1] == '.'))
			return false;
	}
	return true;
}

static enum err read_email(const struct field_spot *s, const char *text, const char **ret)
{
	const char *at = strrchr(text, '@');
	char *host, *email;

	if (at == NULL || !local_ok(text, (size_t)(at - text)) ||
	    !host_ascii(s->cx->arena, at + 1, &host))
		return fail_field(s->cx, s->name, "field.email",
		    "Enter an email address, like name@example.com");
	email = arena_printf(s->cx->arena, "%.*s@%s", (int)(at - text), text, host);
	if (strlen(email) > EMAIL_MAX)
		return fail_field(s->cx, s->name, "field.too_long", "Use at most %d characters",
		    EMAIL_MAX);
	*ret = email;
	return OK;
}

static enum err read_domain(const struct field_spot *s, const char *text, const char **ret)
{
	char *host;

	if (!host_ascii(s->cx->arena, text, &host))
		return fail_field(s->cx, s->name, "field.domain",
		    "Enter a domain name, like example.com");
	*ret = host;
	return OK;
}

/* host, host:port, 127.0.0.1:8080, [::1]:8080; no user name, which browsers show misleadingly. */
static bool authority_ok(const char *s, size_t len)
{
	const char *host_end = memchr(s, ':', len);
	size_t host = host_end != NULL ? (size_t)(host_end - s) : len;
	size_t digits;

	if (len > 0 && s[0] == '[') {
		host_end = memchr(s, ']', len);
		host = host_end != NULL ? (size_t)(host_end - s) + 1 : 0;
		if (host < 4 || strspn(s + 1, "0123456789abcdefABCDEF:.") != host - 2)
			return false;
	} else if (host == 0 || host > HOST_MAX || s[0] == '-' || s[0] == '.') {
		return false;
	}
	for (size_t i = 0; s[0] != '[' && i < host; i++) {
		if (strchr(lower_digits, s[i] | 0x20) == NULL && s[i] != '.' && s[i] != '-')
			return false;
	}
	if (host == len)
		return true;
	digits = strspn(s + host + 1, "0123456789");
	return s[host] == ':' && digits >= 1 && digits <= 5 && host + 1 + digits == len;
}

static enum err read_url(const struct field_spot *s, const char *text, const char **ret)
{
	const char *rest = strncasecmp(text, "https://", 8) == 0 ? text + 8 :
	    strncasecmp(text, "http://", 7) == 0                 ? text + 7 :
	                                                           NULL;
	bool ok = rest != NULL && authority_ok(rest, strcspn(rest, "/?#"));

	for (const char *p = text; ok && *p != '\0'; p++)
		ok = *p > 0x20 && *p < 0x7f && strchr("\"<>\\^`", *p) == NULL;
	if (!ok)
		return fail_field(s->cx, s->name, "field.url",
		    "Enter a full web address, like https://example.com/page");
	*ret = text;
	return OK;
}

static enum err read_country(const struct field_spot *s, const char *text, const char **ret)
{
	const char *code = upper(s->cx->arena, text);

	if (country_find(code) == NULL)
		return fail_field(s->cx, s->name, "field.country",
		    "Choose a country by its two-letter code, like DE");
	*ret = code;
	return OK;
}

static enum err read_currency(const struct field_spot *s, const char *text, const char **ret)
{
	const char *code = upper(s->cx->arena, text);

	if (currency_digits(code) < 0)
		return fail_field(s->cx, s->name, "field.currency",
		    "Enter a currency by its three-letter code, like EUR");
	*ret = code;
	return OK;
}

static enum err read_cycle(const struct field_spot *s, const char *text, const char **ret)
{
	struct cycle cycle;

	if (!cycle_parse(text, &cycle))
		return fail_field(s->cx, s->name, "field.cycle",
		    "Enter a billing cycle, like 1m, 3m, 1y or once");
	*ret = cycle_print(s->cx->arena, cycle);
	return OK;
}

static enum err read_key(const struct field_spot *s, const char *text, const char **ret)
{
	size_t len = strlen(text);
	bool ok = strchr(lower_digits, text[0]) != NULL;

	for (size_t i = 1; ok && i < len; i++)
		ok = strchr(lower_digits, text[i]) != NULL || strchr("._-", text[i]) != NULL;
	if (!ok)
		return fail_field(s->cx, s->name, "field.characters",
		    "Use small letters, digits, dots, hyphens and underscores; begin with a letter "
		    "or digit");
	*ret = text;
	return OK;
}

static enum err read_plain(const struct field_spot *s, const char *text, const char **ret)
{
	*ret = text;
	return OK;
}

typedef enum err read_text(const struct field_spot *s, const char *text, const char **ret);

static read_text *const readers[] = {
    [FIELD_LINE] = read_plain,
    [FIELD_TEXT] = read_plain,
    [FIELD_EMAIL] = read_email,
    [FIELD_PASSWORD] = read_plain,
    [FIELD_SECRET] = read_plain,
    [FIELD_DOMAIN] = read_domain,
    [FIELD_URL] = read_url,
    [FIELD_COUNTRY] = read_country,
    [FIELD_CURRENCY] = read_currency,
    [FIELD_CYCLE] = read_cycle,
    [FIELD_CHOICE] = read_plain,
    [FIELD_KEY] = read_key,
};

/* CRLF and lone CR become LF. */
static char *unix_lines(struct arena *a, const char *s)
{
	char *copy = arena_alloc(a, strlen(s) + 1), *to = copy;

	for (; *s != '\0'; s++) {
		if (*s == '\r' && s[1] == '\n')
			continue;
		*to++ = *s == '\r' ? '\n' : *s;
	}
	return copy;
}

static bool clean_lines(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p != '\0'; p++) {
		if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f)
			return false;
	}
	return str_utf8(s, strlen(s));
}

static enum err check_length(const struct field_spot *s, const char *text)
{
	int64_t n = characters(text), longest = field_longest(s->field);

	if (n > longest)
		return fail_field(s->cx, s->name, "field.too_long", "Use at most %lld characters",
		    (long long)longest);
	if (n < s->field->min)
		return fail_field(s->cx, s->name, "field.too_short", "Use at least %lld characters",
		    (long long)s->field->min);
	return OK;
}

static enum err check_choice(const struct field_spot *s, const char *text)
{
	const char *const *choices = s->field->choices;

	for (; choices != NULL && *choices != NULL; choices++) {
		if (strcmp(*choices, text) == 0)
			return OK;
	}
	if (s->field->choices == NULL && s->field->type != FIELD_CHOICE)
		return OK;
	return fail_field(s->cx, s->name, "field.choice", "Choose one of the options");
}

enum err field_text(const struct field_spot *s, const char *text, const char **ret)
{
	enum field_type type = s->field->type;
	bool lines = type == FIELD_TEXT || type == FIELD_SECRET;
	const char *read;

	if (lines)
		text = unix_lines(s->cx->arena, text);
	/* White space around is a slip of copying, except in a password, where it may be meant. */
	if (type != FIELD_PASSWORD)
		text = str_trim(s->cx->arena, text);
	if (lines ? !clean_lines(text) : !str_clean_line(text))
		return fail_field(s->cx, s->name, "field.characters",
		    "Remove the characters that cannot be shown");
	TRY(check_length(s, text));
	assert((size_t)type < sizeof readers / sizeof readers[0]);
	TRY(readers[type](s, text, &read));
	TRY(check_choice(s, read));
	*ret = read;
	return OK;
}
