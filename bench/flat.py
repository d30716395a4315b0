#!/usr/bin/env python3
"""Loads a registry in memory with pushes, pulls and deletes for a long time, and records what it takes.

flat.py [--minutes N] [--binary PATH]

Starts the server with small leases, runs `gantry bench mixed` against it again and again, asks for a
collection each minute, and prints memory files and what is resident besides them. The last line compares
the highest of the last third with the highest of the middle one: a registry whose memory is flat has
about 1."""
import argparse
import os
import re
import subprocess
import sys
import time
import urllib.request

MIB = 1024 * 1024


def resident(pid):
    """Bytes besides memory files: pages of these are resident, too, once a blob is mapped."""
    with open(f"/proc/{pid}/status") as status:
        return 1024 * sum(map(int, re.findall(r"^Rss(?:Anon|File):\s+(\d+)", status.read(), re.M)))


def memory_files(pid):
    total = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        path = f"/proc/{pid}/fd/{name}"
        try:
            if os.readlink(path).startswith("/memfd:"):
                total += 512 * os.stat(path).st_blocks
        except FileNotFoundError:
            pass
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--binary", default="build/release/src/app/gantry")
    parser.add_argument("--rate", type=int, default=0, help="operations per second; 0: as fast as it goes")
    arguments = parser.parse_args()
    server = subprocess.Popen(
        [arguments.binary, "serve", "--addr", "127.0.0.1:0", "--memory-limit", "1GiB", "--blob-lease", "30s",
         "--upload-expiry", "1m", "--gc-interval", "30s", "--access-log", "off"], stderr=subprocess.PIPE, text=True)
    port = re.search(r"127\.0\.0\.1:(\d+)", server.stderr.readline()).group(1)
    url = f"http://127.0.0.1:{port}"
    command = [arguments.binary, "bench", "mixed", "--url", url, "--duration",
               f"{int(arguments.minutes * 60)}s", "--mix", "push=2,pull=6,head=2,delete=2",
               "--connections", "4", "--layer-size", "1KiB..512KiB"]
    if arguments.rate:
        command += ["--rate", str(arguments.rate)]
    load = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print("| minute | resident MiB | memory files MiB |\n|---|---|---|")
    samples = []
    start = time.monotonic()
    try:
        while load.poll() is None:
            time.sleep(5)
            minute = (time.monotonic() - start) / 60
            samples.append((minute, resident(server.pid), memory_files(server.pid)))
            if len(samples) % 24 == 0:
                print(f"| {minute:.0f} | {samples[-1][1] / MIB:.0f} | {samples[-1][2] / MIB:.0f} |", flush=True)
        print(load.stdout.read())
        urllib.request.urlopen(urllib.request.Request(f"{url}/__gantry/gc", method="POST")).read()
        third = len(samples) // 3
        middle = max(a + b for _, a, b in samples[third:2 * third])
        last = max(a + b for _, a, b in samples[2 * third:])
        print(f"highest of the middle third {middle / MIB:.0f} MiB, of the last {last / MIB:.0f} MiB: "
              f"{last / middle:.2f}")
        return last > 1.15 * middle
    finally:
        server.terminate()
        server.wait(60)


if __name__ == "__main__":
    sys.exit(main())
