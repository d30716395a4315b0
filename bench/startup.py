#!/usr/bin/env python3
"""How long the server takes from exec to its first 200, and what it holds in memory when idle.

    bench/startup.py [--binary build/release/src/app/gantry] [--runs 30]

Prints a Markdown table. Where Debian's docker-registry is installed, it is measured in the same run,
one start of each in turn. Both listen on a free port of 127.0.0.1 and keep everything in memory.
"""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

REQUEST = b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
DEADLINE = 10.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def first_answer(port, process):
    """Tries to connect, again and again, until the server answers 200."""
    begin = time.monotonic()
    while time.monotonic() - begin < DEADLINE:
        if process.poll() is not None:
            sys.exit(f"the server ended with {process.returncode}")
        with socket.socket() as client:
            try:
                client.connect(("127.0.0.1", port))
                client.sendall(REQUEST)
                if client.recv(4096).startswith(b"HTTP/1.1 200"):
                    return
            except (ConnectionRefusedError, ConnectionResetError):
                time.sleep(0.0002)
    sys.exit("the server does not answer")


def memory_kib(pid):
    """Resident memory, and the part of it that no other process shares."""
    figures = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        for line in rollup:
            name, _, rest = line.partition(":")
            if rest.strip().endswith("kB"):
                figures[name] = int(rest.split()[0])
    return figures["Rss"], figures["Private_Clean"] + figures["Private_Dirty"]


def measure(command, port):
    begin = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            first_answer(port, process)
            elapsed = (time.monotonic() - begin) * 1000
            time.sleep(0.3)  # until it is idle
            resident, private = memory_kib(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(DEADLINE)
    return elapsed, resident / 1024, private / 1024


def gantry(binary):
    port = free_port()
    command = [binary, "serve", "--addr", f"127.0.0.1:{port}", "--access-log", "off"]
    return measure(command, port)


def distribution(folder):
    port = free_port()
    path = os.path.join(folder, "config.yml")
    with open(path, "w", encoding="ascii") as config:
        config.write(
            f"version: 0.1\nlog: {{level: error}}\nstorage: {{inmemory: {{}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        )
    return measure(["docker-registry", "serve", path], port)


def row(name, samples):
    times, resident, private = zip(*samples)
    print(
        f"| {name} | {min(times):.1f} | {statistics.median(times):.1f} | {max(times):.1f} "
        f"| {statistics.median(resident):.1f} | {statistics.median(private):.1f} |"
    )


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=os.path.join(here, "../build/release/src/app/gantry"))
    options.add_argument("--runs", type=int, default=30)
    chosen = options.parse_args()
    if not os.access(chosen.binary, os.X_OK):
        sys.exit(f"{chosen.binary} is no program: build it with scripts/run --help, or name it with --binary")

    peer = shutil.which("docker-registry")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(chosen.runs):
            ours.append(gantry(chosen.binary))
            if peer:
                theirs.append(distribution(folder))
    print("| server | start min (ms) | median | max | idle RSS (MiB) | private (MiB) |")
    print("|---|---|---|---|---|---|")
    row("gantry", ours)
    if peer:
        row("docker-registry", theirs)


if __name__ == "__main__":
    main()
