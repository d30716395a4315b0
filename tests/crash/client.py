"""A client that pushes, deletes and checks, with a journal of acknowledged operations."""

import collections
import http.client
import json
import re
import socket
import threading
import time

from server import (  # fmt: skip
    blob, BROKEN, CONFIG, died, digest_of, INDEX, LAYER, LEASE, lost, MANIFEST, MANIFESTS,
    REPOSITORIES, SHARED_BLOBS, TAGS, TIMEOUT, UPLOADS,
)


class repository:
    """A client's knowledge of one of its repositories."""

    def __init__(self, name):
        self.name = name
        # digest -> (bytes, type, digests of its blobs), in order of pushing
        self.manifests = {}
        # Digests that may or may not exist.
        self.uncertain = set()
        # tag -> digests that it may point to; None: it may be absent
        self.tags = {name: {None} for name in TAGS}
        # digest -> earliest end of its lease; for acknowledged blobs
        self.blobs = {}
        # As `manifests`: those that were deleted and can be brought back
        self.removed = {}

    def is_certain(self, digest):
        return digest in self.manifests and digest not in self.uncertain

    def needs(self, blob_digest):
        return any(blob_digest in blobs for _, _, blobs in self.manifests.values())

    def forget(self, digest):
        self.manifests.pop(digest, None)
        self.uncertain.discard(digest)


class upload:
    def __init__(self, home, location, key, losses):
        self.home = home
        self.location = location
        self.key = key
        # The minimum and maximum number of bytes received.
        self.least = 0
        self.most = 0
        self.finishing = False
        # The digest of a PUT that has not been answered.
        self.closing = False
        self.met_crash = False
        # Losses of power before it was last seen: later ones may destroy its bytes.
        self.losses = losses


class client(threading.Thread):
    def __init__(self, run, number, chance, top="crash"):
        super().__init__(daemon=True)
        self.run_ = run
        self.number = number
        self.chance = chance
        self.homes = [repository(f"{top}/c{number}/r{i}") for i in range(REPOSITORIES)]
        self.uploads = []
        self.connection = None
        self.made = 0
        self.checked = threading.Event()
        self.counts = collections.Counter()

    # ---- requests

    def ask(self, method, path, body=None, headers=None, chunked=False, may_be_busy=False):
        """Returns status, headers and body of the answer."""
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
            # The killing thread announces the kill first.
            if self.run_.server.killed.is_set():
                raise died from None
            if self.run_.server.process.poll() is not None:
                raise lost("the server ended by itself") from broken
            raise lost(f"{method} {path}: not answered ({broken!r})") from broken
        self.counts[f"{method} {answer.status}"] += 1
        if answer.status >= 500 and not (may_be_busy and answer.status == 503):
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
                except died:
                    pass
                # Whatever noticed the death: the next server is another one.
                self.disconnect()
        except BaseException as failed:  # any failure ends the run
            self.run_.fail(f"client {self.number}: {failed if isinstance(failed, lost) else repr(failed)}")
        finally:
            self.checked.set()
            self.run_.leave(self)

    def choices(self):
        """What it does, and how often."""
        return [
            (self.push_image, 10),
            (self.push_index, 2),
            (self.move_tag, 4),
            (self.promote, 2),
            (self.begin_upload, 3),
            (self.continue_upload, 6),
            (self.break_upload, 1),
            (self.delete_tag, 2),
            (self.delete_manifest, 2),
            (self.delete_blob, 2),
            (self.undo_deletion, 2),
            (self.undo_tag, 2),
            (self.read, 4),
            (self.collect, 1),
        ]

    def work(self):
        home = self.chance.choice(self.homes)
        choices = self.choices()
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
        home.removed = {
            each: facts for each, facts in home.removed.items() if digest not in facts[2]
        }
        status, _, said = self.ask("DELETE", f"/v2/{home.name}/blobs/{digest}")
        if status not in (202, 404):
            self.wrong("the deletion of a blob", status, said)
        self.acknowledged("blobs deleted")

    # ---- uploads that continue across restarts

    def begin_upload(self, home):
        if len(self.uploads) >= UPLOADS:
            return
        status, headers, _ = self.ask("POST", f"/v2/{home.name}/blobs/uploads/")
        if status != 202:
            self.wrong("the start of an upload", status)
        losses = self.run_.losses_of_power
        self.uploads.append(upload(home, headers["Location"], self.any_key(), losses))
        self.acknowledged("uploads begun")

    def offset_of(self, one):
        """The upload's state on the server; None if it is unknown."""
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
        # The rest or a part of it; never one byte, which the answer does not distinguish from none.
        left = len(content) - at
        part = left if left < 4096 or self.chance.random() < 0.3 else self.chance.randint(2, left)
        octets = {"Content-Type": "application/octet-stream"}
        if part == left and self.chance.random() < 0.6:
            one.finishing = one.closing = True
            asked_at = time.time()
            status, _, said = self.ask("PUT", f"{one.location}?digest={digest}", content[at:], octets)
            one.closing = False
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
        # An interrupted chunk may not have ended yet.
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
        """Sends half of a chunk and disconnects."""
        if not self.uploads:
            return
        one = self.chance.choice(self.uploads)
        content, _ = blob(one.key)
        at = self.offset_of(one)
        if at is None or at + 4 > len(content) or one.least != one.most:
            return
        half = (len(content) - at) // 2
        one.most = at + half
        # With a range: it may be late and must not be appended after the next chunk.
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
                # Like real clients: existing content is not pushed.
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
        """Whether it was accepted: a blob may be gone if its lease has ended."""
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
            # It exists, and so do its references, unless an index lost a child.
            if media_type != INDEX:
                raise lost(f"manifest {digest} of {home.name} is there, its blobs are not")

    def promote(self, home):
        """Copies an image, with its blobs, into another repository."""
        known = [each for each in home.manifests if home.is_certain(each) and home.manifests[each][1] != INDEX]
        others = [each for each in self.homes if each is not home]
        if not known or not others:
            return
        digest, to, tag = self.chance.choice(known), self.chance.choice(others), self.chance.choice(TAGS)
        if digest not in to.manifests:
            to.uncertain.add(digest)
        to.manifests.setdefault(digest, home.manifests[digest])
        to.tags[tag] = to.tags[tag] | {digest}
        status, _, said = self.ask("POST", f"/__gantry/v1/copy?from={home.name}@{digest}&to={to.name}:{tag}")
        if status != 200:
            self.wrong(f"{digest} of {home.name} is not copied to {to.name}", status, said)
        to.uncertain.discard(digest)
        to.tags[tag] = {digest}
        self.check_manifest(to, digest, set())
        self.acknowledged("images copied")

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
            # Whether this is on the disk is unknown; the clean-up of later rounds will show.
            if not self.run_.server.power:
                self.forget_manifest(home, digest)
            return
        if status != 202:
            self.wrong(f"the deletion of manifest {digest} in {home.name}", status, said)
        if was_certain:
            home.removed[digest] = home.manifests[digest]
        while len(home.removed) > MANIFESTS:
            home.removed.pop(next(iter(home.removed)))
        self.forget_manifest(home, digest)
        self.acknowledged("manifests deleted")

    def forget_manifest(self, home, digest):
        home.forget(digest)
        for tag, targets in home.tags.items():
            home.tags[tag] = {None if each == digest else each for each in targets}

    # ---- undo

    def undo(self, home, what):
        path = f"/__gantry/v1/repositories/{home.name}/undo"
        return self.ask("POST", path, json.dumps(what), {"Content-Type": "application/json"})

    def undo_deletion(self, home):
        deleted = [each for each in home.removed if each not in home.manifests]
        if not deleted:
            return
        digest = self.chance.choice(deleted)
        home.manifests[digest] = home.removed[digest]
        home.uncertain.add(digest)
        status, _, said = self.undo(home, {"manifest": digest})
        if status != 200:
            self.wrong(f"manifest {digest} does not return to {home.name}", status, said)
        home.uncertain.discard(digest)
        home.removed.pop(digest, None)
        self.check_manifest(home, digest, set())
        self.acknowledged("deletions undone")

    def undo_tag(self, home):
        """Deletes a tag, and takes that back."""
        tag = self.chance.choice(TAGS)
        before = home.tags[tag]
        if len(before) != 1 or None in before or not home.is_certain(*before):
            return
        self.delete_tag(home)
        if home.tags[tag] != {None}:
            return  # it was another one
        path = f"/__gantry/v1/repositories/{home.name}/history?tag={tag}&n=1"
        status, _, said = self.ask("GET", path)
        if status != 200:
            self.wrong(f"the history of {tag} in {home.name}", status, said)
        entry = json.loads(said)["entries"][0]
        if entry["event"] != "delete" or entry["before"] not in before:
            self.wrong(f"the last entry of {tag} in {home.name}", entry)
        home.tags[tag] = before | {None}
        status, _, said = self.undo(home, {"sequence": entry["sequence"]})
        if status != 200:
            self.wrong(f"the deletion of {tag} in {home.name} is not undone", status, said)
        home.tags[tag] = before
        self.acknowledged("tags undone")

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

    def is_settled(self):
        """Whether what it finds now is durable."""
        return self.run_.is_settled()

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
        """No manifest needs them yet, but their leases were running when the server died, and a
        server collects nothing right after its start."""
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
        lost_power = self.run_.losses_of_power > one.losses
        if at is None:
            if one.closing and not lost_power:
                self.check_closed(one)
            if one.finishing or lost_power:
                self.uploads.remove(one)
                return
            raise lost(f"upload {one.location} had {one.least} bytes and is unknown")
        if at > one.most or (at < one.least and not lost_power):
            raise lost(f"upload {one.location} has {at} bytes, not {one.least} to {one.most}")
        self.counts["closing PUTs that go on"] += one.closing
        one.finishing = one.closing = False
        one.losses = self.run_.losses_of_power
        self.counts["uploads checked"] += 1
        one.least = one.most = at

    def check_closed(self, one):
        """The server died during the final PUT, and the upload is gone: so the blob must exist, and
        the PUT can be repeated."""
        content, digest = blob(one.key)
        status, _, said = self.ask("PUT", f"{one.location}?digest={digest}")
        if status != 201:
            self.wrong(f"the end of upload {one.location}, repeated", status, said)
        status, _, said = self.ask("GET", f"/v2/{one.home.name}/blobs/{digest}")
        if status != 200 or said != content:
            self.wrong(f"blob {digest} of upload {one.location}", status, said)
        self.counts["closing PUTs repeated"] += 1

    def check_manifest(self, home, digest, sound):
        content, media_type, blobs = home.manifests[digest]
        path = f"/v2/{home.name}/manifests/{digest}"
        status, headers, said = self.ask("GET", path, headers={"Accept": media_type})
        if status == 404 and digest in home.uncertain:
            if self.is_settled():
                self.forget_manifest(home, digest)
            return
        if status != 200 or said != content or headers["Content-Type"] != media_type:
            self.wrong(f"manifest {digest} of {home.name}", status, said)
        if self.is_settled():
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
        if self.is_settled():
            home.tags[tag] = {found}
        self.counts["tags checked"] += 1
