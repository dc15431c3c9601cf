/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The staff area's routes and navigation: the second half of the route table. Signing in and out of
 * it stands in web/routes.c. No behavior here.
 */
#include "web/web.h"

const struct route staff_routes[1];
const size_t staff_routes_n = 0;

const struct web_nav staff_nav[1];
const size_t staff_nav_n = 0;
