#!/usr/bin/env python3
"""The server's time from exec to its first 200, and its memory when idle.

    bench/startup.py [--binary build/release/src/app/gantry] [--runs 30]

Prints a Markdown table. Debian's docker-registry is measured in the same run, one start of each in
turn. Both listen on a free port of 127.0.0.1 and keep everything in memory.
"""

import argparse
import statistics
import tempfile
import time

import measure


def sample(started):
    with started as one:
        time.sleep(0.3)  # until it is idle
        return one.started, *one.memory()


def row(name, samples):
    times, resident, private = zip(*samples)
    print(
        f"| {name} | {min(times):.1f} | {statistics.median(times):.1f} | {max(times):.1f} "
        f"| {statistics.median(resident):.1f} | {statistics.median(private):.1f} |"
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--runs", type=int, default=30)
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    measure.install("docker-registry")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(chosen.runs):
            ours.append(sample(measure.gantry(chosen.binary)))
            theirs.append(sample(measure.distribution(folder, "{inmemory: {}}")))
    print("| server | start min (ms) | median | max | idle RSS (MiB) | private (MiB) |")
    print("|---|---|---|---|---|---|")
    row("gantry", ours)
    row("docker-registry", theirs)


if __name__ == "__main__":
    main()
