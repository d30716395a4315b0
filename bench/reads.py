#!/usr/bin/env python3
"""Read rates of a manifest and of a large blob, compared with nginx serving them as files.

    bench/reads.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 5]

Prints two Markdown tables. Both servers run at the same time, on a free port of 127.0.0.1, and get
their load in turn; a figure is the median over the rounds, a ratio the median of each round's. The
manifest is asked for by its tag, with wrk; the blob lies in memory, and in a file that the kernel has
in its cache; who asks for it drops the bytes uncopied.
"""

import argparse
import os
import re
import socket
import statistics
import sys
import tempfile
import threading
import time
import urllib.request

import measure

MANIFEST = "/v2/library/hello-world/manifests/latest"
UNITS = {"us": 1e-3, "ms": 1, "s": 1e3}


def fetch(server, path):
    """The body of the answer."""
    context = measure.unverified_tls() if server.scheme == "https" else None
    with urllib.request.urlopen(server.url + path, context=context) as answer:
        return answer.read()


def wrk(server, connections, duration, authorization=None):
    """Requests per second, p50 and p99 in ms, and the server's processor time in µs per request."""
    before = server.cpu_seconds()
    fields = ["-H", f"Authorization: {authorization}"] if authorization else []
    text = measure.output_of(
        "wrk", f"-t{min(connections, 2)}", f"-c{connections}", f"-d{duration}s", "--latency",
        *fields, server.url + MANIFEST,
    )
    spent = server.cpu_seconds() - before
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"requests failed:\n{text}")
    count = int(re.search(r"(\d+) requests in", text)[1])

    def percentile(name):
        number, unit = re.search(rf"{name}%\s+([\d.]+)(us|ms|s)", text).groups()
        return float(number) * UNITS[unit]

    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        "p50": percentile(50),
        "p99": percentile(99),
        "cpu": spent / count * 1e6,
    }


def fetch_again_and_again(port, path, size, until, counted):
    """Reads the blob until the deadline; appends the number of bytes received."""
    room = bytearray(256 * 1024)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        taken = 0
        while time.monotonic() < until:
            connection.sendall(request)
            got = connection.recv_into(room)
            head = room.index(b"\r\n\r\n") + 4
            left = size - (got - head)
            if not room.startswith(b"HTTP/1.1 200"):
                sys.exit(f"the blob is refused: {bytes(room[:head])}")
            while left > 0:
                # Dropped in the kernel, because copying would make the client the bottleneck.
                got = connection.recv_into(room, min(left, len(room)), socket.MSG_TRUNC)
                if got == 0:
                    sys.exit("the connection was closed")
                left -= got
            taken += size
    counted.append((taken, time.monotonic()))


def download(server, path, size, connections, duration):
    """MiB per second, and the server's processor time in ms per GiB."""
    counted = []
    begin, before = time.monotonic(), server.cpu_seconds()
    threads = [
        threading.Thread(
            target=fetch_again_and_again,
            args=(server.port, path, size, begin + duration, counted),
        )
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = server.cpu_seconds() - before
    taken = sum(each[0] for each in counted)
    if len(counted) < connections:
        sys.exit("a download failed")
    return {
        "rate": taken / (max(each[1] for each in counted) - begin) / 2**20,
        "cpu": spent * 1000 / (taken / 2**30),
    }


def compare(servers, rounds, load):
    """Medians per server, and of the ratios of each round."""
    samples = {name: [] for name in servers}
    for _ in range(rounds):
        for name, server in servers.items():
            samples[name].append(load(server))
    ratios = [
        {key: ours[key] / theirs[key] for key in ours if theirs[key]}
        for ours, theirs in zip(samples["gantry"], samples["nginx"])
    ]
    return {name: measure.medians(taken) for name, taken in samples.items()} | {
        "ratio": measure.medians(ratios)
    }


def print_manifests(servers, chosen):
    print("| connections | server | requests/s | p50 (ms) | p99 (ms) | server CPU (µs/request) |")
    print("|---|---|---|---|---|---|")
    for connections in (1, 64):
        found = compare(servers, chosen.rounds, lambda one: wrk(one, connections, chosen.duration))
        for name, each in found.items():
            digits = 2 if name == "ratio" else 0
            print(
                f"| {connections} | {name} | {each['rate']:.{digits}f} | {each['p50']:.3f} "
                f"| {each['p99']:.3f} | {each['cpu']:.{max(digits, 1)}f} |",
                flush=True,
            )
    print()


def print_blobs(servers, path, size, chosen):
    print("| connections | server | MiB/s | server CPU (ms/GiB) |")
    print("|---|---|---|---|")
    for connections in (1, 16):
        found = compare(
            servers,
            chosen.rounds,
            lambda one: download(one, path, size, connections, chosen.duration),
        )
        for name, each in found.items():
            digits = 2 if name == "ratio" else 0
            print(
                f"| {connections} | {name} | {each['rate']:.{digits}f} | {each['cpu']:.{digits}f} |",
                flush=True,
            )


def put_file(root, path, content):
    path = root + path
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(content)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=5, help="seconds")
    options.add_argument("--blob-size", type=int, default=256, help="MiB")
    options.add_argument("--only", choices=["manifests", "blobs"])
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    measure.install("nginx", "wrk")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx' workers are another user
        with measure.gantry(chosen.binary) as ours, measure.nginx(folder) as theirs:
            servers = {"gantry": ours, "nginx": theirs}
            put_file(folder + "/root", MANIFEST, fetch(ours, MANIFEST))
            if chosen.only != "blobs":
                print_manifests(servers, chosen)
            if chosen.only != "manifests":
                content = os.urandom(2**20) * chosen.blob_size
                digest = measure.digest_of(content)
                measure.push_blob(ours.port, "library/hello-world", content)
                path = f"/v2/library/hello-world/blobs/{digest}"
                put_file(folder + "/root", path, content)
                print_blobs(servers, path, len(content), chosen)


if __name__ == "__main__":
    main()
