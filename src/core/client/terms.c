/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which payment terms and discount hold for a client: his own, his group's, those of the way he
 * pays by, or the company's; a visitor who is none yet has the company's and no discount. Pure.
 */
#include "core/client/client.h"

static int64_t first_set(int64_t own, int64_t group, int64_t way, int64_t company)
{
	if (own >= 0)
		return own;
	if (group >= 0)
		return group;
	return way >= 0 ? way : company;
}

int64_t client_terms(const struct client *c, int64_t company_days)
{
	return c->id == 0 ?
	    company_days :
	    first_set(c->terms_days, c->group_terms_days, c->way_terms_days, company_days);
}

int64_t client_grace(const struct client *c, int64_t company_days)
{
	return c->id == 0 ?
	    company_days :
	    first_set(c->grace_days, c->group_grace_days, c->way_grace_days, company_days);
}

bool client_has_terms(const struct client *c)
{
	return c->id != 0 &&
	    (c->terms_days >= 0 || c->group_terms_days >= 0 || c->way_terms_days >= 0);
}

struct client_discount client_discount(const struct client *c)
{
	bool own = c->discount_ppm >= 0;
	if (c->id == 0)
		return (struct client_discount){0, "", ""};
	return own ? (struct client_discount){c->discount_ppm, "client", "Client discount"} :
	             (struct client_discount){c->group_discount_ppm, "group", c->group_name};
}
