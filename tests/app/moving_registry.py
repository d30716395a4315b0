"""A registry of the built program, and a client that pushes and pulls whole images."""

import hashlib
import http.client
import json
import os
import re
import subprocess
import threading
import warnings

# Sockets and pipes end with the test.
warnings.simplefilter("ignore", ResourceWarning)

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def image_of(seed, size=40_000):
    """The blobs of an image, a large layer, a small one and the config, and its manifest."""
    blobs = [(f"{seed}/" * size)[:size].encode(), f"small {seed}".encode(), json.dumps({"seed": str(seed)}).encode()]
    *layers, config = (
        {"mediaType": kind, "digest": digest_of(each), "size": len(each)}
        for kind, each in zip((LAYER, LAYER, CONFIG), blobs)
    )
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    return blobs, json.dumps(manifest).encode()


class registry:
    """`gantry serve --data FOLDER`, for as long as the block of a `with` statement runs."""

    def __init__(self, program, data, *arguments):
        self.command = [program, "serve", "--data", str(data), "--addr", "127.0.0.1:0", "--access-log",
                        "off", *map(str, arguments)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"listening on .*:(\d+)$", line):
                self.port = int(found[1])
                # The log must not fill the pipe.
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return self
        raise AssertionError("it does not listen")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)

    def client(self):
        return client(self.port)


class client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def push_blob(self, name, content):
        self.connection.request("POST", f"/v2/{name}/blobs/uploads/?digest={digest_of(content)}", content)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status

    def push(self, name, tag, seed, size=40_000):
        """Pushes the image and returns it: its name, its tag and its manifest."""
        blobs, manifest = image_of(seed, size)
        for content in blobs:
            self.push_blob(name, content)
        status, _ = self.ask("PUT", f"/v2/{name}/manifests/{tag}", manifest, {"Content-Type": MANIFEST})
        assert status == 201, status
        return name, tag, manifest

    def remove(self, name, _tag, manifest):
        status, _ = self.ask("DELETE", f"/v2/{name}/manifests/{digest_of(manifest)}")
        assert status == 202, status

    def check(self, name, tag, manifest):
        """Pulls an image and compares every byte."""
        status, body = self.ask("GET", f"/v2/{name}/manifests/{tag}", headers={"Accept": MANIFEST})
        assert (status, body) == (200, manifest), (name, tag, status)
        parsed = json.loads(manifest)
        for each in (parsed["config"], *parsed["layers"]):
            status, body = self.ask("GET", f"/v2/{name}/blobs/{each['digest']}")
            assert status == 200 and digest_of(body) == each["digest"], (name, each, status)


class pusher(threading.Thread):
    """Pushes one image after the other until it is told to stop."""

    def __init__(self, port, name, **kinds):
        super().__init__(daemon=True)
        self.name, self.kinds = name, kinds
        self.client = client(port)
        self.done = []
        self.failed = None
        self.ending = threading.Event()
        self.pushed = threading.Condition()

    def run(self):
        try:
            while not self.ending.is_set():
                number = len(self.done)
                image = self.client.push(self.name, f"v{number}", f"{self.name} {number}", **self.kinds)
                with self.pushed:
                    self.done.append(image)
                    self.pushed.notify_all()
        except BaseException as failed:
            self.failed = failed
            with self.pushed:
                self.pushed.notify_all()

    def wait_for(self, count):
        with self.pushed:
            self.pushed.wait_for(lambda: self.failed or len(self.done) >= count, timeout=60)
        assert not self.failed and len(self.done) >= count, self.failed

    def stop(self):
        self.ending.set()
        self.join(60)
        assert not self.failed, self.failed


def files_of(data):
    """The files of the blobs in a data folder."""
    return [os.path.join(at, each) for at, _, names in os.walk(os.path.join(data, "blobs")) for each in names]
