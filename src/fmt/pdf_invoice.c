/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands where on an invoice or credit note. It is laid out twice: first on a measuring canvas
 * to count the pages, then for real. No amount is computed here: every text comes from the tree.
 */
#include <string.h>

#include "base/limits.h"
#include "base/str.h"
#include "fmt/pdf_page.h"

#define MARGIN 48.0
#define FOOT 62.0   /* kept free at the foot of each page */
#define GAP 12.0    /* between columns */
#define ROW_PAD 5.0 /* above and below a row's text */

enum { INK = 0x1f2937, QUIET = 0x6b7280, HAIR = 0xd9dde3, GREEN = 0x2b8a3e };

static const struct pdf_style style_title = {24, true, INK, PDF_RIGHT, 1};
static const struct pdf_style style_brand = {17, true, INK, PDF_LEFT, 2};
static const struct pdf_style style_label = {7.5, true, QUIET, PDF_LEFT, 1};
static const struct pdf_style style_label_right = {7.5, true, QUIET, PDF_RIGHT, 1};
static const struct pdf_style style_text = {9, false, INK, PDF_LEFT, 12};
static const struct pdf_style style_strong = {9, true, INK, PDF_LEFT, 8};
static const struct pdf_style style_right = {9, false, INK, PDF_RIGHT, 1};
static const struct pdf_style style_small = {8, false, QUIET, PDF_LEFT, 2};
static const struct pdf_style style_note = {8.5, false, QUIET, PDF_LEFT, 0};
static const struct pdf_style style_lead = {13, true, INK, PDF_LEFT, 2};
static const struct pdf_style style_total = {10.5, true, INK, PDF_RIGHT, 1};
static const struct pdf_style style_total_label = {10.5, true, INK, PDF_LEFT, 1};
static const struct pdf_style style_foot = {7.5, false, QUIET, PDF_LEFT, 3};
static const struct pdf_style style_foot_right = {7.5, false, QUIET, PDF_RIGHT, 1};

enum { COLUMN_TEXT, COLUMN_QUANTITY, COLUMN_UNIT, COLUMN_TAX, COLUMN_NET, COLUMNS };

struct sheet {
	struct cx *cx;
	struct pdf_canvas *c;
	const json_t *invoice;
	struct pdf_logo logo;
	double w, h, y;
	struct pdf_box columns[COLUMNS];
	bool in_table; /* a new page repeats the head of the table */
	int page, pages;
};

/* "" for what is absent, null or no text. */
static const char *at(const json_t *object, const char *key)
{
	return str_or(json_string_value(json_object_get(object, key)), "");
}

static bool is_credit_note(const struct sheet *s)
{
	return str_eq(at(s->invoice, "kind"), "credit_note");
}

static bool is_draft(const struct sheet *s)
{
	return str_empty(at(s->invoice, "number")) || str_eq(at(s->invoice, "state"), "draft");
}

static bool is_quote(const struct sheet *s)
{
	return str_eq(at(s->invoice, "kind"), "quote");
}

/* Nothing is owed by it. */
static bool asks_nothing(const struct sheet *s)
{
	return is_credit_note(s) || is_draft(s) || is_quote(s);
}

static bool is_proforma(const struct sheet *s)
{
	return json_is_true(json_object_get(s->invoice, "is_proforma"));
}

static const char *title_of(const struct sheet *s)
{
	if (is_draft(s))
		return "Draft";
	if (is_quote(s))
		return "Quote";
	if (is_credit_note(s))
		return "Credit note";
	return is_proforma(s) ? "Proforma" : "Invoice";
}

static double inner(const struct sheet *s)
{
	return s->w - 2 * MARGIN;
}

static void foot(struct sheet *s)
{
	const char *number = at(s->invoice, "number");
	const char *page = arena_printf(s->cx->arena, "%s%sPage %d of %d", number,
	    number[0] != '\0' ? "  ·  " : "", s->page, s->pages);
	struct pdf_box box = {MARGIN, s->h - FOOT + 14, inner(s)};

	pdf_rule(s->c, box, 0.5, HAIR);
	box.y += 7;
	pdf_text(s->c, (struct pdf_box){box.x, box.y, box.w - 110 - GAP}, &style_foot,
	    at(json_object_get(s->invoice, "seller"), "footer"));
	pdf_text(s->c, (struct pdf_box){box.x + box.w - 110, box.y, 110}, &style_foot_right, page);
}

static void table_head(struct sheet *s)
{
	static const char *const names[COLUMNS] = {"DESCRIPTION", "QTY", "UNIT PRICE", "TAX",
	    "AMOUNT"};
	double height = 0;

	for (int i = 0; i < COLUMNS; i++) {
		struct pdf_box box = s->columns[i];
		box.y = s->y;
		height = pdf_text(s->c, box, i == COLUMN_TEXT ? &style_label : &style_label_right,
		    names[i]);
	}
	s->y += height + ROW_PAD;
	pdf_rule(s->c, (struct pdf_box){MARGIN, s->y, inner(s)}, 1, INK);
	s->y += 1;
}

static void next_page(struct sheet *s)
{
	foot(s);
	pdf_canvas_next_page(s->c);
	s->page++;
	s->y = MARGIN;
	if (s->in_table)
		table_head(s);
}

static void need(struct sheet *s, double height)
{
	if (s->y + height > s->h - FOOT)
		next_page(s);
}

/* One line of a block of text below the others; nothing for "". */
static void line(struct sheet *s, struct pdf_box *box, const struct pdf_style *style,
    const char *text)
{
	box->y += pdf_text(s->c, *box, style, text);
}

static void party(struct sheet *s, struct pdf_box *box, const char *label, const json_t *who)
{
	const char *company = at(who, "company"), *tax_id = at(who, "tax_id");
	const json_t *lines = json_object_get(who, "address_lines");

	line(s, box, &style_label, label);
	box->y += 3;
	line(s, box, &style_strong, str_or(company, at(who, "name")));
	if (company[0] != '\0' && !str_eq(company, at(who, "name")))
		line(s, box, &style_text, at(who, "name"));
	for (size_t i = 0; i < json_array_size(lines) && i < 10; i++)
		line(s, box, &style_text, str_or(json_string_value(json_array_get(lines, i)), ""));
	if (tax_id[0] != '\0')
		line(s, box, &style_text, arena_printf(s->cx->arena, "Tax ID %s", tax_id));
	line(s, box, &style_text, at(who, "email"));
}

static void detail(struct sheet *s, struct pdf_box *box, const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	line(s, box, &style_label, label);
	line(s, box, &style_text, text);
	box->y += 5;
}

static void details(struct sheet *s, struct pdf_box *box)
{
	const json_t *other = json_object_get(s->invoice, "refers_to");
	const char *number = at(other, "number"), *day = at(other, "issued_day");

	detail(s, box,
	    is_quote(s)           ? "QUOTE NUMBER" :
	        is_credit_note(s) ? "CREDIT NOTE NUMBER" :
	        is_proforma(s)    ? "PROFORMA NUMBER" :
	                            "INVOICE NUMBER",
	    at(s->invoice, "number"));
	detail(s, box, "ISSUED", at(s->invoice, "issued_day"));
	if (!is_credit_note(s))
		detail(s, box, "DUE", at(s->invoice, "due_day"));
	detail(s, box, "VALID UNTIL", at(s->invoice, "valid_day"));
	if (!is_proforma(s))
		detail(s, box, "PROFORMA", at(s->invoice, "proforma_number"));
	detail(s, box, "EXCHANGE RATE", at(json_object_get(s->invoice, "rate"), "text"));
	if (number[0] != '\0')
		detail(s, box, "REFERS TO INVOICE",
		    day[0] == '\0' ? number : arena_printf(s->cx->arena, "%s of %s", number, day));
}

static void stamp(struct sheet *s, double y)
{
	static const struct {
		const char *state, *word;
		unsigned color;
	} stamps[] = {
	    {"paid", "PAID", GREEN},
	    {"void", "VOID", QUIET},
	    {"refunded", "REFUNDED", QUIET},
	    {"credited", "CREDITED", QUIET},
	    {"cancelled", "CANCELLED", QUIET},
	};

	for (size_t i = 0; i < sizeof stamps / sizeof stamps[0]; i++) {
		if (str_eq(at(s->invoice, "state"), stamps[i].state))
			pdf_stamp(s->c, (struct pdf_box){MARGIN, y, inner(s) - 1}, stamps[i].color,
			    stamps[i].word);
	}
}

/* Logo or name on the left, what it is on the right. */
static enum err head(struct sheet *s)
{
	struct pdf_box left = {MARGIN, MARGIN, inner(s) * 0.55};
	struct pdf_box right = {MARGIN + inner(s) * 0.6, MARGIN - 3, inner(s) * 0.4};
	double height = 0, title;

	if (s->logo.png != NULL)
		TRY(pdf_logo(s->c, (struct pdf_box){left.x, left.y, 180}, 54, s->logo, &height));
	else
		height = pdf_text(s->c, left, &style_brand,
		    at(json_object_get(s->invoice, "seller"), "name"));
	title = pdf_text(s->c, right, &style_title, title_of(s));
	stamp(s, right.y + title + 5);
	s->y = MARGIN + (height > title + 34 ? height : title + 34) + 14;
	return OK;
}

static void parties(struct sheet *s)
{
	double third = (inner(s) - 2 * 20) / 3;
	struct pdf_box boxes[3] = {
	    {MARGIN, s->y, third},
	    {MARGIN + third + 20, s->y, third},
	    {MARGIN + 2 * (third + 20), s->y, third},
	};

	party(s, &boxes[0], "FROM", json_object_get(s->invoice, "seller"));
	party(s, &boxes[1], is_quote(s) ? "FOR" : "BILLED TO",
	    json_object_get(s->invoice, "buyer"));
	details(s, &boxes[2]);
	for (int i = 0; i < 3; i++)
		s->y = boxes[i].y > s->y ? boxes[i].y : s->y;
	s->y += 20;
}

/* The one line that a hurried reader needs. */
static void lead(struct sheet *s)
{
	bool open = json_integer_value(json_object_get(s->invoice, "balance_minor")) > 0;
	const char *due = at(s->invoice, "due_day");
	struct pdf_box box = {MARGIN, s->y, inner(s)};

	if (asks_nothing(s) || !open || due[0] == '\0' || str_eq(at(s->invoice, "state"), "void"))
		return;
	line(s, &box, &style_lead,
	    arena_printf(s->cx->arena, "%s due %s", at(s->invoice, "balance_money"), due));
	s->y = box.y + 16;
}

/* "19 %", or "5 % + 9.975 %" where two taxes are due. */
static const char *tax_text(struct sheet *s, const json_t *item)
{
	const char *first = at(item, "tax_rate_percent");

	if (json_integer_value(json_object_get(item, "tax2_rate_ppm")) == 0)
		return first;
	return arena_printf(s->cx->arena, "%s + %s", first, at(item, "tax2_rate_percent"));
}

static const char *cell(struct sheet *s, const json_t *item, int column)
{
	const json_t *quantity = json_object_get(item, "quantity");

	switch (column) {
	case COLUMN_QUANTITY:
		return json_is_integer(quantity) ?
		    arena_printf(s->cx->arena, "%lld", (long long)json_integer_value(quantity)) :
		    str_or(json_string_value(quantity), "");
	case COLUMN_UNIT: return at(item, "unit_money");
	case COLUMN_TAX: return tax_text(s, item);
	case COLUMN_NET: return at(item, "net_money");
	default: return at(item, "description");
	}
}

/* Numbers get the room they need; the description gets what is left. */
static void columns(struct sheet *s)
{
	static const double least[COLUMNS] = {0, 26, 62, 34, 62};
	const json_t *items = json_object_get(s->invoice, "items");
	double right = s->w - MARGIN;

	for (int i = COLUMNS - 1; i > COLUMN_TEXT; i--) {
		double w = least[i];
		for (size_t k = 0; k < json_array_size(items); k++) {
			const char *text = cell(s, json_array_get(items, k), i);
			double need_w = pdf_text_width(s->c, &style_right, text) + 1;
			w = need_w > w ? need_w : w;
		}
		/* Wider than any amount of ours; a longer text is cut. */
		w = w > 125 ? 125 : w;
		s->columns[i] = (struct pdf_box){right - w, 0, w};
		right -= w + GAP;
	}
	s->columns[COLUMN_TEXT] = (struct pdf_box){MARGIN, 0, right - MARGIN};
}

static const char *period(struct sheet *s, const json_t *item)
{
	const char *from = str_or(at(item, "from_day"), at(item, "from"));
	const char *to = str_or(at(item, "to_day"), at(item, "to"));

	if (from[0] == '\0' || to[0] == '\0')
		return str_or(from, to);
	return arena_printf(s->cx->arena, "%s – %s", from, to);
}

static void item_row(struct sheet *s, const json_t *item, bool last)
{
	double w = s->columns[COLUMN_TEXT].w;
	const char *days = period(s, item);
	double text = pdf_text_height(s->c, w, &style_text, at(item, "description"));
	double height = text + pdf_text_height(s->c, w, &style_small, days) + 2 * ROW_PAD;

	need(s, height);
	for (int i = 0; i < COLUMNS; i++) {
		struct pdf_box box = s->columns[i];
		box.y = s->y + ROW_PAD;
		pdf_text(s->c, box, i == COLUMN_TEXT ? &style_text : &style_right,
		    cell(s, item, i));
	}
	pdf_text(s->c, (struct pdf_box){MARGIN, s->y + ROW_PAD + text, w}, &style_small, days);
	s->y += height;
	pdf_rule(s->c, (struct pdf_box){MARGIN, s->y, inner(s)}, last ? 1 : 0.5, last ? INK : HAIR);
}

static void items(struct sheet *s)
{
	const json_t *all = json_object_get(s->invoice, "items");
	size_t n = json_array_size(all);

	need(s, 60);
	table_head(s);
	s->in_table = true;
	for (size_t i = 0; i < n; i++)
		item_row(s, json_array_get(all, i), i + 1 == n);
	s->in_table = false;
	s->y += 8;
}

static double sums_width(const struct sheet *s)
{
	return inner(s) * 0.55;
}

static void sum(struct sheet *s, const char *label, const char *text, bool strong)
{
	struct pdf_box box = {s->w - MARGIN - sums_width(s), s->y + 3, sums_width(s)};
	const struct pdf_style *right = strong ? &style_total : &style_right;
	double number, height;

	if (text[0] == '\0')
		return;
	number = pdf_text_width(s->c, right, text) + GAP;
	height = pdf_text(s->c, box, right, text);
	box.w -= number;
	double words = pdf_text(s->c, box, strong ? &style_total_label : &style_text, label);
	s->y += (words > height ? words : height) + 6;
}

static bool nonzero(const struct sheet *s, const char *key)
{
	return json_integer_value(json_object_get(s->invoice, key)) != 0;
}

static void tax_sums(struct sheet *s)
{
	const json_t *taxes = json_object_get(s->invoice, "taxes");

	for (size_t i = 0; i < json_array_size(taxes); i++) {
		const json_t *tax = json_array_get(taxes, i);
		const char *base = at(tax, "net_money");
		sum(s,
		    arena_printf(s->cx->arena, "%s %s%s%s", str_or(at(tax, "name"), "Tax"),
		        at(tax, "rate_percent"), base[0] != '\0' ? " on " : "", base),
		    at(tax, "tax_money"), false);
	}
	if (json_array_size(taxes) == 0 && nonzero(s, "tax_minor"))
		sum(s, "Tax", at(s->invoice, "tax_money"), false);
}

static void sum_rule(struct sheet *s)
{
	s->y += 2;
	pdf_rule(s->c, (struct pdf_box){s->w - MARGIN - sums_width(s), s->y, sums_width(s)}, 0.5,
	    HAIR);
	s->y += 2;
}

static void sums(struct sheet *s)
{
	const json_t *taxes = json_object_get(s->invoice, "taxes");

	/* The sums stay together; more than 20 rates do not happen on one invoice. */
	need(s, 110 + 18 * (double)(json_array_size(taxes) > 20 ? 20 : json_array_size(taxes)));
	sum(s, "Net", at(s->invoice, "net_money"), false);
	if (nonzero(s, "discount_minor"))
		sum(s, "Discount", at(s->invoice, "discount_money"), false);
	tax_sums(s);
	sum_rule(s);
	sum(s, is_credit_note(s) ? "Total credited" : "Total", at(s->invoice, "total_money"), true);
	if (nonzero(s, "paid_minor"))
		sum(s, is_credit_note(s) ? "Paid out" : "Paid", at(s->invoice, "paid_money"),
		    false);
	if (!asks_nothing(s)) {
		sum_rule(s);
		sum(s, "Balance due", at(s->invoice, "balance_money"), true);
	}
	s->y += 14;
}

static void room(void *arg, struct pdf_box *box, double height)
{
	struct sheet *s = arg;

	s->y = box->y;
	need(s, height);
	box->y = s->y;
}

static void notes(struct sheet *s)
{
	const json_t *all = json_object_get(s->invoice, "notes");

	for (size_t i = 0; i < json_array_size(all); i++) {
		struct pdf_flow flow = {{MARGIN, s->y, inner(s)}, room, s};
		pdf_text_flow(s->c, &flow, &style_note,
		    str_or(json_string_value(json_array_get(all, i)), ""));
		s->y = flow.box.y + 6;
	}
}

static enum err draw(struct sheet *s, struct pdf_canvas *c)
{
	s->c = c;
	s->page = 1;
	TRY(head(s));
	parties(s);
	lead(s);
	columns(s);
	items(s);
	sums(s);
	notes(s);
	foot(s);
	s->pages = s->page;
	return OK;
}

static struct pdf_about about(const struct sheet *s)
{
	const char *number = at(s->invoice, "number"), *day = at(s->invoice, "issued_on");
	struct pdf_about a;

	a.title =
	    arena_printf(s->cx->arena, "%s%s%s", title_of(s), number[0] != '\0' ? " " : "", number);
	a.author = at(json_object_get(s->invoice, "seller"), "name");
	/* A draft has no date; any fixed one keeps its bytes the same. */
	a.day = str_or(day, "2000-01-01");
	return a;
}

enum err pdf_invoice(struct cx *cx, const json_t *invoice, enum pdf_paper paper,
    struct pdf_logo logo, void **ret, size_t *ret_len)
{
	struct sheet s = {.cx = cx, .invoice = invoice, .logo = logo};
	struct pdf_about a = about(&s);
	struct pdf_canvas *c;

	if (json_array_size(json_object_get(invoice, "items")) > LIMIT_INVOICE_ITEMS)
		return fail(cx, ERR_INVALID, "pdf.limit", "An invoice has at most %d items.",
		    LIMIT_INVOICE_ITEMS);
	s.w = paper == PDF_A4 ? 595.276 : 612;
	s.h = paper == PDF_A4 ? 841.89 : 792;
	TRY(draw(&s, pdf_canvas_measure(cx)));
	c = pdf_canvas_new(cx, s.w, s.h, &a);
	TRY(draw(&s, c));
	return pdf_canvas_finish(c, ret, ret_len);
}
