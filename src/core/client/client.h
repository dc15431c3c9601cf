/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLIENT_CLIENT_H
#define CORE_CLIENT_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "base/day.h"
#include "fmt/field.h"

/*
 * Who pays, and their contacts. In JSON "state" is the address's region and "status" the life
 * cycle.
 */
enum client_state { CLIENT_PENDING, CLIENT_ACTIVE, CLIENT_SUSPENDED, CLIENT_CLOSED, CLIENT_STATES };
enum client_event {
	CLIENT_APPROVE,
	CLIENT_REFUSE,
	CLIENT_SUSPEND,
	CLIENT_RESUME,
	CLIENT_CLOSE,
	CLIENT_EVENTS
};

struct client {
	int64_t id;
	const char *email, *password_hash; /* hash NULL: cannot sign in yet */
	int64_t email_verified_at;
	const char *first_name, *last_name, *company, *address, *city, *postcode, *region, *country,
	    *phone;
	const char *currency, *tax_id, *language, *note;
	bool tax_exempt;
	enum client_state state;
	int64_t created_at, seen_at;
	/* "" no number | unchecked | valid | invalid | unavailable: what the last check said */
	const char *tax_id_state;
	int64_t tax_id_at; /* of the last clear answer */
	/* terms: -1 inherits; the group's as read with the client, so that nobody asks again */
	int64_t group_id, terms_days, grace_days, group_terms_days, group_grace_days;
	const char *group, *group_name;           /* key and name, "" when in none */
	struct day hold_until;                    /* no dunning before that day */
	int64_t discount_ppm, group_discount_ppm; /* -1: the group's; 0: none */
	const char *pays_by;                      /* a gateway's key, "" not known */
	int64_t way_terms_days, way_grace_days;   /* of all who pay by it; -1: the company's */
};
struct client_input {
	const char *email, *first_name, *last_name, *company, *address, *city, *postcode, *state,
	    *country;
	const char *phone, *currency, *tax_id, *password;
};
extern const struct fields client_fields; /* create: API, staff, sign-up */
/* what a client may change: all but email, currency, password */
extern const struct fields client_profile_fields;
/* what staff may change: profile, email, tax_exempt, note, group, terms, currency */
extern const struct fields client_staff_fields;
extern const struct fields contact_fields;

enum err client_get(struct cx *cx, int64_t id, struct client *ret) MUST_CHECK;
/* ERR_NOT_FOUND */
enum err client_find_email(struct cx *cx, const char *email, struct client *ret) MUST_CHECK;
/*
 * The clients of n ids (repeats allowed) in the same order, in one statement; one that is absent is
 * ERR_NOT_FOUND.
 */
enum err client_get_many(struct cx *cx, const int64_t *ids, size_t n,
    struct client **ret) MUST_CHECK;
/*
 * Currency "" takes the company's. Taken address: field fault "client.email_taken". Event
 * client.create.
 */
enum err client_create(struct cx *cx, const struct client_input *in, int64_t *ret_id) MUST_CHECK;
/* event client.update with before/after of what changed */
enum err client_update(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    const struct fields *which) MUST_CHECK;
/* A new address is unverified; event client.email with old and new. */
enum err client_set_email(struct cx *cx, int64_t id, const char *email) MUST_CHECK;
/* only if still the address */
enum err client_verified(struct cx *cx, int64_t id, const char *email) MUST_CHECK;
enum err client_set_password(struct cx *cx, int64_t id, const char *password) MUST_CHECK;
enum err client_apply(struct cx *cx, int64_t id, enum client_event event,
    const char *reason) MUST_CHECK;
enum err client_seen(struct cx *cx, int64_t id) MUST_CHECK;
struct client_filter {
	const char *q, *status; /* q: name, company, email, id */
	int64_t after, limit;   /* newest first; pages by id < after */
};
enum err client_list(struct cx *cx, const struct client_filter *f, json_t **ret) MUST_CHECK;
/* adds name (full), address_lines, verified; no hash; note is null unless staff ask */
json_t *client_view(struct cx *cx, const struct client *c);
/*
 * The snapshot put on documents: {name, company, address_lines, country, region, tax_id, email}.
 * The caller owns it.
 */
json_t *client_party(const struct client *c);

/*
 * What a check said of a number; *ret_changed false: the client has another number or country by
 * now.
 */
struct client_tax {
	const char *tax_id, *country, *state;
	bool silent; /* no clear answer: the time of the last one stays */
};
enum err client_tax_checked(struct cx *cx, const struct client *c, const struct client_tax *t,
    bool *ret_changed) MUST_CHECK;
/*
 * Numbers to ask about again: unproved ones, and valid ones last proved before an instant; by id.
 */
struct client_tax_filter {
	int64_t before_at, after, limit;
};
enum err client_tax_due(struct cx *cx, const struct client_tax_filter *f, int64_t **ret_ids,
    size_t *ret_n) MUST_CHECK;

/*
 * Days to pay, and of grace before dunning: the client's own, the group's, those of the way he
 * pays by, else the company's.
 */
int64_t client_terms(const struct client *c, int64_t company_days);
int64_t client_grace(const struct client *c, int64_t company_days);
/*
 * What comes off all that a client's services cost: his own discount, else his group's. kind:
 * "client" or "group"; ppm 0: none. Pure.
 */
struct client_discount {
	int64_t ppm;
	const char *kind, *name;
};
struct client_discount client_discount(const struct client *c);
/*
 * Are there terms for this client, his group or his way to pay? Then renewals are due no sooner.
 */
bool client_has_terms(const struct client *c);

/* A payment came this way: its terms are the client's from now on. */
enum err client_paid_by(struct cx *cx, int64_t id, const char *gateway) MUST_CHECK;
/* Terms of a way to pay; days -1: the company's. */
struct client_way {
	const char *gateway;
	int64_t terms_days, grace_days;
};
enum err client_way_get(struct cx *cx, const char *gateway, struct client_way *ret) MUST_CHECK;
/* Event client_way.update. */
enum err client_way_save(struct cx *cx, const struct client_way *w) MUST_CHECK;

/*
 * Groups of clients: {id, key, name, color, terms_days, grace_days, discount_ppm, clients}; days
 * null: the company's.
 */
extern const struct fields client_group_fields;
enum err client_group_view(struct cx *cx, json_t **ret) MUST_CHECK;
/* id 0: new */
enum err client_group_save(struct cx *cx, int64_t id, const json_t *body, enum field_source source,
    int64_t *ret_id) MUST_CHECK;
/* By key; 0: there is none. */
enum err client_group_find(struct cx *cx, const char *key, int64_t *ret_id) MUST_CHECK;
/* ERR_CONFLICT while clients or steps are in it. */
enum err client_group_remove(struct cx *cx, int64_t id) MUST_CHECK;

enum err contact_list(struct cx *cx, int64_t client_id, json_t **ret) MUST_CHECK;
/* id 0: new */
enum err contact_save(struct cx *cx, int64_t client_id, int64_t id, const json_t *body,
    enum field_source source, int64_t *ret_id) MUST_CHECK;
enum err contact_remove(struct cx *cx, int64_t client_id, int64_t id) MUST_CHECK;

/*
 * Defined by core/access, which stands above: ends pending links (a new password or address), or
 * sessions and links (whoever may not sign in any more). Called in the same transaction.
 */
enum err client_end_links(struct cx *cx, int64_t id) MUST_CHECK;
enum err client_end_access(struct cx *cx, int64_t id) MUST_CHECK;
/*
 * Defined by core/order, above: what is open in the client's currency, as words for people ("an
 * unpaid invoice"); "" when nothing is.
 */
enum err client_open_things(struct cx *cx, int64_t id, const char **ret_what) MUST_CHECK;

#endif
