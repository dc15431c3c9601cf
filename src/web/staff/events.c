/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit trail for staff: what happened, when, by whom, and what it changed, as a page and as
 * the short list on the page of a client, an invoice and so on. Which events there are is core's
 * business: one without a sentence here is shown by its own words.
 */
#include <string.h>

#include "base/money.h"
#include "base/str.h"
#include "core/event/event.h"
#include "core/view.h"
#include "web/staff/own.h"

static const struct {
	const char *subject, *name, *text;
} sentences[] = {
    {"client", "approve", "Client approved"},
    {"client", "refuse", "Client refused"},
    {"client", "suspend", "Account suspended"},
    {"client", "resume", "Suspension of the account lifted"},
    {"client", "close", "Account closed"},
    {"client", "password", "Password changed"},
    {"client", "email", "Email address changed"},
    {"client", "verify", "Email address confirmed"},
    {"client", "grant", "Credit given"},
    {"client", "sign_in", "Client signed in"},
    {"client", "staff_sign_in", "Staff signed in as the client"},
    {"client", "staff_sign_out", "Staff signed out of the client's account"},
    {"client", "contact_add", "Contact added"},
    {"client", "contact_update", "Contact changed"},
    {"client", "contact_remove", "Contact removed"},
    {"order", "create", "Order placed"},
    {"order", "approve", "Order approved"},
    {"order", "refuse", "Order refused"},
    {"order", "pay", "Order paid"},
    {"order", "complete", "Order completed"},
    {"service", "create", "Service ordered"},
    {"service", "set_up", "Setting up started"},
    {"service", "activate", "Service set up"},
    {"service", "ask", "Server asked to act"},
    {"service", "staff_ask", "Asked for by staff"},
    {"service", "attention", "Service needs attention"},
    {"service", "try_again", "Tried again by staff"},
    {"service", "suspend", "Service suspended"},
    {"service", "unsuspend", "Service back online"},
    {"service", "cancel_request", "Cancellation asked for"},
    {"service", "cancel_now", "Cancellation asked for, at once"},
    {"service", "subscribe", "Renewed by the provider from now on"},
    {"service", "subscription_stop", "Automatic payment stopped"},
    {"service", "unsubscribe", "Not renewed by the provider any more"},
    {"service", "move_due", "Due day moved"},
    {"service", "leave", "Handed over to another client"},
    {"service", "transfer", "Taken over from another client"},
    {"service", "cancel_undo", "Cancellation undone"},
    {"service", "change_request", "Change asked for"},
    {"service", "addon_stays", "Add-on could not follow to another cycle"},
    {"service", "change", "Service changed"},
    {"service", "change_cancel", "Change cancelled"},
    {"service", "price", "Price changed"},
    {"payment", "dispute_lost", "Dispute lost"},
    {"payment", "fail", "Money did not stay"},
    {"invoice", "payment_fail", "Payment failed; open again"},
    {"refund", "request", "Refund asked for"},
    {"refund", "approve", "Refund approved"},
    {"refund", "ask", "Provider asked to pay back"},
    {"refund", "finish", "Refund booked"},
    {"refund", "decline", "Refund refused by the provider"},
    {"approval", "request", "Approval asked for"},
    {"approval", "approve", "Approved"},
    {"approval", "refuse", "Not approved"},
    {"service", "hold", "Reminders put on hold"},
    {"service", "terminate", "Service terminated"},
    {"invoice", "draft", "Draft written"},
    {"invoice", "remove_draft", "Draft thrown away"},
    {"invoice", "issue", "Invoice issued"},
    {"invoice", "pay", "Invoice paid"},
    {"invoice", "pass_due", "Invoice overdue"},
    {"invoice", "request", "Proforma sent"},
    {"invoice", "cancel", "Proforma cancelled"},
    {"invoice", "reopen", "Invoice open again"},
    {"invoice", "credit", "Invoice credited"},
    {"client", "statement", "Statement of account sent"},
    {"quote", "create", "Quote drafted"},
    {"quote", "update", "Draft of a quote changed"},
    {"quote", "copy", "Quote duplicated"},
    {"quote", "revise", "Quote revised"},
    {"quote", "send", "Quote sent"},
    {"quote", "accept", "Quote accepted"},
    {"quote", "decline", "Quote declined"},
    {"quote", "expire", "Quote expired"},
    {"quote", "cancel", "Quote taken back"},
    {"quote", "supersede", "Quote replaced by a newer version"},
    {"billable", "create", "Item to invoice written"},
    {"billable", "update", "Item to invoice changed"},
    {"billable", "remove", "Item to invoice removed"},
    {"billable", "bill", "Item invoiced, more rounds follow"},
    {"billable", "finish", "Item invoiced"},
    {"invoice", "credit_items", "Items credited"},
    {"invoice", "write_off", "Invoice written off"},
    {"invoice", "use_credit", "Credit used"},
    {"invoice", "dunning", "Reminder step taken"},
    {"attempt", "create", "Payment tried"},
    {"payment", "receive", "Payment received"},
    {"payment", "refund", "Payment paid back"},
    {"payment", "refund_part", "Payment paid back in part"},
    {"payment", "dispute", "Payment disputed"},
    {"payment", "dispute_won", "Dispute won"},
    {"letter", "send", "Letter sent"},
    {"letter", "bounce", "Letter came back"},
    {"letter", "fail", "Letter could not be sent"},
    {"letter", "resend", "Letter sent again by staff"},
    {"setting", "change", "Settings changed"},
    {"staff", "sign_in", "Staff member signed in"},
    {"staff", "create", "Staff member added"},
    {"invoice", "hold", "Reminders put on hold"},
    {"service", "held", "Kept from being ended by the ladder"},
    {"service", "bundle_end", "Discount of a bundle ended"},
    {"service", "reading", "Use read"},
    {"service", "reprice_cancel", "New price taken back"},
    {"service", "reprice_skip", "New price does not apply"},
    {"reprice", "create", "New prices announced"},
    {"reprice", "cancel", "New prices taken back"},
    {"client", "price_agree", "Price agreed"},
    {"client", "price_end", "Agreed price ended"},
    {"client", "currency", "Currency changed"},
    {"client", "tax_id", "VAT number changed"},
    {"client", "tax_check", "VAT number checked"},
    {"rate", "fetch", "Exchange rates fetched"},
    {"rate", "set", "Exchange rate set"},
    {"tax", "seed", "Tax rates loaded"},
    {"staff", "password", "Password changed"},
    {"staff", "token_create", "API token made"},
    {"staff", "token_revoke", "API token revoked"},
    {"task", "fail", "Scheduled task failed"},
    {"service", "reprice", "New price in force"},
};

/* What a thing is called, where its word alone would not do. */
static const struct {
	const char *word, *text;
} things[] = {
    {"plan_group", "Group of plans"},
    {"client_group", "Group of clients"},
    {"tax", "Tax rate"},
    {"rate", "Exchange rate"},
    {"news", "Announcement"},
    {"gateway", "Way to pay"},
    {"dunning", "Reminder step"},
    {"template", "Text of a letter"},
    {"staff", "Staff member"},
};

/* What is said alike of everything: "Coupon retired". */
static const struct {
	const char *name, *past;
} pasts[] = {
    {"create", "created"},
    {"update", "changed"},
    {"remove", "removed"},
    {"retire", "retired"},
    {"restore", "restored"},
    {"resume", "restored"},
    {"cancel", "cancelled"},
    {"save", "saved"},
    {"change", "changed"},
    {"reset", "put back"},
    {"suspend", "suspended"},
    {"close", "closed"},
};

static json_t *sentence(struct cx *cx, const char *subject, const char *name)
{
	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (str_eq(sentences[i].subject, subject) && str_eq(sentences[i].name, name))
			return json_string(sentences[i].text);
	const char *thing = str_label(cx->arena, str_or(subject, ""));
	for (size_t i = 0; i < sizeof things / sizeof things[0]; i++)
		if (str_eq(things[i].word, subject))
			thing = things[i].text;
	for (size_t i = 0; i < sizeof pasts / sizeof pasts[0]; i++)
		if (str_eq(pasts[i].name, name))
			return json_sprintf("%s %s", thing, pasts[i].past);
	return json_sprintf("%s: %s", thing, str_label(cx->arena, str_or(name, "")));
}

/* ---- data ---- */

/* "write_off", not "Anna" nor "a@example.com". */
static bool is_word(const char *text)
{
	return strchr(text, '_') != NULL &&
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}

/* A value as text: what is not text is printed as JSON. */
static const char *value_text(struct cx *cx, const json_t *value)
{
	if (json_is_string(value) && is_word(json_string_value(value)))
		return str_label(cx->arena, json_string_value(value));
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return arena_printf(cx->arena, "%lld", (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	return value == NULL || json_is_null(value) ? "" : view_print(cx, value);
}

static void add_changes(struct cx *cx, json_t *row, json_t *changed)
{
	json_t *list = json_array(), *pair;
	const char *name;

	json_object_foreach(changed, name, pair)
		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s}", "name", str_label(cx->arena, name), "before",
		        value_text(cx, json_array_get(pair, 0)), "after",
		        value_text(cx, json_array_get(pair, 1))));
	json_object_set_new(row, "changes", list);
}

/* Numbers of rows are for programs: what people follow is the link. */
static bool is_inner(const char *name)
{
	static const char *const inner[] = {"changed", "currency", "subject", "subject_kind",
	    "about"};
	for (size_t i = 0; i < sizeof inner / sizeof inner[0]; i++)
		if (strcmp(name, inner[i]) == 0)
			return true;
	return str_ends(name, "_id") || strcmp(name, "id") == 0;
}

/* Nothing is said of what is not there. */
static bool says_something(const char *name, const json_t *value)
{
	if (is_inner(name) || json_is_null(value))
		return false;
	return (json_is_string(value) && *json_string_value(value) != '\0') ||
	    (json_is_integer(value) && json_integer_value(value) != 0) || json_is_true(value) ||
	    json_is_object(value) || json_is_array(value);
}

static json_t *fact(struct cx *cx, const char *name, const json_t *value, const char *currency)
{
	size_t len = strlen(name);

	if (str_ends(name, "_minor") && json_is_integer(value) && currency != NULL &&
	    currency_digits(currency) >= 0)
		return json_pack("{s:s, s:s}", "name",
		    str_label(cx->arena, arena_strndup(cx->arena, name, len - strlen("_minor"))),
		    "value", money_print(cx->arena, money_of(json_integer_value(value), currency)));
	return json_pack("{s:s, s:s}", "name", str_label(cx->arena, name), "value",
	    value_text(cx, value));
}

static void add_facts(struct cx *cx, json_t *row, json_t *data)
{
	const char *currency = json_string_value(json_object_get(data, "currency")), *name;
	json_t *list = json_array(), *value;

	json_object_foreach(data, name, value)
		if (says_something(name, value))
			json_array_append_new(list, fact(cx, name, value, currency));
	json_object_set_new(row, "facts", list);
}

void admin_event_rows(struct cx *cx, json_t *rows)
{
	json_t *row;
	size_t i;

	admin_links(cx, rows);
	json_array_foreach(rows, i, row) {
		json_t *data = json_object_get(row, "data");
		json_object_set_new(row, "what",
		    sentence(cx, json_string_value(json_object_get(row, "subject")),
		        json_string_value(json_object_get(row, "name"))));
		json_object_set(row, "happened_at", json_object_get(row, "at"));
		add_changes(cx, row, json_object_get(data, "changed"));
		add_facts(cx, row, data);
	}
}

/* ---- lists ---- */

enum err admin_put_events(struct cx *cx, struct page *p, const struct event_filter *f)
{
	struct event_filter filter = *f;
	json_t *rows;

	filter.newest = true;
	filter.limit = f->limit > 0 ? f->limit : 20;
	TRY(event_list(cx, &filter, &rows));
	admin_event_rows(cx, rows);
	page_put(p, "events", rows);
	return OK;
}

enum err admin_events(struct cx *cx, struct page *p)
{
	static const char *const subjects[] = {"client", "order", "service", "invoice", "payment",
	    "letter", "setting", "staff", NULL};
	const struct event_filter f = {.before = page_query_int(p, "after"),
	    .q = page_query(p, "q"),
	    .client_id = page_query_int(p, "client_id"),
	    .subject = page_query(p, "subject"),
	    .subject_id = page_query_int(p, "subject_id"),
	    .name = page_query(p, "name"),
	    .limit = page_limit(p),
	    .newest = true};
	json_t *rows;

	TRY(event_list(cx, &f, &rows));
	admin_event_rows(cx, rows);
	TRY(admin_names(cx, rows));
	page_title(cx, p, "Events");
	page_filter(p, (const char *[]){"q", "subject", "client_id", NULL});
	admin_chips_of(cx, p, "subject", subjects);
	page_list(cx, p, rows, f.limit);
	return OK;
}
