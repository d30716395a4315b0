#!/usr/bin/env python3
"""The program with a configuration file: configuration_program_test.py GANTRY

Starts it as an administrator does, changes the file under it, and looks at what it answers.
"""

import signal
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from running_program import ask, running

PROGRAM = sys.argv.pop(1)
DEBIAN = Path("/etc/docker/registry/config.yml")


class configuration(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "config.yml"

    def write(self, text):
        """Replaces the file in one step, as deployments do."""
        new = self.folder / "new"
        new.write_text("version: 0.1\n" + text)
        new.rename(self.file)

    def test_each_address_has_a_line_of_its_own(self):
        name = self.folder / "s.sock"
        self.write(f"http: {{addr: ['127.0.0.1:0', 'unix:{name}']}}\n")
        with running(PROGRAM, self.file) as server:
            self.assertEqual(ask(server.port()).status, 200)
            self.assertEqual(server.line("listening on (.*)")[1], f"unix:{name}")
            client = socket.socket(socket.AF_UNIX)
            client.connect(str(name))
            client.sendall(b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 200 OK"))
            client.close()
        self.assertFalse(name.exists())

    def test_a_changed_file_takes_effect_as_a_whole(self):
        self.write("http: {addr: '127.0.0.1:0', headers: {X-A: [one]}}\n")
        with running(PROGRAM, self.file) as server:
            port = server.port()
            self.assertEqual(ask(port).getheader("X-A"), "one")
            self.write("http: {addr: '127.0.0.1:0', headers: {X-A: [two]}}\nstorage: {delete: {enabled: true}}\n")
            self.assertEqual(server.line("reloaded: (.*)")[1], "http.headers, storage.delete.enabled")
            self.assertEqual(ask(port).getheader("X-A"), "two")
            unknown = "/v2/a/manifests/sha256:" + "0" * 64
            self.assertEqual(ask(port, unknown, "DELETE").status, 404)

    def test_a_broken_file_changes_nothing_and_says_so(self):
        self.write("http: {addr: '127.0.0.1:0', headers: {X-A: [one]}}\n")
        with running(PROGRAM, self.file) as server:
            port = server.port()
            self.write("http: {headers: {X-A: [two]}, prefix: wrong}\n")
            server.line(r"config.yml: line 2, column \d+: http.prefix: 'wrong' is not a path")
            server.line("not reloaded: the settings stay as they were")
            self.assertEqual(ask(port).getheader("X-A"), "one")
            self.write("http: {addr: '127.0.0.1:0', headers: {X-A: [three]}}\n")
            server.line("reloaded: http.headers")
            self.assertEqual(ask(port).getheader("X-A"), "three")

    def test_what_cannot_change_is_named_and_stays(self):
        self.write("http: {addr: '127.0.0.1:0'}\n")
        with running(PROGRAM, self.file) as server:
            port = server.port()
            self.write("http: {addr: '127.0.0.1:0', prefix: /p}\n"
                       "gantry: {retention: {rules: [{repositories: a, keep: {lastpushed: 1}}]}}\n")
            server.line("warning: http.prefix has changed, which takes effect after a restart")
            server.line("warning: gantry.retention.rules has changed, which takes effect after a restart")
            self.assertEqual(ask(port).status, 200)

    def test_a_signal_reads_what_the_file_refers_to(self):
        value = self.folder / "value"
        value.write_text("one\n")
        self.write("http: {addr: '127.0.0.1:0', headers: {X-A: '${VALUE}'}}\n")
        with running(PROGRAM, self.file, variables={"VALUE_FILE": str(value)}) as server:
            port = server.port()
            self.assertEqual(ask(port).getheader("X-A"), "one")
            value.write_text("two\n")
            server.process.send_signal(signal.SIGHUP)
            server.line("reloaded: http.headers")
            self.assertEqual(ask(port).getheader("X-A"), "two")

    def test_a_signal_reads_the_policy_without_a_configuration_file_too(self):
        policy = self.folder / "policy.yml"
        policy.write_text("version: 1\nrules: []\n")
        with running(PROGRAM, "--addr", "127.0.0.1:0", "--policy", policy) as server:
            port = server.port()
            self.assertEqual(ask(port, "/v2/a/tags/list").status, 403)
            policy.write_text("version: 1\nrules: [{allow: pull, repositories: '**', anonymous: true}]\n")
            server.process.send_signal(signal.SIGHUP)
            server.line("reloaded: no setting has changed")
            self.assertEqual(ask(port, "/v2/a/tags/list").status, 404)

    def test_a_signal_stops_and_resumes_changes(self):
        self.write("http: {addr: '127.0.0.1:0'}\n")
        with running(PROGRAM, self.file) as server:
            port, push = server.port(), "/v2/a/blobs/uploads/"
            self.assertEqual(ask(port, push, "POST").status, 202)
            server.process.send_signal(signal.SIGUSR2)
            server.line("read-only: pushes and deletes are refused")
            self.assertEqual(ask(port, push, "POST").status, 405)
            server.process.send_signal(signal.SIGUSR2)
            server.line("pushes and deletes are accepted again")
            self.assertEqual(ask(port, push, "POST").status, 202)

    def test_an_option_overrides_the_file_in_a_reload_too(self):
        self.write("http: {addr: ':1'}\n")
        with running(PROGRAM, self.file, "--addr", "127.0.0.1:0", "--no-delete") as server:
            port = server.port()
            self.write("http: {addr: ':1', relativeurls: false}\nstorage: {delete: {enabled: true}}\n")
            self.assertEqual(server.line("reloaded: (.*)")[1], "http.relativeurls")
            self.assertEqual(ask(port, "/v2/a/manifests/x", "DELETE").status, 405)

    @unittest.skipUnless(DEBIAN.exists(), "the package docker-registry is not installed")
    def test_debians_own_configuration_starts_unchanged(self):
        # Only what a test must not touch is replaced: the port and the folder of the machine.
        own = {
            "REGISTRY_HTTP_ADDR": "127.0.0.1:0",
            "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY": str(self.folder / "data"),
        }
        with running(PROGRAM, DEBIAN, variables=own) as server:
            answer = ask(server.port())
            self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff")
            # Its file of users is a folder: nobody is let in, here as there.
            self.assertEqual(answer.status, 401)
            self.assertEqual(answer.getheader("WWW-Authenticate"), 'Basic realm="basic-realm"')
        shown = subprocess.run([PROGRAM, "config", "show", DEBIAN], capture_output=True, text=True, check=True).stdout
        self.assertRegex(shown, r"\n    - ':5000'\n")
        self.assertRegex(shown, r"rootdirectory: /var/lib/docker-registry ")

    def test_the_variables_of_testcontainers_start_it(self):
        # Go's module sets the first one; Python's sets the others, and copies the file in later.
        users = self.folder / "htpasswd"
        variables = {
            "REGISTRY_STORAGE_DELETE_ENABLED": "true",
            "REGISTRY_AUTH_HTPASSWD_REALM": "local-registry",
            "REGISTRY_AUTH_HTPASSWD_PATH": str(users),
            "REGISTRY_HTTP_ADDR": "127.0.0.1:0",
        }
        with running(PROGRAM, variables=variables) as server:
            self.assertEqual(ask(server.port()).status, 401)


if __name__ == "__main__":
    unittest.main()
