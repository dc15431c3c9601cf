#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every fuzz target over its corpus: what once broke a parser of outside bytes stays mended.
set -euo pipefail
cd "$(dirname "$0")/../.."
./dev fuzz 0
