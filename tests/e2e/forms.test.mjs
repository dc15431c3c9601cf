// SPDX-License-Identifier: Apache-2.0
// Forms whose fields depend on what is chosen: an order for a client and a quote, with a script and without; and the bar that
// stands on client pages while staff look as the client.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { STAFF } from './server.mjs';
import { glance } from './walk.mjs';
import { signIn, stage, visitor } from './browser.mjs';

const price = (price_minor, more = {}) => ({ cycle: '1m', currency: 'EUR', price_minor, ...more });
const s = stage(before, after, {}, async ({ house }) => {
	await house.post('/plans', { key: 'vps', name: 'Machine', prices: [price(2000)] });
	await house.post('/plans', { key: 'ip', name: 'Second address', addon_of: 'vps', prices: [price(200)] });
	await house.post('/options', { key: 'backup', name: 'Backup', kind: 'yesno', plans: 'vps', position: 1, prices: [price(300)] });
	await house.post('/options', {
		key: 'disk', name: 'Disk', kind: 'quantity', max: 50, plans: 'vps', position: 2, shown_if_option: 'backup', shown_if_value: 'yes',
		prices: [price(50)],
	});
});

// Chooses; without a script the button asks the server for what is offered now.
async function choose(v, act) {
	await act();
	if (!v.js)
		await v.click(/^Update options/);
}

for (const js of [true, false]) {
	test(`forms: an order for a client, ${js ? 'with' : 'without'} a script`, async () => {
		const v = await visitor(s.browser, s.house, { js });
		const { page } = v;
		await signIn(v, STAFF, true);
		await v.go('/admin/orders/new');
		if (js) {
			await page.getByLabel('Client', { exact: true }).pressSequentially('jane');
			await page.locator('#field-client_id-list option').filter({ visible: false }).first().waitFor({ state: 'attached' });
			await page.waitForFunction(() => document.querySelectorAll('#field-client_id-list option').length === 1);
		}
		await v.fill({ client_id: 'jane@example.net' });
		await choose(v, () => v.fill({ 'items.0.plan': 'vps' }));
		await choose(v, () => page.locator('[name="items.0.cycle"]').selectOption('1m'));
		await page.getByLabel(/^Backup/).waitFor();
		await glance(v);
		assert.equal(await page.getByLabel('Disk').count(), 0);
		await choose(v, () => page.getByLabel(/^Backup/).check());
		await page.getByLabel('Disk').fill('10');
		await choose(v, () => page.getByLabel(/^Second address/).check());
		// 20.00 + 3.00 + 5.00 + 2.00, and 19 %
		await page.locator('#price').getByText('35.70').waitFor();
		await glance(v);
		await v.click('Place order');
		await page.getByRole('heading', { name: /^Order \d/ }).waitFor();
		assert.match(await v.text(), /Disk: 10/);
		await v.done();
	});
}

test('forms: a quote with options', async () => {
	const v = await visitor(s.browser, s.house);
	await signIn(v, STAFF, true);
	await v.go('/admin/quotes/new');
	await v.fill({ client_id: 'jane@example.net', 'items.0.plan': 'vps' });
	await v.page.locator('[name="items.0.cycle"] option[value="1m"]').waitFor({ state: 'attached' });
	await v.fill({ 'items.0.cycle': '1m' });
	await v.page.getByLabel(/^Backup/).check();
	await v.page.getByLabel('Disk').fill('4');
	await v.click('Create draft');
	await v.page.getByText('29.75').first().waitFor(); // 20.00 + 3.00 + 2.00, and 19 %
	await glance(v);
	await v.done();
});

test('forms: staff who look as a client see so on each page, and go back', async () => {
	const v = await visitor(s.browser, s.house);
	await signIn(v, STAFF, true);
	await v.go('/admin/clients/1');
	await v.confirm('Sign in as client', {}, /^Sign in/).catch(() => v.click(/^Sign in/));
	for (const path of ['/client', '/client/invoices', '/', '/cart']) {
		await v.go(path);
		await v.page.getByText('You are signed in as').waitFor();
		await glance(v);
	}
	await v.click('Go back to the staff area');
	await v.page.waitForURL('**/admin/clients/1');
	await v.go('/client');
	assert.match(v.page.url(), /\/login/);
	await v.done();
});
