// SPDX-License-Identifier: Apache-2.0
// Wrong input everywhere: nothing, too much, scripts in every text field; double clicks, Back and reload.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { JANE, STAFF } from './server.mjs';
import { signIn, stage, visitor } from './browser.mjs';
import { choose, glance, payThere, person } from './walk.mjs';

const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script>{{page.csrf}}'`;
const s = stage(before, after);

// Every form of the page sent three times: empty, far too long, and with a script in each text field.
async function abuse(v, path, which) {
	for (const [kind, text] of [['empty', ''], ['long', 'x'.repeat(5000)], ['script', EVIL]]) {
		await v.go(path);
		const form = v.page.locator(which);
		const before = await form.evaluate((f, text) => {
			f.noValidate = true;
			for (const e of f.elements) {
				e.removeAttribute('maxlength');
				e.required = false;
				if (/^(text|email|password|tel|url|search|number|date|textarea)$/.test(e.type)) {
					if (/^(number|date|email|url)$/.test(e.type))
						e.type = 'text';
					e.value = text;
				}
			}
			return f.action;
		}, text);
		await form.locator('button:not([type=button])').last().click();
		await v.page.waitForLoadState();
		const where = `${before} ${kind}`;
		assert.equal(await v.page.locator('script:not([src])').count(), 0, `${where}: a script in the page`);
		assert.equal(await v.page.locator('img[src=x]').count(), 0, `${where}: an element in the page`);
		const said = await v.page.locator('.form-errors, .flash, .error, .alert, h1').first().innerText();
		assert.ok(said.length > 0 && said.length < 600, `${where}: says ${said.length} letters`);
		if (kind !== 'script' && await v.page.locator('.form-errors').count()) {
			assert.equal(await v.page.locator('.form-errors').count(), 1, `${where}: the faults are listed twice`);
			await glance(v);
		}
		v.calm();
	}
}

test('wrong input: the forms of visitors', async () => {
	const v = await visitor(s.browser, s.house);
	await abuse(v, '/order/web-m', 'form[action="/order/web-m"]');
	for (const path of ['/login', '/signup', '/reset'])
		await abuse(v, path, `main form[action="${path}"]`);
	await choose(v, 'Web S', 'wrong.example');
	await abuse(v, '/checkout', 'form[action="/checkout"]');
	await abuse(v, '/admin/login', 'main form');
	await v.done();
});

test('wrong input: the forms of clients, and what they wrote shown to staff', async () => {
	const v = await visitor(s.browser, s.house);
	await signIn(v, JANE);
	await abuse(v, '/client/contacts', 'form[action="/client/contacts"]');
	await abuse(v, '/client/security', 'form[action="/client/security/password"]');
	await abuse(v, '/client/security', 'form[action="/client/security/email"]');
	await abuse(v, '/client/profile', 'form[action="/client/profile"]');
	await v.go('/client/profile');
	await v.fill({ first_name: EVIL.slice(0, 60), last_name: '<b>Bold</b>', company: EVIL.slice(0, 60), city: EVIL.slice(0, 60) });
	await v.click('Save your details');
	await v.done();
	const staff = await visitor(s.browser, s.house);
	await signIn(staff, STAFF, true);
	for (const path of ['/admin', '/admin/clients', '/admin/clients/1', '/admin/events', '/admin/search?q=%3Cscript%3Ealert(1)%3C/script%3E',
		'/admin/clients?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E', '/admin/invoices', '/admin/orders']) {
		await staff.go(path);
		assert.equal(await staff.page.locator('script:not([src]), main img').count(), 0, path);
	}
	await staff.done();
});

test('wrong input: the forms of staff', async () => {
	const v = await visitor(s.browser, s.house);
	await signIn(v, STAFF, true);
	for (const path of ['/admin/clients/new', '/admin/orders/new', '/admin/invoices/new', '/admin/plans/new', '/admin/settings/dunning/new',
		'/admin/settings/taxes/new', '/admin/settings/news/new', '/admin/settings/team/new', '/admin/settings/roles/new',
		'/admin/settings/gateways/new?provider=sandbox', '/admin/servers/new?provider=sandbox'])
		await abuse(v, path, 'main form:has(.form-end)').catch((e) => { throw new Error(`${path}: ${e.message}`); });
	await v.done();
});

test('wrong input: addresses that do not exist or are not for people', async () => {
	const v = await visitor(s.browser, s.house);
	for (const [path, status] of [['/nothing', 404], ['/plans/none', 404], ['/i/short', 404], ['/reset/none', 404], ['/client/invoices/99999999999999999999', 404],
		['/%2e%2e/%2e%2e/etc/passwd', 404], ['/news?after=abc', 200], ['/?theme=<script>', 200]]) {
		const answer = await v.go(path);
		if (!answer.url().includes('/login'))
			assert.ok([status, 400, 404, 200].includes(answer.status()) && answer.status() < 500, `${path}: ${answer.status()}`);
		await glance(v);
	}
	await v.done();
});

test('double clicks: one order, one payment, one credit', async () => {
	const v = await visitor(s.browser, s.house);
	const { page } = v;
	await choose(v, 'Web S', 'twice.example');
	await v.click('Go to checkout', 'link');
	await v.fill({ ...person('twice@visitor.test'), terms: true });
	await page.getByRole('button', { name: /^Order and pay/ }).dblclick({ noWaitAfter: true });
	await page.waitForURL(`${s.house.sandbox}/**`);
	const orders = (await s.house.get('/orders')).data.filter((o) => o.client_id > 7);
	assert.equal(orders.length, 1);
	await page.goBack();
	await page.waitForURL(`${s.house.url}/**`);
	await v.go(`/client/invoices/${orders[0].invoice_id}`);
	await page.getByRole('button', { name: /^Pay €/ }).first().dblclick({ noWaitAfter: true });
	await page.waitForURL(`${s.house.sandbox}/**`);
	await page.getByRole('button', { name: /^Pay \d/ }).dblclick({ noWaitAfter: true });
	await page.waitForURL(`${s.house.url}/**`);
	await page.getByText('Your site is online').waitFor({ timeout: 30_000 });
	await page.reload();
	await page.goBack();
	await v.go(`/client/invoices/${orders[0].invoice_id}`);
	const invoice = await s.house.get(`/invoices/${orders[0].invoice_id}`);
	assert.equal(invoice.balance_minor, 0);
	assert.equal((await s.house.get(`/payments?invoice_id=${invoice.id}`)).data.length, 1);
	v.seen.length = 0; // the sandbox's page complains when it is paid twice
	await v.done();
});
