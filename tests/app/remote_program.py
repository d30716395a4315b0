"""Commands of the program for a registry that runs, each test with one of its own."""

import http.client
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from moving_registry import digest_of
from running_program import running


def manifest(note):
    return json.dumps(
        {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [],
         "annotations": {"note": note}}
    ).encode()


class remote_program(unittest.TestCase):
    PROGRAM = ""
    # That of the registry's paths.
    PREFIX = ""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        server = running(self.PROGRAM, "--addr", "127.0.0.1:0", "--undo-window", "1h", "--seed", "false",
                         *self.arguments())
        self.port = self.enterContext(server).port()

    def arguments(self):
        return []

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, self.PREFIX + path, body, self.fields())
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def fields(self):
        return {"Content-Type": "application/vnd.oci.image.index.v1+json"}

    def push(self, tag, note):
        self.assertEqual(self.ask("PUT", f"/v2/team/app/manifests/{tag}", manifest(note)).status, 201)
        return digest_of(manifest(note))

    def target(self, tag):
        return self.ask("HEAD", f"/v2/team/app/manifests/{tag}").headers["Docker-Content-Digest"]

    def url(self):
        return f"http://127.0.0.1:{self.port}{self.PREFIX}"

    def gantry(self, *words, status=0, **variables):
        done = subprocess.run(
            [self.PROGRAM, *words, "--url", self.url()],
            env=dict(os.environ, HOME=str(self.folder), **variables),
            capture_output=True, text=True, timeout=60,
        )
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout) if status == 0 else done.stderr
