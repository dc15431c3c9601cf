/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proof of services: dates and states agree with their charges, prices with what waits for them.
 */
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
    " FROM invoice_item WHERE kind IN ('period', 'change') AND part_id = 0 AND live = 1 AND"
    " service_id IS NOT"
    " NULL) AS t"
    " ON t.service_id = s.id AND t.nth = 1"
    " WHERE s.billed_until IS NOT NULL AND s.billed_until <> COALESCE(t.period_to, s.started_on)");
DB_STMT(service_audit_holes, "",
    "SELECT t.service_id, 'its charged periods overlap or have a hole' FROM ("
    " SELECT service_id, kind, period_from, LAG(period_to) OVER (PARTITION BY service_id ORDER BY"
    " period_from, id) AS before"
    " FROM invoice_item WHERE kind IN ('period', 'change') AND part_id = 0 AND live = 1 AND"
    " service_id IS NOT"
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

DB_STMT(service_audit_options, "",
    "SELECT t.service_id, 'an option is charged beside another period than its service' FROM"
    " invoice_item t WHERE t.kind = 'option' AND t.live = 1 AND t.period_from IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM invoice_item p WHERE p.invoice_id = t.invoice_id"
    " AND p.service_id = t.service_id AND p.kind = 'period' AND p.live = 1"
    " AND p.period_from = t.period_from AND p.period_to = t.period_to)");
DB_STMT(service_audit_parts, "",
    "SELECT t.service_id, 'a line charges an option of another service' FROM invoice_item t"
    " LEFT JOIN service_option o ON o.id = t.part_id WHERE t.part_id <> 0 AND t.kind <> 'use'"
    " AND (o.id IS NULL OR o.service_id <> t.service_id)");
DB_STMT(service_audit_waits, "",
    "SELECT o.service_id, 'an option waits for a change that is over' FROM service_option o"
    " WHERE (o.state = 'pending' AND NOT EXISTS (SELECT 1 FROM service_change c WHERE c.id ="
    " o.change_id AND c.state IN ('waiting', 'scheduled', 'applying')))"
    " OR (o.state = 'active' AND o.ends_change_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
    " service_change c WHERE c.id = o.ends_change_id AND c.state IN ('waiting', 'scheduled',"
    " 'applying')))");
DB_STMT(reprice_audit_marks, "",
    "SELECT s.id, 'its coming price differs from the re-pricing that waits for it' FROM service s"
    " LEFT JOIN reprice_item i ON i.service_id = s.id AND i.state = 'waiting'"
    " LEFT JOIN reprice r ON r.id = i.reprice_id"
    " WHERE s.reprice_item_id <> COALESCE(i.id, 0) OR (i.id IS NOT NULL AND"
    " (s.next_price_minor <> i.new_minor OR s.next_price_id <> i.new_price_id"
    " OR s.next_price_on IS NULL OR s.next_price_on <> r.effective_on))"
    " OR (i.id IS NULL AND s.next_price_on IS NOT NULL)");
DB_STMT(reprice_audit_late, "",
    "SELECT i.service_id, 'a period on or after the day of its new price was billed without it'"
    " FROM reprice_item i WHERE i.state = 'waiting' AND EXISTS (SELECT 1 FROM invoice_item t"
    " WHERE t.service_id = i.service_id AND t.kind = 'period' AND t.live = 1"
    " AND t.period_from >= i.apply_on)");
DB_STMT(reprice_audit_rows, "",
    "SELECT s.id, 'it was sold at a price row of another plan or amount' FROM service s"
    " JOIN price p ON p.id = s.price_id WHERE p.plan_id <> s.plan_id OR p.cycle <> s.cycle"
    " OR p.currency <> s.currency OR (p.price_minor <> s.price_minor AND"
    " p.renew_minor <> s.price_minor)");

DB_STMT(service_audit_addons, "",
    "SELECT s.id, 'it goes on though the service it belongs to has ended' FROM service s"
    " JOIN service p ON p.id = s.parent_id WHERE p.state IN ('cancelled', 'terminated')"
    " AND s.state NOT IN ('cancelled', 'terminated') AND s.cancel_on IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM action a"
    " WHERE a.service_id = s.id AND a.action = 'terminate' AND a.state IN ('intent', 'asked',"
    " 'attention'))");
DB_STMT(service_audit_family, "",
    "SELECT s.id, 'it belongs to a service of another client or to an add-on' FROM service s"
    " JOIN service p ON p.id = s.parent_id WHERE p.client_id <> s.client_id OR p.parent_id IS"
    " NOT NULL");

enum err service_audit(struct cx *cx, json_t *findings)
{
	const struct db_stmt *checks[] = {&service_audit_billed, &service_audit_holes,
	    &service_audit_paid, &service_audit_actions, &service_audit_options,
	    &service_audit_parts, &service_audit_waits, &reprice_audit_marks, &reprice_audit_late,
	    &reprice_audit_rows, &service_audit_addons, &service_audit_family};
	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		TRY(db_each(cx, checks[i], DB_NONE, finding_row, findings));
	return OK;
}
