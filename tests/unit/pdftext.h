/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_PDFTEXT_H
#define UNIT_PDFTEXT_H

/* The words of a PDF by pdftotext, with blanks of any kind as one blank. */
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "unit/testdb.h"

extern char **environ;

static inline void pdftext_convert(char *in, char *out)
{
	char name[] = "pdftotext", layout[] = "-layout";
	char *argv[] = {name, layout, in, out, NULL};
	pid_t pid;
	int status;
	assert_int_equal(posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static inline const char *pdftext(struct arena *a, const void *bytes, size_t len)
{
	char in[64], out[64];
	snprintf(in, sizeof in, "/tmp/billhook-paper.%ld.pdf", (long)getpid());
	snprintf(out, sizeof out, "/tmp/billhook-paper.%ld.txt", (long)getpid());
	FILE *f = fopen(in, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	fclose(f);
	pdftext_convert(in, out);
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
	return arena_strdup(a, text);
}

#endif
