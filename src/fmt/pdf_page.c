/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages and text by cairo and pango; the only file that includes them. Same calls, same bytes: the
 * file's dates are given, hinting is off. What stands where on an invoice is pdf_invoice.c.
 */
#include "fmt/pdf_page.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "base/str.h"

/* The first one installed; pango falls back glyph by glyph to whatever has the script. */
#define FONTS "Inter, Noto Sans, DejaVu Sans, Liberation Sans, sans-serif"
#define LOGO_SIDE_MAX 4000
#define LOGO_PIXELS_MAX 2000000 /* 8 MB once unpacked; print needs a fraction */

struct pdf_canvas {
	struct cx *cx;
	cairo_surface_t *surface; /* NULL: measuring */
	cairo_t *cr;
	PangoContext *pango;
	PangoLayout *layout;
	struct buf out;
};

static void release(void *arg)
{
	struct pdf_canvas *c = arg;

	g_clear_object(&c->layout);
	g_clear_object(&c->pango);
	if (c->cr != NULL)
		cairo_destroy(c->cr);
	c->cr = NULL;
	if (c->surface != NULL)
		cairo_surface_destroy(c->surface);
	c->surface = NULL;
}

static cairo_status_t collect(void *arg, const unsigned char *bytes, unsigned len)
{
	buf_add(arg, bytes, len);
	return CAIRO_STATUS_SUCCESS;
}

struct pdf_canvas *pdf_canvas_measure(struct cx *cx)
{
	struct pdf_canvas *c = ARENA_NEW(cx->arena, struct pdf_canvas);
	cairo_font_options_t *options = cairo_font_options_create();
	PangoAttrList *attributes;

	c->cx = cx;
	buf_init(&c->out, cx->arena);
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	c->pango = pango_font_map_create_context(pango_cairo_font_map_get_default());
	pango_cairo_context_set_font_options(c->pango, options);
	pango_context_set_round_glyph_positions(c->pango, FALSE);
	c->layout = pango_layout_new(c->pango);
	/* A hyphen within an address or number would be read as part of it. */
	attributes = pango_attr_list_new();
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(c->layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_wrap(c->layout, PANGO_WRAP_WORD_CHAR);
	cairo_font_options_destroy(options);
	arena_defer(cx->arena, release, c);
	return c;
}

static void set_about(cairo_surface_t *surface, struct cx *cx, const struct pdf_about *about)
{
	const char *at = arena_printf(cx->arena, "%sT00:00:00Z", about->day);

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, about->title);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, about->author);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Billhook");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, at);
}

struct pdf_canvas *pdf_canvas_new(struct cx *cx, double w, double h, const struct pdf_about *about)
{
	struct pdf_canvas *c = pdf_canvas_measure(cx);

	c->surface = cairo_pdf_surface_create_for_stream(collect, &c->out, w, h);
	set_about(c->surface, cx, about);
	c->cr = cairo_create(c->surface);
	return c;
}

void pdf_canvas_next_page(struct pdf_canvas *c)
{
	if (c->cr != NULL)
		cairo_show_page(c->cr);
}

enum err pdf_canvas_finish(struct pdf_canvas *c, void **ret, size_t *ret_len)
{
	cairo_status_t status;

	cairo_show_page(c->cr);
	status = cairo_status(c->cr);
	cairo_surface_finish(c->surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(c->surface);
	release(c);
	if (status != CAIRO_STATUS_SUCCESS)
		return fail(c->cx, ERR_INTERNAL, "pdf.failed", "The PDF cannot be made: %s.",
		    cairo_status_to_string(status));
	*ret = c->out.s;
	*ret_len = c->out.len;
	return OK;
}

static void set_color(struct pdf_canvas *c, unsigned color)
{
	cairo_set_source_rgb(c->cr, (color >> 16 & 255) / 255.0, (color >> 8 & 255) / 255.0,
	    (color & 255) / 255.0);
}

/* Text that reads from right to left swaps pango's left and right; the side we mean stays. */
static PangoAlignment alignment(const struct pdf_canvas *c, const struct pdf_style *style)
{
	bool swapped = pango_layout_get_direction(c->layout, 0) == PANGO_DIRECTION_RTL;

	if (style->align == PDF_CENTER)
		return PANGO_ALIGN_CENTER;
	return (style->align == PDF_RIGHT) != swapped ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT;
}

/* w < 0: on one line. */
static void lay_out(struct pdf_canvas *c, double w, const struct pdf_style *style, const char *text)
{
	PangoFontDescription *font = pango_font_description_from_string(FONTS);

	pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
	pango_font_description_set_weight(font,
	    style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(c->layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(c->layout, w < 0 ? -1 : (int)(w * PANGO_SCALE));
	pango_layout_set_height(c->layout, style->lines_max > 0 ? -style->lines_max : -1);
	pango_layout_set_ellipsize(c->layout,
	    style->lines_max > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
	pango_layout_set_text(c->layout, text, -1);
	pango_layout_set_alignment(c->layout, alignment(c, style));
}

static double layout_height(struct pdf_canvas *c)
{
	PangoRectangle logical;

	pango_layout_get_extents(c->layout, NULL, &logical);
	return (double)logical.height / PANGO_SCALE;
}

double pdf_text_height(struct pdf_canvas *c, double w, const struct pdf_style *style,
    const char *text)
{
	if (str_empty(text))
		return 0;
	lay_out(c, w, style, text);
	return layout_height(c);
}

double pdf_text_width(struct pdf_canvas *c, const struct pdf_style *style, const char *text)
{
	PangoRectangle logical;

	lay_out(c, -1, style, text);
	pango_layout_get_extents(c->layout, NULL, &logical);
	return (double)logical.width / PANGO_SCALE;
}

double pdf_text(struct pdf_canvas *c, struct pdf_box box, const struct pdf_style *style,
    const char *text)
{
	double height = pdf_text_height(c, box.w, style, text);

	if (c->cr == NULL || height <= 0)
		return height;
	set_color(c, style->color);
	cairo_move_to(c->cr, box.x, box.y);
	pango_cairo_show_layout(c->cr, c->layout);
	return height;
}

void pdf_text_flow(struct pdf_canvas *c, struct pdf_flow *flow, const struct pdf_style *style,
    const char *text)
{
	struct pdf_box *box = &flow->box;
	PangoLayout *layout;
	PangoLayoutIter *at;

	if (str_empty(text))
		return;
	lay_out(c, box->w, style, text);
	/* A copy: whoever makes room may draw text of its own. */
	layout = pango_layout_copy(c->layout);
	at = pango_layout_get_iter(layout);
	do {
		PangoRectangle logical;
		pango_layout_iter_get_line_extents(at, NULL, &logical);
		double top = (double)logical.y / PANGO_SCALE;
		double baseline = (double)pango_layout_iter_get_baseline(at) / PANGO_SCALE - top;
		double height = (double)logical.height / PANGO_SCALE;
		flow->room(flow->arg, box, height);
		if (c->cr != NULL) {
			set_color(c, style->color);
			cairo_move_to(c->cr, box->x + (double)logical.x / PANGO_SCALE,
			    box->y + baseline);
			pango_cairo_show_layout_line(c->cr,
			    pango_layout_iter_get_line_readonly(at));
		}
		box->y += height;
	} while (pango_layout_iter_next_line(at));
	pango_layout_iter_free(at);
	g_object_unref(layout);
}

void pdf_rule(struct pdf_canvas *c, struct pdf_box box, double thickness, unsigned color)
{
	if (c->cr == NULL)
		return;
	set_color(c, color);
	cairo_rectangle(c->cr, box.x, box.y, box.w, thickness);
	cairo_fill(c->cr);
}

double pdf_stamp(struct pdf_canvas *c, struct pdf_box box, unsigned color, const char *word)
{
	const struct pdf_style style = {11, true, color, PDF_LEFT, 0};
	double w = pdf_text_width(c, &style, word), h = layout_height(c);
	double pad_x = 9, pad_y = 3, left = box.x + box.w - w - 2 * pad_x;

	if (c->cr != NULL) {
		set_color(c, color);
		cairo_set_line_width(c->cr, 1.4);
		cairo_rectangle(c->cr, left, box.y, w + 2 * pad_x, h + 2 * pad_y);
		cairo_stroke(c->cr);
		pdf_text(c, (struct pdf_box){left + pad_x, box.y + pad_y, w + 1}, &style, word);
	}
	return h + 2 * pad_y;
}

struct source {
	const unsigned char *at;
	size_t left;
};

static cairo_status_t feed(void *arg, unsigned char *to, unsigned len)
{
	struct source *from = arg;

	if (len > from->left)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(to, from->at, len);
	from->at += len;
	from->left -= len;
	return CAIRO_STATUS_SUCCESS;
}

static unsigned big_endian(const unsigned char *p)
{
	return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

/* The size is read from the header before anything is unpacked. */
static bool png_ok(const unsigned char *png, size_t len)
{
	static const unsigned char mark[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

	if (len < 33 || memcmp(png, mark, sizeof mark) != 0)
		return false;
	unsigned w = big_endian(png + 16), h = big_endian(png + 20);
	return w > 0 && h > 0 && w <= LOGO_SIDE_MAX && h <= LOGO_SIDE_MAX &&
	    w * h <= LOGO_PIXELS_MAX;
}

enum err pdf_logo(struct pdf_canvas *c, struct pdf_box box, double height_max, struct pdf_logo logo,
    double *ret_height)
{
	struct source from = {logo.png, logo.len};
	cairo_surface_t *image;
	double w, h, scale;

	if (!png_ok(logo.png, logo.len))
		return fail(c->cx, ERR_INVALID, "pdf.logo",
		    "The logo must be a PNG of at most %d pixels.", LOGO_PIXELS_MAX);
	image = cairo_image_surface_create_from_png_stream(feed, &from);
	if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
		cairo_surface_destroy(image);
		return fail(c->cx, ERR_INVALID, "pdf.logo", "The logo cannot be read as PNG.");
	}
	w = cairo_image_surface_get_width(image);
	h = cairo_image_surface_get_height(image);
	scale = box.w / w < height_max / h ? box.w / w : height_max / h;
	scale = scale > 1 ? 1 : scale;
	if (c->cr != NULL) {
		cairo_save(c->cr);
		cairo_translate(c->cr, box.x, box.y);
		cairo_scale(c->cr, scale, scale);
		cairo_set_source_surface(c->cr, image, 0, 0);
		cairo_paint(c->cr);
		cairo_restore(c->cr);
	}
	cairo_surface_destroy(image);
	*ret_height = h * scale;
	return OK;
}
