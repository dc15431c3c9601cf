#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The billing run on both engines, with the disk waited for: its rate as a share of writing the same
# rows with nothing but the engine, and what an invoice costs as the database grows. About six minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BENCH_BUILD:-build}

# all URL-OF-A-NEW-DATABASE-BY-NUMBER…: the six measurements of one engine
all() {
	"$build/bench_billing" "$1" 100000 100000 3
	"$build/bench_billing" "$2" 1000 1000 5
	"$build/bench_billing" "$3" 10000 1000 5
	"$build/bench_billing" "$4" 100000 1000 5
	"$build/bench_billing" "$5" 1000000 1000 5
	"$build/bench_billing" "$6" 100000 100000 3 rich
}

if [ "${1:-}" = on-postgresql ]; then
	at=${BILLHOOK_TEST_PG%/*}
	for n in 1 2 3 4 5 6; do
		psql -q "$BILLHOOK_TEST_PG" -c "CREATE DATABASE bench$n"
	done
	all "$at/bench1" "$at/bench2" "$at/bench3" "$at/bench4" "$at/bench5" "$at/bench6" 2> >(grep -v NOTICE >&2)
	exit
fi

ninja -C "$build" bench_billing >/dev/null
home=$(mktemp -d "${BENCH_FOLDER:-/var/tmp}/billhook-bench.XXXXXX") # not /tmp, which may be memory
trap 'rm -rf "$home"' EXIT
all "sqlite:$home/1" "sqlite:$home/2" "sqlite:$home/3" "sqlite:$home/4" "sqlite:$home/5" "sqlite:$home/6"
BILLHOOK_PG_FSYNC=on tests/pg.sh "$0" on-postgresql
