/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Second step of compiling a template: white space. A line that holds only a section, comment,
 * partial or inheritance tag is "standalone" and leaves nothing; the indentation of a block's
 * content is taken away where it is written and given back where it is shown. No tag is read or run
 * here.
 */
#include <string.h>

#include "fmt/tmpl_own.h"

static size_t indent_len(struct tmpl_slice s)
{
	size_t n = 0;

	while (n < s.len && (s.s[n] == ' ' || s.s[n] == '\t'))
		n++;
	return n;
}

static bool is_blank(const struct tmpl_token *t)
{
	for (size_t i = 0; i < t->text.len; i++) {
		char c = t->text.s[i];
		if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return false;
	}
	return true;
}

static bool ends_line(const struct tmpl_token *t)
{
	return t->tag == TMPL_TAG_TEXT && t->text.s[t->text.len - 1] == '\n';
}

/* The token after the last of the line that begins at `from`. */
static size_t line_end(const struct tmpl_tokens *t, size_t from)
{
	while (from < t->n && !ends_line(&t->all[from]))
		from++;
	return from < t->n ? from + 1 : t->n;
}

/* A parent or block, or the end of one. */
static bool inherits(const struct tmpl_tokens *t, const struct tmpl_token *k)
{
	if (k->tag == TMPL_TAG_CLOSE)
		k = &t->all[k->partner];
	return k->tag == TMPL_TAG_PARENT || k->tag == TMPL_TAG_BLOCK;
}

/*
 * One tag among blanks; or several tags of inheritance side by side with at most one whole block
 * between them, such as {{<layout}}{{$body}} or {{/body}}{{/layout}}.
 */
static bool line_alone(const struct tmpl_tokens *t, size_t from, size_t to)
{
	size_t tags = 0, first = to, last = from, blocks = 0;
	bool all_inherit = true;

	for (size_t i = from; i < to; i++) {
		const struct tmpl_token *k = &t->all[i];
		if (k->tag == TMPL_TAG_VAR || k->tag == TMPL_TAG_RAW)
			return false;
		if (k->tag == TMPL_TAG_TEXT && !is_blank(k))
			return false;
		if (k->tag == TMPL_TAG_TEXT)
			continue;
		first = first == to ? i : first;
		last = i;
		tags++;
		all_inherit = all_inherit && inherits(t, k);
		blocks += k->tag == TMPL_TAG_BLOCK && k->partner < to;
	}
	return tags == 1 || (tags > 1 && all_inherit && blocks <= 1 && last - first + 1 == tags);
}

static void mark_alone(struct tmpl_tokens *t, size_t from, size_t to)
{
	struct tmpl_slice lead = {"", 0};
	bool seen = false;

	for (size_t i = from; i < to; i++) {
		struct tmpl_token *k = &t->all[i];
		k->alone = true;
		if (k->tag == TMPL_TAG_TEXT) {
			if (i == from)
				lead = (struct tmpl_slice){k->text.s, indent_len(k->text)};
			k->text.len = 0;
			continue;
		}
		k->bol = !seen;
		k->lead = seen ? (struct tmpl_slice){"", 0} : lead;
		k->own_line = k->tag == TMPL_TAG_BLOCK && k->partner < to;
		/* The second tag of a line stands where the first does. */
		if (k->tag == TMPL_TAG_BLOCK)
			k->margin = lead;
		seen = true;
	}
}

/* Whether the content of a block begins on the line after its tag. */
static bool content_below(const struct tmpl_tokens *t, size_t open)
{
	const struct tmpl_token *k = &t->all[open];

	if (!k->alone || k->own_line)
		return false;
	for (size_t i = open + 1; i < t->n && t->all[i].alone && !t->all[i].bol; i++) {
		if (t->all[i].tag != TMPL_TAG_TEXT)
			return false;
	}
	return true;
}

/* How the first line of the content is indented; as the tag itself when there is no content. */
static struct tmpl_slice content_margin(const struct tmpl_tokens *t, size_t open)
{
	const struct tmpl_token *k = &t->all[open];

	for (size_t i = open + 1; i < k->partner; i++) {
		const struct tmpl_token *line = &t->all[i];
		if (!line->bol)
			continue;
		if (line->alone)
			return line->lead;
		if (line->tag != TMPL_TAG_TEXT)
			return (struct tmpl_slice){"", 0};
		if (!is_blank(line) || (i + 1 < t->n && !ends_line(line)))
			return (struct tmpl_slice){line->text.s, indent_len(line->text)};
	}
	return k->margin;
}

static void strip(struct tmpl_slice *s, struct tmpl_slice margin)
{
	size_t n = 0;

	while (n < s->len && n < margin.len && s->s[n] == margin.s[n])
		n++;
	s->s += n;
	s->len -= n;
}

static void take_margin(struct tmpl_tokens *t, size_t open)
{
	struct tmpl_token *k = &t->all[open];

	if (k->tag != TMPL_TAG_BLOCK || k->own_line)
		return;
	if (!content_below(t, open)) {
		k->margin = (struct tmpl_slice){"", 0};
		return;
	}
	k->margin = content_margin(t, open);
	if (k->margin.len == 0)
		return;
	for (size_t i = open + 1; i < k->partner; i++) {
		struct tmpl_token *line = &t->all[i];
		if (line->bol && line->tag == TMPL_TAG_TEXT)
			strip(&line->text, k->margin);
		if (line->alone && line->tag != TMPL_TAG_TEXT)
			strip(line->tag == TMPL_TAG_BLOCK ? &line->margin : &line->lead, k->margin);
		if (line->alone && line->tag == TMPL_TAG_BLOCK)
			line->lead = line->margin;
	}
}

void tmpl_lines(struct tmpl_tokens *t)
{
	for (size_t from = 0, to; from < t->n; from = to) {
		to = line_end(t, from);
		if (line_alone(t, from, to))
			mark_alone(t, from, to);
		else
			t->all[from].bol = true;
	}
	/* Outer blocks first: what is left of a line's indentation is the inner block's. */
	for (size_t i = 0; i < t->n; i++)
		take_margin(t, i);
}
