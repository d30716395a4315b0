#!/usr/bin/env python3
"""Errors that the comparison of settings and tests of their effects must detect."""

import tempfile
import unittest
from pathlib import Path

import check_effects

CPP = """
// BOOST_AUTO_TEST_CASE_of_old
BOOST_AUTO_TEST_CASE(one) {}
BOOST_FIXTURE_TEST_CASE(two,
                        some_fixture) {}
BOOST_DATA_TEST_CASE(three, rows) {}
BOOST_DATA_TEST_CASE_F(some_fixture, five, rows) {}
void four();
"""
PYTHON = "class some(unittest.TestCase):\n    def test_it(self):\n        pass\n    def help(self, x):\n        pass\n"


class check_effects_test(unittest.TestCase):
    def complaints(self, text, keys=("a.b",)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for file, content in (("a_test.cpp", CPP), ("a_test.py", PYTHON), ("a.sh", ""), ("a.md", "")):
                (folder / file).write_text(content)
            return list(check_effects.complaints(keys, text, folder))

    def check_complaint(self, line, expected):
        found = self.complaints(line)
        self.assertEqual(len(found), 1, found)
        self.assertIn(expected, found[0])

    def test_keys_are_those_of_the_table(self):
        table = '  {.key = "a.b",\n   .flag = "--a"},\n  {.key = "c",\n   .flag = "--c"},\n'
        self.assertEqual(check_effects.keys_of(table), ["a.b", "c"])

    def test_each_kind_of_test_is_found(self):
        cases = [f"a_test.cpp {name}" for name in ("one", "two", "three", "five")]
        for test in (*cases, "a_test.py test_it", "a.sh -"):
            self.assertEqual(self.complaints(f"# a comment\n\na.b {test}\n"), [], test)

    def test_a_key_without_a_line_is_found(self):
        found = self.complaints("a.b a.sh -\n", ("a.b", "c.d"))
        self.assertEqual(len(found), 1)
        self.assertRegex(found[0], "^c.d has no test of its effect: ")

    def test_a_line_without_a_key_is_found(self):
        self.check_complaint("a.b a.sh -\nc.d a.sh -\n", ":2: 'c.d' is not a key")

    def test_a_second_line_of_a_key_is_found(self):
        self.check_complaint("a.b a.sh -\na.b a.sh -\n", ":2: 'a.b' has a line already")

    def test_a_test_that_is_not_there_is_found(self):
        self.check_complaint("a.b none_test.cpp one\n", "no file tests/none_test.cpp")
        for test in ("four", "on", "BOOST_AUTO_TEST_CASE_of_old", "-"):
            self.check_complaint(f"a.b a_test.cpp {test}\n", f"no test '{test}'")
        for test in ("help", "test", "-"):
            self.check_complaint(f"a.b a_test.py {test}\n", f"no test '{test}'")

    def test_only_scripts_count_as_a_whole(self):
        self.check_complaint("a.b a.sh part\n", "counts as a whole")
        self.check_complaint("a.b a.md -\n", "neither")

    def test_an_incomplete_line_is_found(self):
        found = self.complaints("a.b a.sh\n")
        self.assertIn("expected KEY FILE TEST", found[0])


if __name__ == "__main__":
    unittest.main()
