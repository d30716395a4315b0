#!/usr/bin/env python3
"""Kills the server repeatedly while clients push, and checks that nothing acknowledged is lost.

Each client owns repositories and keeps a journal of acknowledged operations, and of operations in
flight when the server died, whose outcome is open. After each start it checks its journal and
continues. With --power-loss the folder is replaced by what a disk may hold after a loss of power:
see power_loss.cpp and `power`.

A run that finds a loss reports it, keeps the folder and exits with 1."""

import argparse
import collections
import http.client
import os
import random
import shutil
import sys
import tempfile
import threading
import time

from client import client
from folder import check_folder
from power import power
from retention import retaining
from server import CLIENTS, GRACE, LEASE, lost, server, TIMEOUT


class run:
    """Starts the server, kills it, and reports the result."""

    def __init__(self, options, drop):
        self.options = options
        self.seed = options.seed
        self.chance = random.Random(self.seed)
        self.folder = tempfile.mkdtemp(prefix="gantry-crash-")
        loss = None
        if options.power_loss:
            loss = power(os.path.abspath(options.power_loss), self.folder, self.chance, drop)
        self.server = server(os.path.abspath(options.binary), self.folder, loss)
        self.kills = 0
        self.losses_of_power = 0
        self.files_checked = 0
        self.lost_power = False
        self.ended_at = time.time()
        self.started_at = time.time()
        self.failures = []
        self.changed = threading.Condition()
        self.round = 0
        self.waiting = set()
        self.over = False
        kinds = [client] * CLIENTS + [retaining]
        self.clients = [
            kind(self, i, random.Random(f"{self.seed} {i}")) for i, kind in enumerate(kinds)
        ]

    # ---- meeting the clients

    def fail(self, what):
        with self.changed:
            self.failures.append(what)
            self.changed.notify_all()

    def wait_for_server(self, who):
        """Waits for the next start; False if there is none."""
        with self.changed:
            seen = self.round
            self.waiting.add(who)
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.round > seen or self.over)
            self.waiting.discard(who)
            return not self.over

    def leave(self, who):
        with self.changed:
            self.waiting.add(who)
            self.changed.notify_all()

    def gather(self):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.waiting) == len(self.clients), 2 * TIMEOUT):
                raise lost("a client waits for an answer of a dead server")

    def let_go(self):
        for each in self.clients:
            each.checked.clear()
        with self.changed:
            self.round += 1
            self.waiting.clear()
            self.changed.notify_all()

    def is_settled(self):
        """Makes the current state durable. A killed process may leave a commit without a sync, which
        a loss of power would undo."""
        return not self.server.power or self.lost_power

    # ---- rounds

    def execute(self):
        """Returns whether nothing was lost."""
        began = time.monotonic()
        try:
            if self.server.power:
                self.server.power.seed()
            self.server.spawn()
            self.server.wait_until_ready()
            self.server.stop()
            if self.server.power:
                self.server.power.seed()
            for each in self.clients:
                each.start()
            while not self.failures and self.goes_on(began):
                self.play_round()
            if not self.failures:
                self.check_at_rest()
        except lost as failed:
            self.fail(str(failed))
        except Exception as failed:  # the harness's own, which is no success either
            self.fail(repr(failed))
        self.server.killed.set()
        self.server.remove()
        with self.changed:
            self.over = True
            self.changed.notify_all()
        for each in self.clients:
            if each.ident:
                each.join(timeout=5)
        self.say(time.monotonic() - began)
        if not self.failures:
            shutil.rmtree(self.folder)
        return not self.failures

    def goes_on(self, began):
        if self.options.kills:
            return self.kills < self.options.kills
        return time.monotonic() - began < self.options.seconds

    def play_round(self):
        # Occasionally the server is killed during startup.
        while self.chance.random() < 0.15:
            self.server.spawn()
            time.sleep(self.chance.uniform(0, 0.06))
            self.end_server()
        self.start_server()
        if self.chance.random() < 0.85:
            self.wait_for_checks()
        # Longer rounds see blobs collected: a server keeps everything right after its start.
        longer = self.chance.random() < 0.1
        self.sleep(self.chance.uniform(3, 6) if longer else self.chance.uniform(0.3, 2))
        if self.failures:
            return
        self.end_server()
        self.gather()
        if not self.failures and self.kills % 12 == 0:
            self.check_at_rest()

    def start_server(self):
        self.server.spawn()
        self.server.wait_until_ready()
        self.started_at = time.time()
        self.gather()
        self.let_go()

    def wait_for_checks(self):
        for each in self.clients:
            if not each.checked.wait(2 * TIMEOUT):
                raise lost("the checks do not end")

    def sleep(self, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.failures, seconds)

    def end_server(self):
        was_at = time.time()
        self.server.kill()
        # No clients ran before a kill during startup.
        if not self.ended_at > self.started_at:
            self.ended_at = was_at
        self.kills += 1
        loss = self.server.power
        # A process killed without a loss of power leaves names that were never synced.
        if loss and self.chance.random() < 0.7:
            loss.lose()
            self.lost_power = True
            self.losses_of_power += 1
        else:
            self.lost_power = False

    def check_at_rest(self):
        """Checks everything, then the folder once collections have had time."""
        self.start_server()
        self.wait_for_checks()
        self.sleep(LEASE + 2 * GRACE + 0.5)
        if self.failures:
            return
        self.server.stop()
        self.gather()
        self.lost_power = False
        # Without clients: garbage is collected, and so are the remains of crashes.
        self.server.spawn()
        self.server.wait_until_ready()
        time.sleep(LEASE + 0.2)
        for _ in range(3):
            self.collect()
            time.sleep(GRACE + 0.1)
        self.server.stop()
        self.ended_at = time.time()
        scratch = os.path.join(self.folder, "scratch")
        os.makedirs(scratch, exist_ok=True)
        self.files_checked += check_folder(self.server.data, scratch)

    def collect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=TIMEOUT)
        connection.request("POST", "/__gantry/gc")
        status = connection.getresponse().status
        connection.close()
        if status not in (200, 409, 429):
            raise lost(f"a collection: {status}")

    # ---- results

    def say(self, seconds):
        total = sum((each.counts for each in self.clients), collections.Counter())
        for each in self.failures:
            print(f"LOST: {each}")
        if self.failures:
            print(f"The folder is kept: {self.folder} (seed {self.seed})")
        if self.options.report:
            for name, count in sorted(total.items()):
                print(f"  {name:24} {count}")
            print(f"  {'files at rest':24} {self.files_checked}")
        print(
            f"{self.kills} kills ({self.losses_of_power} losses of power) in {seconds:.0f} s, "
            f"{total['acknowledged']} operations acknowledged, "
            f"{total['manifests checked']} manifests checked, "
            f"{total['blobs checked']} blobs checked, {total['uploads resumed']} uploads resumed, "
            f"{total['runs of retention']} runs of retention, {total['runs undone']} undone",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--binary", required=True, help="the server")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=float, default=60)
    length.add_argument("--kills", type=int)
    parser.add_argument("--power-loss", metavar="LIBRARY", help="lose power, too")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--report", action="store_true", help="count by kind")
    parser.add_argument(
        "--drop", choices=["data", "folder", "database"], action="append",
        help="as if the server forgot these syncs; may be repeated: a run for each",
    )  # fmt: skip
    parser.add_argument(
        "--expect-loss", action="store_true", help="succeed if each run finds a loss"
    )
    options = parser.parse_args()
    if options.drop and not options.power_loss:
        parser.error("--drop needs --power-loss")
    good = True
    for drop in options.drop or [None]:
        print(f"seed {options.seed}" + (f", dropping the syncs of: {drop}" if drop else ""))
        one = run(options, drop)
        nothing_lost = one.execute()
        # A failure before the loss of power is not a missing sync.
        found = not nothing_lost and one.losses_of_power > 0
        good = good and (found if options.expect_loss else nothing_lost)
        if options.expect_loss and found:
            shutil.rmtree(one.folder)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
