#!/usr/bin/env python3
"""Kills the server again and again while clients push, and checks that what it acknowledged is
still there.

Each client owns repositories and keeps a journal of what was acknowledged there, and of what was in
flight when the server died and so may be either way. After each start it checks its journal, then
goes on. With --power-loss the folder is not left as the dead process left it, but as a disk may
have it that lost power: see power_loss.cpp and `power`.

A run that finds a loss says what was lost, keeps the folder and ends with 1."""

import argparse
import collections
import ctypes
import functools
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid

CLIENTS = 4
REPOSITORIES = 2  # of each client
MANIFESTS = 6  # of each repository, before the oldest goes
TAGS = ["a", "b", "c", "latest"]
UPLOADS = 3  # open at a time, of each client
SHARED_BLOBS = 40  # that every client pushes, so that one digest has many fates at once
GRACE = 1
LEASE = 2
TIMEOUT = 60  # seconds until a request counts as never answered

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
# Where a broken connection is no loss: the server was killed.
BROKEN = (OSError, http.client.HTTPException)


class lost(Exception):
    """Something that was acknowledged is not there."""


class died(Exception):
    """The server was killed before it answered."""


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


@functools.lru_cache(maxsize=512)
def blob(key):
    """The bytes that a key names: a third inline in the database, some just beside the limit."""
    chance = random.Random(key)
    kind = chance.random()
    size = 1024 * chance.randint(20, 400)
    if kind < 0.35:
        size = chance.randint(1024, 8192)
    elif kind < 0.4:
        size = 16 * 1024 + chance.randint(-1, 1)
    content = chance.randbytes(size)
    return content, digest_of(content)


# ---- the server ----------------------------------------------------------------------------------


class server:
    """One data folder and the process that has it, one after the other."""

    def __init__(self, binary, folder, power):
        self.binary = binary
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "log")
        self.power = power
        self.process = None
        self.port = None
        self.killed = threading.Event()

    def spawn(self):
        environment = dict(os.environ)
        if self.power:
            environment |= self.power.environment()
        self.killed.clear()
        self.started = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--addr", "127.0.0.1:0", "--data", self.data]
                + ["--access-log", "off", "--gc-interval", "1", "--gc-grace", str(GRACE)]
                + ["--blob-lease", str(LEASE), "--upload-expiry", "3600"],
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


# ---- loss of power -------------------------------------------------------------------------------


class timestamp(ctypes.Structure):
    _fields_ = [("sec", ctypes.c_int64), ("nsec", ctypes.c_uint32), ("pad", ctypes.c_int32)]


class statx_buffer(ctypes.Structure):
    _fields_ = [("before", ctypes.c_char * 32), ("ino", ctypes.c_uint64)]
    _fields_ += [("between", ctypes.c_char * 40), ("btime", timestamp), ("rest", ctypes.c_char * 512)]


LIBC = ctypes.CDLL(None, use_errno=True)


def key_of(path):
    """The same as `key_of` in power_loss.cpp."""
    found = statx_buffer()
    no_follow, inode_and_birth = 0x100, 0x100 | 0x800
    if LIBC.statx(-100, os.fsencode(path), no_follow, inode_and_birth, ctypes.byref(found)) != 0:
        raise OSError(ctypes.get_errno(), path)
    return f"{found.ino}-{found.btime.sec}.{found.btime.nsec}"


class power:
    """Makes a folder as a loss of power leaves it. What was synced is there as it was then; whether
    what came later is there is a matter of chance, for each file and each folder."""

    def __init__(self, library, folder, chance, drop):
        self.library = library
        self.root = os.path.join(folder, "data")
        self.shadow = os.path.join(folder, "shadow")
        self.chance = chance
        self.drop = drop
        self.boot_id = str(uuid.uuid4())

    def environment(self):
        return {
            "LD_PRELOAD": self.library,
            # The library need not come after the sanitizer's.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
            "GANTRY_POWER_LOSS_ROOT": self.root,
            "GANTRY_POWER_LOSS_SHADOW": self.shadow,
            "GANTRY_POWER_LOSS_BOOT_ID": self.boot_id,
            "GANTRY_POWER_LOSS_DROP": self.drop or "",
        }

    def seed(self):
        """All that is in the folder now is on the disk."""
        shutil.rmtree(self.shadow, ignore_errors=True)
        os.makedirs(os.path.join(self.shadow, "files"))
        os.makedirs(os.path.join(self.shadow, "dirs"))
        for path, folders, files in os.walk(self.root):
            with open(os.path.join(self.shadow, "dirs", key_of(path)), "wb") as listing:
                for kind, name in [("dir", each) for each in folders] + [("file", e) for e in files]:
                    key = key_of(os.path.join(path, name))
                    listing.write(f"{kind} {key} {name}\n".encode())
            for name in files:
                source = os.path.join(path, name)
                shutil.copyfile(source, os.path.join(self.shadow, "files", key_of(source)))

    def lose(self):
        """Call while nobody has the folder open."""
        live = {key_of(self.root): self.root}
        for path, folders, files in os.walk(self.root):
            for name in folders + files:
                live[key_of(os.path.join(path, name))] = os.path.join(path, name)
        after = self.root + ".after"
        self.rebuild_folder(key_of(self.root), after, live)
        shutil.rmtree(self.root)
        os.rename(after, self.root)
        self.seed()
        self.boot_id = str(uuid.uuid4())

    def rebuild_folder(self, key, target, live):
        os.mkdir(target)
        for kind, child, name in self.entries(key, live):
            path = os.path.join(target, name)
            if kind == "dir":
                self.rebuild_folder(child, path, live)
            elif name != "metadata.db-shm":
                with open(path, "wb") as file:
                    file.write(self.content(child, live))

    def entries(self, key, live):
        synced = os.path.join(self.shadow, "dirs", key)
        if key in live and self.chance.random() < 0.25:
            with os.scandir(live[key]) as entries:
                return [
                    ("dir" if each.is_dir() else "file", key_of(each.path), each.name)
                    for each in entries
                ]
        if not os.path.exists(synced):
            return []
        with open(synced, encoding="utf-8") as listing:
            return [line.rstrip("\n").split(" ", 2) for line in listing]

    def content(self, key, live):
        synced = os.path.join(self.shadow, "files", key)
        is_synced = os.path.exists(synced)
        written = b""
        if key in live:
            with open(live[key], "rb") as file:
                written = file.read()
        if is_synced:
            if key in live and self.chance.random() < 0.25:
                return written
            with open(synced, "rb") as file:
                return file.read()
        return self.chance.choice([b"", written, written[: self.chance.randint(0, len(written))]])


# ---- clients -------------------------------------------------------------------------------------


class repository:
    """What a client knows of a repository of its own."""

    def __init__(self, name):
        self.name = name
        # digest -> (bytes, type, digests of its blobs), in the order they came
        self.manifests = {}
        # Those of them that may be there or not.
        self.uncertain = set()
        # tag -> digests that it may point to; None: that it may not be there
        self.tags = {name: {None} for name in TAGS}
        # digest -> when its lease is over at the earliest; of blobs that were acknowledged
        self.blobs = {}

    def is_certain(self, digest):
        return digest in self.manifests and digest not in self.uncertain

    def needs(self, blob_digest):
        return any(blob_digest in blobs for _, _, blobs in self.manifests.values())

    def forget(self, digest):
        self.manifests.pop(digest, None)
        self.uncertain.discard(digest)


class upload:
    def __init__(self, home, location, key):
        self.home = home
        self.location = location
        self.key = key
        # It has taken at least and at most so many bytes.
        self.least = 0
        self.most = 0
        self.finishing = False
        self.met_crash = False


class client(threading.Thread):
    def __init__(self, run, number, chance):
        super().__init__(daemon=True)
        self.run_ = run
        self.number = number
        self.chance = chance
        self.homes = [repository(f"crash/c{number}/r{i}") for i in range(REPOSITORIES)]
        self.uploads = []
        self.connection = None
        self.made = 0
        self.checked = threading.Event()
        self.counts = collections.Counter()

    # ---- requests

    def ask(self, method, path, body=None, headers=None, chunked=False):
        """Status, headers and body of the answer."""
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.run_.server.port, timeout=TIMEOUT
                )
            if chunked:
                size = max(1, len(body) // 3)
                body = iter([body[i : i + size] for i in range(0, len(body), size)])
            self.connection.request(method, path, body, headers or {}, encode_chunked=chunked)
            answer = self.connection.getresponse()
            content = answer.read()
        except BROKEN as broken:
            self.disconnect()
            # The thread that kills says so first.
            if self.run_.server.killed.is_set():
                raise died from None
            if self.run_.server.process.poll() is not None:
                raise lost("the server ended by itself") from broken
            raise lost(f"{method} {path}: not answered ({broken!r})") from broken
        self.counts[f"{method} {answer.status}"] += 1
        if answer.status >= 500:
            raise lost(f"{method} {path}: {answer.status} {content[:300]!r}")
        return answer.status, answer.headers, content

    def disconnect(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def acknowledged(self, kind):
        self.counts["acknowledged"] += 1
        self.counts[kind] += 1

    def wrong(self, what, status, content=b""):
        raise lost(f"{what}: {status} {content[:300]!r}")

    # ---- life

    def run(self):
        try:
            while self.run_.wait_for_server(self):
                try:
                    self.check()
                    self.checked.set()
                    while not self.run_.server.killed.is_set():
                        self.work()
                    self.disconnect()
                except died:
                    pass
        except BaseException as failed:  # whatever it is, the run is over
            self.run_.fail(f"client {self.number}: {failed if isinstance(failed, lost) else repr(failed)}")
        finally:
            self.checked.set()
            self.run_.leave(self)

    def work(self):
        home = self.chance.choice(self.homes)
        choices = [
            (self.push_image, 10),
            (self.push_index, 2),
            (self.move_tag, 4),
            (self.begin_upload, 3),
            (self.continue_upload, 6),
            (self.break_upload, 1),
            (self.delete_tag, 2),
            (self.delete_manifest, 2),
            (self.delete_blob, 2),
            (self.read, 4),
            (self.collect, 1),
        ]
        act = self.chance.choices([each for each, _ in choices], [n for _, n in choices])[0]
        act(home)
        if len(home.manifests) > MANIFESTS:
            self.remove_manifest(home, next(iter(home.manifests)))
        while len(home.blobs) > 100:
            home.blobs.pop(next(iter(home.blobs)))

    def any_key(self):
        if self.chance.random() < 0.5:
            return f"shared {self.chance.randrange(SHARED_BLOBS)}"
        self.made += 1
        return f"{self.run_.seed} {self.number} {self.made}"

    # ---- blobs

    def keep_blob(self, home, digest, asked_at):
        home.blobs.pop(digest, None)
        home.blobs[digest] = asked_at + LEASE
        self.acknowledged("blobs pushed")

    def push_blob(self, home, key):
        content, digest = blob(key)
        path = f"/v2/{home.name}/blobs/uploads/"
        octets = {"Content-Type": "application/octet-stream"}
        asked_at = time.time()
        way = self.chance.random()
        if way < 0.2:
            source = self.chance.choice(self.run_.clients).homes[0].name
            status, headers, _ = self.ask("POST", f"{path}?mount={digest}&from={source}")
            if status == 201:
                return self.keep_blob(home, digest, asked_at)
        elif way < 0.5:
            status, headers, said = self.ask("POST", f"{path}?digest={digest}", content, octets)
            if status != 201:
                self.wrong("a push at once", status, said)
            return self.keep_blob(home, digest, asked_at)
        else:
            status, headers, _ = self.ask("POST", path)
        if status != 202:
            self.wrong("the start of an upload", status)
        location = headers["Location"]
        at = 0
        if way > 0.7:
            at = self.chance.choice([len(content), len(content) // 2])
            status, headers, said = self.ask(
                "PATCH", location, content[:at], octets, chunked=self.chance.random() < 0.3
            )
            if status != 202:
                self.wrong("a PATCH", status, said)
            location = headers["Location"]
        asked_at = time.time()
        status, _, said = self.ask("PUT", f"{location}?digest={digest}", content[at:], octets)
        if status != 201:
            self.wrong("the end of an upload", status, said)
        self.keep_blob(home, digest, asked_at)

    def delete_blob(self, home):
        unneeded = [each for each in home.blobs if not home.needs(each)]
        if not unneeded:
            return
        digest = self.chance.choice(unneeded)
        del home.blobs[digest]
        status, _, said = self.ask("DELETE", f"/v2/{home.name}/blobs/{digest}")
        if status not in (202, 404):
            self.wrong("the deletion of a blob", status, said)
        self.acknowledged("blobs deleted")

    # ---- uploads that go on over restarts

    def begin_upload(self, home):
        if len(self.uploads) >= UPLOADS:
            return
        status, headers, _ = self.ask("POST", f"/v2/{home.name}/blobs/uploads/")
        if status != 202:
            self.wrong("the start of an upload", status)
        self.uploads.append(upload(home, headers["Location"], self.any_key()))
        self.acknowledged("uploads begun")

    def offset_of(self, one):
        """As the server has it; None: it knows no such upload."""
        status, headers, said = self.ask("GET", one.location)
        if status == 404:
            return None
        found = re.fullmatch(r"0-(\d+)", headers.get("Range", ""))
        if status != 204 or not found:
            self.wrong(f"the state of upload {one.location}", status, said)
        return int(found[1]) + 1 if found[1] != "0" else 0

    def continue_upload(self, _home):
        if not self.uploads:
            return
        one = self.chance.choice(self.uploads)
        content, digest = blob(one.key)
        at = self.offset_of(one)
        if at is None or not one.least <= at <= one.most:
            raise lost(f"upload {one.location} is at {at}, not {one.least} to {one.most}")
        # What is left, or a part; never one byte, which the answer does not tell from none.
        left = len(content) - at
        part = left if left < 4096 or self.chance.random() < 0.3 else self.chance.randint(2, left)
        octets = {"Content-Type": "application/octet-stream"}
        if part == left and self.chance.random() < 0.6:
            one.finishing = True
            asked_at = time.time()
            status, _, said = self.ask("PUT", f"{one.location}?digest={digest}", content[at:], octets)
            if status == 201:
                self.uploads.remove(one)
                self.keep_blob(one.home, digest, asked_at)
                self.counts["uploads resumed"] += one.met_crash
                return
        elif part == 0:
            return
        else:
            if one.least < one.most or self.chance.random() < 0.7:
                octets["Content-Range"] = f"{at}-{at + part - 1}"
            one.most = max(one.most, at + part)
            status, _, said = self.ask("PATCH", one.location, content[at : at + part], octets)
            if status == 202:
                one.least = one.most = at + part
                self.acknowledged("chunks")
                return
        # A chunk that was broken off may not have ended yet.
        if not one.least < one.most:
            self.wrong(f"upload {one.location}", status, said)
        one.finishing = False
        self.cancel(one)

    def cancel(self, one):
        one.finishing = True
        status, _, said = self.ask("DELETE", one.location)
        if status not in (204, 404):
            self.wrong("the end of an upload", status, said)
        self.uploads.remove(one)

    def break_upload(self, _home):
        """Sends half of a chunk and goes away."""
        if not self.uploads:
            return
        one = self.chance.choice(self.uploads)
        content, _ = blob(one.key)
        at = self.offset_of(one)
        if at is None or at + 4 > len(content) or one.least != one.most:
            return
        half = (len(content) - at) // 2
        one.most = at + half
        # With a range: it may be late, and must not be taken behind the next chunk.
        head = f"PATCH {one.location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
        head += f"{len(content) - at}\r\nContent-Range: {at}-{len(content) - 1}\r\n"
        head += "Content-Type: application/octet-stream\r\n\r\n"
        try:
            with socket.create_connection(("127.0.0.1", self.run_.server.port), TIMEOUT) as broken:
                broken.sendall(head.encode() + content[at : at + half])
        except OSError:
            if not self.run_.server.killed.is_set():
                raise
            raise died from None
        self.counts["chunks broken off"] += 1

    # ---- manifests

    def push_image(self, home):
        keys = [self.any_key() for _ in range(self.chance.randint(2, 4))]
        named = []
        for key in keys:
            content, digest = blob(key)
            named.append((digest, len(content)))
        self.made += 1
        image = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": named[0][0], "size": named[0][1]},
            "layers": [{"mediaType": LAYER, "digest": d, "size": n} for d, n in named[1:]],
            "annotations": {"number": f"{self.number} {self.made}"},
        }
        known = [each for each in home.manifests if home.is_certain(each)]
        if known and self.chance.random() < 0.15:
            subject = self.chance.choice(known)
            size = len(home.manifests[subject][0])
            image["subject"] = {"mediaType": MANIFEST, "digest": subject, "size": size}
        for _ in range(3):
            for key in keys:
                # As clients do: what is there need not be pushed.
                path = f"/v2/{home.name}/blobs/{blob(key)[1]}"
                if self.chance.random() < 0.5 or self.ask("HEAD", path)[0] != 200:
                    self.push_blob(home, key)
            if self.push_manifest(home, image, [digest for digest, _ in named]):
                return

    def push_index(self, home):
        known = [each for each in home.manifests if home.is_certain(each)]
        if not known:
            return
        self.made += 1
        children = self.chance.sample(known, min(2, len(known)))
        index = {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [
                {"mediaType": home.manifests[d][1], "digest": d, "size": len(home.manifests[d][0])}
                for d in children
            ],
            "annotations": {"number": f"{self.number} {self.made}"},
        }
        if not self.push_manifest(home, index, []):
            raise lost(f"an index of manifests that are there is refused in {home.name}")

    def push_manifest(self, home, value, blobs):
        content = json.dumps(value).encode()
        tag = self.chance.choice(TAGS + [None])
        return self.put(home, content, value["mediaType"], blobs, tag)

    def put(self, home, content, media_type, blobs, tag):
        """Whether it was taken: a blob whose lease was over may be gone."""
        digest = digest_of(content)
        if digest not in home.manifests:
            home.uncertain.add(digest)
        home.manifests.setdefault(digest, (content, media_type, blobs))
        before = home.tags.get(tag)
        if tag:
            home.tags[tag] = before | {digest}
        path = f"/v2/{home.name}/manifests/{tag or digest}"
        status, _, said = self.ask("PUT", path, content, {"Content-Type": media_type})
        if status == 201:
            home.uncertain.discard(digest)
            if tag:
                home.tags[tag] = {digest}
            self.acknowledged("manifests pushed")
            return True
        if status != 400 or b"MANIFEST_BLOB_UNKNOWN" not in said:
            self.wrong(f"PUT {path}", status, said)
        if digest in home.uncertain:
            home.forget(digest)
        if tag:
            home.tags[tag] = before
        self.counts["manifests refused"] += 1
        return False

    def move_tag(self, home):
        known = [each for each in home.manifests if home.is_certain(each)]
        if not known:
            return
        digest = self.chance.choice(known)
        content, media_type, blobs = home.manifests[digest]
        if not self.put(home, content, media_type, blobs, self.chance.choice(TAGS)):
            # It is there, and so is what it needs, unless an index lost a child.
            if media_type != INDEX:
                raise lost(f"manifest {digest} of {home.name} is there, its blobs are not")

    def delete_tag(self, home):
        tag = self.chance.choice(TAGS)
        before = home.tags[tag]
        home.tags[tag] = before | {None}
        status, _, said = self.ask("DELETE", f"/v2/{home.name}/manifests/{tag}")
        if status == 202:
            home.tags[tag] = {None}
            self.acknowledged("tags deleted")
        elif status != 404 or None not in before:
            self.wrong(f"the deletion of tag {tag} in {home.name}, which is {before}", status, said)

    def delete_manifest(self, home):
        if home.manifests:
            self.remove_manifest(home, self.chance.choice(list(home.manifests)))

    def remove_manifest(self, home, digest):
        was_certain = home.is_certain(digest)
        home.uncertain.add(digest)
        for tag, targets in home.tags.items():
            if digest in targets:
                home.tags[tag] = targets | {None}
        status, _, said = self.ask("DELETE", f"/v2/{home.name}/manifests/{digest}")
        if status == 404 and not was_certain:
            # Whether that is on the disk is not known; the clean-up of later rounds will see.
            if not self.run_.server.power:
                self.forget_manifest(home, digest)
            return
        if status != 202:
            self.wrong(f"the deletion of manifest {digest} in {home.name}", status, said)
        self.forget_manifest(home, digest)
        self.acknowledged("manifests deleted")

    def forget_manifest(self, home, digest):
        home.forget(digest)
        for tag, targets in home.tags.items():
            home.tags[tag] = {None if each == digest else each for each in targets}

    def read(self, home):
        if not home.manifests:
            return
        digest = self.chance.choice(list(home.manifests))
        self.check_manifest(home, digest, set())
        self.check_tag(home, self.chance.choice(TAGS))

    def collect(self, _home):
        status, _, said = self.ask("POST", "/__gantry/gc")
        # Another collection may be running.
        if status not in (200, 409, 429):
            self.wrong("a collection", status, said)

    # ---- checks

    def check(self):
        for home in self.homes:
            self.check_fresh_blobs(home)
        for one in list(self.uploads):
            self.check_upload(one)
        for home in self.homes:
            sound = set()
            for digest in list(home.manifests):
                self.check_manifest(home, digest, sound)
            for tag in TAGS:
                self.check_tag(home, tag)

    def check_fresh_blobs(self, home):
        """No manifest needs them yet, but their lease was not over when the server died, and one
        that has just started collects nothing."""
        for digest, until in list(home.blobs.items()):
            if home.needs(digest) or until < self.run_.ended_at:
                continue
            status, _, content = self.ask("GET", f"/v2/{home.name}/blobs/{digest}")
            if status == 200 and digest_of(content) == digest:
                self.counts["blobs checked"] += 1
            elif time.time() < self.run_.started_at + LEASE - 0.2:
                self.wrong(f"blob {digest} was pushed to {home.name}", status, content)

    def check_upload(self, one):
        at = self.offset_of(one)
        one.met_crash = True
        if at is None:
            if one.finishing or self.run_.lost_power:
                self.uploads.remove(one)
                return
            raise lost(f"upload {one.location} had {one.least} bytes and is unknown")
        if at > one.most or (at < one.least and not self.run_.lost_power):
            raise lost(f"upload {one.location} has {at} bytes, not {one.least} to {one.most}")
        one.finishing = False
        self.counts["uploads checked"] += 1
        one.least = one.most = at

    def check_manifest(self, home, digest, sound):
        content, media_type, blobs = home.manifests[digest]
        path = f"/v2/{home.name}/manifests/{digest}"
        status, headers, said = self.ask("GET", path, headers={"Accept": media_type})
        if status == 404 and digest in home.uncertain:
            if self.run_.is_settled():
                self.forget_manifest(home, digest)
            return
        if status != 200 or said != content or headers["Content-Type"] != media_type:
            self.wrong(f"manifest {digest} of {home.name}", status, said)
        if self.run_.is_settled():
            home.uncertain.discard(digest)
        self.counts["manifests checked"] += 1
        for each in blobs:
            if each in sound:
                continue
            status, _, said = self.ask("GET", f"/v2/{home.name}/blobs/{each}")
            if status != 200 or digest_of(said) != each:
                size = f"{len(said)} bytes, " if status == 200 else ""
                self.wrong(f"blob {each} of manifest {digest} in {home.name}", size + str(status))
            sound.add(each)
            self.counts["blobs checked"] += 1

    def check_tag(self, home, tag):
        status, headers, said = self.ask(
            "HEAD", f"/v2/{home.name}/manifests/{tag}", headers={"Accept": f"{MANIFEST}, {INDEX}"}
        )
        found = headers["Docker-Content-Digest"] if status == 200 else None
        if status not in (200, 404) or found not in home.tags[tag]:
            raise lost(f"tag {tag} of {home.name} is {found}, not one of {home.tags[tag]}")
        if self.run_.is_settled():
            home.tags[tag] = {found}
        self.counts["tags checked"] += 1


# ---- what lies in the folder ---------------------------------------------------------------------


def check_folder(data, scratch):
    """Of a stopped server whose collections had time: files and rows agree, and so do the rows."""
    for name in ("metadata.db", "metadata.db-wal"):
        if os.path.exists(os.path.join(data, name)):
            shutil.copyfile(os.path.join(data, name), os.path.join(scratch, name))
    database = sqlite3.connect(f"file:{scratch}/metadata.db", uri=True)
    try:
        check_rows(database)
        # The first byte of a key is the algorithm: see digest::to_binary.
        rows = {
            key[1:].hex(): size
            for key, size in database.execute("SELECT digest, size FROM blobs WHERE inline = 0")
        }
    finally:
        database.close()
        for name in os.listdir(scratch):
            os.remove(os.path.join(scratch, name))
    files = {}
    for path, _, names in os.walk(os.path.join(data, "blobs")):
        for name in names:
            files[name] = os.stat(os.path.join(path, name))
    for name, facts in files.items():
        if name not in rows and time.time() - facts.st_mtime > GRACE + 1:
            raise lost(f"file {name} of {facts.st_size} bytes belongs to no blob")
    for name, size in rows.items():
        if name not in files or files[name].st_size != size:
            raise lost(f"blob {name} of {size} bytes has no such file")
    return len(files)


def check_rows(database):
    wrong = {
        "damage": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "links of no blob": "SELECT * FROM links WHERE blob_id NOT IN (SELECT id FROM blobs)",
        "tags of no manifest": "SELECT * FROM tags WHERE manifest_id NOT IN (SELECT id FROM manifests)",
        "inline blobs without bytes": "SELECT id FROM blobs WHERE inline = 1 AND size <> "
        "COALESCE((SELECT LENGTH(content) FROM blob_contents WHERE blob_id = id), -1)",
        "bytes of no blob": "SELECT blob_id FROM blob_contents WHERE blob_id NOT IN "
        "(SELECT id FROM blobs WHERE inline = 1)",
        "references of no manifest": "SELECT manifest_id FROM manifest_references WHERE manifest_id "
        "NOT IN (SELECT id FROM manifests)",
        "referrers of no manifest": "SELECT 1 FROM referrers AS r WHERE NOT EXISTS (SELECT 1 FROM "
        "manifests AS m WHERE m.repository_id = r.repository_id AND m.digest = r.digest)",
        "wrong counts of manifests": "SELECT name, manifests FROM repositories AS r WHERE manifests "
        "<> (SELECT COUNT(*) FROM manifests WHERE repository_id = r.id)",
        "a wrong total": "SELECT bytes FROM totals WHERE bytes <> (SELECT COALESCE(SUM(size), 0) "
        "FROM blobs WHERE state <> 2) + (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests)",
    }
    for what, query in wrong.items():
        found = database.execute(query).fetchmany(5)
        if found:
            raise lost(f"the database has {what}: {found}")


# ---- the run -------------------------------------------------------------------------------------


class run:
    """Starts, kills, and says what came of it."""

    def __init__(self, options, drop):
        self.options = options
        self.seed = options.seed
        self.chance = random.Random(self.seed)
        self.folder = tempfile.mkdtemp(prefix="gantry-crash-")
        loss = None
        if options.power_loss:
            loss = power(os.path.abspath(options.power_loss), self.folder, self.chance, drop)
        self.server = server(os.path.abspath(options.binary), self.folder, loss)
        self.kills = 0
        self.losses_of_power = 0
        self.files_checked = 0
        self.lost_power = False
        self.ended_at = time.time()
        self.started_at = time.time()
        self.failures = []
        self.changed = threading.Condition()
        self.round = 0
        self.waiting = set()
        self.over = False
        self.clients = [
            client(self, i, random.Random(f"{self.seed} {i}")) for i in range(CLIENTS)
        ]

    # ---- meeting the clients

    def fail(self, what):
        with self.changed:
            self.failures.append(what)
            self.changed.notify_all()

    def wait_for_server(self, who):
        """Until the next start; False when there is none."""
        with self.changed:
            seen = self.round
            self.waiting.add(who)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.round > seen or self.over)
            self.waiting.discard(who)
            return not self.over

    def leave(self, who):
        with self.changed:
            self.waiting.add(who)
            self.changed.notify_all()

    def gather(self):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.waiting) == CLIENTS, 2 * TIMEOUT):
                raise lost("a client waits for an answer of a dead server")

    def let_go(self):
        for each in self.clients:
            each.checked.clear()
        with self.changed:
            self.round += 1
            self.waiting.clear()
            self.changed.notify_all()

    def is_settled(self):
        """What is seen now is seen ever after. A killed process may leave a commit that no sync has
        followed: a loss of power takes it."""
        return not self.server.power or self.lost_power

    # ---- rounds

    def execute(self):
        """Whether nothing was lost."""
        began = time.monotonic()
        try:
            if self.server.power:
                self.server.power.seed()
            self.server.spawn()
            self.server.wait_until_ready()
            self.server.stop()
            if self.server.power:
                self.server.power.seed()
            for each in self.clients:
                each.start()
            while not self.failures and self.goes_on(began):
                self.play_round()
            if not self.failures:
                self.check_at_rest()
        except lost as failed:
            self.fail(str(failed))
        except Exception as failed:  # the harness's own, which is no success either
            self.fail(repr(failed))
        self.server.killed.set()
        self.server.remove()
        with self.changed:
            self.over = True
            self.changed.notify_all()
        for each in self.clients:
            if each.ident:
                each.join(timeout=5)
        self.say(time.monotonic() - began)
        if not self.failures:
            shutil.rmtree(self.folder)
        return not self.failures

    def goes_on(self, began):
        if self.options.kills:
            return self.kills < self.options.kills
        return time.monotonic() - began < self.options.seconds

    def play_round(self):
        # Now and then the server dies while it starts.
        while self.chance.random() < 0.15:
            self.server.spawn()
            time.sleep(self.chance.uniform(0, 0.06))
            self.end_server()
        self.start_server()
        if self.chance.random() < 0.85:
            self.wait_for_checks()
        # Longer ones see blobs collected: a server that has just started keeps all.
        longer = self.chance.random() < 0.1
        self.sleep(self.chance.uniform(3, 6) if longer else self.chance.uniform(0.3, 2))
        if self.failures:
            return
        self.end_server()
        self.gather()
        if not self.failures and self.kills % 12 == 0:
            self.check_at_rest()

    def start_server(self):
        self.server.spawn()
        self.server.wait_until_ready()
        self.started_at = time.time()
        self.gather()
        self.let_go()

    def wait_for_checks(self):
        for each in self.clients:
            if not each.checked.wait(2 * TIMEOUT):
                raise lost("the checks do not end")

    def sleep(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.failures, seconds)

    def end_server(self):
        was_at = time.time()
        self.server.kill()
        # A process that dies while it starts had no clients.
        if not self.ended_at > self.started_at:
            self.ended_at = was_at
        self.kills += 1
        loss = self.server.power
        # A process that is killed without a loss of power leaves names that were never synced.
        if loss and self.chance.random() < 0.7:
            loss.lose()
            self.lost_power = True
            self.losses_of_power += 1
        else:
            self.lost_power = False

    def check_at_rest(self):
        """Everything, then the folder when collections have had time."""
        self.start_server()
        self.wait_for_checks()
        self.sleep(LEASE + 2 * GRACE + 0.5)
        if self.failures:
            return
        self.server.stop()
        self.gather()
        self.lost_power = False
        # Without clients: what nobody wants any more goes, and so does what crashes left.
        self.server.spawn()
        self.server.wait_until_ready()
        time.sleep(LEASE + 0.2)
        for _ in range(3):
            self.collect()
            time.sleep(GRACE + 0.1)
        self.server.stop()
        self.ended_at = time.time()
        scratch = os.path.join(self.folder, "scratch")
        os.makedirs(scratch, exist_ok=True)
        self.files_checked += check_folder(self.server.data, scratch)

    def collect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=TIMEOUT)
        connection.request("POST", "/__gantry/gc")
        status = connection.getresponse().status
        connection.close()
        if status not in (200, 409, 429):
            raise lost(f"a collection: {status}")

    # ---- what came of it

    def say(self, seconds):
        total = sum((each.counts for each in self.clients), collections.Counter())
        for each in self.failures:
            print(f"LOST: {each}")
        if self.failures:
            print(f"The folder is kept: {self.folder} (seed {self.seed})")
        if self.options.report:
            for name, count in sorted(total.items()):
                print(f"  {name:24} {count}")
            print(f"  {'files at rest':24} {self.files_checked}")
        print(
            f"{self.kills} kills ({self.losses_of_power} losses of power) in {seconds:.0f} s, "
            f"{total['acknowledged']} operations acknowledged, "
            f"{total['manifests checked']} manifests checked, "
            f"{total['blobs checked']} blobs checked, {total['uploads resumed']} uploads resumed",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--binary", required=True, help="the server")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, default=60)
    length.add_argument("--kills", type=int)
    parser.add_argument("--power-loss", metavar="LIBRARY", help="lose power, too")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--report", action="store_true", help="count by kind")
    parser.add_argument(
        "--drop", choices=["data", "folder", "database"], action="append",
        help="as if the server forgot these syncs; may be repeated: a run for each",
    )  # fmt: skip
    parser.add_argument(
        "--expect-loss", action="store_true", help="succeed if each run finds a loss"
    )
    options = parser.parse_args()
    if options.drop and not options.power_loss:
        parser.error("--drop needs --power-loss")
    good = True
    for drop in options.drop or [None]:
        print(f"seed {options.seed}" + (f", dropping the syncs of: {drop}" if drop else ""))
        one = run(options, drop)
        nothing_lost = one.execute()
        good = good and nothing_lost != options.expect_loss
        if options.expect_loss and not nothing_lost:
            shutil.rmtree(one.folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
