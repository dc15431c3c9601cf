/* SPDX-License-Identifier: Apache-2.0 */
/* Invoices as PDF: same bytes twice, pages, any script, missing parts, logos. PDF_OUT keeps the
 * files. */
#include "unit/fmt/check.h"

#include <cairo.h>

#include "fmt/pdf.h"
#include "fmt/people.h"

/* fontconfig keeps its configuration until the process ends. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

static json_t *invoice(int items, const char *name, int64_t unit_minor)
{
	json_t *j = json_pack(
	    "{s:i s:s s:s s:s s:s s:s s:s s:{s:s s:[s,s] s:s s:s s:s} s:{s:s s:s s:[s,s,s] s:s s:s}"
	    " s:[] s:I s:i s:I s:I s:i s:I s:[{s:s s:i s:I s:I}] s:[s] s:n}",
	    "id", 7, "kind", "invoice", "number", "RE-2027-0001", "state", "open", "currency",
	    "EUR", "issued_on", "2027-01-31", "due_on", "2027-02-14", "seller", "name",
	    "Nordlicht Hosting GmbH", "address_lines", "Hafenstraße 12", "20457 Hamburg, Germany",
	    "tax_id", "DE123456789", "email", "rechnung@nordlicht.example", "footer",
	    "Nordlicht Hosting GmbH · Amtsgericht Hamburg HRB 12345 · "
	    "IBAN DE02 1203 0000 0000 2020 51",
	    "buyer", "name", "Erika Mustermann", "company", name, "address_lines",
	    "Am Alten Rathaus 5", "50667 Köln", "Germany", "tax_id", "", "email",
	    "erika@example.org", "items", "net_minor", (json_int_t)(items * unit_minor),
	    "discount_minor", 0, "tax_minor", (json_int_t)(items * unit_minor / 5), "total_minor",
	    (json_int_t)(items * unit_minor * 6 / 5), "paid_minor", 0, "balance_minor",
	    (json_int_t)(items * unit_minor * 6 / 5), "taxes", "name", "VAT", "rate_ppm", 190000,
	    "net_minor", (json_int_t)(items * unit_minor), "tax_minor",
	    (json_int_t)(items * unit_minor / 5), "notes", "Thank you for your business.",
	    "refers_to");

	assert_non_null(j);
	for (int i = 0; i < items; i++)
		json_array_append_new(json_object_get(j, "items"),
		    json_pack("{s:o s:s s:s s:i s:I s:I s:i}", "description",
		        json_sprintf("Web Hosting Plan %s (site%d.example.com)",
		            i % 3 ? "Small" : "Business Plus", i),
		        "from", "2027-01-31", "to", "2027-02-28", "quantity", 1, "unit_minor",
		        (json_int_t)unit_minor, "net_minor", (json_int_t)unit_minor, "tax_rate_ppm",
		        190000));
	return json_keep(&cx, j);
}

static void print(json_t *j, const char *file, enum pdf_paper paper, struct pdf_logo logo)
{
	static const struct people en = {"en", "Europe/Berlin", 1801389600};
	const char *folder = getenv("PDF_OUT");
	void *one, *two;
	size_t one_len, two_len;

	people_add(cx.arena, j, &en);
	assert_int_equal(pdf_invoice(&cx, j, paper, logo, &one, &one_len), OK);
	assert_int_equal(pdf_invoice(&cx, j, paper, logo, &two, &two_len), OK);
	assert_int_equal(one_len, two_len);
	assert_memory_equal(one, two, one_len);
	assert_memory_equal(one, "%PDF-", 5);
	assert_null(memmem(one, one_len, "/Subtype /Type3", 15));
	if (folder != NULL) {
		FILE *f = fopen(arena_printf(cx.arena, "%s/%s.pdf", folder, file), "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(one, 1, one_len, f), one_len);
		fclose(f);
	}
}

static const struct pdf_logo no_logo;

static void test_short(void **state)
{
	print(invoice(2, "Mustermann & Töchter OHG", 1210), "short", PDF_A4, no_logo);
}

static void test_long(void **state)
{
	json_t *j = invoice(60, "Mustermann & Töchter OHG", 1210);
	struct buf note;

	buf_init(&note, cx.arena);
	for (int i = 0; i < 120; i++)
		buf_puts(&note,
		    "A long legal note that has to flow over the end of its page without loss. ");
	json_array_append_new(json_object_get(j, "notes"), json_string(buf_text(&note)));
	print(j, "long", PDF_LETTER, no_logo);
}

static void test_scripts(void **state)
{
	json_t *j = invoice(1, "شركة الاستضافة العربية المحدودة", 1210);
	json_t *items = json_object_get(j, "items");

	json_object_set_new(json_object_get(j, "buyer"), "name", json_string("山田太郎 · 김철수"));
	json_array_append_new(items,
	    json_pack("{s:s s:n s:n s:i s:i s:i s:i}", "description",
	        "استضافة مواقع — domain مثال.com", "from", "to", "quantity", 12, "unit_minor", 100,
	        "net_minor", 1200, "tax_rate_ppm", 77000));
	json_array_append_new(items,
	    json_pack("{s:s s:s s:s s:i s:i s:i s:i}", "description", "ウェブホスティング 年間契約",
	        "from", "2027-01-31", "to", "2028-01-31", "quantity", 1, "unit_minor", -500,
	        "net_minor", -500, "tax_rate_ppm", 0));
	json_object_set_new(j, "state", json_string("paid"));
	json_object_set_new(j, "balance_minor", json_integer(0));
	json_object_set_new(j, "paid_minor", json_integer(1452));
	json_object_set_new(j, "discount_minor", json_integer(-100));
	print(j, "scripts", PDF_A4, no_logo);
}

static void test_wide(void **state)
{
	json_t *j = invoice(3,
	    "Internationale Gesellschaft für außergewöhnlich lange Firmennamen und "
	    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft mbH "
	    "& Co. KGaA",
	    INT64_C(12345678901299));

	json_object_set_new(j, "kind", json_string("credit_note"));
	json_object_set_new(j, "refers_to",
	    json_pack("{s:s s:s}", "number", "RE-2026-0999", "issued_on", "2026-12-31"));
	print(j, "wide", PDF_A4, no_logo);
}

static void test_missing(void **state)
{
	print(tree("{}"), "empty", PDF_A4, no_logo);
	print(tree("{\"number\":null,\"state\":\"draft\",\"kind\":null,\"items\":[{}],\"seller\":"
	           "null,\"buyer\":{},"
	           "\"taxes\":null,\"notes\":[null,5],\"refers_to\":null,\"total_money\":null}"),
	    "draft", PDF_A4, no_logo);
}

static cairo_status_t collect(void *arg, const unsigned char *bytes, unsigned len)
{
	buf_add(arg, bytes, len);
	return CAIRO_STATUS_SUCCESS;
}

static void test_logo(void **state)
{
	cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, 400, 100);
	cairo_t *cr = cairo_create(image);
	struct buf png;
	void *out = NULL;
	size_t len;

	cairo_set_source_rgb(cr, 0.1, 0.4, 0.7);
	cairo_paint(cr);
	buf_init(&png, cx.arena);
	cairo_surface_write_to_png_stream(image, collect, &png);
	cairo_destroy(cr);
	cairo_surface_destroy(image);
	print(invoice(1, "", 5), "logo", PDF_A4, (struct pdf_logo){png.s, png.len});
	assert_int_equal(pdf_invoice(&cx, tree("{}"), PDF_A4, (struct pdf_logo){"GIF89a", 6}, &out,
	                     &len),
	    ERR_INVALID);
	assert_string_equal(cx.fault.key, "pdf.logo");
	assert_int_equal(pdf_invoice(&cx, tree("{}"), PDF_A4, (struct pdf_logo){png.s, png.len / 2},
	                     &out, &len),
	    ERR_INVALID);
	/* A header that promises 65535 pixels a side is refused before anything is unpacked. */
	memset(png.s + 16, 0, 8);
	memset(png.s + 18, 0xff, 2);
	memset(png.s + 22, 0xff, 2);
	assert_int_equal(pdf_invoice(&cx, tree("{}"), PDF_A4, (struct pdf_logo){png.s, png.len},
	                     &out, &len),
	    ERR_INVALID);
	assert_null(out);
}

static void test_too_many(void **state)
{
	json_t *j = tree("{\"items\":[]}");
	void *out;
	size_t len;

	for (int i = 0; i <= LIMIT_INVOICE_ITEMS; i++)
		json_array_append_new(json_object_get(j, "items"), json_object());
	assert_int_equal(pdf_invoice(&cx, j, PDF_A4, no_logo, &out, &len), ERR_INVALID);
	assert_string_equal(cx.fault.key, "pdf.limit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_short),
	    TEST(test_long),
	    TEST(test_scripts),
	    TEST(test_wide),
	    TEST(test_missing),
	    TEST(test_logo),
	    TEST(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
