#!/usr/bin/env python3
"""The cost of a page of a rich list, of many rows and of few.

    bench/lists.py [--binary build/release/src/app/gantry] [--folder DIR] [--requests 1000]

Uses the two folders of bench/scale.py: one has 1000 tags in a repository and 1000 other repositories, the other
1 000 000 and 100 000. Measures how long the index takes to be built, and to come back after a restart, its size, and
pages of 100 in each order over one connection, small and large in turn. Prints Markdown tables; the ratio of two pages
is the median of those of blocks of 200 requests.
"""

import argparse
import http.client
import os
import random
import statistics
import tempfile
import time

import measure
import scale

LISTS = {
    "/__gantry/v1/repositories/scale/tags/tags": (
        *("name", "digest", "size", "platforms", "-pushed", "pushed_by", "pulled", "-pulls", "referrers"),
    ),
    "/__gantry/v1/repositories": (
        *("name", "-tags", "manifests", "-own_bytes", "shared_bytes", "-pushed", "pulled", "pulls"),
    ),
}
FILE = "listing.db"


def seconds_until_listed(port, path):
    """The list is refused while the index is being built."""
    begin = time.monotonic()
    while True:
        one = http.client.HTTPConnection("127.0.0.1", port)
        one.request("GET", path)
        answer = one.getresponse()
        said = answer.read()
        one.close()
        if answer.status == 200:
            return time.monotonic() - begin
        if answer.status != 503:
            raise SystemExit(f"{path} was answered with {answer.status}: {said.decode()}")


def build(binary, folders):
    print("| the index | small | large |")
    print("|---|---|---|")
    rows = {"built in (s)": [], "there after a restart in (s)": [], "size (MiB)": []}
    path = f"{next(iter(LISTS))}?n={scale.PAGE}"
    for folder in folders.values():
        file = os.path.join(folder, FILE)
        for end in ("", "-wal", "-shm"):
            if os.path.exists(file + end):
                os.remove(file + end)
        with measure.gantry(binary, "--data", folder) as running:
            rows["built in (s)"].append(f"{seconds_until_listed(running.port, path):.2f}")
        with measure.gantry(binary, "--data", folder) as running:
            rows["there after a restart in (s)"].append(f"{seconds_until_listed(running.port, path):.2f}")
        rows["size (MiB)"].append(f"{os.path.getsize(file) / 2**20:.1f}")
    for title, cells in rows.items():
        print(f"| {title} | {' | '.join(cells)} |")


def starts_of(port, path, order, pages=20):
    """Requests for the first page, and for those behind pages that were reached one after another."""
    asked = [f"{path}?n={scale.PAGE}&sort={order}"]
    for _ in range(pages):
        one = http.client.HTTPConnection("127.0.0.1", port)
        one.request("GET", asked[-1])
        answer = one.getresponse()
        answer.read()
        link = answer.getheader("Link")
        one.close()
        if not link:
            break
        asked.append(link[link.index("<") + 1 : link.index(">")])
    return [scale.get(each) for each in asked[:-1] or asked]


def pages(servers, requests):
    print("| a page of 100 (µs) | small median | p99 | large median | p99 | ratio |")
    print("|---|---|---|---|---|---|")
    worst = 0
    for path, orders in LISTS.items():
        for order in orders:
            chance = random.Random(1)
            asked = {name: starts_of(running.port, path, order, 8) for name, running in servers.items()}
            case = {name: lambda known=known: chance.choice(known) for name, known in asked.items()}
            scale.time_block(servers, case)  # warms up
            blocks = [scale.time_block(servers, case) for _ in range(max(1, requests // scale.BLOCK))]
            taken = {name: [t for block in blocks for t in block[name]] for name in servers}
            ratio = statistics.median(statistics.median(b["large"]) / statistics.median(b["small"]) for b in blocks)
            worst = max(worst, ratio)
            cells = [f"{statistics.median(t):.0f} | {scale.percentile(t):.0f}" for t in taken.values()]
            print(f"| {'tags' if path.endswith('/tags') else 'repositories'} by `{order}` | {' | '.join(cells)} | {ratio:.2f} |")
    print(f"\nThe largest ratio is {worst:.2f}.")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--folder", help="where the two data folders are kept")
    options.add_argument("--requests", type=int, default=1000)
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    with tempfile.TemporaryDirectory(prefix="gantry-lists-") as scratch:
        folders = scale.prepare(chosen.binary, chosen.folder or scratch)
        build(chosen.binary, folders)
        print()
        with measure.gantry(chosen.binary, "--data", folders["small"]) as small:
            with measure.gantry(chosen.binary, "--data", folders["large"]) as large:
                pages({"small": small, "large": large}, chosen.requests)


if __name__ == "__main__":
    main()
