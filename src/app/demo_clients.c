/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo company's clients and what they did before today, oldest first, so that numbers and
 * dates of documents rise together. What follows from it (letters, accounts, renewals) is done by
 * the automation.
 */
#include "app/demo.h"
#include "base/str.h"
#include "core/client/client.h"
#include "core/invoice/invoice.h"
#include "core/order/order.h"
#include "core/payment/payment.h"

#define DAY_S 86400

struct person {
	int64_t days_ago;
	const char *email, *first_name, *last_name, *company, *address, *city, *postcode, *country,
	    *currency;
	const char *plan, *cycle, *domain; /* plan NULL: only looked around */
	bool pays;
};

static const struct person people[] = {
    {45, "jane@example.net", "Jane", "Meyer", "", "5 Linden Road", "Hamburg", "20095", "DE", "EUR",
        "web-m", "1m", "jane-meyer.example", true},
    {40, "luc@example.org", "Luc", "Martin", "Atelier Martin SARL", "12 rue des Fleurs", "Lyon",
        "69002", "FR", "EUR", "web-l", "1y", "atelier-martin.example", true},
    {33, "anna@example.at", "Anna", "Huber", "Huber OG", "Ringstrasse 3", "Wien", "1010", "AT",
        "EUR", "web-s", "1m", "huber-wien.example", true},
    {20, "sam@example.com", "Sam", "Carter", "", "77 Mission Street", "San Francisco", "94105",
        "US", "USD", "web-s", "1y", "samcarter.example", true},
    {12, "olga@example.pl", "Olga", "Nowak", "", "ul. Dluga 9", "Krakow", "31-146", "PL", "EUR",
        "web-s", "1m", "olga-nowak.example", false},
    {3, "tom@example.co.uk", "Tom", "Baker", "Baker & Sons Ltd", "1 High Street", "Leeds",
        "LS1 4AP", "GB", "EUR", "vps-s", "1m", "", false},
    {0, "mia@example.ch", "Mia", "Keller", "", "Seeweg 4", "Zug", "6300", "CH", "EUR", NULL, NULL,
        NULL, false},
};

static enum err pay(struct cx *cx, int64_t invoice_id, const struct person *p)
{
	struct invoice invoice;
	int64_t id;
	TRY(invoice_get(cx, 0, invoice_id, &invoice));
	struct payment_input in = {.gateway = "bank",
	    .currency = invoice.currency,
	    .reference = arena_printf(cx->arena, "transfer of %s", p->domain),
	    .amount_minor = invoice.balance_minor};
	return payment_by_hand(cx, invoice_id, &in, &id);
}

static enum err order(struct cx *cx, int64_t client_id, const struct person *p)
{
	struct order_input_item item = {.plan = p->plan,
	    .cycle = p->cycle,
	    .domain = p->domain,
	    .quantity = 1};
	struct order_input in = {.client_id = client_id,
	    .gateway = p->pays ? "bank" : "sandbox",
	    .items = {&item, 1}};
	struct order made;
	int64_t id;
	TRY(order_create(cx, &in, "", &id));
	TRY(order_get(cx, 0, id, &made));
	return p->pays && made.invoice_id != 0 ? pay(cx, made.invoice_id, p) : OK;
}

static enum err add(struct cx *cx, const struct person *p)
{
	struct client_input in = {.email = p->email,
	    .first_name = p->first_name,
	    .last_name = p->last_name,
	    .company = p->company,
	    .address = p->address,
	    .city = p->city,
	    .postcode = p->postcode,
	    .state = "",
	    .country = p->country,
	    .phone = "",
	    .currency = p->currency,
	    .tax_id = "",
	    .password = DEMO_PASSWORD};
	int64_t id;
	TRY(client_create(cx, &in, &id));
	return p->plan == NULL ? OK : order(cx, id, p);
}

enum err demo_clients(struct cx *cx)
{
	int64_t today = cx->now;
	for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
		cx->now = today - people[i].days_ago * DAY_S;
		enum err err = add(cx, &people[i]);
		cx->now = today;
		TRY(err);
	}
	return OK;
}
