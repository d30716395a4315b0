#!/usr/bin/env python3
"""The server's time from exec to its first 200, and its memory when idle.

    bench/startup.py [--binary build/release/src/app/gantry] [--beside OTHER]... [--embedded PROGRAM] [--runs 30]

Prints a Markdown table, with ratios of medians. The processor time until the first answer says more
than the time where other processes keep the machine busy. Debian's docker-registry is measured in the same run, one start of each in
turn, and so are other builds of Gantry. All listen on a free port of 127.0.0.1 and keep everything in
memory. A program named *.deb is unpacked first.

PROGRAM is build/release/bench/embedded/embedded_start: a registry inside a program. Each process makes
one that is first, which also initialises libraries, and then 20 others.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import tempfile
import time

import measure

LATER = "20"


def processor_ms(pid):
    """The time that the threads of a process have run so far."""
    spent = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as figures:
            spent += int(figures.read().split()[0])
    return spent / 1e6


def sample(started):
    with started as one:
        spent = processor_ms(one.process.pid)
        time.sleep(0.3)  # until it is idle
        return one.started, spent, *one.memory()


def row(name, samples, reference):
    times, spent, resident, private = map(statistics.median, zip(*samples))
    begun = [one[0] for one in samples]
    other, other_spent, *_ = map(statistics.median, zip(*reference))
    print(
        f"| {name} | {min(begun):.1f} | {times:.1f} | {max(begun):.1f} | {times / other:.2f} "
        f"| {spent:.1f} | {spent / other_spent:.2f} | {resident:.1f} | {private:.1f} |"
    )


def embedded_row(name, times):
    print(f"| {name} | {min(times):.2f} | {statistics.median(times):.2f} | {max(times):.2f} |")


def unpacked(program, keeper):
    """The path of the program, out of a Debian package if it is one."""
    if not program.endswith(".deb"):
        measure.check_program(program)
        return program
    folder = keeper.enter_context(tempfile.TemporaryDirectory())
    subprocess.run(["dpkg-deb", "--extract", program, folder], check=True)
    return os.path.join(folder, "usr/bin/gantry")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--beside", action="append", default=[])
    options.add_argument("--embedded")
    options.add_argument("--runs", type=int, default=30)
    chosen = options.parse_args()
    measure.install("docker-registry")
    names = [chosen.binary, *chosen.beside]
    ours, theirs, embedded = [[] for _ in names], [], []
    with contextlib.ExitStack() as keeper:
        folder = keeper.enter_context(tempfile.TemporaryDirectory())
        programs = [unpacked(name, keeper) for name in names]
        for _ in range(chosen.runs):
            for program, samples in zip(programs, ours):
                samples.append(sample(measure.gantry(program)))
            theirs.append(sample(measure.distribution(folder, "{inmemory: {}}")))
            if chosen.embedded:
                embedded.append(json.loads(measure.output_of(chosen.embedded, LATER)))
    print(
        "| server | start min (ms) | median | max | ratio | processor (ms) | ratio "
        "| idle RSS (MiB) | private (MiB) |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, samples in zip(names, ours):
        row("gantry" if len(names) == 1 else os.path.basename(name), samples, theirs)
    row("docker-registry", theirs, theirs)
    if embedded:
        print("\n| registry in a program | min (ms) | median | max |\n|---|---|---|---|")
        embedded_row("the first of its process", [one["first"] for one in embedded])
        embedded_row("another one", [one["median"] for one in embedded])


if __name__ == "__main__":
    main()
