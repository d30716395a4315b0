"""A registry on a disk that can be broken and repaired while it serves, and its expected content."""

import contextlib
import hashlib
import http.client
import json
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
import unittest

BINARY = os.environ["GANTRY_BINARY"]
LIBRARY = os.environ["GANTRY_DISK_FAULTS"]
PATIENCE = 60  # seconds until an operation counts as hanging
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LARGE = 300_000  # bytes: stored in a file
SMALL = 1000  # bytes: stored in the database


def content(size, seed):
    return random.Random(seed).randbytes(size)


def digest_of(bytes_):
    return "sha256:" + hashlib.sha256(bytes_).hexdigest()


class answer:
    def __init__(self, received):
        self.status = received.status
        self.headers = received.headers
        self.body = received.read()

    def code(self):
        """The code of the error in the JSON body."""
        return json.loads(self.body)["errors"][0]["code"]

    def message(self):
        return json.loads(self.body)["errors"][0]["message"]


class case(unittest.TestCase):
    """A server with one image that must survive the test: at the end the disk is repaired, and a new
    process must find everything that was acknowledged."""

    options = ()

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="gantry-faults-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = os.path.join(self.folder, "data")
        self.control = os.path.join(self.folder, "control")
        self.process = None
        self.addCleanup(self.end)
        # path -> bytes that a GET must return
        self.kept = {}
        self.start()
        self.push_image("kept/image", "1", seed=1)

    def tearDown(self):
        self.heal()
        self.stop()
        verified = subprocess.run(
            [BINARY, "verify", "--deep", "--data", self.data], capture_output=True, text=True
        )
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        self.start()
        self.check_kept()
        self.stop()

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    # ---- the server

    def spawn(self):
        environment = dict(os.environ, LD_PRELOAD=LIBRARY, GANTRY_FAULTS=self.control)
        self.log = open(os.path.join(self.folder, "log"), "w+b")
        self.addCleanup(self.log.close)
        self.process = subprocess.Popen(
            [BINARY, "serve", "--addr", "127.0.0.1:0", "--data", self.data, "--threads", "2"]
            + ["--access-log", "off", "--gc-interval", "0", *self.options],
            stderr=self.log,
            stdout=self.log,
            env=environment,
        )

    def start(self):
        self.spawn()
        found = self.wait_for_line(r"listening on 127\.0\.0\.1:(\d+)")
        self.port = int(found[1])

    def stop(self):
        self.process.terminate()
        self.assertEqual(self.process.wait(PATIENCE), 0)

    def said(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def wait_for_line(self, pattern):
        return self.eventually(lambda: re.search(pattern, self.said()), pattern)

    def eventually(self, happens, what):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if seen := happens():
                return seen
            time.sleep(0.01)
        return self.fail(f"this never came: {what}; the server said: {self.said()}")

    # ---- the disk

    def break_disk(self, number, operations, pattern):
        """Makes these operations fail with this errno on files whose path contains `pattern`."""
        aside = self.control + ".new"
        with open(aside, "w", encoding="ascii") as control:
            control.write(f"{number} {operations} {pattern}\n")
        os.rename(aside, self.control)

    def heal(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.control)

    def leave_descriptors(self, count):
        """Lets the server open only this many more files."""
        used = {int(name) for name in os.listdir(f"/proc/{self.process.pid}/fd")}
        free = [number for number in range(max(used) + count + 2) if number not in used]
        before = resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (free[count], before[1]))
        return before

    def give_descriptors(self, before):
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, before)

    # ---- requests

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def ask(self, method, path, body=None, headers=None, on=None):
        connection = on or self.connect()
        connection.request(method, path, body, headers or {})
        return answer(connection.getresponse())

    def get(self, path, on=None):
        return self.ask("GET", path, headers={"Accept": MANIFEST}, on=on)

    def open_upload(self, name, on=None):
        opened = self.ask("POST", f"/v2/{name}/blobs/uploads/", on=on)
        self.assertEqual(opened.status, 202, opened.body)
        return opened.headers["Location"]

    def append(self, location, bytes_, on=None):
        return self.ask("PATCH", location, bytes_, on=on)

    def finish(self, location, whole, rest=None, on=None):
        """Completes the upload of `whole`, of which `rest` is missing."""
        return self.ask("PUT", f"{location}?digest={digest_of(whole)}", rest, on=on)

    def push_blob(self, name, bytes_, on=None):
        return self.finish(self.open_upload(name, on), bytes_, bytes_, on)

    def offset_of(self, location):
        """The offset of an upload with bytes; an empty upload reports 0-0, too."""
        status = self.get(location)
        self.assertEqual(status.status, 204, status.body)
        return int(status.headers["Range"].partition("-")[2]) + 1

    def push_manifest(self, name, tag, blobs, on=None):
        named = [{"digest": digest_of(b), "size": len(b), "mediaType": LAYER} for b in blobs]
        named[0]["mediaType"] = CONFIG
        image = {"schemaVersion": 2, "mediaType": MANIFEST, "config": named[0], "layers": named[1:]}
        text = json.dumps(image | {"annotations": {"tag": tag}}).encode()
        path = f"/v2/{name}/manifests/{tag}"
        put = self.ask("PUT", path, text, {"Content-Type": MANIFEST}, on=on)
        if put.status == 201:
            self.kept[path] = text
        return put

    def store_blob(self, name, bytes_):
        stored = self.push_blob(name, bytes_)
        self.assertEqual(stored.status, 201, stored.body)
        self.kept[f"/v2/{name}/blobs/{digest_of(bytes_)}"] = bytes_

    def push_image(self, name, tag, seed):
        """Pushes a small and a large blob and a manifest that references them; all must be stored."""
        blobs = [content(SMALL, seed), content(LARGE, seed)]
        for each in blobs:
            self.store_blob(name, each)
        put = self.push_manifest(name, tag, blobs)
        self.assertEqual(put.status, 201, put.body)
        return blobs

    # ---- what must be

    def check_kept(self, on=None):
        for path, bytes_ in self.kept.items():
            found = self.get(path, on)
            self.assertEqual((path, found.status), (path, 200), found.body[:300])
            self.assertEqual(found.body, bytes_, path)

    def check_failed(self, said, status=500, message="the registry's storage failed"):
        self.assertEqual(said.status, status, said.body)
        self.assertEqual(said.message(), message)
        self.assertEqual(said.headers["Content-Type"], "application/json")
