/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FLOW_LIVES_COMPANY_H
#define UNIT_FLOW_LIVES_COMPANY_H

/* The company of a life: what it sells, its rules, its clients, and its clock. */
#include "unit/flow/lives.h"

static inline void goods(struct life *l)
{
	struct buf b;
	static const int times[CYCLES] = {12, 34, 66, 120, 6, 3};
	for (int p = 0; p < PLANS; p++) {
		int64_t month = 20 + below(l, one_in(l, 4) ? 200000 : 3000);
		buf_init(&b, l->w->cx->arena);
		for (int c = 0; c < CYCLES; c++) {
			l->prices[p][c] = month * times[c] / 12 + below(l, 7);
			buf_printf(&b,
			    "%s{\"cycle\":\"%s\",\"currency\":\"%s\",\"price_minor\":%lld}",
			    c == 0 ? "" : ",", cycle_words[c], l->currency,
			    (long long)l->prices[p][c]);
		}
		world_plan(l->w,
		    arena_printf(l->w->cx->arena,
		        "{\"key\":\"%s\",\"name\":\"%s\",\"prices\":[%s]}", plan_words[p],
		        plan_words[p], buf_text(&b)));
	}
	for (int p = DISK; p < PARTS; p++) {
		int64_t month = 1 + below(l, 400), id;
		buf_init(&b, l->w->cx->arena);
		for (int c = 0; c < CYCLES; c++) {
			l->options[p][c] = 1 + month * times[c] / 12;
			buf_printf(&b,
			    "%s{\"choice\":\"\",\"cycle\":\"%s\",\"currency\":\"%s\","
			    "\"price_minor\":%lld,\"setup_minor\":%lld}",
			    c == 0 ? "" : ",", cycle_words[c], l->currency,
			    (long long)l->options[p][c], (long long)(p == IP ? l->ip_setup : 0));
		}
		const char *json = arena_printf(l->w->cx->arena,
		    "{\"key\":\"%s\",\"name\":\"%s\",\"kind\":\"%s\",%s\"plans\":\"a b\","
		    "\"prices\":[%s]}",
		    p == DISK ? "disk" : "ip", part_names[p], p == DISK ? "quantity" : "yesno",
		    p == DISK ? "\"unit\":\"GB\",\"max\":20," : "", buf_text(&b));
		must(l, option_save(l->w->cx, 0, world_json(l->w, json), FIELD_JSON, &id));
	}
}

static inline void rules(struct life *l)
{
	static const char *const ladder[] = {"{\"days\":-3,\"action\":\"remind\"}",
	    "{\"days\":1,\"action\":\"remind\",\"letter\":\"invoice_overdue\"}",
	    "{\"days\":12,\"action\":\"suspend\"}"};
	static const int ppm[] = {190000, 70000, 255000, 0, 81000};
	int64_t id;
	for (size_t i = 0; i < sizeof ladder / sizeof ladder[0]; i++)
		must(l, dunning_save(l->w->cx, 0, world_json(l->w, ladder[i]), FIELD_JSON, &id));
	for (int year = 2020; year < 2036; year += 1 + below(l, 6)) {
		const char *json = arena_printf(l->w->cx->arena,
		    "{\"name\":\"VAT\",\"country\":\"DE\",\"rate_ppm\":%d,"
		    "\"valid_from\":\"%d-0%d-01\"}",
		    ppm[below(l, 5)], year, 1 + below(l, 9));
		must(l, tax_rate_save(l->w->cx, 0, world_json(l->w, json), FIELD_JSON, &id));
	}
	for (int year = 2020; year < 2036 && l->two_taxes; year += 1 + below(l, 10)) {
		const char *json = arena_printf(l->w->cx->arena,
		    "{\"name\":\"PST\",\"country\":\"DE\",\"level\":\"2\",\"compound\":%s,"
		    "\"rate_ppm\":%d,\"valid_from\":\"%d-0%d-01\"}",
		    one_in(l, 2) ? "true" : "false", ppm[below(l, 5)], year, 1 + below(l, 9));
		must(l, tax_rate_save(l->w->cx, 0, world_json(l->w, json), FIELD_JSON, &id));
	}
	world_set(l->w, "company.country", "DE");
	world_set(l->w, "automation.trust_clock", "1");
	world_set(l->w, "invoice.proforma", l->seed % 3 == 0 ? "1" : "0");
	world_set(l->w, "billing.early_renewal", "3");
	world_set(l->w, "tax.prices", l->inclusive ? "inclusive" : "exclusive");
	world_set(l->w, "tax.rounding", one_in(l, 2) ? "line" : "document");
	world_set(l->w, "tax.point", one_in(l, 3) ? "period_start" : "issue");
	world_set(l->w, "billing.group", one_in(l, 2) ? "1" : "0");
	world_set(l->w, "billing.catch_up", one_in(l, 2) ? "combined" : "each");
	world_set(l->w, "billing.item_cancel", one_in(l, 2) ? "reissue" : "credit");
	world_set(l->w, "billing.cancel_credit", one_in(l, 2) ? "prorata" : "none");
}

static inline void people(struct life *l)
{
	static const char *const names[CLIENTS] = {"ben@example.org", "cleo@example.org"};
	for (int i = 0; i < CLIENTS; i++) {
		struct client_input in = {.email = names[i],
		    .first_name = "Ben",
		    .last_name = "Jones",
		    .company = "",
		    .address = "1 Road",
		    .city = "Berlin",
		    .postcode = "10115",
		    .state = "",
		    .country = "DE",
		    .phone = "",
		    .currency = l->currency,
		    .tax_id = "",
		    .password = ""};
		must(l, client_create(l->w->cx, &in, &l->clients[i]));
	}
	l->w->client = l->clients[0];
}

static inline void day_is(struct life *l, struct day d)
{
	l->today = d;
	l->w->cx->now = (int64_t)d.n * 86400 + 10 * 3600;
}

#endif
