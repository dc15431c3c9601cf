-- Billhook's first schema. {id} {int} {bytes} {opt} are expanded per engine (src/db/migrate.c).
-- *_at instants (seconds UTC), *_on civil days (YYYY-MM-DD), *_minor money in minor units.

-- setting: one row per company-wide choice; names and defaults stand in core/setting/setting.c.
CREATE TABLE setting (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL,
	changed_at {int} NOT NULL
) {opt};

-- event: what happened, append only. The audit trail, the activity lists and the rules read it.
CREATE TABLE event (
	id {id},
	at {int} NOT NULL,
	subject TEXT NOT NULL,
	subject_id {int} NOT NULL,
	name TEXT NOT NULL,
	client_id {int},
	actor_kind TEXT NOT NULL CHECK (actor_kind IN ('system', 'visitor', 'client', 'staff', 'provider')),
	actor_id {int},
	actor_name TEXT NOT NULL,
	ip TEXT NOT NULL,
	trace TEXT NOT NULL,
	data TEXT NOT NULL
) {opt};
CREATE INDEX event_subject ON event (subject, subject_id, id);
CREATE INDEX event_client ON event (client_id, id);

-- job: work to be done after commit, at least once, by whoever holds the lease. key makes it exist once.
CREATE TABLE job (
	id {id},
	kind TEXT NOT NULL,
	key TEXT NOT NULL UNIQUE,
	subject TEXT NOT NULL,
	subject_id {int} NOT NULL,
	client_id {int},
	event_id {int},
	state TEXT NOT NULL CHECK (state IN ('ready', 'running', 'done', 'parked', 'cancelled')),
	run_at {int} NOT NULL,
	tries {int} NOT NULL,
	holder TEXT NOT NULL,
	lease_at {int} NOT NULL,
	outcome TEXT NOT NULL,
	detail TEXT NOT NULL,
	created_at {int} NOT NULL,
	ended_at {int}
) {opt};
CREATE INDEX job_due ON job (run_at, id) WHERE state IN ('ready', 'running');
CREATE INDEX job_parked ON job (id) WHERE state = 'parked';
CREATE INDEX job_letter ON job (client_id, id) WHERE kind = 'letter.send' AND state IN ('ready', 'running');
CREATE INDEX job_subject ON job (subject, subject_id, id);

-- task: the scheduled sweeps, one row each: when they last succeeded, who runs them now.
CREATE TABLE task (
	name TEXT PRIMARY KEY,
	started_at {int} NOT NULL,
	succeeded_at {int} NOT NULL,
	holder TEXT NOT NULL,
	lease_at {int} NOT NULL,
	error TEXT NOT NULL,
	alerted_at {int} NOT NULL
) {opt};

-- run: one sweep of one task, with its items below.
CREATE TABLE run (
	id {id},
	task TEXT NOT NULL,
	started_at {int} NOT NULL,
	ended_at {int},
	considered {int} NOT NULL,
	done {int} NOT NULL,
	skipped {int} NOT NULL,
	failed {int} NOT NULL,
	remaining {int} NOT NULL,
	error TEXT NOT NULL
) {opt};
CREATE TABLE run_item (
	id {id},
	run_id {int} NOT NULL REFERENCES run (id) ON DELETE CASCADE,
	subject TEXT NOT NULL,
	subject_id {int} NOT NULL,
	result TEXT NOT NULL CHECK (result IN ('done', 'skipped', 'failed')),
	reason TEXT NOT NULL,
	next_at {int}
) {opt};
CREATE INDEX run_item_run ON run_item (run_id, id);

-- role: a named set of permissions (space-separated words of core/staff/permission.c; '*' is all).
CREATE TABLE role (
	id {id},
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	permissions TEXT NOT NULL
) {opt};

-- staff: people who work for the company.
CREATE TABLE staff (
	id {id},
	email TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	role_id {int} NOT NULL REFERENCES role (id),
	state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
	created_at {int} NOT NULL,
	seen_at {int}
) {opt};

-- client_group: clients of one kind. NULL terms or grace: the company's. discount_ppm comes off what their services cost.
CREATE TABLE client_group (
	id {id},
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	color TEXT NOT NULL,
	terms_days {int},
	grace_days {int},
	discount_ppm {int} NOT NULL DEFAULT 0
) {opt};

-- client: who pays. region is the state or province of the address. tax_id_state is what the last check of tax_id said;
-- terms_days and grace_days NULL: those of the group, else of the way to pay, else the company's; discount_ppm NULL: the
-- group's; no dunning before hold_until. pays_by: the gateway of the last payment, or as staff say.
CREATE TABLE client (
	id {id},
	email TEXT NOT NULL UNIQUE,
	email_verified_at {int},
	password_hash TEXT,
	first_name TEXT NOT NULL,
	last_name TEXT NOT NULL,
	company TEXT NOT NULL,
	address TEXT NOT NULL,
	city TEXT NOT NULL,
	postcode TEXT NOT NULL,
	region TEXT NOT NULL,
	country TEXT NOT NULL,
	phone TEXT NOT NULL,
	currency TEXT NOT NULL,
	tax_id TEXT NOT NULL,
	tax_exempt {int} NOT NULL CHECK (tax_exempt IN (0, 1)),
	language TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'closed')),
	note TEXT NOT NULL,
	created_at {int} NOT NULL,
	seen_at {int},
	tax_id_state TEXT NOT NULL DEFAULT '' CHECK (tax_id_state IN ('', 'unchecked', 'valid', 'invalid', 'unavailable')),
	tax_id_at {int},
	group_id {int} REFERENCES client_group (id),
	terms_days {int},
	grace_days {int},
	hold_until TEXT,
	discount_ppm {int} CHECK (discount_ppm BETWEEN 0 AND 1000000),
	pays_by TEXT NOT NULL DEFAULT ''
) {opt};
CREATE INDEX client_tax_id ON client (id) WHERE tax_id_state <> '';
CREATE INDEX client_of_group ON client (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX client_name ON client (last_name, first_name, id);
CREATE INDEX client_created ON client (created_at, id);

-- client_way: days to pay and of grace of all who pay by a gateway; NULL: the company's.
CREATE TABLE client_way (
	gateway TEXT PRIMARY KEY,
	terms_days {int},
	grace_days {int}
) {opt};

-- contact: a person of a client, with what they may do and which letters they get.
CREATE TABLE contact (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	name TEXT NOT NULL,
	email TEXT NOT NULL,
	phone TEXT NOT NULL,
	letters TEXT NOT NULL,
	created_at {int} NOT NULL
) {opt};
CREATE INDEX contact_client ON contact (client_id, id);

-- session: a signed-in browser. Only the hash of its token is kept; staff and client never share a kind.
CREATE TABLE session (
	id {id},
	token_hash TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL CHECK (kind IN ('visitor', 'client', 'staff')),
	subject_id {int} NOT NULL,
	staff_id {int}, -- of a client's session: the staff member who looks as the client
	csrf TEXT NOT NULL,
	cart TEXT NOT NULL,
	ip TEXT NOT NULL,
	agent TEXT NOT NULL,
	created_at {int} NOT NULL,
	used_at {int} NOT NULL,
	expires_at {int} NOT NULL
) {opt};
CREATE INDEX session_subject ON session (kind, subject_id);
CREATE INDEX session_expires ON session (expires_at);

-- api_token: a staff member's key for programs, with scopes (permission words).
CREATE TABLE api_token (
	id {id},
	token_hash TEXT NOT NULL UNIQUE,
	staff_id {int} NOT NULL REFERENCES staff (id),
	name TEXT NOT NULL,
	scopes TEXT NOT NULL,
	created_at {int} NOT NULL,
	expires_at {int} NOT NULL,
	used_at {int},
	revoked_at {int}
) {opt};

-- one_time: single-use links for password reset and e-mail verification.
CREATE TABLE one_time (
	id {id},
	token_hash TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL CHECK (kind IN ('reset', 'verify')),
	subject TEXT NOT NULL CHECK (subject IN ('client', 'staff')),
	subject_id {int} NOT NULL,
	email TEXT NOT NULL,
	created_at {int} NOT NULL,
	expires_at {int} NOT NULL,
	used_at {int}
) {opt};
CREATE INDEX one_time_subject ON one_time (subject, subject_id, kind);

-- throttle: counters of the rate limits, by a key such as "login/ip/192.0.2.1".
CREATE TABLE throttle (
	key TEXT PRIMARY KEY,
	count {int} NOT NULL,
	window_at {int} NOT NULL
) {opt};

-- replay: answers kept under (caller, Idempotency-Key); status 0 while the first request is under way.
CREATE TABLE replay (
	caller TEXT NOT NULL,
	key TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	status {int} NOT NULL,
	body TEXT NOT NULL,
	created_at {int} NOT NULL,
	PRIMARY KEY (caller, key)
) {opt};

-- plan_group, plan, price: what is sold. A price row is one plan, one cycle, one currency.
CREATE TABLE plan_group (
	id {id},
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	position {int} NOT NULL,
	hidden {int} NOT NULL CHECK (hidden IN (0, 1))
) {opt};
CREATE TABLE plan (
	id {id},
	key TEXT NOT NULL UNIQUE,
	group_id {int} REFERENCES plan_group (id),
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	features TEXT NOT NULL,
	panel TEXT NOT NULL,
	package TEXT NOT NULL,
	tax_class TEXT NOT NULL,
	needs_domain {int} NOT NULL CHECK (needs_domain IN (0, 1)),
	setup_when TEXT NOT NULL CHECK (setup_when IN ('payment', 'approval', 'order', 'never')),
	stock {int},
	client_max {int} NOT NULL,
	trial_days {int} NOT NULL CHECK (trial_days >= 0),
	prorata_day {int} NOT NULL CHECK (prorata_day BETWEEN 0 AND 28),
	prorata_cutoff {int} NOT NULL CHECK (prorata_cutoff BETWEEN 0 AND 31),
	addon_dates TEXT NOT NULL DEFAULT 'own' CHECK (addon_dates IN ('own', 'parent')),
	hidden {int} NOT NULL CHECK (hidden IN (0, 1)),
	position {int} NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL
) {opt};
CREATE INDEX plan_of_group ON plan (group_id, position, id);

-- plan_addon: a plan that is sold only together with others. Its plan.addon_dates says whose due days it follows.
CREATE TABLE plan_addon (
	parent_id {int} NOT NULL REFERENCES plan (id),
	addon_id {int} NOT NULL REFERENCES plan (id),
	PRIMARY KEY (parent_id, addon_id),
	CHECK (parent_id <> addon_id)
) {opt};
CREATE INDEX plan_addon_of ON plan_addon (addon_id);

CREATE TABLE price (
	id {id},
	plan_id {int} NOT NULL REFERENCES plan (id),
	cycle TEXT NOT NULL,
	currency TEXT NOT NULL,
	price_minor {int} NOT NULL CHECK (price_minor >= 0),
	setup_minor {int} NOT NULL CHECK (setup_minor >= 0),
	renew_minor {int} NOT NULL CHECK (renew_minor >= 0),
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL
) {opt};
CREATE UNIQUE INDEX price_sold ON price (plan_id, cycle, currency) WHERE state = 'active';

-- client_price: what was agreed with one client. It wins over the plan's price in that cycle and currency, and sells him a cycle
-- that the plan has not.
CREATE TABLE client_price (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	plan_id {int} NOT NULL REFERENCES plan (id),
	cycle TEXT NOT NULL,
	currency TEXT NOT NULL,
	price_minor {int} NOT NULL CHECK (price_minor >= 0),
	setup_minor {int} NOT NULL CHECK (setup_minor >= 0),
	renew_minor {int} NOT NULL CHECK (renew_minor >= 0),
	created_at {int} NOT NULL,
	UNIQUE (client_id, plan_id, cycle, currency)
) {opt};

-- bundle, bundle_plan: plans sold together for less, each in its cycle. The discount lasts; on_cancel: when one of them ends, the
-- others keep it, or it ends for them too.
CREATE TABLE bundle (
	id {id},
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
	rate_ppm {int} NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
	amount_minor {int} NOT NULL CHECK (amount_minor >= 0),
	currency TEXT NOT NULL,
	on_cancel TEXT NOT NULL CHECK (on_cancel IN ('keep', 'end')),
	position {int} NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL
) {opt};
CREATE TABLE bundle_plan (
	bundle_id {int} NOT NULL REFERENCES bundle (id),
	position {int} NOT NULL,
	plan_id {int} NOT NULL REFERENCES plan (id),
	cycle TEXT NOT NULL,
	PRIMARY KEY (bundle_id, position)
) {opt};

-- plan_option: what can be chosen with a plan. shown_if_option, shown_if_value: shown only while that other option has that value.
-- plan_option_price: per unit and term, of a choice or of the option itself; no row means not sold so.
CREATE TABLE plan_option (
	id {id},
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	help TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('choice', 'quantity', 'yesno', 'text')),
	unit TEXT NOT NULL,
	min {int} NOT NULL CHECK (min >= 0),
	max {int} NOT NULL CHECK (max >= min),
	step {int} NOT NULL CHECK (step > 0),
	required {int} NOT NULL CHECK (required IN (0, 1)),
	position {int} NOT NULL,
	shown_if_option {int} REFERENCES plan_option (id),
	shown_if_value TEXT NOT NULL,
	panel_key TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL
) {opt};
CREATE TABLE plan_option_plan (
	plan_id {int} NOT NULL REFERENCES plan (id),
	option_id {int} NOT NULL REFERENCES plan_option (id),
	PRIMARY KEY (plan_id, option_id)
) {opt};
CREATE INDEX plan_option_plan_of ON plan_option_plan (option_id);
CREATE TABLE plan_option_choice (
	id {id},
	option_id {int} NOT NULL REFERENCES plan_option (id),
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	position {int} NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	UNIQUE (option_id, key)
) {opt};
CREATE TABLE plan_option_price (
	id {id},
	option_id {int} NOT NULL REFERENCES plan_option (id),
	choice_id {int} REFERENCES plan_option_choice (id),
	cycle TEXT NOT NULL,
	currency TEXT NOT NULL,
	price_minor {int} NOT NULL CHECK (price_minor >= 0),
	setup_minor {int} NOT NULL CHECK (setup_minor >= 0),
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL
) {opt};
CREATE UNIQUE INDEX plan_option_price_sold ON plan_option_price (option_id, COALESCE(choice_id, 0), cycle, currency)
	WHERE state = 'active';

-- rate: what one unit of base was worth in currency on a day, times 10^8; by the ECB's daily file or by hand.
CREATE TABLE rate (
	id {id},
	base TEXT NOT NULL,
	currency TEXT NOT NULL,
	rate_e8 {int} NOT NULL CHECK (rate_e8 > 0),
	rate_on TEXT NOT NULL,
	source TEXT NOT NULL CHECK (source IN ('ecb', 'hand')),
	created_at {int} NOT NULL,
	UNIQUE (base, currency, rate_on),
	CHECK (base <> currency)
) {opt};

-- coupon: a percentage or an amount off, for some plans and cycles, for the first terms or for ever.
CREATE TABLE coupon (
	id {id},
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
	rate_ppm {int} NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
	amount_minor {int} NOT NULL CHECK (amount_minor >= 0),
	currency TEXT NOT NULL,
	plans TEXT NOT NULL,
	cycles TEXT NOT NULL,
	terms {int} NOT NULL CHECK (terms >= 0),
	setup_too {int} NOT NULL CHECK (setup_too IN (0, 1)),
	once_per_client {int} NOT NULL CHECK (once_per_client IN (0, 1)),
	new_clients {int} NOT NULL CHECK (new_clients IN (0, 1)),
	stackable {int} NOT NULL CHECK (stackable IN (0, 1)),
	uses_max {int} NOT NULL,
	uses {int} NOT NULL,
	valid_from TEXT,
	valid_until TEXT,
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL
) {opt};
CREATE TABLE coupon_use (
	coupon_id {int} NOT NULL REFERENCES coupon (id),
	order_id {int} NOT NULL,
	client_id {int} NOT NULL REFERENCES client (id),
	at {int} NOT NULL,
	PRIMARY KEY (coupon_id, order_id)
) {opt};
CREATE INDEX coupon_use_client ON coupon_use (client_id, coupon_id);

-- tax_rate: what is due where, from which day. '' for country or region means any. Level 2 is due beside level 1, on the net
-- or, compound, on net and first tax. source 'seed' rows are those shipped and untouched by staff.
CREATE TABLE tax_rate (
	id {id},
	name TEXT NOT NULL,
	country TEXT NOT NULL,
	region TEXT NOT NULL,
	tax_class TEXT NOT NULL,
	level {int} NOT NULL DEFAULT 1 CHECK (level IN (1, 2)),
	compound {int} NOT NULL DEFAULT 0 CHECK (compound IN (0, 1)),
	rate_ppm {int} NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
	valid_from TEXT NOT NULL,
	source TEXT NOT NULL DEFAULT 'staff' CHECK (source IN ('staff', 'seed')),
	UNIQUE (country, region, tax_class, level, valid_from)
) {opt};

-- tax_seed: shipped rates that were loaded once; one that staff changed or removed does not come back.
CREATE TABLE tax_seed (
	key TEXT PRIMARY KEY,
	at {int} NOT NULL
) {opt};

-- tax_evidence: every check of a client's tax number and what the service said, append only.
CREATE TABLE tax_evidence (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	tax_id TEXT NOT NULL,
	country TEXT NOT NULL,
	checked_at {int} NOT NULL,
	outcome TEXT NOT NULL CHECK (outcome IN ('valid', 'invalid', 'unavailable')),
	consultation TEXT NOT NULL,
	answer TEXT NOT NULL
) {opt};
CREATE INDEX tax_evidence_client ON tax_evidence (client_id, id);

-- transfer: the ledger, append only. Every row moves one amount from credit to debit, so that the books
-- always balance. 'receivable' and 'credit' are accounts of client_id. key makes a posting happen once.
CREATE TABLE transfer (
	id {id},
	key TEXT NOT NULL UNIQUE,
	code TEXT NOT NULL CHECK (code IN ('invoice', 'tax', 'credit_note', 'credit_tax', 'payment', 'overpayment',
		'use_credit', 'refund', 'fee', 'write_off', 'dispute', 'dispute_won', 'grant', 'rounding', 'funds', 'failed')),
	debit TEXT NOT NULL,
	credit TEXT NOT NULL,
	amount_minor {int} NOT NULL CHECK (amount_minor > 0),
	currency TEXT NOT NULL,
	client_id {int} NOT NULL REFERENCES client (id),
	invoice_id {int},
	payment_id {int},
	booked_on TEXT NOT NULL,
	at {int} NOT NULL,
	CHECK (debit <> credit)
) {opt};
CREATE INDEX transfer_client ON transfer (client_id, id);
CREATE INDEX transfer_invoice ON transfer (invoice_id, id);
CREATE INDEX transfer_payment ON transfer (payment_id) WHERE payment_id IS NOT NULL;

-- series: document numbers, one row per series; last_hash is the end of its chain.
CREATE TABLE series (
	key TEXT PRIMARY KEY,
	format TEXT NOT NULL,
	next {int} NOT NULL,
	last_hash TEXT NOT NULL
) {opt};

-- invoice: invoices and credit notes. After issue only state, balance_minor, paid_at, hold_until change. A proforma has
-- proforma_number and proforma_on, and neither number nor issued_on until it becomes an invoice; nothing of it is posted before. rate_e8: what
-- one unit of rate_base, the company's currency, was worth in the document's, times 10^8; hold_until: no dunning before that day. A renewal
-- that is credited in full gives its cause back.
CREATE TABLE invoice (
	id {id},
	kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
	state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'overdue', 'paid', 'credited', 'written_off', 'cancelled')),
	cause TEXT UNIQUE,
	client_id {int} NOT NULL REFERENCES client (id),
	order_id {int},
	refers_to_id {int} REFERENCES invoice (id),
	series TEXT,
	seq {int},
	number TEXT,
	proforma_number TEXT,
	proforma_on TEXT,
	currency TEXT NOT NULL,
	issued_on TEXT,
	due_on TEXT,
	seller TEXT NOT NULL,
	buyer TEXT NOT NULL,
	note TEXT NOT NULL,
	rounding TEXT NOT NULL CHECK (rounding IN ('line', 'document')),
	prices TEXT NOT NULL CHECK (prices IN ('exclusive', 'inclusive')),
	net_minor {int} NOT NULL,
	discount_minor {int} NOT NULL,
	tax_minor {int} NOT NULL,
	total_minor {int} NOT NULL,
	balance_minor {int} NOT NULL,
	prev_hash TEXT,
	hash TEXT,
	token TEXT NOT NULL,
	created_at {int} NOT NULL,
	paid_at {int},
	rate_base TEXT NOT NULL DEFAULT '',
	rate_e8 {int},
	rate_on TEXT,
	rate_source TEXT NOT NULL DEFAULT '',
	hold_until TEXT,
	UNIQUE (series, seq)
) {opt};
CREATE UNIQUE INDEX invoice_number ON invoice (number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX invoice_proforma ON invoice (proforma_number) WHERE proforma_number IS NOT NULL;
CREATE INDEX invoice_client ON invoice (client_id, id);
CREATE INDEX invoice_state ON invoice (state, id) WHERE state <> 'paid';
CREATE INDEX invoice_issued ON invoice (issued_on, id);
CREATE INDEX invoice_due ON invoice (due_on, id, currency, balance_minor) WHERE state IN ('open', 'overdue');
CREATE INDEX invoice_refers ON invoice (refers_to_id) WHERE refers_to_id IS NOT NULL;

-- invoice_item: its lines, never edited. part_id is the service_option, or of kind use the meter, 0 the service itself. live = 1
-- holds the right to charge (service, kind, part, period_from) once; a credit note over the item gives it back unless a
-- later term is charged. refers_item_id: the item that a line of a credit note takes back, whole and once. tax_minor is
-- all tax of the line, tax2_minor the part of it that the second tax is. discounts (JSON) says what discount_minor is made of; it is
-- no part of the hash. is_term: a term that cost something when it was charged; live ones count for a discount that lasts some terms.
CREATE TABLE invoice_item (
	id {id},
	invoice_id {int} NOT NULL REFERENCES invoice (id),
	position {int} NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('period', 'option', 'use', 'setup', 'once', 'fee', 'manual', 'change', 'funds')),
	service_id {int},
	part_id {int} NOT NULL DEFAULT 0,
	description TEXT NOT NULL,
	period_from TEXT,
	period_to TEXT,
	quantity {int} NOT NULL,
	unit_minor {int} NOT NULL,
	discount_minor {int} NOT NULL,
	net_minor {int} NOT NULL,
	tax_class TEXT NOT NULL,
	tax_name TEXT NOT NULL,
	tax_rate_ppm {int} NOT NULL,
	tax_minor {int} NOT NULL,
	tax2_name TEXT NOT NULL DEFAULT '',
	tax2_rate_ppm {int} NOT NULL DEFAULT 0,
	tax2_compound {int} NOT NULL DEFAULT 0 CHECK (tax2_compound IN (0, 1)),
	tax2_minor {int} NOT NULL DEFAULT 0,
	discounts TEXT NOT NULL DEFAULT '',
	is_term {int} NOT NULL DEFAULT 0 CHECK (is_term IN (0, 1)),
	live {int} NOT NULL CHECK (live IN (0, 1)),
	refers_item_id {int} REFERENCES invoice_item (id)
) {opt};
CREATE UNIQUE INDEX invoice_item_refers ON invoice_item (refers_item_id) WHERE refers_item_id IS NOT NULL;
CREATE INDEX invoice_item_invoice ON invoice_item (invoice_id, position);
CREATE UNIQUE INDEX invoice_item_charge ON invoice_item (service_id, kind, part_id, period_from)
	WHERE live = 1 AND service_id IS NOT NULL;

-- billable: what staff wrote down to be invoiced later: with the client's next renewal (no on_day), or on a day. With a
-- cycle it comes again until it was invoiced times times; round counts.
CREATE TABLE billable (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	description TEXT NOT NULL,
	quantity {int} NOT NULL CHECK (quantity > 0),
	unit_minor {int} NOT NULL,
	currency TEXT NOT NULL,
	tax_class TEXT NOT NULL,
	cycle TEXT NOT NULL,
	times {int} NOT NULL CHECK (times > 0),
	round {int} NOT NULL,
	on_day TEXT,
	anchor_day {int} NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'removed')),
	created_at {int} NOT NULL
) {opt};
CREATE INDEX billable_client ON billable (client_id, id);
CREATE INDEX billable_waiting ON billable (client_id, currency, id) WHERE state = 'waiting';
-- billable_bill: each round of an item on one document.
CREATE TABLE billable_bill (
	billable_id {int} NOT NULL REFERENCES billable (id),
	round {int} NOT NULL,
	invoice_id {int} NOT NULL REFERENCES invoice (id),
	PRIMARY KEY (billable_id, round)
) {opt};

-- gateway: ways to pay. Secret settings are sealed to link's public key.
CREATE TABLE gateway (
	key TEXT PRIMARY KEY,
	provider TEXT NOT NULL,
	name TEXT NOT NULL,
	settings TEXT NOT NULL,
	enabled {int} NOT NULL CHECK (enabled IN (0, 1)),
	position {int} NOT NULL
) {opt};

-- payment: money received, once per (gateway, remote_id). invoice_id is NULL for credit and for a payment of several
-- invoices; those have a payment_share each.
CREATE TABLE payment (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	invoice_id {int} REFERENCES invoice (id),
	gateway TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	reference TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('received', 'partly_refunded', 'refunded', 'disputed', 'lost', 'failed')),
	amount_minor {int} NOT NULL CHECK (amount_minor > 0),
	refunded_minor {int} NOT NULL,
	currency TEXT NOT NULL,
	received_on TEXT NOT NULL,
	received_at {int} NOT NULL,
	UNIQUE (gateway, remote_id)
) {opt};
CREATE INDEX payment_client ON payment (client_id, id);
CREATE INDEX payment_invoice ON payment (invoice_id);
CREATE TABLE payment_share (
	payment_id {int} NOT NULL REFERENCES payment (id),
	invoice_id {int} NOT NULL REFERENCES invoice (id),
	amount_minor {int} NOT NULL CHECK (amount_minor > 0),
	PRIMARY KEY (payment_id, invoice_id)
) {opt};
CREATE INDEX payment_share_invoice ON payment_share (invoice_id);

-- refund: money of a payment on its way back, or given as credit. remote_id is the provider's number of it: what we
-- asked for and what a message tells is booked once. cause makes one request of one form.
CREATE TABLE refund (
	id {id},
	payment_id {int} NOT NULL REFERENCES payment (id),
	client_id {int} NOT NULL REFERENCES client (id),
	way TEXT NOT NULL CHECK (way IN ('gateway', 'credit', 'offline')),
	gateway TEXT NOT NULL,
	amount_minor {int} NOT NULL CHECK (amount_minor > 0),
	currency TEXT NOT NULL,
	reason TEXT NOT NULL,
	reference TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting_approval', 'new', 'asked', 'done', 'declined', 'cancelled')),
	remote_id TEXT,
	cause TEXT UNIQUE,
	requested_by {int},
	approved_by {int},
	detail TEXT NOT NULL,
	created_at {int} NOT NULL,
	done_at {int},
	UNIQUE (gateway, remote_id)
) {opt};
CREATE INDEX refund_payment ON refund (payment_id, id);
CREATE INDEX refund_client ON refund (client_id, id);
CREATE INDEX refund_open ON refund (id) WHERE state IN ('waiting_approval', 'new', 'asked');

-- dispute: a payer's bank took the money back, once per (gateway, remote_id), in whatever order its messages come.
CREATE TABLE dispute (
	id {id},
	payment_id {int} NOT NULL REFERENCES payment (id),
	client_id {int} NOT NULL REFERENCES client (id),
	gateway TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
	amount_minor {int} NOT NULL,
	opened_at {int} NOT NULL,
	ended_at {int},
	UNIQUE (gateway, remote_id)
) {opt};
CREATE INDEX dispute_payment ON dispute (payment_id);

-- approval: what a second member of staff must allow. One waits at a time for a refund, a write-off or a
-- credit note; detail: the items that the note takes back, "all", or "" for an amount.
CREATE TABLE approval (
	id {id},
	kind TEXT NOT NULL CHECK (kind IN ('refund', 'credit', 'write_off', 'credit_note')),
	subject TEXT NOT NULL,
	subject_id {int} NOT NULL,
	client_id {int} NOT NULL REFERENCES client (id),
	amount_minor {int} NOT NULL,
	currency TEXT NOT NULL,
	reason TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
	requested_by {int},
	decided_by {int},
	created_at {int} NOT NULL,
	decided_at {int},
	detail TEXT NOT NULL DEFAULT ''
) {opt};
CREATE UNIQUE INDEX approval_once ON approval (kind, subject_id) WHERE state = 'waiting' AND kind <> 'credit';
CREATE INDEX approval_waiting ON approval (id) WHERE state = 'waiting';

-- attempt: one try to collect an invoice through a gateway. Its id is our idempotency key there.
CREATE TABLE attempt (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	invoice_id {int} NOT NULL REFERENCES invoice (id),
	gateway TEXT NOT NULL,
	remote_id TEXT,
	url TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('new', 'started', 'pending', 'succeeded', 'declined', 'expired')),
	amount_minor {int} NOT NULL,
	currency TEXT NOT NULL,
	reason TEXT NOT NULL,
	created_at {int} NOT NULL,
	ended_at {int},
	subscribe {int} NOT NULL DEFAULT 0 CHECK (subscribe IN (0, 1)),
	UNIQUE (gateway, remote_id)
) {opt};
CREATE INDEX attempt_by_invoice ON attempt (invoice_id, id);
CREATE INDEX attempt_open ON attempt (id) WHERE state IN ('new', 'started', 'pending');

-- attempt_invoice: the invoices of an attempt over several; attempt.invoice_id is the first of them.
CREATE TABLE attempt_invoice (
	attempt_id {int} NOT NULL REFERENCES attempt (id),
	invoice_id {int} NOT NULL REFERENCES invoice (id),
	PRIMARY KEY (attempt_id, invoice_id)
) {opt};
CREATE INDEX attempt_invoice_of ON attempt_invoice (invoice_id);

-- subscription: a provider renews a service by itself, as the payer agreed there; once per (gateway, remote_id).
CREATE TABLE subscription (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	service_id {int} NOT NULL,
	gateway TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('active', 'ended')),
	reason TEXT NOT NULL,
	created_at {int} NOT NULL,
	ended_at {int},
	UNIQUE (gateway, remote_id)
) {opt};
CREATE INDEX subscription_service ON subscription (service_id, id);

-- hook: inbound provider messages, raw, once per (provider, remote_id); refused ones keep NULL there.
CREATE TABLE hook (
	id {id},
	gateway TEXT NOT NULL,
	remote_id TEXT,
	headers TEXT NOT NULL,
	body TEXT NOT NULL,
	event TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('received', 'verified', 'done', 'refused', 'failed')),
	reason TEXT NOT NULL,
	ip TEXT NOT NULL,
	received_at {int} NOT NULL,
	done_at {int},
	UNIQUE (gateway, remote_id)
) {opt};

-- order_head, order_item: what was asked for, at the prices of that moment. ip and country (of the bill) tell where from.
CREATE TABLE order_head (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	state TEXT NOT NULL CHECK (state IN ('review', 'pending', 'active', 'done', 'refused', 'cancelled')),
	currency TEXT NOT NULL,
	invoice_id {int},
	coupon_id {int} REFERENCES coupon (id),
	gateway TEXT NOT NULL,
	terms TEXT NOT NULL,
	terms_at {int},
	ip TEXT NOT NULL,
	reason TEXT NOT NULL,
	created_at {int} NOT NULL,
	country TEXT NOT NULL DEFAULT ''
) {opt};
CREATE INDEX order_client ON order_head (client_id, id);
CREATE INDEX order_open ON order_head (id) WHERE state IN ('review', 'pending');
CREATE TABLE order_item (
	id {id},
	order_id {int} NOT NULL REFERENCES order_head (id),
	position {int} NOT NULL,
	plan_id {int} NOT NULL REFERENCES plan (id),
	plan_key TEXT NOT NULL,
	plan_name TEXT NOT NULL,
	price_id {int} REFERENCES price (id),
	cycle TEXT NOT NULL,
	quantity {int} NOT NULL,
	price_minor {int} NOT NULL,
	setup_minor {int} NOT NULL,
	domain TEXT NOT NULL,
	service_id {int}
) {opt};
CREATE INDEX order_item_order ON order_item (order_id, position);

-- quote: what staff offered to a client or a visitor (name, email …). From sending on its amounts stay: document is the tree
-- that page and PDF show. A revised one names the first of its line in root_id; accepting makes order_id, once.
CREATE TABLE quote (
	id {id},
	state TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'accepted', 'declined', 'expired', 'cancelled', 'superseded')),
	root_id {int},
	version {int} NOT NULL,
	number TEXT UNIQUE,
	client_id {int} REFERENCES client (id),
	name TEXT NOT NULL,
	email TEXT NOT NULL,
	company TEXT NOT NULL,
	address TEXT NOT NULL,
	city TEXT NOT NULL,
	postcode TEXT NOT NULL,
	country TEXT NOT NULL,
	currency TEXT NOT NULL,
	valid_until TEXT NOT NULL,
	discount_ppm {int} NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),
	discount_terms {int} NOT NULL CHECK (discount_terms >= 0),
	note TEXT NOT NULL,
	terms TEXT NOT NULL,
	total_minor {int} NOT NULL,
	document TEXT NOT NULL,
	token TEXT NOT NULL,
	created_at {int} NOT NULL,
	sent_at {int},
	decided_at {int},
	decided_name TEXT NOT NULL,
	decided_ip TEXT NOT NULL,
	reason TEXT NOT NULL,
	order_id {int} UNIQUE REFERENCES order_head (id)
) {opt};
CREATE INDEX quote_client ON quote (client_id, id) WHERE client_id IS NOT NULL;
CREATE INDEX quote_root ON quote (root_id) WHERE root_id IS NOT NULL;
CREATE INDEX quote_open ON quote (valid_until, id) WHERE state = 'sent';

-- quote_item: its plans at agreed prices, and free lines (no plan).
CREATE TABLE quote_item (
	id {id},
	quote_id {int} NOT NULL REFERENCES quote (id),
	position {int} NOT NULL,
	plan_id {int} REFERENCES plan (id),
	price_id {int} REFERENCES price (id),
	description TEXT NOT NULL,
	cycle TEXT NOT NULL,
	domain TEXT NOT NULL,
	quantity {int} NOT NULL CHECK (quantity > 0),
	unit_minor {int} NOT NULL CHECK (unit_minor >= 0),
	setup_minor {int} NOT NULL CHECK (setup_minor >= 0),
	renew_minor {int} NOT NULL CHECK (renew_minor >= 0),
	tax_class TEXT NOT NULL
) {opt};
CREATE INDEX quote_item_quote ON quote_item (quote_id, position);

-- quote_option: what was chosen with a plan of a quote (position is the item's), at the prices of then.
CREATE TABLE quote_option (
	id {id},
	quote_id {int} NOT NULL REFERENCES quote (id),
	position {int} NOT NULL,
	option_id {int} NOT NULL REFERENCES plan_option (id),
	choice_id {int} REFERENCES plan_option_choice (id),
	price_id {int} REFERENCES plan_option_price (id),
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	unit TEXT NOT NULL,
	panel_key TEXT NOT NULL,
	value TEXT NOT NULL,
	label TEXT NOT NULL,
	quantity {int} NOT NULL CHECK (quantity > 0),
	price_minor {int} NOT NULL CHECK (price_minor >= 0),
	setup_minor {int} NOT NULL CHECK (setup_minor >= 0)
) {opt};
CREATE UNIQUE INDEX quote_option_once ON quote_option (quote_id, position, option_id);

-- server: where accounts are made. Secret settings are sealed to link's public key.
CREATE TABLE server (
	id {id},
	key TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	provider TEXT NOT NULL,
	settings TEXT NOT NULL,
	accounts_max {int},
	enabled {int} NOT NULL CHECK (enabled IN (0, 1)),
	checked_at {int},
	error TEXT NOT NULL
) {opt};

-- service: a hosted thing. price_id is the price row it was sold at, 0 for a price of its own or a converted one; the next_
-- columns repeat the waiting item of a re-pricing (reprice_item). billed_until and paid_until are exclusive ends: the next period to invoice, and to pay, starts there.
-- discount_granted: terms of its discount in all, discount_terms: those left (-1: for ever).
-- parent_id: of an add-on, which is suspended and ends with that service. bundle_ppm, bundle_minor: its part of a bundle's
-- discount, off the price of each term.
CREATE TABLE service (
	id {id},
	client_id {int} NOT NULL REFERENCES client (id),
	order_id {int},
	plan_id {int} NOT NULL REFERENCES plan (id),
	plan_key TEXT NOT NULL,
	plan_name TEXT NOT NULL,
	tax_class TEXT NOT NULL,
	panel TEXT NOT NULL,
	package TEXT NOT NULL,
	server_id {int} REFERENCES server (id),
	state TEXT NOT NULL CHECK (state IN ('pending', 'provisioning', 'active', 'suspended', 'attention', 'cancelled', 'terminated')),
	cycle TEXT NOT NULL,
	anchor_day {int} NOT NULL CHECK (anchor_day BETWEEN 0 AND 31),
	currency TEXT NOT NULL,
	price_minor {int} NOT NULL,
	quantity {int} NOT NULL,
	domain TEXT NOT NULL,
	username TEXT NOT NULL,
	secret TEXT NOT NULL,
	started_on TEXT,
	billed_until TEXT,
	paid_until TEXT,
	suspend_cause TEXT NOT NULL,
	cancel_on TEXT,
	cancel_reason TEXT NOT NULL,
	hold_until TEXT,
	coupon_id {int} REFERENCES coupon (id),
	discount_ppm {int} NOT NULL,
	discount_minor {int} NOT NULL,
	discount_terms {int} NOT NULL,
	created_at {int} NOT NULL,
	ended_at {int},
	price_id {int} NOT NULL DEFAULT 0,
	next_price_minor {int} NOT NULL DEFAULT 0,
	next_price_id {int} NOT NULL DEFAULT 0,
	next_price_on TEXT,
	reprice_item_id {int} NOT NULL DEFAULT 0,
	discount_stacks {int} NOT NULL DEFAULT 0 CHECK (discount_stacks IN (0, 1)),
	parent_id {int} REFERENCES service (id),
	bundle_id {int} REFERENCES bundle (id),
	bundle_ppm {int} NOT NULL DEFAULT 0,
	bundle_minor {int} NOT NULL DEFAULT 0,
	discount_granted {int} NOT NULL DEFAULT 0
) {opt};
CREATE INDEX service_parent ON service (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX service_client ON service (client_id, id);
CREATE INDEX service_order ON service (order_id);
CREATE INDEX service_plan ON service (plan_id, id);
CREATE INDEX service_due ON service (billed_until, client_id, id) WHERE state = 'active' AND billed_until IS NOT NULL;
CREATE INDEX service_unpaid ON service (paid_until, id) WHERE state = 'active' AND billed_until IS NOT NULL;
CREATE INDEX service_cancel ON service (cancel_on, id) WHERE cancel_on IS NOT NULL AND state IN ('active', 'suspended');
CREATE UNIQUE INDEX service_domain ON service (domain)
	WHERE domain <> '' AND state IN ('pending', 'provisioning', 'active', 'suspended', 'attention');
CREATE UNIQUE INDEX service_username ON service (username) WHERE username <> '';

-- service_option: what was chosen with a service, at the price it was sold at; such a row never changes but in state.
-- change_id made it, ends_change_id ends it when that change takes effect.
CREATE TABLE service_option (
	id {id},
	service_id {int} NOT NULL REFERENCES service (id),
	option_id {int} NOT NULL REFERENCES plan_option (id),
	choice_id {int} REFERENCES plan_option_choice (id),
	price_id {int} REFERENCES plan_option_price (id),
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	unit TEXT NOT NULL,
	value TEXT NOT NULL,
	label TEXT NOT NULL,
	panel_key TEXT NOT NULL,
	quantity {int} NOT NULL CHECK (quantity > 0),
	price_minor {int} NOT NULL,
	setup_minor {int} NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'ended', 'dropped')),
	change_id {int},
	ends_change_id {int},
	created_at {int} NOT NULL
) {opt};
CREATE INDEX service_option_of ON service_option (service_id, id);
CREATE UNIQUE INDEX service_option_once ON service_option (service_id, option_id) WHERE state = 'active';
CREATE INDEX service_option_change ON service_option (change_id) WHERE change_id IS NOT NULL;
CREATE INDEX service_option_ends ON service_option (ends_change_id) WHERE ends_change_id IS NOT NULL;

-- service_change: another plan, cycle, quantity or other options: waits for its invoice, or for the end of the term; applied once.
-- old_*: what the service was. until_on: how far paid terms cost something else by it (NULL: from a later term on). asked_after and done_after:
-- the newest document of the service when it was asked for and when it took effect.
CREATE TABLE service_change (
	id {id},
	service_id {int} NOT NULL REFERENCES service (id),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'scheduled', 'applying', 'done', 'cancelled')),
	plan_id {int} NOT NULL REFERENCES plan (id),
	cycle TEXT NOT NULL,
	quantity {int} NOT NULL,
	price_minor {int} NOT NULL,
	price_id {int} NOT NULL DEFAULT 0,
	apply_on TEXT NOT NULL,
	credit_minor {int} NOT NULL,
	charge_minor {int} NOT NULL,
	invoice_id {int},
	detail TEXT NOT NULL,
	created_at {int} NOT NULL,
	done_at {int},
	old_plan_id {int} NOT NULL,
	old_quantity {int} NOT NULL,
	until_on TEXT,
	asked_after {int} NOT NULL,
	done_after {int}
) {opt};
CREATE UNIQUE INDEX service_change_open ON service_change (service_id) WHERE state IN ('waiting', 'scheduled', 'applying');
CREATE INDEX service_change_invoice ON service_change (invoice_id) WHERE invoice_id IS NOT NULL;

-- reprice: another price for many running services, asked for at once; input is what was chosen. cause makes it once.
CREATE TABLE reprice (
	id {id},
	cause TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL CHECK (state IN ('open', 'cancelled')),
	currency TEXT NOT NULL,
	effective_on TEXT NOT NULL,
	input TEXT NOT NULL,
	reason TEXT NOT NULL,
	before_minor {int} NOT NULL,
	after_minor {int} NOT NULL,
	created_at {int} NOT NULL,
	ended_at {int}
) {opt};

-- reprice_item: one service of it: the price it had and the one it gets, from the period on that starts on apply_on.
CREATE TABLE reprice_item (
	id {id},
	reprice_id {int} NOT NULL REFERENCES reprice (id),
	service_id {int} NOT NULL REFERENCES service (id),
	client_id {int} NOT NULL REFERENCES client (id),
	state TEXT NOT NULL CHECK (state IN ('waiting', 'applied', 'skipped', 'cancelled')),
	old_minor {int} NOT NULL,
	old_price_id {int} NOT NULL,
	new_minor {int} NOT NULL CHECK (new_minor >= 0),
	new_price_id {int} NOT NULL,
	apply_on TEXT NOT NULL,
	detail TEXT NOT NULL,
	ended_at {int},
	UNIQUE (reprice_id, service_id)
) {opt};
CREATE UNIQUE INDEX reprice_item_open ON reprice_item (service_id) WHERE state = 'waiting';
CREATE INDEX reprice_item_service ON reprice_item (service_id, id);
CREATE INDEX reprice_item_client ON reprice_item (reprice_id, client_id, id);

-- meter, meter_tier: what is counted of the services of a plan, and what it costs. price_micro is millionths of a minor unit, per
-- unit or package; up_to is the last unit of a tier, NULL the open end. panel_key names the panel's figure, in panel_per of it.
CREATE TABLE meter (
	id {id},
	plan_id {int} NOT NULL REFERENCES plan (id),
	key TEXT NOT NULL,
	name TEXT NOT NULL,
	unit TEXT NOT NULL,
	model TEXT NOT NULL CHECK (model IN ('per_unit', 'package', 'graduated', 'volume')),
	included {int} NOT NULL CHECK (included >= 0),
	package_size {int} NOT NULL CHECK (package_size > 0),
	aggregation TEXT NOT NULL CHECK (aggregation IN ('sum', 'max', 'last')),
	panel_key TEXT NOT NULL,
	panel_per {int} NOT NULL CHECK (panel_per > 0),
	state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
	created_at {int} NOT NULL,
	UNIQUE (plan_id, key)
) {opt};
CREATE TABLE meter_tier (
	id {id},
	meter_id {int} NOT NULL REFERENCES meter (id),
	currency TEXT NOT NULL,
	up_to {int},
	price_micro {int} NOT NULL CHECK (price_micro >= 0),
	flat_minor {int} NOT NULL CHECK (flat_minor >= 0)
) {opt};
CREATE UNIQUE INDEX meter_tier_end ON meter_tier (meter_id, currency, COALESCE(up_to, 0));

-- meter_bill: what a use line was computed from: the document's line has the same service, part and period_from. tiers is
-- what they were then. void: the line was credited, its readings are to be billed again.
CREATE TABLE meter_bill (
	id {id},
	service_id {int} NOT NULL REFERENCES service (id),
	meter_id {int} NOT NULL REFERENCES meter (id),
	state TEXT NOT NULL CHECK (state IN ('billed', 'void')),
	period_from TEXT NOT NULL,
	period_to TEXT NOT NULL,
	until_at {int} NOT NULL,
	quantity {int} NOT NULL,
	allowance {int} NOT NULL,
	readings {int} NOT NULL,
	late {int} NOT NULL,
	amount_minor {int} NOT NULL,
	currency TEXT NOT NULL,
	aggregation TEXT NOT NULL,
	tiers TEXT NOT NULL,
	created_at {int} NOT NULL
) {opt};
CREATE UNIQUE INDEX meter_bill_once ON meter_bill (service_id, meter_id, period_from) WHERE state = 'billed';

-- reading: what was counted, once per key, never changed; bill_id once it is billed. A wrong one is replaced before, or made good by a
-- negative one after.
CREATE TABLE reading (
	id {id},
	service_id {int} NOT NULL REFERENCES service (id),
	meter_id {int} NOT NULL REFERENCES meter (id),
	key TEXT NOT NULL,
	at {int} NOT NULL,
	quantity {int} NOT NULL,
	source TEXT NOT NULL CHECK (source IN ('api', 'panel', 'staff')),
	note TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('live', 'replaced')),
	replaces_id {int},
	bill_id {int} REFERENCES meter_bill (id),
	created_at {int} NOT NULL,
	UNIQUE (service_id, meter_id, key)
) {opt};
CREATE INDEX reading_unbilled ON reading (service_id, meter_id, at) WHERE bill_id IS NULL AND state = 'live';
CREATE INDEX reading_of_service ON reading (service_id, id);
CREATE INDEX reading_of_bill ON reading (bill_id) WHERE bill_id IS NOT NULL;

-- action: what is to be done to a service on its panel, once per (service, action, cause).
CREATE TABLE action (
	id {id},
	service_id {int} NOT NULL REFERENCES service (id),
	action TEXT NOT NULL CHECK (action IN ('create', 'suspend', 'unsuspend', 'terminate', 'password', 'change_plan')),
	cause TEXT NOT NULL,
	suspend_cause TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('intent', 'asked', 'done', 'attention', 'dropped')),
	tries {int} NOT NULL,
	detail TEXT NOT NULL,
	alerted {int} NOT NULL CHECK (alerted IN (0, 1)),
	created_at {int} NOT NULL,
	done_at {int},
	UNIQUE (service_id, action, cause)
) {opt};
CREATE INDEX action_open ON action (id) WHERE state IN ('intent', 'asked', 'attention');

-- dunning_step: the ladders. days count from the due day (negative: before). The steps of a client, a group, a plan, a way
-- to pay or of several of these replace the general ones. A fee is at least fee_min_minor, and with every_days it comes again, times in all.
CREATE TABLE dunning_step (
	id {id},
	days {int} NOT NULL,
	action TEXT NOT NULL CHECK (action IN ('remind', 'fee', 'suspend', 'terminate')),
	letter TEXT NOT NULL,
	fee_minor {int} NOT NULL,
	fee_ppm {int} NOT NULL,
	group_id {int} REFERENCES client_group (id),
	plan_id {int} REFERENCES plan (id),
	fee_min_minor {int} NOT NULL DEFAULT 0,
	every_days {int} NOT NULL DEFAULT 0,
	times {int} NOT NULL DEFAULT 1 CHECK (times BETWEEN 1 AND 60),
	client_id {int} REFERENCES client (id),
	gateway TEXT NOT NULL DEFAULT ''
) {opt};
CREATE UNIQUE INDEX dunning_step_day ON dunning_step (COALESCE(client_id, 0), COALESCE(group_id, 0), COALESCE(plan_id, 0),
	gateway, days, action);

-- dunning_done: each step once per invoice; a repeated one once per round, counted from 0.
CREATE TABLE dunning_done (
	invoice_id {int} NOT NULL REFERENCES invoice (id),
	step_id {int} NOT NULL,
	result TEXT NOT NULL CHECK (result IN ('done', 'superseded')),
	at {int} NOT NULL,
	round {int} NOT NULL DEFAULT 0,
	PRIMARY KEY (invoice_id, step_id, round)
) {opt};

-- letter: mails, with the bytes as sent. cause makes one letter of a kind per fact.
CREATE TABLE letter (
	id {id},
	cause TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	client_id {int},
	subject_kind TEXT NOT NULL,
	subject_id {int} NOT NULL,
	to_address TEXT NOT NULL,
	subject TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'bounced', 'failed')),
	bytes {bytes} NOT NULL,
	detail TEXT NOT NULL,
	created_at {int} NOT NULL,
	sent_at {int}
) {opt};
CREATE INDEX letter_client ON letter (client_id, id);
CREATE INDEX letter_subject ON letter (subject_kind, subject_id, id);
CREATE INDEX letter_waiting ON letter (id) WHERE state IN ('queued', 'failed');

-- letter_template: texts edited by staff; a missing row means the one built in.
CREATE TABLE letter_template (
	kind TEXT PRIMARY KEY,
	subject TEXT NOT NULL,
	text TEXT NOT NULL,
	html TEXT NOT NULL,
	changed_at {int} NOT NULL
) {opt};

-- news: announcements for clients.
CREATE TABLE news (
	id {id},
	title TEXT NOT NULL,
	body TEXT NOT NULL,
	published_at {int},
	created_at {int} NOT NULL
) {opt};
