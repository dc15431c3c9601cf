#!/usr/bin/env bash
# Makes assets/vendor from the pinned npm packages: one call does everything, and nothing when it is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

# What the result depends on: the pinned packages, the tools, and the words used in pages.
inputs=$(find package-lock.json tools/assets.* assets/app.css assets/app.js templates src/web \
	-type f | LC_ALL=C sort | xargs sha256sum | sha256sum)
stamp=node_modules/.billhook-assets

if [ -d assets/vendor ] && [ "$(cat "$stamp" 2>/dev/null)" = "$inputs" ]; then
	exit 0
fi
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	npm ci --no-audit --no-fund --loglevel=error
	touch node_modules/.package-lock.json
fi
node tools/assets.mjs
printf '%s\n' "$inputs" > "$stamp"
