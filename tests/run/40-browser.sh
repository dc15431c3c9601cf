#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The walks of tests/e2e in Debian's chromium: prints "ok NAME" or "not ok NAME - reason" for each.
# Arguments are files of tests/e2e. BILLHOOK names the binary, BILLHOOK_SHOTS the folder of the screenshots.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BILLHOOK=${BILLHOOK:-$PWD/build-asan/billhook}
[ -x "$BILLHOOK" ] || { echo "not ok browser - $BILLHOOK is not built"; exit 1; }
[ -x /usr/bin/chromium ] || { echo "not ok browser - /usr/bin/chromium is not installed"; exit 1; }
[ -d node_modules/playwright-core ] || { echo "not ok browser - run npm ci"; exit 1; }
# Leaks are looked for by the unit tests; at the end of a server there is no time for it.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
files=("$@")
[ $# -gt 0 ] || files=(tests/e2e/*.test.mjs)
exec node --test --test-concurrency=2 --test-timeout=280000 --test-reporter=./tests/e2e/report.mjs "${files[@]}"
