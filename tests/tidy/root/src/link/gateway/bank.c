/* SPDX-License-Identifier: Apache-2.0 */
/* A provider that reaches too far. */
#include "core/payment/gateway.h"
#include "db/db.h"
#include "link/own.h"
#include "web/serve.h"

const int gateway_bank = 1;
