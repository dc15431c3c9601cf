#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tidy over a small tree of offences: what it says must be expected.txt, no more and no less.
# usage: tests/tidy/run.sh PATH/TO/tidy
set -eu
here=$(dirname "$0")
got=$("$1" "$here/root" 2>&1) && { echo "tidy let the offences pass"; exit 1; }
printf '%s\n' "$got" | diff "$here/expected.txt" - || { echo "not ok tidy - it says something else"; exit 1; }
