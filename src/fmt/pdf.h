/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_PDF_H
#define FMT_PDF_H

#include <jansson.h>
#include <stddef.h>

#include "base/cx.h"

/*
 * An invoice or credit note as PDF (cairo + pango: any script, embedded fonts). The tree is
 * invoice_view() after people_add(). Same tree, same bytes: dates come from the document.
 * Up to LIMIT_INVOICE_ITEMS items flow over pages; each page has number/of. Logo: PNG bytes or
 * NULL; one that is no PNG or has over 2 million pixels is ERR_INVALID "pdf.logo". Any field may be
 * null or absent.
 */
enum pdf_paper { PDF_A4, PDF_LETTER };
struct pdf_logo {
	const void *png;
	size_t len;
};
enum err pdf_invoice(struct cx *cx, const json_t *invoice, enum pdf_paper paper,
    struct pdf_logo logo, void **ret, size_t *ret_len) MUST_CHECK;

/*
 * A statement of account: {seller, party, from_on, until_on, lines: [rows of the report],
 * balances: […]} after people_add().
 */
enum err pdf_statement(struct cx *cx, const json_t *tree, enum pdf_paper paper, void **ret,
    size_t *ret_len) MUST_CHECK;

#endif
