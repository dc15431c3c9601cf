// SPDX-License-Identifier: Apache-2.0
// A year in a minute: renewal, reminders, suspension, the payment that lifts it, cancellation with undo, the end.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { until } from './server.mjs';
import { signIn, stage, visitor } from './browser.mjs';
import { buy, glance, payThere, person } from './walk.mjs';

const DOMAIN = 'traveler.example';
const who = person('time@traveler.test');
let house, v, day = 0, service;
stage(before, after, { now: '2027-03-10T11:00:00Z' }, async (s) => {
	house = s.house;
	v = await visitor(s.browser, house);
});

const site = async () => (await v.page.request.get(`${house.sandbox}/panel/accounts`, {
	headers: { Authorization: 'Bearer e2e-sandbox-secret' },
})).json().then((r) => (r.accounts ?? r.data ?? r).find((a) => a.domain === DOMAIN)?.state ?? 'none');

// A day at a time until something is true; sessions end on the way.
async function travelUntil(what, tell, most = 70) {
	for (let i = 0; i < most; i++) {
		if (await what())
			return;
		await house.travel(++day);
	}
	throw new Error(`${tell}: not within ${most} days`);
}
const signedIn = async () => { await v.context.clearCookies(); await signIn(v, who); };
const subjects = async () => (await house.letters(who.email)).map((l) => l.subject);

test('time: the renewal is invoiced before the term ends', async () => {
	await buy(v, { plan: 'Web S', domain: DOMAIN, who });
	service = (await house.get('/services')).data.find((s) => s.domain === DOMAIN);
	assert.equal(service.next_due_on, '2027-04-10');
	await travelUntil(async () => (await house.get(`/invoices?client_id=${service.client_id}`)).data.length === 2, 'a second invoice');
	assert.ok(day >= 15 && day <= 18, `invoiced after ${day} days`);
	await house.letter(who.email, /invoice/i);
	await signedIn();
	assert.match(await v.text(), /Open\s+Invoice INV-2027-\d+\s+over €5\.83/);
	await glance(v);
});

test('time: reminders, then the suspended site', async () => {
	await travelUntil(async () => await site() === 'suspended', 'the suspension');
	assert.ok(day > 31 + 7, `suspended after ${day} days`);
	assert.ok((await subjects()).filter((s) => / (is|was) due on /.test(s)).length >= 3, (await subjects()).join('; '));
	await house.letter(who.email, /suspended|switched off/i);
	const answer = await v.go(house.site(DOMAIN));
	assert.equal(answer.status(), 503);
	assert.match(await v.text(), /suspended/i);
	await signedIn();
	assert.match(await v.text(), /Overdue/);
	assert.match(await v.text(), /Suspended/);
	await v.go(`/client/services/${service.id}`);
	assert.match(await v.text(), /nothing was deleted/i);
	await glance(v);
});

test('time: paying by the link in the letter lifts the suspension', async () => {
	const letter = await house.letter(who.email, /was due/);
	const link = JSON.stringify(letter).match(/\/i\/[A-Za-z0-9_-]{16,}/)[0];
	await v.context.clearCookies(); // whoever has the link may pay without signing in
	await v.go(link);
	assert.match(await v.text(), /Amount due\s+€5\.83/);
	await glance(v);
	await v.click(/^Pay €5\.83/);
	await v.page.waitForURL(`${house.sandbox}/**`);
	await payThere(v);
	await until(async () => { await house.run(); return await site() === 'active'; }, 'the site to be back');
	assert.equal((await v.go(house.site(DOMAIN))).status(), 200);
	await house.letter(who.email, /again|active|lifted|back/i);
	await v.go(link);
	assert.match(await v.text(), /Paid/);
	assert.equal(await v.page.getByRole('button', { name: /^Pay/ }).count(), 0);
});

test('time: cancellation at the end of the term, taken back, and then kept', async () => {
	await signedIn();
	await v.go(`/client/services/${service.id}`);
	await v.confirm('Cancel this service', { when: 'end', reason: 'Moving house' }, 'Cancel the service');
	await v.page.getByText('This service ends on').waitFor();
	await glance(v);
	await v.click('Keep the service');
	await v.page.getByText('This service ends on').waitFor({ state: 'detached' });
	assert.equal(await site(), 'active');
	await v.confirm('Cancel this service', { when: 'end' }, 'Cancel the service');
	await v.page.getByText('This service ends on').waitFor();
	await travelUntil(async () => await site() === 'none' || await site() === 'terminated', 'the termination', 80);
	await until(async () => ['terminated', 'cancelled'].includes((await house.get(`/services/${service.id}`)).state), 'the state');
	await house.letter(who.email, /ended|terminated|removed|cancel/i);
	await signedIn();
	await v.go(`/client/services/${service.id}`);
	assert.match(await v.text(), /Terminated|Ended|Cancelled/);
	assert.equal(await v.page.getByRole('link', { name: 'Cancel this service' }).count(), 0);
	await glance(v);
	await v.done();
});
