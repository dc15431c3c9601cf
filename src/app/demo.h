/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_DEMO_H
#define APP_DEMO_H

#include "app/config.h"

/* Inside command_demo.c and demo_*.c. */

#define DEMO_PASSWORD "demo-password"
#define DEMO_STAFF "admin@example.com"
#define DEMO_PLAN "web-s"

/* demo_shop.c: company, tax rates, plans, announcements. */
enum err demo_shop(struct cx *cx) MUST_CHECK;
/* demo_clients.c: a handful of clients with a past: orders, payments, one that does not pay. */
enum err demo_clients(struct cx *cx) MUST_CHECK;
/*
 * store_mass.c: n clients with one active service of plan web-s each, whose first period starts
 * today: a billing run has n invoices to write. Written in batches, without events or letters. Adds
 * to those already there. n up to 1,000,000.
 */
enum err demo_mass(struct cx *cx, int64_t n) MUST_CHECK;

#endif
