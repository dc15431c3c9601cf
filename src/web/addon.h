/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ADDON_H
#define WEB_ADDON_H

#include "core/service/service.h"
#include "web/web.h"

/*
 * Puts what belongs to a service: out.parent (or null), out.addons (services), out.offers [{key
 * name
 * cycle currency price_minor}]: add-ons that can be ordered for it now.
 */
enum err web_addons_put(struct cx *cx, struct page *p, const struct service *s) MUST_CHECK;

#endif
