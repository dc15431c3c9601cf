/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Company-wide choices, a page for each subject. Which settings there are is
 * core/setting/fields.c; here is only which page shows them.
 */
#include <string.h>

#include "base/crypto.h"
#include "base/str.h"
#include "core/setting/setting.h"
#include "fmt/form.h"
#include "fmt/mime.h"
#include "web/staff/own.h"

static const struct subject {
	const char *key, *title, *about, *prefixes; /* beginnings of names, with blanks between */
} subjects[] = {
    {"company", "Company", "Name, address, look and language on pages, letters and documents.",
        "company."},
    {"billing", "Billing", "When invoices are made and due, their numbers, paper and credit.",
        "billing. invoice. proforma. credit_note. quote."},
    {"tax", "Tax", "Whether prices contain tax, how it is rounded, and VAT numbers.", "tax."},
    {"currency", "Currencies", "Prices at the rate of the day, and where rates come from.",
        "catalog. rates."},
    {"credit", "Credit and refunds", "What a second person approves, top-ups, and disputes.",
        "approval. funds. dispute."},
    {"automation", "Automation", "Brakes that keep a mistake from suspending everybody.",
        "automation. dunning."},
    {"signup", "Sign-up and orders", "Who may sign up, and what waits for approval.",
        "signup. order."},
    {"mail", "Mail", "The server that takes our letters, and who they come from.", "mail."},
};

#define SUBJECTS_N (sizeof subjects / sizeof subjects[0])

enum err admin_settings(struct cx *cx, struct page *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < SUBJECTS_N; i++)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "key", subjects[i].key, "title", subjects[i].title,
		        "about", subjects[i].about));
	page_title(cx, p, "Settings");
	page_set(p, "subjects", list);
	return OK;
}

static enum err find(struct cx *cx, const struct page *p, const struct subject **ret)
{
	for (size_t i = 0; i < SUBJECTS_N; i++) {
		if (!str_eq(subjects[i].key, p->word))
			continue;
		*ret = &subjects[i];
		return OK;
	}
	return fail(cx, ERR_NOT_FOUND, "setting.subject", "There is no such page of settings.");
}

static bool is_of(struct cx *cx, const struct subject *s, const char *name)
{
	size_t n;
	char **prefixes = str_split(cx->arena, s->prefixes, ' ', &n);

	for (size_t i = 0; i < n; i++)
		if (str_starts(name, prefixes[i]))
			return true;
	return false;
}

/* "company.name" of a form comes nested: {"company": {"name": …}}. */
static json_t *typed(const struct page *p, const char *name)
{
	const char *dot = strchr(name, '.');
	char first[40];
	json_t *flat = json_object_get(p->body, name);

	if (flat != NULL || dot == NULL || (size_t)(dot - name) >= sizeof first)
		return flat;
	memcpy(first, name, (size_t)(dot - name));
	first[dot - name] = '\0';
	return json_object_get(json_object_get(p->body, first), dot + 1);
}

/*
 * The settings of the page as sent, under their own names. An unchecked box sends nothing and
 * means no.
 */
static json_t *values_of(struct cx *cx, const struct page *p, const struct subject *s)
{
	json_t *values = json_keep(cx, json_object());

	for (size_t i = 0; i < setting_fields.n; i++) {
		const struct field *f = &setting_fields.rows[i];
		if (!is_of(cx, s, f->name))
			continue;
		json_t *value = typed(p, f->name);
		if (value != NULL)
			json_object_set(values, f->name, value);
		else if (f->type == FIELD_BOOL && p->source == FIELD_FORM)
			json_object_set_new(values, f->name, json_string(""));
	}
	return values;
}

/* Only the fields of the subject; a stored password shows as stored. */
static json_t *form_of(struct cx *cx, const struct page *p, const struct subject *s, json_t *values)
{
	json_t *form, *kept = json_array(), *field;
	struct fault now = cx->fault;
	size_t i;

	if (p->faulty)
		cx->fault = p->fault;
	form = field_form(cx, &setting_fields, values, p->faulty);
	cx->fault = now;
	json_array_foreach(json_object_get(form, "fields"), i, field)
		if (is_of(cx, s, json_string_value(json_object_get(field, "name"))))
			json_array_append(kept, field);
	json_object_set_new(form, "fields", kept);
	return form;
}

enum err admin_setting(struct cx *cx, struct page *p)
{
	const struct subject *s;
	json_t *stored, *values;

	TRY(find(cx, p, &s));
	TRY(setting_view(cx, &stored));
	values = p->faulty ? values_of(cx, p, s) : stored;
	if (!str_empty(p->settings.mail_password))
		json_object_set_new(values, "mail.password", json_string("set"));
	page_title(cx, p, "%s", s->title);
	page_set(p, "form", form_of(cx, p, s, values));
	page_set(p, "intro", json_string(s->about));
	page_set(p, "action", json_sprintf("/admin/settings/%s", s->key));
	page_set(p, "button", json_string("Save settings"));
	page_set(p, "back", json_string("/admin/settings"));
	page_set(p, "is_mail", json_boolean(str_eq(s->key, "mail")));
	return OK;
}

enum err admin_setting_save(struct cx *cx, struct page *p)
{
	const struct subject *s;

	TRY(find(cx, p, &s));
	TRY(setting_save(cx, values_of(cx, p, s), p->source));
	page_flash(cx, p, "success", "The settings were saved.");
	return page_go(cx, p, "/admin/settings/%s", s->key);
}

/* ---- a letter to oneself, to see whether the mail server takes it ---- */

static enum err test_letter(struct cx *cx, const struct page *p, json_t **ret_args)
{
	const struct settings *s = &p->settings;
	char *bytes;
	size_t len;
	const struct mime_letter letter = {.from_name = str_empty(s->mail_from_name) ?
	        s->company_name :
	        s->mail_from_name,
	    .from = s->mail_from,
	    .to_name = p->staff.name,
	    .to = p->staff.email,
	    .subject = "Test letter",
	    .text = "The mail settings work.\n",
	    .html = "<p>The mail settings work.</p>",
	    .message_id = arena_printf(cx->arena, "test-%s@%s", cx->trace, "billhook.invalid"),
	    .at = cx->now};

	TRY(mime_print(cx, &letter, &bytes, &len));
	*ret_args = json_pack("{s:s, s:s, s:s}", "from", s->mail_from, "to", p->staff.email,
	    "bytes_base64", crypto_base64(cx->arena, bytes, len));
	return OK;
}

enum err admin_mail_test(struct cx *cx, struct page *p)
{
	const struct settings *s = &p->settings;
	struct answer a;
	json_t *args;

	TRY(test_letter(cx, p, &args));
	json_t *request = json_pack("{s:s, s:s, s:{s:s, s:I, s:s, s:s, s:s}, s:o}", "provider",
	    "smtp", "bound", "mail", "settings", "host", s->mail_host, "port",
	    (json_int_t)s->mail_port, "security", s->mail_security, "user", s->mail_user,
	    "password", s->mail_password, "args", args);
	enum err err = web_link(cx, p, "mail.send", request, &a);
	json_decref(request);
	TRY(err);
	page_set(p, "works", json_boolean(a.outcome == OUTCOME_DONE));
	page_set(p, "reason", json_string(str_or(a.reason, "")));
	if (a.outcome == OUTCOME_DONE)
		page_flash(cx, p, "success", "The mail server took a test letter to %s.",
		    p->staff.email);
	else
		page_flash(cx, p, "danger", "The mail server did not take the letter: %s",
		    str_or(a.reason, ""));
	return page_go(cx, p, "/admin/settings/mail");
}
