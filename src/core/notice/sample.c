/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sample data for each kind of letter: exactly the names that a letter of the kind may use. Edited
 * texts are tried with it, the preview shows it, and the tests hold the built-in texts against it.
 */
#include "base/str.h"
#include "core/notice/own.h"
#include "fmt/form.h"
#include "fmt/people.h"

static json_t *company(void)
{
	return json_pack("{s:s, s:s, s:s, s:[ss], s:s, s:s}", "name", "Example Hosting", "url",
	    "https://example.com", "email", "billing@example.com", "address_lines",
	    "1 Example Street", "10115 Berlin", "footer", "Registered in Berlin", "accent",
	    "#206bc4");
}

static json_t *client(void)
{
	json_t *tree = json_pack("{s:i, s:s, s:b, s:s, s:b, s:s, s:s, s:s, s:s, s:s, s:[sss]}",
	    "id", 7, "email", "anna@example.org", "verified", 1, "email_verified_at",
	    "2027-01-02T09:30:00Z", "has_password", 1, "first_name", "Anna", "last_name", "Smith",
	    "name", "Anna Smith", "company", "Smith & Sons", "address", "5 Main Street",
	    "address_lines", "5 Main Street", "80331 Munich", "Germany");

	json_object_update_new(tree,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:n, s:s,"
	              " s:s}",
	        "city", "Munich", "postcode", "80331", "state", "", "country", "DE", "phone", "",
	        "currency", "EUR", "tax_id", "", "tax_exempt", 0, "language", "", "status",
	        "active", "note", "created_at", "2027-01-02T09:30:00Z", "seen_at",
	        "2027-01-20T18:00:00Z"));
	return tree;
}

static json_t *invoice(void)
{
	return json_pack("{s:s, s:s, s:b, s:n, s:i, s:s, s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i,"
	                 " s:[{s:s, s:s, s:s, s:i}, {s:s, s:s, s:s, s:i}]}",
	    "word", "Invoice", "noun", "invoice", "is_proforma", 0, "proforma_number", "id", 42,
	    "number", "INV-2027-00042", "state", "open", "currency", "EUR", "issued_on",
	    "2027-01-17", "due_on", "2027-01-31", "net_minor", 2000, "tax_minor", 380,
	    "total_minor", 2380, "balance_minor", 2380, "items", "description",
	    "Web S – smith.example", "from", "2027-01-31", "to", "2027-02-28", "net_minor", 1000,
	    "description", "Web M – sons.example", "from", "2027-01-31", "to", "2027-02-28",
	    "net_minor", 1000);
}

static json_t *service(void)
{
	json_t *server = json_pack("{s:s, s:[ss]}", "hostname", "web1.example.com", "nameservers",
	    "ns1.example.com", "ns2.example.com");

	return json_pack(
	    "{s:[{s:s, s:s}], s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:s,"
	    " s:o, s:s}",
	    "options", "name", "Disk", "label", "10 GB", "term_minor", 1200, "id", 11, "state",
	    "active", "plan_name", "Web S", "domain", "smith.example", "username", "smith1",
	    "password", "correct-horse-7", "currency", "EUR", "cycle", "1m", "price_minor", 1000,
	    "next_due_on", "2027-02-28", "suspend_reason", "unpaid invoice", "cancel_on",
	    "2027-02-28", "cancel_reason", "No longer needed", "server", server, "panel_url",
	    "https://web1.example.com:2083");
}

static json_t *order(void)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:i, s:i, s:i}]}", "id", 23,
	    "state", "pending", "currency", "EUR", "created_at", "2027-01-17T12:00:00Z", "items",
	    "plan_name", "Web S", "cycle", "1m", "domain", "smith.example", "quantity", 1,
	    "price_minor", 1000, "setup_minor", 0);
}

static json_t *quote(void)
{
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:s, s:[{s:s, s:i}], s:[{s:s, s:s, s:i}]}",
	    "id", 5, "number", "QUO-2027-00005", "state", "sent", "currency", "EUR", "valid_on",
	    "2027-02-28", "total_minor", 2380, "note", "As we discussed.", "items", "description",
	    "Web S, monthly", "net_minor", 2000, "renews", "plan_name", "Web S", "words", "monthly",
	    "price_minor", 2000);
}

static json_t *reprice(void)
{
	return json_pack("{s:s, s:s, s:s, s:[{s:s, s:s, s:s, s:i, s:i, s:i, s:s}]}", "effective_on",
	    "2027-03-01", "reason", "Electricity costs more", "currency", "EUR", "items",
	    "plan_name", "Web S", "domain", "smith.example", "cycle", "1m", "quantity", 1,
	    "old_minor", 1000, "new_minor", 1100, "apply_on", "2027-03-14");
}

json_t *letter_sample(struct cx *cx, const char *kind)
{
	const struct letter_kind *k = letter_kind_find(kind);
	struct people people = {"en_US", "UTC", cx->now};
	json_t *tree;

	if (k == NULL)
		return NULL;
	tree = json_keep(cx,
	    json_pack("{s:o, s:s}", "company", company(), "link", "https://example.com/account"));
	if (!str_eq(k->about, "staff"))
		json_object_set_new(tree, "client", client());
	if (str_eq(k->about, "invoice")) {
		json_object_set_new(tree, "invoice", invoice());
		json_object_set_new(tree, "days", json_integer(3));
	} else if (str_eq(k->about, "service")) {
		json_object_set_new(tree, "service", service());
		json_object_set_new(tree, "reason", json_string("an invoice is unpaid"));
	} else if (str_eq(k->about, "order")) {
		json_object_set_new(tree, "order", order());
	} else if (str_eq(k->about, "quote")) {
		json_object_set_new(tree, "quote", quote());
	} else if (str_eq(k->about, "reprice")) {
		json_object_set_new(tree, "prices", reprice());
	} else if (str_eq(k->about, "staff")) {
		json_object_set_new(tree, "alert",
		    json_pack("{s:s, s:s}", "title", "Billing did not run", "text",
		        "The task billing last succeeded two hours ago."));
	}
	people_add(cx->arena, tree, &people);
	return tree;
}
