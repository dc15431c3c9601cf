/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FMT_FIELD_H
#define FMT_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cx.h"

/*
 * Declared input. A table of fields reads a form body and a JSON body alike into a struct,
 * describes the form for templates, masks secrets and feeds the OpenAPI document.
 *
 * C type at offset: LINE TEXT EMAIL PASSWORD SECRET DOMAIN URL COUNTRY CURRENCY CYCLE CHOICE KEY ->
 * const char * (arena; "" when absent unless FIELD_NULLABLE, then NULL) · INT ID MONEY PPM ->
 * int64_t · BOOL -> bool · DAY -> struct day (n = INT32_MIN when absent) · LIST -> struct
 * field_list · MAP -> struct field_map.
 *
 * Absent is: no such name, JSON null, or text of nothing but white space. An absent field takes
 * `otherwise` when there is one; else REQUIRED makes it a fault. REQUIRED does not bind a SECRET,
 * since "" keeps the stored one: the caller, who knows whether there is one, checks. A BOOL of a
 * form is false when absent (an empty check box sends nothing); REQUIRED asks for true.
 * Any text type with choices must be one of them.
 */
enum field_type {
	FIELD_LINE,     /* one line, UTF-8, no control characters */
	FIELD_TEXT,     /* many lines; CRLF becomes LF */
	FIELD_EMAIL,    /* addr-spec, lower-cased domain */
	FIELD_PASSWORD, /* never echoed, never logged; min is the shortest length */
	FIELD_SECRET,   /* provider secret: never echoed; "" keeps the old one */
	FIELD_DOMAIN,   /* host name, lower case, A-labels by IDNA 2008 */
	FIELD_URL,      /* https:// or http:// absolute */
	FIELD_COUNTRY,  /* ISO 3166-1 alpha-2 */
	FIELD_CURRENCY, /* ISO 4217, billable */
	FIELD_CYCLE,    /* "1m", "once" */
	FIELD_CHOICE,   /* one of choices */
	FIELD_KEY,      /* [a-z0-9][a-z0-9._-]* */
	FIELD_INT,
	FIELD_ID,    /* positive integer */
	FIELD_MONEY, /* JSON: integer minor units. Form: decimal text in the sibling "currency" */
	FIELD_PPM,   /* JSON: integer ppm. Form: percent as decimal text, "19" or "7.7" */
	FIELD_BOOL,  /* form: present and not "0"/"false"; JSON: true/false */
	FIELD_DAY,
	FIELD_LIST, /* rows of a sub-table; forms name them prices.0.cycle */
	/*
	 * names that the table does not know, each with one line of text. JSON: an object of texts,
	 * integers and booleans ("yes", "no"). Form: options.disk=5, or one text "disk=5,
	 * backup=yes"
	 */
	FIELD_MAP
};

/*
 * MANY: a text of several words with spaces between, "web mail"; a form may send them one by one:
 * plans.0=web, plans.1=mail.
 */
enum { FIELD_REQUIRED = 1, FIELD_NULLABLE = 2, FIELD_MANY = 4 };

struct field {
	const char *name, *label, *help;
	enum field_type type;
	unsigned flags;
	/*
	 * INT, MONEY, PPM: value (max 0 = no upper bound; a negative number needs a negative min) ·
	 * text: length in characters (max 0 = LIMIT_TEXT_CHARS; TEXT and SECRET LIMIT_NOTE_CHARS;
	 * URL LIMIT_URL_BYTES) · LIST, MAP: rows (max 0 = LIMIT_FIELD_ROWS)
	 */
	int64_t min, max;
	const char *const *choices; /* NULL-ended */
	const char *const *labels;  /* of the choices, as many; NULL: the words themselves */
	const char *otherwise;      /* default, as form text; NULL none */
	const char *autocomplete;   /* HTML autocomplete token or NULL */
	/*
	 * What it is a key of ("plan", "client"), for those who offer what there is to choose from
	 * (web/source.h); NULL nothing. CURRENCY and CYCLE are without saying.
	 */
	const char *from;
	size_t offset;
	const struct fields *sub; /* LIST */
};

struct fields {
	const char *name;
	const struct field *rows;
	size_t n;
	size_t size; /* of the struct */
};

struct field_list {
	void *rows; /* n structs of sub->size each */
	size_t n;
};

struct field_pair {
	const char *name, *value; /* value: trimmed, may be "" */
};
struct field_map {
	const struct field_pair *rows;
	size_t n;
};
/* The value under a name; NULL when it is not there. */
const char *field_map_get(const struct field_map *m, const char *name);
/* "web mail" of a MANY field, which may have come as a list. */
const char *field_words(struct arena *a, const json_t *value);
/* "disk=5, backup=yes", as a form takes it. */
char *field_map_print(struct arena *a, const json_t *map);

#define FIELDS(name_, type, ...) \
	static const struct field name_##_rows[] = {__VA_ARGS__}; \
	const struct fields name_ = {#name_, name_##_rows, \
	    sizeof name_##_rows / sizeof name_##_rows[0], sizeof(type)}

enum field_source { FIELD_FORM, FIELD_JSON };

/*
 * Reads a body into *ret (zeroed first). Every wrong field is noted in cx->fault.fields under its
 * full name ("prices.0.cycle"); unknown names: JSON refuses them ("field.unknown"), forms ignore
 * them. The currency of a form's MONEY is the sibling "currency" or that of an outer row, or its
 * `otherwise`; a caller whose currency is known beforehand puts it into the body. A form's rows in
 * which nothing was filled in are left out. ERR_INVALID when any field was wrong.
 */
enum err field_read(struct cx *cx, const struct fields *f, const json_t *body,
    enum field_source source, void *ret) MUST_CHECK;

/*
 * The form as a tree for templates: {"fields":[{name,id,label,help,type,input_type,value,required,
 * error,choices:[{value,label,selected}],autocomplete,inputmode,min,max,minlength,maxlength,
 * multiline,select,checkbox,checked,list,stored,rows,extra,from,many}], plus each under "by":
 * {name:{…}}}. listed, offered, suggest, option_form, addon_form are left to who offers choices;
 * given is what a MAP or LIST holds.
 * Every key is always there, null or false where it does not apply. A LIST has list:true,
 * rows:[{index,fields,by}] and extra, one more empty row. values: what was typed (strings) or what
 * is stored (JSON types; MONEY in the sibling currency); may be NULL. A SECRET or PASSWORD is never
 * echoed; stored tells that there is one. errors from cx->fault when faulty. The caller owns the
 * result.
 */
json_t *field_form(struct cx *cx, const struct fields *f, const json_t *values, bool faulty);

/* What a choice of a field is called on its form; the word itself when it is none. */
const char *field_choice_label(struct arena *a, const struct fields *f, const char *name,
    const char *word);

/* JSON Schema of the body, for OpenAPI. The caller owns the result. */
json_t *field_schema(const struct fields *f);

#endif
