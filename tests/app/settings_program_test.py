#!/usr/bin/env python3
"""What settings of a configuration file do to the running program: settings_program_test.py GANTRY

Those that need the whole program: its logs, its threads, its folder. Each test runs it with two
values, so that the difference comes from the setting.
"""

import json
import os
import socket
import sys
import tempfile
import unittest
from pathlib import Path

from moving_registry import client, files_of, image_of
from running_program import ask, running

PROGRAM = sys.argv.pop(1)
ADDRESS = "http: {addr: '127.0.0.1:0'}\n"
# Large enough for a file of its own.
CONTENT = b"x" * 40_000


class configured(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, text, **options):
        """The program with a configuration file that has this text and an address."""
        file = self.folder / "config.yml"
        file.write_text("version: 0.1\n" + ADDRESS + text)
        return running(PROGRAM, file, **options)


class logs(configured):
    def logged(self, text):
        """Stdout and stderr of a server that answered one request."""
        stdout = self.folder / "stdout"
        with stdout.open("w") as output, self.serve(text, log=None, output=output) as server:
            # The first login reads the file of users, if there is one.
            ask(server.port(), headers={"Authorization": "Basic YTpi"})
        return stdout.read_text(), server.said

    def test_the_access_log_has_the_chosen_format(self):
        line, _ = self.logged("gantry: {accesslog: {format: json}}\n")
        self.assertEqual(json.loads(line)["status"], 200)
        line, _ = self.logged("gantry: {accesslog: {format: text}}\n")
        self.assertRegex(line, r"^[^{].*GET /v2/.* 200 .*\n$")
        self.assertEqual(self.logged("gantry: {accesslog: {format: 'off'}}\n")[0], "")

    def test_the_access_log_goes_to_the_chosen_file(self):
        file = self.folder / "access.log"
        stdout, _ = self.logged(f"gantry: {{accesslog: {{file: {file}}}}}\n")
        self.assertEqual(stdout, "")
        self.assertRegex(file.read_text(), r"GET /v2/.* 200 ")

    def test_a_disabled_access_log_has_no_lines_in_any_format(self):
        for form in ("text", "json"):
            rest = f"gantry: {{accesslog: {{format: {form}}}}}\n"
            self.assertEqual(self.logged("log: {accesslog: {disabled: true}}\n" + rest)[0], "")
            self.assertNotEqual(self.logged("log: {accesslog: {disabled: false}}\n" + rest)[0], "")

    def warned(self, log):
        """The lines of the access log, and those of the server's log about a broken file of users."""
        users = self.folder / "users"
        users.write_text("nonsense\n")
        stdout, stderr = self.logged(log + f"auth: {{htpasswd: {{realm: here, path: {users}}}}}\n")
        return stdout, [line for line in stderr.splitlines() if "auth: " in line]

    def test_the_formatter_is_that_of_both_logs(self):
        for name in ("json", "logstash"):
            stdout, warnings = self.warned(f"log: {{formatter: {name}}}\n")
            self.assertEqual(json.loads(stdout)["status"], 401)
            self.assertEqual(json.loads(warnings[0])["level"], "warning")
        stdout, warnings = self.warned("log: {formatter: text}\n")
        self.assertRegex(stdout, r"^[^{].*GET /v2/.* 401 ")
        self.assertRegex(warnings[0], "^[0-9]{4}-.* warning auth: ")

    def test_a_proxy_that_is_set_up_wrongly_is_told_what_to_change(self):
        variables = {
            "REGISTRY_HTTP_TRUSTEDPROXIES": "127.0.0.1",
            "REGISTRY_GANTRY_HTTP_PROXYPROTOCOL": "true",
        }
        with self.serve("", variables=variables) as server:
            with socket.create_connection(("127.0.0.1", server.port()), timeout=20) as proxy:
                proxy.sendall(b"PROXY TCP4 203.0.113.9 127.0.0.1 4711 443\r\nGET /v2/ HTTP/1.1\r\n\r\n")
                try:
                    self.assertEqual(proxy.recv(1), b"")
                except ConnectionResetError:
                    pass  # it has not read all of that
            server.line(r"warning 127\.0\.0\.1:[0-9]+: .* sends version 1.*send-proxy-v2")

    def test_lines_below_the_level_are_left_out(self):
        for level, count in (("debug", 1), ("info", 1), ("warn", 1), ("error", 0)):
            self.assertEqual(len(self.warned(f"log: {{level: {level}}}\n")[1]), count, level)


class threads(configured):
    def count(self, text):
        with self.serve("gantry: {" + text + "}\n") as server:
            ask(server.port())
            return len(os.listdir(f"/proc/{server.process.pid}/task"))

    def test_more_threads_are_started(self):
        self.assertGreaterEqual(self.count("threads: 6") - self.count("threads: 2"), 4)

    def test_a_separate_scheduler_has_threads_of_its_own(self):
        shared = self.count("threads: 4, scheduler: {separate: false}")
        self.assertGreaterEqual(self.count("threads: 4, scheduler: {separate: true}") - shared, 4)


class upkeep(configured):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"

    def start_anew(self):
        self.data = self.folder / "anew"

    def serve(self, text, maintenance=""):
        storage = f"filesystem: {{rootdirectory: {self.data}}}, maintenance: {{{maintenance}}}"
        storage += ", delete: {enabled: true}"
        return super().serve(f"storage: {{{storage}}}\n{text}")

    def collect(self, user):
        status, body = user.ask("POST", "/__gantry/gc")
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def collect_until(self, user, is_done):
        """Collects until it is done, as leases of a millisecond are over at some time."""
        while not is_done():
            self.collect(user)

    def test_a_blob_stays_for_its_lease(self):
        rest = "gc: {grace: 0, interval: 0}}\n"
        with self.serve("gantry: {blobs: {lease: 1h}, " + rest) as server:
            user = client(server.port())
            user.push_blob("app", CONTENT)
            for _ in range(3):
                self.collect(user)
                self.assertEqual(len(files_of(self.data)), 1)
        self.start_anew()
        with self.serve("gantry: {blobs: {lease: 1ms}, " + rest) as server:
            user = client(server.port())
            user.push_blob("app", CONTENT)
            self.collect_until(user, lambda: not files_of(self.data))

    def test_garbage_stays_for_its_grace_period(self):
        rest = "interval: 0}, blobs: {lease: 1ms}}\n"
        with self.serve("gantry: {gc: {grace: 1h, " + rest) as server:
            user = client(server.port())
            user.push_blob("app", CONTENT)
            while not self.collect(user)["condemned"]:
                pass
            for _ in range(3):
                self.collect(user)
                self.assertEqual(len(files_of(self.data)), 1)
        self.start_anew()
        with self.serve("gantry: {gc: {grace: 0, " + rest) as server:
            user = client(server.port())
            user.push_blob("app", CONTENT)
            self.collect_until(user, lambda: not files_of(self.data))

    def test_old_entries_of_the_history_go_but_for_the_last(self):
        with self.serve("gantry: {history: {keep: 1ms}, gc: {interval: 0}}\n") as server:
            user = client(server.port())
            for seed in range(103):
                user.push("app", "v0", seed)
            forgotten = 0
            while forgotten < 3:
                forgotten += self.collect(user)["history"]
            self.assertEqual(forgotten, 3)
            self.assertEqual(self.collect(user)["history"], 0)
        with self.serve("gantry: {history: {keep: 1h}, gc: {interval: 0}}\n") as server:
            user = client(server.port())
            for seed in range(5):
                user.push("app", "v0", seed)
            self.assertEqual(self.collect(user)["history"], 0)

    def deleted_manifests(self, undo):
        """What the collection says after two images were pushed and deleted."""
        with self.serve(f"gantry: {{undo: {{{undo}}}, gc: {{interval: 0}}}}\n") as server:
            user = client(server.port())
            for seed in (0, 1):
                user.remove(*user.push("app", f"v{seed}", seed))
            report = self.collect(user)
        self.start_anew()
        return report

    def test_deleted_manifests_are_kept_for_the_window(self):
        self.assertEqual(self.deleted_manifests("window: 0")["kept"], 0)
        self.assertEqual(self.deleted_manifests("window: 1h")["kept"], 2)

    def test_the_oldest_deleted_manifests_go_beyond_their_space(self):
        kept = self.deleted_manifests("window: 1h, space: 1TiB")["kept_bytes"]
        report = self.deleted_manifests(f"window: 1h, space: {kept - 1}")
        self.assertEqual((report["kept"], report["forgotten"]), (1, 1))

    def test_manifests_without_a_tag_go_only_if_chosen(self):
        rest = "grace: 0, interval: 0}, blobs: {lease: 1ms}}\n"
        with self.serve("gantry: {gc: {untagged: false, " + rest) as server:
            user = client(server.port())
            for seed in (0, 1):
                user.push("app", "v0", seed)
            for _ in range(3):
                self.assertEqual(self.collect(user)["manifests"], 0)
        with self.serve("gantry: {gc: {untagged: true, " + rest) as server:
            user = client(server.port())
            self.collect_until(user, lambda: len(files_of(self.data)) == 1)
            self.assertEqual(user.ask("GET", "/v2/app/manifests/v0")[1], image_of(1)[1])

    def scrubbing(self, rate):
        # A short age of uploads makes the registry look often whether a scrub is due.
        return self.serve(
            f"gantry: {{scrub: {{rate: {rate}, interval: 1ms}}, gc: {{interval: 0}}}}\nlog: {{level: info}}\n",
            maintenance="uploadpurging: {age: 200ms}",
        )

    def test_a_scrub_reads_no_faster_than_its_rate(self):
        with self.scrubbing("1GiB") as server:
            client(server.port()).push_blob("app", CONTENT)
            server.line(f"scrub: 1 blobs read, {len(CONTENT)} bytes; 0 damaged")
        # At a byte per second it is in the middle of the file for hours.
        with self.scrubbing(1) as server:
            user = client(server.port())
            while not self.opened(server):
                self.assertEqual(user.ask("GET", "/v2/")[0], 200)
        self.assertNotIn("scrub: 1 blobs", server.said)

    def opened(self, server):
        """Whether the server has the file of a blob open."""
        folder = f"/proc/{server.process.pid}/fd"
        return any(os.readlink(os.path.join(folder, each)) in files_of(self.data) for each in os.listdir(folder))


if __name__ == "__main__":
    unittest.main()
