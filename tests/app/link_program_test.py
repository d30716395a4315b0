#!/usr/bin/env python3
"""`gantry import --link`, from the folder of distribution: link_program_test.py GANTRY"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from moving_registry import digest_of, files_of, image_of, registry  # noqa: E402

PROGRAM = sys.argv.pop(1)


class link(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.old, self.data = Path(folder.name) / "old", Path(folder.name) / "data"
        self.root = self.old / "docker/registry/v2"
        self.images = [self.add("app", "v0", 0), self.add("app", "v1", 1), self.add("team/tool", "v0", 0)]

    def file_of(self, digest):
        hex_digits = digest.removeprefix("sha256:")
        return self.root / "blobs/sha256" / hex_digits[:2] / hex_digits / "data"

    def write(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)

    def add(self, name, tag, seed):
        """As distribution stores an image."""
        blobs, manifest = image_of(seed)
        home = self.root / "repositories" / name
        for content in (*blobs, manifest):
            self.write(self.file_of(digest_of(content)), content)
        for content in blobs:
            at = home / "_layers/sha256" / digest_of(content).removeprefix("sha256:") / "link"
            self.write(at, digest_of(content).encode())
        digest = digest_of(manifest)
        at = home / "_manifests/revisions/sha256" / digest.removeprefix("sha256:") / "link"
        self.write(at, digest.encode())
        self.write(home / "_manifests/tags" / tag / "current/link", digest.encode())
        return name, tag, manifest

    def run_it(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def move_in(self, *options, status=0):
        return self.run_it("import", "--link", *options, f"registry:{self.old}", "--data", self.data, status=status)

    def large(self, image):
        """The file of the layer that is not kept in the database."""
        return self.file_of(json.loads(image[2])["layers"][0]["digest"])

    def test_files_of_blobs_get_second_names(self):
        said = self.move_in()
        small = sum(len(content) for seed in (0, 1) for content in image_of(seed)[0][1:])
        self.assertIn(f"2 blobs are linked, 0 share their blocks, 4 were copied ({small} bytes)", said)
        self.assertIn(f"gantry verify --deep --data {self.data} reads every byte", said)
        files = files_of(self.data)
        self.assertEqual([os.stat(each).st_nlink for each in files], [2, 2])
        self.assertEqual({os.stat(each).st_ino for each in files},
                         {os.stat(self.large(each)).st_ino for each in self.images})
        self.assertFalse(os.listdir(self.data / "uploads"))
        self.assertIn("0 blobs are linked, 0 share their blocks, 0 were copied (0 bytes)", self.move_in())

    def test_a_repository_that_lost_its_manifests_does_not_matter(self):
        shutil.rmtree(self.root / "repositories/team/tool/_manifests")
        self.add("another", "v0", 2)
        shutil.rmtree(self.root / "repositories/another/_manifests")
        said = self.move_in()
        # That of seed 2 is named by no manifest, so it is read.
        self.assertIn("2 blobs are linked, 0 share their blocks, 7 were copied", said)
        self.run_it("verify", "--deep", "--data", self.data)
        with registry(PROGRAM, self.data) as server:
            layer = json.loads(self.images[2][2])["layers"][0]["digest"]
            self.assertEqual(server.client().ask("GET", f"/v2/team/tool/blobs/{layer}")[0], 200)

    def test_either_folder_may_go(self):
        self.move_in()
        shutil.rmtree(self.old)
        self.run_it("verify", "--deep", "--data", self.data)
        with registry(PROGRAM, self.data) as server:
            reader = server.client()
            for image in self.images:
                reader.check(*image)

    def test_a_collection_leaves_the_files_of_the_old_registry(self):
        self.move_in()
        before = {each: each.read_bytes() for each in map(self.large, self.images)}
        with registry(PROGRAM, self.data) as server:
            writer = server.client()
            for image in self.images:
                writer.remove(*image)
        self.run_it("gc", "--data", self.data, "--grace", "0", "--ignore-leases")
        self.assertFalse(files_of(self.data))
        with registry(PROGRAM, self.data) as server:
            server.client().push("app", "v0", 0)
        self.assertEqual({each: each.read_bytes() for each in before}, before)

    def test_a_file_of_another_size_is_left_out(self):
        self.large(self.images[1]).write_bytes(b"x" * 30_000)
        said = self.move_in(status=1)
        self.assertRegex(said, r"left out: app@sha256:\w+ \(v1\): blob sha256:\w+ has 30000 bytes, not 40000")
        self.assertEqual(len(files_of(self.data)), 1)
        self.run_it("verify", "--deep", "--data", self.data)

    def test_wrong_bytes_are_found_on_request(self):
        self.large(self.images[1]).write_bytes(b"x" * 40_000)
        said = self.move_in("--verify", status=1)
        self.assertRegex(said, r"left out: app@sha256:\w+ \(v1\): blob sha256:\w+ has the digest sha256:")
        self.assertEqual(len(files_of(self.data)), 1)
        self.run_it("verify", "--deep", "--data", self.data)

    def test_a_start_on_the_old_folder_names_the_command(self):
        said = self.run_it("serve", "--data", self.old, "--addr", "127.0.0.1:0", status=1)
        self.assertIn(f"gantry import --link registry:{self.old} --data NEW", said)
        self.assertEqual(os.listdir(self.old), ["docker"])

    def test_other_sources_cannot_be_linked(self):
        said = self.run_it("import", "--link", f"oci:{self.old}", "--data", self.data, status=2)
        self.assertIn("--link: only the files of registry:DIR can be linked", said)
        self.run_it("import", "--verify", f"registry:{self.old}", "--data", self.data, status=2)


if __name__ == "__main__":
    unittest.main()
