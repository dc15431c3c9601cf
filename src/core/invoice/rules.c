/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pure half of invoicing: what a document will say, its number's text and its hash. No
 * database, no clock. Preview, dry run,
 * forecast and tests call invoice_plan exactly as the billing run does.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/invoice/own.h"

#define QUANTITY_MAX 1000000

static enum err line_amount(struct cx *cx, const struct invoice_line *l, int64_t *ret)
{
	int64_t amount;
	bool over = __builtin_mul_overflow(l->quantity, l->unit_minor, &amount);
	if (l->quantity < 1 || l->quantity > QUANTITY_MAX)
		return fail(cx, ERR_INVALID, "invoice.quantity",
		    "The quantity must be between 1 and %d", QUANTITY_MAX);
	if (over || amount > MONEY_MINOR_MAX || amount < -MONEY_MINOR_MAX)
		return fail(cx, ERR_INVALID, "money.range", "The amount of \"%s\" is too large",
		    l->description);
	bool discountable =
	    l->discount_minor == 0 || (l->discount_minor > 0 && l->discount_minor <= amount);
	if (!discountable)
		return fail(cx, ERR_INVALID, "invoice.discount",
		    "The discount on \"%s\" is larger than its price", l->description);
	*ret = amount - l->discount_minor;
	return OK;
}

static void item_fill(struct invoice_item *item, const struct invoice_line *l,
    const struct tax_line *t)
{
	*item = (struct invoice_item){
	    .kind = l->kind,
	    .service_id = l->service_id,
	    .part_id = l->part_id,
	    .description = l->description,
	    .from = l->from,
	    .to = l->to,
	    .quantity = l->quantity,
	    .unit_minor = l->unit_minor,
	    .discount_minor = l->discount_minor,
	    .discounts = l->discounts,
	    .is_term = l->is_term,
	    .net_minor = t->net_minor,
	    .tax_minor = t->tax_minor,
	    .tax_class = l->tax_class,
	    .tax_name = t->tax.name,
	    .tax_rate_ppm = t->tax.rate_ppm,
	    .tax2_name = t->tax.name2,
	    .tax2_rate_ppm = t->tax.rate2_ppm,
	    .tax2_compound = t->tax.compound,
	    .tax2_minor = t->tax2_minor,
	};
}

/* Items with their taxes, and the sums. */
static enum err plan_items(struct cx *cx, const struct invoice_request *r, struct invoice_plan *p)
{
	const struct tax_place place = tax_place_of(r->settings, r->client);
	enum tax_prices prices = str_eq(p->prices, "inclusive") ? TAX_INCLUSIVE : TAX_EXCLUSIVE;
	enum tax_rounding rounding = str_eq(p->rounding, "line") ? TAX_PER_LINE : TAX_PER_DOCUMENT;
	struct tax_line *lines = ARENA_ARRAY(cx->arena, struct tax_line, r->lines_n);
	for (size_t i = 0; i < r->lines_n; i++) {
		struct day point = tax_point(r->settings, r->issued_on, r->lines[i].from);
		TRY(line_amount(cx, &r->lines[i], &lines[i].amount_minor));
		lines[i].tax = r->lines[i].tax != NULL ?
		    *r->lines[i].tax :
		    tax_choose(r->taxes, &place, r->lines[i].tax_class, point);
	}
	tax_compute(lines, r->lines_n, prices, rounding);
	p->items = ARENA_ARRAY(cx->arena, struct invoice_item, r->lines_n);
	p->items_n = r->lines_n;
	for (size_t i = 0; i < r->lines_n; i++) {
		item_fill(&p->items[i], &r->lines[i], &lines[i]);
		p->net_minor += lines[i].net_minor;
		p->discount_minor += r->lines[i].discount_minor;
		p->tax_minor += lines[i].tax_minor;
	}
	p->total_minor = p->net_minor + p->tax_minor;
	/* The law wants to read why there is no tax. */
	if (place.regime == TAX_REVERSE)
		p->note = *p->note == '\0' ?
		    TAX_REVERSE_NOTE :
		    arena_printf(cx->arena, "%s\n%s", p->note, TAX_REVERSE_NOTE);
	return OK;
}

/* A document in another currency than the books' says what the one was worth in the other. */
struct rate_quote invoice_rate(const struct settings *s, const struct rate_table *rates,
    const char *currency)
{
	struct rate_quote rate = {.base = "", .source = "", .on = DAY_NONE};
	if (rates != NULL && !str_eq(s->company_currency, currency))
		(void)rate_find(rates, s->company_currency, currency, &rate);
	return rate;
}

const char *invoice_series(struct arena *a, const char *kind, const struct settings *s,
    struct day issued_on)
{
	int year, month, mday;
	day_split(issued_on, &year, &month, &mday);
	if (str_eq(s->billing_number_restart, "month"))
		return arena_printf(a, "%s/%04d-%02d", kind, year, month);
	return str_eq(s->billing_number_restart, "year") ? arena_printf(a, "%s/%d", kind, year) :
	                                                   kind;
}

static void plan_series(struct cx *cx, const struct invoice_request *r, struct invoice_plan *p)
{
	const struct settings *s = r->settings;
	p->proforma = s->invoice_proforma && !r->final && p->total_minor > 0;
	p->format = p->proforma ? s->proforma_format : s->invoice_format;
	p->series =
	    invoice_series(cx->arena, p->proforma ? "proforma" : "invoice", s, r->issued_on);
}

enum err invoice_plan(struct cx *cx, const struct invoice_request *r, struct invoice_plan *ret)
{
	struct invoice_plan p = {
	    .cause = r->cause,
	    .client_id = r->client->id,
	    .order_id = r->order_id,
	    .currency = r->currency,
	    .note = r->note == NULL ? "" : r->note,
	    .issued_on = r->issued_on,
	    .due_on = r->due_on,
	    .rounding = r->settings->tax_rounding,
	    .prices = r->settings->tax_prices,
	};
	if (r->lines_n == 0)
		return fail(cx, ERR_INVALID, "invoice.empty", "An invoice needs at least one item");
	if (r->lines_n > LIMIT_INVOICE_ITEMS)
		return fail(cx, ERR_INVALID, "invoice.too_long", "An invoice has at most %d items",
		    LIMIT_INVOICE_ITEMS);
	if (currency_digits(p.currency) < 0)
		return fail(cx, ERR_INVALID, "invoice.currency",
		    "\"%s\" is not a currency to bill in", p.currency);
	TRY(plan_items(cx, r, &p));
	if (p.total_minor < 0 || p.net_minor < 0 || p.total_minor > MONEY_MINOR_MAX)
		return fail(cx, ERR_INVALID, "invoice.total",
		    "The total of an invoice must be between 0 and %" PRId64, MONEY_MINOR_MAX);
	plan_series(cx, r, &p);
	p.rate = invoice_rate(r->settings, r->rates, p.currency);
	p.seller = r->seller != NULL ? r->seller : invoice_seller(cx, r->settings);
	json_t *buyer = client_party(r->client);
	char *text = json_dumps(buyer, JSON_COMPACT | JSON_SORT_KEYS);
	p.buyer = arena_strdup(cx->arena, text);
	free(text);
	json_decref(buyer);
	*ret = p;
	return OK;
}

char *invoice_number(struct arena *a, const char *format, struct day issued_on, int64_t seq)
{
	struct buf b;
	int year, month, mday;
	day_split(issued_on, &year, &month, &mday);
	buf_init(&b, a);
	for (const char *p = format; *p != '\0';) {
		int digits = 0;
		if (str_starts(p, "{YEAR}")) {
			buf_printf(&b, "%04d", year);
			p += strlen("{YEAR}");
		} else if (str_starts(p, "{MONTH}")) {
			buf_printf(&b, "%02d", month);
			p += strlen("{MONTH}");
		} else if (str_starts(p, "{NUMBER}")) {
			buf_printf(&b, "%" PRId64, seq);
			p += strlen("{NUMBER}");
		} else if (str_starts(p, "{NUMBER:") && p[8] >= '1' && p[8] <= '9' && p[9] == '}') {
			digits = p[8] - '0';
			buf_printf(&b, "%0*" PRId64, digits, seq);
			p += strlen("{NUMBER:5}");
		} else {
			buf_char(&b, *p++);
		}
	}
	return arena_strdup(a, buf_text(&b));
}

/* Without printf: a document has thirty numbers and a billing run a hundred thousand documents. */
static void put_number(struct buf *b, int64_t v, char end)
{
	char text[24], *p = text + sizeof text;
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	*--p = end;
	do
		*--p = (char)('0' + left % 10);
	while ((left /= 10) != 0);
	if (v < 0)
		*--p = '-';
	buf_add(b, p, (size_t)(text + sizeof text - p));
}

/* Length before text, so that no two different documents have one canonical form. */
static void put_text(struct buf *b, const char *s)
{
	s = s == NULL ? "" : s;
	put_number(b, (int64_t)strlen(s), ':');
	buf_puts(b, s);
	buf_char(b, ',');
}

static void put_int(struct buf *b, int64_t v)
{
	put_number(b, v, ',');
}

static void put_day(struct buf *b, struct day d)
{
	char text[DAY_TEXT_SIZE];
	put_text(b, day_set(d) ? day_text(d, text) : "");
}

static void put_item(struct buf *b, const struct invoice_item *i)
{
	put_text(b, i->kind);
	put_int(b, i->service_id);
	put_int(b, i->part_id);
	put_text(b, i->description);
	put_day(b, i->from);
	put_day(b, i->to);
	put_int(b, i->quantity);
	put_int(b, i->unit_minor);
	put_int(b, i->discount_minor);
	put_int(b, i->net_minor);
	put_text(b, i->tax_class);
	put_text(b, i->tax_name);
	put_int(b, i->tax_rate_ppm);
	put_int(b, i->tax_minor);
	put_text(b, i->tax2_name);
	put_int(b, i->tax2_rate_ppm);
	put_int(b, i->tax2_compound);
	put_int(b, i->tax2_minor);
}

void invoice_hash(struct arena *a, const struct invoice *i, const struct invoice_item *items,
    size_t n, char ret_hex[CRYPTO_SHA256_HEX])
{
	struct arena_mark before = arena_mark(a);
	struct buf b;
	buf_init(&b, a);
	const char *texts[] = {"billhook document 1", i->kind, i->series, i->number, i->currency,
	    i->seller, i->buyer, i->note, i->rounding, i->prices, i->prev_hash, i->rate.base,
	    i->rate.source};
	const int64_t numbers[] = {i->seq, i->client_id, i->refers_to_id, i->net_minor,
	    i->discount_minor, i->tax_minor, i->total_minor, (int64_t)n, i->rate.rate_e8};
	for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
		put_text(&b, texts[k]);
	for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
		put_int(&b, numbers[k]);
	put_day(&b, i->issued_on);
	put_day(&b, i->due_on);
	put_day(&b, i->rate.rate_e8 == 0 ? DAY_NONE : i->rate.on);
	for (size_t k = 0; k < n; k++)
		put_item(&b, &items[k]);
	crypto_sha256(b.s, b.len, ret_hex);
	arena_rewind(a, before);
}
