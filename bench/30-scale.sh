#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A large company: pages over 1.2 million invoices, 20,000 renewals beside visitors on both engines,
# the memory that takes, and whether adding clients stays linear (PERF-01 to PERF-04). Ten minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
export BENCH_BUILD=${BENCH_BUILD:-build}
ninja -C "$BENCH_BUILD" billhook >/dev/null
if [ "${1:-}" = renewals ]; then
	exec /usr/bin/python3 bench/scale.py renewals "${BILLHOOK_TEST_PG%/*}/scale"
fi
/usr/bin/python3 bench/scale.py pages
/usr/bin/python3 bench/scale.py renewals
BILLHOOK_PG_FSYNC=on tests/pg.sh "$0" renewals
/usr/bin/python3 bench/scale.py growth
