#!/usr/bin/env python3
"""`gantry copy` and `gantry repository` with a running registry: repository_program_test.py GANTRY"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import remote_program  # noqa: E402


class commands(remote_program.remote_program):
    PROGRAM = sys.argv.pop(1)

    def answer(self, path):
        return self.ask("GET", path).status

    def test_an_image_is_copied_and_the_copy_undone(self):
        one = self.push("1", "one")
        made = self.gantry("copy", "team/app:1", "prod/app:stable")
        self.assertEqual([made["digest"], made["tag"], made["manifests"]], [one, "stable", 1])
        self.assertEqual(self.answer("/v2/prod/app/manifests/stable"), 200)
        self.gantry("tag", "undo", "prod/app", "--entry", str(made["change"]))
        self.assertEqual(self.answer("/v2/prod/app/manifests/stable"), 404)
        said = self.gantry("copy", "team/app:2", "prod/app", status=1)
        self.assertIn("manifest unknown", said)

    def test_a_repository_is_renamed_and_deleted(self):
        self.push("1", "one")
        self.assertEqual(self.gantry("repository", "rename", "team/app", "team/web")["repository"], "team/web")
        self.assertEqual(self.answer("/v2/team/web/manifests/1"), 200)
        gone = self.gantry("repository", "delete", "team/web")
        self.assertEqual([gone["manifests"], gone["tags"]], [1, 1])
        self.gantry("tag", "undo", "team/web", "--entry", str(gone["change"]))
        self.assertEqual(self.answer("/v2/team/web/manifests/1"), 200)
        self.gantry("repository", "delete", "--purge", "team/web")
        self.assertEqual(self.gantry("removed", "team/web")["manifests"], [])

    def test_mistakes_are_named(self):
        self.assertIn("has no tag", self.gantry("copy", "team/app", "prod/app", status=2))
        self.assertIn("a copy gets a tag", self.gantry("copy", "a:1", "b@sha256:" + "0" * 64, status=2))
        self.assertIn("is an image", self.gantry("repository", "delete", "team/app:1", status=2))
        self.assertIn("NAME is missing", self.gantry("repository", "rename", "team/app", status=2))


if __name__ == "__main__":
    unittest.main()
