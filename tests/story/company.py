# SPDX-License-Identifier: Apache-2.0
"""A company in real processes for tests: its database, its sandbox, its serving family, its API. Standard library only."""

import contextlib
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

BIN = os.path.realpath(os.environ.get("BILLHOOK", "build-asan/billhook"))
PG = os.environ.get("BILLHOOK_TEST_PG", "")
SECRET = "processes-secret"
START = "2027-01-01T10:00:00Z"
ENV = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:abort_on_error=1", LC_ALL="C")
for name in ("BILLHOOK_DB", "BILLHOOK_CONFIG", "XDG_RUNTIME_DIR"):
    ENV.pop(name, None)


def call(port, method, path, body=None, headers=None, timeout=60):
    """(status, headers, text)"""
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        data = None if body is None else body if isinstance(body, (str, bytes)) else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        c.request(method, path, data, {**kind, **(headers or {})})
        r = c.getresponse()
        return r.status, dict(r.getheaders()), r.read().decode()
    finally:
        c.close()


def at_once(n, fn):
    """fn(i) in n threads that start together; the results in order, exceptions as values."""
    gate, results = threading.Barrier(n), [None] * n

    def one(i):
        gate.wait()
        try:
            results[i] = fn(i)
        except Exception as e:  # noqa: BLE001 - the test judges it
            results[i] = e

    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


class Company:
    def __init__(self, engine):
        self.engine = engine
        # In memory where there is one: processes are killed here, not the machine, and disks are slow.
        shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.dir = tempfile.mkdtemp(prefix="billhook-story.", dir=shm)
        self.procs = []
        self.env = dict(ENV)
        self.port = None
        self.pg_name = None
        if engine == "sqlite":
            self.db = "sqlite:%s/t.db" % self.dir
        else:
            self.pg_name = "story_%d_%s" % (os.getpid(), os.path.basename(self.dir)[-6:].lower().replace(".", "x"))
            self.psql(PG, 'CREATE DATABASE "%s" TEMPLATE template0 ENCODING \'UTF8\' LOCALE \'C\'' % self.pg_name)
            self.db = PG[: PG.rindex("/") + 1] + self.pg_name
        self.key_file = self.dir + "/t.key"
        self.keys = 0

    # ---- processes ----

    def spawn(self, *args, **more):
        log = open(self.dir + "/log", "ab")
        p = subprocess.Popen([BIN, *args], stdout=more.pop("stdout", subprocess.PIPE), stderr=log, env=self.env,
                             start_new_session=True, text=True, **more)
        self.procs.append(p)
        return p

    def cli(self, *args, check=True):
        r = subprocess.run([BIN, *args], capture_output=True, env=ENV, text=True, timeout=300)
        if check and r.returncode != 0:
            raise AssertionError("%s: exit %d: %s%s" % (" ".join(args), r.returncode, r.stdout[-800:], r.stderr[-800:]))
        return r

    @property
    def where(self):
        return ["--db", self.db, "--key-file", self.key_file, "--log-level", "error"]

    def open(self, sandbox=True):
        with open(self.dir + "/pw", "w") as f:
            f.write("a-long-enough-password\n")
        args = []
        if sandbox:
            p = self.spawn("sandbox", "--listen", "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--secret", SECRET)
            self.box = int(re.search(r"port (\d+)", p.stdout.readline()).group(1))
            self.smtp = int(re.search(r"port (\d+)", p.stdout.readline()).group(1))
            args = ["--sandbox-url", "http://127.0.0.1:%d" % self.box, "--sandbox-secret", SECRET,
                    "--sandbox-smtp", "127.0.0.1:%d" % self.smtp]
        self.cli("init", *self.where, "--admin-email", "o@example.com", "--admin-password-file", self.dir + "/pw", *args)
        text = self.cli("token", "create", *self.where, "--staff", "o@example.com", "--scope", "*", "--now", START,
                        "--days", "3650").stdout
        self.token = re.search(r"bh_\S+", text).group(0)
        return self

    def serve(self, *more, now=START):
        self.family = self.spawn("serve", *self.where, "--listen", "127.0.0.1:0", "--test-mode", "--now", now, *more)
        line = self.family.stdout.readline()
        self.port = int(re.search(r":(\d+)\s*$", line).group(1))
        for _ in range(200):
            with contextlib.suppress(OSError):
                if call(self.port, "GET", "/health")[0] in (200, 503):
                    return self
            time.sleep(0.05)
        raise AssertionError("it does not answer")

    def kill(self, p=None):
        """SIGKILL for a process and all it started."""
        p = p or self.family
        with contextlib.suppress(ProcessLookupError):
            os.killpg(p.pid, signal.SIGKILL)
        p.wait()

    def stop(self, p=None):
        p = p or self.family
        p.send_signal(signal.SIGTERM)
        return p.wait(timeout=20)

    def close(self):
        for p in self.procs:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(p.pid, signal.SIGKILL)
            p.wait()
            if p.stdout:
                p.stdout.close()
        if self.pg_name:
            for name in (self.pg_name, self.pg_name + "_kept"):
                self.psql(PG, 'DROP DATABASE IF EXISTS "%s" WITH (FORCE)' % name)
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- data ----

    @staticmethod
    def psql(url, sql):
        r = subprocess.run(["psql", "-AtX", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql], capture_output=True, text=True)
        if r.returncode != 0:
            raise AssertionError(r.stderr)
        return [line.split("|") for line in r.stdout.splitlines()]

    def rows(self, sql):
        if self.engine == "pg":
            return self.psql(self.db, sql)
        with contextlib.closing(sqlite3.connect(self.dir + "/t.db", timeout=30)) as c:
            return [[str(v) for v in row] for row in c.execute(sql)]

    def write(self, sql):
        if self.engine == "pg":
            self.psql(self.db, sql)
            return
        with contextlib.closing(sqlite3.connect(self.dir + "/t.db", timeout=30)) as c:
            c.execute(sql)
            c.commit()

    def number(self, sql):
        return int(self.rows(sql)[0][0])

    def copy(self):
        """The database as it is now, for restore()."""
        if self.engine == "pg":
            self.psql(PG, 'CREATE DATABASE "%s_kept" TEMPLATE "%s"' % (self.pg_name, self.pg_name))
            return
        with contextlib.closing(sqlite3.connect(self.dir + "/t.db")) as c, \
                contextlib.closing(sqlite3.connect(self.dir + "/kept.db")) as d:
            c.backup(d)

    def restore(self):
        if self.engine == "pg":
            self.psql(PG, 'DROP DATABASE "%s" WITH (FORCE)' % self.pg_name)
            self.psql(PG, 'CREATE DATABASE "%s" TEMPLATE "%s_kept"' % (self.pg_name, self.pg_name))
            return
        for end in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.dir + "/t.db" + end)
        shutil.copy(self.dir + "/kept.db", self.dir + "/t.db")

    def audit(self):
        r = self.cli("audit", *self.where, check=False)
        return "" if r.returncode == 0 else r.stdout[-800:] + r.stderr[-400:]

    def run(self, *more, now=START, check=False):
        return self.cli("run", *self.where, "--now", now, "--json", *more, check=check)

    # ---- API ----

    def api(self, method, path, body=None, key=None, want=None):
        if method == "POST" and key is None:
            self.keys += 1
            key = "k-%d-%d" % (os.getpid(), self.keys)
        headers = {"Authorization": "Bearer " + self.token, "Accept": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        status, _, text = call(self.port, method, "/api/v1" + path, body, headers)
        if want is not None and status != want:
            raise AssertionError("%s %s: %d, not %d: %s" % (method, path, status, want, text[:400]))
        return (status, json.loads(text)) if want is None else json.loads(text)

    def clock(self, now):
        assert call(self.port, "POST", "/test/clock", {"now": now})[0] == 200

    def test_run(self, *only):
        status, _, text = call(self.port, "POST", "/test/run", {"only": list(only)} if only else {}, timeout=300)
        assert status == 200, text
        return json.loads(text)

    def client(self, name="anna"):
        return self.api("POST", "/clients", {
            "email": name + "@example.com", "first_name": name, "last_name": "Example", "address": "1 Road", "city": "Town",
            "postcode": "1", "country": "DE", "currency": "EUR", "password": "correct horse battery"}, want=201)["id"]

    def plan(self, key="web", panel="sandbox", minor=1000):
        return self.api("POST", "/plans", {
            "key": key, "name": key, "panel": panel, "package": "small", "needs_domain": bool(panel),
            "prices": [{"cycle": "1m", "currency": "EUR", "price_minor": minor}]}, want=201)

    def order(self, client_id, items):
        return self.api("POST", "/orders", {"client_id": client_id, "items": items}, want=201)

    def draft(self, client_id, minor=1000):
        return self.api("POST", "/invoices", {"client_id": client_id, "currency": "EUR", "items": [
            {"description": "Work", "quantity": 1, "unit_minor": minor}]}, want=201)["id"]

    def pay(self, invoice, minor, reference):
        return self.api("POST", "/invoices/%d/payments" % invoice, {
            "gateway": "bank", "amount_minor": minor, "currency": "EUR", "reference": reference})

    def mass(self, services):
        """A client with so many services without a panel, all paid, all due on 2027-02-01."""
        client = self.client("mass")
        self.plan("bare", panel="")
        for _ in range(services // 50):
            o = self.order(client, [{"plan": "bare", "cycle": "1m", "quantity": 1}] * 50)
            status, _ = self.pay(o["invoice_id"], 50 * 1000, "r%d" % o["id"])
            assert status == 201
        self.test_run()
        assert self.number("SELECT COUNT(*) FROM service WHERE state = 'active'") == services
        return client


def signature(body, at=None):
    t = str(int(at or time.time()))
    sent = body if isinstance(body, bytes) else body.encode()
    return "t=%s,v1=%s" % (t, hmac.new(SECRET.encode(), t.encode() + b"." + sent, hashlib.sha256).hexdigest())


class DeadServer:
    """Accepts and never answers."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        return self

    def __exit__(self, *_):
        self.socket.close()


def path_of(url):
    return urllib.parse.urlsplit(url).path
