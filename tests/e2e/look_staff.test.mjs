// SPDX-License-Identifier: Apache-2.0
// How the pages of staff look; then staff's and a client's crowded: fifty rows, long names, large sums, Arabic and German.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { JANE, STAFF } from './server.mjs';
import { signIn, stage, visitAll, visitor } from './browser.mjs';

const s = stage(before, after, {}, async ({ house }) => { await house.run(); });

const STAFF_PAGES = ['', '/search?q=jane', '/clients', '/clients/1', '/clients/1/edit', '/clients/new', '/orders', '/orders/1', '/orders/6', '/orders/new',
	'/services', '/services/1', '/invoices', '/invoices/1', '/invoices/new', '/payments', '/payments/1', '/jobs', '/jobs/1', '/runs',
	'/runs/1', '/letters', '/letters/1', '/events', '/orders/new?client_id=1&plan=web-s&cycle=1m', '/quotes', '/quotes/new', '/billables',
	'/billables/new', '/approvals', '/forecast', '/reports', '/reports/income', '/reports/statement', '/invoices/1/correct', '/clients/suggest'];
const STAFF_SETTINGS = ['/plans', '/plans/1', '/plans/new', '/plans/groups/1', '/servers', '/servers/1', '/settings', '/settings/company',
	'/settings/billing', '/settings/mail', '/settings/texts', '/settings/texts/service_welcome', '/settings/taxes', '/settings/taxes/1',
	'/settings/dunning', '/settings/dunning/1', '/settings/gateways', '/settings/gateways/sandbox', '/settings/gateways/bank',
	'/settings/coupons', '/settings/coupons/new', '/settings/rates', '/settings/client-groups/new', '/settings/dunning/new', '/settings/taxes/new',
	'/plans/options', '/plans/options/new', '/plans/bundles', '/plans/bundles/new', '/plans/1/meters', '/plans/1/meters/new', '/plans/1/versions',
	'/reprices', '/reprices/new', '/servers/new?provider=exec',
	'/settings/news', '/settings/news/1', '/settings/team', '/settings/team/1', '/settings/roles/2', '/account'];
for (const [name, pages] of [['the staff area', STAFF_PAGES], ['the settings', STAFF_SETTINGS]]) {
	test(`look: ${name}`, async () => {
		const v = await visitor(s.browser, s.house);
		await signIn(v, STAFF, true);
		await visitAll(v, '/admin', pages);
		await v.done();
	});
}

test('look: crowded pages', async () => {
	const { house } = s;
	const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau GmbH';
	const people = [['Jürgen', 'Straßenmüller-Lüdenscheidt', long], ['محمد', 'عبد الرحمن الهاشمي', 'شركة الاستضافة العربية المحدودة'],
		['Wolfeschlegelsteinhausenbergerdorff', 'Keihanaikukauakahihuliheekahaunaele', '']];
	let client;
	for (let i = 0; i < 52; i++) {
		const [first_name, last_name, company] = people[i % 3];
		client = await house.post('/clients', {
			email: `a.rather.long.address.number.${i}@department.of.hosting.example`, first_name, last_name, company, address: `${i} Main Street`,
			postcode: '10115', city: 'Berlin', country: 'DE', currency: 'EUR', password: JANE.password,
		});
	}
	const lines = Array.from({ length: 14 }, (_, i) => ({
		description: i % 2 ? `Wartung und Überwachung der Hauptverwaltungsserver, Teil ${i}` : `خدمة استضافة المواقع ${i}`, quantity: 1, unit_minor: 9_999_999_999,
	}));
	for (let i = 0; i < 12; i++) {
		const draft = await house.post('/invoices', { client_id: client.id, currency: 'EUR', items: lines });
		await house.post(`/invoices/${draft.id}/issue`, {});
	}
	const v = await visitor(s.browser, s.house);
	await signIn(v, STAFF, true);
	const invoice = (await house.get(`/invoices?client_id=${client.id}`)).data[0].id;
	await visitAll(v, '/admin', ['', '/clients', '/clients?q=%D9%85%D8%AD%D9%85%D8%AF', `/clients/${client.id}`, '/invoices', `/invoices/${invoice}`,
		'/letters', '/events', '/jobs'], 'crowded-');
	await v.go('/admin/clients');
	await v.click('Next page', 'link');
	assert.match(await v.text(), /Jane|Atelier|Huber|GmbH/);
	await v.done();
	const c = await visitor(s.browser, s.house);
	await signIn(c, { email: 'a.rather.long.address.number.51@department.of.hosting.example', password: JANE.password });
	await visitAll(c, '/client', ['', '/invoices', `/invoices/${invoice}`, '/profile', '/letters'], 'crowded-');
	await c.done();
});
