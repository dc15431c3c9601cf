#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The ledger as plain-text accounting: Debian's hledger checks the journal strictly and its balances are those of our trial
# balance; beancount text and CSV say the same; the forecast of a day equals the dry run of that day.
# usage: tests/run/50-books.sh [BINARY]
set -euo pipefail
bin=$(realpath "${1:-${BILLHOOK:-build/billhook}}")
export LC_ALL=C.UTF-8 ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
unset BILLHOOK_DB BILLHOOK_CONFIG BILLHOOK_SANDBOX_URL BILLHOOK_SANDBOX_SMTP || true
dir=$(mktemp -d /tmp/billhook-books.XXXXXX)
trap 'rm -rf "$dir"' EXIT
mkdir -m 700 "$dir/run"
export XDG_RUNTIME_DIR=$dir/run

fail() { echo "FAIL: $*" >&2; exit 1; }
ok() { echo "ok    $*"; }
command -v hledger >/dev/null || fail "hledger is missing: apt-get install hledger"

db=sqlite:$dir/t.db
now=(--now 2027-02-10T10:00:00Z)
tomorrow=2027-02-11
printf 'a-long-password\n' >"$dir/pw"
"$bin" init --db "$db" "${now[@]}" --admin-email a@example.com --admin-password-file "$dir/pw" >/dev/null
"$bin" demo --db "$db" "${now[@]}" >/dev/null

"$bin" books --db "$db" "${now[@]}" --format hledger >"$dir/books.journal"
grep -q '^account assets:receivable:client:' "$dir/books.journal" || fail "no accounts in the journal"
hledger -f "$dir/books.journal" check --strict || fail "hledger check --strict"
ok "hledger check --strict: $(grep -c '^[0-9-]* (T' "$dir/books.journal") entries"

# Our words and hledger's accounts, the client level summed up.
"$bin" report trial --db "$db" "${now[@]}" --json |
	python3 -c '
import json, sys
names = {"receivable": "assets:receivable", "credit": "liabilities:credit", "revenue": "income:revenue",
	"tax": "liabilities:tax", "write_off": "expenses:write-off"}
tree = json.load(sys.stdin)
for row in tree["tables"][0]["rows"]:
	word = row["account"]
	name = "assets:cash:" + word[5:] if word.startswith("cash:") else names.get(word, "expenses:" + word)
	minor = row["balance_minor"]
	if minor:
		print(name, "%s%d.%02d" % ("-" if minor < 0 else "", abs(minor) // 100, abs(minor) % 100), row["currency"])
' | sort >"$dir/ours"
# account,commodity,balance, one line for each commodity
balances() { hledger -f "$dir/books.journal" balance --flat -N -O csv --layout=bare "$@" | tail -n +2 | tr -d '"'; }
{ balances --depth 2 ^assets:receivable ^liabilities ^income; balances ^assets:cash ^expenses ^equity; } |
	awk -F, '$3 + 0 != 0 { print $1, $3, $2 }' | sort >"$dir/theirs"
[ -s "$dir/ours" ] || fail "the trial balance is empty"
diff "$dir/ours" "$dir/theirs" || fail "hledger's balances differ from the trial balance"
ok "$(wc -l <"$dir/ours") balances agree with the trial balance"

hledger -f "$dir/books.journal" balance --flat liabilities:tax | grep -q '%' || fail "tax is not told by rate"
ok "tax by rate"

# Beancount: every posting's account is opened, every entry sums to nothing.
"$bin" books --db "$db" "${now[@]}" --format beancount >"$dir/books.beancount"
python3 - "$dir/books.beancount" <<'PY' || fail "beancount text"
import re, sys
from collections import Counter
from decimal import Decimal
opened, sums, entries = set(), Counter(), 0
def closed():
	assert not any(sums.values()), sums
	sums.clear()
for line in open(sys.argv[1], encoding="utf-8"):
	m = re.match(r"1970-01-01 open (\S+)$", line)
	if m:
		assert m[1] not in opened, "opened twice: " + m[1]
		assert all(re.match(r"[A-Z0-9][A-Za-z0-9-]*$", p) for p in m[1].split(":")), m[1]
		assert m[1].split(":")[0] in ("Assets", "Liabilities", "Income", "Expenses", "Equity"), m[1]
		opened.add(m[1])
	elif re.match(r"\d{4}-\d\d-\d\d \* ", line):
		closed()
		entries += 1
	elif re.match(r"  [A-Z]", line):
		account, amount, currency = line.split()
		assert account in opened, account
		sums[currency] += Decimal(amount)
closed()
assert entries > 0
PY
ok "beancount text balances and opens its accounts"

"$bin" books --db "$db" "${now[@]}" --format csv >"$dir/books.csv"
python3 - "$dir/books.csv" <<'PY' || fail "CSV"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")))
assert rows and all(r["debit"] and r["credit"] and float(r["amount"]) for r in rows)
PY
ok "CSV"

for report in income vat ageing mrr deferred credit trial; do
	"$bin" report "$report" --db "$db" "${now[@]}" | grep -q ',' || fail "report $report"
done
ok "every report prints"

# What the forecast says for a day is what the dry run of that day names.
"$bin" run --db "$db" "${now[@]}" --only cancel,changes,billing,overdue,dunning >/dev/null 2>"$dir/err" || true
"$bin" forecast --db "$db" "${now[@]}" --until "$tomorrow" --json >"$dir/forecast"
"$bin" run --db "$db" --now "${tomorrow}T12:00:00Z" --dry-run --json >"$dir/dry"
python3 - "$dir/forecast" "$dir/dry" <<'PY' || fail "the forecast and the dry run differ"
import json, sys
forecast, dry = (json.load(open(p)) for p in sys.argv[1:])
key = lambda i: (i["what"], i["subject"], i["subject_id"], i.get("amount_minor", 0))
day = forecast["days"][-1]
foretold = {key(i) for i in day["items"]}
named = {key(i) for t in dry["tasks"] for i in t["items"]}
missing = named - foretold
assert not missing, missing
# Reminders for invoices that only tomorrow's run makes are foretold beside them.
extra = {k for k in foretold - named if not (k[0] == "remind" and k[1] == "service") and k[0] != "cancel"}
assert not extra, extra
assert day["unpaid"]["invoices"] == sum(k[0] == "invoice" for k in named)
PY
ok "the forecast of tomorrow is the dry run of tomorrow"
code=0
"$bin" forecast --db "$db" "${now[@]}" --until 2001-01-01 >/dev/null 2>&1 || code=$?
[ "$code" = 1 ] || fail "a day in the past: exit $code"
code=0
"$bin" forecast --db "$db" "${now[@]}" --until soon >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || fail "no day: exit $code"
ok "bad days are refused"
