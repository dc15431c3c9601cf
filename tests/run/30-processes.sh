#!/usr/bin/env bash
# The family of processes: starts quickly, comes back when killed, stops in order, refuses what does not fit.
# usage: tests/run/30-processes.sh [BINARY]    (else $BILLHOOK, else build/billhook)
set -euo pipefail
bin=$(realpath "${1:-${BILLHOOK:-build/billhook}}")
export LC_ALL=C
unset BILLHOOK_DB BILLHOOK_CONFIG BILLHOOK_SANDBOX_URL BILLHOOK_SANDBOX_SMTP || true
dir=$(mktemp -d /tmp/billhook-run.XXXXXX)
mkdir -m 700 "$dir/run"
export XDG_RUNTIME_DIR=$dir/run
pid=

fail() { echo "not ok $*"; tail -n 20 "$dir/err" >&2 || true; exit 1; }
ok() { echo "ok $*"; }
clean() { [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true; rm -rf "$dir"; }
trap clean EXIT

ms() { echo $(($(date +%s%N) / 1000000)); }
children() { cat "/proc/$1/task/$1/children" 2>/dev/null || true; }
count() { children "$1" | wc -w; }
# until SECONDS COMMAND…: waits for it to become true.
until_true() { local end=$(($(ms) + $1 * 1000)); shift; until "$@"; do [ "$(ms)" -lt "$end" ] || return 1; sleep 0.02; done; }
listens() { grep -q '^Billhook listens on ' "$dir/out"; }
answers() { curl -s -o /dev/null --max-time 5 "$url/health"; }
gone() { ! kill -0 "$1" 2>/dev/null; }
has() { [ "$(count "$pid")" = "$1" ]; }

start() { # start [OPTION…]
	began=$(ms)
	"$bin" serve --db "sqlite:$dir/t.db" --listen 127.0.0.1:0 "$@" >"$dir/out" 2>"$dir/err" &
	pid=$!
	until_true 20 listens || fail "it does not listen"
	url=$(sed -n 's/^Billhook listens on //p' "$dir/out")
}

# refused CODE WORDS COMMAND…: it must end with that code and say those words.
refused() {
	local want=$1 words=$2 code=0
	shift 2
	timeout 20 "$@" >"$dir/refused" 2>&1 || code=$?
	[ "$code" = "$want" ] || { cat "$dir/refused" >&2; fail "exit $code instead of $want: $*"; }
	grep -qF -- "$words" "$dir/refused" || { cat "$dir/refused" >&2; fail "it does not say \"$words\": $*"; }
	ok "refused: ${words/"$dir"\//}"
}

printf 'a-long-password\n' >"$dir/pw"
refused 1 'Run billhook init first' "$bin" serve --db "sqlite:$dir/t.db"
refused 2 'say which database' "$bin" serve
refused 2 'there is no such flag' "$bin" serve --db "sqlite:$dir/t.db" --nonsense
refused 2 'belong together' "$bin" init --db "sqlite:$dir/t.db" --admin-email a@example.com
refused 1 'does not exist' "$bin" init --db "sqlite:$dir/none/t.db"
"$bin" init --db "sqlite:$dir/t.db" --admin-email a@example.com --admin-password-file "$dir/pw" >/dev/null
"$bin" init --db "sqlite:$dir/t.db" --admin-email a@example.com --admin-password-file "$dir/pw" >/dev/null
ok "init twice"
[ "$(stat -c %a "$dir/t.db.key")" = 600 ] || fail "the key file is not 0600"
printf 'listen = 127.0.0.1:0\n\nwrokers = 3\n' >"$dir/conf"
refused 2 "$dir/conf:3: there is no setting \"wrokers\"" "$bin" serve --db "sqlite:$dir/t.db" --config "$dir/conf"
chmod 644 "$dir/t.db.key"
refused 1 'chmod 600' "$bin" serve --db "sqlite:$dir/t.db" --listen 127.0.0.1:0
chmod 600 "$dir/t.db.key"
"$bin" init --db "sqlite:$dir/other.db" >/dev/null
refused 1 'belongs to another database' "$bin" serve --db "sqlite:$dir/t.db" --listen 127.0.0.1:0 \
	--key-file "$dir/other.db.key"
refused 2 '--now needs --test-mode' "$bin" serve --db "sqlite:$dir/t.db" --listen 127.0.0.1:0 \
	--now 2027-01-01T00:00:00Z


# What is wrong in the database is found before anything is served.
cp "$dir/other.db" "$dir/zone.db"
cp -p "$dir/other.db.key" "$dir/zone.db.key"
python3 - "$dir/zone.db" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("INSERT INTO setting (name, value, changed_at) VALUES ('company.zone', 'Europe/Berlim', 0)")
db.commit()
PY
refused 1 'Europe/Berlin' "$bin" serve --db "sqlite:$dir/zone.db" --listen 127.0.0.1:0
cp "$dir/other.db" "$dir/newer.db"
python3 - "$dir/newer.db" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
table = [r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE name LIKE '%migration%'")][0]
columns = [r[1] for r in db.execute("PRAGMA table_info(%s)" % table)]
row = list(db.execute("SELECT * FROM %s" % table).fetchone())
row[0] = row[0].replace("0001", "9999") if isinstance(row[0], str) else 9999
row = [v.replace("0001", "9999") if isinstance(v, str) else v for v in row]
db.execute("INSERT INTO %s VALUES (%s)" % (table, ",".join("?" * len(columns))), row)
db.commit()
PY
refused 1 'migrate.newer' "$bin" serve --db "sqlite:$dir/newer.db" --listen 127.0.0.1:0

start
until_true 10 answers || fail "no answer"
took=$(($(ms) - began))
[ "$took" -lt 5000 ] || fail "the first answer took $took ms"
ok "first answer within 5 s # $took ms"
has 6 || fail "$(count "$pid") processes instead of 6"
folder=$(echo "$XDG_RUNTIME_DIR"/billhook.*)
[ "$(stat -c %a "$folder")" = 700 ] || fail "the runtime folder is not 0700"
refused 1 '127.0.0.1' "$bin" serve --db "sqlite:$dir/t.db" --listen "${url#http://}"

for child in $(children "$pid"); do
	kill -KILL "$child"
	answers || fail "no answer while a process was down"
	until_true 5 gone "$child" || fail "$child does not die"
	until_true 10 has 6 || fail "$child was not started again"
done
ok "each process comes back"
until_true 10 answers || fail "no answer after all were killed"
[ "$(grep -c 'process died' "$dir/err")" -ge 6 ] || fail "deaths are not in the log"

began=$(ms)
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
took=$(($(ms) - began))
[ "$code" = 0 ] || fail "exit $code after SIGTERM"
[ "$took" -lt 5000 ] || fail "stopping took $took ms"
[ ! -e "$folder" ] || fail "the runtime folder is left"
ok "graceful stop within 5 s # $took ms"

# One that hangs does not hold the others.
start
kids=$(children "$pid")
kill -STOP "$(echo "$kids" | awk '{print $5}')"
began=$(ms)
kill -INT "$pid"
code=0
wait "$pid" || code=$?
took=$(($(ms) - began))
[ "$code" = 0 ] || fail "exit $code with a hanging process"
[ "$took" -lt 6000 ] || fail "stopping took $took ms with a hanging process"
for child in $kids; do gone "$child" || fail "$child is left"; done
ok "stop within 6 s with a hanging process # $took ms"

# Nobody outlives the parent.
start
kids=$(children "$pid")
kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
for child in $kids; do until_true 3 gone "$child" || fail "$child outlives its parent"; done
rm -rf "$XDG_RUNTIME_DIR"/billhook.*
ok "children die with their parent"

# The test clock and --now.
start --test-mode --now 2027-03-04T05:06:07Z
until_true 10 answers || fail "no answer in test mode"
curl -s --max-time 10 -X POST -H 'Content-Type: application/json' -d '{"now":"2028-01-01T00:00:00Z"}' "$url/test/clock" |
	grep -q '2028-01-01T00:00:00Z' || fail "the clock is not set"
kill -TERM "$pid"
wait "$pid" || fail "exit $?"
ok "test clock"

if [ "$(id -u)" = 0 ] && id nobody >/dev/null 2>&1; then
	mkdir "$dir/theirs"
	chmod 755 "$dir"
	chmod 700 "$dir/theirs"
	chown nobody "$dir/theirs"
	env -u XDG_RUNTIME_DIR "$bin" init --db "sqlite:$dir/theirs/t.db" --user nobody >/dev/null
	[ "$(stat -c %U "$dir/theirs/t.db")" = nobody ] || fail "init --user does not give up root"
	refused 1 'give --user nobody' "$bin" serve --db "sqlite:$dir/theirs/t.db" --listen 127.0.0.1:0
	refused 1 'give --user nobody' "$bin" run --db "sqlite:$dir/theirs/t.db"
	env -u XDG_RUNTIME_DIR "$bin" serve --db "sqlite:$dir/theirs/t.db" --listen 127.0.0.1:0 --user nobody \
		>"$dir/out" 2>"$dir/err" &
	pid=$!
	until_true 20 listens || fail "serve --user does not listen"
	for child in $(children "$pid"); do
		[ "$(stat -c %U "/proc/$child")" = nobody ] || fail "$child is still root"
	done
	kill -TERM "$pid"
	wait "$pid" || fail "exit $?"
	ok "root gives up root or refuses"
fi
pid=
