/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How tax numbers look, country by country. A number that does not look right is a hint for whoever
 * types it, never a final no: new series appear (Belgium's that begin with 1), and only the service
 * of the state knows. Pure.
 */
#include <string.h>

#include "base/str.h"
#include "core/tax/tax.h"

/*
 * Forms between bars: # a digit, % a digit but 0, @ a letter, * a letter or digit, ~ the same but I
 * and O, ? also + and *, anything else itself.
 */
static const struct form {
	const char *country, *prefix, *forms;
	bool eu;
} forms[] = {
    {"AT", "AT", "U########", true},
    {"BE", "BE", "0#########|1#########", true},
    {"BG", "BG", "#########|##########", true},
    {"CY", "CY", "########@", true},
    {"CZ", "CZ", "########|#########|##########", true},
    {"DE", "DE", "%########", true},
    {"DK", "DK", "########", true},
    {"EE", "EE", "10#######", true},
    {"GR", "EL", "#########", true},
    {"ES", "ES", "@#######*|*#######@", true},
    {"FI", "FI", "########", true},
    {"FR", "FR", "~~#########", true},
    {"HR", "HR", "###########", true},
    {"HU", "HU", "########", true},
    {"IE", "IE", "#######@|#######@@|#?#####@", true},
    {"IT", "IT", "###########", true},
    {"LT", "LT", "#########|############", true},
    {"LU", "LU", "########", true},
    {"LV", "LV", "###########", true},
    {"MT", "MT", "########", true},
    {"NL", "NL", "#########B##|????????????", true},
    {"PL", "PL", "##########", true},
    {"PT", "PT", "#########", true},
    {"RO", "RO", "##|###|####|#####|######|#######|########|#########|##########", true},
    {"SE", "SE", "##########01", true},
    {"SI", "SI", "########", true},
    {"SK", "SK", "##########", true},
    {"GB", "GB", "#########|############|GD###|HA###", false},
    {"CH", "CH", "E#########|E#########MWST|E#########TVA|E#########IVA", false},
    {"NO", "NO", "#########|#########MVA", false},
};
#define FORMS_N (sizeof forms / sizeof forms[0])

static const struct form *form_of(const char *country)
{
	for (size_t i = 0; i < FORMS_N; i++)
		if (str_eq(forms[i].country, country))
			return &forms[i];
	return NULL;
}

bool tax_in_eu(const char *country)
{
	const struct form *f = form_of(country);
	return f != NULL && f->eu;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool fits(char form, char c)
{
	switch (form) {
	case '#': return is_digit(c);
	case '%': return is_digit(c) && c != '0';
	case '@': return is_letter(c);
	case '*': return is_digit(c) || is_letter(c);
	case '~': return is_digit(c) || (is_letter(c) && c != 'I' && c != 'O');
	case '?': return is_digit(c) || is_letter(c) || c == '+' || c == '*';
	default: return form == c;
	}
}

static bool fits_one(const char *form, const char *text)
{
	while (*form != '\0' && *form != '|' && *text != '\0' && fits(*form, *text)) {
		form++;
		text++;
	}
	return (*form == '\0' || *form == '|') && *text == '\0';
}

static bool fits_any(const char *list, const char *text)
{
	for (const char *form = list; form != NULL; form = strchr(form, '|')) {
		form += *form == '|';
		if (fits_one(form, text))
			return true;
	}
	return false;
}

/* Capitals without what people put between; false when there is more than a number can hold. */
static bool squeeze(const char *text, char *to, size_t size)
{
	size_t n = 0;
	for (; *text != '\0'; text++) {
		if (strchr(" .-/\t", *text) != NULL)
			continue;
		if (n + 1 >= size)
			return false;
		to[n++] = *text >= 'a' && *text <= 'z' ? (char)(*text - 'a' + 'A') : *text;
	}
	to[n] = '\0';
	return true;
}

/*
 * A prefix of another member state, unless the whole is a number of this country without its own.
 */
static bool is_foreign(const struct form *f, const char *text)
{
	for (size_t i = 0; i < FORMS_N; i++)
		if (&forms[i] != f && forms[i].eu && str_starts(text, forms[i].prefix) &&
		    fits_any(forms[i].forms, text + strlen(forms[i].prefix)) &&
		    !fits_any(f->forms, text))
			return true;
	return false;
}

struct tax_number tax_number_read(const char *country, const char *text)
{
	const struct form *f = form_of(country);
	struct tax_number n = {.prefix = ""};
	char squeezed[sizeof n.digits];
	if (!squeeze(text, squeezed, sizeof squeezed) || *squeezed == '\0')
		return n;
	if (f == NULL) {
		str_copy(n.digits, sizeof n.digits, squeezed);
		return n;
	}
	bool prefixed = str_starts(squeezed, f->prefix);
	str_copy(n.prefix, sizeof n.prefix, f->prefix);
	str_copy(n.digits, sizeof n.digits, prefixed ? squeezed + strlen(f->prefix) : squeezed);
	n.form_ok = fits_any(f->forms, n.digits);
	n.foreign = !prefixed && is_foreign(f, squeezed);
	return n;
}

bool tax_checkable(const struct settings *s, const struct client *c)
{
	return !str_empty(c->tax_id) && !str_eq(s->company_country, c->country) &&
	    tax_in_eu(s->company_country) && tax_in_eu(c->country);
}
