/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_SERVICE_PANEL_H
#define CORE_SERVICE_PANEL_H

#include "core/payment/gateway.h"

/*
 * What a control panel offers; implemented in link/panel/<name>.c. args of every call: {key,
 * domain, username, package, email, options} and, where
 * needed, password, reason. key is ours ("svc-481") and the panel's unique key for the account.
 * Touches neither database nor pages.
 */
enum { PANEL_SSO = 1, PANEL_USAGE = 2, PANEL_PASSWORD = 4, PANEL_CHANGE_PLAN = 8 };

struct panel_provider {
	const char *name, *label;
	unsigned abilities;
	const struct fields *settings;
	const char *program; /* the setting that names a program to run; NULL: it runs none */
	/* find MUST tell the truth by key: data {state: absent|active|suspended, username?}. */
	enum err (
	    *find)(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret);
	/*
	 * create: DECLINED is final (name taken, package missing); data {username?, panel_url?,
	 * hostname?, nameservers?}
	 */
	enum err (
	    *create)(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret);
	enum err (*suspend)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	enum err (*unsuspend)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	enum err (*terminate)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	enum err (*password)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	enum err (*change_plan)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret);
	enum err (*sso)(struct cx *cx, const json_t *settings, const json_t *args,
	    struct answer *ret); /* data {url} */
	enum err (
	    *usage)(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret);
	enum err (*test)(struct cx *cx, const json_t *settings, struct answer *ret);
};

#endif
