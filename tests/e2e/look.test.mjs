// SPDX-License-Identifier: Apache-2.0
// How the pages of visitors and clients look, full and empty, and what they weigh; staff's are in look_staff.test.mjs.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { JANE, STAFF } from './server.mjs';
import { look, signIn, stage, visit, visitAll, visitor } from './browser.mjs';
import { choose } from './walk.mjs';

const FIRST_BYTES = 150_000;
const s = stage(before, after, {}, async ({ house }) => { await house.run(); });

test('look: what a first visit weighs', async () => {
	const v = await visitor(s.browser, s.house);
	const sizes = {};
	v.context.on('requestfinished', async (r) => { sizes[new URL(r.url()).pathname] = (await r.sizes()).responseBodySize; });
	await v.go('/');
	await v.page.waitForLoadState('networkidle');
	const sum = Object.values(sizes).reduce((a, b) => a + b, 0);
	assert.ok(sum < FIRST_BYTES, `${sum} bytes: ${JSON.stringify(sizes)}`);
	assert.ok(Object.keys(sizes).length > 4, JSON.stringify(sizes));
	for (const name of Object.keys(sizes))
		delete sizes[name];
	await v.go('/plans/web-m');
	await v.page.waitForLoadState('networkidle');
	const next = Object.values(sizes).reduce((a, b) => a + b, 0);
	assert.ok(next < 30_000, `the next page: ${JSON.stringify(sizes)}`);
	await v.done();
});

test('look: the shop', async () => {
	const v = await visitor(s.browser, s.house);
	await visitAll(v, '', ['/', '/plans/web-m', '/order/web-m', '/cart', '/login', '/signup', '/reset', '/news', '/terms', '/admin/login']);
	await visit(v, '/nowhere', 'error', { status: 404 });
	await choose(v, 'Web M', 'a-domain.example');
	await look(v, 'cart-full');
	await v.go('/checkout');
	await look(v, 'checkout');
	const invoice = (await s.house.get('/invoices?client_id=5')).data[0];
	await v.go(`/i/${(await s.house.get(`/invoices/${invoice.id}`)).link_token}`);
	await look(v, 'invoice-link');
	await v.done();
});

test('look: the client area', async () => {
	const v = await visitor(s.browser, s.house);
	await signIn(v, JANE);
	const invoice = (await s.house.get('/invoices?client_id=1')).data[0].id;
	await visitAll(v, '/client', ['', '/services', '/services/1', '/invoices', `/invoices/${invoice}`, '/orders', '/orders/1', '/payments', '/profile',
		'/contacts', '/security', '/letters', '/letters/1']);
	await v.done();
});

test('look: the client area of somebody who has nothing yet', async () => {
	const v = await visitor(s.browser, s.house);
	await signIn(v, { email: 'mia@example.ch', password: JANE.password });
	await visitAll(v, '/client', ['', '/services', '/invoices', '/orders', '/payments', '/letters?q=zzz'], 'empty-');
	await v.done();
});

test('look: twice as large', async () => {
	const v = await visitor(s.browser, s.house, { width: 720, height: 450 }); // 1440 px at 200 %
	await signIn(v, STAFF, true);
	for (const path of ['/', '/checkout', '/client/login', '/admin', '/admin/clients/1', '/admin/invoices/1', '/admin/services/1']) {
		await v.go(path);
		assert.ok(await v.page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), `${path} at 200 %`);
	}
	await v.done();
});
