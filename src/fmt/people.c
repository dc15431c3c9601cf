/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds what people read to a tree that programs read: money, days, times, cycles, rates, states. It
 * goes by the endings of names alone and knows no module. How each is printed is base's.
 */
#include "fmt/people.h"

#include <stdio.h>
#include <string.h>

#include "base/day.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/people.h"
#include "base/str.h"
#include "fmt/field_own.h"

/* The word on the badge, its color, and one sentence for who wonders. */
static const struct badge {
	const char *word, *label, *color, *help;
} badges[] = {
    {"draft", "Draft", "secondary", "Not issued yet; it can still be changed."},
    {"open", "Open", "azure", "Waiting for payment or an answer."},
    {"paid", "Paid", "green", "Paid in full."},
    {"overdue", "Overdue", "red", "The due date has passed without full payment."},
    {"void", "Void", "secondary", "Cancelled; nothing is owed."},
    {"refunded", "Refunded", "secondary", "The money was paid back."},
    {"partly_refunded", "Partly refunded", "orange", "Part of the money was paid back."},
    {"credited", "Credited", "secondary", "Settled by a credit note."},
    {"written_off", "Written off", "secondary", "Given up as a loss; no longer collected."},
    {"uncollectible", "Uncollectible", "red", "All attempts to collect have failed."},
    {"pending", "Pending", "orange", "Waiting for the next step."},
    {"active", "Active", "green", "In use."},
    {"suspended", "Suspended", "orange", "Switched off for now; nothing was deleted."},
    {"cancelled", "Cancelled", "secondary", "Ended by request."},
    {"terminated", "Terminated", "red", "Ended and removed."},
    {"failed", "Failed", "red", "Did not work; somebody should look at it."},
    {"new", "New", "azure", "Just arrived."},
    {"approved", "Approved", "green", "Checked and accepted."},
    {"refused", "Refused", "red", "Checked and not accepted."},
    {"review", "In review", "orange", "Somebody has to check it first."},
    {"done", "Done", "green", "Finished."},
    {"ready", "Ready", "azure", "Will run as soon as it is its turn."},
    {"running", "Running", "azure", "Being worked on now."},
    {"retry", "Retrying", "orange", "Did not work yet and will be tried again."},
    {"parked", "Parked", "red", "Tried often enough; waits for a person."},
    {"queued", "Queued", "azure", "Waiting to be sent."},
    {"sent", "Sent", "green", "Handed over to the mail server."},
    {"bounced", "Bounced", "red", "Came back; the address does not work."},
    {"delivered", "Delivered", "green", "Accepted by the receiver."},
    {"closed", "Closed", "secondary", "Finished; it can be opened again."},
    {"inactive", "Inactive", "secondary", "Not in use."},
    {"locked", "Locked", "red", "Blocked until somebody unlocks it."},
    {"provisioning", "Setting up", "azure", "Being set up on the server."},
    {"attention", "Needs attention", "red", "Something is unclear; somebody should look at it."},
    {"succeeded", "Succeeded", "green", "Worked."},
    {"declined", "Declined", "red", "Refused by the bank or provider."},
    {"unknown", "Unknown", "orange", "The answer was lost; the provider is being asked."},
    {"disputed", "Disputed", "red", "The payer has asked the bank for the money back."},
    {"accepted", "Accepted", "green", "It became an order."},
    {"superseded", "Superseded", "secondary", "A newer version took its place."},
    {"removed", "Removed", "secondary", "Taken back before it counted."},
    {"waiting", "Waiting", "orange", "Its time, or somebody's word, has not come yet."},
    {"waiting_approval", "Waits for approval", "orange", "A second person has to allow it."},
    {"asked", "Under way", "azure", "The provider was asked; its answer counts."},
    {"lost", "Lost", "red", "The payer's bank kept the money."},
    {"won", "Won", "green", "The money is ours again."},
    {"applied", "Applied", "green", "In force."},
    {"skipped", "Skipped", "secondary", "It fell away; the detail says why."},
    {"expired", "Expired", "secondary", "Its time has run out."},
};

/* What holds on the way down. */
struct walk {
	struct arena *a;
	const struct tmpl_names *wanted; /* NULL: all */
	const struct people *p;
	const char *currency; /* NULL: none yet */
	int depth;
	struct last_badge *last;
};
/* Rows of a list mostly share their state: one badge serves them all; nothing changes it. */
struct last_badge {
	const char *word;
	json_t *badge;
};

/* The name less its ending plus another one; NULL when nobody asks for it. */
static const char *renamed(const struct walk *w, const char *key, size_t ending, const char *other)
{
	char name[LIMIT_NAME_BYTES];
	size_t stem = strlen(key) - ending;
	if (stem + strlen(other) >= sizeof name)
		return NULL;
	snprintf(name, sizeof name, "%.*s%s", (int)stem, key, other);
	return w->wanted == NULL || tmpl_names_has(w->wanted, name) ? arena_strdup(w->a, name) :
	                                                              NULL;
}

/* Null for NULL. */
static void put(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, text != NULL ? json_string(text) : json_null());
}

static void add_money(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *text = NULL, *name = renamed(w, key, strlen("_minor"), "_money");

	if (name == NULL)
		return;
	if (json_is_integer(value) && w->currency != NULL && currency_digits(w->currency) >= 0)
		text = money_print_people(w->a, money_of(json_integer_value(value), w->currency),
		    w->p->locale);
	put(object, name, text);
}

static const char *day_people(const struct walk *w, const json_t *value)
{
	struct day day;

	if (!json_is_string(value) || !day_parse(json_string_value(value), &day))
		return NULL;
	return day_print_people(w->a, day, w->p->locale);
}

static void add_day(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *name = renamed(w, key, strlen("_on"), "_day");

	if (name != NULL)
		put(object, name, day_people(w, value));
}

/* "from" and "to" are days in items and addresses in letters. */
static void add_bound(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *name = renamed(w, key, 0, "_day");
	const char *text = name != NULL ? day_people(w, value) : NULL;

	if (text != NULL || (name != NULL && json_is_null(value)))
		put(object, name, text);
}

static void add_time(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *time_name = renamed(w, key, strlen("_at"), "_time");
	const char *ago_name = renamed(w, key, strlen("_at"), "_ago");
	int64_t at = json_integer_value(value);
	bool known = json_is_integer(value) ||
	    (json_is_string(value) && instant_parse(json_string_value(value), &at));

	if (time_name != NULL)
		put(object, time_name,
		    known ? instant_print_people(w->a, at, w->p->locale, w->p->zone) : NULL);
	if (ago_name != NULL)
		put(object, ago_name,
		    known ? instant_print_ago(w->a, at, w->p->now, w->p->locale) : NULL);
}

static void add_percent(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *text = NULL, *name = renamed(w, key, strlen("_ppm"), "_percent");

	if (name == NULL)
		return;
	if (json_is_integer(value))
		text = arena_printf(w->a, "%s %%",
		    field_percent_print(w->a, json_integer_value(value)));
	put(object, name, text);
}

static void add_cycle(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	struct cycle cycle;
	bool is_cycle = json_is_string(value) && cycle_parse(json_string_value(value), &cycle);
	const char *name = renamed(w, key, 0, "_people");

	if (name != NULL)
		put(object, name, is_cycle ? cycle_print_people(w->a, cycle) : NULL);
}

static json_t *badge_of(const struct walk *w, const char *word)
{
	const struct badge own = {word, str_label(w->a, word), "secondary", ""};
	const struct badge *b = &own;

	for (size_t i = 0; i < sizeof badges / sizeof badges[0]; i++) {
		if (strcmp(badges[i].word, word) == 0)
			b = &badges[i];
	}
	return json_pack("{s:s, s:s, s:s, s:s}", "word", b->word, "label", b->label, "color",
	    b->color, "help", b->help);
}

static void add_badge(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *name = renamed(w, key, 0, "_badge");

	if (name == NULL)
		return;
	if (!json_is_string(value)) {
		json_object_set_new(object, name, json_null());
		return;
	}
	const char *word = json_string_value(value);
	if (w->last->badge == NULL || strcmp(w->last->word, word) != 0)
		*w->last = (struct last_badge){word, badge_of(w, word)};
	else
		json_incref(w->last->badge);
	json_object_set_new(object, name, w->last->badge);
}

const char *people_word(struct arena *a, const char *word)
{
	static const char *const odd[][2] = {{"yesno", "Yes or no"}, {"a4", "A4"},
	    {"starttls", "STARTTLS"}, {"tls", "TLS"}, {"eu", "European Union"}};

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
		if (strcmp(odd[i][0], word) == 0)
			return odd[i][1];
	return str_label(a, word);
}

static void add_label(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	const char *name = renamed(w, key, 0, "_label"), *word = json_string_value(value);

	/* What is there already was said on purpose. */
	if (name != NULL && w->wanted != NULL && json_object_get(object, name) == NULL)
		json_object_set_new(object, name,
		    word == NULL ? json_null() : json_string(people_word(w->a, word)));
}

typedef void add_people(const struct walk *w, json_t *object, const char *key, const json_t *value);

static const struct {
	const char *name;
	bool is_ending;
	add_people *add;
} rules[] = {
    {"_minor", true, add_money},
    {"_on", true, add_day},
    {"_at", true, add_time},
    {"_ppm", true, add_percent},
    {"cycle", false, add_cycle},
    {"state", false, add_badge},
    {"from", false, add_bound},
    {"to", false, add_bound},
};

static void add_one(const struct walk *w, json_t *object, const char *key, const json_t *value)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		if (rules[i].is_ending ? str_ends(key, rules[i].name) :
		                         strcmp(key, rules[i].name) == 0) {
			rules[i].add(w, object, key, value);
			return;
		}
	}
	add_label(w, object, key, value);
}

static void walk_any(const struct walk *w, json_t *at);

static void walk_object(const struct walk *w, json_t *object)
{
	size_t n = json_object_size(object), i = 0;
	const char **keys = ARENA_ARRAY(w->a, const char *, n);
	const char *currency = json_string_value(json_object_get(object, "currency"));
	struct walk inner = *w;
	const char *key;
	json_t *value;

	inner.depth++;
	if (!str_empty(currency))
		inner.currency = currency;
	/* Names are gathered first: what is added must not be walked. */
	json_object_foreach(object, key, value)
		keys[i++] = key;
	for (i = 0; i < n; i++) {
		value = json_object_get(object, keys[i]);
		if (json_is_object(value) || json_is_array(value))
			walk_any(&inner, value);
		else
			add_one(&inner, object, keys[i], value);
	}
}

static void walk_any(const struct walk *w, json_t *at)
{
	struct walk inner = *w;

	if (w->depth > LIMIT_TEMPLATE_DEPTH)
		return;
	inner.depth++;
	if (json_is_object(at))
		walk_object(w, at);
	for (size_t i = 0; i < json_array_size(at); i++)
		walk_any(&inner, json_array_get(at, i));
}

void people_add(struct arena *a, json_t *tree, const struct people *p)
{
	struct last_badge last = {0};
	struct walk w = {.a = a, .wanted = p->wanted, .p = p, .last = &last};

	walk_any(&w, tree);
}
