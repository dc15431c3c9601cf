// SPDX-License-Identifier: Apache-2.0
// Who is who: two people in two browsers, signing out, the password reset, the confirmed address.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { JANE } from './server.mjs';
import { signIn, stage, visitor } from './browser.mjs';
import { glance, PASSWORD, person } from './walk.mjs';

const s = stage(before, after);
const linkIn = (letter, kind) => JSON.stringify(letter).match(new RegExp(`https?://[^"\\\\s<>]+/${kind}/[A-Za-z0-9_-]+`))[0];

test('sessions: two people in two browsers see their own things only', async () => {
	const jane = await visitor(s.browser, s.house);
	const luc = await visitor(s.browser, s.house);
	await Promise.all([signIn(jane, JANE), signIn(luc, { email: 'luc@example.org', password: JANE.password })]);
	assert.match(await jane.text(), /jane-meyer\.example/);
	assert.match(await luc.text(), /atelier-martin\.example/);
	assert.doesNotMatch(await luc.text(), /jane-meyer/);
	const mine = (await s.house.get('/invoices?client_id=1')).data[0].id;
	assert.equal((await jane.go(`/client/invoices/${mine}`)).status(), 200);
	for (const path of [`/client/invoices/${mine}`, `/client/invoices/${mine}/pdf`, '/client/services/1', '/client/orders/1', '/client/letters/1', '/thanks/1'])
		assert.equal((await luc.go(path)).status(), 404, path);
	assert.equal((await luc.go('/admin')).url(), `${s.house.url}/admin/login?next=%2Fadmin`);
	await jane.done();
	await luc.done();
});

test('sessions: after signing out, Back and reload show nothing', async () => {
	const jane = await visitor(s.browser, s.house);
	await signIn(jane, JANE);
	await jane.page.locator('summary[aria-label="Your account"]').click();
	await jane.page.getByRole('button', { name: 'Sign out' }).click();
	await jane.page.waitForURL(`${s.house.url}/`);
	await jane.page.goBack();
	await jane.page.reload();
	assert.match(jane.page.url(), /\/login/);
	assert.doesNotMatch(await jane.page.locator('body').innerText(), /jane-meyer/);
	await jane.go('/client/invoices');
	assert.match(jane.page.url(), /\/login\?next=/);
	await jane.fill(JANE);
	await jane.click('Sign in');
	await jane.page.waitForURL('**/client/invoices');
	await jane.done();
});

test('sessions: a password is reset by the mailed link, once, and other sessions end', async () => {
	const other = await visitor(s.browser, s.house);
	await signIn(other, { email: 'anna@example.at', password: JANE.password });
	const anna = await visitor(s.browser, s.house);
	await anna.go('/login');
	await anna.fill({ email: 'anna@example.at', password: 'wrong wrong wrong' });
	await anna.click('Sign in');
	assert.match(await anna.text(), /email address or the password is wrong/);
	await glance(anna);
	await anna.click('Forgot your password?', 'link');
	await anna.fill({ email: 'anna@example.at' });
	await anna.click('Send me a link');
	await anna.page.getByText('a letter with a link is on its way').waitFor();
	const link = linkIn(await s.house.letter('anna@example.at', /password/i), 'reset');
	await anna.go(link);
	await glance(anna);
	await anna.fill({ password: 'a new one for Anna 9' });
	await anna.click('Change the password');
	await anna.go('/login');
	await anna.go(link);
	if (await anna.page.locator('[name=password]').count()) {
		await anna.fill({ password: 'the second one 10' });
		await anna.click('Change the password');
	}
	assert.match(await anna.text(), /no longer|expired|used|not valid|new link/i);
	await other.go('/client');
	assert.match(other.page.url(), /\/login/);
	await anna.context.clearCookies();
	await signIn(anna, { email: 'anna@example.at', password: 'a new one for Anna 9' });
	await anna.done();
	await other.done();
});

test('sessions: a new account confirms its address by the mailed link', async () => {
	const v = await visitor(s.browser, s.house);
	await v.go('/signup');
	await v.fill(person('new@visitor.test'));
	await v.click('Create the account');
	await v.page.waitForURL('**/client');
	assert.match(await v.text(), /not confirmed yet/);
	await glance(v);
	await v.go(linkIn(await s.house.letter('new@visitor.test', /confirm|address/i), 'verify'));
	await glance(v);
	await v.click('Confirm my address');
	await v.go('/client');
	assert.doesNotMatch(await v.text(), /not confirmed yet/);
	await v.go('/client/security');
	assert.match(await v.text(), /Confirmed/);
	await v.fill({ present: PASSWORD, password: 'another one 77 please' }).catch(() => {});
	await v.done();
});
