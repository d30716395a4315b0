#!/usr/bin/env python3
"""`gantry tag`, `removed` and `purge` with a running registry: history_program_test.py GANTRY"""

import http.server
import json
import os
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import remote_program  # noqa: E402

PROGRAM = sys.argv.pop(1)


class remote(remote_program.remote_program):
    PROGRAM = PROGRAM


class commands(remote):
    def test_a_move_is_shown_and_undone(self):
        one, two = self.push("latest", "one"), self.push("latest", "two")
        entries = self.gantry("tag", "history", "team/app:latest")["entries"]
        self.assertEqual([each["event"] for each in entries], ["move", "push"])
        undone = self.gantry("tag", "undo", "team/app", "--entry", str(entries[0]["sequence"]))
        self.assertEqual(undone["entries"][0]["before"], two)
        self.assertEqual(self.target("latest"), one)
        self.gantry("tag", "undo", "team/app:latest", "--to", entries[0]["time"])
        self.assertEqual(self.target("latest"), two)
        said = self.gantry("tag", "undo", "team/app", "--entry", str(entries[0]["sequence"] + 1000), status=1)
        self.assertIn("the repository's history has no such entry", said)

    def test_all_pages_are_one_answer(self):
        for number in range(150):
            self.push("latest", str(number))
        self.assertEqual(len(self.gantry("tag", "history", "team/app")["entries"]), 150)

    def test_a_deletion_is_listed_undone_and_purged(self):
        one = self.push("latest", "one")
        path = f"/v2/team/app/manifests/{one}"
        self.assertEqual(self.ask("DELETE", path).status, 202)
        removed = self.gantry("removed", "team/app")["manifests"]
        self.assertEqual([each["digest"] for each in removed], [one])
        self.gantry("tag", "undo", "team/app", "--manifest", one)
        self.assertEqual(self.ask("HEAD", path).status, 200)
        self.assertEqual(self.gantry("purge", f"team/app@{one}")["purged"], one)
        self.assertEqual(self.gantry("removed", "team/app")["manifests"], [])
        said = self.gantry("tag", "undo", "team/app", "--manifest", one, status=1)
        self.assertIn("this can no longer be undone", said)

    def test_mistakes_are_named(self):
        self.assertIn("by its digest", self.gantry("purge", "team/app:latest", status=2))
        self.assertIn("one of --entry", self.gantry("tag", "undo", "team/app", status=2))
        self.assertIn("--to needs a tag", self.gantry("tag", "undo", "team/app", "--to", "x", status=2))


class logins(remote):
    def arguments(self):
        users = self.folder / "htpasswd"
        subprocess.run([PROGRAM, "user", "add", str(users), "ann"], input="secret\n", text=True, check=True,
                       timeout=60, capture_output=True)
        return ["--htpasswd", users]

    def fields(self):
        return {"Authorization": "Basic YW5uOnNlY3JldA==", **super().fields()}

    def test_the_user_is_named_or_that_of_dockers_configuration(self):
        self.push("latest", "one")
        self.assertIn("--user", self.gantry("tag", "history", "team/app", status=1))
        entries = self.gantry("tag", "history", "team/app", "--user", "ann:secret")["entries"]
        self.assertEqual(entries[0]["user"], "ann")
        config = self.folder / "docker" / "config.json"
        config.parent.mkdir()
        config.write_text(json.dumps({"auths": {f"127.0.0.1:{self.port}": {"auth": "YW5uOnNlY3JldA=="}}}))
        self.gantry("tag", "history", "team/app", DOCKER_CONFIG=str(config.parent))


class stranger(http.server.BaseHTTPRequestHandler):
    """A registry that is another one."""

    def do_GET(self):
        self.send_response(200 if self.path == "/v2/" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class strangers(unittest.TestCase):
    def test_another_registry_is_told_apart(self):
        with http.server.HTTPServer(("127.0.0.1", 0), stranger) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}"
            done = subprocess.run([PROGRAM, "status", url], capture_output=True, text=True, timeout=60)
            server.shutdown()
        self.assertEqual(done.returncode, 1)
        self.assertIn("/__gantry/status is unknown there: the address is not that of gantry", done.stderr)


del remote

if __name__ == "__main__":
    unittest.main()
