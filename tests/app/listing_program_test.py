#!/usr/bin/env python3
"""`gantry repository list`, `tag list` and `search` with a running registry: listing_program_test.py GANTRY"""

import json
import os
import pty
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import remote_program  # noqa: E402
from moving_registry import CONFIG, LAYER, MANIFEST, digest_of  # noqa: E402

PROGRAM = sys.argv.pop(1)
LAYER_SIZE = 4096


def described(content, kind):
    return {"mediaType": kind, "digest": digest_of(content), "size": len(content)}


class listing_program(remote_program.remote_program):
    """Three images in two repositories, which share a layer, and a referrer."""

    PROGRAM = PROGRAM

    def setUp(self):
        super().setUp()
        self.layer = b"x" * LAYER_SIZE
        self.first = self.push_image("team/app", "1.0", "ann")
        self.second = self.push_image("team/app", "1.1", "bob", annotations={"commit": "a&b"})
        self.push_image("prod/web", "latest", "ann")
        self.push_referrer("team/app", self.first)

    def fields(self):
        return {"Content-Type": MANIFEST}

    def push_blob(self, name, content):
        answer = self.ask("POST", f"/v2/{name}/blobs/uploads/?digest={digest_of(content)}", content)
        self.assertEqual(answer.status, 201)

    def put(self, name, tag, manifest):
        body = json.dumps(manifest).encode()
        answer = self.ask("PUT", f"/v2/{name}/manifests/{tag or digest_of(body)}", body)
        self.assertEqual(answer.status, 201)
        return digest_of(body)

    def push_image(self, name, tag, maintainer, annotations=None):
        config = json.dumps({"os": "linux", "architecture": "arm64", "created": tag,
                             "config": {"Labels": {"maintainer": maintainer}}}).encode()
        for content in (config, self.layer):
            self.push_blob(name, content)
        return self.put(name, tag, {
            "schemaVersion": 2, "mediaType": MANIFEST, "config": described(config, CONFIG),
            "layers": [described(self.layer, LAYER)], "annotations": annotations or {}})

    def push_referrer(self, name, subject):
        empty = b"{}"
        self.push_blob(name, empty)
        return self.put(name, None, {
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/spdx+json",
            "config": described(empty, "application/vnd.oci.empty.v1+json"),
            "layers": [described(empty, "application/vnd.oci.empty.v1+json")],
            "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1}})

    def pull(self, name, tag):
        self.assertEqual(self.ask("GET", f"/v2/{name}/manifests/{tag}").status, 200)

    def names(self, *words):
        """Of the rows of a list, in its order."""
        rows = self.gantry(*words)["repositories" if words[0] == "repository" else "tags"]
        return [each["name"] for each in rows]

    def found(self, *words):
        """Where a search finds manifests."""
        return sorted(",".join(each["tags"]) + " in " + each["repository"]
                      for each in self.gantry("search", *words)["manifests"])

    def lines_on_terminal(self, *words):
        ours, theirs = pty.openpty()
        with open(ours, "rb") as shown, open(theirs, "wb") as terminal:
            subprocess.run([PROGRAM, *words, "--url", self.url()], stdout=terminal,
                           env=dict(os.environ, HOME=str(self.folder)), timeout=60, check=True)
            return os.read(shown.fileno(), 1 << 16).decode().splitlines()


class lists(listing_program):
    def test_repositories_are_listed_with_what_they_hold(self):
        self.pull("team/app", "1.0")
        web, app = self.gantry("repository", "list")["repositories"]
        self.assertEqual((web["name"], web["tags"], web["manifests"], web["pulls"]), ("prod/web", 1, 1, 0))
        self.assertEqual((app["name"], app["tags"], app["manifests"], app["pulls"]), ("team/app", 2, 3, 1))
        self.assertGreaterEqual(web["shared_bytes"], LAYER_SIZE)
        self.assertGreaterEqual(app["shared_bytes"], LAYER_SIZE)
        self.assertGreater(app["own_bytes"], 0)
        self.assertIn("pulled", app)
        self.assertNotIn("pulled", web)

    def test_repositories_are_chosen_and_sorted(self):
        self.assertEqual(self.names("repository", "list", "team/*"), ["team/app"])
        self.assertEqual(self.names("repository", "list", "nobody/*"), [])
        self.assertEqual(self.names("repository", "list", "--contains", "WEB"), ["prod/web"])
        self.assertEqual(self.names("repository", "list", "--sort", "tags"), ["prod/web", "team/app"])
        self.assertEqual(self.names("repository", "list", "--sort", "-tags"), ["team/app", "prod/web"])
        self.assertEqual(self.names("repository", "list", "--sort=-manifests", "--limit", "1"), ["team/app"])

    def test_tags_are_listed_with_what_they_point_to(self):
        self.pull("team/app", "1.1")
        first, second = self.gantry("tag", "list", "team/app")["tags"]
        self.assertEqual((first["name"], first["digest"]), ("1.0", self.first))
        self.assertEqual(first["platforms"], ["linux/arm64"])
        self.assertEqual(first["referrers"], {"application/spdx+json": 1})
        self.assertGreater(first["size"], LAYER_SIZE)
        self.assertEqual((second["name"], second["pulls"], second["referrers"]), ("1.1", 1, {}))

    def test_tags_are_chosen_and_sorted(self):
        self.assertEqual(self.names("tag", "list", "team/app", "*.1"), ["1.1"])
        self.assertEqual(self.names("tag", "list", "team/app", "--contains", ".0"), ["1.0"])
        self.assertEqual(self.names("tag", "list", "team/app", "--sort", "-pushed"), ["1.1", "1.0"])
        self.assertEqual(self.names("tag", "list", "team/app", "--sort", "referrers"), ["1.1", "1.0"])
        self.assertEqual(self.names("tag", "list", "team/app", "--limit", "1"), ["1.0"])

    def test_manifests_are_found_by_what_they_say(self):
        self.assertEqual(self.found("--label", "maintainer=ann"), ["1.0 in team/app", "latest in prod/web"])
        self.assertEqual(len(self.found("--label", "maintainer", "--limit", "2")), 2)
        self.assertEqual(self.found("--annotation", "commit"), ["1.1 in team/app"])
        self.assertEqual(self.found("--annotation", "commit=a&b", "--label", "maintainer=bob"),
                         ["1.1 in team/app"])
        self.assertEqual(self.found("--annotation", "commit=a"), [])
        self.assertEqual(self.found("--annotation", "commit", "--label", "maintainer=ann"), [])
        self.assertEqual(self.found("--digest", self.second), ["1.1 in team/app"])
        self.assertEqual(self.found("--digest", digest_of(self.layer)),
                         ["1.0 in team/app", "1.1 in team/app", "latest in prod/web"])
        self.assertEqual(self.found("--artifact-type", "application/spdx+json"), [" in team/app"])

    def test_a_terminal_gets_tables(self):
        head, *rows = self.lines_on_terminal("repository", "list", "--sort=-tags")
        self.assertEqual(head.split(), ["NAME", "TAGS", "MANIFESTS", "OWN", "SHARED", "PUSHED", "PULLED", "PULLS"])
        self.assertEqual([row.split()[:3] for row in rows], [["team/app", "2", "3"], ["prod/web", "1", "1"]])
        head, *rows = self.lines_on_terminal("tag", "list", "team/app")
        self.assertEqual(head.split(), ["NAME", "DIGEST", "SIZE", "PLATFORMS", "PUSHED", "BY", "PULLED", "PULLS",
                                        "REFERRERS"])
        self.assertEqual(rows[0].split()[0], "1.0")
        self.assertEqual(rows[0].split()[-1], "1")
        head, *rows = self.lines_on_terminal("search", "--annotation", "commit")
        self.assertEqual(head.split(), ["REPOSITORY", "TAGS", "DIGEST", "TYPE", "SIZE"])
        self.assertEqual(rows[0].split()[:3], ["team/app", "1.1", self.second.split(":")[1][:12]])
        self.assertTrue(self.lines_on_terminal("search", "--annotation", "commit", "--json")[0].startswith("{"))

    def test_mistakes_are_named(self):
        self.assertIn("say what to search for", self.gantry("search", status=2))
        self.assertIn("is an image", self.gantry("tag", "list", "team/app:1.0", status=2))
        self.assertIn("did you mean pushed?", self.gantry("tag", "list", "app", "--sort", "-pushd", status=2))
        self.assertIn("(404)", self.gantry("tag", "list", "team/none", status=1))
        self.assertIn("(400)", self.gantry("search", "--digest", "none", status=1))


class pages(listing_program):
    """Pages are small, and links to the next one are absolute and below a prefix."""

    PREFIX = "/registry"

    def arguments(self):
        return ["--page-default", "1", "--page-max", "2", "--prefix", self.PREFIX, "--absolute-locations"]

    def test_all_pages_are_one_answer(self):
        for number in range(5):
            self.push_image("prod/web", f"v{number}", "ann")
        self.assertEqual(len(self.names("tag", "list", "prod/web")), 6)
        self.assertEqual(self.names("tag", "list", "prod/web", "v*", "--sort", "-name", "--limit", "3"),
                         ["v4", "v3", "v2"])
        self.assertEqual(self.names("repository", "list"), ["prod/web", "team/app"])
        self.assertEqual(len(self.found("--digest", digest_of(self.layer))), 8)
        self.assertEqual(len(self.gantry("tag", "history", "prod/web")["entries"]), 6)

if __name__ == "__main__":
    unittest.main()
