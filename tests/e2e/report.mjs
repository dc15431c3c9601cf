// SPDX-License-Identifier: Apache-2.0
// A reporter of node:test: a line "ok NAME" or "not ok NAME - reason" for each test, as ./dev test counts them.
export default async function* report(source) {
	for await (const { type, data } of source) {
		if (type === 'test:pass' && data.details?.type !== 'suite')
			yield `ok ${data.name} (${(data.details.duration_ms / 1000).toFixed(1)} s)\n`;
		if (type === 'test:fail' && data.details?.type !== 'suite') {
			const error = data.details.error.cause ?? data.details.error;
			const text = String(error?.stack ?? error);
			yield `not ok ${data.name} - ${String(error?.message ?? error).split('\n')[0]}\n`;
			yield text.replace(/^/gm, '    ') + '\n';
		}
		if (type === 'test:stderr' || type === 'test:stdout')
			yield data.message.replace(/^(not )?ok/gm, ' $&');
	}
}
