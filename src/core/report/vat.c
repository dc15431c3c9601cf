/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VAT by country, rate and currency, from issued documents and their credit notes by the day of
 * issue, and the summary for the One Stop Shop. The place is the buyer's country as printed on the
 * document. It reports what was charged; it does not decide what should have been.
 */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "core/report/own.h"
#include "core/row.h"
#include "core/setting/setting.h"
#include "core/view.h"

static const struct report_column columns[] = {
    {"country", "Country", NULL, REPORT_TEXT, false},
    {"kind", "Kind", NULL, REPORT_TEXT, false},
    {"tax_name", "Tax", NULL, REPORT_TEXT, false},
    {"rate_ppm", "Rate", NULL, REPORT_PERCENT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"documents", "Documents", NULL, REPORT_COUNT, true},
    {"net_minor", "Net", NULL, REPORT_MONEY, false},
    {"tax_minor", "Tax amount", NULL, REPORT_MONEY, false},
};
static const struct report_column document_columns[] = {
    {"number", "Document", "invoice", REPORT_TEXT, false},
    {"document", "Kind", NULL, REPORT_TEXT, false},
    {"issued_on", "Issued", NULL, REPORT_DATE, false},
    {"country", "Country", NULL, REPORT_TEXT, false},
    {"tax_id", "Tax ID", NULL, REPORT_TEXT, false},
    {"rate_ppm", "Rate", NULL, REPORT_PERCENT, false},
    {"currency", "Currency", NULL, REPORT_TEXT, false},
    {"net_minor", "Net", NULL, REPORT_MONEY, false},
    {"tax_minor", "Tax amount", NULL, REPORT_MONEY, false},
};

#define GROUPS_MAX 2000 /* countries times rates times currencies; the world has fewer in force */

struct group {
	char country[3], currency[4], name[64], kind[12];
	int64_t rate_ppm, net_minor, tax_minor, documents;
};
struct vat {
	const char *seller;
	bool at_origin;
	struct group *groups;
	size_t n;
	/* documents */
	const struct report_query *q;
	json_t *rows;
	int64_t last;
	bool more;
};

struct place {
	char country[3], tax_id[64];
};

static struct place place_of(const struct report_document *d)
{
	struct place p = {"", ""};
	json_t *buyer = view_parse(d->buyer);
	str_copy(p.country, sizeof p.country,
	    str_or(json_string_value(json_object_get(buyer, "country")), ""));
	str_copy(p.tax_id, sizeof p.tax_id,
	    str_or(json_string_value(json_object_get(buyer, "tax_id")), ""));
	json_decref(buyer);
	return p;
}

static const char *kind_of(const struct vat *v, const struct place *p,
    const struct report_document *d)
{
	return report_tax_kind(&(struct report_supply){.seller = v->seller,
	    .buyer = p->country,
	    .tax_name = d->tax_name,
	    .tax_id = *p->tax_id != '\0',
	    .at_origin = v->at_origin,
	    .rate_ppm = d->rate_ppm});
}

static struct group *group_of(struct vat *v, const struct group *key)
{
	for (size_t i = 0; i < v->n; i++) {
		struct group *g = &v->groups[i];
		if (g->rate_ppm == key->rate_ppm && strcmp(g->country, key->country) == 0 &&
		    strcmp(g->currency, key->currency) == 0 && strcmp(g->kind, key->kind) == 0 &&
		    strcmp(g->name, key->name) == 0)
			return g;
	}
	if (v->n == GROUPS_MAX)
		return NULL;
	v->groups[v->n] = *key;
	return &v->groups[v->n++];
}

static enum err add(struct cx *cx, const struct report_document *d, void *arg)
{
	struct vat *v = arg;
	struct place p = place_of(d);
	struct group key = {.rate_ppm = d->rate_ppm};
	str_copy(key.country, sizeof key.country, p.country);
	str_copy(key.currency, sizeof key.currency, d->currency);
	str_copy(key.name, sizeof key.name, d->tax_name);
	str_copy(key.kind, sizeof key.kind, kind_of(v, &p, d));
	struct group *g = group_of(v, &key);
	if (g == NULL)
		return fail(cx, ERR_CONFLICT, "report.too_large",
		    "Choose a shorter range: more than %d "
		    "combinations of country, rate and currency",
		    GROUPS_MAX);
	g->documents++;
	g->net_minor += d->net_minor;
	g->tax_minor += d->tax_minor;
	return OK;
}

static bool before(const struct group *a, const struct group *b)
{
	int c = strcmp(a->country, b->country);
	if (c == 0)
		c = strcmp(a->currency, b->currency);
	return c != 0 ? c < 0 : a->rate_ppm > b->rate_ppm;
}

/* A few dozen rows: insertion is enough. */
static void sort(struct vat *v)
{
	for (size_t i = 1; i < v->n; i++) {
		struct group g = v->groups[i];
		size_t k = i;
		for (; k > 0 && before(&g, &v->groups[k - 1]); k--)
			v->groups[k] = v->groups[k - 1];
		v->groups[k] = g;
	}
}

static json_t *group_row(const struct group *g, const struct report_query *q)
{
	char from[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE], rate[24];
	snprintf(rate, sizeof rate, "%lld", (long long)g->rate_ppm);
	json_t *row = json_pack("{s:s s:s s:s s:I s:s s:I s:I s:I}", "country", g->country, "kind",
	    g->kind, "tax_name", g->name, "rate_ppm", g->rate_ppm, "currency", g->currency,
	    "documents", g->documents, "net_minor", g->net_minor, "tax_minor", g->tax_minor);
	json_object_set_new(row, "drill",
	    report_drill("vat-documents", "country", g->country, "kind", g->kind, "rate_ppm", rate,
	        "currency", g->currency, "from", day_text(q->from, from), "until",
	        day_text(q->until, until), NULL));
	return row;
}

enum err report_vat(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct settings s;
	struct report_query all = *q;
	struct vat v = {.groups = ARENA_ARRAY(cx->arena, struct group, GROUPS_MAX)};
	TRY(setting_load(cx, &s));
	v.seller = s.company_country;
	v.at_origin = str_eq(s.tax_eu_private, "origin");
	all.after = 0;
	all.rate_ppm = -1;
	TRY(report_store_taxed(cx, &all, add, &v));
	sort(&v);
	json_t *rows = REPORT_TABLE(out, "rates", "By country and rate", columns);
	for (size_t i = 0; i < v.n; i++)
		json_array_append_new(rows, group_row(&v.groups[i], q));
	report_draw(out, rows, "Tax by country and rate", "country", "tax_minor");
	rows = REPORT_TABLE(out, "oss", "One Stop Shop", columns);
	for (size_t i = 0; i < v.n; i++)
		if (strcmp(v.groups[i].kind, "oss") == 0)
			json_array_append_new(rows, group_row(&v.groups[i], q));
	report_note(out,
	    "By day of issue; credit notes count with the opposite sign. The country is the "
	    "buyer's on the document.");
	report_note(out,
	    "Where two taxes are due on one amount, each has a line with the same net.");
	report_note(out,
	    "domestic: your own country. oss: another EU country, taxed. reverse: another EU "
	    "country, no tax, with a tax ID. exempt: no tax otherwise. foreign: outside the EU.");
	return OK;
}

/* ---- the documents behind a line ---- */

static enum err add_document(struct cx *cx, const struct report_document *d, void *arg)
{
	struct vat *v = arg;
	struct place p = place_of(d);
	const char *kind = kind_of(v, &p, d);
	bool wanted = (v->q->country == NULL || strcmp(v->q->country, p.country) == 0) &&
	    (v->q->kind == NULL || strcmp(v->q->kind, kind) == 0);
	if (!wanted || v->more)
		return OK;
	/* A page ends between documents, never inside one. */
	if ((int64_t)json_array_size(v->rows) >= v->q->limit && d->id != v->last) {
		v->more = true;
		return OK;
	}
	v->last = d->id;
	json_t *row = json_pack("{s:I s:s s:s s:s s:s s:I s:s s:I s:I}", "invoice_id", d->id,
	    "number", d->number, "document", d->kind, "country", p.country, "tax_id", p.tax_id,
	    "rate_ppm", d->rate_ppm, "currency", d->currency, "net_minor", d->net_minor,
	    "tax_minor", d->tax_minor);
	json_object_set_new(row, "issued_on", json_day(d->issued_on));
	json_array_append_new(v->rows, row);
	return OK;
}

enum err report_vat_documents(struct cx *cx, const struct report_query *q, json_t *out)
{
	struct settings s;
	struct vat v = {.q = q};
	TRY(setting_load(cx, &s));
	v.seller = s.company_country;
	v.at_origin = str_eq(s.tax_eu_private, "origin");
	v.rows = REPORT_TABLE(out, "documents", "Documents", document_columns);
	TRY(report_store_taxed(cx, q, add_document, &v));
	if (v.more)
		report_more(out, v.last);
	return OK;
}
