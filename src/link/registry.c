/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The providers this program has: one line each. What they can do stands in their own files; which
 * of them a company uses is rows of gateway and server.
 */
#include "base/str.h"
#include "link/own.h"

const struct gateway_provider *const link_gateways[] = {
    &link_gateway_sandbox,
    &link_gateway_bank,
    NULL,
};

const struct panel_provider *const link_panels[] = {
    &link_panel_sandbox,
    &link_panel_exec,
    NULL,
};

const struct gateway_provider *link_gateway(const char *name)
{
	for (size_t i = 0; link_gateways[i] != NULL; i++)
		if (str_eq(link_gateways[i]->name, name))
			return link_gateways[i];
	return NULL;
}

const struct panel_provider *link_panel(const char *name)
{
	for (size_t i = 0; link_panels[i] != NULL; i++)
		if (str_eq(link_panels[i]->name, name))
			return link_panels[i];
	return NULL;
}
