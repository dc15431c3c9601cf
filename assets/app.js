// SPDX-License-Identifier: Apache-2.0
// What pages gain from a script: keyboard, dialogs, toasts, theme. Everything works without it.
(() => {
	'use strict';
	const root = document.documentElement;
	const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));

	// ---- theme: the cookie is what the server renders next time
	const isDark = () => root.dataset.bsTheme === 'dark'
		|| (root.dataset.bsTheme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);

	function switchTheme() {
		root.dataset.bsTheme = isDark() ? 'light' : 'dark';
		document.cookie = `theme=${root.dataset.bsTheme}; path=/; max-age=31536000; samesite=lax`
			+ (location.protocol === 'https:' ? '; secure' : '');
	}

	// ---- toasts: good news floats and goes; a problem stays where it is
	function toast(flash) {
		let box = document.querySelector('.toasts');
		if (!box) {
			box = document.createElement('div');
			box.className = 'toasts';
			box.setAttribute('role', 'status');
			document.body.append(box);
		}
		box.append(flash);
		setTimeout(() => flash.remove(), 8000);
	}

	function toastText(kind, text) {
		const flash = document.createElement('div');
		flash.className = `flash flash-${kind}`;
		const line = document.createElement('div');
		line.textContent = text;
		flash.append(line);
		toast(flash);
	}

	// ---- dialogs
	function openDialog(id) {
		const dialog = document.getElementById(id);
		if (!(dialog instanceof HTMLDialogElement))
			return false;
		closeMenus();
		dialog.showModal();
		const first = dialog.querySelector('input:not([type=hidden]), textarea, select');
		if (first)
			first.focus();
		return true;
	}

	function closeMenus(except) {
		all('details.menu[open]').forEach((menu) => {
			if (menu !== except)
				menu.open = false;
		});
	}

	document.addEventListener('click', (event) => {
		const at = event.target instanceof Element ? event.target : null;
		if (!at)
			return;
		closeMenus(at.closest('details.menu'));
		const opener = at.closest('[data-dialog]');
		if (opener && openDialog(opener.dataset.dialog))
			event.preventDefault();
		const closer = at.closest('[data-close]');
		if (closer) {
			event.preventDefault();
			const dialog = closer.closest('dialog');
			if (dialog && dialog.open)
				dialog.close();
			else
				location.hash = '';
		}
		if (at instanceof HTMLDialogElement && at.open)
			at.close(); // a click on the backdrop
		if (at.closest('[data-dismiss]'))
			at.closest('.flash').remove();
		if (at.closest('[data-theme-switch]'))
			switchTheme();
		if (at.closest('[data-print]'))
			print();
		const copy = at.closest('[data-copy]');
		if (copy)
			navigator.clipboard.writeText(copy.dataset.copy).then(() => toastText('success', 'Copied'));
		const add = at.closest('[data-add-row]');
		if (add)
			addRow(add);
	});

	// ---- one more row of a list field: a copy of the last one, emptied, with the next index
	function addRow(button) {
		const rows = document.getElementById(button.dataset.addRow);
		const last = rows.lastElementChild;
		const row = last.cloneNode(true);
		const next = rows.children.length;
		all('[name], [id], [for], [aria-describedby]', row).forEach((e) => {
			for (const name of ['name', 'id', 'for', 'aria-describedby'])
				if (e.hasAttribute(name))
					e.setAttribute(name, e.getAttribute(name).replace(/([.-])\d+([.-])/, `$1${next}$2`));
			if ('value' in e && e.type !== 'checkbox' && e.tagName !== 'SELECT')
				e.value = '';
		});
		rows.append(row);
		const first = row.querySelector('input, select, textarea');
		if (first)
			first.focus();
	}

	// ---- a form is sent once; the button tells that it is under way
	document.addEventListener('submit', (event) => {
		const form = event.target;
		if (event.defaultPrevented || form.method === 'get' || form.hasAttribute('hx-get'))
			return;
		if (form.dataset.sent) {
			event.preventDefault();
			return;
		}
		if (form.method === 'dialog')
			return;
		form.dataset.sent = '1';
		if (event.submitter)
			event.submitter.setAttribute('aria-busy', 'true');
	});
	addEventListener('pageshow', () => all('form[data-sent]').forEach((form) => {
		delete form.dataset.sent;
		all('[aria-busy]', form).forEach((b) => b.removeAttribute('aria-busy'));
	}));

	// ---- keyboard
	let prefix = 0;
	function focusSearch() {
		const input = document.querySelector('main [data-search]') || document.querySelector('[data-search]');
		if (input) {
			input.focus();
			input.select();
		}
		return Boolean(input);
	}

	function onKey(event) {
		const typing = event.target.closest && event.target.closest('input, textarea, select, [contenteditable]');
		if (event.key === 'Escape') {
			closeMenus();
			const found = document.getElementById('found');
			if (found)
				found.replaceChildren();
			if (location.hash === '#menu')
				location.hash = '';
			return false;
		}
		if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]'))
			return false;
		if (event.key === '/')
			return focusSearch();
		if (event.key === '?')
			return openDialog('shortcuts');
		if (event.key === 'g') {
			prefix = Date.now();
			return true;
		}
		if (Date.now() - prefix > 1500)
			return false;
		prefix = 0;
		const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
		if (link)
			location.assign(link.href);
		return Boolean(link);
	}
	document.addEventListener('keydown', (event) => {
		if (onKey(event))
			event.preventDefault();
	});

	// ---- when the page is there
	function start() {
		all('[data-needs-script]').forEach((e) => e.removeAttribute('hidden'));
		all('.flash-success').forEach(toast);
		const summary = document.querySelector('.form-errors');
		if (summary)
			summary.focus();
		all('dialog[data-open]').forEach((d) => openDialog(d.id));
	}

	document.addEventListener('htmx:responseError', (event) => toastText('error',
		event.detail.xhr.status === 401 ? 'You have been signed out. Sign in again to go on.'
			: 'That did not work. Reload the page and try again.'));
	document.addEventListener('htmx:sendError', () => toastText('error', 'No connection to the server. Try again in a moment.'));
	document.addEventListener('DOMContentLoaded', start);
})();
