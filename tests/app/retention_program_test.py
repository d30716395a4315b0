#!/usr/bin/env python3
"""`gantry retention` with a running registry: retention_program_test.py GANTRY"""

import json
import os
import pty
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import remote_program  # noqa: E402

PROGRAM = sys.argv.pop(1)


class retention(remote_program.remote_program):
    PROGRAM = PROGRAM
    RULES = [
        {"name": "nightly builds", "repositories": ["team/*"], "tags": ["nightly-*"], "keep": {"lastpushed": 1}},
        {"repositories": ["team/*"], "except": ["latest"], "keep": {"versions": {"major": 1}, "lastpulled": 1}},
    ]

    def arguments(self):
        file = self.folder / "config.yml"
        file.write_text(json.dumps({"version": "0.1", "storage": {"inmemory": {}},
                                    "gantry": {"retention": {"rules": self.RULES}}}))
        return [file]

    def setUp(self):
        super().setUp()
        self.pushed = {tag: self.push(tag, tag)
                       for tag in ("1.2", "latest", "nightly-1", "nightly-2", "v1.0.0", "v2.0.0", "pulled")}
        self.assertEqual(self.ask("GET", "/v2/team/app/manifests/pulled").status, 200)

    def present(self):
        return {tag for tag in self.pushed if self.target(tag)}

    def lines_on_terminal(self, *words):
        ours, theirs = pty.openpty()
        with open(ours, "rb") as shown, open(theirs, "wb") as terminal:
            subprocess.run([PROGRAM, *words, "--url", self.url()], stdout=terminal,
                           env=dict(os.environ, HOME=str(self.folder)), timeout=60, check=True)
            return os.read(shown.fileno(), 1 << 16).decode().splitlines()

    def test_a_plan_is_shown_applied_and_undone(self):
        plan = self.gantry("retention", "plan")
        self.assertEqual((plan["tags"], plan["truncated"]), (3, False))
        listed, = plan["repositories"]
        self.assertEqual(listed["name"], "team/app")
        self.assertEqual([(each["name"], each["rule"], each.get("rule_name")) for each in listed["tags"]],
                         [("1.2", 1, None), ("nightly-1", 0, "nightly builds"), ("v1.0.0", 1, None)])
        self.assertEqual([each["digest"] for each in listed["tags"]],
                         [self.pushed[tag] for tag in ("1.2", "nightly-1", "v1.0.0")])
        self.assertEqual(self.present(), set(self.pushed))
        run = self.gantry("retention", "apply", plan["plan"])
        self.assertEqual((run["tags"], run["manifests"]), (3, 3))
        self.assertEqual(self.present(), {"latest", "nightly-2", "v2.0.0", "pulled"})
        self.assertEqual(self.gantry("retention", "plan")["tags"], 0)
        events = self.gantry("tag", "history", "team/app:1.2")["entries"]
        self.assertEqual([each["event"] for each in events], ["expire", "push"])
        undone = self.gantry("retention", "undo", run["run"])
        self.assertEqual([each["name"] for each in undone["repositories"]], ["team/app"])
        self.assertEqual({tag: self.target(tag) for tag in self.pushed}, self.pushed)

    def test_a_plan_is_refused_if_something_else_would_go(self):
        plan = self.gantry("retention", "plan")["plan"]
        self.push("nightly-3", "nightly-3")
        self.assertIn("(409)", self.gantry("retention", "apply", plan, status=1))
        self.assertEqual(self.present(), set(self.pushed))

    def test_a_plan_outlives_what_makes_no_difference(self):
        plan = self.gantry("retention", "plan")["plan"]
        self.push("latest", "another one")
        self.assertEqual(self.gantry("retention", "apply", plan)["tags"], 3)

    def test_a_terminal_gets_tables(self):
        head, *rows, last = self.lines_on_terminal("retention", "plan")
        self.assertEqual(head.split(), ["REPOSITORY", "TAG", "DIGEST", "RULE"])
        self.assertEqual(rows[1].split(maxsplit=3), ["team/app", "nightly-1",
                                                     self.pushed["nightly-1"].split(":")[1][:12], "nightly builds"])
        begin = "3 tags; to remove them: gantry retention apply "
        self.assertTrue(last.startswith(begin), last)
        head, row, last = self.lines_on_terminal("retention", "apply", last[len(begin):])
        self.assertEqual(head.split(), ["REPOSITORY", "CHANGE", "TAGS", "MANIFESTS", "REFUSED"])
        self.assertEqual(row.split()[2:], ["3", "3", "-"])
        begin = "removed 3 tags and 3 manifests; to bring them back: gantry retention undo "
        self.assertTrue(last.startswith(begin), last)
        head, row = self.lines_on_terminal("retention", "undo", last[len(begin):])
        self.assertEqual(head.split(), ["REPOSITORY", "CHANGE", "ENTRIES", "REFUSED"])
        self.assertEqual(self.lines_on_terminal("retention", "plan", "--json")[0][0], "{")

    def test_mistakes_are_named(self):
        self.assertIn("is not the id of a plan", self.gantry("retention", "apply", "latest", status=2))
        self.assertIn("is not the id of a run", self.gantry("retention", "undo", "a&b", status=2))
        self.assertIn("(400)", self.gantry("retention", "apply", "12", status=1))
        self.assertIn("(404)", self.gantry("retention", "undo", "1-" + 32 * "0", status=1))


class no_rules(remote_program.remote_program):
    PROGRAM = PROGRAM

    def test_without_rules_everything_stays(self):
        pushed = self.push("1.2", "one")
        plan = self.gantry("retention", "plan")
        self.assertEqual((plan["tags"], plan["repositories"]), (0, []))
        self.assertEqual(self.gantry("retention", "apply", plan["plan"])["repositories"], [])
        self.assertEqual(self.target("1.2"), pushed)


if __name__ == "__main__":
    unittest.main()
