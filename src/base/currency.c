/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ISO 4217: how many digits follow the point. The list is the billable codes; metals, funds and
 * test codes are out.
 */
#include "base/money.h"

#include <string.h>

static const char codes0[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
static const char codes3[] = "BHD IQD JOD KWD LYD OMR TND";
static const char codes4[] = "CLF UYW";
static const char codes2[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN"
    " BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP"
    " GEL "
    "GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR"
    " LRD "
    "LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB"
    " PEN "
    "PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL"
    " THB "
    "TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

static bool listed(const char *list, const char *cur)
{
	for (const char *p = strstr(list, cur); p != NULL; p = strstr(p + 1, cur))
		if ((p == list || p[-1] == ' ') && (p[3] == ' ' || p[3] == '\0'))
			return true;
	return false;
}

int currency_digits(const char *cur)
{
	static const struct {
		const char *list;
		int digits;
	} lists[] = {{codes2, 2}, {codes0, 0}, {codes3, 3}, {codes4, 4}};
	if (cur == NULL || strlen(cur) != 3)
		return -1;
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (listed(lists[i].list, cur))
			return lists[i].digits;
	return -1;
}

const char *currency_codes(int digits)
{
	static const char *const lists[] = {codes0, NULL, codes2, codes3, codes4};
	bool known = digits >= 0 && (size_t)digits < sizeof lists / sizeof lists[0];
	return known ? lists[digits] : NULL;
}
