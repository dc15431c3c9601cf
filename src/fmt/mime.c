/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letters to bytes and back, by GMime; the only file that includes it. Outgoing letters are the
 * same bytes for the same input: the boundary follows from the message id. What a letter says and
 * where it is sent is not here.
 */
#include "fmt/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "base/crypto.h"
#include "base/limits.h"
#include "base/str.h"

static void start(void)
{
	static bool started;

	if (!started)
		g_mime_init();
	started = true;
}

static bool header_ok(const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	}
	return true;
}

/* One bare address: nothing that could add a second one. */
static bool address_ok(const char *s)
{
	const char *at = strchr(s, '@');

	if (!header_ok(s) || at == NULL || at == s || at[1] == '\0')
		return false;
	return strpbrk(s, " ,;:<>()[]\\\"") == NULL && strchr(at + 1, '@') == NULL;
}

static enum err check(struct cx *cx, const struct mime_letter *l)
{
	bool ok = header_ok(l->from_name) && header_ok(l->to_name) && header_ok(l->subject) &&
	    address_ok(l->from) && address_ok(l->to) && address_ok(l->message_id) &&
	    (l->reply_to == NULL || address_ok(l->reply_to));
	size_t total = strlen(l->text) + (l->html != NULL ? strlen(l->html) : 0);

	for (size_t i = 0; ok && i < l->files_n; i++) {
		ok = header_ok(l->files[i].name) && header_ok(l->files[i].type);
		/* base64 makes four bytes of three. */
		total += l->files[i].len / 3 * 4;
	}
	if (!ok)
		return fail(cx, ERR_INVALID, "mime.header",
		    "A name, an address or the subject of the letter has characters it may not "
		    "have.");
	if (total > LIMIT_LETTER_BYTES)
		return fail(cx, ERR_INVALID, "mime.limit", "The letter is larger than %u bytes.",
		    LIMIT_LETTER_BYTES);
	return OK;
}

static GMimeObject *text_part(const char *subtype, const char *text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype(subtype);

	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_text_part_set_text(part, text);
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return GMIME_OBJECT(part);
}

static GMimeObject *file_part(const struct mime_file *f)
{
	GMimeContentType *type =
	    g_mime_content_type_parse(NULL, str_or(f->type, "application/octet-stream"));
	GMimePart *part = g_mime_part_new();
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(f->bytes, f->len);
	GMimeDataWrapper *content =
	    g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type(GMIME_OBJECT(part), type);
	g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
	g_mime_part_set_filename(part, f->name);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_mime_part_set_content(part, content);
	g_object_unref(content);
	g_object_unref(stream);
	g_object_unref(type);
	return GMIME_OBJECT(part);
}

/* "=_" occurs neither in quoted-printable nor in base64: no content can end a part early. */
static GMimeMultipart *multipart(const char *subtype, const char *message_id)
{
	GMimeMultipart *m = g_mime_multipart_new_with_subtype(subtype);
	char hash[CRYPTO_SHA256_HEX], boundary[64];

	crypto_sha256(message_id, strlen(message_id), hash);
	g_snprintf(boundary, sizeof boundary, "=_%.32s_%s", hash, subtype);
	g_mime_multipart_set_boundary(m, boundary);
	return m;
}

static void add(GMimeMultipart *to, GMimeObject *part)
{
	g_mime_multipart_add(to, part);
	g_object_unref(part);
}

static GMimeObject *body_of(const struct mime_letter *l)
{
	GMimeObject *text = text_part("plain", l->text);

	if (!str_empty(l->html)) {
		GMimeMultipart *both = multipart("alternative", l->message_id);
		add(both, text);
		add(both, text_part("html", l->html));
		text = GMIME_OBJECT(both);
	}
	if (l->files_n > 0) {
		GMimeMultipart *all = multipart("mixed", l->message_id);
		add(all, text);
		for (size_t i = 0; i < l->files_n; i++)
			add(all, file_part(&l->files[i]));
		text = GMIME_OBJECT(all);
	}
	return text;
}

static GMimeMessage *message_of(const struct mime_letter *l)
{
	GMimeMessage *m = g_mime_message_new(TRUE);
	GDateTime *at = g_date_time_new_from_unix_utc(l->at);
	GMimeObject *body = body_of(l);

	g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_FROM, l->from_name, l->from);
	g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_TO, l->to_name, l->to);
	if (l->reply_to != NULL)
		g_mime_message_add_mailbox(m, GMIME_ADDRESS_TYPE_REPLY_TO, NULL, l->reply_to);
	g_mime_message_set_subject(m, l->subject, "utf-8");
	g_mime_message_set_date(m, at);
	g_mime_message_set_message_id(m, l->message_id);
	g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted", "auto-generated", NULL);
	g_mime_message_set_mime_part(m, body);
	g_object_unref(body);
	g_date_time_unref(at);
	return m;
}

/*
 * All content is encoded by now, so that every line end is a line end of the message. Room is taken
 * once: a growing buffer would take a multiple of a large letter.
 */
static char *crlf(struct cx *cx, const char *s, size_t len, size_t *ret_len)
{
	size_t lines = 0, n = 0;
	char *to;

	for (size_t i = 0; i < len; i++)
		lines += s[i] == '\n';
	to = arena_alloc(cx->arena, len + lines + 1);
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\n' && (i == 0 || s[i - 1] != '\r'))
			to[n++] = '\r';
		to[n++] = s[i];
	}
	*ret_len = n;
	return to;
}

enum err mime_print(struct cx *cx, const struct mime_letter *l, char **ret, size_t *ret_len)
{
	GMimeMessage *message;
	GMimeStream *stream;
	GByteArray *bytes;

	TRY(check(cx, l));
	start();
	message = message_of(l);
	stream = g_mime_stream_mem_new();
	g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	*ret = crlf(cx, (const char *)bytes->data, bytes->len, ret_len);
	g_object_unref(stream);
	g_object_unref(message);
	return OK;
}

/* UTF-8 whatever came, LF line ends; NULL stays NULL. */
static char *clean(struct cx *cx, const char *s)
{
	char *valid, *copy, *to;

	if (s == NULL)
		return NULL;
	valid = g_utf8_make_valid(s, -1);
	copy = arena_strdup(cx->arena, valid);
	g_free(valid);
	to = copy;
	for (const char *p = copy; *p != '\0'; p++) {
		if (*p != '\r' || p[1] != '\n')
			*to++ = *p;
	}
	*to = '\0';
	return copy;
}

static char *addresses(struct cx *cx, InternetAddressList *list)
{
	char *text = list != NULL ? internet_address_list_to_string(list, NULL, FALSE) : NULL;
	char *copy = clean(cx, text != NULL ? text : "");

	g_free(text);
	return copy;
}

struct found {
	struct cx *cx;
	struct mime_view *view;
};

static void look_at(GMimeObject *parent, GMimeObject *part, gpointer arg)
{
	struct found *found = arg;
	const char *disposition = g_mime_object_get_disposition(part);
	GMimeContentType *type = g_mime_object_get_content_type(part);
	bool html = g_mime_content_type_is_type(type, "text", "html");
	char **to = html ? &found->view->html : &found->view->text;
	char *text;

	if (!GMIME_IS_TEXT_PART(part) || *to != NULL)
		return;
	if (!html && !g_mime_content_type_is_type(type, "text", "plain"))
		return;
	if (disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0)
		return;
	text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	*to = clean(found->cx, text);
	g_free(text);
}

static GMimeMessage *message_from(const void *bytes, size_t len)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes, len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

enum err mime_parse(struct cx *cx, const void *bytes, size_t len, struct mime_view *ret)
{
	struct mime_view view = {0};
	struct found found = {cx, &view};
	GMimeMessage *m;

	if (len > LIMIT_LETTER_BYTES)
		return fail(cx, ERR_INVALID, "mime.limit", "The letter is larger than %u bytes.",
		    LIMIT_LETTER_BYTES);
	start();
	m = len > 0 ? message_from(bytes, len) : NULL;
	if (m == NULL)
		return fail(cx, ERR_INVALID, "mime.malformed", "This is not a letter.");
	view.from = addresses(cx, g_mime_message_get_from(m));
	view.to = addresses(cx, g_mime_message_get_to(m));
	view.subject = clean(cx, str_or(g_mime_message_get_subject(m), ""));
	view.date = clean(cx, str_or(g_mime_object_get_header(GMIME_OBJECT(m), "Date"), ""));
	g_mime_message_foreach(m, look_at, &found);
	g_object_unref(m);
	*ret = view;
	return OK;
}
