#!/usr/bin/env python3
"""The cost of a folder with many tags and repositories, compared with one with few.

    bench/scale.py [--binary build/release/src/app/gantry] [--folder DIR] [--runs 20]
                   [--requests 10000] [--idle 320]

Pushes 1000 tags and 1000 repositories into one folder, 1 000 000 tags and 100 000 repositories into
another; `gantry verify` must find nothing wrong in them. Then it measures, in turn small and large:
starts, pages of 100 over one connection, and memory, also when repositories that were used have
fallen asleep, for which it waits --idle seconds. Prints Markdown tables; the ratio of two pages is the
median of those of blocks of 200 requests. With --folder the two folders are kept there, and used again
by the next run.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

import measure

# tags of one repository, repositories
SIZES = {"small": (1_000, 1_000), "large": (1_000_000, 100_000)}
TAGS_A_PUSH = 50
PAGE = 100
BLOCK = 200
# Repositories that are used and then become idle.
USED = {"small": 1_000, "large": 5_000}
INDEX = "application/vnd.oci.image.index.v1+json"


def tag(number):
    return f"v{number:07}"


def repository(number):
    return f"scale/r{number:07}"


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def put(path, number):
    """A manifest without references, unique per number."""
    body = '{"schemaVersion":2,"mediaType":"%s","manifests":[],"annotations":{"n":"%d"}}'
    body %= (INDEX, number)
    head = f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {INDEX}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def page_of_tags(last=None):
    return get(f"/v2/scale/tags/tags/list?n={PAGE}" + (f"&last={last}" if last else ""))


def page_of_catalog(last=None):
    return get(f"/v2/_catalog?n={PAGE}" + (f"&last={last}" if last else ""))


# ---- the folders


def pushes(tags, repositories):
    """In random order, as in practice; 50 tags per manifest because each push is a commit."""
    chance = random.Random(0)
    numbers = list(range(tags))
    chance.shuffle(numbers)
    for first in range(0, tags, TAGS_A_PUSH):
        body = put("", first).partition(b"\r\n\r\n")[2]
        chosen = "&".join(f"tag={tag(n)}" for n in numbers[first : first + TAGS_A_PUSH])
        yield put(f"/v2/scale/tags/manifests/{measure.digest_of(body)}?{chosen}", first)
    numbers = list(range(repositories))
    chance.shuffle(numbers)
    for number in numbers:
        yield put(f"/v2/{repository(number)}/manifests/latest", number)


def prepare(binary, home):
    folders = {}
    for name, (tags, repositories) in SIZES.items():
        folders[name] = os.path.join(home, name)
        if not os.path.exists(folders[name]):
            begin = time.monotonic()
            requests = pushes(tags, repositories)
            measure.fill(binary, folders[name], ([each] for each in requests))
            print(f"{name}: filled in {time.monotonic() - begin:.0f} s", file=sys.stderr)
        subprocess.run([binary, "verify", "--data", folders[name]], check=True, stdout=sys.stderr)
    return folders


def evict(folder):
    """Removes the files from the kernel's cache, as after a reboot."""
    os.sync()
    for home, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(home, name), "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


# ---- measurements


def ratio(small, large):
    return f"{large / small:.2f}"


def time_version(binary):
    """Time in ms to load the program and print a line."""
    begin = time.monotonic()
    subprocess.run([binary, "version"], check=True, stdout=subprocess.DEVNULL)
    return (time.monotonic() - begin) * 1000


def starts(binary, folders, runs):
    print("| exec to the first 200 (ms) | small min | median | max | large min | median | max |")
    print("|---|---|---|---|---|---|---|")
    versions = []
    for title, before in (("files in the kernel's cache", None), ("files not in the cache", evict)):
        taken = {name: [] for name in folders}
        for _ in range(runs):
            versions.append(time_version(binary))
            for name, folder in folders.items():
                if before:
                    before(folder)
                with measure.gantry(binary, "--data", folder) as running:
                    taken[name].append(running.started)
        cells = [f"{f(t):.1f}" for t in taken.values() for f in (min, statistics.median, max)]
        print(f"| {title} | {' | '.join(cells)} |")
    cells = [f"{f(versions):.1f}" for f in (min, statistics.median, max)]
    print(f"| `gantry version`, for comparison | {' | '.join(cells)} | | | |")


def cases(name, chance):
    """A title and an endless series of requests."""
    tags, repositories = SIZES[name]
    tags_middle = page_of_tags(tag(tags // 2))
    catalog_middle = page_of_catalog(repository(repositories // 2))
    return {
        "tags, first page": page_of_tags,
        "tags, in the middle": lambda: tags_middle,
        "tags, anywhere": lambda: page_of_tags(tag(chance.randrange(tags - PAGE - 1))),
        "catalog, first page": page_of_catalog,
        "catalog, in the middle": lambda: catalog_middle,
        "catalog, anywhere": lambda: page_of_catalog(
            repository(chance.randrange(repositories - PAGE - 1))
        ),
    }


def time_block(servers, case):
    """Time in µs of 200 requests to each server in turn, so that other load affects both alike. Uses new
    connections, because the kernel's placement of a connection's threads makes a factor of two."""
    clients = {name: measure.client(running.port) for name, running in servers.items()}
    taken = {name: [] for name in servers}
    for turn in range(BLOCK):
        for name in list(clients) if turn % 2 else reversed(list(clients)):
            request = case[name]()
            begin = time.perf_counter_ns()
            clients[name].ask(request)
            taken[name].append((time.perf_counter_ns() - begin) / 1000)
    for each in clients.values():
        each.socket.close()
    return taken


def pages(servers, requests):
    print("| a page of 100 (µs) | small median | p99 | large median | p99 | ratio |")
    print("|---|---|---|---|---|---|")
    asked = {name: cases(name, random.Random(1)) for name in servers}
    for title in asked["small"]:
        case = {name: requests_of[title] for name, requests_of in asked.items()}
        time_block(servers, case)  # warms up
        blocks = [time_block(servers, case) for _ in range(requests // BLOCK)]
        taken = {name: [t for block in blocks for t in block[name]] for name in servers}
        ratios = [statistics.median(b["large"]) / statistics.median(b["small"]) for b in blocks]
        cells = [f"{statistics.median(t):.0f} | {percentile(t):.0f}" for t in taken.values()]
        print(f"| {title} | {' | '.join(cells)} | {statistics.median(ratios):.2f} |")


def percentile(taken):
    return statistics.quantiles(taken, n=100)[98]


def list_everything(port, name):
    tags, repositories = SIZES[name]
    with measure.client(port) as one:
        for first in range(0, tags, 1000):
            one.ask(get(f"/v2/scale/tags/tags/list?n=1000&last={tag(first)}"))
        for first in range(0, repositories, 1000):
            one.ask(get(f"/v2/_catalog?n=1000&last={repository(first)}"))


def use_repositories(port, count):
    with measure.client(port) as one:
        for number in range(count):
            one.ask(get(f"/v2/{repository(number)}/manifests/latest"))


def memory(servers, idle):
    rows = []

    def note(title):
        rows.append((title, {name: running.memory() for name, running in servers.items()}))

    time.sleep(0.3)  # until the servers are idle
    note("after the start")
    for name, running in servers.items():
        list_everything(running.port, name)
    note("after every page of all lists")
    for name, running in servers.items():
        use_repositories(running.port, USED[name])
    note("{small} and {large} repositories in use".format(**USED))
    time.sleep(idle)
    note("when they have fallen asleep")
    print("| memory (MiB) | small RSS | private | large RSS | private | ratio of RSS |")
    print("|---|---|---|---|---|---|")
    for title, seen in rows:
        cells = [f"{resident:.1f} | {private:.1f}" for resident, private in seen.values()]
        shown = ratio(seen["small"][0], seen["large"][0])
        print(f"| {title} | {' | '.join(cells)} | {shown} |")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--folder", help="where the two data folders are kept")
    options.add_argument("--runs", type=int, default=20)
    options.add_argument("--requests", type=int, default=10_000)
    options.add_argument("--idle", type=float, default=320, help="s until repositories sleep")
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    with tempfile.TemporaryDirectory(prefix="gantry-scale-") as scratch:
        folders = prepare(chosen.binary, chosen.folder or scratch)
        starts(chosen.binary, folders, chosen.runs)
        print()
        with measure.gantry(chosen.binary, "--data", folders["small"]) as small:
            with measure.gantry(chosen.binary, "--data", folders["large"]) as large:
                servers = {"small": small, "large": large}
                memory(servers, chosen.idle)
                print()
                pages(servers, chosen.requests)


if __name__ == "__main__":
    main()
