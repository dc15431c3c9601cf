/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The general ledger as plain-text accounting: one entry per transfer, tax told apart by rate, each
 * entry with the code and the document's number. Constant memory: an arena of its own is emptied
 * after every entry. Which account is what is the table below.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/str.h"
#include "core/report/own.h"

const char *const report_format_words[REPORT_FORMATS] = {"hledger", "beancount", "csv"};

/* Our words for accounts and those of a chart of accounts. A name that ends in a colon goes on with
 * the client's id, or with what follows the colon of our word. */
static const struct {
	const char *word, *name;
} accounts[] = {
    {"receivable", "assets:receivable:client:"},
    {"credit", "liabilities:credit:client:"},
    {"cash:", "assets:cash:"},
    {"revenue", "income:revenue"},
    {"tax", "liabilities:tax"},
    {"refund", "expenses:refund"},
    {"fee", "expenses:fee"},
    {"write_off", "expenses:write-off"},
    {"dispute", "expenses:dispute"},
    {"grant", "expenses:grant"},
    {"rounding", "expenses:rounding"},
    {"exchange", "equity:exchange"},
};

#define RATES_MAX 32 /* different tax rates in one document; what goes beyond is told as one */

struct share {
	const char *name;
	int64_t ppm, minor;
};
struct book {
	enum report_format format;
	const struct report_sink *to;
	struct arena *own;
	bool any; /* an entry is being gathered */
	struct report_posting entry;
	struct share shares[RATES_MAX];
	size_t shares_n;
	char last[LIMIT_TEXT_CHARS * 4 + 64], currency[4]; /* of the declarations */
};

/* What no format takes for its own marks, and single blanks only. */
static char *clean(struct arena *a, const char *text)
{
	char *s = arena_strdup(a, text), *to = s;
	for (const char *p = s; *p != '\0'; p++) {
		bool mark = (unsigned char)*p < ' ' || strchr(";|:()[]{}\"\\*!=@", *p) != NULL;
		char c = mark ? ' ' : *p;
		if (c != ' ' || (to > s && to[-1] != ' '))
			*to++ = c;
	}
	while (to > s && to[-1] == ' ')
		to--;
	*to = '\0';
	return s;
}

/* "VAT 19%", "MwSt 8.1%" */
static const char *rate_name(struct arena *a, const char *name, int64_t ppm)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%" PRId64 ".%04" PRId64, ppm / 10000, ppm % 10000);
	size_t n = strlen(digits);
	while (digits[n - 1] == '0')
		n--;
	n -= digits[n - 1] == '.';
	return arena_printf(a, "%s %.*s%%", *name == '\0' ? "tax" : clean(a, name), (int)n, digits);
}

/* Capitals, and letters, digits and hyphens only, as beancount asks of every part. */
static const char *capitalized(struct arena *a, const char *name)
{
	struct buf b;
	bool first = true;
	buf_init(&b, a);
	for (const char *p = name; *p != '\0'; p++) {
		bool lower = *p >= 'a' && *p <= 'z', upper = *p >= 'A' && *p <= 'Z';
		bool digit = *p >= '0' && *p <= '9';
		bool last = p[1] == '\0' || p[1] == ':';
		if (first && !lower && !upper && !digit && *p != ':')
			buf_char(&b, 'X');
		if (*p == ':')
			buf_char(&b, ':');
		else if (lower && first)
			buf_char(&b, (char)(*p - 'a' + 'A'));
		else if (lower || upper || digit)
			buf_char(&b, *p);
		else if (!last)
			buf_char(&b, '-');
		first = *p == ':';
	}
	return buf_text(&b);
}

static const char *account_name(const struct book *k, const char *word, int64_t client_id,
    const struct share *rate)
{
	const char *name = NULL;
	for (size_t i = 0; i < sizeof accounts / sizeof accounts[0] && name == NULL; i++) {
		const char *known = accounts[i].word, *of = accounts[i].name;
		size_t len = strlen(known);
		if (str_ends(known, ":") && str_starts(word, known))
			name = arena_printf(k->own, "%s%s", of, clean(k->own, word + len));
		else if (str_eq(word, known))
			name = str_ends(of, ":") ?
			    arena_printf(k->own, "%s%" PRId64, of, client_id) :
			    of;
	}
	if (name == NULL)
		name = arena_printf(k->own, "equity:other:%s", clean(k->own, word));
	if (rate != NULL)
		name =
		    arena_printf(k->own, "%s:%s", name, rate_name(k->own, rate->name, rate->ppm));
	return k->format == REPORT_BEANCOUNT ? capitalized(k->own, name) : name;
}

static const char *amount(const struct book *k, int64_t minor)
{
	return money_print_plain(k->own, minor, k->entry.currency);
}

/* ---- one entry ---- */

static void put_leg(struct book *k, struct buf *b, const char *account, int64_t minor)
{
	buf_printf(b, k->format == REPORT_BEANCOUNT ? "  %-48s  %s %s\n" : "    %-48s  %s %s\n",
	    account, amount(k, minor), k->entry.currency);
}

/* One side of the entry: tax by its rates, and what the items do not explain under tax itself. */
static void put_side(struct book *k, struct buf *b, const char *word, int64_t sign)
{
	int64_t left = k->entry.amount_minor;
	for (size_t i = 0; str_eq(word, "tax") && i < k->shares_n; i++) {
		left -= k->shares[i].minor;
		put_leg(k, b, account_name(k, word, 0, &k->shares[i]), sign * k->shares[i].minor);
	}
	if (left != 0)
		put_leg(k, b, account_name(k, word, k->entry.client_id, NULL), sign * left);
}

static void put_entry(struct book *k, struct buf *b)
{
	const struct report_posting *e = &k->entry;
	char day[DAY_TEXT_SIZE];
	const char *number = clean(k->own, e->number), *code = clean(k->own, e->code);
	if (k->format == REPORT_HLEDGER)
		buf_printf(b, "%s (T%" PRId64 ") %s %s\n    ; key %s\n",
		    day_text(e->booked_on, day), e->id, code, number, clean(k->own, e->key));
	else
		buf_printf(b, "%s * \"%s\" \"%s\"\n  key: \"%s\"\n", day_text(e->booked_on, day),
		    code, number, clean(k->own, e->key));
	put_side(k, b, e->debit, 1);
	put_side(k, b, e->credit, -1);
	buf_char(b, '\n');
}

static void put_row(struct book *k, struct buf *b, int64_t minor, const struct share *rate)
{
	const struct report_posting *e = &k->entry;
	char day[DAY_TEXT_SIZE];
	bool debit = str_eq(e->debit, "tax"), credit = str_eq(e->credit, "tax");
	const char *number = clean(k->own, e->number);
	/* A number that begins like a formula is no business of a spreadsheet. */
	const char *guard = *number != '\0' && strchr("=+-@", *number) != NULL ? "'" : "";
	buf_printf(b, "%" PRId64 ",%s,%s,\"%s%s\",\"%s\",\"%s\",%s,%s,%" PRId64 ",", e->id,
	    day_text(e->booked_on, day), e->code, guard, number,
	    account_name(k, e->debit, e->client_id, debit ? rate : NULL),
	    account_name(k, e->credit, e->client_id, credit ? rate : NULL), amount(k, minor),
	    e->currency, e->client_id);
	if (e->invoice_id != 0)
		buf_printf(b, "%" PRId64, e->invoice_id);
	buf_char(b, ',');
	if (e->payment_id != 0)
		buf_printf(b, "%" PRId64, e->payment_id);
	buf_printf(b, ",\"%s\"\r\n", clean(k->own, e->key));
}

static void put_rows(struct book *k, struct buf *b)
{
	int64_t left = k->entry.amount_minor;
	for (size_t i = 0; i < k->shares_n; i++) {
		put_row(k, b, k->shares[i].minor, &k->shares[i]);
		left -= k->shares[i].minor;
	}
	if (left != 0)
		put_row(k, b, left, NULL);
}

static enum err flush(struct cx *cx, struct book *k)
{
	struct buf b;
	if (!k->any)
		return OK;
	buf_init(&b, k->own);
	if (k->format == REPORT_LEDGER_CSV)
		put_rows(k, &b);
	else
		put_entry(k, &b);
	TRY(k->to->put(cx, buf_text(&b), b.len, k->to->arg));
	arena_reset(k->own);
	k->any = false;
	k->shares_n = 0;
	return OK;
}

static void add_share(struct book *k, const char *name, int64_t ppm, int64_t minor)
{
	for (size_t i = 0; i < k->shares_n; i++) {
		if (k->shares[i].ppm != ppm || !str_eq(k->shares[i].name, name))
			continue;
		k->shares[i].minor += minor;
		return;
	}
	if (minor != 0 && k->shares_n < RATES_MAX)
		k->shares[k->shares_n++] = (struct share){arena_strdup(k->own, name), ppm, minor};
}

static enum err posting(struct cx *cx, const struct report_posting *p, void *arg)
{
	struct book *k = arg;
	if (k->any && k->entry.id != p->id)
		TRY(flush(cx, k));
	if (!k->any) {
		k->any = true;
		k->entry = *p;
		k->entry.key = arena_strdup(k->own, p->key);
		k->entry.code = arena_strdup(k->own, p->code);
		k->entry.debit = arena_strdup(k->own, p->debit);
		k->entry.credit = arena_strdup(k->own, p->credit);
		k->entry.currency = arena_strdup(k->own, p->currency);
		k->entry.number = arena_strdup(k->own, p->number);
	}
	add_share(k, p->tax_name, p->rate_ppm, p->item_tax_minor);
	add_share(k, p->tax2_name, p->rate2_ppm, p->item_tax2_minor);
	return OK;
}

/* ---- what stands before the entries ---- */

static enum err currency_line(struct cx *cx, const struct report_sum *s, void *arg)
{
	struct book *k = arg;
	int64_t one = 1000;
	/* The trial comes by account; the same currency is declared again, which does no harm. */
	if (k->format != REPORT_HLEDGER || str_eq(k->currency, s->currency))
		return OK;
	for (int i = currency_digits(s->currency); i > 0; i--)
		one *= 10;
	str_copy(k->currency, sizeof k->currency, s->currency);
	const char *line = arena_printf(k->own, "commodity %s %s\n",
	    money_print_plain(k->own, one, s->currency), s->currency);
	TRY(k->to->put(cx, line, strlen(line), k->to->arg));
	arena_reset(k->own);
	return OK;
}

static enum err account_line(struct cx *cx, const struct report_account *a, void *arg)
{
	struct book *k = arg;
	const struct share rate = {a->tax_name, a->rate_ppm, 0};
	const char *name = account_name(k, a->word, a->client_id,
	    *a->tax_name != '\0' || a->rate_ppm != 0 ? &rate : NULL);
	if (str_eq(name, k->last))
		return OK;
	str_copy(k->last, sizeof k->last, name);
	const char *line = k->format == REPORT_HLEDGER ?
	    arena_printf(k->own, "account %s\n", name) :
	    arena_printf(k->own, "1970-01-01 open %s\n", name);
	TRY(k->to->put(cx, line, strlen(line), k->to->arg));
	arena_reset(k->own);
	return OK;
}

static const char csv_head[] = "id,booked_on,code,document,debit,credit,amount,currency,client_id,"
                               "invoice_id,payment_id,key\r\n";

static enum err book_all(struct cx *cx, struct book *k, const struct report_query *q)
{
	struct day far = day_of(2369, 12, 31);
	if (k->format == REPORT_LEDGER_CSV) {
		TRY(k->to->put(cx, csv_head, strlen(csv_head), k->to->arg));
	} else {
		TRY(report_store_trial(cx, day_set(q->until) ? q->until : far, currency_line, k));
		TRY(report_store_accounts(cx, account_line, k));
		TRY(k->to->put(cx, "\n", 1, k->to->arg));
	}
	TRY(report_store_postings(cx, q, posting, k));
	return flush(cx, k);
}

enum err report_books(struct cx *cx, enum report_format format, const struct report_query *q,
    const struct report_sink *to)
{
	struct book *k = ARENA_NEW(cx->arena, struct book);
	k->format = format;
	k->to = to;
	k->own = arena_new(LIMIT_ARENA_BYTES);
	enum err err = book_all(cx, k, q);
	arena_free(k->own);
	return err;
}

static enum err put_text(struct cx *cx, const char *bytes, size_t len, void *arg)
{
	struct buf *b = arg;
	if (b->len + len > LIMIT_REPORT_BYTES)
		return fail(cx, ERR_CONFLICT, "report.too_large",
		    "This is more than %u MB: choose a shorter range, or use \"billhook books\"",
		    LIMIT_REPORT_BYTES >> 20);
	buf_add(b, bytes, len);
	return OK;
}

enum err report_books_text(struct cx *cx, enum report_format format, const struct report_query *q,
    const char **ret, size_t *ret_len)
{
	struct buf b;
	buf_init(&b, cx->arena);
	TRY(report_books(cx, format, q, &(struct report_sink){put_text, &b}));
	*ret = buf_text(&b);
	*ret_len = b.len;
	return OK;
}
