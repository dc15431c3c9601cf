/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Build tool: turns files into one C file of byte arrays and a table sorted by path.
 * usage: embed OUT.c ROOT FILE...   (FILE below ROOT; its path in the table is relative to ROOT)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *root;

static const char *relative(const char *path)
{
	size_t n = strlen(root);
	const char *p = strncmp(path, root, n) == 0 ? path + n : path;
	/* Meson names inputs relative to the build folder. */
	while (strncmp(p, "../", 3) == 0)
		p += 3;
	return *p == '/' ? p + 1 : p;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(relative(*(char *const *)a), relative(*(char *const *)b));
}

static int emit(FILE *out, const char *path, int index)
{
	FILE *in = fopen(path, "rb");
	if (in == NULL) {
		perror(path);
		return 1;
	}
	fprintf(out, "static const unsigned char file_%d[] = {", index);
	int c, col = 0;
	while ((c = getc(in)) != EOF)
		fprintf(out, "%s%d,", col++ % 32 == 0 ? "\n" : "", c);
	fprintf(out, "0};\n");
	return fclose(in) != 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	FILE *out = fopen(argv[1], "w");
	root = argv[2];
	char **files = argv + 3;
	int n = argc - 3;
	if (out == NULL)
		return 1;
	qsort(files, (size_t)n, sizeof *files, by_path);
	fprintf(out, "#include <string.h>\n#include \"base/embed.h\"\n");
	for (int i = 0; i < n; i++)
		if (emit(out, files[i], i) != 0)
			return 1;
	fprintf(out, "static const struct embed embeds[] = {\n");
	for (int i = 0; i < n; i++)
		fprintf(out, "\t{\"%s\", file_%d, sizeof file_%d - 1},\n", relative(files[i]), i,
		    i);
	fprintf(out,
	    "};\nconst struct embed *embed_all(size_t *ret_n)\n{\n\t*ret_n = %d;\n"
	    "\treturn embeds;\n}\n",
	    n);
	fprintf(out,
	    "const struct embed *embed_find(const char *path)\n{\n\tsize_t lo = 0, hi = %d;\n"
	    "\twhile (lo < hi) {\n\t\tsize_t mid = (lo + hi) / 2;\n"
	    "\t\tint c = strcmp(path, embeds[mid].path);\n\t\tif (c == 0)\n\t\t\treturn"
	    " &embeds[mid];\n"
	    "\t\tif (c < 0)\n\t\t\thi = mid;\n\t\telse\n\t\t\tlo = mid + 1;\n\t}\n\treturn"
	    " NULL;\n}\n",
	    n);
	return fclose(out) != 0;
}
