/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of services: their dates and states agree with their charges. */
#include "core/row.h"
#include "core/service/own.h"

static enum err finding_row(struct cx *cx, struct db_row *row, void *arg)
{
	int64_t id = row_int(row);
	const char *what = row_str(row);
	json_array_append_new(arg, json_sprintf("service %lld: %s", (long long)id, what));
	return OK;
}

DB_STMT(service_audit_billed, "",
    "SELECT s.id, 'it is billed until another day than its charges say' FROM service s LEFT JOIN ("
    " SELECT service_id, period_to, ROW_NUMBER() OVER (PARTITION BY service_id ORDER BY"
    " period_from DESC, id DESC) AS nth"
    " FROM invoice_item WHERE kind IN ('period', 'change') AND part_id = 0 AND live = 1 AND service_id IS NOT"
    " NULL) AS t"
    " ON t.service_id = s.id AND t.nth = 1"
    " WHERE s.billed_until IS NOT NULL AND s.billed_until <> COALESCE(t.period_to, s.started_on)");
DB_STMT(service_audit_holes, "",
    "SELECT t.service_id, 'its charged periods overlap or have a hole' FROM ("
    " SELECT service_id, kind, period_from, LAG(period_to) OVER (PARTITION BY service_id ORDER BY"
    " period_from, id) AS before"
    " FROM invoice_item WHERE kind IN ('period', 'change') AND part_id = 0 AND live = 1 AND service_id IS NOT"
    " NULL) AS t"
    " WHERE t.before IS NOT NULL AND (t.period_from > t.before OR (t.period_from < t.before AND"
    " t.kind = 'period'))");
DB_STMT(service_audit_paid, "",
    "SELECT id, 'it is paid further than billed' FROM service WHERE paid_until IS NOT NULL AND"
    " paid_until > billed_until");
DB_STMT(service_audit_actions, "",
    "SELECT s.id, 'it is being set up but nobody is to do it' FROM service s WHERE s.state ="
    " 'provisioning'"
    " AND NOT EXISTS (SELECT 1 FROM action a WHERE a.service_id = s.id AND a.action = 'create' AND"
    " a.state IN ('intent', 'asked'))");

enum err service_audit(struct cx *cx, json_t *findings)
{
	const struct db_stmt *checks[] = {&service_audit_billed, &service_audit_holes,
	    &service_audit_paid, &service_audit_actions};
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		TRY(db_each(cx, checks[i], DB_NONE, finding_row, findings));
	return OK;
}
