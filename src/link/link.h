/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/cx.h"
#include "core/payment/gateway.h"
#include "core/service/panel.h"

/* The providers, and the only process that opens their secrets. */
extern const struct gateway_provider *const link_gateways[]; /* NULL-ended; registry.c */
extern const struct panel_provider *const link_panels[];
const struct gateway_provider *link_gateway(const char *name); /* NULL: unknown */
const struct panel_provider *link_panel(const char *name);

/*
 * Settings of a provider as typed in a form or sent as JSON -> JSON text for the database:
 * validated by the provider's field table, secrets sealed to public_key as {"sealed":"…"}; an empty
 * secret keeps that of old_json (may be NULL). Unknown names are ignored. Used by web (which can
 * write secrets, never read them). ERR_INVALID "link.public_key" when the key is none.
 */
enum err link_settings(struct cx *cx, const struct fields *f, const json_t *body,
    const char *old_json, const char *public_key, char **ret_json) MUST_CHECK;
/* The same back as a form tree (field_form): a secret is never echoed, "stored" tells that there is
 * one. The caller owns the result. */
json_t *link_settings_form(struct cx *cx, const struct fields *f, const char *json, bool faulty);

/*
 * Whether a program that staff name may run: it stands within one of the folders ("/a:/b"), with
 * links and ".." followed; *ret_real is where it really is. ERR_INVALID "exec.path" (no absolute
 * path, or no program), "exec.folder".
 */
enum err link_program(struct cx *cx, const char *folders, const char *path,
    const char **ret_real) MUST_CHECK;
/* The same of a panel's settings before they are kept, as a field error; OK when it runs none. */
enum err link_program_setting(struct cx *cx, const struct panel_provider *p, const char *json,
    const char *folders) MUST_CHECK;

/* Opens sealed values in a settings object. ERR_INTERNAL "link.key" when the key does not fit,
 * ERR_INVALID "link.settings" when the text is no object. */
struct link_keys {
	const char *public_key, *secret_key;
	const char *exec_folders; /* where programs may stand: "/a:/b"; NULL: nowhere */
};
enum err link_open(struct cx *cx, const struct link_keys *keys, const char *settings_json,
    json_t **ret) MUST_CHECK;

/*
 * One request, in the process that may: {op, provider, settings (JSON text or object, sealed),
 * args, bound: "server:3", now} -> answer. Without "args" the request itself holds them. op words:
 *   gateway.checkout ask refund verify test · panel.find create suspend unsuspend terminate
 * password change_plan sso usage test · mail.send {settings:{host port security user password},
 * from, to, bytes_base64} · vies.check {settings:{url}, country, number, requester_country,
 * requester_number} -> {valid, consultation, answer} · rates.fetch {settings:{url}} -> {base, on,
 * rates} · secret.open {sealed} -> {text} · secret.seal_new {} -> {sealed} (a
 * fresh password nobody has seen) Errors of a provider never escape: they become outcomes. data may
 * carry {"silent": true}: the other side was waited for in vain.
 */
enum err link_answer(struct cx *cx, const struct link_keys *keys, const json_t *request,
    struct answer *ret) MUST_CHECK;
json_t *link_answer_print(const struct answer *a); /* {outcome, reason, data}; the caller owns it */
/* ERR_REMOTE "link.garbage" when it is not an answer. */
enum err link_answer_read(struct cx *cx, const json_t *message, struct answer *ret) MUST_CHECK;

/*
 * The process: accepts on listen_fd one call per connection, until SIGTERM. shared:
 * memory of the family (who is calling which provider since when; until when a provider counts as
 * dead). A provider that keeps LIMIT_LINK_PER_PROVIDER calls waiting for over LINK_PATIENCE_MS, or
 * was silent within the last LINK_DEAD_S (of the machine's clock and of the request's "now":
 * whichever ends first), is answered NOT_TRIED at once; "test" always goes through and wakes it up.
 * A caller that has left by the time its call is taken up is not served.
 */
#define LINK_SLOTS 64
#define LINK_PATIENCE_MS 2000
#define LINK_DEAD_S 60
struct link_slot {
	int32_t pid;
	char bound[64];
	_Atomic uint64_t key; /* of bound; 0: free */
	_Atomic int64_t since_ms;
};
struct link_dead {
	char bound[64];
	_Atomic uint64_t key;
	int64_t until_ms; /* of clock_mono_ms() */
	int64_t until_at; /* of the family's clock */
};
struct link_shared {
	struct link_slot slots[LINK_SLOTS];
	struct link_dead dead[LINK_SLOTS];
};
int link_main(struct cx *cx, const struct link_keys *keys, int listen_fd,
    struct link_shared *shared, int slot);

#endif
