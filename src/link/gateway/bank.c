/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bank transfer: nothing is called. The invoice shows these settings, staff record what arrived on
 * the account. "test" checks what was typed, because a wrong IBAN costs everybody days.
 */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "link/own.h"

struct bank_settings {
	const char *account_holder, *iban, *bic, *instructions;
};
FIELDS(link_gateway_bank_fields, struct bank_settings,
    {.name = "account_holder",
        .label = "Account holder",
        .type = FIELD_LINE,
        .offset = offsetof(struct bank_settings, account_holder)},
    {.name = "iban",
        .label = "IBAN",
        .type = FIELD_LINE,
        .max = 42,
        .offset = offsetof(struct bank_settings, iban)},
    {.name = "bic",
        .label = "BIC",
        .type = FIELD_LINE,
        .max = 11,
        .offset = offsetof(struct bank_settings, bic)},
    {.name = "instructions",
        .label = "Instructions",
        .type = FIELD_TEXT,
        .max = 2000,
        .help = "Shown to clients who pay by transfer",
        .offset = offsetof(struct bank_settings, instructions)});

static enum err checkout(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	static const char *const names[] = {"account_holder", "iban", "bic", "instructions", NULL};
	(void)link_say(cx, ret, OUTCOME_NOT_TRIED, "pay by transfer");
	link_copy(ret->data, settings, names);
	link_copy(ret->data, args, (const char *const[]){"reference", NULL});
	return OK;
}

static enum err ask(struct cx *cx, const json_t *settings, const json_t *args, struct answer *ret)
{
	return link_say(cx, ret, OUTCOME_NOT_TRIED, "transfers are recorded by staff");
}

static enum err verify(struct cx *cx, const json_t *settings, const json_t *args,
    struct answer *ret)
{
	return link_say(cx, ret, OUTCOME_DECLINED, "a bank sends us no messages");
}

/* ISO 13616: country and check digits moved behind, letters as numbers, remainder 1 by 97. */
static bool iban_is_right(struct arena *a, const char *text)
{
	char *s = arena_alloc(a, strlen(text) + 1);
	size_t len = 0;
	unsigned rest = 0;
	for (const char *p = text; *p != 0; p++)
		if (*p != ' ')
			s[len++] = (char)toupper((unsigned char)*p);
	if (len < 15 || len > 34)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[(i + 4) % len];
		if (isdigit(c))
			rest = (rest * 10u + c - '0') % 97;
		else if (c >= 'A' && c <= 'Z')
			rest = (rest * 100u + c - 'A' + 10u) % 97;
		else
			return false;
	}
	return rest == 1 && isalpha((unsigned char)s[0]) && isdigit((unsigned char)s[2]);
}

static enum err test(struct cx *cx, const json_t *settings, struct answer *ret)
{
	const char *iban = link_text(settings, "iban"), *bic = link_text(settings, "bic");
	if (*iban == 0 && *link_text(settings, "instructions") == 0)
		return link_say(cx, ret, OUTCOME_DECLINED, "fill in an IBAN or instructions");
	if (*iban != 0 && !iban_is_right(cx->arena, iban))
		return link_say(cx, ret, OUTCOME_DECLINED,
		    "the IBAN is wrong: its check digits do not fit");
	if (*bic != 0 && strlen(bic) != 8 && strlen(bic) != 11)
		return link_say(cx, ret, OUTCOME_DECLINED, "a BIC has 8 or 11 characters");
	return link_done(cx, ret, NULL);
}

const struct gateway_provider link_gateway_bank = {
    .name = "bank",
    .label = "Bank transfer",
    .abilities = GATEWAY_MANUAL,
    .settings = &link_gateway_bank_fields,
    .checkout = checkout,
    .ask = ask,
    .refund = NULL,
    .verify = verify,
    .test = test,
};
