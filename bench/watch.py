#!/usr/bin/env python3
"""Watchers and pushes: events lost, memory and CPU; and what polling would cost instead.

    bench/watch.py watch [--watchers 10000] [--rate 10] [--seconds 30] [--data]
    bench/watch.py poll [--tags 10000]

Each prints a Markdown table. `watch`: clients that watch everything while images are pushed at a rate. `poll`: each tag is
asked for once by HEAD, as updaters do every minute, compared with one watch for as long.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import resource
import select
import socket
import sys
import tempfile
import time

import measure

WATCH = b"GET /__gantry/v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n"
MARK = b"\nevent: push\n"
INDEX = "application/vnd.oci.image.index.v1+json"
PUSHERS = 8
PATIENCE = 60


def push(port, rate, count, worker):
    """Pushes `count` tags at `rate` per second over one connection."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    begin = time.monotonic()
    for i in range(count):
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "annotations": {"n": f"{worker}-{i}"}})
        client.request("PUT", f"/v2/watched/r{i % 50}/manifests/w{worker}-{i}", body, {"Content-Type": INDEX})
        answer = client.getresponse()
        answer.read()
        if answer.status != 201:
            sys.exit(f"a push was answered with {answer.status}")
        if rate:
            time.sleep(max(0, begin + (i + 1) / rate - time.monotonic()))


class crowd:
    """Connections that watch, and what each of them has seen."""

    def __init__(self, port, count):
        self.poller = select.epoll()
        self.sockets, self.seen, self.tails = {}, {}, {}
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(WATCH)
            self.sockets[client.fileno()] = client
        for number, client in self.sockets.items():
            text = b""
            while b"\n\n" not in text:  # the comment with the id of now
                text += client.recv(4096)
            if not text.startswith(b"HTTP/1.1 200"):
                sys.exit(text.decode())
            client.setblocking(False)
            self.poller.register(number, select.EPOLLIN)
            self.seen[number], self.tails[number] = 0, b""

    def read(self, timeout):
        for number, _ in self.poller.poll(timeout):
            try:
                piece = self.sockets[number].recv(1 << 20)
            except BlockingIOError:
                continue
            if not piece:
                self.poller.unregister(number)  # it was cut
                continue
            piece = self.tails[number] + piece
            self.seen[number] += piece.count(MARK)
            self.tails[number] = piece[-(len(MARK) - 1):]

    def total(self):
        return sum(self.seen.values())


def peak_memory(pid):
    """Resident memory at its highest, in MiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def watch(chosen):
    """Returns whether nothing was lost."""
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        with (
            measure.gantry(chosen.binary, "--data", data) if chosen.data else measure.empty_gantry(chosen.binary)
        ) as server:
            idle, _ = server.memory()
            watching = crowd(server.port, chosen.watchers)
            settled, _ = server.memory()
            pushes = int(chosen.rate * chosen.seconds / PUSHERS)
            before, begin = server.cpu_seconds(), time.monotonic()
            workers = [
                multiprocessing.Process(target=push, args=(server.port, chosen.rate / PUSHERS, pushes, i))
                for i in range(PUSHERS)
            ]
            for each in workers:
                each.start()
            expected = pushes * PUSHERS * chosen.watchers
            last, moved = -1, time.monotonic()
            while watching.total() < expected and time.monotonic() - moved < PATIENCE:
                watching.read(0.5)
                if watching.total() != last:
                    last, moved = watching.total(), time.monotonic()
            span, cpu = time.monotonic() - begin, server.cpu_seconds() - before
            for each in workers:
                each.join()
            lost = expected - watching.total()
            print("| watchers | pushes/s | events | lost | seconds | RSS idle | RSS watched | RSS at most | CPU |")
            print("|---|---|---|---|---|---|---|---|---|")
            print(
                f"| {chosen.watchers} | {chosen.rate} | {expected} | {lost} | {span:.1f} | {idle:.0f} MiB | {settled:.0f} MiB "
                f"| {peak_memory(server.process.pid):.0f} MiB | {100 * cpu / span:.0f} % |"
            )
    return lost == 0


def poll(chosen):
    with measure.empty_gantry(chosen.binary) as server:
        push(server.port, 0, chosen.tags, 0)
        client = http.client.HTTPConnection("127.0.0.1", server.port)
        before = server.cpu_seconds()
        for i in range(chosen.tags):
            client.request("HEAD", f"/v2/watched/r{i % 50}/manifests/w0-{i}")
            client.getresponse().read()
        polled = server.cpu_seconds() - before
        watching = crowd(server.port, 1)
        before = server.cpu_seconds()
        begin = time.monotonic()
        while time.monotonic() - begin < 60:
            watching.read(1)
        watched = server.cpu_seconds() - before
    print("| | requests per minute | CPU per minute |")
    print("|---|---|---|")
    print(f"| HEAD of {chosen.tags} tags | {chosen.tags} | {polled:.2f} s |")
    print(f"| one watch | 0 | {watched:.2f} s |")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["watch", "poll"])
    parser.add_argument("--binary", default=measure.BINARY)
    parser.add_argument("--watchers", type=int, default=10000)
    parser.add_argument("--rate", type=int, default=10, help="pushes per second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--data", action="store_true", help="on the disk instead of in memory")
    parser.add_argument("--tags", type=int, default=10000)
    chosen = parser.parse_args()
    measure.check_program(chosen.binary)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sys.exit(0 if {"watch": watch, "poll": poll}[chosen.what](chosen) else 1)


if __name__ == "__main__":
    main()
