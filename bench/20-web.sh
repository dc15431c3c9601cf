#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Pages of a signed-in client at 1, 8 and 32 connections beside a bare libmicrohttpd answer of the
# same size, one process each; then memory, and the time from start to first answer. Two minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${BENCH_BUILD:-build}
seconds=${BENCH_SECONDS:-5}
command -v wrk >/dev/null || { echo "bench/20-web.sh: wrk is missing (tools/packages.txt)" >&2; exit 1; }
ninja -C "$build" billhook bench_bare >/dev/null
bin=$build/billhook
home=$(mktemp -d "${BENCH_FOLDER:-/var/tmp}/billhook-bench.XXXXXX")
db=sqlite:$home/billhook.db

pids=()
stop() {
	trap - EXIT
	for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || :; done
	for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || :; done
	rm -rf "$home"
}
trap stop EXIT
trap 'exit 1' INT TERM

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
wait_for() { for _ in $(seq 2000); do ! curl -s -o /dev/null "$1" || return 0; sleep 0.005; done; echo "nothing answers at $1" >&2; exit 1; }
ms() { echo $(($(date +%s%N) / 1000000)); }
token() { "$bin" token create --db "$db" --staff admin@example.com --days 1; }
api() { # METHOD PATH BODY
	curl -sf -X "$1" -H "Authorization: Bearer $token" -H "Content-Type: application/json" \
		-H "Idempotency-Key: $RANDOM$RANDOM$RANDOM" -d "$3" "$url/api/v1$2"
}
id_of() { python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'; }

# Jane gets a full page of invoices.
fill() {
	local id
	token=$(token)
	for _ in $(seq 50); do
		id=$(api POST /invoices '{"client_id":1,"items":[{"description":"Work","quantity":1,"unit_minor":1000}]}' | id_of)
		api POST "/invoices/$id/issue" '{}' >/dev/null
	done
}

sign_in() {
	local csrf
	csrf=$(curl -s -c "$home/jar" "$url/login" | grep -oP 'name="csrf" value="\K[^"]*' | head -n 1)
	curl -s -o /dev/null -b "$home/jar" -c "$home/jar" --data-urlencode "csrf=$csrf" \
		--data-urlencode email=jane@example.net --data-urlencode password=demo-password "$url/login"
	awk '$6 == "bh_s" { print "bh_s=" $7 }' "$home/jar"
}

# load CONNECTIONS URL: requests a second, and the 99th percentile in ms
load() {
	wrk -t1 -c"$1" -d"${seconds}s" --latency -H "Cookie: $cookie" "$2" | awk '
		$1 == "99%" { v = $2; unit = v; gsub(/[0-9.]/, "", unit); p = v + 0
			if (unit == "us") p /= 1000; if (unit == "s") p *= 1000 }
		/^Requests\/sec/ { r = $2 }
		/Non-2xx|Socket errors/ { print "bench/20-web.sh: " $0 > "/dev/stderr"; bad = 1 }
		END { print r, p; exit bad }'
}

page() { # PATH
	local size bare_pid bare_port n r p br bp
	size=$(curl -s -H "Cookie: $cookie" "$url$1" | wc -c)
	bare_port=$(port)
	"$build/bench_bare" "$bare_port" "$size" & bare_pid=$!
	pids+=("$bare_pid")
	wait_for "http://127.0.0.1:$bare_port/"
	for n in 1 8 32; do
		load "$n" "$url$1" >"$home/ours"
		load "$n" "http://127.0.0.1:$bare_port/" >"$home/bare"
		read -r r p <"$home/ours"
		read -r br bp <"$home/bare"
		awk -v path="$1" -v size="$size" -v n="$n" -v r="$r" -v p="$p" -v br="$br" -v bp="$bp" 'BEGIN {
			printf "%-17s %6d bytes %3d connections: %7.0f/s p99 %6.2f ms, bare %7.0f/s p99 %6.2f ms, ratio %.3f, p99 x %.1f\n",
				path, size, n, r, p, br, bp, r / br, p / bp }'
	done
	kill "$bare_pid"
	wait "$bare_pid" 2>/dev/null || :
}

# rss PID, in KiB; pss of several, in KiB: what is shared is counted once
rss() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$1/status"; }
pss() { for pid in "$@"; do cat "/proc/$pid/smaps_rollup"; done | awk '$1 == "Pss:" { sum += $2 } END { print sum }'; }
# The web processes, by what they say of themselves once each has answered something.
webs() { grep -oP 'process=web/\d+ pid=\K\d+' "$home/serve.log" | sort -un; }
memory() { # WHEN
	local pid all
	mapfile -t all < <(echo "$server"; pgrep -P "$server")
	for pid in $(webs); do
		echo "memory $1: web process $(($(rss "$pid") / 1024)) MB resident"
	done
	echo "memory $1: ${#all[@]} processes, $(($(pss "${all[@]}") / 1024)) MB together (PSS: what they share counts once)," \
		"$(for pid in "${all[@]}"; do rss "$pid"; done | awk '{ sum += $1 } END { print int(sum / 1024) }') MB as a sum of RSS"
}

echo "web: one web process, one wrk thread, keep-alive, no compression"
"$bin" demo --db "$db" --clients 1000 >/dev/null
url=http://127.0.0.1:$(port)
"$bin" serve --db "$db" --listen "${url#http://}" --workers 1 --jobs 0 >"$home/serve.log" 2>&1 & server=$!
pids+=("$server")
wait_for "$url/login"
fill
cookie=$(sign_in)
page /client/invoices
page /client
kill "$server"
wait "$server" || :
server=

# The whole family as it is by default, beside a sandbox, so that its links and jobs have somebody to talk to.
sandbox=127.0.0.1:$(port)
"$bin" sandbox --listen "$sandbox" --smtp "127.0.0.1:$(port)" --secret bench >"$home/sandbox.log" 2>&1 & pids+=("$!")
for _ in 1 2 3 4 5; do
	[ -z "${server:-}" ] || { kill "$server"; wait "$server" || :; }
	started=$(ms)
	"$bin" serve --db "$db" --listen "${url#http://}" >"$home/serve.log" 2>&1 & server=$!
	pids+=("$server")
	wait_for "$url/login"
	echo $(($(ms) - started)) >>"$home/starts"
done
echo "start to first answer: $(sort -n "$home/starts" | sed -n 3p) ms, the middle of five (of it up to 15 ms of looking)"
sleep 3 # the queue of the demo company is worked off
for _ in $(seq 20); do curl -s -o /dev/null "$url/login"; done
memory "at rest"
cookie=$(sign_in)
for _ in $(seq 500); do
	curl -s -H "Cookie: $cookie" "$url/client/invoices" "$url/client" >"$home/pages" # two requests each
done
memory "after 1,000 pages"
