/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_STAFF_STAFF_H
#define CORE_STAFF_STAFF_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cx.h"
#include "fmt/field.h"

/* People who work for the company, their roles and permissions. */
enum staff_state { STAFF_ACTIVE, STAFF_SUSPENDED, STAFF_CLOSED, STAFF_STATES };
enum staff_event { STAFF_SUSPEND, STAFF_RESUME, STAFF_CLOSE, STAFF_EVENTS };

struct staff {
	int64_t id, role_id;
	const char *email, *name, *password_hash, *role_key, *role_name, *permissions;
	enum staff_state state;
	int64_t created_at, seen_at;
};
/* "client.read" … every permission with what it allows; permission.c. */
struct permission {
	const char *word, *label;
};
extern const struct permission permissions[];
extern const size_t permissions_n;
/* True when the space-separated list holds the word, its area ("invoice.*") or "*". */
bool permission_has(const char *list, const char *word);
/* True when whoever has `list` has all that `part` gives. */
bool permission_covers(const char *list, const char *part);
/* The first word of the list that is no permission, area or "*"; NULL when all are. */
const char *permission_wrong(struct arena *a, const char *list);
/*
 * The single permissions that both lists give, in the order of permissions[]; "*" when both have
 * it.
 */
const char *permission_common(struct arena *a, const char *one, const char *other);

/* A new password for anyone: too short or too long is a fault of the field `name`. */
#define PASSWORD_CHARS_MIN 10
enum err password_hash(struct cx *cx, const char *name, const char *password,
    char **ret_hash) MUST_CHECK;

struct staff_input {
	const char *email, *name, *password; /* password "" on update keeps the old one */
	int64_t role_id;
};
extern const struct fields staff_fields, role_fields;
struct role {
	int64_t id;
	const char *key, *name, *permissions;
};

enum err staff_get(struct cx *cx, int64_t id, struct staff *ret) MUST_CHECK;
/* ERR_NOT_FOUND */
enum err staff_find_email(struct cx *cx, const char *email, struct staff *ret) MUST_CHECK;
enum err staff_count(struct cx *cx, int64_t *ret) MUST_CHECK;
/*
 * Nobody may grant, edit or suspend beyond his own permissions (ERR_DENIED "staff.above"). System
 * actors may all.
 */
enum err staff_create(struct cx *cx, const struct staff_input *in, int64_t *ret_id) MUST_CHECK;
enum err staff_update(struct cx *cx, int64_t id, const struct staff_input *in) MUST_CHECK;
enum err staff_set_password(struct cx *cx, int64_t id, const char *password) MUST_CHECK;
enum err staff_apply(struct cx *cx, int64_t id, enum staff_event event,
    const char *reason) MUST_CHECK;
enum err staff_seen(struct cx *cx, int64_t id) MUST_CHECK;
enum err staff_list(struct cx *cx, json_t **ret) MUST_CHECK;
json_t *staff_view(struct cx *cx, const struct staff *s); /* without hash */
enum err role_get(struct cx *cx, int64_t id, struct role *ret) MUST_CHECK;
enum err role_find(struct cx *cx, const char *key, struct role *ret) MUST_CHECK;
/* id 0: new */
enum err role_save(struct cx *cx, int64_t id, const struct role *in, int64_t *ret_id) MUST_CHECK;
enum err role_list(struct cx *cx, json_t **ret) MUST_CHECK;
/* owner (*), manager, billing, support, read-only: made at init when absent. */
enum err role_seed(struct cx *cx) MUST_CHECK;

/*
 * Defined by core/access, which stands above: ends pending links (a new password or address), or
 * sessions, tokens and links (whoever may not sign in any more). Called in the same transaction.
 */
enum err staff_end_links(struct cx *cx, int64_t id) MUST_CHECK;
enum err staff_end_access(struct cx *cx, int64_t id) MUST_CHECK;

#endif
