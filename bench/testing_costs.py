#!/usr/bin/env python3
"""What recording requests and injecting faults costs.

    bench/testing_costs.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 3]

Prints a Markdown table. In each round every variant runs once, started anew on a free port of 127.0.0.1,
in turn; figures are medians over the rounds, ratios medians of each round's. The load is `gantry bench`
on the same machine.
"""

import argparse
import statistics
import urllib.request

import measure

# Matches nothing that a load asks for, but is looked at for each request.
FAULT = b'{"match": {"repository": "nowhere"}, "effect": {"status": 503}}'
VARIANTS = {
    "neither": (["--journal", "0"], False),
    "1000 requests are recorded": (["--journal", "1000"], False),
    "a fault that hits nothing": (["--journal", "0"], True),
}
LOADS = {
    "push 1 KiB, 8 connections": ("push", 8),
    "push 1 KiB, 64 connections": ("push", 64),
    "pull 1 KiB, 8 connections": ("pull", 8),
}


def measured(chosen, variant, workload, connections):
    """Images per second, and the server's processor time per image in µs."""
    flags, has_fault = VARIANTS[variant]
    with measure.gantry(chosen.binary, "--seed=false", "--memory-limit", "16GiB", *flags) as running:
        if has_fault:
            url = f"http://127.0.0.1:{running.port}/__parlel/faults"
            urllib.request.urlopen(url, FAULT).close()
        figures = measure.load(
            chosen.binary, workload, running, "--warmup", "1s", "--duration", f"{chosen.duration}s",
            "--layer-size", "1KiB", "--connections", connections)
        spent = running.cpu_seconds()
    made = measure.image_figures(figures, spent, chosen.duration + 1)
    return made["rate"], made["server"]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=3, help="seconds")
    chosen = options.parse_args()
    measure.check_program(chosen.binary)

    print(f"TCP congestion control: {measure.congestion_control()}\n")
    print("| load | variant | images/s | ratio | server CPU (µs/image) | ratio |")
    print("|---|---|---|---|---|---|")
    for name, (workload, connections) in LOADS.items():
        samples = {variant: [] for variant in VARIANTS}
        for _ in range(chosen.rounds):
            for variant in VARIANTS:
                samples[variant].append(measured(chosen, variant, workload, connections))
        for variant, rounds in samples.items():
            cells = []
            for index, places in ((0, 0), (1, 0)):
                usual = [each[index] for each in samples["neither"]]
                mine = [each[index] for each in rounds]
                ratio = statistics.median(a / b for a, b in zip(mine, usual))
                cells += [f"{statistics.median(mine):.{places}f}", f"{ratio:.2f}"]
            print(f"| {name} | {variant} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
