"""The server to kill: starting and stopping it, and definitions shared by its clients."""

import functools
import hashlib
import http.client
import os
import random
import re
import signal
import subprocess
import threading
import time

from power import power

CLIENTS = 4  # beside the one that runs retention
REPOSITORIES = 2  # per client
MANIFESTS = 6  # per repository, before the oldest is deleted
TAGS = ["a", "b", "c", "latest"]
UPLOADS = 3  # open at a time, per client
SHARED_BLOBS = 40  # pushed by every client, so that one digest is in many states at once
# Of each repository, `latest` and the last of its other tags stay.
RULES = "[{repositories: ['retained/*'], except: [latest], keep: {lastpushed: 1}}]"
GRACE = 1
LEASE = 2
TIMEOUT = 60  # seconds until a request counts as never answered

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
# Contexts in which a broken connection is no loss: the server was killed.
BROKEN = (OSError, http.client.HTTPException)


class lost(Exception):
    """Something acknowledged is missing."""


class died(Exception):
    """The server was killed before it answered."""


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


@functools.lru_cache(maxsize=512)
def blob(key):
    """The bytes for a key: a third are inline in the database, some near the limit."""
    chance = random.Random(key)
    kind = chance.random()
    size = 1024 * chance.randint(20, 400)
    if kind < 0.35:
        size = chance.randint(1024, 8192)
    elif kind < 0.4:
        size = 16 * 1024 + chance.randint(-1, 1)
    content = chance.randbytes(size)
    return content, digest_of(content)


class server:
    """One data folder and the successive processes that use it."""

    def __init__(self, binary, folder, power):
        self.binary = binary
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "log")
        self.power = power
        self.process = None
        self.port = None
        self.killed = threading.Event()

    def spawn(self):
        environment = dict(os.environ, REGISTRY_GANTRY_RETENTION_RULES=RULES)
        if self.power:
            environment |= self.power.environment()
        self.killed.clear()
        self.started = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--addr", "127.0.0.1:0", "--data", self.data]
                + ["--access-log", "off", "--gc-interval", "1", "--gc-grace", str(GRACE)]
                + ["--blob-lease", str(LEASE), "--upload-expiry", "3600", "--undo-window", "1h"],
                stderr=log,
                stdout=log,
                env=environment,
            )

    def wait_until_ready(self):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end and self.process.poll() is None:
            with open(self.log, "rb") as log:
                log.seek(self.started)
                found = re.search(rb"^listening on 127\.0\.0\.1:(\d+)$", log.read(), re.MULTILINE)
            if found:
                self.port = int(found[1])
                return
            time.sleep(0.005)
        raise lost(f"the server does not start: it ended with {self.process.poll()}")

    def kill(self):
        if self.process.poll() is not None:
            raise lost(f"the server ended by itself with {self.process.returncode}")
        self.killed.set()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.killed.set()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise lost("the server does not stop") from None
        if status != 0:
            raise lost(f"the server stopped with {status}")

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
