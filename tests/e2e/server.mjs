// SPDX-License-Identifier: Apache-2.0
// Starts the sandbox and Billhook on free ports with a new SQLite database in a folder of its own, and stops them by pid.
// Every test file has its own: what one does to the clock, the settings or the mail does not reach another.
import { spawn, execFile } from 'node:child_process';
import { mkdtemp, writeFile, rm, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bin = process.env.BILLHOOK || new URL('../../build-asan/billhook', import.meta.url).pathname;
const SECRET = 'e2e-sandbox-secret';
export const STAFF = { email: 'admin@example.com', password: 'demo-password' };
export const JANE = { email: 'jane@example.net', password: 'demo-password' };

async function freePorts(n) {
	const servers = await Promise.all(Array.from({ length: n }, () => new Promise((done, failed) => {
		const s = createServer();
		s.on('error', failed);
		s.listen(0, '127.0.0.1', () => done(s));
	})));
	const ports = servers.map((s) => s.address().port);
	await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
	return ports;
}

export async function until(what, tell, seconds = 20) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const value = await what();
		if (value)
			return value;
		if (Date.now() > end)
			throw new Error(`waited ${seconds} s for ${tell}`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

const answers = (url) => async () => {
	try {
		await fetch(url, { signal: AbortSignal.timeout(2000) });
		return true;
	} catch {
		return false;
	}
};

class House {
	children = [];
	noise = '';

	spawn(args) {
		const child = spawn(bin, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (text) => { this.noise = (this.noise + text).slice(-200000); });
		child.gone = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })));
		this.children.push(child);
		return child;
	}

	command(...args) {
		return run(bin, args, { env: this.env, maxBuffer: 1 << 24 });
	}

	// The API with a token that may do everything. Answers {status, body}; throws when `must` and refused.
	async call(method, path, body, must = true) {
		const r = await fetch(`${this.url}/api/v1${path}`, {
			method,
			headers: {
				Authorization: `Bearer ${this.token}`,
				...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const answer = { status: r.status, body: await r.json().catch(() => null) };
		if (must && r.status >= 300)
			throw new Error(`${method} ${path}: ${r.status} ${JSON.stringify(answer.body)}`);
		return answer;
	}
	get(path) { return this.call('GET', path).then((a) => a.body); }
	post(path, body = {}) { return this.call('POST', path, body).then((a) => a.body); }

	async test(path, body) {
		const r = await fetch(`${this.url}/test/${path}`, {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify(body),
		});
		if (!r.ok)
			throw new Error(`/test/${path}: ${r.status} ${await r.text()}`);
		return r.json();
	}
	run(only) { return this.test('run', only ? { only } : {}); }
	// Days from the start, at noon; then all that is due is done.
	async travel(days) {
		const now = new Date(this.began.getTime() + days * 86400000).toISOString().replace(/\.\d+Z/, 'Z');
		await this.test('clock', { now });
		return this.run();
	}

	async letters(to) {
		const r = await (await fetch(`${this.sandbox}/mail/messages`)).json();
		const all = Array.isArray(r) ? r : r.data ?? r.messages;
		return to ? all.filter((l) => JSON.stringify(l.to).includes(to)) : all;
	}
	letter(to, subject) {
		return until(async () => (await this.letters(to)).findLast((l) => subject.test(l.subject)), `a letter to ${to} about ${subject}`);
	}
	site(domain) { return `http://${domain}.localhost:${this.ports[0]}/`; }

	async stop() {
		for (const child of this.children.toReversed()) {
			child.kill('SIGTERM');
			const hard = setTimeout(() => child.kill('SIGKILL'), 8000);
			const { code, signal } = await child.gone;
			clearTimeout(hard);
			if (code !== 0 && !(child.room && signal === 'SIGTERM'))
				this.fault ??= `${child.spawnargs[1]} ended with ${code ?? signal}`;
		}
		await rm(this.dir, { recursive: true, force: true });
		const bad = this.noise.search(/AddressSanitizer|runtime error:|assertion .*failed|process died/i);
		if (this.fault || bad >= 0)
			throw new Error(`a process failed: ${this.fault ?? ''}\n${bad >= 0 ? this.noise.slice(bad, bad + 5000) : this.noise.slice(-3000)}`);
	}
}

// demo: the demo company; without it an empty installation with the sandbox's gateway and panel.
export async function start({ demo = true, now, travels = false } = {}) {
	const h = new House();
	h.dir = await mkdtemp(join(tmpdir(), 'billhook-e2e-'));
	await mkdir(join(h.dir, 'run'), { mode: 0o700 });
	h.env = { ...process.env, LC_ALL: 'C.UTF-8', XDG_RUNTIME_DIR: join(h.dir, 'run') };
	for (const name of Object.keys(h.env))
		if (name.startsWith('BILLHOOK'))
			delete h.env[name];
	h.ports = await freePorts(3);
	const [room, smtp, web] = h.ports.map((p) => `127.0.0.1:${p}`);
	h.sandbox = `http://${room}`;
	h.url = `http://${web}`;
	h.began = new Date(now ?? Date.now());
	const db = ['--db', `sqlite:${join(h.dir, 't.db')}`];
	const at = now ? ['--now', now] : [];
	const use = ['--sandbox-url', h.sandbox, '--sandbox-secret', SECRET, '--sandbox-smtp', smtp];
	await writeFile(join(h.dir, 'password'), `${STAFF.password}\n`, { mode: 0o600 });

	h.spawn(['sandbox', '--listen', room, '--smtp', smtp, '--secret', SECRET]).room = true;
	try {
		await h.command('init', ...db, ...use, '--admin-email', STAFF.email, '--admin-password-file', join(h.dir, 'password'),
			'--admin-name', 'Ada Admin');
		if (demo)
			await h.command('demo', ...db, ...use);
		const made = await h.command('token', 'create', ...db, '--staff', STAFF.email, '--scope', '*');
		h.token = made.stdout.match(/\S{20,}/)[0];
		await until(answers(`${h.sandbox}/mail/messages`), 'the sandbox');
		h.spawn(['serve', ...db, ...at, '--listen', web, '--test-mode', '--workers', '2', ...(travels ? ['--jobs', '1'] : [])]);
		await until(answers(`${h.url}/health`), 'the server', 40);
		await h.post('/settings', { 'company.url': h.url });
	} catch (e) {
		const noise = h.noise.slice(-3000);
		await h.stop().catch(() => {});
		throw new Error(`${e.message}\n${e.stderr ?? ''}\n${noise}`);
	}
	return h;
}
