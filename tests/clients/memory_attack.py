#!/usr/bin/env python3
"""Attacks the memory of a registry, one kind at a time, and compares its use with the limits in
docs/operations.md. Prints a table; fails if it takes more than 1.25 times the sum.

memory_attack.py [--long] [NAME]..."""
import argparse
import hashlib
import json
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time

MIB = 1024 * 1024
PROGRAM = 20 * MIB
CONNECTION = 10 * 1024
MAX_HEAD = 32 * 1024
INDEX = "application/vnd.oci.image.index.v1+json"


class Server:
    """The built program, and its memory use."""

    def __init__(self, *options):
        command = [os.environ["GANTRY_BINARY"], "serve", "--addr", "127.0.0.1:0", "--threads", "2",
                   "--seed", "false", "--access-log", "off", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if not found:
            raise SystemExit(f"the server did not start: {line}")
        self.port = int(found.group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def resident(self):
        """Bytes besides memory files: pages of these are resident, too, once a blob is mapped."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return 1024 * sum(map(int, re.findall(r"^Rss(?:Anon|File):\s+(\d+)", status.read(), re.M)))

    def memory_files(self):
        """Bytes of memory files, which hold the blobs."""
        folder = f"/proc/{self.process.pid}/fd"
        total = 0
        for name in os.listdir(folder):
            try:
                if os.readlink(f"{folder}/{name}").startswith("/memfd:"):
                    total += 512 * os.stat(f"{folder}/{name}").st_blocks
            except FileNotFoundError:
                pass
        return total

    def taken(self):
        return self.resident() + self.memory_files()

    def connect(self, small_window=False):
        plug = socket.socket()
        if small_window:
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plug.settimeout(60)
        plug.connect(("127.0.0.1", self.port))
        return plug


class Client:
    """A connection that reads its answers: the status and body of each."""

    def __init__(self, server):
        self.plug = server.connect()
        self.stream = self.plug.makefile("rb")

    def send(self, method, target, fields=(), body=b""):
        lines = [f"{method} {target} HTTP/1.1", "Host: x", *fields]
        if body or method in ("PUT", "POST", "PATCH"):
            lines.append(f"Content-Length: {len(body)}")
        self.plug.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def receive(self):
        status = int(self.stream.readline().split()[1])
        length = 0
        for line in iter(self.stream.readline, b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return status, self.stream.read(length)

    def ask(self, method, target, fields=(), body=b""):
        self.send(method, target, fields, body)
        return self.receive()

    def put_manifest(self, repository, reference, body):
        return self.ask("PUT", f"/v2/{repository}/manifests/{reference}",
                        [f"Content-Type: {INDEX}"], body)


def index(mark="", **more):
    return json.dumps({"schemaVersion": 2, "manifests": [], "annotations": {"m": mark},
                       **more}).encode()


def honest_push(server):
    """A request that must succeed during an attack."""
    client = Client(server)
    blob = os.urandom(1_000_000)
    target = "/v2/honest/blobs/uploads/"
    client.send("POST", target)
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.stream.read(1)
    location = re.search(rb"[Ll]ocation: (\S+)", head).group(1).decode()
    joint = "&" if "?" in location else "?"
    digest = "sha256:" + hashlib.sha256(blob).hexdigest()
    pushed, _ = client.ask("PUT", f"{location}{joint}digest={digest}", body=blob)
    stored, _ = client.put_manifest("honest", "t", index("honest"))
    if (pushed, stored) != (201, 201):
        raise SystemExit(f"an honest push got {pushed}, {stored}")


def highest(server, seconds):
    """The highest memory use in that time."""
    end = time.monotonic() + seconds
    most = server.taken()
    while time.monotonic() < end:
        time.sleep(0.05)
        most = max(most, server.taken())
    return most


def half_sent_manifests(scale):
    count = 500 if scale > 1 else 200
    with Server("--memory-limit", "64MiB", "--max-in-flight", "16MiB") as server:
        plugs = []
        for _ in range(count):
            plugs.append(server.connect())
            plugs[-1].setblocking(False)
            head = (f"PUT /v2/a/manifests/t HTTP/1.1\r\nHost: x\r\nContent-Type: {INDEX}\r\n"
                    "Content-Length: 4194304\r\n\r\n").encode()
            try:
                plugs[-1].send(head + b"a" * 4_100_000)
            except BlockingIOError:
                pass
        most = highest(server, 2)
        honest_push(server)
        most = max(most, highest(server, 1))
    return f"{count} half-sent manifests of 4 MiB", 80 * MIB + count * CONNECTION, most


def unread_lists(scale):
    count = 300 if scale > 1 else 150
    with Server("--memory-limit", "64MiB", "--max-in-flight", "16MiB") as server:
        client = Client(server)
        subject = index("subject")
        client.put_manifest("a", "subject", subject)
        digest = "sha256:" + hashlib.sha256(subject).hexdigest()
        named = {"mediaType": INDEX, "digest": digest, "size": len(subject)}
        for number in range(400):
            client.put_manifest("a", f"r{number}", index(f"{number}" + "x" * 9_500, subject=named))
        plugs = [server.connect(small_window=True) for _ in range(count)]
        for plug in plugs:
            plug.sendall(f"GET /v2/a/referrers/{digest} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        most = highest(server, 3)
        honest_push(server)
    return f"{count} unread lists of 4 MB", 80 * MIB + count * CONNECTION, most


def chunk_extensions(scale):
    count = 500 * scale
    with Server("--memory-limit", "64MiB", "--max-in-flight", "16MiB") as server:
        plugs = [server.connect() for _ in range(count)]
        for plug in plugs:
            plug.sendall(b"POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: x\r\n"
                         b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 60_000)
        most = highest(server, 2)
    return f"{count} chunk extensions of 60 KB", 80 * MIB + count * CONNECTION, most


def long_names(scale):
    limit = 32 * MIB * scale
    with Server("--memory-limit", str(limit), "--max-in-flight", "16MiB") as server:
        client = Client(server)
        stored = 0
        while stored < 100_000:
            name = f"r{stored}/" + "x" * 120 + "/" + "y" * 120
            if client.put_manifest(name, "t", index())[0] != 201:
                break
            stored += 1
        most = highest(server, 0.5)
    return f"names of 250 characters until 403: {stored}", limit + 16 * MIB, most


def open_uploads(scale):
    limit = 32 * MIB * scale
    with Server("--memory-limit", str(limit), "--max-in-flight", "16MiB") as server:
        client = Client(server)
        opened = 0
        while opened < 100_000 and client.ask("POST", "/v2/a/blobs/uploads/")[0] == 202:
            opened += 1
        most = highest(server, 0.5)
    return f"open uploads until refused: {opened}", limit + 16 * MIB, most


def tags_and_links(scale):
    limit = 32 * MIB * scale
    with Server("--memory-limit", str(limit), "--max-in-flight", "16MiB") as server:
        client = Client(server)
        stored = 0
        names = [{"mediaType": "a/b", "digest": f"sha256:{i:064x}", "size": 1} for i in range(1000)]
        while stored < 100_000:
            body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "n": stored,
                               "manifests": names}).encode()
            if client.put_manifest("a", f"t{stored}" + "x" * 100, body)[0] != 201:
                break
            stored += 1
        most = highest(server, 0.5)
    return f"indexes of 1000 children until 403: {stored}", limit + 16 * MIB, most


def small_blobs(scale):
    limit = 32 * MIB * scale
    with Server("--memory-limit", str(limit), "--max-in-flight", "16MiB") as server:
        client = Client(server)
        stored = 0
        while stored < 100_000:
            blob = stored.to_bytes(8, "big") * (1 if stored % 2 else 640)
            digest = "sha256:" + hashlib.sha256(blob).hexdigest()
            answer = client.ask("POST", f"/v2/a/blobs/uploads/?digest={digest}", body=blob)
            if answer[0] != 201:
                break
            stored += 1
        most = highest(server, 0.5)
    return f"blobs of 8 and 5120 bytes until 403: {stored}", limit + 16 * MIB, most


def half_sent_heads(scale):
    count = 1000 * scale
    with Server("--memory-limit", "64MiB", "--max-in-flight", "16MiB") as server:
        plugs = [server.connect() for _ in range(count)]
        for plug in plugs:
            plug.sendall(b"GET /v2/ HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 30_000)
        most = highest(server, 2)
    return f"{count} half-sent heads of 30 KB", 16 * MIB + count * (CONNECTION + MAX_HEAD), most


def idle_connections(scale):
    count = 2000 * scale
    with Server("--memory-limit", "64MiB", "--max-in-flight", "16MiB") as server:
        clients = [Client(server) for _ in range(count)]
        for client in clients:
            client.ask("GET", "/v2/")
        most = highest(server, 1)
    return f"{count} idle connections", 16 * MIB + count * CONNECTION, most


def manifest_caches(scale):
    repositories = 60 * scale
    with tempfile.TemporaryDirectory() as folder:
        with Server("--data", folder, "--max-in-flight", "16MiB", "--references",
                    "accept") as server:
            client = Client(server)
            for number in range(repositories):
                client.put_manifest(f"r{number}", "t", index("x" * 900_000))
            for number in range(repositories):
                client.ask("GET", f"/v2/r{number}/manifests/t")
            most = highest(server, 0.5)
    # The cache's bound, plus the memory of SQLite's connections.
    promised = 16 * MIB + 64 * MIB + 32 * MIB
    return f"manifests of 0.9 MB in {repositories} repositories, --data", promised, most


ATTACKS = [half_sent_manifests, unread_lists, chunk_extensions, long_names, open_uploads,
           tags_and_links, small_blobs, half_sent_heads, idle_connections, manifest_caches]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="four times as much")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print("| attack | promised MiB | taken MiB |\n|---|---|---|")
    failed = False
    for attack in ATTACKS:
        if arguments.names and attack.__name__ not in arguments.names:
            continue
        what, besides, taken = attack(4 if arguments.long else 1)
        promised = PROGRAM + besides
        print(f"| {what} | {promised / MIB:.0f} | {taken / MIB:.0f} |", flush=True)
        if taken > 1.25 * promised:
            print(f"{attack.__name__} takes more than promised", file=sys.stderr)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
