// SPDX-License-Identifier: Apache-2.0
// The way of a visitor from the landing page to a site that answers: with a mouse, without scripts, with the keyboard alone.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { until } from './server.mjs';
import { stage, visitor } from './browser.mjs';
import { choose, checkout, glance, payThere, person } from './walk.mjs';

const s = stage(before, after);

async function story(v, domain, email) {
	const { page, house } = v;
	await v.go('/');
	await glance(v);
	await v.page.getByRole('article').filter({ hasText: 'Web M' }).getByRole('link', { name: 'Details' }).click();
	assert.match(await v.text(), /€11\.78/); // 9.90 and 19 % of it
	await glance(v);
	await choose(v, 'Web M', domain);
	assert.match(await v.text(), /Due today\s+€11\.78/);
	assert.match(await v.text(), /renews/);
	await glance(v);
	await v.click('Go to checkout', 'link');
	await glance(v);
	await v.go('/cart');
	await checkout(v, person(email));
	assert.match(await page.locator('main').innerText(), /€11\.78|11\.78 EUR/);
	await payThere(v);
	if (!v.js)
		await until(async () => (await page.reload(), /Your site is online/.test(await v.text())), 'the site');
	await page.getByText('Your site is online').waitFor({ timeout: 30_000 });
	assert.match(page.url(), /\/thanks\/\d+$/);
	assert.match(await v.text(), /Your order is ready/);
	await glance(v);

	const site = await v.go(house.site(domain));
	assert.equal(site.status(), 200);
	assert.match(await v.text(), new RegExp(`${domain} is online`));

	await v.go('/client');
	assert.match(await v.text(), new RegExp(domain));
	assert.match(await v.text(), /INV-\d{4}-\d{5}\s+Paid/);
	await glance(v);
	await v.go('/client/orders');
	assert.match(await v.text(), /Done/);
	await v.go('/client');
	await page.getByRole('link', { name: domain }).first().click();
	assert.match(await v.text(), /Active/);
	await v.click('Open the control panel');
	await page.waitForURL(`${v.house.sandbox}/**`);
	assert.match(await v.text(), new RegExp(`Signed in as[\\s\\S]*${domain}`));

	const welcome = await house.letter(email, /ready|welcome|online/i);
	await v.go(house.sandbox + '/mail');
	await page.getByRole('link', { name: welcome.subject }).first().click();
	assert.match(await v.text(), new RegExp(domain));
	assert.match(await v.text(), /Dear|Hello|Hi/);
	v.calm();
}

test('visitor: from the landing page to a site that answers', async () => {
	const v = await visitor(s.browser, s.house);
	await story(v, 'first-visitor.example', 'first@visitor.test');
	await v.done();
});

test('visitor: the same on a phone, in the dark', async () => {
	const v = await visitor(s.browser, s.house, { width: 375, height: 700, scheme: 'dark' });
	await story(v, 'phone-visitor.example', 'phone@visitor.test');
	await v.done();
});

test('visitor: the price follows the choice, before anything else is filled in', async () => {
	const v = await visitor(s.browser, s.house);
	await v.go('/order/web-s?cycle=1m');
	const price = v.page.locator('#price');
	await price.getByText('€5.83').waitFor();
	await v.page.getByLabel(/^yearly/).check();
	await price.getByText('€58.31').waitFor();
	await v.page.getByLabel(/^monthly/).check();
	await price.getByText('€5.83').waitFor();
	assert.equal(new URL(v.page.url()).pathname, '/order/web-s');
	await v.done();
});

test('visitor: the same without scripts', async () => {
	const v = await visitor(s.browser, s.house, { js: false });
	await story(v, 'no-script.example', 'noscript@visitor.test');
	await v.go('/client/services');
	await v.page.getByRole('link', { name: 'no-script.example' }).click();
	await v.click('Cancel this service', 'link');
	await v.click('Cancel the service');
	assert.match(await v.text(), /This service ends on/);
	await v.click('Keep the service');
	assert.doesNotMatch(await v.text(), /This service ends on/);
	await v.done();
});

// Tab until the element that has these words (or this name) has the focus; it must be visible and have a ring.
async function tabTo(v, words, most = 80) {
	for (let i = 0; i < most; i++) {
		await v.page.keyboard.press('Tab');
		const at = await v.page.evaluate((words) => {
			const e = document.activeElement;
			const said = e.name === words || (e.getAttribute('aria-label') ?? e.innerText ?? '').trim().startsWith(words);
			const box = e.getBoundingClientRect();
			const style = getComputedStyle(e);
			return { said, seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
				ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none' };
		}, words);
		if (at.said) {
			assert.ok(at.seen, `${words} has the focus and cannot be seen`);
			assert.ok(at.ring, `${words} has the focus and no ring`);
			return;
		}
	}
	throw new Error(`Tab does not reach ${words} on ${v.page.url()}`);
}

test('visitor: sign-up, payment and cancellation with the keyboard alone', async () => {
	const v = await visitor(s.browser, s.house);
	const { keyboard } = v.page;
	const press = async (words, key = 'Enter') => { await tabTo(v, words); await keyboard.press(key); };
	const type = async (name, text) => { await tabTo(v, name); await keyboard.type(text); };
	await v.go('/');
	await keyboard.press('Tab');
	assert.equal(await v.page.evaluate(() => document.activeElement.innerText), 'Skip to the content');
	await keyboard.press('Enter');
	await press('Order Web S');
	await v.page.waitForURL('**/order/web-s*');
	await type('domain', 'keyboard.example');
	await keyboard.press('Enter');
	await v.page.waitForURL('**/cart');
	await press('Go to checkout');
	await v.page.waitForURL('**/checkout');
	const who = person('keys@visitor.test');
	for (const name of ['email', 'password', 'first_name', 'last_name', 'address', 'postcode', 'city'])
		await type(name, who[name]);
	await press('terms', 'Space');
	await press('Order and pay');
	await v.page.waitForURL(`${v.house.sandbox}/**`);
	await press('Pay 5.83 EUR');
	await v.page.waitForURL(`${v.house.url}/thanks/*`);
	await v.page.getByText('Your site is online').waitFor({ timeout: 30_000 });
	await press('Login data');
	await v.page.waitForURL('**/client/services/*');
	await press('Cancel this service');
	await v.page.locator('dialog[open]').waitFor();
	await keyboard.press('Escape');
	assert.equal(await v.page.locator('dialog[open]').count(), 0);
	await press('Cancel this service');
	await type('reason', 'Only a test');
	await press('Cancel the service');
	await v.page.getByText('This service ends on').waitFor();
	await press('Keep the service');
	await v.page.getByText('This service ends on').waitFor({ state: 'detached' });
	await v.done();
});
