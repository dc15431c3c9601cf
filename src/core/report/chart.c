/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bar charts as numbers: where each bar stands in a drawing of 640 by 180 units. Whole numbers
 * only; the template turns them into SVG, colors are the style sheet's.
 */
#include "base/money.h"
#include "base/str.h"
#include "core/report/own.h"

#define WIDTH 640
#define HEIGHT 180
#define FLOOR 150 /* the line on which the bars stand */
#define TOP 10
#define BARS_MAX 120

struct extent {
	int64_t high, low;
	int n;
};

static bool of_currency(const json_t *row, const char *currency)
{
	return str_eq(json_string_value(json_object_get(row, "currency")), currency);
}

static struct extent extent_of(const json_t *rows, const char *currency, const char *value)
{
	struct extent e = {0};
	for (size_t i = 0; i < json_array_size(rows) && e.n < BARS_MAX; i++) {
		const json_t *row = json_array_get(rows, i);
		int64_t v = json_integer_value(json_object_get(row, value));
		if (!of_currency(row, currency))
			continue;
		e.high = v > e.high ? v : e.high;
		e.low = v < e.low ? v : e.low;
		e.n++;
	}
	return e;
}

struct bar {
	const json_t *row;
	const char *label;
	int64_t value, x, width;
};

static json_t *bar_view(const struct bar *b, const struct extent *e)
{
	int64_t v = b->value;
	int64_t range = e->high - e->low, tall = FLOOR - TOP;
	int64_t zero =
	    range == 0 ? FLOOR : FLOOR - money_scale(-e->low, tall, range, ROUND_HALF_UP);
	int64_t size = range == 0 ? 0 : money_scale(v < 0 ? -v : v, tall, range, ROUND_HALF_UP);
	json_t *o = json_pack("{s:I s:I s:I s:I s:I s:I s:b}", "x", b->x, "y",
	    v < 0 ? zero : zero - size, "width", b->width, "height", size, "middle",
	    b->x + b->width / 2, "value_minor", v, "negative", (int)(v < 0));
	json_object_set(o, "label", json_object_get(b->row, b->label));
	return o;
}

static json_t *series(const json_t *rows, const char *currency, const char *label,
    const char *value)
{
	struct extent e = extent_of(rows, currency, value);
	int64_t step = WIDTH / (e.n == 0 ? 1 : e.n), k = 0;
	int64_t width = step * 3 / 4 > 64 ? 64 : step * 3 / 4 > 0 ? step * 3 / 4 : 1;
	json_t *bars = json_array();
	for (size_t i = 0; i < json_array_size(rows) && k < e.n; i++) {
		const json_t *row = json_array_get(rows, i);
		int64_t v = json_integer_value(json_object_get(row, value));
		if (!of_currency(row, currency))
			continue;
		const struct bar b = {row, label, v, k * step + (step - width) / 2, width};
		json_t *o = bar_view(&b, &e);
		/* Labels that would run into each other are left out. */
		json_object_set_new(o, "labeled", json_boolean(k % ((e.n + 11) / 12) == 0));
		json_array_append_new(bars, o);
		k++;
	}
	return json_pack("{s:s s:i s:i s:i s:i s:o}", "currency", currency, "width", WIDTH,
	    "height", HEIGHT, "floor", FLOOR, "text", HEIGHT - 10, "bars", bars);
}

json_t *report_chart(const json_t *rows, const char *title, const char *label, const char *value)
{
	json_t *charts = json_array();
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const char *currency =
		    json_string_value(json_object_get(json_array_get(rows, i), "currency"));
		bool seen = false;
		for (size_t k = 0; k < i && !seen; k++)
			seen = of_currency(json_array_get(rows, k), currency);
		struct extent e = extent_of(rows, currency, value);
		/* Bars without any height say nothing. */
		if (!seen && currency != NULL && e.high != e.low)
			json_array_append_new(charts, series(rows, currency, label, value));
	}
	if (json_array_size(charts) == 0) {
		json_decref(charts);
		return NULL;
	}
	return json_pack("{s:s s:o}", "title", title, "series", charts);
}

void report_draw(json_t *out, const json_t *rows, const char *title, const char *label,
    const char *value)
{
	json_t *chart = report_chart(rows, title, label, value);
	if (chart != NULL)
		json_object_set_new(out, "chart", chart);
}
