#!/usr/bin/env python3
"""Small images pushed per second, compared with docker-registry.

    bench/small_pushes.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 5]
    bench/small_pushes.py --memory

Prints a Markdown table. Gantry keeps everything in a folder and has it on the disk before it
answers, and once more in memory; Debian's docker-registry keeps everything in a folder beside it (its
filesystem store, which does not wait for the disk). With --memory both keep everything in memory. Each
round starts the servers anew, one after the other, on a free port of 127.0.0.1 and with an empty folder;
the figures are medians over the rounds. The load is `gantry bench push` on the same machine.
"""

import argparse
import os
import tempfile

import measure


def gantry(chosen, folder):
    where = ["--seed=false"] if chosen.memory else ["--data", os.path.join(folder, "data")]
    return measure.gantry(chosen.binary, *where)


def gantry_in_memory(chosen, _):
    return measure.empty_gantry(chosen.binary)


def distribution(chosen, folder):
    store = "inmemory: {}" if chosen.memory else f"filesystem: {{rootdirectory: '{folder}/data'}}"
    return measure.distribution(folder, f"{{{store}, cache: {{blobdescriptor: inmemory}}}}")


def load(chosen, server, connections):
    """Images per second, p50 and p99 in milliseconds, and the processor time of server and client
    per image in microseconds."""
    how = ["--warmup", 1, "--duration", chosen.duration]
    how += ["--connections", connections, "--layer-size", chosen.layer_size]
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        with server(chosen, folder) as running:
            figures = measure.load(chosen.binary, "push", running, *how)
            spent = running.cpu_seconds()
    seconds = chosen.duration + 1
    made = measure.image_figures(figures, spent, seconds)
    return made | {"client": figures["client_cpu_seconds"] / (made["rate"] * seconds) * 1e6}


def row(name, connections, figures, *ratios):
    print(
        f"| {connections} | {name} | {figures['rate']:.0f} | {figures['p50']:.2f} | {figures['p99']:.2f} "
        f"| {figures['server']:.0f} | {figures['client']:.0f} | {' | '.join(ratios)} |",
        flush=True,
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=5, help="seconds")
    options.add_argument("--connections", default="8,64", help="numbers, comma separated")
    options.add_argument("--layer-size", default="1KiB")
    options.add_argument("--memory", action="store_true", help="both keep everything in memory")
    options.add_argument("--folder", help="the data folder (default: next to the binary)")
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    chosen.folder = os.path.abspath(chosen.folder or os.path.dirname(chosen.binary))

    measure.install("docker-registry")
    servers = {"gantry": gantry, "docker-registry": distribution}
    if not chosen.memory:
        servers["gantry, in memory"] = gantry_in_memory
    print("| connections | server | images/s | p50 (ms) | p99 (ms) | server CPU (µs/image) | client CPU | × docker-registry | × in memory |")
    print("|---|---|---|---|---|---|---|---|---|")
    for connections in map(int, chosen.connections.split(",")):
        samples = {name: [] for name in servers}
        for _ in range(chosen.rounds):
            for name, server in servers.items():
                samples[name].append(load(chosen, server, connections))
        figures = {name: measure.medians(taken) for name, taken in samples.items()}
        for name, taken in figures.items():
            ratios = ["", ""]
            if name == "gantry":
                ratios = [
                    f"{taken['rate'] / figures[other]['rate']:.2f}" if other in figures else ""
                    for other in ("docker-registry", "gantry, in memory")
                ]
            row(name, connections, taken, *ratios)


if __name__ == "__main__":
    main()
