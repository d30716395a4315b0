#!/usr/bin/env python3
"""Upload rates compared with the processor's hash rate.

    bench/uploads.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 5]

Prints a Markdown table: images with a layer of 1 MiB from many connections, and single uploads of 1
GiB, one after another. Every byte of an upload is hashed with SHA-256 before it is answered, so the
limit is what `openssl speed` hashes, measured before each load: on one core for a single upload,
and on all cores less what the load generator itself used of them for many. Everything stays in
memory. Each load runs twice and counts once: a virtual machine may have given memory back to its
host, and gets it again only when it is written to.
"""

import argparse
import os
import re
import statistics

import measure


def sha256_speed(seconds=2):
    """MiB per second on one core."""
    text = measure.output_of(
        "openssl", "speed", "-seconds", str(seconds), "-bytes", str(2**20), "-evp", "sha256", "-mr"
    )
    return float(re.search(r"^\+F:\d+:[\w-]+:([\d.]+)", text, re.M)[1]) / 2**20


def push(chosen, *how):
    """MiB per second, its ratio to the processor's hash rate, and processor time in ms per GiB."""
    core = sha256_speed()
    with measure.empty_gantry(chosen.binary) as running:
        measure.load(chosen.binary, "push", running, *how, "--cleanup")
        before = running.cpu_seconds()
        figures = measure.load(chosen.binary, "push", running, *how)
        spent = running.cpu_seconds() - before
    generator = figures["client_cpu_seconds"]
    gib = figures["bytes"] / 2**30
    return {
        "rate": figures["mib_per_second"],
        "core": core,
        "all": core * (os.cpu_count() - generator / figures["seconds"]),
        "server": spent * 1000 / gib,
        "client": generator * 1000 / gib,
    }


def row(name, limit, samples):
    ratio = statistics.median(each["rate"] / each[limit] for each in samples)
    found = measure.medians(samples)
    print(
        f"| {name} | {found['rate']:.0f} | {found['core']:.0f} | {found[limit]:.0f} | {ratio:.2f} "
        f"| {found['server']:.0f} | {found['client']:.0f} |",
        flush=True,
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=4, help="seconds of layers of 1 MiB")
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    many, single = [], []
    for _ in range(chosen.rounds):
        many.append(
            push(chosen, "--layer-size", "1MiB", "--connections", 64, "--duration", chosen.duration)
        )
        single.append(push(chosen, "--layer-size", "1GiB", "--connections", 1, "--count", 3))
    print(
        "| upload | MiB/s | SHA-256 of a core (MiB/s) | the limit | ratio to it "
        "| server CPU (ms/GiB) | client CPU |"
    )
    print("|---|---|---|---|---|---|---|")
    row("layers of 1 MiB, 64 connections", "all", many)
    row("layers of 1 GiB, one connection", "core", single)


if __name__ == "__main__":
    main()
