"""EROFS: a disk that the kernel made read-only, as for a damaged file system."""

import errno
import unittest

from registry import LARGE, PATIENCE, SMALL, case, content, digest_of

CHANGES = "create,write,sync,name"


class read_only_disk(case):
    def make_read_only(self):
        self.break_disk(errno.EROFS, CHANGES, "/data/")

    def test_pulls_go_on_and_pushes_are_refused_until_it_is_writable(self):
        location = self.open_upload("new/image")
        whole = content(LARGE, 2)
        self.assertEqual(self.append(location, whole[:SMALL]).status, 202)
        self.make_read_only()
        self.check_kept()
        self.check_failed(self.ask("POST", "/v2/new/image/blobs/uploads/"))
        self.check_failed(self.append(location, whole[SMALL:]))
        self.check_failed(self.push_manifest("kept/image", "2", [content(SMALL, 1)]))
        self.check_failed(self.ask("DELETE", "/v2/kept/image/manifests/1"))
        path = f"/v2/kept/image/blobs/{digest_of(content(LARGE, 1))}"
        self.check_failed(self.ask("DELETE", path))
        self.check_kept()
        self.heal()
        at = self.offset_of(location)
        self.assertEqual(self.append(location, whole[at:]).status, 202)
        self.assertEqual(self.finish(location, whole).status, 201)
        self.push_image("new/image", "1", seed=3)

    def check_refusal(self, pattern):
        self.spawn()
        self.assertEqual(self.process.wait(PATIENCE), 1)
        self.assertRegex(self.said(), pattern)

    def test_a_start_says_so_and_ends(self):
        self.stop()
        self.make_read_only()
        self.check_refusal(r"^gantry: .*/data cannot be written: Read-only file system\n$")
        self.heal()
        self.start()
        self.check_kept()

    def test_a_start_with_a_database_that_is_read_only_says_so_and_ends(self):
        self.stop()
        self.break_disk(errno.EROFS, "create,write", "metadata.db")
        said = "the file cannot be written"
        self.check_refusal(rf"^gantry: .*/metadata\.db cannot be used: {said}\n$")
        self.heal()
        self.start()
        self.check_kept()


if __name__ == "__main__":
    unittest.main(verbosity=2)
