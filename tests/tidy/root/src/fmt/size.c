/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that are too large. */
#include "fmt/size.h"

int size_many(int a, int b, int c, int d, int e, int f)
{
	return a + b + c + d + e + f;
}

static int many_allowed(int a, int b, int c, int d, int e, int f)
{
	return size_many(a, b, c, d, e, f);
}

static int size_ratchet(int a, int b, int c, int d, int e, int f)
{
	return many_allowed(a, b, c, d, e, f);
}

void size_five(int a, int (*b)(int, int, int, int), const char *fmt, int d, int e, ...)
{
	(void)a;
}

int size_deep(int n)
{
	const int table[] = {
				1, 2, 3};
	for (int i = 0; i < n; i++) {
		if (i > 1) {
			while (n > 2) {
				if (i == n)
					return table[size_ratchet(1, 2, 3,
						4, 5, 6)];
			}
		}
	}
	for (int i = 0; i < n; i++)
		if (i > 1)
			if (n > 2)
				return size_ratchet(1, 2, 3,
								4, 5, 6);
	return 0;
}

int stranger_name(void)
{
	return 0;
}

int size_sixty(int n)
{
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	return n;
}

int size_long(int n)
{
	n++;
	n--;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	n++;
	return n;
}

/* xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx */
