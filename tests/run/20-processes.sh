#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What only real processes can prove, on both engines: tests/story/test_processes.py. STORY_SEED=N chooses the moments of the crashes.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${BILLHOOK_TEST_PG:-}" ] || exec tests/pg.sh "$0" "$@"
exec /usr/bin/python3 tests/tap.py tests/story/test_processes.py
