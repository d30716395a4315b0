#!/usr/bin/env python3
"""The worst request of each kind, next to a client with small requests.

    bench/worst_requests.py [--binary build/release/src/app/gantry] [--seconds 10] [--only WORD]
                            [--repositories 20000] [--uploads 20000] [--referrers 20000] [--blob 256]

A client asks for /v2/ a hundred times per second, on eight connections, whether the answers come or
not; its latency counts from when it wanted to ask. First it is alone, then beside one connection that
sends the same bad request again and again, one at a time. Each kind has a server of its own, in memory
and with --data. Prints a Markdown table of the client's latency in ms. The rule to hold: the p99 grows
by at most 50 ms. --blob is in MiB.
"""

import argparse
import hashlib
import itertools
import multiprocessing
import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time

import measure

RATE = 100
CONNECTIONS = 8
FILLERS = 4
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LARGEST = 4 * 1024 * 1024
SUBJECT = "sha256:" + "0" * 64
# Pairs of texts that lead FNV-1a from one state to the same next one, as in tests/support.
COLLIDING = (
    ("lYo%02Ks`", "-8D(pQ(]R"), ("SJ-L+3`in", "l,&Q(qge1"), ("i<g% ,j-2", ",!9[<d+im"),
    ("GT>(:,(r.", "lv9;GFQ@}"), ("Q$6!eLZ?q", "A%=@4G;Zp"), ("jY5o!cQ;n", "79N|0=*'1"),
    ("K^4>> F=>", " 2I.l)`}["), ("@X[=*Q|CG", "Q+-9%u:d-"), ("hQCD&/m#e", "5,Qn>; /N"),
    ("Bf ={+10b", "o9Z73&#=4"), (",? s5#/T/", "a&nQ)o(2t"), ("7pT>BCwO;", "i4?cSk0)]"),
    ("eH=_$_td!", "3>bR_>>wj"), ("P)#8QWYEo", "{L9:):{0="), ("P{`vk;L(P", "!zs6=x!14"),
)  # fmt: skip


class connection:
    """One keep-alive connection that accepts any answer."""

    def __init__(self, port):
        self.port = port
        self.socket = None

    def ask(self, request):
        """Status and head of the answer; its body is read and dropped."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.socket.sendall(request)
            return self.read_answer()
        except (BrokenPipeError, ConnectionResetError):
            self.close()
            return 0, b""

    def read_answer(self):
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self.socket.recv(65536)
            if not piece:
                self.close()
                return 0, received
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        head = head.lower()
        _, named, rest = head.partition(b"content-length: ")
        left = int(rest.split(b"\r\n")[0]) - len(body) if named else 0
        while left > 0:
            left -= len(self.socket.recv(min(left, 1 << 20)))
        if b"connection: close" in head:
            self.close()
        return int(head[9:12]), head

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None


def request(method, path, body=b"", **fields):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    head += "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + body


def put_manifest(path, body, kind=INDEX):
    return request("PUT", path, body, Content_Type=kind)


def index(members):
    return f'{{"schemaVersion":2,"mediaType":"{INDEX}",{members}}}'.encode()


def fill(port, requests):
    """Sends them concurrently on a few connections; each must succeed."""

    def send(take):
        one = connection(port)
        while (each := take()) is not None:
            status, head = one.ask(each)
            if status // 100 != 2:
                raise ConnectionError(head.decode() or "the connection was closed")

    measure.share_out(requests, FILLERS, send)


# ---- the kinds: each fills the server and returns what to send, or None for nothing


def many(piece, separator=","):
    """Joins as many pieces as fit; `piece` makes one from a number."""
    pieces, size = [], 200
    for number in itertools.count():
        pieces.append(piece(number))
        size += len(pieces[-1]) + len(separator)
        if size > LARGEST:
            return separator.join(pieces[:-1])


def colliding_manifest(*_):
    def name(number):
        return "".join(pair[number >> bit & 1] for bit, pair in enumerate(COLLIDING))

    body = index('"manifests":[],"x":{' + many(lambda n: f'"{name(n)}":1') + "}")
    return [put_manifest("/v2/worst/a/manifests/t", body)]


def manifest_of_many_members(*_):
    body = index('"manifests":[],"x":{' + many(lambda n: f'"{n:x}":0') + "}")
    return [put_manifest("/v2/worst/a/manifests/t", body)]


def unknown_children(*_):
    def child(number):
        return f'{{"mediaType":"a/b","digest":"sha256:{number:064x}","size":0}}'

    body = index('"manifests":[' + many(child) + "]")
    return [put_manifest("/v2/worst/a/manifests/t", body)]


def unknown_children_each_time_others(*_):
    def bodies(start):
        def child(number):
            return f'{{"mediaType":"a/b","digest":"sha256:{start + number:064x}","size":0}}'

        return put_manifest("/v2/worst/a/manifests/t", index('"manifests":[' + many(child) + "]"))

    return [bodies(round << 32) for round in range(4)]


def largest_manifest_read(port, _):
    body = index('"manifests":[],"annotations":{' + many(lambda n: f'"{n}":"{"x" * 10000}"') + "}")
    fill(port, [put_manifest("/v2/worst/a/manifests/t", body)])
    return [request("GET", "/v2/worst/a/manifests/t")]


def referrers_of_no_type(port, sizes):
    def referrer(number):
        subject = f'"subject":{{"mediaType":"{MANIFEST}","digest":"{SUBJECT}","size":2}}'
        body = index(f'"manifests":[],"artifactType":"a/b{number}",{subject}')
        return put_manifest(f"/v2/worst/a/manifests/{measure.digest_of(body)}", body)

    fill(port, map(referrer, range(sizes.referrers)))
    return [request("GET", f"/v2/worst/a/referrers/{SUBJECT}?artifactType=no/type")]


def all_referrers(port, sizes):
    referrers_of_no_type(port, sizes)
    return [request("GET", f"/v2/worst/a/referrers/{SUBJECT}")]


def other_digest_of_large_uploads(port, sizes):
    """Uploads that were hashed with sha256 on arrival and are closed with a sha512."""
    one, content, closing = connection(port), b"\0" * (sizes.blob << 20), []
    digest = hashlib.sha512(content).hexdigest()
    for _ in range(8):
        _, head = one.ask(request("POST", "/v2/worst/a/blobs/uploads/"))
        location = head.partition(b"location: ")[2].split(b"\r\n")[0].decode()
        one.ask(request("PATCH", location, content))
        separator = "&" if "?" in location else "?"
        closing.append(request("PUT", f"{location}{separator}digest=sha512:{digest}"))
    return closing


def large_bodies(port, sizes):
    """Bodies that an engine stores as they come, and frees when their digest turns out to be wrong: more
    and more memory would measure how fast the machine hands it out."""
    path = f"/v2/worst/a/blobs/uploads/?digest=sha256:{'0' * 64}"
    return [request("POST", path, b"\1" * (sizes.blob << 20))]


def ranges_of_a_blob(port, _):
    content = b"x" * 65536
    measure.push_blob(port, "worst/a", content)
    ranges, first = "", 0
    while len(ranges) < 30_000:
        ranges += f"{first}-{first},"
        first += 2
    asked = [",".join(ranges.split(",")[:1024]), ranges[:-1]]
    path = f"/v2/worst/a/blobs/{measure.digest_of(content)}"
    return [request("GET", path, Range=f"bytes={each}") for each in asked]


def tag_pages(port, sizes):
    def push(number):
        body = index(f'"manifests":[],"annotations":{{"n":"{number}"}}')
        tags = "&".join(f"tag=t{number}-{each}" for each in range(50))
        return put_manifest(f"/v2/worst/a/manifests/{measure.digest_of(body)}?{tags}", body)

    fill(port, map(push, range(sizes.repositories // 50)))
    return [request("GET", "/v2/worst/a/tags/list?n=1000")]


def put_repositories(sizes):
    body = index('"manifests":[]')
    for number in range(sizes.repositories):
        yield put_manifest(f"/v2/worst/r{number:07}/manifests/t", body)


def catalog_pages(port, sizes):
    fill(port, put_repositories(sizes))
    return [request("GET", "/v2/_catalog?n=1000")]


def all_repositories(port, sizes):
    fill(port, put_repositories(sizes))
    return [request("GET", "/__parlel/repositories")]


def reset(port, sizes):
    fill(port, put_repositories(sizes))
    return [request("POST", "/__parlel/reset")]


def nothing_but_repositories(port, sizes):
    fill(port, put_repositories(sizes))


def nothing_but_uploads(port, sizes):
    start = request("POST", "/v2/worst/a/blobs/uploads/")
    fill(port, itertools.repeat(start, sizes.uploads))


KINDS = {
    "a manifest of 4 MiB whose names collide": colliding_manifest,
    "a manifest of 4 MiB, all names": manifest_of_many_members,
    "an index of 37,000 unknown children": unknown_children,
    "the same, others each time": unknown_children_each_time_others,
    "GET of a manifest of 4 MiB": largest_manifest_read,
    "{referrers} referrers, filtered": referrers_of_no_type,
    "{referrers} referrers": all_referrers,
    "sha512 of an upload of {blob} MiB": other_digest_of_large_uploads,
    "blobs of {blob} MiB with a wrong digest": large_bodies,
    "1024 ranges, and 30 kB of them": ranges_of_a_blob,
    "pages of 1000 tags": tag_pages,
    "pages of 1000 of {repositories} repositories": catalog_pages,
    "a list of {repositories} repositories": all_repositories,
    "reset of {repositories} repositories": reset,
    "nothing, with {repositories} repositories": nothing_but_repositories,
    "nothing, with {uploads} open uploads": nothing_but_uploads,
}


# ---- the client, and the attacker


def ask_at_rate(port, seconds, taken):
    """One thread per connection; together they send RATE requests per second."""
    begin = time.monotonic() + 0.1

    def ask(number):
        one = connection(port)
        one.ask(measure.REQUEST)
        for turn in range(int(seconds * RATE / CONNECTIONS)):
            due = begin + (turn * CONNECTIONS + number) / RATE
            time.sleep(max(0, due - time.monotonic()))
            status, _ = one.ask(measure.REQUEST)
            taken.append((time.monotonic() - due) * 1000 if status == 200 else float("inf"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def latencies(port, seconds):
    """In ms; measured in a separate process, so that other Python code does not interfere."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def run():
        taken = []
        ask_at_rate(port, seconds, taken)
        theirs.send(taken)

    process = context.Process(target=run)
    process.start()
    taken = ours.recv()
    process.join()
    return taken


class attacker:
    """Sends the requests in turn, each after the previous answer, until the block ends. Requests that
    cannot be repeated are sent once: a reset, and the end of an upload."""

    def __init__(self, port, requests, once):
        context = multiprocessing.get_context("fork")
        self.answers = context.SimpleQueue()
        self.process = context.Process(target=self.run, args=(port, requests, once))

    def run(self, port, requests, once):
        one = connection(port)
        time.sleep(0.5)
        for each in requests if once else itertools.cycle(requests):
            begin = time.monotonic()
            status, _ = one.ask(each)
            self.answers.put((status, (time.monotonic() - begin) * 1000))

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()

    def summary(self):
        """The number of answers, their median time, and their statuses."""
        got = []
        while not self.answers.empty():
            got.append(self.answers.get())
        if not got:
            return "none"
        statuses = "/".join(str(status) for status in sorted({status for status, _ in got}))
        return f"{len(got)} × {statuses}, {statistics.median(ms for _, ms in got):.0f} ms"


def quantiles(taken):
    ordered = sorted(taken)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]


def supported(binary, *options):
    """The options that this program has; others do not apply to it."""
    known = subprocess.run([binary, "serve", "--help"], capture_output=True, text=True).stdout
    pairs = zip(options[::2], options[1::2])
    return [word for pair in pairs if pair[0] in known for word in pair]


def try_kind(title, prepare, sizes, folder):
    options = ["--seed=false", "--memory-limit", "8GiB"]
    options += supported(sizes.binary, "--max-uploads", str(sizes.uploads * 2))
    name = "memory"
    if folder:
        options = ["--data", folder, "--references", "warn", "--allow-reset", *options[3:]]
        name = "`--data`"
    with measure.gantry(sizes.binary, *options) as running:
        requests = prepare(running.port, sizes)
        time.sleep(1)
        alone = quantiles(latencies(running.port, sizes.seconds)) if requests else None
        once = prepare in (reset, other_digest_of_large_uploads)
        with attacker(running.port, requests or [], once) as bad:
            beside = quantiles(latencies(running.port, sizes.seconds + (0 if requests else 12)))
            answered = bad.summary() if requests else "-"
    cells = [f"{alone[0]:.1f} | {alone[1]:.1f}" if alone else "- | -"]
    cells += [f"{beside[0]:.1f} | {beside[1]:.1f}", answered]
    print(f"| {title.format(**vars(sizes))} | {name} | {' | '.join(cells)} |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--only", default="", help="kinds with this word in their title")
    options.add_argument("--repositories", type=int, default=20_000)
    options.add_argument("--uploads", type=int, default=20_000)
    options.add_argument("--referrers", type=int, default=20_000)
    options.add_argument("--blob", type=int, default=256, help="MiB")
    sizes = options.parse_args()
    measure.check_program(sizes.binary)
    print("| request | | alone p50 (ms) | p99 | beside it p50 | p99 | its answers |")
    print("|---|---|---|---|---|---|---|")
    for title, prepare in KINDS.items():
        if sizes.only in title:
            try_kind(title, prepare, sizes, None)
            with tempfile.TemporaryDirectory(prefix="gantry-worst-") as folder:
                try_kind(title, prepare, sizes, os.path.join(folder, "data"))


if __name__ == "__main__":
    main()
