/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files for browsers: embedded or from the theme folder, and the theme's own style sheet made
 * from the accent color. With ?v=… they may be kept for ever, without they are asked for again
 * (ETag). Nothing here needs a login or a cookie.
 */
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/embed.h"
#include "base/str.h"
#include "net/files.h"
#include "web/handlers.h"
#include "web/own.h"

#define CACHE_EVER "public, max-age=31536000, immutable"
#define CACHE_ASK "public, max-age=300, must-revalidate"

const char *web_asset_hash(struct arena *a)
{
	size_t n;
	const struct embed *files = embed_all(&n);
	char hex[CRYPTO_SHA256_HEX];
	struct buf all;
	buf_init(&all, a);
	for (size_t i = 0; i < n; i++) {
		if (!str_starts(files[i].path, "assets/"))
			continue;
		crypto_sha256(files[i].bytes, files[i].len, hex);
		buf_puts(&all, hex);
	}
	crypto_sha256(buf_text(&all), all.len, hex);
	return arena_strndup(a, hex, 12);
}

const char *web_asset_type(const char *name)
{
	static const char *const types[][2] = {{".css", "text/css; charset=utf-8"},
	    {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"},
	    {".png", "image/png"}, {".jpg", "image/jpeg"}, {".webp", "image/webp"},
	    {".ico", "image/x-icon"}, {".woff2", "font/woff2"},
	    {".txt", "text/plain; charset=utf-8"}, {".json", "application/json"}};
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (str_ends(name, types[i][0]))
			return types[i][1];
	return NULL;
}

static enum err send_asset(struct cx *cx, struct page *p, const char *name)
{
	const void *bytes;
	size_t len;
	const char *type = web_asset_type(name);
	/* Only known types: a theme folder may hold anything. */
	if (type == NULL ||
	    !files_get(cx->arena, p->web->theme_dir, arena_printf(cx->arena, "assets/%s", name),
	        &bytes, &len))
		return fail(cx, ERR_NOT_FOUND, "http.path", "There is nothing at this address.");
	p->cache = page_query(p, "v") != NULL ? CACHE_EVER : CACHE_ASK;
	return page_file(cx, p, type, NULL, bytes, len);
}

enum err shop_asset(struct cx *cx, struct page *p)
{
	return send_asset(cx, p, p->word);
}

enum err shop_favicon(struct cx *cx, struct page *p)
{
	return send_asset(cx, p, "favicon.svg");
}

enum err shop_robots(struct cx *cx, struct page *p)
{
	static const char text[] =
	    "User-agent: *\nDisallow: /client\nDisallow: /admin\nDisallow: /i/\n"
	    "Disallow: /api\nDisallow: /cart\nDisallow: /checkout\n";
	p->cache = CACHE_ASK;
	return page_file(cx, p, "text/plain; charset=utf-8", NULL, text, sizeof text - 1);
}

/* Relative luminance, good enough to choose black or white on it (sRGB weights, no gamma). */
static bool is_light(unsigned rgb)
{
	unsigned r = rgb >> 16 & 255, g = rgb >> 8 & 255, b = rgb & 255;
	return r * 299 + g * 587 + b * 114 > 150 * 1000;
}

enum err shop_accent(struct cx *cx, struct page *p)
{
	unsigned rgb;
	char end;
	const char *accent = str_or(p->settings.company_accent, "");
	/* Nothing but a color gets into a style sheet. */
	if (strlen(accent) != 7 || sscanf(accent, "#%6x%c", &rgb, &end) != 1)
		rgb = 0x206bc4;
	const char *css = arena_printf(cx->arena, ":root{--accent:#%06x;--accent-fg:%s}\n", rgb,
	    is_light(rgb) ? "#000" : "#fff");
	p->cache = CACHE_ASK;
	return page_file(cx, p, "text/css; charset=utf-8", NULL, css, strlen(css));
}
