"""EIO: a disk that cannot be written, synced or read for a while."""

import errno
import http.client
import os
import unittest

from registry import LARGE, PATIENCE, SMALL, answer, case, content, digest_of


class broken_blob_files(case):
    def test_a_chunk_that_cannot_be_written_is_refused_and_sent_again(self):
        whole = content(3 * LARGE, 2)
        location = self.open_upload("new/image")
        self.assertEqual(self.append(location, whole[:LARGE]).status, 202)
        self.break_disk(errno.EIO, "write", "/uploads/")
        self.check_failed(self.append(location, whole[LARGE : 2 * LARGE]))
        self.check_kept()
        self.heal()
        at = self.offset_of(location)
        self.assertGreaterEqual(at, LARGE)
        self.assertEqual(self.append(location, whole[at:]).status, 202)
        self.assertEqual(self.finish(location, whole).status, 201)
        self.kept[f"/v2/new/image/blobs/{digest_of(whole)}"] = whole

    def test_a_chunk_whose_file_cannot_be_made_is_refused_and_sent_again(self):
        whole = content(LARGE, 2)
        location = self.open_upload("new/image")
        self.break_disk(errno.EIO, "create", "/uploads/")
        self.check_failed(self.append(location, whole))
        self.heal()
        self.assertEqual(self.append(location, whole).status, 202)
        self.assertEqual(self.finish(location, whole).status, 201)
        self.kept[f"/v2/new/image/blobs/{digest_of(whole)}"] = whole

    def test_an_upload_whose_record_cannot_be_written_is_not_opened(self):
        self.break_disk(errno.EIO, "write", "/upload-records")
        self.check_failed(self.ask("POST", "/v2/new/image/blobs/uploads/"))
        self.heal()
        self.store_blob("new/image", content(LARGE, 2))

    def test_an_upload_survives_a_chunk_whose_record_cannot_be_written(self):
        whole = content(2 * LARGE, 2)
        location = self.open_upload("new/image")
        self.break_disk(errno.EIO, "write", "/upload-records")
        self.check_failed(self.append(location, whole[:LARGE]))
        self.heal()
        at = self.offset_of(location)
        self.assertEqual(self.append(location, whole[at:]).status, 202)
        self.assertEqual(self.finish(location, whole).status, 201)
        self.kept[f"/v2/new/image/blobs/{digest_of(whole)}"] = whole

    def check_push_fails(self, operations, pattern):
        """A blob that could not be made durable does not exist until it is pushed again."""
        bytes_ = content(LARGE, 2)
        path = f"/v2/new/image/blobs/{digest_of(bytes_)}"
        location = self.open_upload("new/image")
        self.assertEqual(self.append(location, bytes_).status, 202)
        self.break_disk(errno.EIO, operations, pattern)
        self.check_failed(self.finish(location, bytes_))
        self.check_kept()
        self.assertEqual(self.get(path).status, 404)
        self.heal()
        self.assertEqual(self.get(path).status, 404)
        self.store_blob("new/image", bytes_)
        self.check_kept()

    def test_a_blob_whose_bytes_cannot_be_synced_is_not_stored(self):
        self.check_push_fails("sync", "/uploads/")

    def test_a_blob_whose_name_cannot_be_synced_is_not_stored(self):
        self.check_push_fails("sync", "/blobs/sha256/")

    def test_a_blob_that_cannot_be_renamed_is_not_stored(self):
        self.check_push_fails("name", "/blobs/sha256/")

    def test_a_blob_that_cannot_be_opened_is_an_error(self):
        bytes_ = content(LARGE, 1)
        path = f"/v2/kept/image/blobs/{digest_of(bytes_)}"
        self.break_disk(errno.EIO, "open", "/blobs/")
        self.check_failed(self.get(path))
        self.assertEqual(self.ask("HEAD", path).status, 500)
        # The blob exists, so the client need not push it: a manifest is checked against the rows.
        put = self.push_manifest("kept/image", "2", [content(SMALL, 1), bytes_])
        self.assertEqual(put.status, 201)
        self.heal()
        self.check_kept()

    def test_a_download_that_cannot_be_read_is_cut_and_never_wrong(self):
        bytes_ = content(LARGE, 1)
        self.break_disk(errno.EIO, "read", "/blobs/")
        connection = self.connect()
        connection.request("GET", f"/v2/kept/image/blobs/{digest_of(bytes_)}")
        with self.assertRaises((http.client.HTTPException, ConnectionError)):
            answer(connection.getresponse())
        self.wait_for_line("storage: .*sha256:.* Input/output error")
        self.heal()
        self.check_kept()

    def test_the_server_stops_in_order_on_a_broken_disk(self):
        location = self.open_upload("new/image")
        self.assertEqual(self.append(location, content(LARGE, 2)).status, 202)
        self.break_disk(errno.EIO, "create,open,read,write,sync,name", "/data/")
        self.stop()
        self.heal()
        self.start()
        self.assertEqual(self.offset_of(location), LARGE)


class broken_database(case):
    def check_writes_fail(self, operations):
        """Nothing is acknowledged, nothing is visible, and everything works later."""
        small, large = content(SMALL, 1), content(LARGE, 1)
        tag = "/v2/kept/image/manifests/2"
        self.break_disk(errno.EIO, operations, "metadata.db")
        self.check_failed(self.push_manifest("kept/image", "2", [small, large]))
        self.check_failed(self.push_blob("new/image", content(SMALL, 2)))
        self.check_failed(self.push_blob("new/image", content(LARGE, 2)))
        self.check_failed(self.ask("DELETE", "/v2/kept/image/manifests/1"))
        self.heal()
        self.assertEqual(self.get(tag).status, 404)
        self.check_kept()
        self.push_image("new/image", "1", seed=2)
        self.assertEqual(self.push_manifest("kept/image", "2", [small, large]).status, 201)
        self.check_kept()

    def test_what_cannot_be_written_is_refused_and_leaves_nothing(self):
        self.check_writes_fail("write")

    def test_what_cannot_be_synced_is_refused_and_leaves_nothing(self):
        self.check_writes_fail("sync")

    def test_what_cannot_be_read_is_an_error(self):
        paths = ["/v2/kept/image/tags/list", "/v2/_catalog", *self.kept]
        paths += [f"/v2/kept/image/referrers/{digest_of(b'')}", "/v2/none/manifests/1"]
        self.break_disk(errno.EIO, "read", "metadata.db")
        for path in paths:
            with self.subTest(path):
                self.check_failed(self.get(path))
        # A write may find all its pages in the cache; only the correctness of its answer matters.
        put = self.push_manifest("kept/image", "2", [content(SMALL, 1)])
        if put.status != 201:
            self.check_failed(put)
        self.heal()
        tag = self.get("/v2/kept/image/manifests/2")
        self.assertEqual(tag.status == 200, put.status == 201)
        for path in paths[:-1]:
            self.assertEqual(self.get(path).status, 200, path)
        self.assertEqual(self.get(paths[-1]).status, 404)

    def test_a_log_that_cannot_be_copied_stops_nobody(self):
        self.break_disk(errno.EIO, "write", "/metadata.db$")
        number = 0
        while "could not be copied" not in self.said():
            number += 1
            self.store_blob("new/image", content(16 * 1024, f"log {number}"))
            self.assertLess(number, 3000, "the log was never copied")
        self.check_kept()
        self.heal()
        self.store_blob("new/image", content(SMALL, 2))

    def test_a_start_says_what_is_wrong_and_leaves_all_as_it_was(self):
        self.stop()
        self.break_disk(errno.EIO, "read", "metadata.db")
        self.spawn()
        self.assertEqual(self.process.wait(PATIENCE), 1)
        self.assertRegex(self.said(), r"^gantry: .*metadata\.db cannot be used: disk I/O error\n$")
        self.heal()
        self.start()
        self.check_kept()


class broken_reset(case):
    options = ("--allow-reset",)

    def test_a_reset_that_fails_keeps_what_was_there(self):
        self.break_disk(errno.EIO, "write", "metadata.db")
        self.check_failed(self.ask("POST", "/__parlel/reset"))
        self.heal()
        self.check_kept()
        self.push_image("new/image", "1", seed=2)
        self.assertEqual(self.ask("POST", "/__parlel/reset").status, 200)
        for path in self.kept:
            self.assertEqual(self.get(path).status, 404, path)
        self.kept.clear()
        self.push_image("new/image", "1", seed=2)


class broken_collection(case):
    options = ("--gc-grace", "0", "--blob-lease", "0.05")

    def setUp(self):
        super().setUp()
        self.doomed = [content(LARGE, seed) for seed in ("a", "b", "c")]
        for each in self.doomed:
            self.assertEqual(self.push_blob("doomed/image", each).status, 201)

    def collect(self):
        return self.ask("POST", "/__gantry/gc")

    def is_on_disk(self, bytes_):
        name = digest_of(bytes_).partition(":")[2]
        return os.path.exists(os.path.join(self.data, "blobs/sha256", name[:2], name))

    def check_collection_goes_on(self, operations, pattern):
        """It fails, reports it, and the next one removes everything once the disk works."""
        self.break_disk(errno.EIO, operations, pattern)
        failed = self.eventually(
            lambda: (said := self.collect()).status != 200 and said, "a collection that fails"
        )
        self.check_failed(failed)
        self.check_kept()
        self.heal()

        def gone():
            self.assertEqual(self.collect().status, 200)
            return not any(self.is_on_disk(each) for each in self.doomed)

        self.eventually(gone, "the removal of unlinked blobs")
        self.check_kept()

    def test_blobs_that_cannot_be_removed_go_later(self):
        self.check_collection_goes_on("name", "/blobs/")

    def test_what_cannot_be_marked_goes_later(self):
        self.check_collection_goes_on("write", "metadata.db")

    def test_what_cannot_be_marked_durably_goes_later(self):
        self.check_collection_goes_on("sync", "metadata.db")

    def test_what_is_not_removed_yet_can_be_pushed_again(self):
        self.break_disk(errno.EIO, "name", "/blobs/")
        self.eventually(lambda: self.collect().status == 500, "a collection that fails")
        self.heal()
        for each in self.doomed:
            blobs = [content(SMALL, 3), each]
            for blob in blobs:
                self.assertEqual(self.push_blob("doomed/image", blob).status, 201)
            self.assertEqual(self.push_manifest("doomed/image", "1", blobs).status, 201)
        self.check_kept()


if __name__ == "__main__":
    unittest.main(verbosity=2)
