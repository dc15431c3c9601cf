/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A statement of account on paper: who, from when to when, every line with what is open after it,
 * and how it ends. Laid out twice, as invoices are: first to count the pages. No amount is computed
 * here.
 */
#include "base/str.h"
#include "fmt/pdf_page.h"

#define MARGIN 48.0
#define FOOT 62.0
#define ROW 16.0

enum { INK = 0x1f2937, QUIET = 0x6b7280, HAIR = 0xd9dde3 };

static const struct pdf_style style_title = {20, true, INK, PDF_LEFT, 1};
static const struct pdf_style style_label = {7.5, true, QUIET, PDF_LEFT, 1};
static const struct pdf_style style_label_right = {7.5, true, QUIET, PDF_RIGHT, 1};
static const struct pdf_style style_text = {9, false, INK, PDF_LEFT, 1};
static const struct pdf_style style_right = {9, false, INK, PDF_RIGHT, 1};
static const struct pdf_style style_lead = {11, true, INK, PDF_LEFT, 2};
static const struct pdf_style style_foot = {7.5, false, QUIET, PDF_LEFT, 3};
static const struct pdf_style style_foot_right = {7.5, false, QUIET, PDF_RIGHT, 1};

struct column {
	const char *label, *key;
	double share; /* of the width */
	bool right;
};
static const struct column columns[] = {
    {"DAY", "booked_day", 0.13, false},
    {"WHAT", "what", 0.19, false},
    {"DOCUMENT", "number", 0.20, false},
    {"AMOUNT", "amount_money", 0.16, true},
    {"OPEN", "open_money", 0.16, true},
    {"CREDIT", "credit_money", 0.16, true},
};
#define COLUMNS_N (sizeof columns / sizeof columns[0])

struct sheet {
	struct cx *cx;
	struct pdf_canvas *c;
	const json_t *tree;
	double w, h, y;
	bool in_table;
	int page, pages;
};

static const char *at(const json_t *object, const char *key)
{
	return str_or(json_string_value(json_object_get(object, key)), "");
}

static double inner(const struct sheet *s)
{
	return s->w - 2 * MARGIN;
}

static void foot(struct sheet *s)
{
	struct pdf_box box = {MARGIN, s->h - FOOT + 14, inner(s)};
	pdf_rule(s->c, box, 0.5, HAIR);
	box.y += 7;
	pdf_text(s->c, (struct pdf_box){box.x, box.y, box.w - 122}, &style_foot,
	    at(json_object_get(s->tree, "seller"), "footer"));
	pdf_text(s->c, (struct pdf_box){box.x + box.w - 110, box.y, 110}, &style_foot_right,
	    arena_printf(s->cx->arena, "Page %d of %d", s->page, s->pages));
}

static void row(struct sheet *s, const json_t *line)
{
	double x = MARGIN;
	for (size_t i = 0; i < COLUMNS_N; i++) {
		const struct column *k = &columns[i];
		struct pdf_box box = {x, s->y + 4, k->share * inner(s) - 6};
		const struct pdf_style *style = line == NULL ?
		    k->right ? &style_label_right : &style_label :
		    k->right ? &style_right :
		               &style_text;
		pdf_text(s->c, box, style, line == NULL ? k->label : at(line, k->key));
		x += k->share * inner(s);
	}
	s->y += ROW;
	pdf_rule(s->c, (struct pdf_box){MARGIN, s->y, inner(s)}, line == NULL ? 1 : 0.5,
	    line == NULL ? INK : HAIR);
}

static void need(struct sheet *s, double height)
{
	if (s->y + height <= s->h - FOOT)
		return;
	foot(s);
	pdf_canvas_next_page(s->c);
	s->page++;
	s->y = MARGIN;
	if (s->in_table)
		row(s, NULL);
}

static double party(struct sheet *s, struct pdf_box box, const char *label, const json_t *who)
{
	const json_t *lines = json_object_get(who, "address_lines");
	box.y += pdf_text(s->c, box, &style_label, label) + 3;
	box.y += pdf_text(s->c, box, &style_text, str_or(at(who, "company"), at(who, "name")));
	for (size_t i = 0; i < json_array_size(lines) && i < 10; i++)
		box.y += pdf_text(s->c, box, &style_text,
		    str_or(json_string_value(json_array_get(lines, i)), ""));
	return box.y;
}

static void head(struct sheet *s)
{
	double half = (inner(s) - 20) / 2;
	struct pdf_box box = {MARGIN, MARGIN, inner(s)};
	box.y += pdf_text(s->c, box, &style_title, "Statement of account") + 4;
	box.y += pdf_text(s->c, box, &style_text,
	             arena_printf(s->cx->arena, "%s – %s", at(s->tree, "from_day"),
	                 at(s->tree, "until_day"))) +
	    14;
	double from = party(s, (struct pdf_box){MARGIN, box.y, half}, "FROM",
	    json_object_get(s->tree, "seller"));
	double to = party(s, (struct pdf_box){MARGIN + half + 20, box.y, half}, "FOR",
	    json_object_get(s->tree, "party"));
	s->y = (from > to ? from : to) + 18;
}

/* What is open and what is credit, before and at the end, per currency. */
static void balances(struct sheet *s, const char *open, const char *credit, const char *what)
{
	const json_t *all = json_object_get(s->tree, "balances");
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *b = json_array_get(all, i);
		struct pdf_box box = {MARGIN, s->y, inner(s)};
		need(s, 24);
		box.y = s->y;
		s->y += pdf_text(s->c, box, &style_lead,
		            arena_printf(s->cx->arena, "%s: %s open, %s credit", what, at(b, open),
		                at(b, credit))) +
		    8;
	}
}

static void draw(struct sheet *s, struct pdf_canvas *c)
{
	const json_t *lines = json_object_get(s->tree, "lines");
	s->c = c;
	s->page = 1;
	head(s);
	balances(s, "opening_open_money", "opening_credit_money", "Before");
	need(s, 3 * ROW);
	row(s, NULL);
	s->in_table = true;
	for (size_t i = 0; i < json_array_size(lines); i++) {
		need(s, ROW);
		row(s, json_array_get(lines, i));
	}
	s->in_table = false;
	s->y += 12;
	balances(s, "closing_open_money", "closing_credit_money", "At the end");
	foot(s);
	s->pages = s->page;
}

enum err pdf_statement(struct cx *cx, const json_t *tree, enum pdf_paper paper, void **ret,
    size_t *ret_len)
{
	struct sheet s = {.cx = cx, .tree = tree};
	const struct pdf_about about = {"Statement of account",
	    at(json_object_get(tree, "seller"), "name"),
	    str_or(at(tree, "until_on"), "2000-01-01")};
	s.w = paper == PDF_A4 ? 595.276 : 612;
	s.h = paper == PDF_A4 ? 841.89 : 792;
	draw(&s, pdf_canvas_measure(cx));
	struct pdf_canvas *c = pdf_canvas_new(cx, s.w, s.h, &about);
	draw(&s, c);
	return pdf_canvas_finish(c, ret, ret_len);
}
