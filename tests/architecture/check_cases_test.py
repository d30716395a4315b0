#!/usr/bin/env python3
"""Errors that the comparison of cases and tests must detect."""

import tempfile
import unittest
from pathlib import Path

import check_cases

ALL = {number: "somewhere" for number in check_cases.CASES}


class check_cases_test(unittest.TestCase):
    def cases_in(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_text(text)
            return set(check_cases.tested(Path(folder)))

    def test_numbers_lists_and_ranges_are_read(self):
        self.assertEqual(self.cases_in("a_test.cpp", "  // case 42\n"), {42})
        self.assertEqual(self.cases_in("a_test.cpp", "// Cases 42, 43 and 45\n"), {42, 43, 45})
        self.assertEqual(self.cases_in("a_test.cpp", "// cases 70-72, 75: ranges\n"), {70, 71, 72, 75})
        self.assertEqual(self.cases_in("a.sh", "# case 99\n"), {99})

    def test_other_text_names_no_case(self):
        self.assertEqual(self.cases_in("a_test.cpp", "case 42: // in case 3 fail\n"), set())
        self.assertEqual(self.cases_in("a.txt", "// case 42\n"), set())

    def test_full_coverage_satisfies(self):
        self.assertEqual(list(check_cases.complaints(ALL, {})), [])

    def test_a_case_without_test_and_reason_is_found(self):
        places = {number: where for number, where in ALL.items() if number != 7}
        self.assertEqual(list(check_cases.complaints(places, {})), ["case 7 has no test"])
        self.assertEqual(list(check_cases.complaints(places, {7: "because"})), [])

    def test_a_listed_case_that_has_a_test_is_found(self):
        self.assertEqual(len(list(check_cases.complaints(ALL, {7: "because"}))), 1)

    def test_a_number_outside_the_contract_is_found(self):
        self.assertEqual(len(list(check_cases.complaints(ALL | {191: "x"}, {}))), 1)


if __name__ == "__main__":
    unittest.main()
