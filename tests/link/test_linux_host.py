#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""exec/linux-host against a real nginx on loopback, and as root with real users and a real sshd.

Everything lives in a private folder; nginx and sshd run on free ports and are stopped by pid.
"""

import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, "exec/linux-host/linux-host")
SBIN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
IS_ROOT = os.geteuid() == 0
PREFIX = "bh%d" % (os.getpid() % 100000)

# Runs the program, but dies before or after its Nth change of the system: what a power cut does.
DRIVER = """
import importlib.machinery, importlib.util, os, shutil, signal, subprocess, sys
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("linux_host", sys.argv[1])
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("linux_host", loader))
loader.exec_module(module)
left = [int(sys.argv[2])]
def deadly(real):
    def call(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0 and sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return call
for owner, names in ((os, ("rename", "mkdir", "unlink", "rmdir", "fsync", "chmod")), (subprocess, ("run",)),
                     (shutil, ("chown",))):
    for name in names:
        setattr(owner, name, deadly(getattr(owner, name)))
module.main()
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(test, seconds=10.0):
    """nginx reloads behind our back: ask again until it has."""
    end = time.monotonic() + seconds
    while True:
        value = test()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.02)


class Talk:
    """One run of the program, in its own process group as Billhook runs it."""

    def __init__(self, settings, argv=None):
        self.process = subprocess.Popen(argv or [PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, start_new_session=True,
                                        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"})
        self.calls = 0
        self.send({"hello": 1, "kind": "panel", "version": "1.0", "settings": settings})
        self.ready = self.receive()

    def send(self, message):
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it is dead: receive() says so

    def receive(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def ask(self, call, key, **args):
        self.calls += 1
        self.send({"id": str(self.calls), "call": call, "key": key, "args": args})

    def call(self, call, key, **args):
        self.ask(call, key, **args)
        answer = self.receive()
        if answer is not None:
            assert answer["id"] == str(self.calls), answer
        return answer

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.close()

    def close(self):
        """What it wrote to stderr."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait(timeout=20)
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return errors


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("nginx", path=SBIN["PATH"]) is None:
            raise unittest.SkipTest("nginx is not installed")
        # sshd wants every folder above a chroot to be root's alone, which /tmp is not.
        cls.dir = tempfile.mkdtemp(prefix="billhook-host-", dir="/srv" if IS_ROOT else None)
        os.chmod(cls.dir, 0o755)
        cls.port = free_port()
        for name in ("vhosts", "www", "tmp"):
            os.mkdir(os.path.join(cls.dir, name))
        cls.conf = os.path.join(cls.dir, "nginx.conf")
        with open(cls.conf, "w", encoding="utf-8") as f:
            f.write(("user www-data;\n" if IS_ROOT else "") + """daemon off;
pid {0}/nginx.pid; error_log {0}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {0}/tmp/a; proxy_temp_path {0}/tmp/b;
    fastcgi_temp_path {0}/tmp/c; uwsgi_temp_path {0}/tmp/d; scgi_temp_path {0}/tmp/e;
    server_names_hash_bucket_size 128;
    server {{ listen 127.0.0.1:{1} default_server; return 404; }}
    include {0}/vhosts/*.conf;
}}
""".format(cls.dir, cls.port))
        cls.nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", cls.dir, "-c", cls.conf], env=SBIN,
                                     stderr=subprocess.DEVNULL)
        assert until(lambda: cls.get("nobody.example")[0] == 404), "nginx does not start"

    @classmethod
    def tearDownClass(cls):
        cls.nginx.send_signal(signal.SIGQUIT)
        cls.nginx.wait(timeout=20)
        shutil.rmtree(cls.dir)

    def settings(self, **more):
        return {"nginx_dir": self.dir + "/vhosts", "www_root": self.dir + "/www", "state_dir": self.dir + "/state",
                "listen": "127.0.0.1:%d" % self.port, "dry_user": True, "user_prefix": PREFIX,
                "test_command": ["nginx", "-t", "-q", "-p", self.dir, "-c", self.conf],
                "reload_command": "signal:%s/nginx.pid" % self.dir,
                "packages": {"small": {"quota_mb": 100}, "large": {"quota_mb": 0}}, **more}

    def talk(self, **more):
        talk = Talk(self.settings(**more))
        self.assertIsNotNone(talk.ready)
        self.addCleanup(lambda: talk.process.poll() is None and talk.close())
        return talk

    @classmethod
    def get(cls, host, path="/"):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def until_status(self, host, status):
        """Workers of the old configuration answer for a moment beside the new one."""
        def settled():
            with open("/proc/%d/task/%d/children" % (self.nginx.pid, self.nginx.pid), encoding="ascii") as f:
                return self.get(host)[0] == status and len(f.read().split()) == 1
        self.assertTrue(until(settled), "%s: %s" % (host, self.get(host)))
        return self.get(host)[1]

    def tree(self):
        """Everything on disk that an account consists of."""
        found = []
        for folder in ("vhosts", "www", "state"):
            for path, folders, files in os.walk(os.path.join(self.dir, folder)):
                found += [os.path.join(path, name) for name in folders + files if name != ".lock"]
        return sorted(found)

    def want(self, answer, outcome, reason=None):
        self.assertEqual((answer["outcome"], answer.get("reason")), (outcome, reason), answer)
        return answer.get("data")


class Dry(Case):
    """Without system users: runs anywhere."""

    def setUp(self):
        """A test that failed must not fail the next ones."""
        for path in reversed(self.tree()):
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)

    def test_life(self):
        t = self.talk()
        self.assertEqual(t.ready, {"ready": 1, "name": "linux-host",
                                   "abilities": ["change_plan", "password", "usage"]})
        self.assertEqual(self.want(t.call("find", "svc-1"), "done"), {"state": "absent"})
        data = self.want(t.call("create", "svc-1", domain="one.example", username="one", package="small",
                                password="correct horse", email="a@one.example"), "done")
        self.assertEqual(data["username"], PREFIX + "one")
        self.assertEqual(data["quota"], "no quota")
        self.assertIn("one.example", self.until_status("one.example", 200))
        self.assertEqual(self.get("www.one.example")[0], 200)
        self.assertEqual(self.get("one.example", "/.billhook")[0], 404)
        self.assertEqual(self.want(t.call("find", "svc-1"), "done")["state"], "active")
        for _ in range(2):
            self.want(t.call("suspend", "svc-1", reason="debt"), "done")
        self.assertIn("suspended", self.until_status("one.example", 503))
        self.assertEqual(self.want(t.call("find", "svc-1"), "done")["state"], "suspended")
        for _ in range(2):
            self.want(t.call("unsuspend", "svc-1"), "done")
        self.until_status("one.example", 200)
        self.assertEqual(self.want(t.call("change_plan", "svc-1", package="large"), "done")["package"], "large")
        self.want(t.call("change_plan", "svc-1", package="huge"), "declined", "bad_package")
        self.assertGreater(self.want(t.call("usage", "svc-1"), "done")["disk_bytes"], 0)
        self.want(t.call("sso", "svc-1"), "declined", "unknown_call")
        for _ in range(2):
            self.assertEqual(self.want(t.call("terminate", "svc-1"), "done"), {"state": "absent"})
        self.until_status("one.example", 404)
        self.assertEqual(self.tree(), [])
        for call in ("suspend", "unsuspend", "change_plan", "password", "usage"):
            self.want(t.call(call, "svc-1", package="small", password="long enough"), "declined", "absent")
        self.assertEqual(t.close(), "")

    def test_create_again_is_the_same_account(self):
        t = self.talk()
        first = self.want(t.call("create", "svc-2", domain="two.example", username="two", package="small"), "done")
        before = self.tree()
        again = t.call("create", "svc-2", domain="two.example", username="two", package="small")
        self.assertEqual(self.want(again, "done"), first)
        self.want(t.call("create", "svc-2", domain="zwei.example", username="two", package="small"),
                  "declined", "key_taken")
        self.assertEqual(self.tree(), before)
        for user, domain in (("two", "other.example"), ("other", "two.example"), ("other", "www.two.example")):
            self.want(t.call("create", "svc-3", domain=domain, username=user, package="small"),
                      "declined", "name_taken")
        self.assertEqual(self.tree(), before)
        self.want(t.call("terminate", "svc-2"), "done")

    def test_strangers_are_left_alone(self):
        t = self.talk()
        foreign = self.dir + "/vhosts/foreign.conf"
        with open(foreign, "w", encoding="utf-8") as f:
            f.write("server { listen 127.0.0.1:%d; server_name www.there.example there.example; return 200 hers; }\n"
                    % self.port)
        os.mkdir(self.dir + "/www/" + PREFIX + "home")
        before = self.tree()
        for user, domain in (("mine", "there.example"), ("home", "free.example")):
            self.want(t.call("create", "svc-4", domain=domain, username=user, package="small"),
                      "declined", "name_taken")
        self.assertEqual(self.tree(), before)
        os.unlink(foreign)
        os.rmdir(self.dir + "/www/" + PREFIX + "home")

    def test_a_file_that_was_replaced_is_not_ours(self):
        t = self.talk()
        self.want(t.call("create", "svc-5", domain="five.example", username="five", package="small"), "done")
        path = self.dir + "/vhosts/billhook-" + PREFIX + "five.conf"
        with open(path, encoding="utf-8") as f:
            ours = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write("# hers\n")
        self.want(t.call("suspend", "svc-5"), "declined", "not_ours")
        self.want(t.call("terminate", "svc-5"), "declined", "not_ours")
        self.assertTrue(os.path.exists(path))
        with open(path, "w", encoding="utf-8") as f:
            f.write(ours)
        self.want(t.call("terminate", "svc-5"), "done")

    def test_hostile_names(self):
        t = self.talk()
        bad = {
            "domain": ["", "example", "UPPER.example", "a..example", ".example", "a.example.", "-a.example",
                       "a-.example", "a b.example", "a;b.example", "a.example; return 200", "a.example\n", "$host.example",
                       "{}.example", "../etc.example", "a/b.example", "a\\b.example", "*.example", "1.2.3.4", "é.example",
                       "x" * 64 + ".example", ("x" * 60 + ".") * 5 + "example", "a.exam\0ple", "_dmarc.example", 7, ["a"]],
            "username": ["root", "www-data", "../x", "a/b", "A", "a b", "a;b", "a$b", "$(id)", "`id`", "a\n", "a\0b",
                         "a:b", "a'b", "a\"b", "a|b", "a&b", "a>b", "a*b", "-rf", "é", "x" * 33, ".", "..", "a.b", 7,
                         {"a": 1}],
            "password": ["short", "with\nnewline", "with\0nul", "with\rreturn", "x" * 129, 12345678],
            "package": ["none-such", "../small", "small; rm", "Small", "small\n", 7],
        }
        good = {"domain": "good.example", "username": "good", "password": "long enough", "package": "small"}
        for name, values in bad.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    answer = t.call("create", "svc-6", **{**good, name: value})
                    self.want(answer, "declined", "bad_" + name)
                    self.assertEqual(self.tree(), [])
        for key in ("", "../x", "a/b", "A", "a b", "a\n", ".lock", "-", "a.json", "x" * 65, 7, None):
            with self.subTest(key=key):
                for call in ("create", "find", "terminate", "suspend", "usage"):
                    self.want(t.call(call, key, **good), "declined", "bad_key")
                self.assertEqual(self.tree(), [])
        t.ask("find", "svc-6")
        self.assertEqual(self.want(t.receive(), "done"), {"state": "absent"})

    def test_refused_configuration_is_put_back(self):
        t = self.talk()
        self.want(t.call("create", "svc-7", domain="seven.example", username="seven", package="small"), "done")
        self.until_status("seven.example", 200)
        broken = self.dir + "/vhosts/zz-broken.conf"
        with open(broken, "w", encoding="utf-8") as f:
            f.write("server { nonsense; }\n")
        before = self.tree()
        self.want(t.call("create", "svc-8", domain="eight.example", username="eight", package="small"),
                  "not_tried", "command_failed")
        self.want(t.call("suspend", "svc-7"), "not_tried", "command_failed")
        self.assertEqual(self.tree(), before)
        self.assertEqual(self.want(t.call("find", "svc-7"), "done")["state"], "active")
        self.want(t.call("terminate", "svc-7"), "not_tried", "command_failed")
        os.unlink(broken)
        self.assertEqual(self.get("seven.example")[0], 200)
        self.want(t.call("terminate", "svc-7"), "done")
        self.assertEqual(self.tree(), [])

    def test_reports_and_broken_lines(self):
        t = self.talk()
        t.send({"event": "invoice.pay", "subject": 4711, "at": "2026-09-01T10:00:00Z"})
        self.want(t.call("find", "svc-9"), "done")
        self.want(t.call("find", "svc-9", **{}), "done")
        t.process.stdin.write("not json\n")
        t.process.stdin.flush()
        self.assertIsNone(t.receive())
        self.assertIn("not a line of the protocol", t.close())
        self.assertNotEqual(t.process.returncode, 0)

    def test_bad_settings(self):
        for more in ({"www_root": "relative"}, {"state_dir": "/a/../b"}, {"listen": "80; return"}, {"unknown": 1},
                     {"reload_command": "nginx -s reload"}, {"user_prefix": "H"}, {"nginx_dir": "/a b"},
                     {"packages": {"x": {"quota_mb": -1}}}, {"test_command": []}):
            with self.subTest(more=more):
                t = Talk(self.settings(**more))
                self.assertIsNone(t.ready)
                self.assertIn(next(iter(more)).split("_")[0], t.close())

    def test_killed_at_every_step(self):
        """Dies before and after each change, then asks again: always exactly one whole account."""
        steps = 0
        for when in ("before", "after"):
            n, alive = 0, False
            while not alive:
                n += 1
                t = Talk(self.settings(), [sys.executable, "-c", DRIVER, PROGRAM, str(n), when])
                args = {"domain": "killed.example", "username": "killed", "package": "small"}
                alive = t.call("create", "svc-10", **args) is not None
                t.close()
                t = self.talk()
                self.assertIn(self.want(t.call("find", "svc-10"), "done")["state"], ("absent", "active"))
                self.want(t.call("create", "svc-10", **args), "done")
                self.assertEqual(len([p for p in self.tree() if p.endswith(".conf")]), 1)
                self.assertEqual(sorted(os.listdir(self.dir + "/www")), [PREFIX + "killed"])
                self.assertEqual([p for p in self.tree() if p.endswith(".part")], [])
                t.close()
                # The same for the removal.
                t = Talk(self.settings(), [sys.executable, "-c", DRIVER, PROGRAM, str(n), when])
                t.call("terminate", "svc-10")
                t.close()
                t = self.talk()
                self.want(t.call("terminate", "svc-10"), "done")
                t.close()
                self.assertEqual(self.tree(), [])
                steps = max(steps, n)
        self.assertGreater(steps, 15)

    def test_killed_group_while_nginx_tests(self):
        slow = self.dir + "/slow.sh"
        with open(slow, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\ntouch %s/reached\nexec sleep 30\n" % self.dir)
        os.chmod(slow, 0o755)
        t = Talk(self.settings(test_command=[slow]))
        t.ask("create", "svc-11", domain="slow.example", username="slow", package="small")
        self.assertTrue(until(lambda: os.path.exists(self.dir + "/reached")))
        self.assertTrue(os.path.exists(self.dir + "/vhosts/billhook-" + PREFIX + "slow.conf"))
        t.kill()
        t = self.talk()
        self.assertEqual(self.want(t.call("find", "svc-11"), "done"), {"state": "absent"})
        self.want(t.call("create", "svc-11", domain="slow.example", username="slow", package="small"), "done")
        self.until_status("slow.example", 200)
        self.want(t.call("terminate", "svc-11"), "done")
        self.assertEqual(self.tree(), [])

    def test_two_programs_at_once(self):
        talks = [self.talk() for _ in range(4)]
        for t in talks:
            t.ask("create", "svc-12", domain="race.example", username="race", package="small")
        data = [self.want(t.receive(), "done") for t in talks]
        self.assertEqual([d for d in data if d != data[0]], [])
        for t in talks:
            t.ask("terminate", "svc-12")
        for t in talks:
            self.want(t.receive(), "done")
        self.assertEqual(self.tree(), [])


@unittest.skipUnless(IS_ROOT, "needs root to make users")
class Real(Case):
    """With system users, and an sshd of our own that takes their SFTP logins."""

    GROUP = PREFIX + "sftp"
    USERS = ("real", "torn", "held")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_dir_made = False
        cls.sshd = None
        os.mkdir(cls.dir + "/sshd.d")
        with open(cls.dir + "/sshd_config", "w", encoding="utf-8") as f:
            cls.ssh_port = free_port()
            f.write("""Include {0}/sshd.d/*.conf
Port {1}
ListenAddress 127.0.0.1
HostKey {0}/host_key
PidFile {0}/sshd.pid
UsePAM no
PasswordAuthentication yes
Subsystem sftp internal-sftp
""".format(cls.dir, cls.ssh_port))
        cls.has_sshd = os.path.exists("/usr/sbin/sshd") and shutil.which("sftp") is not None
        if cls.has_sshd:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", cls.dir + "/host_key"], check=True)
            if not os.path.exists("/run/sshd"):
                os.mkdir("/run/sshd", 0o755)
                cls.run_dir_made = True

    @classmethod
    def tearDownClass(cls):
        if cls.sshd:
            cls.sshd.terminate()
            cls.sshd.wait(timeout=20)
        if cls.run_dir_made:
            os.rmdir("/run/sshd")
        for name in cls.USERS:
            subprocess.run(["userdel", PREFIX + name], env=SBIN, stderr=subprocess.DEVNULL, check=False)
        for name in (*(PREFIX + u for u in cls.USERS), cls.GROUP):
            subprocess.run(["groupdel", name], env=SBIN, stderr=subprocess.DEVNULL, check=False)
        super().tearDownClass()

    def settings(self, **more):
        return super().settings(**{"dry_user": False, "sftp_group": self.GROUP, "sshd_dir": self.dir + "/sshd.d",
                                   "sshd_test_command": ["/usr/sbin/sshd", "-t", "-f", self.dir + "/sshd_config"]
                                   if self.has_sshd else ["true"], "sshd_reload_command": ["true"], **more})

    def shadow(self, user):
        return subprocess.run(["passwd", "-S", user], env=SBIN, capture_output=True, text=True,
                              check=True).stdout.split()[1]

    def start_sshd(self):
        if self.sshd is None:
            log = open(self.dir + "/sshd.log", "w", encoding="utf-8")
            type(self).sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", self.dir + "/sshd_config"],
                                               stderr=log, env=SBIN)
            log.close()

            def answers():
                with socket.socket() as s:
                    return s.connect_ex(("127.0.0.1", self.ssh_port)) == 0
            self.assertTrue(until(answers))

    def sftp(self, user, password, commands, shell=False):
        """Return code and output of an SFTP session (or of a shell command) with a password."""
        ask = self.dir + "/ask.sh"
        with open(ask, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nprintf '%s\\n' \"$TEST_PASSWORD\"\n")
        os.chmod(ask, 0o755)
        options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                   "-o", "NumberOfPasswordPrompts=1", "-o", "PreferredAuthentications=password"]
        at = user + "@127.0.0.1"
        argv = ["ssh", "-p", str(self.ssh_port), *options, at, commands] if shell else \
            ["sftp", "-P", str(self.ssh_port), *options, at]
        done = subprocess.run(argv, input="" if shell else commands, text=True, capture_output=True, timeout=30,
                              env={**SBIN, "SSH_ASKPASS": ask, "SSH_ASKPASS_REQUIRE": "force",
                                   "TEST_PASSWORD": password}, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_real_account(self):
        t = self.talk()
        user = PREFIX + "real"
        self.want(t.call("create", "real-1", domain="real.example", username="real", package="small",
                         password="first pass: word"), "done")
        entry = pwd.getpwnam(user)
        self.assertEqual((entry.pw_gecos, entry.pw_shell), ("billhook real-1", "/usr/sbin/nologin"))
        self.assertEqual(self.shadow(user), "P")
        self.assertIn("real.example", self.until_status("real.example", 200))
        home, public = os.stat(entry.pw_dir), os.stat(entry.pw_dir + "/public")
        self.assertEqual((home.st_uid, home.st_mode & 0o7777), (0, 0o755))
        self.assertEqual((public.st_uid, public.st_mode & 0o7777), (entry.pw_uid, 0o2750))
        self.sftp_sessions(t, user, entry)
        for _ in range(2):
            self.want(t.call("suspend", "real-1", reason="debt"), "done")
        self.until_status("real.example", 503)
        self.assertEqual(self.shadow(user), "L")
        self.want(t.call("password", "real-1", password="second password"), "done")
        self.assertEqual(self.shadow(user), "L")
        if self.has_sshd:
            self.assertNotEqual(self.sftp(user, "second password", "ls\n")[0], 0)
        self.want(t.call("unsuspend", "real-1"), "done")
        self.assertEqual(self.shadow(user), "P")
        self.until_status("real.example", 200)
        if self.has_sshd:
            self.assertEqual(self.sftp(user, "second password", "ls\n")[0], 0)
            self.assertNotEqual(self.sftp(user, "first pass: word", "ls\n")[0], 0)
        self.want(t.call("terminate", "real-1"), "done")
        self.assertRaises(KeyError, pwd.getpwnam, user)
        self.until_status("real.example", 404)
        self.assertEqual(self.tree(), [])
        self.assertEqual(t.close(), "")

    def sftp_sessions(self, t, user, entry):
        if not self.has_sshd:
            return
        rules = subprocess.run(["/usr/sbin/sshd", "-T", "-f", self.dir + "/sshd_config", "-C",
                                "user=%s,host=x,addr=127.0.0.1" % user], capture_output=True, text=True,
                               check=True).stdout
        self.assertIn("forcecommand internal-sftp", rules)
        self.assertIn("chrootdirectory %h", rules)
        self.start_sshd()
        page = self.dir + "/hello.html"
        with open(page, "w", encoding="utf-8") as f:
            f.write("by sftp")
        code, output = self.sftp(user, "first pass: word", "put %s public/hello.html\nls /\nput %s /x\n" % (page, page))
        self.assertIn("public", output)
        self.assertIn("Permission denied", output)
        self.assertEqual(self.get("real.example", "/hello.html"), (200, "by sftp"))
        self.assertNotEqual(self.sftp(user, "wrong password", "ls\n")[0], 0)
        self.assertNotIn("uid=", self.sftp(user, "first pass: word", "id", shell=True)[1])
        self.sftp(user, "first pass: word", "symlink /etc/passwd public/steal.txt\n")
        os.symlink("/etc/passwd", entry.pw_dir + "/public/steal2.txt")
        self.assertEqual(self.get("real.example", "/steal2.txt")[0], 403)
        self.assertNotEqual(self.get("real.example", "/steal.txt")[0], 200)

    def test_stranger_of_that_name(self):
        t = self.talk()
        user = PREFIX + "held"
        subprocess.run(["useradd", "--no-create-home", "--comment", "somebody else", user], env=SBIN, check=True)
        self.want(t.call("create", "real-2", domain="held.example", username="held", package="small"),
                  "declined", "name_taken")
        self.assertEqual(pwd.getpwnam(user).pw_gecos, "somebody else")
        self.assertEqual(self.tree(), [])

    def test_killed_at_every_step(self):
        n, alive = 0, False
        args = {"domain": "torn.example", "username": "torn", "package": "small"}
        while not alive:
            n += 1
            t = Talk(self.settings(), [sys.executable, "-c", DRIVER, PROGRAM, str(n), "after"])
            alive = t.call("create", "real-3", **args) is not None
            t.close()
            t = self.talk()
            self.want(t.call("create", "real-3", **args), "done")
            same = [p for p in pwd.getpwall() if p.pw_gecos == "billhook real-3"]
            self.assertEqual([p.pw_name for p in same], [PREFIX + "torn"])
            t.close()
            t = Talk(self.settings(), [sys.executable, "-c", DRIVER, PROGRAM, str(n), "after"])
            t.call("terminate", "real-3")
            t.close()
            t = self.talk()
            self.want(t.call("terminate", "real-3"), "done")
            t.close()
            self.assertEqual([p for p in pwd.getpwall() if p.pw_name == PREFIX + "torn"], [])
            self.assertEqual(self.tree(), [])


if __name__ == "__main__":
    unittest.main()
