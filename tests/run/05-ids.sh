#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every demand on billing has a test that carries its id: in the name of a function, a story or a process test.
set -euo pipefail
cd "$(dirname "$0")/../.."
names=$(grep -rhoE '(static void|def test_|^story) *.*' tests/unit tests/story --include='*.c' --include='*.py' --include='*.story')
bad=0
for row in INV:7 TAX:7 PRO:7 DATE:5 TZ:5 CUR:5 REF:5 PAY:9 LAW:3 SUS:8 PERF:5 CRON:7; do
	theme=${row%:*}
	for n in $(seq 1 "${row#*:}"); do
		if ! grep -qE "\b_?${theme}[-_]0$n(\b|_)|_${theme}[_]0$n(\b|_)" <<<"$names"; then
			echo "not ok $theme-0$n - no test is called so"
			bad=1
		fi
	done
done
for id in LAW-05 LAW-06; do
	grep -qE "${id%-*}[-_]${id#*-}" <<<"$names" || { echo "not ok $id - no test is called so"; bad=1; }
done
[ $bad = 0 ] && echo "ok every id has its test"
exit $bad
