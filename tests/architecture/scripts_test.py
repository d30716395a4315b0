#!/usr/bin/env python3
"""The calls of scripts/test and .ci/run, in a tree of stubs that only record how they were called.

    scripts_test.py BUILD_FOLDER
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
BUILD = None

# Called by its path or found in PATH. Writes its name and arguments to the file `calls`, and fails if these
# begin with FAILS.
STUB = """#!/bin/bash
echo "$(basename "$0") $*" >>"$CALLS"
[[ -z ${FAILS:-} || "$(basename "$0") $*" != "$FAILS"* ]] || exit 1
"""

NINJA = STUB + """
[[ $* != *"-t targets all" ]] || printf '%s: phony\\n' tests/http/http_tests src/app/gantry all
"""

BOOST_TESTS = STUB + """
[[ $* != --list_content ]] || printf 'ask*\\n    a_reply_comes_home*\\n' >&2
"""

LISTS = """
add_test([=[http.ask]=] "{0}/tests/http/http_tests" "--run_test=ask" "--log_level=test_suite")
set_tests_properties([=[http.ask]=] PROPERTIES  LABELS "http" TIMEOUT "120")
add_test([=[clients.ask]=] "/bin/sh" "ask.sh")
set_tests_properties([=[clients.ask]=] PROPERTIES  ENVIRONMENT "A=1;B={0}/src/app/gantry" LABELS "clients;slow")
add_test(http.text "/usr/bin/python3" "{0}/not/made/by/ninja")
set_tests_properties(http.text PROPERTIES  LABELS "http")
"""


def labels_in(refusal):
    return refusal.rpartition(": ")[2].split()


class tree(unittest.TestCase):
    """Scripts of this project, and stubs for what they call."""

    def make(self, *scripts, stubs):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)
        self.calls = self.root / "calls"
        for name in scripts:
            self.write(name, (SOURCES / name).read_text())
        for name in stubs:
            self.write(name, STUB)
        self.write("bin/ninja", NINJA)

    def write(self, name, text):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def run_script(self, name, *arguments, **environment):
        """Status, messages, and calls, except for the script's own queries to ninja."""
        self.calls.write_text("")
        environment = {
            **os.environ,
            "CALLS": str(self.calls),
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            **environment,
        }
        done = subprocess.run(
            [str(self.root / name), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, timeout=60,
        )
        calls = self.calls.read_text().replace(str(self.root), "ROOT").splitlines()
        asked = (" build.ninja", " -n", " -t ", "--list_content")
        return done.returncode, done.stdout, [c for c in calls if not any(a in c for a in asked)]


class continuous_integration(tree):
    PRESETS = ("asan", "tsan")

    def setUp(self):
        scripts = ("dependencies", "lint", "test", "fuzz")
        self.make(".ci/run", "scripts/lib.sh", stubs=[f"scripts/{s}" for s in scripts] + ["bin/ctest"])
        for preset in self.PRESETS:
            self.write(f"build/{preset}/build.ninja", "")

    def steps(self, **environment):
        """Status, summary, and executed steps."""
        status, messages, calls = self.run_script(".ci/run", **environment)
        ran = [call for call in calls if not call.startswith(("dependencies", "ninja"))]
        return status, messages, ran

    def test_every_step_runs(self):
        status, messages, ran = self.steps()
        self.assertEqual(status, 0, messages)
        self.assertEqual(
            [call.split(" --no-tests")[0] for call in ran],
            ["lint ", "test ", *(f"ctest --preset {p}" for p in self.PRESETS), "fuzz 20"],
        )

    def test_no_step_is_left_out_however_late_it_is(self):
        self.assertEqual(self.steps(SECONDS="100000")[2], self.steps()[2])

    def test_a_step_that_fails_keeps_none_from_running_and_fails_the_whole(self):
        everything = self.steps()[2]
        for failing in everything:
            status, messages, ran = self.steps(FAILS=failing)
            self.assertEqual((status, ran), (1, everything))
            self.assertEqual(messages.count("FAILED"), 1, messages)


class scripts(tree):
    def setUp(self):
        self.make("scripts/test", "scripts/lib.sh", stubs=["scripts/dependencies", "bin/ctest"])
        for label in ("http", "clients", "support"):
            self.write(f"tests/{label}/CMakeLists.txt", "")
        self.write("build/dev/build.ninja", "")
        self.write("build/dev/tests/http/http_tests", BOOST_TESTS)
        self.write("build/dev/tests/CTestTestfile.cmake", LISTS.format(self.root / "build/dev"))

    def called(self, *arguments):
        status, messages, calls = self.run_script("scripts/test", *arguments)
        self.assertEqual(status, 0, messages)
        self.assertEqual(calls[0], "dependencies build test")
        return calls[1:]

    def test_an_unknown_label_is_refused_before_anything_is_done(self):
        for label in ("htpp", "support", "h.*"):
            status, messages, calls = self.run_script("scripts/test", label)
            self.assertEqual((status, calls), (1, []))
            self.assertEqual(labels_in(messages), ["clients", "http", "matrix", "slow"])

    def test_too_many_arguments_are_refused(self):
        status, messages, calls = self.run_script("scripts/test", "http", "ask", "more")
        self.assertEqual((status, calls), (1, []))
        self.assertIn("usage", messages)

    def test_without_a_label_everything_is_built_and_run(self):
        built, run = self.called()
        self.assertRegex(built, r"^ninja -C ROOT/build/dev -j \d+$")
        self.assertIn("--preset dev", run)

    def test_a_label_builds_what_its_tests_run_and_no_more(self):
        for label, target in (
            ("http", "tests/http/http_tests"),
            ("clients", "src/app/gantry"),
            ("slow", "src/app/gantry"),
        ):
            built, run = self.called(label)
            self.assertRegex(built, rf"^ninja -C ROOT/build/dev -j \d+ {target}$")
            self.assertTrue(run.endswith(f"--label-regex ^{label}$"), run)

    def test_a_part_of_the_name_of_a_test_runs_that(self):
        _, run = self.called("http", "http.as")
        self.assertTrue(run.endswith(r"--label-regex ^http$ --tests-regex http\.as"), run)

    def test_a_part_of_the_name_of_a_case_runs_that_alone(self):
        for case, wanted in (("reply", "*/*reply*"), ("ask/a_reply", "ask/a_reply*")):
            _, run = self.called("http", case)
            self.assertEqual(run, f"http_tests --report_level=short --run_test={wanted}")

    def test_a_case_that_is_not_there_is_refused_with_the_tests(self):
        status, messages, _ = self.run_script("scripts/test", "http", "none")
        self.assertEqual(status, 1)
        self.assertIn("http.ask\nhttp.text", messages)


class this_tree(unittest.TestCase):
    def test_labels_are_those_of_ctest(self):
        known = subprocess.run(
            ["ctest", "--test-dir", BUILD, "--print-labels"],
            capture_output=True, text=True, check=True,
        ).stdout
        refused = subprocess.run(
            [str(SOURCES / "scripts/test"), "no label"], capture_output=True, text=True
        )
        listed = [line.strip() for line in known.splitlines() if line.startswith("  ")]
        self.assertEqual(sorted(labels_in(refused.stderr)), sorted(listed))

    def test_the_programs_of_a_label_are_known_whether_they_are_built_or_not(self):
        for label, target in (
            ("domain", "tests/domain/domain_tests"),
            ("crash", "tests/crash/libpower_loss.so"),
            ("bench", "bench/micro/micro_benchmarks"),
            ("disk_faults", "src/app/gantry"),
        ):
            question = f'source "{SOURCES}/scripts/lib.sh"; targets_of "{BUILD}" {label}'
            found = subprocess.run(
                ["bash", "-c", question], capture_output=True, text=True, check=True
            )
            self.assertIn(target, found.stdout.split())

    def test_the_examples_of_the_guide_run_under_the_address_sanitizer(self):
        presets = json.loads((SOURCES / "CMakePresets.json").read_text())["testPresets"]
        excluded = {each["name"]: each["filter"]["exclude"]["label"] for each in presets}
        self.assertNotRegex("docs", excluded["asan"])


if __name__ == "__main__":
    BUILD = sys.argv.pop()
    unittest.main()
