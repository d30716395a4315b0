#!/usr/bin/env python3
"""Webhooks of a configuration file, and `gantry webhook`: webhook_program_test.py GANTRY"""

import http.client
import http.server
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from running_program import running  # noqa: E402

PROGRAM = sys.argv.pop(1)
TYPE = "application/vnd.oci.image.index.v1+json"
DOCKER_TYPE = "application/vnd.docker.distribution.manifest.list.v2+json"


def manifest(note, media_type=TYPE):
    return json.dumps(
        {"schemaVersion": 2, "mediaType": media_type, "manifests": [], "annotations": {"note": note}}
    ).encode()


class listener(http.server.ThreadingHTTPServer):
    """Keeps the requests that it gets; `status(number)` answers them, None with silence."""

    daemon_threads = True

    def __init__(self, status=lambda number: 200):
        super().__init__(("127.0.0.1", 0), receiver)
        self.status = status
        self.requests = queue.Queue()
        self.count = 0
        self.over = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """The registry may cut a connection."""

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/event"

    def next(self):
        """The next request: its fields, and its body."""
        return self.requests.get(timeout=30)


class receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.count += 1
        status = self.server.status(self.server.count)
        self.server.requests.put((self.headers, body))
        if status is None:
            self.server.over.wait()
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class webhooks(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def listen(self, status=lambda number: 200):
        return self.enterContext(listener(status))

    def configuration(self, *endpoints):
        file = self.folder / "config.yml"
        file.write_text(json.dumps({
            "version": "0.1", "storage": {"inmemory": {}, "delete": {"enabled": True}},
            "gantry": {"seed": "false"}, "notifications": {"endpoints": list(endpoints)}}))
        return file

    def serve(self, *endpoints, variables=None):
        server = running(PROGRAM, self.configuration(*endpoints), "--addr", "127.0.0.1:0", variables=variables)
        self.port = self.enterContext(server).port()

    def ask(self, method, tag, body=None, media_type=TYPE):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, f"/v2/team/app/manifests/{tag}", body, {"Content-Type": media_type})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        self.assertIn(answer.status, (201, 202))

    def push(self, tag, note="one", media_type=TYPE):
        self.ask("PUT", tag, manifest(note, media_type), media_type)

    def gantry(self, *words, status=0):
        done = subprocess.run(
            [PROGRAM, "webhook", *words, "--url", f"http://127.0.0.1:{self.port}"],
            env=dict(os.environ, HOME=str(self.folder)), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout) if status == 0 else done.stderr

    def until(self, holds):
        """The list of the first webhook, once this holds for it."""
        while True:
            one = self.gantry("list")["webhooks"][0]
            if holds(one):
                return one

    def test_an_endpoint_is_told_with_its_headers(self):
        there = self.listen()
        self.serve({"name": "one", "url": there.url, "headers": {"X-Team": ["a", "b"], "X-One": "1"}})
        self.push("latest")
        fields, body = there.next()
        self.assertEqual(fields.get_all("X-Team"), ["a", "b"])
        self.assertEqual(fields["X-One"], "1")
        self.assertEqual(fields["Content-Type"], "application/vnd.docker.distribution.events.v2+json")
        self.assertEqual(body["events"][0]["target"]["tag"], "latest")

    def test_events_can_be_cloud_events(self):
        there = self.listen()
        self.serve({"name": "one", "url": there.url, "format": "cloudevents"})
        self.push("latest")
        self.assertEqual(there.next()[1][0]["type"], "dev.gantry.registry.push")

    def test_actions_and_media_types_are_ignored(self):
        there = self.listen()
        self.serve({"name": "one", "url": there.url, "ignoredmediatypes": ["text/x"],
                    "ignore": {"mediatypes": [DOCKER_TYPE], "actions": ["delete"]}})
        self.push("docker", media_type=DOCKER_TYPE)
        self.push("1")
        self.ask("DELETE", "1")
        self.push("2")
        seen = [there.next()[1]["events"]]
        while seen[-1][-1]["target"].get("tag") != "2":
            seen.append(there.next()[1]["events"])
        self.assertEqual([(e["action"], e["target"]["tag"]) for batch in seen for e in batch],
                         [("push", "1"), ("push", "2")])

    def test_the_older_key_ignores_media_types_too(self):
        there = self.listen()
        self.serve({"name": "one", "url": there.url, "ignoredmediatypes": [DOCKER_TYPE]})
        self.push("docker", media_type=DOCKER_TYPE)
        self.push("1")
        self.assertEqual([e["target"]["tag"] for e in there.next()[1]["events"]], ["1"])

    def test_a_disabled_endpoint_is_not_told(self):
        off, on = self.listen(), self.listen()
        self.serve({"name": "off", "url": off.url, "disabled": True}, {"name": "on", "url": on.url})
        self.push("latest")
        on.next()
        self.assertEqual(off.count, 0)
        self.assertTrue(self.gantry("list")["webhooks"][0]["disabled"])
        self.assertEqual(self.gantry("test", "off")["status"], 200)

    def test_an_attempt_ends_at_its_timeout(self):
        there = self.listen(lambda number: None if number == 1 else 200)
        self.serve({"name": "one", "url": there.url, "timeout": "100ms"})
        self.push("latest")
        self.assertEqual(there.next()[1], there.next()[1])
        self.assertEqual(self.until(lambda one: one["failures"] == 0 and "last_status" in one)["last_status"], 200)

    def test_after_the_threshold_there_are_pauses(self):
        there = self.listen(lambda number: 500)
        self.serve({"name": "one", "url": there.url, "threshold": 3, "backoff": "1h"})
        self.push("latest")
        one = self.until(lambda one: one["failures"] == 3)
        self.assertEqual(one["last_error"], "it answers 500")
        self.assertEqual(one["pending"], 1)
        self.assertEqual(there.count, 3)

    def test_pauses_begin_with_the_backoff(self):
        there = self.listen(lambda number: 500 if number < 4 else 200)
        self.serve({"name": "one", "url": there.url, "threshold": 1, "backoff": "1ms"})
        self.push("latest")
        for _ in range(4):
            there.next()

    def test_variables_make_endpoints(self):
        there = self.listen()
        token = self.folder / "token"
        token.write_text("Bearer x\n")
        self.serve(variables={
            "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_URL": there.url,
            "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_NAME": "one",
            "REGISTRY_NOTIFICATIONS_ENDPOINTS_0_HEADERS_Authorization_FILE": str(token)})
        self.push("latest")
        self.assertEqual(there.next()[0]["Authorization"], "Bearer x")

    def test_a_webhook_is_listed_and_tested(self):
        there = self.listen(lambda number: 200 if number == 1 else 403)
        self.serve({"name": "one", "url": there.url.replace("//", "//ann:secret@")})
        one = self.gantry("list")["webhooks"][0]
        self.assertEqual((one["name"], one["url"], one["pending"]), ("one", there.url, 0))
        tested = self.gantry("test", "one")
        self.assertEqual((tested["webhook"], tested["status"]), ("one", 200))
        fields, body = there.next()
        self.assertEqual(fields["Authorization"], "Basic YW5uOnNlY3JldA==")
        self.assertEqual(body["events"][0]["action"], "test")
        self.assertIn("one: it answers 403", self.gantry("test", "one", status=1))
        self.assertIn("there is no such webhook: two", self.gantry("test", "two", status=1))
        self.assertIn("is not the name of a webhook", self.gantry("test", "a/b", status=2))

    def test_secrets_are_not_shown(self):
        file = self.configuration({"name": "one", "url": "http://ann:hush@h/",
                                   "headers": {"Authorization": ["Bearer hush"], "X-A": ["${HOME}"]}})
        done = subprocess.run([PROGRAM, "config", "show", file], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("hush", done.stdout)
        self.assertIn("url: 'http://***@h/'", done.stdout)
        self.assertIn("${HOME}", done.stdout)


if __name__ == "__main__":
    unittest.main()
