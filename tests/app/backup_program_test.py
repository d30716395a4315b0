#!/usr/bin/env python3
"""Backups of a registry that is being pushed to: backup_program_test.py GANTRY"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from moving_registry import files_of, pusher, registry  # noqa: E402

PROGRAM = sys.argv.pop(1)


class backup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.data, self.to, self.new = (self.folder / name for name in ("data", "backup", "new"))

    def run_it(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout if status == 0 else done.stdout + done.stderr

    def back_up(self, *arguments):
        """Returns the counts of the report."""
        text = self.run_it("backup", self.to, "--data", self.data, *arguments)
        found = re.search(r"(\d+) files were there, (\d+) linked, (\d+) copied \((\d+) bytes\), (\d+) removed", text)
        return dict(zip(("present", "linked", "copied", "bytes", "removed"), map(int, found.groups())))

    def check_restored(self, images, *arguments):
        self.run_it("verify", "--deep", "--data", self.to)
        self.run_it("restore", self.to, "--data", self.new, *arguments)
        self.run_it("verify", "--deep", "--data", self.new)
        with registry(PROGRAM, self.new) as server:
            reader = server.client()
            for image in images:
                reader.check(*image)

    def test_every_push_that_was_done_before_is_in_the_backup(self):
        with registry(PROGRAM, self.data) as server:
            pushers = [pusher(server.port, f"app/{i}") for i in range(3)]
            for each in pushers:
                each.start()
            for each in pushers:
                each.wait_for(10)
            before = [image for each in pushers for image in list(each.done)]
            self.back_up()
            # They went on while it ran.
            counts = [len(each.done) for each in pushers]
            for each, count in zip(pushers, counts):
                each.wait_for(count + 5)
            later = [image for each in pushers for image in list(each.done)]
            self.back_up("--copy")
            for each in pushers:
                each.stop()
        self.assertGreater(len(later), len(before))
        self.check_restored(later)

    def test_the_second_backup_takes_only_what_is_new(self):
        with registry(PROGRAM, self.data, "--gc-grace", "0") as server:
            writer = server.client()
            images = [writer.push("app", f"v{i}", i) for i in range(5)]
            self.assertEqual(self.back_up(), dict(present=0, linked=5, copied=0, bytes=0, removed=0))
            images.append(writer.push("app", "v5", 5))
            self.assertEqual(self.back_up(), dict(present=5, linked=1, copied=0, bytes=0, removed=0))
            images.append(writer.push("app", "v6", 6))
            self.assertEqual(self.back_up("--copy"), dict(present=6, linked=0, copied=1, bytes=40_000, removed=0))
        linked = [os.stat(each).st_nlink for each in files_of(self.to)]
        self.assertEqual(sorted(linked), [1] + 6 * [2])
        # Of a stopped registry, and with less in it.
        shutil.rmtree(self.data)
        with registry(PROGRAM, self.data) as server:
            images = [server.client().push("app", "v0", 0)]
        self.assertEqual(self.back_up(), dict(present=1, linked=0, copied=0, bytes=0, removed=6))
        self.check_restored(images)

    def test_a_collection_leaves_what_a_backup_needs(self):
        with registry(PROGRAM, self.data, "--gc-grace", "0", "--blob-lease", "1ms") as server:
            writer = server.client()
            writer.remove(*writer.push("app", "v0", 0))
            with open(self.data / "hold", "w") as hold:
                fcntl.flock(hold, fcntl.LOCK_SH)  # as a backup does
                for _ in range(3):
                    writer.ask("POST", "/__gantry/gc")
                self.assertEqual(len(files_of(self.data)), 1)
            writer.ask("POST", "/__gantry/gc")
            self.assertFalse(files_of(self.data))

    def test_a_backup_that_is_killed_leaves_the_one_before(self):
        with registry(PROGRAM, self.data) as server:
            writer = server.client()
            old = [writer.push("app", f"v{i}", i) for i in range(5)]
            self.back_up("--copy")
            for i in range(5, 80):
                writer.push("app", f"v{i}", i)
            running = subprocess.Popen([PROGRAM, "backup", self.to, "--data", self.data, "--copy"])
            while len(files_of(self.to)) < 20 and running.poll() is None:
                pass
            running.send_signal(signal.SIGKILL)
            running.wait()
        self.assertEqual(running.returncode, -signal.SIGKILL)
        self.check_restored(old)
        self.back_up()
        self.run_it("verify", "--deep", "--data", self.to)

    def test_a_first_backup_that_is_killed_is_no_backup(self):
        self.to.mkdir()
        (self.to / "backup").touch()
        (self.to / "blobs").mkdir()
        said = self.run_it("restore", self.to, "--data", self.new, status=1)
        self.assertIn("holds a backup that was interrupted: repeat gantry backup", said)
        self.assertIn("interrupted", self.run_it("verify", "--data", self.to, status=1))

    def test_folders_of_another_kind_are_refused(self):
        with registry(PROGRAM, self.data) as server:
            server.client().push("app", "v0", 0)
        self.back_up()
        said = self.run_it("backup", self.data, "--data", self.data, status=1)
        self.assertIn("holds a registry, not a backup", said)
        said = self.run_it("restore", self.data, "--data", self.new, status=1)
        self.assertIn("holds no backup", said)
        said = self.run_it("restore", self.to, "--data", self.data, status=1)
        self.assertIn("is not empty", said)
        said = self.run_it("serve", "--data", self.to, "--addr", "127.0.0.1:0", status=1)
        self.assertIn(f"gantry restore {self.to} --data NEW", said)
        said = self.run_it("backup", self.to, "--data", self.new, status=1)
        self.assertIn("is not a gantry data folder", said)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_a_backup_by_root_does_not_lock_the_owner_out(self):
        with registry(PROGRAM, self.data) as server:
            server.client().push("app", "v0", 0)
        (self.data / "hold").unlink(missing_ok=True)
        os.chown(self.data, 65534, 65534)
        self.back_up()
        self.assertEqual(os.stat(self.data / "hold").st_uid, 65534)

    def test_a_blob_that_the_registry_has_lost_is_reported(self):
        with registry(PROGRAM, self.data) as server:
            server.client().push("app", "v0", 0)
        os.unlink(files_of(self.data)[0])
        said = self.run_it("backup", self.to, "--data", self.data, status=1)
        self.assertRegex(said, "damaged: sha256:[0-9a-f]{64}: its file is missing or cut")
        self.run_it("restore", self.to, "--data", self.new, status=1)


if __name__ == "__main__":
    unittest.main()
