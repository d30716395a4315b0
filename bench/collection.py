#!/usr/bin/env python3
"""A garbage collection of many blobs, and what pushes and pulls notice of it.

    bench/collection.py [--blobs 1000000] [--size 1024] [--folder DIR] [--connections 8]

Fills a folder with blobs, half of which no manifest names. Then it measures pushes and pulls of
small images, alone and while a collection removes that half, and the memory of the server. A second
copy of the folder is collected without any load. `gantry verify` must find nothing wrong afterwards.
Prints a Markdown table. With --folder the filled folder is kept there, and used again by the next
run.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import measure

LAYERS = 50
# Leases end before the measurement begins.
COLLECTING = ("--blob-lease", "1s", "--gc-grace", "0s", "--gc-interval", "0")
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
SECONDS = 10


def content(number, size):
    return f"{number:016x}".encode() * (size // 16)


def describe(media_type, blob):
    return {"mediaType": media_type, "digest": measure.digest_of(blob), "size": len(blob)}


def manifest_of(blobs):
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": describe(CONFIG, blobs[0]),
            "layers": [describe(LAYER, each) for each in blobs[1:]],
        }
    ).encode()


def request(method, path, body, media_type="application/octet-stream"):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def groups(count, size):
    """The requests for one image at a time. The manifest of every second one is not pushed."""
    for first in range(0, count, LAYERS):
        blobs = [content(number, size) for number in range(first, min(first + LAYERS, count))]
        repository = f"collected/r{first // LAYERS % 1000:04}"
        asked = [
            request("POST", f"/v2/{repository}/blobs/uploads/?digest={measure.digest_of(each)}", each)
            for each in blobs
        ]
        if first // LAYERS % 2 == 0:
            path = f"/v2/{repository}/manifests/t{first}"
            asked.append(request("PUT", path, manifest_of(blobs), MANIFEST))
        yield asked


def collect(url, outcome):
    """Collects garbage; `outcome` gets the report and the seconds that it took."""
    begin = time.monotonic()
    asked = urllib.request.Request(f"{url}/__gantry/gc", method="POST")
    with urllib.request.urlopen(asked) as answer:
        found, still_runs = json.load(answer), answer.status == 202
    while still_runs:
        time.sleep(0.2)
        with urllib.request.urlopen(f"{url}/__gantry/gc") as answer:
            status = json.load(answer)
        still_runs, found = status["running"], status.get("last", {})
    outcome["report"] = found
    outcome["seconds"] = time.monotonic() - begin


def loads(chosen, running):
    """p50 and p99 in ms of pushes, then of pulls."""
    figures = {}
    for workload in ("push", "pull"):
        found = measure.load(
            chosen.binary, workload, running, "--connections", chosen.connections,
            "--layer-size", "1KiB", "--duration", SECONDS,
        )
        times = found["operations"]["image"]["latency_us"]
        figures[workload] = times["p99"] / 1000
        figures[f"{workload}/s"] = found["operations"]["image"]["per_second"]
    return figures


def serve(chosen, folder):
    running = measure.gantry(chosen.binary, "--data", folder, *COLLECTING)
    time.sleep(3)  # leases of the previous process end
    return running


def collected(chosen, folder, busy):
    """What the collection took, the loads alone and during it, and the highest memory in MiB."""
    outcome, during, highest = {}, [], []
    with serve(chosen, folder) as running:
        alone = loads(chosen, running) if busy else {}
        before = running.memory()[0]
        working = threading.Thread(target=collect, args=(running.url, outcome))
        working.start()
        watching = threading.Thread(target=watch, args=(running, working, highest))
        watching.start()
        while busy and working.is_alive():
            during.append(loads(chosen, running))
        working.join()
        watching.join()
    subprocess.run([chosen.binary, "verify", "--data", folder], check=True, stdout=sys.stderr)
    return outcome, alone, during, before, max(highest)


def watch(running, working, highest):
    while working.is_alive():
        highest.append(running.memory()[0])
        time.sleep(0.5)
    highest.append(running.memory()[0])


def print_row(title, outcome, before, highest):
    report = outcome["report"]
    print(
        f"| {title} | {report['blobs']} | {outcome['seconds']:.0f} | {before:.0f} | {highest:.0f} |",
        flush=True,
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--blobs", type=int, default=1_000_000)
    options.add_argument("--size", type=int, default=1024, help="bytes of each blob")
    options.add_argument("--folder", help="keeps the filled folder here")
    options.add_argument("--connections", type=int, default=8)
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    with tempfile.TemporaryDirectory() as temporary:
        home = chosen.folder or temporary
        filled = os.path.join(home, f"{chosen.blobs}x{chosen.size}")
        if not os.path.exists(filled):
            begin = time.monotonic()
            measure.fill(chosen.binary, filled, groups(chosen.blobs, chosen.size), *COLLECTING)
            print(f"filled in {time.monotonic() - begin:.0f} s", file=sys.stderr)
        print("| collection | blobs removed | seconds | RSS before (MiB) | highest RSS |")
        print("|---|---|---|---|---|")
        copies = os.path.join(temporary, "copy")
        shutil.copytree(filled, copies)
        outcome, _, _, before, highest = collected(chosen, copies, False)
        print_row("alone", outcome, before, highest)
        shutil.rmtree(copies)
        shutil.copytree(filled, copies)
        outcome, alone, during, before, highest = collected(chosen, copies, True)
        print_row("beside pushes and pulls", outcome, before, highest)
    print("\n| load | p99 alone (ms) | during | ratio | images/s alone | during |")
    print("|---|---|---|---|---|---|")
    for workload in ("push", "pull"):
        p99 = statistics.median(each[workload] for each in during)
        rate = statistics.median(each[f"{workload}/s"] for each in during)
        print(
            f"| {workload} | {alone[workload]:.2f} | {p99:.2f} | {p99 / alone[workload]:.2f} "
            f"| {alone[f'{workload}/s']:.0f} | {rate:.0f} |"
        )


if __name__ == "__main__":
    main()
