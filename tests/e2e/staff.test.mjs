// SPDX-License-Identifier: Apache-2.0
// A day of a staff member: what waits, a client on one page, orders, money, services, jobs, letters, and the settings.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { STAFF, until } from './server.mjs';
import { signIn, stage, visitor } from './browser.mjs';
import { choose, glance, person } from './walk.mjs';

let house, browser, v;
stage(before, after, {}, async (s) => {
	({ house, browser } = s);
	await house.run();
	v = await visitor(browser, house);
	await signIn(v, STAFF, true);
});

const says = async (what) => assert.match(await v.text(), what);

test('staff: dashboard, search and shortcuts', async () => {
	await v.go('/admin');
	await says(/Needs attention/);
	await says(/Order 6/);
	await glance(v);
	await v.page.keyboard.press('/');
	await v.page.keyboard.type('jane-meyer');
	await v.page.keyboard.press('Enter');
	await v.page.waitForURL('**/admin/search?**');
	await says(/jane-meyer\.example/);
	await glance(v);
	await v.page.locator('main [data-search]').fill('nobody at all');
	await v.page.getByText('Nothing found').waitFor();
	await v.page.locator('body').click({ position: { x: 700, y: 800 } });
	await v.page.keyboard.press('g');
	await v.page.keyboard.press('c');
	await v.page.waitForURL('**/admin/clients');
	await v.page.keyboard.press('?');
	await v.page.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
	await v.page.keyboard.press('Escape');
	await v.page.locator('main [data-search]').fill('jane');
	await v.page.getByRole('link', { name: 'Atelier Martin' }).waitFor({ state: 'detached' });
	await v.page.waitForURL('**/admin/clients?**q=jane**');
	await v.page.reload();
	assert.equal(await v.page.locator('main [data-search]').inputValue(), 'jane');
	await v.page.getByRole('link', { name: 'Jane Meyer' }).click();
	await says(/jane@example\.net/);
	await says(/INV-\d{4}-\d{5}/);
	await glance(v);
	v.calm();
});

test('staff: order approval, approved and refused', async () => {
	await v.go('/admin/settings/signup');
	await v.fill({ 'order.approval': true });
	await v.click('Save');
	const guest = await visitor(browser, house);
	await choose(guest, 'Web S', 'please-approve.example');
	await checkoutForReview(guest, person('review@visitor.test'));
	await choose(guest, 'Web S', 'please-refuse.example');
	await checkoutForReview(guest);
	await guest.done();

	await v.go('/admin/orders?state=review');
	await says(/In review/);
	await glance(v);
	await v.page.getByRole('link', { name: 'Order 8' }).click();
	await says(/please-refuse/);
	await v.confirm('Refuse', { reason: 'Looks like spam' }, 'Refuse order');
	await says(/Refused/);
	await v.go('/admin/orders/7');
	await v.confirm('Approve order', {});
	await says(/Pending|Active|Unpaid/);
	await glance(v);
	await v.go('/admin/settings/signup');
	await v.fill({ 'order.approval': false });
	await v.click('Save');
	v.calm();
});

async function checkoutForReview(guest, who) {
	await guest.click('Go to checkout', 'link');
	if (who)
		await guest.fill(who);
	await guest.fill({ terms: true });
	await guest.click(/^Order and pay/);
	await guest.page.getByText('We look at this order ourselves').waitFor();
	await glance(guest);
}

test('staff: a payment by hand, a credit note, a draft', async () => {
	const open = (await house.get('/invoices?state=open')).data.concat((await house.get('/invoices?state=overdue')).data);
	assert.ok(open.length >= 2, `${open.length} open invoices`);
	await v.go(`/admin/invoices/${open[0].id}`);
	await glance(v);
	await v.confirm('Record payment', { gateway: 'bank', reference: 'Transfer 4711' });
	await says(/Paid/);
	await v.go('/admin/payments');
	await says(/€5\.83|€11\.78|€6\.03/);
	await v.go(`/admin/invoices/${open[1].id}`);
	await v.page.locator('main details.menu summary').click();
	await v.confirm('Credit in full (void)', { reason: 'Ordered by mistake' }, 'Credit in full');
	await says(/Credit note CN-/);
	const notes = (await house.get('/invoices?kind=credit_note')).data;
	assert.equal(notes.length, 1);
	await v.go(`/admin/invoices/${notes[0].id}`);
	await says(/Credit note/);
	await glance(v);
	const pdf = await v.page.request.get(`${house.url}/admin/invoices/${notes[0].id}/pdf`);
	assert.equal(pdf.headers()['content-type'], 'application/pdf');

	await v.go('/admin/invoices/new');
	await v.fill({ client_id: '1', currency: 'EUR', 'items.0.description': 'Two hours of work', 'items.0.quantity': '2', 'items.0.unit_minor': '80' });
	await v.page.locator('main form .btn-primary').click();
	await says(/draft/i);
	await says(/€160\.00/);
	await v.confirm('Issue invoice', {});
	await says(/INV-\d{4}-\d{5}/);
	v.calm();
});

test('staff: a service suspended, lifted, with a new password; its panel', async () => {
	await v.go('/admin/services');
	await v.page.getByRole('link', { name: 'jane-meyer.example' }).first().click();
	const at = v.page.url();
	await glance(v);
	await v.confirm('Suspend', { reason: 'Sends spam' });
	await until(async () => (await v.go(at), /Suspended/.test(await v.text())), 'the suspension');
	await v.confirm('Lift suspension', {});
	await until(async () => (await v.go(at), /Active/.test(await v.text()) && !/Lift suspension/.test(await v.text())), 'the lifting');
	await v.click('Open panel');
	await v.page.waitForURL(`${house.sandbox}/**`);
	await says(/Signed in as/);
	await v.go(at);
	v.calm();
});

test('staff: a set-up that the server refused is seen, and tried again', async () => {
	const s = (await house.get('/services')).data.find((x) => x.domain === 'huber-wien.example');
	await fetch(`${house.sandbox}/panel/faults`, {
		method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: 'Bearer e2e-sandbox-secret' },
		body: JSON.stringify({ call: 'suspend', fault: 'refuse', times: 1 }),
	});
	await house.post(`/services/${s.id}/suspend`, { reason: 'To see a failure' });
	await until(async () => (await v.go(`/admin/services/${s.id}`), /Try again/.test(await v.text())), 'the failure');
	await glance(v);
	await v.go('/admin');
	await says(/huber-wien\.example/);
	await glance(v);
	await v.go(`/admin/services/${s.id}`);
	await v.click('Try again');
	await until(async () => (await house.get(`/services/${s.id}`)).state === 'suspended', 'the second try');
	await v.go('/admin/jobs');
	await v.page.locator('#results tbody a').first().click();
	await says(/Tries/);
	await glance(v);
	v.calm();
});

test('staff: a letter is read and sent again; a text is changed and put back', async () => {
	const before = (await house.letters()).length;
	await v.go('/admin/letters?state=sent');
	await v.page.locator('#results tbody a').first().click();
	await says(/Plain text/);
	await v.page.frameLocator('iframe').locator('body').waitFor();
	await glance(v);
	await v.click('Send again');
	await until(async () => (await house.letters()).length > before, 'the second copy');
	await v.go('/admin/settings/texts/service_welcome');
	const old = await v.page.locator('[name=subject]').inputValue();
	await v.fill({ subject: 'Willkommen, {{client.first_name}}' });
	await v.click('Save text');
	await v.go('/admin/settings/texts/service_welcome');
	assert.equal(await v.page.locator('[name=subject]').inputValue(), 'Willkommen, {{client.first_name}}');
	await v.fill({ subject: 'Broken {{#client}}' });
	await v.click('Save text');
	assert.equal(await v.page.locator('.form-errors').count(), 1);
	assert.equal(await v.page.locator('[name=subject]').inputValue(), 'Broken {{#client}}');
	await v.go('/admin/settings/texts/service_welcome');
	await v.confirm('Back to the built-in text', {}, 'Use built-in text');
	await v.go('/admin/settings/texts/service_welcome');
	assert.equal(await v.page.locator('[name=subject]').inputValue(), old);
	v.calm();
});

test('staff: a wrong setting is told on top and at the field, and nothing is lost', async () => {
	await v.go('/admin/settings/company');
	await v.page.locator('main form').evaluate((f) => { f.noValidate = true; });
	await v.fill({ 'company.name': 'New Name Hosting', 'company.email': 'not an address', 'company.zone': 'Mars/Olympus' });
	await v.click('Save');
	const top = v.page.locator('.form-errors');
	await top.waitFor();
	assert.equal(await v.page.locator('.form-errors').count(), 1);
	assert.equal(await top.locator('li a').count(), 2);
	assert.equal(await v.page.locator('[name="company.name"]').inputValue(), 'New Name Hosting');
	assert.equal(await v.page.locator('[name="company.zone"]').inputValue(), 'Mars/Olympus');
	assert.equal(await v.page.locator('[aria-invalid=true]').count(), 2);
	await glance(v);
	await top.locator('li a').last().click();
	assert.equal(await v.page.evaluate(() => document.activeElement.getAttribute('aria-invalid')), 'true');
	await v.fill({ 'company.email': 'billing@example.com', 'company.zone': 'Europe/Berlin', 'company.name': 'Example Hosting' });
	await v.click('Save');
	assert.equal(await v.page.locator('.form-errors').count(), 0);
	v.calm();
});

test('staff: a plan, a dunning step, a gateway and a server that answer', async () => {
	await v.go('/admin/plans/new');
	await v.fill({
		key: 'mail-only', name: 'Mail only', description: 'Ten mailboxes.', features: '10 mailboxes\n50 GB', group: 'web', panel: 'sandbox',
		package: 'mail', setup_when: 'payment', needs_domain: true, 'prices.0.cycle': '1m', 'prices.0.currency': 'EUR', 'prices.0.price_minor': '2.50',
	});
	await v.page.locator('main form .btn-primary').last().click();
	assert.equal(await v.page.locator('.form-errors').count(), 0, await v.text());
	await v.go('/plans/mail-only');
	await says(/€2\.50/);
	await v.go('/admin/settings/dunning/new');
	await v.fill({ days: '21', action: 'remind', letter: 'invoice_overdue' });
	await v.page.locator('main form .btn-primary').last().click();
	await v.page.waitForURL('**/admin/settings/dunning');
	await says(/21 days after the due day/);
	for (const path of ['/admin/settings/gateways/sandbox', '/admin/servers/1']) {
		await v.go(path);
		await v.click(/Test/);
		await v.page.locator('.flash').first().waitFor();
		assert.match(await v.page.locator('.flash').first().innerText(), /answer/);
		await glance(v);
	}
	v.calm();
});

test('staff: a role that may little, a person who has it, a token that is shown once', async () => {
	await v.go('/admin/settings/roles/new');
	await v.fill({ key: 'reader', name: 'Reader', 'may-dashboard-read': true, 'may-client-read': true });
	await v.page.locator('main form .btn-primary').last().click();
	await v.go('/admin/settings/team/new');
	await v.fill({ email: 'reader@example.com', name: 'Rita Reader', password: 'reads and reads 42', role_id: { label: 'Reader' } });
	await v.page.locator('main form .btn-primary').last().click();
	assert.equal(await v.page.locator('.form-errors').count(), 0, await v.text());
	const rita = await visitor(browser, house);
	await signIn(rita, { email: 'reader@example.com', password: 'reads and reads 42' }, true);
	assert.match(await rita.page.locator('nav.side').innerText(), /Clients/);
	assert.doesNotMatch(await rita.page.locator('nav.side').innerText(), /Settings|Invoices/);
	await glance(rita);
	await rita.go('/admin/clients/1');
	assert.equal(await rita.page.getByRole('link', { name: 'Edit' }).count(), 0);
	assert.equal((await rita.go('/admin/invoices')).status(), 403);
	assert.equal((await rita.go('/admin/settings/company')).status(), 403);
	await glance(rita);
	await rita.done();

	await v.go('/admin/account');
	const box = (word) => v.page.locator(`input[value="${word}"]`).getAttribute('name');
	const only = { [await box('*')]: false, [await box('client.read')]: true };
	await v.confirm('New token', { name: 'Reports', days: '30', ...only }, 'Create token');
	const token = (await v.text()).match(/bh_\S+/)[0];
	await glance(v);
	const ask = (path) => fetch(`${house.url}/api/v1${path}`, { headers: { Authorization: `Bearer ${token}` } }).then((r) => r.status);
	assert.equal(await ask('/clients'), 200);
	assert.equal(await ask('/invoices'), 403);
	await v.go('/admin/account');
	assert.doesNotMatch(await v.text(), new RegExp(token));
	await v.page.getByRole('row', { name: 'Reports' }).getByRole('button', { name: 'Revoke' }).click();
	await until(async () => await ask('/clients') === 401, 'the token to be refused');
	await v.click('Your account', 'group').catch(() => v.page.locator('summary[aria-label="Your account"]').click());
	await v.page.getByRole('button', { name: 'Sign out' }).click();
	await v.page.waitForURL((u) => !/\/admin$/.test(u.pathname));
	await v.go('/admin');
	assert.match(v.page.url(), /\/admin\/login/);
	await v.done();
});
