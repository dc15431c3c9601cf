/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_PAPER_H
#define UNIT_FLOW_PAPER_H

/*
 * What stands on a document for people: its PDF as text (pdftotext), from the same view as page and
 * API.
 */
#include <spawn.h>
#include <sys/wait.h>

#include "fmt/pdf.h"
#include "fmt/people.h"
#include "unit/flow/world.h"

/* fontconfig keeps its configuration until the process ends. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

extern char **environ;

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

/* The text of the PDF, with blanks of any kind as one blank. */
static inline const char *paper_text(struct world *w, int64_t invoice_id)
{
	static const struct people en = {"en_US", "UTC", TESTDB_NOW};
	char in[64], out[64];
	void *bytes;
	size_t len;
	pid_t pid;
	int status;
	json_t *view = json_keep(w->cx, json_deep_copy(paper_view(w, invoice_id)));
	people_add(w->cx->arena, view, &en);
	testdb_ok(w->cx, pdf_invoice(w->cx, view, PDF_A4, (struct pdf_logo){0}, &bytes, &len));
	snprintf(in, sizeof in, "/tmp/billhook-paper.%ld.pdf", (long)getpid());
	snprintf(out, sizeof out, "/tmp/billhook-paper.%ld.txt", (long)getpid());
	FILE *f = fopen(in, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
	char *argv[] = {"pdftotext", "-layout", in, out, NULL};
	assert_int_equal(posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	static char text[65536];
	f = fopen(out, "r");
	assert_non_null(f);
	size_t n = fread(text, 1, sizeof text - 1, f), to = 0;
	fclose(f);
	unlink(in);
	unlink(out);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++) {
		bool nbsp = text[i] == '\xc2' && text[i + 1] == '\xa0';
		char c = nbsp || strchr(" \n\t\f", text[i]) != NULL ? ' ' : text[i];
		i += nbsp;
		if (c != ' ' || (to > 0 && text[to - 1] != ' '))
			text[to++] = c;
	}
	text[to] = '\0';
	return arena_strdup(w->cx->arena, text);
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
