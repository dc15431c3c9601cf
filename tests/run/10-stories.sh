#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every story of tests/story on SQLite and PostgreSQL, then some again with rehearsed faults (STORY_TORTURE=N for more).
# A story's name begins with the ids of the acceptance themes it proves. Without BILLHOOK_TEST_PG it starts a cluster itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${BILLHOOK_TEST_PG:-}" ] || exec tests/pg.sh "$0" "$@"
story=${STORY:-$(dirname "${BILLHOOK:-build-asan/billhook}")/story}
[ -x "$story" ] || { echo "not ok stories - $story is not built"; exit 1; }
bad=0
"$story" --engine sqlite tests/story/*.story & sqlite=$!
"$story" --engine pg tests/story/*.story || bad=1
wait "$sqlite" || bad=1
"$story" --engine sqlite --torture "${STORY_TORTURE:-1}" --seconds "${STORY_SECONDS:-45}" \
	tests/story/{30-payments,40-panel,01-main,20-automation,60-law,10-billing}.story | grep -e '- torture' -e '^not ok' || bad=1
exit $bad
