"""EMFILE: the server has reached its limit of open files."""

import contextlib
import unittest

from registry import LARGE, SMALL, answer, case, content, digest_of

OUT_OF_FILES = "the registry can open no more files"


class out_of_descriptors(case):
    """A connection opened earlier is served all the time."""

    def setUp(self):
        super().setUp()
        self.on = self.connect()
        self.assertEqual(self.get("/v2/", self.on).status, 200)

    @contextlib.contextmanager
    def no_descriptors(self):
        before = self.leave_descriptors(0)
        yield
        self.give_descriptors(before)

    def check_unavailable(self, said):
        self.check_failed(said, 503, OUT_OF_FILES)
        self.assertIn("Retry-After", said.headers)

    def test_a_connection_waits_and_is_served_later(self):
        with self.no_descriptors():
            waiting = self.connect()
            waiting.request("GET", "/v2/")
            self.wait_for_line("cannot accept connections: Too many open files")
            self.assertEqual(self.get("/v2/", self.on).status, 200)
        self.assertEqual(answer(waiting.getresponse()).status, 200)

    def test_a_blob_that_cannot_be_opened_is_there_later(self):
        small, large = (f"/v2/kept/image/blobs/{digest_of(content(n, 1))}" for n in (SMALL, LARGE))
        with self.no_descriptors():
            self.check_unavailable(self.get(large, self.on))
            self.assertEqual(self.get(small, self.on).status, 200)
            self.assertEqual(self.get("/v2/kept/image/manifests/1", self.on).status, 200)
        self.check_kept(self.on)

    def test_a_manifest_is_not_refused_for_blobs_that_are_there(self):
        blobs = [content(SMALL, 1), content(LARGE, 1)]
        with self.no_descriptors():  # references are looked up in the database, which is open
            self.assertEqual(self.push_manifest("kept/image", "2", blobs, self.on).status, 201)
        self.check_kept(self.on)

    def test_an_upload_goes_on_later(self):
        whole = content(2 * LARGE, 2)
        location = self.open_upload("new/image", self.on)
        self.assertEqual(self.append(location, whole[:SMALL], self.on).status, 202)
        with self.no_descriptors():
            # A new upload needs no file of its own.
            opened = self.ask("POST", "/v2/new/image/blobs/uploads/", on=self.on)
            self.assertEqual(opened.status, 202)
            self.check_unavailable(self.append(location, whole[SMALL:LARGE], self.on))
        at = self.offset_of(location)
        self.assertEqual(self.append(location, whole[at:], self.on).status, 202)
        self.assertEqual(self.finish(location, whole, on=self.on).status, 201)
        self.kept[f"/v2/new/image/blobs/{digest_of(whole)}"] = whole

    def test_an_upload_in_one_piece_is_refused_and_pushed_again(self):
        bytes_ = content(LARGE, 2)
        path = f"/v2/new/image/blobs/uploads/?digest={digest_of(bytes_)}"
        with self.no_descriptors():
            self.check_unavailable(self.ask("POST", path, bytes_, on=self.on))
        self.store_blob("new/image", bytes_)

    def test_an_upload_that_a_process_left_is_not_taken_for_lost(self):
        whole = content(2 * LARGE, 2)
        location = self.open_upload("new/image")
        self.assertEqual(self.append(location, whole[:LARGE]).status, 202)
        self.stop()
        self.start()
        on = self.connect()
        self.assertEqual(self.get("/v2/", on).status, 200)
        before = self.leave_descriptors(0)
        self.check_unavailable(self.append(location, whole[LARGE:], on))
        self.give_descriptors(before)
        self.assertEqual(self.offset_of(location), LARGE)
        self.assertEqual(self.append(location, whole[LARGE:], on).status, 202)
        self.assertEqual(self.finish(location, whole, on=on).status, 201)
        self.kept[f"/v2/new/image/blobs/{digest_of(whole)}"] = whole

    def test_a_collection_is_refused_and_runs_later(self):
        with self.no_descriptors():
            self.check_unavailable(self.ask("POST", "/__gantry/gc", on=self.on))
        self.assertEqual(self.ask("POST", "/__gantry/gc", on=self.on).status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
