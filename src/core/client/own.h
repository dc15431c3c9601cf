/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLIENT_OWN_H
#define CORE_CLIENT_OWN_H

/* Inside core/client only. */

#include "base/fsm.h"
#include "db/db.h"
#include "core/client/client.h"

extern const struct fsm client_fsm; /* state.c */

/* What staff or the client may change later: one struct for both tables of fields. */
struct client_edit {
	const char *email, *first_name, *last_name, *company, *address, *city, *postcode, *state,
	    *country;
	const char *phone, *tax_id, *language, *note;
	bool tax_exempt;
	const char *currency, *group, *pays_by; /* keys, "" none */
	int64_t terms_days, grace_days, discount_ppm;
	struct day hold_until;
};

struct contact_input {
	const char *name, *email, *phone, *letters;
};
struct contact {
	int64_t id, client_id, created_at;
	struct contact_input in;
};

/* store.c */
enum err client_insert(struct cx *cx, const struct client *c, int64_t *ret_id) MUST_CHECK;
/* the fields of client_edit but email */
enum err client_write(struct cx *cx, const struct client *c) MUST_CHECK;
enum err client_write_email(struct cx *cx, int64_t id, const char *email) MUST_CHECK;
/* *ret_changed false: it is not the address any more. */
enum err client_write_verified(struct cx *cx, int64_t id, const char *email,
    bool *ret_changed) MUST_CHECK;
enum err client_write_hash(struct cx *cx, int64_t id, const char *hash) MUST_CHECK;
enum err client_write_state(struct cx *cx, const struct client *c, enum client_state to) MUST_CHECK;
enum err client_write_seen(struct cx *cx, int64_t id) MUST_CHECK;
/* 0: free */
enum err client_email_id(struct cx *cx, const char *email, int64_t *ret_id) MUST_CHECK;
enum err client_rows(struct cx *cx, const struct client_filter *f, struct client **ret,
    size_t *ret_n) MUST_CHECK;

/* store_tax.c */
enum err client_write_currency(struct cx *cx, int64_t id, const char *currency) MUST_CHECK;

/* store_group.c */
struct client_group {
	int64_t id, terms_days, grace_days, discount_ppm, clients; /* days -1: the company's */
	const char *key, *name, *color;
};
enum err client_group_rows(struct cx *cx, struct client_group **ret, size_t *ret_n) MUST_CHECK;
enum err client_group_write(struct cx *cx, const struct client_group *g,
    int64_t *ret_id) MUST_CHECK;
enum err client_group_delete(struct cx *cx, int64_t id, bool *ret_changed) MUST_CHECK;
struct db_arg client_days(int64_t days); /* -1 is NULL */

/* store_contact.c: always of one client */
enum err contact_insert(struct cx *cx, const struct contact *c, int64_t *ret_id) MUST_CHECK;
enum err contact_write(struct cx *cx, const struct contact *c, bool *ret_changed) MUST_CHECK;
enum err contact_delete(struct cx *cx, int64_t client_id, int64_t id, bool *ret_changed) MUST_CHECK;
enum err contact_rows(struct cx *cx, int64_t client_id, struct contact **ret,
    size_t *ret_n) MUST_CHECK;

/* view.c: the values of the fields of client_edit (kept by the arena). */
json_t *client_edit_view(struct cx *cx, const struct client *c);

#endif
