#!/usr/bin/env python3
"""Registries that CTest starts: their addresses, and their end whatever becomes of the tests.

    fixtures_test.py GANTRY FOLDER_OF_GANTRY_ADD_REGISTRY
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = None
CMAKE = None
PATIENCE = 60

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(fixtures NONE)
enable_testing()
set(GANTRY_PROGRAM "{program}")
include("{cmake}/gantry_add_registry.cmake")
{tests}
"""


def eventually(claim):
    end = time.monotonic() + PATIENCE
    while not claim():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class fixtures(unittest.TestCase):
    def configure(self, tests):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)
        text = PROJECT.format(program=PROGRAM, cmake=CMAKE, tests=tests)
        (self.root / "CMakeLists.txt").write_text(text)
        subprocess.run(
            ["cmake", "-S", self.root, "-B", self.root / "build"], check=True, stdout=subprocess.DEVNULL
        )

    def ctest(self, *arguments):
        return subprocess.Popen(
            ["ctest", "--test-dir", self.root / "build", "-V", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )

    def run_ctest(self, *arguments):
        running = self.ctest(*arguments)
        output, _ = running.communicate(timeout=PATIENCE)
        return running.returncode, output

    def marked(self, name):
        """What a test wrote into a file, once it is there."""
        self.assertTrue(eventually(lambda: (self.root / name).exists() and (self.root / name).read_text()))
        return (self.root / name).read_text().strip()

    def test_each_test_has_the_addresses_of_its_registries(self):
        self.configure("""
            gantry_add_registry(one OPTIONS --seed false)
            gantry_add_registry(the-other)
            foreach(i RANGE 1 6)
              gantry_add_registry_test(NAME first.${i} REGISTRY one
                COMMAND sh -c "echo first=$DOCKER_REGISTRY_URL=$REGISTRY_HTTP_ADDR=")
            endforeach()
            gantry_add_registry_test(NAME both REGISTRY the-other one
              COMMAND sh -c "echo both=$DOCKER_REGISTRY_URL=$GANTRY_ONE_URL=$GANTRY_THE_OTHER_URL=")
            add_test(NAME file COMMAND sh -c "echo file=$(cat $GANTRY_REGISTRY_FOLDER/url)=")
            gantry_add_registry(third TESTS file)
        """)
        status, output = self.run_ctest("-j", "8")
        self.assertEqual(status, 0, output)
        firsts = re.findall(r": first=http://(\S+)=(\S+)=$", output, re.M)
        self.assertEqual(len(firsts), 6, output)
        self.assertEqual(len(set(firsts)), 1)
        self.assertEqual(*firsts[0])
        chosen, one, other = re.search(r": both=(\S+)=(\S+)=(\S+)=$", output, re.M).groups()
        self.assertEqual(chosen, other)
        self.assertEqual(one, "http://" + firsts[0][0])
        third = re.search(r": file=(http://127.0.0.1:\d+)=$", output, re.M)[1]
        self.assertEqual(len({one, other, third}), 3)

    def test_a_test_that_crashes_leaves_no_registry(self):
        self.configure("""
            gantry_add_registry(one)
            gantry_add_registry_test(NAME crash REGISTRY one
              COMMAND sh -c "cat build/registries/one/pid >pid; kill -SEGV $$")
            set_tests_properties(crash PROPERTIES WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
        """)
        status, output = self.run_ctest()
        self.assertNotEqual(status, 0, output)
        self.assertFalse(is_running(self.marked("pid")))

    def test_a_ctest_that_is_killed_leaves_no_registry(self):
        self.configure("""
            gantry_add_registry(one)
            gantry_add_registry_test(NAME long REGISTRY one
              COMMAND sh -c "cat build/registries/one/pid >pid; exec sleep 600")
            set_tests_properties(long PROPERTIES WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
        """)
        running = self.ctest()
        pid = self.marked("pid")
        self.assertTrue(is_running(pid))
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        self.assertTrue(eventually(lambda: not is_running(pid)))
        os.killpg(running.pid, signal.SIGKILL)  # the test itself
        running.stdout.close()
        # The next run is not disturbed by what is left in the folder.
        (self.root / "pid").unlink()
        running = self.ctest()
        self.assertTrue(is_running(self.marked("pid")))
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        running.stdout.close()

    def test_a_registry_that_cannot_start_says_why(self):
        self.configure("""
            gantry_add_registry(one OPTIONS --no-such-option)
            gantry_add_registry_test(NAME never REGISTRY one COMMAND sh -c "exit 0")
        """)
        status, output = self.run_ctest()
        self.assertNotEqual(status, 0)
        self.assertIn("the registry did not start: gantry: ", output)
        self.assertIn("--no-such-option", output)


class endings(unittest.TestCase):
    def serve(self, *options):
        running = subprocess.Popen(
            [PROGRAM, "serve", "--addr", "127.0.0.1:0", *options], stderr=subprocess.PIPE, text=True
        )
        self.addCleanup(running.stderr.close)
        self.addCleanup(running.kill)
        self.assertIn("listening on", running.stderr.readline())
        return running

    def test_an_idle_server_stops(self):
        self.assertEqual(self.serve("--idle-exit", "50ms").wait(PATIENCE), 0)

    def test_a_server_stops_with_the_process_that_needs_it(self):
        parent = subprocess.Popen(["sleep", "600"])
        running = self.serve("--parent-pid", str(parent.pid))
        self.assertIsNone(running.poll())
        parent.kill()
        parent.wait()
        self.assertEqual(running.wait(PATIENCE), 0)


if __name__ == "__main__":
    PROGRAM, CMAKE = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
