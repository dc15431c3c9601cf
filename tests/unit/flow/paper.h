/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_PAPER_H
#define UNIT_FLOW_PAPER_H

/*
 * What stands on a document for people: its PDF as text (pdftotext), from the same view as page and
 * API.
 */
#include "fmt/pdf.h"
#include "fmt/people.h"
#include "unit/flow/world.h"
#include "unit/pdftext.h"

/* fontconfig keeps its configuration until the process ends. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

static inline json_t *paper_view(struct world *w, int64_t invoice_id)
{
	struct invoice i = world_invoice(w, invoice_id);
	json_t *view;
	testdb_ok(w->cx, invoice_view(w->cx, &i, &view));
	return view;
}

static inline int64_t paper_int(const json_t *o, const char *name)
{
	return json_integer_value(json_object_get(o, name));
}

/* The text of the PDF. */
static inline const char *paper_text(struct world *w, int64_t invoice_id)
{
	static const struct people en = {"en_US", "UTC", TESTDB_NOW};
	void *bytes;
	size_t len;
	json_t *view = json_keep(w->cx, json_deep_copy(paper_view(w, invoice_id)));
	people_add(w->cx->arena, view, &en);
	testdb_ok(w->cx, pdf_invoice(w->cx, view, PDF_A4, (struct pdf_logo){0}, &bytes, &len));
	return pdftext(w->cx->arena, bytes, len);
}

static inline void paper_says(struct world *w, int64_t invoice_id, const char *words)
{
	const char *text = paper_text(w, invoice_id);
	if (strstr(text, words) == NULL)
		print_error("not on the document: %s\n%s\n", words, text);
	assert_non_null(strstr(text, words));
}

/* What the ledger holds of an invoice on an account. */
static inline int64_t paper_booked(struct world *w, int64_t invoice_id, const char *credit)
{
	json_t *rows, *row;
	size_t i;
	int64_t sum = 0;
	testdb_ok(w->cx, ledger_list(w->cx, w->client, 0, 200, &rows));
	json_array_foreach(rows, i, row)
		if (paper_int(row, "invoice_id") == invoice_id &&
		    str_eq(json_string_value(json_object_get(row, "credit")), credit))
			sum += paper_int(row, "amount_minor");
	return sum;
}

#endif
