/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients as trees: for pages, the API and letters; as the buyer on documents; as the values of
 * the forms that change them. Never with a password's hash.
 */
#include "base/str.h"
#include "core/client/own.h"
#include "core/row.h"
#include "core/view.h"
#include "fmt/country.h"
#include "fmt/form.h"

/* The lines below the name as they stand on an envelope. */
static json_t *address_lines(const struct client *c)
{
	const struct country *country = country_find(c->country);
	json_t *lines = json_array();
	const char *at = c->address;

	while (*at != '\0') {
		const char *end = at;
		while (*end != '\0' && *end != '\n')
			end++;
		if (end > at)
			json_array_append_new(lines, json_stringn(at, (size_t)(end - at)));
		at = *end == '\n' ? end + 1 : end;
	}
	if (!str_empty(c->postcode) || !str_empty(c->city))
		json_array_append_new(lines,
		    json_sprintf("%s%s%s", c->postcode,
		        str_empty(c->postcode) || str_empty(c->city) ? "" : " ", c->city));
	if (!str_empty(c->region))
		json_array_append_new(lines, json_string(c->region));
	if (!str_empty(c->country))
		json_array_append_new(lines,
		    json_string(country != NULL ? country->name : c->country));
	return lines;
}

static json_t *full_name(const struct client *c)
{
	return json_sprintf("%s%s%s", c->first_name, str_empty(c->last_name) ? "" : " ",
	    c->last_name);
}

/* Days that are inherited are nobody's own. */
static json_t *json_days(int64_t days)
{
	return days < 0 ? json_null() : json_integer(days);
}

json_t *client_view(struct cx *cx, const struct client *c)
{
	json_t *tree = json_keep(cx,
	    json_pack("{s:I, s:s, s:b, s:o, s:b, s:s, s:s, s:o, s:s, s:s, s:o}", "id",
	        (json_int_t)c->id, "email", c->email, "verified", c->email_verified_at != 0,
	        "email_verified_at", json_instant(c->email_verified_at), "has_password",
	        c->password_hash != NULL, "first_name", c->first_name, "last_name", c->last_name,
	        "name", full_name(c), "company", c->company, "address", c->address, "address_lines",
	        address_lines(c)));

	/*
	 * What staff note about a client is not for the client, whoever asks for the page as JSON.
	 */
	bool inside = cx->actor.kind == ACTOR_STAFF || cx->actor.kind == ACTOR_SYSTEM;
	json_object_update_new(tree,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:o, s:o,"
	              " s:o}",
	        "city", c->city, "postcode", c->postcode, "state", c->region, "country", c->country,
	        "phone", c->phone, "currency", c->currency, "tax_id", c->tax_id, "tax_exempt",
	        c->tax_exempt, "language", c->language, "status", client_fsm.states[c->state],
	        "note", inside ? json_string(c->note) : json_null(), "created_at",
	        json_instant(c->created_at), "seen_at", json_instant(c->seen_at)));
	json_object_update_new(tree,
	    json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "pays_by", json_text(c->pays_by),
	        "tax_id_state", json_text(c->tax_id_state), "tax_id_at", json_instant(c->tax_id_at),
	        "group", json_text(c->group), "group_name", json_text(c->group_name), "terms_days",
	        json_days(c->terms_days), "grace_days", json_days(c->grace_days), "hold_until",
	        json_day(c->hold_until)));
	struct client_discount off = client_discount(c);
	json_object_update_new(tree,
	    json_pack("{s:o, s:I, s:b}", "discount_ppm", json_days(c->discount_ppm), "standing_ppm",
	        (json_int_t)off.ppm, "has_discount", off.ppm > 0));
	return tree;
}

json_t *client_party(const struct client *c)
{
	return json_pack("{s:o, s:s, s:o, s:s, s:s, s:s, s:s, s:s}", "name", full_name(c),
	    "company", c->company, "address_lines", address_lines(c), "country", c->country,
	    "region", c->region, "tax_id", c->tax_id, "tax_id_state", str_or(c->tax_id_state, ""),
	    "email", c->email);
}

json_t *client_edit_view(struct cx *cx, const struct client *c)
{
	return json_keep(cx,
	    json_pack(
	        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s,"
	        " s:o, s:o, s:o, s:o, s:s}",
	        "email", c->email, "first_name", c->first_name, "last_name", c->last_name,
	        "company", c->company, "address", c->address, "city", c->city, "postcode",
	        c->postcode, "state", c->region, "country", c->country, "phone", c->phone, "tax_id",
	        c->tax_id, "language", c->language, "note", c->note, "tax_exempt", c->tax_exempt,
	        "currency", c->currency, "group", c->group, "terms_days", json_days(c->terms_days),
	        "grace_days", json_days(c->grace_days), "hold_until", json_day(c->hold_until),
	        "discount_ppm", json_days(c->discount_ppm), "pays_by", str_or(c->pays_by, "")));
}

enum err client_list(struct cx *cx, const struct client_filter *f, json_t **ret)
{
	struct client *rows;
	size_t n;

	TRY(client_rows(cx, f, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append(list, client_view(cx, &rows[i]));
	*ret = list;
	return OK;
}

enum err contact_list(struct cx *cx, int64_t client_id, json_t **ret)
{
	struct contact *rows;
	size_t n;

	TRY(contact_rows(cx, client_id, &rows, &n));
	json_t *list = json_keep(cx, json_array());
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		    json_pack("{s:I, s:I, s:s, s:s, s:s, s:s, s:o}", "id", (json_int_t)rows[i].id,
		        "client_id", (json_int_t)rows[i].client_id, "name", rows[i].in.name,
		        "email", rows[i].in.email, "phone", rows[i].in.phone, "letters",
		        rows[i].in.letters, "created_at", json_instant(rows[i].created_at)));
	*ret = list;
	return OK;
}
