#!/usr/bin/env python3
"""What settings change about answers: setting_answers_program_test.py GANTRY

Each row goes the whole way, from a key in a configuration file to what a client sees with and
without it.
"""

import http.client
import json
import sys
import tempfile
import unittest
from pathlib import Path

from moving_registry import MANIFEST, digest_of, image_of
from running_program import running

PROGRAM = sys.argv.pop(1)
ABSENT = "sha256:" + "0" * 64
SEEDED = "/v2/library/hello-world/manifests/latest"
ORIGIN = "https://ui.example"


class request:
    def __init__(self, method, path, body=None, **fields):
        self.method, self.path, self.body = method, path, body
        self.fields = {name.replace("_", "-"): value for name, value in fields.items()}


def push(path, body, kind=MANIFEST):
    return request("PUT", path, body, Content_Type=kind)


def push_blob(body):
    return request("POST", f"/v2/app/blobs/uploads/?digest={digest_of(body)}", body)


def get(path, **fields):
    return request("GET", path, **fields)


def field(name):
    """What takes this field from an answer."""
    return lambda answer, _: answer.getheader(name)


def status(answer, _):
    return answer.status


def has_name(_, body):
    return "//r.example/" in json.loads(body)["api_url"]


def scheme(answer, _):
    """Empty if the location is a path."""
    return answer.getheader("Location").partition("/")[0]


def is_warned(answer, _):
    return answer.getheader("Warning") is not None


challenge = field("WWW-Authenticate")
UPLOAD = request("POST", "/v2/app/blobs/uploads/")
PROXIED = request("POST", UPLOAD.path, X_Forwarded_Proto="https")
BROWSER = get("/v2/_catalog", Origin=ORIGIN)
INCOMPLETE = push("/v2/app/manifests/v1", image_of(0)[1])
EMPTY = b'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}'
INDEX = push("/v2/app/manifests/v1", EMPTY, "application/vnd.oci.image.index.v1+json")
MOVED = push(SEEDED, EMPTY, "application/vnd.oci.image.index.v1+json")

# The configuration (FOLDER is that of the test), a request that is sent twice, what is taken from
# the second answer, and that without and with the configuration.
ROWS = [
    ("http: {prefix: /p}", get("/p/v2/"), status, 404, 200),
    ("http: {headers: {X-Own: [a]}}", get("/v2/"), field("X-Own"), None, "a"),
    ("http: {relativeurls: false}", UPLOAD, scheme, "", "http:"),
    ("http: {host: 'https://r.example'}", get("/"), has_name, False, True),
    ("http: {trustedproxies: [127.0.0.1], relativeurls: false}", PROXIED, scheme, "", "https:"),
    ("http: {trustedproxies: [10.0.0.1], relativeurls: false}", PROXIED, scheme, "", "http:"),
    ("http: {debug: {prometheus: {enabled: false}}}", get("/metrics"), status, 200, 404),
    ("storage: {delete: {enabled: true}}", request("DELETE", f"/v2/app/manifests/{ABSENT}"), status, 405, 404),
    ("storage: {maintenance: {readonly: {enabled: true}}}", UPLOAD, status, 202, 405),
    ("auth: {htpasswd: {realm: here, path: FOLDER/users}}", get("/v2/"), challenge, None, 'Basic realm="here"'),
    ("gantry: {policy: {file: FOLDER/policy}}", get("/v2/_catalog"), status, 200, 403),
    ("catalog: {maxentries: 1}\ngantry: {pages: {strict: true}}", get("/v2/_catalog?n=2"), status, 200, 400),
    ("gantry: {referrers: {enabled: false}}", get(f"/v2/app/referrers/{ABSENT}"), status, 200, 404),
    ("gantry: {control: 'off'}", get("/__parlel/faults"), status, 200, 404),
    ("gantry: {journal: {entries: 0}}", get("/__parlel/requests"), status, 200, 404),
    ("gantry: {reset: {allowed: false}}", request("POST", "/__parlel/reset"), status, 200, 403),
    (f"gantry: {{cors: {{origins: ['{ORIGIN}']}}}}", BROWSER, field("Access-Control-Allow-Origin"), "*", ORIGIN),
    ("gantry: {rates: ['address=1/h']}", get("/v2/"), status, 200, 429),
    ("gantry: {seed: 'false'}", get(SEEDED), status, 200, 404),
    ("gantry: {faults: FOLDER/faults}", get("/v2/"), status, 200, 418),
    ("gantry: {profile: {name: ecr}}", UPLOAD, status, 202, 404),
    # Unlike the row above.
    ("gantry: {profile: {name: ecr, repositories: [app]}}", UPLOAD, status, 202, 202),
    ("gantry: {tags: {immutable: ['*']}}", MOVED, status, 201, 409),
    ("gantry: {repositories: {max: 1}}", INDEX, status, 201, 403),
    ("gantry: {memory: {limit: 1000}, seed: 'false'}", push_blob(b"x" * 2000), status, 201, 403),
    ("gantry: {blobs: {maxsize: 3}}", push_blob(b"1234"), status, 201, 413),
    ("gantry: {uploads: {max: 1}}", UPLOAD, status, 202, 429),
    ("gantry: {uploads: {minchunk: 9}}", UPLOAD, field("OCI-Chunk-Min-Length"), None, "9"),
    ("gantry: {validation: {references: reject}}", INCOMPLETE, status, 201, 400),
    ("gantry: {validation: {references: accept}}", INCOMPLETE, is_warned, True, False),
    ("gantry: {validation: {lenient: true}}", push("/v2/app/manifests/.odd", b"text", "text/plain"), status, 400, 201),
]


class setting_answers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "policy").write_text("version: 1\nrules: []\n")
        (self.folder / "faults").write_text('[{"match": {}, "effect": {"status": 418}}]')

    def answer(self, text, asked, taken):
        file = self.folder / "config.yml"
        file.write_text("version: 0.1\n" + text.replace("FOLDER", str(self.folder)) + "\n")
        # The program refuses a key twice, so the address is an option.
        with running(PROGRAM, file, "--addr", "127.0.0.1:0") as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port(), timeout=20)
            for _ in range(2):
                connection.request(asked.method, asked.path, asked.body, asked.fields)
                answer = connection.getresponse()
                body = answer.read()
            connection.close()
        return taken(answer, body)

    def test_each_setting_changes_an_answer(self):
        for text, asked, taken, without, configured in ROWS:
            with self.subTest(text):
                self.assertEqual(self.answer("", asked, taken), without)
                self.assertEqual(self.answer(text, asked, taken), configured)


if __name__ == "__main__":
    unittest.main()
