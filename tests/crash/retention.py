"""A client that runs retention and takes runs back, in repositories that nobody else writes to."""

import json

from client import client
from server import digest_of, INDEX, lost, TAGS


class change:
    """What was asked of a repository, as one change: it is whole, or not there."""

    def __init__(self, event, last, tags, manifests=frozenset()):
        # Of its entries in the history, whose numbers are larger than `last`.
        self.event = event
        self.last = last
        # tag -> digest that it loses or gets back
        self.tags = tags
        # Those that must be there afterwards
        self.manifests = manifests
        # Whether it must be there. None: that is open.
        self.happened = None
        # Entries that were found
        self.entries = []


class retaining(client):
    def __init__(self, run, number, chance):
        super().__init__(run, number, chance, "retained")
        # repository -> what was asked for last, until its outcome is known
        self.pending = {}
        # The id of the last run that was acknowledged, if it was not taken back
        self.run_id = None
        # repository -> tags and manifests that it removed
        self.expired = {}
        # Whatever was removed: digest -> (bytes, type, digests of its blobs)
        self.archive = {}

    def choices(self):
        return [
            (self.push_image, 8),
            (self.push_index, 2),
            (self.move_tag, 8),
            (self.delete_tag, 1),
            (self.delete_manifest, 1),
            (self.undo_deletion, 1),
            (self.undo_tag, 1),
            (self.read, 2),
            (self.retain, 6),
            (self.undo_run, 6),
        ]

    def remove_manifest(self, home, digest):
        self.archive[digest] = home.manifests[digest]
        super().remove_manifest(home, digest)

    # ---- runs

    def history(self, home, last):
        """The entries with larger numbers, the newest first."""
        path = f"/__gantry/v1/repositories/{home.name}/history?n=100"
        status, _, said = self.ask("GET", path)
        if status != 200:
            self.wrong(f"the history of {home.name}", status, said)
        return [each for each in json.loads(said)["entries"] if each["sequence"] > last]

    def last_entry(self, home):
        return max((each["sequence"] for each in self.history(home, 0)), default=0)

    def planned(self):
        """The id of a plan, and the tags that it removes from each repository."""
        status, _, said = self.ask("POST", "/__gantry/v1/retention/plan", may_be_busy=True)
        if status == 503:  # the lists are being built
            return None, {}
        if status != 200:
            self.wrong("a plan of retention", status, said)
        plan = json.loads(said)
        found = {
            row["name"]: {each["name"]: each["digest"] for each in row["tags"]}
            for row in plan["repositories"]
        }
        tags = {}
        for home in self.homes:
            tags[home] = found.pop(home.name, {})
            there = [each for each in TAGS if each != "latest" and home.tags[each] != {None}]
            if len(tags[home]) != max(0, len(there) - 1) or "latest" in tags[home]:
                raise lost(f"a plan removes {tags[home]} from {home.name}, which has {home.tags}")
            for tag, digest in tags[home].items():
                if home.tags[tag] != {digest}:
                    raise lost(f"a plan removes {tag} of {home.name}, {digest}: it is {home.tags[tag]}")
        if found:
            raise lost(f"a plan is about {found}")
        return plan["plan"], {home: each for home, each in tags.items() if each}

    def retain(self, _home):
        plan, tags = self.planned()
        if not tags:
            return
        self.pending = {
            home: change("expire", self.last_entry(home), each) for home, each in tags.items()
        }
        # What is not acknowledged has no id to undo it by.
        self.run_id = None
        status, _, said = self.ask(
            "POST", f"/__gantry/v1/retention/apply?plan={plan}", may_be_busy=True
        )
        if status == 503:
            return self.learn()
        if status != 200:
            self.wrong("a run of retention", status, said)
        done = json.loads(said)
        rows = {row["name"]: row for row in done["repositories"]}
        for home, each in self.pending.items():
            each.happened = True
            if "refused" in rows.get(home.name, {"refused": "it is not listed"}):
                self.wrong(f"a run of retention in {home.name}", status, said)
        run_id, self.expired = done["run"], {}
        for home, each in self.learn().items():
            gone = {entry["before"] for entry in each.entries if self.is_removal(entry)}
            self.expired[home] = (each.tags, gone)
            row = rows[home.name]
            if (row["tags"], row["manifests"]) != (len(each.tags), len(gone)):
                raise lost(f"a run of retention in {home.name} is {row}, its history {each.entries}")
        self.run_id = run_id
        self.acknowledged("runs of retention")

    def undo_run(self, _home):
        if not self.run_id:
            return
        run_id, self.run_id = self.run_id, None
        self.pending = {
            home: change("undelete", self.last_entry(home), *each)
            for home, each in self.expired.items()
        }
        # A tag that was pushed again is in the way.
        free = {
            home: all(home.tags[tag] == {None} for tag in each.tags)
            for home, each in self.pending.items()
        }
        for home, each in self.pending.items():
            if not free[home]:
                each.happened = False
        status, _, said = self.ask("POST", f"/__gantry/v1/retention/undo?run={run_id}")
        if status != (200 if any(free.values()) else 409):
            self.wrong(f"run {run_id} is not undone", status, said)
        rows = json.loads(said)["repositories"] if status == 200 else []
        for row in rows:
            home = next(each for each in self.pending if each.name == row["name"])
            if ("refused" in row) == free[home]:
                raise lost(f"run {run_id} in {home.name}, which has {home.tags}: {row}")
        for home, each in self.pending.items():
            each.happened = free[home]
        self.learn()
        self.counts["repositories with tags in the way"] += sum(not each for each in free.values())
        if status == 200:
            self.acknowledged("runs undone")

    # ---- what became of it

    @staticmethod
    def is_removal(entry):
        """Of a manifest, by a run."""
        return entry["event"] == "expire" and "tag" not in entry

    def learn(self):
        """Finds out what has happened in each repository: all that was asked for, or nothing."""
        learnt = {}
        for home, each in list(self.pending.items()):
            each.entries = self.history(home, each.last)
            self.check_whole(home, each)
            for entry in each.entries:
                self.take_in(home, entry)
            # From here on it is like everything else that was acknowledged.
            del self.pending[home]
            learnt[home] = each
            gone = [entry["before"] for entry in each.entries if self.is_removal(entry)]
            there = each.manifests if each.entries else ()
            for digest in there:  # it may have come back before, as a child
                home.manifests.setdefault(digest, self.archive[digest])
            for tag in each.tags:
                self.check_tag(home, tag)
            for digest in gone:
                self.check_gone(home, digest)
            for digest in there:
                self.check_manifest(home, digest, set())
        return learnt

    def check_whole(self, home, asked):
        found = f"{asked.event} of {asked.tags} in {home.name}: {asked.entries}"
        if asked.happened is not None and bool(asked.entries) != asked.happened:
            raise lost(f"{found}, which is acknowledged: {asked.happened}")
        if not asked.entries:
            return
        if len({(each["change"], each["event"]) for each in asked.entries}) != 1:
            raise lost(f"more than one change: {found}")
        side = "before" if asked.event == "expire" else "after"
        tags = {each["tag"]: each.get(side) for each in asked.entries if "tag" in each}
        if asked.entries[0]["event"] != asked.event or tags != asked.tags:
            raise lost(f"not all of it, or not only: {found}")

    def take_in(self, home, entry):
        if "tag" in entry:
            home.tags[entry["tag"]] = {entry.get("after")}
        elif self.is_removal(entry):
            digest = entry["before"]
            # An index that was brought back has brought its children along.
            facts = home.manifests.get(digest) or self.archive.get(digest)
            if not facts:
                raise lost(f"manifest {digest} of {home.name} has expired, and was not there")
            self.archive[digest] = home.removed[digest] = facts
            home.forget(digest)
        else:
            digest = entry["after"]
            home.manifests[digest] = self.archive[digest]
            home.removed.pop(digest, None)

    def check_gone(self, home, digest):
        status, _, said = self.ask("GET", f"/v2/{home.name}/manifests/{digest}")
        if status != 404:
            self.wrong(f"manifest {digest} of {home.name}, which has expired", status, said)

    # ---- after a start

    def is_settled(self):
        return True

    def check(self):
        self.settle()
        if self.pending:
            open_ones = len(self.pending)
            found = self.learn()
            self.counts["changes cut off"] += open_ones
            self.counts["changes cut off, and whole"] += sum(bool(each.entries) for each in found.values())
        super().check()

    def settle(self):
        """A write that is acknowledged makes all earlier ones durable, as the log is synced in order."""
        self.made += 1
        empty = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
        empty["annotations"] = {"number": f"{self.number} {self.made}"}
        content = json.dumps(empty).encode()
        path = f"/v2/crash/c{self.number}/settled/manifests/{digest_of(content)}"
        status, _, said = self.ask("PUT", path, content, {"Content-Type": INDEX})
        if status != 201:
            self.wrong("a manifest that names nothing", status, said)
