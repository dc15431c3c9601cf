// SPDX-License-Identifier: Apache-2.0
// Debian's chromium, and visitors who watch what no page may do: errors in the console, violations of the policy for
// contents, requests to other hosts, dialogs of scripts, answers that say "failed". `look` is what every page is measured by.
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { start } from './server.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.BILLHOOK_SHOTS || new URL('../../build-e2e-shots', import.meta.url).pathname;
const PAGE_BYTES = 30_000; // a page's HTML, compressed, once the assets are in the cache
await mkdir(shots, { recursive: true });

const launch = () => chromium.launch({
	executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
		'--disable-component-update', '--disable-sync', '--disable-extensions'],
});

// A house and a browser for the tests of a file; `before` may use what it returns: {house, browser}.
export function stage(before, after, options, prepare) {
	const s = {};
	before(async () => {
		s.house = await start(options);
		s.browser = await launch();
		if (prepare)
			await prepare(s);
	});
	after(async () => {
		await s.browser?.close();
		await s.house?.stop();
	});
	return s;
}

// A browser of one person. js false: without scripts. Ends with done(), which fails on whatever was noticed.
export async function visitor(browser, house, { js = true, width = 1440, height = 900, scheme = 'light', locale = 'en-US' } = {}) {
	const context = await browser.newContext({
		javaScriptEnabled: js, viewport: { width, height }, colorScheme: scheme, locale, reducedMotion: 'reduce',
	});
	context.setDefaultTimeout(15_000);
	const page = await context.newPage();
	const seen = [];
	const ours = (url) => url.protocol === 'data:' || url.protocol === 'about:' || url.host === new URL(house.url).host
		|| url.port === String(house.ports[0]);
	context.on('request', (r) => ours(new URL(r.url())) || seen.push(`request to ${r.url()}`));
	context.on('response', (r) => {
		const document = r.request().isNavigationRequest() || r.request().headers()['hx-request'];
		if (r.status() >= 500 && !r.url().includes('.localhost') || r.status() >= 400 && !document)
			seen.push(`${r.status()} for ${r.url()}`);
	});
	context.on('console', (m) => {
		// Chromium reports every answer of 4xx as an error; those are looked at above. Letters in a field for numbers are
		// given back, and the browser says that it drops them. A question that a newer one replaced is no failure (sendError is one).
		if (['error', 'warning'].includes(m.type())
			&& !/^(Failed to load resource|The specified value|htmx:afterRequest|htmx:sendAbort)/.test(m.text()))
			seen.push(`console: ${m.text()} (${m.location().url})`);
	});
	context.on('weberror', (e) => seen.push(`script: ${e.error().message} at ${e.page()?.url()}`));
	context.on('dialog', (d) => { seen.push(`dialog: ${d.message()}`); d.dismiss(); });
	const v = { page, context, seen, js, house };
	v.go = (path) => page.goto(path.startsWith('http') ? path : house.url + path);
	// In the dialog when one is open.
	v.place = async () => (await page.locator('dialog[open]').count() ? page.locator('dialog[open]') : page);
	v.click = async (name, role = 'button') => (await v.place()).getByRole(role, { name }).first().click();
	v.text = () => page.locator('main').innerText();
	v.fill = async (values) => {
		for (const [name, value] of Object.entries(values))
			await enter(await v.place(), name, value);
	};
	// A dialog: opens it, fills it, confirms it.
	v.confirm = async (opener, values, button = opener, role = 'link') => {
		await v.click(opener, role);
		await page.locator('dialog[open]').waitFor();
		await v.fill(values);
		await v.click(button);
		await page.locator('dialog[open]').waitFor({ state: 'detached' });
	};
	v.calm = () => { assert.deepEqual(seen.splice(0), [], 'what the browser noticed'); };
	v.done = async () => { await context.close(); v.calm(); };
	return v;
}

async function enter(place, name, value) {
	const e = place.locator(`[name="${name}"]`).locator('visible=true').last(); // not the search in the header
	const kind = await e.evaluate((x) => (x.tagName === 'SELECT' ? 'select' : x.type));
	if (kind === 'select')
		await e.selectOption(value);
	else if (kind === 'checkbox')
		await e.setChecked(Boolean(value));
	else if (kind === 'radio')
		await place.locator(`[name="${name}"][value="${value}"]`).locator('visible=true').check();
	else
		await e.fill(value);
}

export async function signIn(v, who, staff = false) {
	await v.go(staff ? '/admin/login' : '/login');
	await v.fill({ email: who.email, password: who.password });
	await v.click('Sign in');
	await v.page.waitForURL((u) => !u.pathname.endsWith('/login'));
}

// ---- what every page is measured by

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function accessible(page, tell, runOnly = RULES) {
	if (!await page.evaluate(() => 'axe' in globalThis))
		await page.evaluate(axe);
	const found = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ['violations'] }), runOnly);
	const bad = found.violations.filter((f) => ['serious', 'critical'].includes(f.impact));
	return bad.map((f) => `${tell}: ${f.id} (${f.impact}) ${f.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 160)} ${
		(n.any[0] ?? n.all[0] ?? n.none[0])?.message ?? ''}`).join(' | ')}`);
}

// What a page needs sideways beyond its window, with the elements that stick out.
const wide = (page, tell) => page.evaluate((tell) => {
	const root = document.scrollingElement;
	if (root.scrollWidth <= root.clientWidth)
		return [];
	const out = [...document.querySelectorAll('body *')]
		.filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && getComputedStyle(e).position !== 'fixed')
		.slice(0, 4).map((e) => `${e.tagName}.${e.className} "${e.textContent.trim().slice(0, 40)}"`);
	return [`${tell}: ${root.scrollWidth} px wide instead of ${root.clientWidth}: ${out.join(', ')}`];
}, tell);

// Same ids, a heading that is missing, template tags that were not replaced, words of machines.
const odd = (page) => page.evaluate(() => {
	const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
	const text = document.body.innerText;
	const found = [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))].map((id) => `id ${id} twice`);
	if (document.querySelectorAll('h1').length !== 1)
		found.push(`${document.querySelectorAll('h1').length} h1`);
	const templates = location.pathname.includes('/settings/texts'); // shows braces, and sample data
	for (const sign of (templates ? '' : text).match(/\{\{|\}\}|\bundefined\b|\bnull\b|\bNaN\b|\[object /g) ?? [])
		found.push(`"${sign}" in the text`);
	if (!document.title || /^ ·|· $/.test(document.title))
		found.push(`title "${document.title}"`);
	return found;
});

// Looks at the page that is open: axe in light at 1440 px and in dark at 375 px, nothing sideways there and at 320 px, and screenshots
// of both when it has a name (BILLHOOK_SHOTS_ALL=1: of all four).
export async function look(v, name, { full = true } = {}) {
	const { page } = v;
	const found = [...await odd(page), ...await accessible(page, 'light 1440')];
	const views = [[1440, 'light', 900], [375, 'dark', 812]];
	if (process.env.BILLHOOK_SHOTS_ALL)
		views.push([375, 'light', 812], [1440, 'dark', 900]);
	for (const [width, colorScheme, height] of full ? views : []) {
		await page.setViewportSize({ width, height });
		await page.emulateMedia({ colorScheme });
		if (name)
			await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
		found.push(...await wide(page, `at ${width}`));
		if (width === 375 && colorScheme === 'dark') {
			await page.setViewportSize({ width, height: 6000 }); // nothing lies under the bar at the bottom
			found.push(...await accessible(page, 'dark 375', ['color-contrast', 'target-size', 'link-in-text-block']));
		}
	}
	if (full) {
		await page.setViewportSize({ width: 320, height: 640 }); // also 1280 px at 400 %
		found.push(...await wide(page, 'at 320'));
		await page.emulateMedia({ colorScheme: 'light' });
		await page.setViewportSize({ width: 1440, height: 900 });
	}
	assert.deepEqual(found, [], `${name ?? page.url()}`);
	v.calm();
}

// Goes there, weighs the answer, and looks.
export async function visit(v, path, name, options) {
	const answer = await v.go(path);
	const { responseBodySize } = await answer.request().sizes();
	assert.ok(responseBodySize < PAGE_BYTES, `${path} weighs ${responseBodySize} bytes`);
	assert.equal(answer.status(), options?.status ?? 200, path);
	await look(v, name, options);
}

// The pages of an area, all of them, also after one that is not as it should be.
export async function visitAll(v, area, paths, prefix = '') {
	const failed = [];
	for (const path of paths)
		await visit(v, area + path, prefix + `${area}${path}`.replace(/^\//, '').replaceAll(/[/?=&%]+/g, '-') || 'shop').catch((e) => {
			v.seen.length = 0;
			failed.push(e.message);
		});
	assert.deepEqual(failed, []);
}
