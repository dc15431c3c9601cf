/* SPDX-License-Identifier: Apache-2.0 */
/* The words and lives of meters, their bills and readings. */
#include "core/meter/own.h"

const char *const meter_models[] = {"per_unit", "package", "graduated", "volume", NULL};
const char *const meter_aggregations[] = {"sum", "max", "last", NULL};

static const char *const meter_states[] = {"active", "retired"};
static const char *const meter_events[] = {"retire", "restore"};
static const struct fsm_edge meter_edges[] = {{0, 0, 1}, {1, 1, 0}};
const struct fsm meter_fsm = {"meter", meter_states, 2, meter_events, 2, meter_edges, 2, 0};
FSM_REGISTER(meter_fsm);

static const char *const bill_states[] = {"billed", "void"};
static const char *const bill_events[] = {"release"};
static const struct fsm_edge bill_edges[] = {{0, 0, 1}};
const struct fsm meter_bill_fsm = {"meter_bill", bill_states, 2, bill_events, 1, bill_edges, 1,
    1u << 1};
FSM_REGISTER(meter_bill_fsm);

static const char *const reading_states[] = {"live", "replaced"};
static const char *const reading_events[] = {"replace"};
static const struct fsm_edge reading_edges[] = {{0, 0, 1}};
const struct fsm reading_fsm = {"reading", reading_states, 2, reading_events, 1, reading_edges, 1,
    1u << 1};
FSM_REGISTER(reading_fsm);
