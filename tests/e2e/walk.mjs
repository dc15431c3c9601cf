// SPDX-License-Identifier: Apache-2.0
// Steps that several walks share: choosing, paying, and what a visitor types about himself.
import assert from 'node:assert/strict';
import { look } from './browser.mjs';

export const PASSWORD = 'correct horse 7 battery';

export function person(email, more = {}) {
	return {
		email, password: PASSWORD, first_name: 'Erika', last_name: 'Mustermann', address: '12 Main Street',
		postcode: '10115', city: 'Berlin', country: 'DE', ...more,
	};
}

// From the landing page to the cart, by clicking.
export async function choose(v, plan, domain) {
	await v.go('/');
	await v.page.getByRole('link', { name: `Order ${plan}` }).click();
	await v.fill({ cycle: '1m', domain });
	await v.click('Put into the cart');
	await v.page.waitForURL('**/cart');
	assert.match(await v.text(), new RegExp(domain.replaceAll('.', '\\.')));
}

// From the cart to the hosted payment page; who: sign-up data, or nothing when signed in.
export async function checkout(v, who) {
	await v.click('Go to checkout', 'link');
	if (who)
		await v.fill(who);
	await v.fill({ terms: true, gateway: 'sandbox' });
	await v.click(/^Order and pay/);
	await v.page.waitForURL(`${v.house.sandbox}/**`);
}

export async function payThere(v) {
	await v.click(/^Pay \d/);
	await v.page.waitForURL(`${v.house.url}/**`);
}

export async function buy(v, { plan = 'Web S', domain, who }) {
	await choose(v, plan, domain);
	await checkout(v, who);
	await payThere(v);
	await v.page.getByText('Your site is online').waitFor({ timeout: 30_000 });
}

// One look without the other sizes: those are taken once per page in look.test.mjs.
export const glance = (v) => (v.js ? look(v, null, { full: false }) : v.calm());
