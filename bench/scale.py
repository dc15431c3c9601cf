# SPDX-License-Identifier: Apache-2.0
"""Measures a large company; what it prints is explained in docs/benchmarks.md. Called by 30-scale.sh."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

BIN = os.path.join(os.environ.get("BENCH_BUILD", "build"), "billhook")
LETTERLESS = ["--only", "billing"]


def run(*args):
    started = time.monotonic()
    subprocess.run([BIN, *args], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """billhook serve, and one signed-in visitor of either area."""

    def __init__(self, db, *more):
        self.port = free_port()
        self.p = subprocess.Popen([BIN, "serve", "--db", db, "--listen", "127.0.0.1:%d" % self.port, *more],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(400):
            with contextlib.suppress(OSError):
                self.get("/login")
                return
            time.sleep(0.05)
        raise SystemExit("it does not answer")

    def ask(self, method, path, body=None, headers=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        c.request(method, path, body, headers or {})
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read().decode("utf-8", "replace"), r.msg.get_all("Set-Cookie") or []

    def get(self, path, cookie=""):
        return self.ask("GET", path, None, {"Cookie": cookie} if cookie else {})

    def sign_in(self, page, email):
        _, _, text, cookies = self.get(page)
        jar = "; ".join(c.split(";")[0] for c in cookies)
        csrf = re.search(r'name="csrf" value="([^"]*)', text).group(1)
        form = urllib.parse.urlencode({"csrf": csrf, "email": email, "password": "demo-password"})
        _, _, _, cookies = self.ask("POST", page, form, {"Cookie": jar, "Content-Type": "application/x-www-form-urlencoded"})
        return "; ".join(c.split(";")[0] for c in cookies if "=;" not in c)

    def rss_mb(self):
        """The largest resident size in the family."""
        most = 0
        kids = open("/proc/%d/task/%d/children" % (self.p.pid, self.p.pid)).read().split()
        for pid in [self.p.pid, *map(int, kids)]:
            with contextlib.suppress(OSError):
                for line in open("/proc/%d/status" % pid):
                    if line.startswith("VmRSS"):
                        most = max(most, int(line.split()[1]) // 1024)
        return most

    def stop(self):
        self.p.terminate()
        self.p.wait()


def p95(times):
    return sorted(times)[max(0, int(len(times) * 0.95) - 1)] * 1000


# ---- pages over many rows (PERF-01), an export of them (PERF-03) ----

COPIES = {"invoice": 10, "invoice_item": 10, "transfer": 10, "event": 25}


def multiply(path):
    """Ten times the invoices of one real run, nine tenths of them paid; straight into the file."""
    c = sqlite3.connect(path, isolation_level=None)
    c.execute("PRAGMA synchronous = OFF")
    c.execute("PRAGMA cache_size = -300000")
    c.execute("BEGIN")
    c.execute("DELETE FROM job")
    top = {t: c.execute("SELECT MAX(id) FROM " + t).fetchone()[0] for t in COPIES}
    for table, copies in COPIES.items():
        columns = [r[1] for r in c.execute("PRAGMA table_info(%s)" % table)]
        for k in range(1, copies):
            new = {"id": "id + %d" % (k * top[table]), "invoice_id": "invoice_id + %d" % (k * top["invoice"]),
                   "cause": "cause || '#%d'" % k, "key": "key || '#%d'" % k, "series": "series || '#%d'" % k,
                   "number": "number || '-%d'" % k, "token": "token || '%d'" % k, "live": "0"}
            if table == "event":
                new = {"id": new["id"]}
            c.execute("INSERT INTO %s (%s) SELECT %s FROM %s WHERE id <= ?" % (
                table, ", ".join(columns), ", ".join(new.get(x, x) for x in columns), table), (top[table],))
    c.execute("UPDATE invoice SET state = 'paid', balance_minor = 0, paid_at = created_at WHERE id % 10 <> 0")
    c.execute("COMMIT")
    rows = [(c.execute("SELECT COUNT(*) FROM " + t).fetchone()[0], t) for t in ("client", "service", "invoice", "event")]
    print("PERF-01 rows: " + ", ".join("%d %ss" % r for r in rows), flush=True)


STAFF = ["/admin/clients", "/admin/clients?q=last99", "/admin/clients?after=100", "/admin/services",
         "/admin/services?state=suspended", "/admin/services?after=100", "/admin/invoices", "/admin/invoices?state=overdue",
         "/admin/invoices?state=unpaid", "/admin/invoices?after=100", "/admin/invoices?q=INV-2026-3", "/admin/payments",
         "/admin/orders", "/admin/letters", "/admin/jobs", "/admin/events", "/admin/events?after=1000", "/admin/clients/40000",
         "/admin/services/40000", "/admin/invoices/1000000", "/admin"]
CLIENT = ["/client", "/client/invoices", "/client/services", "/client/orders"]


def pages(home):
    path = home + "/pages.db"
    db = "sqlite:" + path
    run("demo", "--db", db, "--clients", "120000")
    billing = subprocess.Popen([BIN, "run", "--db", db, *LETTERLESS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    reader = sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=60)
    while billing.poll() is None and reader.execute("SELECT COUNT(*) FROM invoice").fetchone()[0] < 120000:
        time.sleep(0.5)
    billing.terminate()  # the letters are nobody's concern here
    billing.wait()
    reader.close()
    # In a process of its own: a child of a large process would count as large itself.
    subprocess.run([sys.executable, __file__, "multiply", path], check=True)
    s = Server(db, "--workers", "1", "--jobs", "0")
    jars = [(STAFF, s.sign_in("/admin/login", "admin@example.com"), 300), (CLIENT, s.sign_in("/login", "jane@example.net"), 150)]
    for paths, jar, limit in jars:
        for page in paths:
            times = []
            for _ in range(20):
                started = time.monotonic()
                status = s.get(page, jar)[0]
                times.append(time.monotonic() - started)
                if status != 200:
                    raise SystemExit("%s: %d" % (page, status))
            worst = p95(times)
            print("PERF-01 %-36s p95 %7.1f ms, first %7.1f ms%s" % (
                page, worst, times[0] * 1000, "" if worst < limit else "  MISSED, at most %d" % limit))
    print("PERF-03 web process after them: %d MB" % s.rss_mb())
    s.stop()
    started = time.monotonic()
    books = subprocess.Popen([BIN, "books", "--db", db, "--format", "csv"], stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(books.pid, 0)
    print("PERF-03 ledger of all documents as CSV: %.1f s with %d MB" % (time.monotonic() - started, usage.ru_maxrss // 1024))


# ---- renewals beside visitors (PERF-02, PERF-03) ----


def visitor(server, jar, until, out):
    """20 requests a second on average, each waiting for its answer."""
    while not until.is_set():
        started = time.monotonic()
        try:
            status = server.get(CLIENT[len(out) % 2], jar)[0]
        except OSError as e:
            status = str(e)
        out.append((time.monotonic() - started, status))
        time.sleep(max(0, 0.2 - (time.monotonic() - started)))


def renewals(home, pg=None):
    db = pg or "sqlite:%s/renewals.db" % home
    key = home + "/key"
    if pg:
        subprocess.run(["psql", "-q", os.environ["BILLHOOK_TEST_PG"], "-c", "CREATE DATABASE scale TEMPLATE template0 LOCALE 'C'"],
                       check=True, stderr=subprocess.DEVNULL)
    run("demo", "--db", db, "--key-file", key, "--clients", "20000")
    s = Server(db, "--key-file", key, "--workers", "2", "--jobs", "0")
    jar, until, out = s.sign_in("/login", "jane@example.net"), threading.Event(), []
    visitors = [threading.Thread(target=visitor, args=(s, jar, until, out)) for _ in range(4)]
    for v in visitors:
        v.start()
    took = run("run", "--db", db, "--key-file", key, "--dry-run", *LETTERLESS)
    started, most = time.monotonic(), 0
    billing = subprocess.Popen([BIN, "run", "--db", db, "--key-file", key, *LETTERLESS], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    made = 0.0
    while billing.poll() is None:
        most = max(most, s.rss_mb())
        if made == 0 and made_all(s, jar, db):
            made = time.monotonic() - started
            break
        time.sleep(0.25)
    time.sleep(10)  # letters are being written, visitors go on
    most = max(most, s.rss_mb())
    billing.terminate()
    billing.wait()
    until.set()
    for v in visitors:
        v.join()
    s.stop()
    bad = [x for _, x in out if x != 200]
    print("PERF-02 %s: 20,000 renewals in %.1f s (dry run %.1f s); beside it %d pages, p95 %.0f ms, %d not answered with 200" % (
        "PostgreSQL" if pg else "SQLite", made, took, len(out), p95([t for t, _ in out]), len(bad)))
    print("PERF-03 %s: largest process of the server %d MB" % ("PostgreSQL" if pg else "SQLite", most))


def made_all(server, jar, db):
    if db.startswith("sqlite:"):
        with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % db[7:], uri=True, timeout=30)) as c:
            return c.execute("SELECT COUNT(*) FROM invoice").fetchone()[0] >= 20000
    n = subprocess.run(["psql", "-qAt", db, "-c", "SELECT COUNT(*) FROM invoice"], capture_output=True, text=True, check=True)
    return int(n.stdout) >= 20000


# ---- adding clients (PERF-04) ----


def growth(home):
    db = "sqlite:%s/growth.db" % home
    run("demo", "--db", db)
    first = run("demo", "--db", db, "--clients", "10000")
    run("demo", "--db", db, "--clients", "80000")
    last = run("demo", "--db", db, "--clients", "10000")
    print("PERF-04 first 10,000 of 100,000 clients %.2f s, last %.2f s: %.2f times" % (first, last, last / first))


if __name__ == "__main__":
    if sys.argv[1] == "multiply":
        sys.exit(multiply(sys.argv[2]))
    place = tempfile.mkdtemp(prefix="billhook-bench.", dir=os.environ.get("BENCH_FOLDER", "/var/tmp"))
    try:
        {"pages": pages, "renewals": renewals, "growth": growth}[sys.argv[1]](place, *sys.argv[2:])
    finally:
        shutil.rmtree(place, ignore_errors=True)
