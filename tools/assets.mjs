// Build tool: node_modules -> assets/vendor. Keeps of Tabler's style sheet only what pages use (a first visit
// weighs a third of it then), makes one sprite of the icons in use, and copies htmx.
import fs from 'node:fs';
import path from 'node:path';
import postcss from 'postcss';

const out = 'assets/vendor';

// Kept although no template names them: theme authors rely on these, and state colors come from data.
const kept = [
	/^(m|p)[xytbse]?-(0|1|2|3|4|5|auto)$/, /^g[xy]?-[0-5]$/, /^col(-(sm|md|lg|xl))?(-(auto|[0-9]+))?$/, /^row$/,
	/^d-((sm|md|lg)-)?(none|block|flex|inline|inline-block)$/, /^text-(start|center|end|secondary|nowrap)$/,
	/^(bg|text)-(green|orange|red|azure|blue|yellow|secondary)(-lt|-fg)?$/, /^w-(25|50|75|100)$/,
	/^alert-(success|info|warning|danger)$/, /^btn(-(primary|danger|outline-danger|ghost-secondary|sm|link))?$/,
	/^status(-(green|orange|red|azure|blue|yellow|secondary))?$/, /^card(-(body|header|title|footer|table))?$/,
];

function files(dir) {
	return fs.readdirSync(dir, { withFileTypes: true, recursive: true })
		.filter((e) => e.isFile())
		.map((e) => path.join(e.parentPath ?? e.path, e.name))
		.sort();
}

function words(list) {
	const found = new Set();
	for (const f of list)
		for (const w of fs.readFileSync(f, 'utf8').split(/[^A-Za-z0-9_-]+/))
			found.add(w);
	return found;
}

function isUsed(selector, used) {
	const classes = selector.replace(/:not\([^)]*\)/g, '').match(/\.(?:\\.|[A-Za-z0-9_-])+/g) ?? [];
	return classes.every((c) => {
		const name = c.slice(1).replace(/\\/g, '');
		return used.has(name) || kept.some((k) => k.test(name));
	});
}

function purgeRules(root, used) {
	root.walkRules((rule) => {
		if (rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name))
			return;
		const left = rule.selectors.filter((s) => isUsed(s, used));
		if (left.length === 0)
			rule.remove();
		else if (left.length !== rule.selectors.length)
			rule.selectors = left;
	});
}

// Custom properties nobody reads any more; removing some makes others unread, so until nothing changes.
function purgeProperties(root, elsewhere) {
	for (let changed = true; changed;) {
		const read = new Set(elsewhere.match(/--[A-Za-z0-9-]+/g) ?? []);
		root.walkDecls((d) => (d.value.match(/var\(\s*--[A-Za-z0-9-]+/g) ?? [])
			.forEach((v) => read.add(v.replace(/var\(\s*/, ''))));
		changed = false;
		root.walkDecls(/^--/, (d) => {
			if (!read.has(d.prop)) {
				d.remove();
				changed = true;
			}
		});
	}
}

function purgeLeftovers(root) {
	const animations = [];
	root.walkDecls(/^animation/, (d) => animations.push(d.value));
	root.walkAtRules(/keyframes$/, (r) => {
		if (!animations.some((a) => a.split(/[\s,]+/).includes(r.params)))
			r.remove();
	});
	root.walkComments((c) => c.remove());
	root.walkRules((r) => r.nodes.length === 0 && r.remove());
	for (let changed = true; changed;) {
		changed = false;
		root.walkAtRules((r) => {
			if (r.nodes && r.nodes.length === 0) {
				r.remove();
				changed = true;
			}
		});
	}
}

function css(used) {
	const text = fs.readFileSync('node_modules/@tabler/core/dist/css/tabler.min.css', 'utf8');
	const root = postcss.parse(text);
	purgeRules(root, used);
	purgeProperties(root, fs.readFileSync('assets/app.css', 'utf8'));
	purgeLeftovers(root);
	const license = '/*! Tabler (https://tabler.io), MIT license; reduced to what Billhook uses */\n';
	fs.writeFileSync(`${out}/tabler.css`, license + root.toString().replace(/\/\*#.*?\*\//g, ''));
}

// Names in templates (icons.svg#name, or a part's block of that name) and in the navigation tables of the C files.
function icons(list, sources) {
	const names = new Set();
	const find = (files, pattern) => files.forEach((f) =>
		[...fs.readFileSync(f, 'utf8').matchAll(pattern)].forEach((m) => names.add(m[1])));
	find(list, /icons\.svg#([a-z0-9-]+)/g);
	find(list, /\{\{\$icon\}\}([a-z0-9-]+)/g);
	find(sources, /\{"\/[^"]*",\s*"[^"]*",\s*"([a-z0-9-]+)",/g);
	let sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n';
	for (const name of [...names].sort()) {
		const file = `node_modules/@tabler/icons/icons/outline/${name}.svg`;
		if (!fs.existsSync(file))
			throw new Error(`there is no icon called ${name}`);
		const inner = fs.readFileSync(file, 'utf8').replace(/<!--[\s\S]*?-->/g, '')
			.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/<path stroke="none"[^>]*\/>/, '').replace(/\s+/g, ' ').trim();
		sprite += `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"`
			+ ` stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>\n`;
	}
	fs.writeFileSync(`${out}/icons.svg`, sprite + '</svg>\n');
}

const pages = files('templates');
const sources = files('src/web').filter((f) => f.endsWith('.c'));
fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
css(words([...pages, ...sources, 'assets/app.js']));
icons(pages, sources);
fs.copyFileSync('node_modules/htmx.org/dist/htmx.min.js', `${out}/htmx.js`);
