#!/usr/bin/env python3
"""Runs the check for coroutine traps on snippets with known good and bad lines."""

import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

import check_coroutines  # noqa: E402


class check_coroutines_test(unittest.TestCase):
    def test_exactly_the_marked_lines_are_reported(self):
        source = (HERE / "coroutine_traps.cpp").read_text()
        body = source.split("\n\n", 1)[0].count("\n") + 1
        marked = [
            number
            for number, line in enumerate(source.splitlines(), 1)
            if number > body and line.endswith("// trap")
        ]
        self.assertGreater(len(marked), 15)
        self.assertEqual(sorted({line for line, _ in check_coroutines.check(source)}), marked)

    def test_a_file_without_coroutines_is_fine(self):
        self.assertEqual(check_coroutines.check("int main() { return g(agg{1}, [x] {}); }"), [])


if __name__ == "__main__":
    unittest.main()
