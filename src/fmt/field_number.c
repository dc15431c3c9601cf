/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields that hold numbers, days and yes or no. JSON brings integers in minor units and ppm; forms
 * bring what people type: "12.10" in a currency, "7.7" percent. No floating point on the way.
 */
#include <assert.h>
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "fmt/field_own.h"

#define PERCENT_DIGITS 4 /* ppm is percent with four digits after the point */

char *field_percent_print(struct arena *a, int64_t ppm)
{
	uint64_t magnitude = ppm < 0 ? 0 - (uint64_t)ppm : (uint64_t)ppm;
	char *text = arena_printf(a, "%s%llu.%04llu", ppm < 0 ? "-" : "",
	    (unsigned long long)(magnitude / 10000), (unsigned long long)(magnitude % 10000));
	size_t len = strlen(text);

	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[len - 1] = '\0';
	return text;
}

bool field_percent_parse(const char *text, int64_t *ret_ppm)
{
	char joined[24];
	size_t n = 0, len = strlen(text), point, after;

	while (len > 0 && (text[len - 1] == '%' || text[len - 1] == ' '))
		len--;
	point = strcspn(text, ".");
	after = point < len ? len - point - 1 : 0;
	if (len == 0 || point == 0 || len > 12 || after > PERCENT_DIGITS ||
	    (point < len && after == 0))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i != point)
			joined[n++] = text[i];
	}
	for (size_t i = after; i < PERCENT_DIGITS; i++)
		joined[n++] = '0';
	joined[n] = '\0';
	assert(n > PERCENT_DIGITS); /* a digit stands before the point */
	/* "-" alone must not read as minus nothing. */
	return joined[n - PERCENT_DIGITS - 1] != '-' && str_int(joined, ret_ppm);
}

static enum err wrong_type(const struct field_spot *s, const char *what)
{
	return fail_field(s->cx, s->name, "field.type", "This must be %s", what);
}

static enum err parse_money(const struct field_spot *s, const char *text, int64_t *ret)
{
	const char *currency = field_currency(s->cx, s->level);

	if (currency == NULL)
		return fail_field(s->cx, s->name, "field.money",
		    "Choose the currency of this amount");
	if (strpbrk(text, "0123456789") == NULL || !money_parse(text, currency, ret))
		return fail_field(s->cx, s->name, "field.money", "Enter an amount in %s, like %s",
		    currency, money_print_plain(s->cx->arena, 1250, currency));
	return OK;
}

static enum err parse_form(const struct field_spot *s, const char *text, int64_t *ret)
{
	text = str_trim(s->cx->arena, text);
	if (s->field->type == FIELD_MONEY)
		return parse_money(s, text, ret);
	if (s->field->type == FIELD_PPM && !field_percent_parse(text, ret))
		return fail_field(s->cx, s->name, "field.number",
		    "Enter a percentage, like 19 or 7.7");
	if (s->field->type != FIELD_PPM && !str_int(text, ret))
		return fail_field(s->cx, s->name, "field.number", "Enter a whole number");
	return OK;
}

/* A bound in the words of the form. */
static const char *bound(const struct field_spot *s, int64_t value)
{
	const char *currency = field_currency(s->cx, s->level);

	if (s->source == FIELD_FORM && s->field->type == FIELD_MONEY && currency != NULL)
		return money_print_plain(s->cx->arena, value, currency);
	if (s->source == FIELD_FORM && s->field->type == FIELD_PPM)
		return field_percent_print(s->cx->arena, value);
	return arena_printf(s->cx->arena, "%lld", (long long)value);
}

static enum err check_range(const struct field_spot *s, int64_t value)
{
	const struct field *f = s->field;
	int64_t min = f->type == FIELD_ID && f->min < 1 ? 1 : f->min;
	int64_t max = f->max;

	if (max == 0)
		max = f->type == FIELD_MONEY ? MONEY_MINOR_MAX : INT64_MAX;
	if (value < min)
		return fail_field(s->cx, s->name, "field.range", "Enter %s or more", bound(s, min));
	if (value > max)
		return fail_field(s->cx, s->name, "field.range", "Enter %s or less", bound(s, max));
	return OK;
}

enum err field_number(const struct field_spot *s, const json_t *value, int64_t *ret)
{
	int64_t number = 0;

	if (s->source == FIELD_JSON) {
		if (!json_is_integer(value))
			return wrong_type(s, "a whole number");
		number = json_integer_value(value);
	} else {
		if (!json_is_string(value))
			return wrong_type(s, "a single value");
		TRY(parse_form(s, json_string_value(value), &number));
	}
	TRY(check_range(s, number));
	*ret = number;
	return OK;
}

enum err field_day(const struct field_spot *s, const json_t *value, struct day *ret)
{
	if (!json_is_string(value))
		return wrong_type(s, "a date as text");
	if (!day_parse(str_trim(s->cx->arena, json_string_value(value)), ret))
		return fail_field(s->cx, s->name, "field.day", "Enter a date, like 2027-01-31");
	return OK;
}

enum err field_bool(const struct field_spot *s, const json_t *value, bool *ret)
{
	const char *text = json_string_value(value);

	if (s->source == FIELD_JSON && !json_is_boolean(value))
		return wrong_type(s, "true or false");
	if (s->source == FIELD_FORM && text == NULL)
		return wrong_type(s, "a single value");
	*ret = s->source == FIELD_JSON ?
	    json_is_true(value) :
	    text[0] != '\0' && strcmp(text, "0") != 0 && strcmp(text, "false") != 0;
	return OK;
}
