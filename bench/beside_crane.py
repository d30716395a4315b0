#!/usr/bin/env python3
"""Pushes and pulls in memory, beside go-containerregistry's registry (`crane registry serve`).

    bench/beside_crane.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 3]
                          [--only NAME]

Prints a Markdown table. In each round both servers run one after the other, started anew on a free port
of 127.0.0.1; the figures are medians over the rounds. The load is `gantry bench` on the same machine.

Debian 12 does not have crane: take `crane` of Debian 13 or later (`dpkg -x` aside, and into the PATH).
"""

import argparse
import shutil
import sys

import measure

PUSHES = {
    "1 KiB, 1 connection": ["--connections", 1],
    "1 KiB, 4 connections": ["--connections", 4],
    "1 KiB, 8 connections": ["--connections", 8],
    "1 KiB, 64 connections": ["--connections", 64],
    "64 KiB, 8 connections": ["--connections", 8, "--layer-size", "64KiB"],
    "1 MiB, 16 connections": ["--connections", 16, "--layer-size", "1MiB"],
    "1 KiB, 1000 connections": ["--connections", 1000],
    "1 KiB, 5000 connections": ["--connections", 5000],
    "1 KiB, 8 connections, one per request": ["--connections", 8, "--reconnect"],
}
PULLS = {
    "1 KiB, 8 connections": ["--connections", 8],
    "1 MiB, 8 connections, not hashed": ["--connections", 8, "--layer-size", "1MiB", "--no-verify"],
    "1 KiB, 8 connections, one per request": ["--connections", 8, "--reconnect"],
}
LOADS = {f"push {name}": ("push", how) for name, how in PUSHES.items()}
LOADS |= {f"pull {name}": ("pull", how) for name, how in PULLS.items()}


def measured(chosen, start, workload, how):
    """The figures of `measure.image_figures`, and the server's private memory at the end in MiB."""
    options = ["--warmup", "1s", "--duration", f"{chosen.duration}s"]
    if "--layer-size" not in how:
        options += ["--layer-size", "1KiB"]
    with start() as running:
        figures = measure.load(chosen.binary, workload, running, *options, *how)
        spent = running.cpu_seconds()
        _, private = running.memory()
    return measure.image_figures(figures, spent, chosen.duration + 1) | {"memory": private}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=3, help="seconds")
    options.add_argument("--only", default="", help="loads with this in their name")
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    if not shutil.which("crane"):
        sys.exit("crane is not in the PATH: Debian 12 does not have it, Debian 13 and later do")

    print(f"TCP congestion control: {measure.congestion_control()}\n")
    servers = {"gantry": lambda: measure.empty_gantry(chosen.binary), "crane": measure.crane}
    print("| load | gantry (images/s) | crane | ratio | p50 (ms) | crane | p99 (ms) | crane "
          "| server CPU (µs/image) | crane | private memory (MiB) | crane |")
    print("|" + "---|" * 12)
    for name, (workload, how) in LOADS.items():
        if chosen.only not in name:
            continue
        samples = {server: [] for server in servers}
        for _ in range(chosen.rounds):
            for server, start in servers.items():
                samples[server].append(measured(chosen, start, workload, how))
        ours, theirs = (measure.medians(samples[server]) for server in servers)
        pairs = [f"{ours[key]:.{places}f} | {theirs[key]:.{places}f}"
                 for key, places in (("p50", 2), ("p99", 2), ("server", 0), ("memory", 0))]
        print(f"| {name} | {ours['rate']:.0f} | {theirs['rate']:.0f} "
              f"| {ours['rate'] / theirs['rate']:.2f} | {' | '.join(pairs)} |", flush=True)


if __name__ == "__main__":
    main()
