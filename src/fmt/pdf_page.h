/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_PDF_PAGE_H
#define FMT_PDF_PAGE_H

/*
 * A canvas of pages in points (1/72 inch), y downward; shared by pdf_*.c. Text of any script,
 * wrapped in its box. A measuring canvas has the same answers but draws nothing.
 */

#include "base/cx.h"
#include "fmt/pdf.h"

#include <stdbool.h>

enum pdf_align { PDF_LEFT, PDF_RIGHT, PDF_CENTER };

struct pdf_style {
	double size;
	bool bold;
	unsigned color; /* 0xRRGGBB */
	enum pdf_align align;
	int lines_max; /* cut with an ellipsis; 0 = all */
};

struct pdf_box {
	double x, y, w;
};

struct pdf_about {
	const char *title, *author;
	const char *day; /* "YYYY-MM-DD", the date of the file */
};

struct pdf_canvas;

/* Freed with the context's arena if pdf_canvas_finish() is not reached. */
struct pdf_canvas *pdf_canvas_new(struct cx *cx, double w, double h, const struct pdf_about *about);
struct pdf_canvas *pdf_canvas_measure(struct cx *cx);
void pdf_canvas_next_page(struct pdf_canvas *c);
/* ERR_INTERNAL "pdf.failed" when cairo met an error on the way. */
enum err pdf_canvas_finish(struct pdf_canvas *c, void **ret, size_t *ret_len) MUST_CHECK;

/* Draws wrapped text and returns its height; "" has none. */
double pdf_text(struct pdf_canvas *c, struct pdf_box box, const struct pdf_style *style,
    const char *text);
double pdf_text_height(struct pdf_canvas *c, double w, const struct pdf_style *style,
    const char *text);
/* Width on one line. */
double pdf_text_width(struct pdf_canvas *c, const struct pdf_style *style, const char *text);
/* Text that may be longer than a page, line by line. */
struct pdf_flow {
	struct pdf_box box; /* box.y ends below the text */
	/* Asked before each line; may go to a new page and change box->y. */
	void (*room)(void *arg, struct pdf_box *box, double height);
	void *arg;
};
void pdf_text_flow(struct pdf_canvas *c, struct pdf_flow *flow, const struct pdf_style *style,
    const char *text);

void pdf_rule(struct pdf_canvas *c, struct pdf_box box, double thickness, unsigned color);
/* A framed word: "PAID". Right edge at box.x + box.w; returns its height. */
double pdf_stamp(struct pdf_canvas *c, struct pdf_box box, unsigned color, const char *word);
/* Scaled to fit, never over 1 point a pixel; ERR_INVALID "pdf.logo": no PNG or too large. */
enum err pdf_logo(struct pdf_canvas *c, struct pdf_box box, double height_max, struct pdf_logo logo,
    double *ret_height) MUST_CHECK;

#endif
