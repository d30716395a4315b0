#!/usr/bin/env python3
"""`gantry garbage-collect CONFIG`: garbage_collect_program_test.py GANTRY"""

import os
import socket
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from moving_registry import files_of, registry  # noqa: E402

PROGRAM = sys.argv.pop(1)


class garbage_collect(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # Longer than the address of a socket may be.
        self.data = Path(folder.name) / ("long" * 30) / "data"
        self.config = Path(folder.name) / "config.yml"
        self.config.write_text(
            f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {self.data}}}}}\n"
            "gantry: {gc: {grace: 0}}\n"
        )
        self.control = self.data / "control"

    def serve(self, *arguments):
        return registry(PROGRAM, self.data, "--gc-grace", "0", "--blob-lease", "1ms", *arguments)

    def collect(self, *options, status=0):
        done = subprocess.run(
            [PROGRAM, "garbage-collect", *options, self.config], capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def leave_garbage(self, server):
        writer = server.client()
        writer.remove(*writer.push("app", "v0", 0))

    def test_a_running_registry_is_asked(self):
        with self.serve() as server:
            self.leave_garbage(server)
            self.assertRegex(self.collect("-d"), "^dry run: .* would be freed")
            self.assertEqual(len(files_of(self.data)), 1)
            self.assertRegex(self.collect(), "^[0-9]+ bytes freed: ")
            self.assertFalse(files_of(self.data))

    def test_a_password_is_not_needed(self):
        users = self.data.parent.parent / "users"
        users.write_text("")
        with self.serve("--htpasswd", users) as server:
            self.assertEqual(server.client().ask("POST", "/__gantry/gc")[0], 401)
            self.assertIn("bytes freed", self.collect())

    def test_manifests_without_a_tag_go_if_asked(self):
        with self.serve() as server:
            writer = server.client()
            for seed in (0, 1):
                writer.push("app", "v0", seed)
            self.collect()
            self.assertEqual(len(files_of(self.data)), 2)
            self.assertIn("1 manifests", self.collect("-m"))

    def test_a_stopped_registry_is_collected(self):
        with self.serve() as server:
            self.leave_garbage(server)
        self.assertFalse(self.control.exists())
        self.collect()
        self.assertIn("bytes freed", self.collect("--dry-run=false"))

    def test_the_socket_belongs_to_its_user_and_a_stale_one_is_replaced(self):
        with self.serve() as server:
            self.assertEqual(stat.S_IMODE(os.stat(self.control).st_mode), 0o600)
            server.process.kill()
            server.process.wait()
        self.assertTrue(self.control.exists())
        self.assertIn("bytes freed", self.collect())
        with self.serve():
            self.assertIn("bytes freed", self.collect())

    def say(self, text):
        at = os.open(self.data, os.O_RDONLY)
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(60)
            peer.connect(f"/proc/self/fd/{at}/control")
            os.close(at)
            peer.sendall(text)
            return peer.makefile().read()

    def test_other_orders_are_refused(self):
        with self.serve():
            for text in (b"\n", b"GET / HTTP/1.1\r\n\r\n", b'{"collect": 1}\n', b'{"collect": {"x": true}}\n',
                         b'{"stop": {}}\n', b"x" * 4200 + b"\n"):
                self.assertIn('{"error":', self.say(text))
            self.assertIn('{"report":', self.say(b'{"collect": {"dry_run": true}}\n'))

    @unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
    def test_another_user_is_refused(self):
        with self.serve() as server:
            for at in (self.control, self.data, *self.data.parents):
                if at.is_relative_to(tempfile.gettempdir()) and at != Path(tempfile.gettempdir()):
                    os.chmod(at, 0o777)
            ask = (
                "import os, socket, sys; os.setuid(65534); at = os.open(sys.argv[1], os.O_RDONLY);"
                "s = socket.socket(socket.AF_UNIX); s.connect(f'/proc/self/fd/{at}/control');"
                "s.sendall(b'{\"collect\": {}}\\n'); print(s.makefile().read())"
            )
            said = subprocess.run([sys.executable, "-c", ask, self.data], capture_output=True, text=True)
            self.assertIn("only root and the server's user", said.stdout, said.stderr)
            self.assertEqual(server.client().ask("GET", "/v2/")[0], 200)

    def test_a_registry_without_a_folder_has_nothing_to_collect(self):
        self.config.write_text("version: 0.1\nstorage: {inmemory: {}}\n")
        self.assertIn("storage is inmemory: there is no folder", self.collect(status=2))


if __name__ == "__main__":
    unittest.main()
