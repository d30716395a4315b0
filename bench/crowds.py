#!/usr/bin/env python3
"""The cost of many concurrent clients: slow ones, many connections, one repository or many.

    bench/crowds.py slow-uploads [--uploads 10000]
    bench/crowds.py slow-clients [--clients 2000]
    bench/crowds.py connections [--connections 2000]
    bench/crowds.py repositories [--repositories 1000]

Each prints a Markdown table. The server keeps everything in memory, on a free port of 127.0.0.1.
"""

import argparse
import asyncio
import resource
import statistics
import sys

import measure

PIECES = 8


def headers(request, length):
    return f"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()


async def answered(reader, status):
    """The head of an answer without a body."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 %d" % status):
        sys.exit(f"{status} was expected: {head.decode()}")
    return head.decode()


async def upload_slowly(port, number, size, crowd, pause):
    """Opens an upload and sends it piece by piece with pauses, after all uploads have been opened."""
    content = number.to_bytes(8, "big") * (size // 8)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(headers(f"POST /v2/crowd/r{number % 100}/blobs/uploads/", 0))
    head = await answered(reader, 202)
    location = next(
        line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("location:")
    )
    location = location[location.index("/v2/") :]
    await crowd.wait()
    join = "&" if "?" in location else "?"
    digest = measure.digest_of(content)
    writer.write(headers(f"PUT {location}{join}digest={digest}", size))
    for begin in range(0, size, size // PIECES):
        writer.write(content[begin : begin + size // PIECES])
        await writer.drain()
        await asyncio.sleep(pause)
    await answered(reader, 201)
    writer.close()


async def watch_memory(running, highest):
    while True:
        highest.append(running.memory()[0])
        await asyncio.sleep(0.5)


async def slow_uploads(running, count, size, pause):
    """The highest resident memory of the server in MiB."""
    crowd, highest = asyncio.Barrier(count), []
    watching = asyncio.create_task(watch_memory(running, highest))
    await asyncio.gather(
        *(upload_slowly(running.port, each, size, crowd, pause) for each in range(count))
    )
    watching.cancel()
    return max(highest)


def print_slow_uploads(chosen):
    wanted = chosen.uploads + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < wanted:
        sys.exit(f"{wanted} descriptors are needed, {hard} are allowed: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    print("| uploads open at once | bytes of each | highest RSS (MiB) |")
    print("|---|---|---|")
    for kib in map(int, chosen.sizes.split(",")):
        with measure.empty_gantry(chosen.binary) as running:
            size = kib * 1024
            highest = asyncio.run(slow_uploads(running, chosen.uploads, size, chosen.pause))
        print(f"| {chosen.uploads} | {kib} KiB | {highest:.0f} |", flush=True)


async def dribble(port, text, pause, stop):
    """Sends a text byte by byte, and nothing else."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    for byte in text:
        if stop.is_set():
            break
        writer.write(bytes([byte]))
        await asyncio.sleep(pause)
    await stop.wait()
    writer.close()


async def sip(port, target, pause, stop):
    """Asks for a response and reads it a little at a time."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(headers(f"GET {target}", 0))
    while not stop.is_set():
        await reader.read(64)
        await asyncio.sleep(pause)
    writer.close()


async def beside_slow_clients(running, chosen):
    """The figures of a client that works while others hold on to their connections."""
    stop = asyncio.Event()
    head = headers("GET /v2/", 0) + b"X" * 1000
    body = headers("POST /v2/slow/blobs/uploads/?digest=sha256:" + "0" * 64, 1000) + b"x" * 1000
    kinds = (
        lambda: dribble(running.port, head[:20] + b"X" * 1000, 1.0, stop),
        lambda: dribble(running.port, body, 1.0, stop),
        lambda: sip(running.port, "/v2/_catalog", 1.0, stop),
    )
    crowd = [asyncio.create_task(kinds[i % len(kinds)]()) for i in range(chosen.clients)]
    await asyncio.sleep(2)
    figures = await asyncio.to_thread(pull_manifests, running, chosen)
    figures["rss"] = running.memory()[0]
    stop.set()
    await asyncio.gather(*crowd, return_exceptions=True)
    return figures


def pull_manifests(running, chosen):
    figures = measure.load(
        chosen.binary, "pull", running, "--connections", 8, "--layer-size", "1KiB",
        "--warmup", 1, "--duration", chosen.duration,
    )
    times = figures["operations"]["image"]["latency_us"]
    return {"rate": figures["images_per_second"], "p50": times["p50"] / 1000, "p99": times["p99"] / 1000}


def print_slow_clients(chosen):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, chosen.clients + 200)), hard))
    alone, beside = [], []
    for _ in range(chosen.rounds):
        with measure.empty_gantry(chosen.binary) as running:
            alone.append(pull_manifests(running, chosen) | {"rss": running.memory()[0]})
        with measure.empty_gantry(chosen.binary) as running:
            beside.append(asyncio.run(beside_slow_clients(running, chosen)))
    print("| slow clients | images/s | p50 (ms) | p99 (ms) | RSS (MiB) |")
    print("|---|---|---|---|---|")
    for count, samples in ((0, alone), (chosen.clients, beside)):
        found = measure.medians(samples)
        print(f"| {count} | {found['rate']:.0f} | {found['p50']:.2f} | {found['p99']:.2f} | {found['rss']:.0f} |")
    ratio = statistics.median(b["rate"] / a["rate"] for a, b in zip(alone, beside))
    print(f"\nRatio of the rates: {ratio:.2f}")


def print_connections(chosen):
    print("| connections | images/s | MiB/s | p50 (ms) | p99 (ms) | p99.9 (ms) | p99 to p50 |")
    print("|---|---|---|---|---|---|---|")
    samples = []
    for _ in range(chosen.rounds):
        with measure.empty_gantry(chosen.binary) as running:
            figures = measure.load(
                chosen.binary, "push", running, "--connections", chosen.connections,
                "--layer-size", "64KiB", "--warmup", 5, "--duration", chosen.duration,
            )
        times = figures["operations"]["image"]["latency_us"]
        samples.append(
            {name: times[name] / 1000 for name in ("p50", "p99", "p99.9")}
            | {"rate": figures["images_per_second"], "mib": figures["mib_per_second"]}
        )
    found = measure.medians(samples)
    ratio = statistics.median(each["p99"] / each["p50"] for each in samples)
    print(
        f"| {chosen.connections} | {found['rate']:.0f} | {found['mib']:.0f} | {found['p50']:.0f} "
        f"| {found['p99']:.0f} | {found['p99.9']:.0f} | {ratio:.2f} |"
    )


def print_repositories(chosen):
    print("| layer | 1 repository (images/s) | many (images/s) | ratio |")
    print("|---|---|---|---|")
    for size in ("1KiB", "64KiB", "1MiB"):
        samples = []
        for _ in range(chosen.rounds):
            sample = {}
            for name, count in (("one", 1), ("many", chosen.repositories)):
                with measure.empty_gantry(chosen.binary) as running:
                    sample[name] = measure.load(
                        chosen.binary, "push", running, "--connections", 64, "--repositories", count,
                        "--layer-size", size, "--warmup", 1, "--duration", chosen.duration,
                    )["images_per_second"]
            samples.append(sample)
        found = measure.medians(samples)
        ratio = statistics.median(each["one"] / each["many"] for each in samples)
        print(
            f"| {size} | {found['one']:.0f} | {found['many']:.0f} | {ratio:.2f} |", flush=True
        )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    crowds = options.add_subparsers(required=True)
    crowd = crowds.add_parser("slow-uploads")
    crowd.set_defaults(run=print_slow_uploads)
    crowd.add_argument("--uploads", type=int, default=10_000)
    crowd.add_argument("--sizes", default="16,64,256", help="KiB, comma separated")
    crowd.add_argument("--pause", type=float, default=1.0, help="seconds between pieces")
    crowd = crowds.add_parser("slow-clients")
    crowd.set_defaults(run=print_slow_clients)
    crowd.add_argument("--clients", type=int, default=2000)
    crowd.add_argument("--duration", type=int, default=5, help="seconds")
    crowd.add_argument("--rounds", type=int, default=3)
    crowd = crowds.add_parser("connections")
    crowd.set_defaults(run=print_connections)
    crowd.add_argument("--connections", type=int, default=2000)
    crowd.add_argument("--rounds", type=int, default=3)
    crowd.add_argument("--duration", type=int, default=10, help="seconds")
    crowd = crowds.add_parser("repositories")
    crowd.set_defaults(run=print_repositories)
    crowd.add_argument("--repositories", type=int, default=1000)
    crowd.add_argument("--rounds", type=int, default=5)
    crowd.add_argument("--duration", type=int, default=3, help="seconds")
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    chosen.run(chosen)


if __name__ == "__main__":
    main()
