#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All measurements, on the release build in build/ (BENCH_BUILD names another): docs/benchmarks.md
# says what they mean. Arguments pick scripts by part of their name.
set -euo pipefail
cd "$(dirname "$0")/.."
for path in bench/[0-9]*.sh; do
	case "$path" in *"${1:-}"*) "$path" ;; esac
done
