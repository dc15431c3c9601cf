/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the ECB's file: <Cube time="2027-01-29"><Cube currency="USD" rate="1.0823"/>…</Cube>. It
 * comes from outside, so nothing is fetched, no document type is accepted, and a file with one
 * wrong row is no file.
 */
#include "fmt/ecb.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"

#define DIGITS 8

bool ecb_rate_parse(const char *text, int64_t *ret_e8)
{
	int64_t value = 0;
	int after = -1, digits = 0;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '.' && after < 0 && digits > 0) {
			after = 0;
			continue;
		}
		if (*p < '0' || *p > '9' || value >= ECB_RATE_MAX / 10 || after >= DIGITS)
			return false;
		value = value * 10 + (*p - '0');
		digits++;
		after += after >= 0;
	}
	if (digits == 0 || after == 0)
		return false;
	for (int i = after < 0 ? 0 : after; i < DIGITS; i++) {
		if (value >= ECB_RATE_MAX / 10)
			return false;
		value *= 10;
	}
	if (value <= 0)
		return false;
	*ret_e8 = value;
	return true;
}

char *ecb_rate_print(struct arena *a, int64_t rate_e8)
{
	char *text = arena_printf(a, "%lld.%08lld", (long long)(rate_e8 / ECB_E8),
	    (long long)(rate_e8 % ECB_E8));
	size_t len = strlen(text);
	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[len - 1] = '\0';
	return text;
}

/* An attribute as text in the arena, "" when absent. */
static const char *attribute(struct cx *cx, xmlNode *node, const char *name)
{
	xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
	const char *text = value == NULL ? "" : arena_strdup(cx->arena, (const char *)value);
	xmlFree(value);
	return text;
}

static bool is_cube(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, (const xmlChar *)"Cube");
}

/* The element with the day, wherever the envelope puts it. */
static xmlNode *day_cube(struct cx *cx, xmlNode *from, int depth)
{
	for (xmlNode *node = from; node != NULL && depth > 0; node = node->next) {
		if (is_cube(node) && *attribute(cx, node, "time") != '\0')
			return node;
		xmlNode *inner = day_cube(cx, node->children, depth - 1);
		if (inner != NULL)
			return inner;
	}
	return NULL;
}

static enum err read_rate(struct cx *cx, xmlNode *node, struct ecb *ret)
{
	const char *currency = attribute(cx, node, "currency"), *rate = attribute(cx, node, "rate");
	int64_t e8;
	if (!ecb_rate_parse(rate, &e8))
		return fail(cx, ERR_REMOTE, "ecb.file", "The file of rates says \"%.20s\" for %.3s",
		    rate, currency);
	if (ret->n == ECB_RATES_MAX)
		return fail(cx, ERR_REMOTE, "ecb.file",
		    "The file of rates has more than %d currencies", ECB_RATES_MAX);
	if (currency_digits(currency) < 0 || str_eq(currency, "EUR"))
		return OK;
	str_copy(ret->rates[ret->n].currency, sizeof ret->rates[0].currency, currency);
	ret->rates[ret->n++].rate_e8 = e8;
	return OK;
}

static enum err read_file(struct cx *cx, xmlDoc *doc, struct ecb *ret)
{
	if (doc == NULL || doc->intSubset != NULL)
		return fail(cx, ERR_REMOTE, "ecb.file", "The answer is not a file of rates");
	xmlNode *day = day_cube(cx, xmlDocGetRootElement(doc), 6);
	ret->n = 0;
	if (day == NULL || !day_parse(attribute(cx, day, "time"), &ret->on))
		return fail(cx, ERR_REMOTE, "ecb.file", "The file of rates has no day");
	for (xmlNode *node = day->children; node != NULL; node = node->next)
		if (is_cube(node))
			TRY(read_rate(cx, node, ret));
	return ret->n > 0 ? OK : fail(cx, ERR_REMOTE, "ecb.file", "The file of rates is empty");
}

enum err ecb_parse(struct cx *cx, const char *xml, size_t len, struct ecb *ret)
{
	xmlDoc *doc = len > INT32_MAX ?
	    NULL :
	    xmlReadMemory(xml, (int)len, "rates.xml", NULL,
	        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	enum err err = read_file(cx, doc, ret);
	xmlFreeDoc(doc);
	return err;
}
