#!/usr/bin/env python3
"""Compares the numbered cases of the protocol with those in the comments of tests.

    check_cases.py TESTS_FOLDER [ALLOW_LIST]

A test names its cases as `// case 42`, `// cases 42, 43` or `// cases 70-75` (`#` in scripts).
The allow-list has lines `number: reason` or `first-last: reason`. Fails on a case that is in
neither, and on one that is in both.
"""

import re
import sys
from pathlib import Path

CASES = range(1, 191)
SUFFIXES = {".cpp", ".hpp", ".py", ".sh", ".cmake", ".bash"}
LIST = r"\d+(?:\s*-\s*\d+)?(?:\s*(?:,|and)\s*\d+(?:\s*-\s*\d+)?)*"
COMMENT = re.compile(rf"(?://+|#)\s*cases?\s+({LIST})", re.IGNORECASE)
ALLOWED = re.compile(r"(\d+)(?:-(\d+))?:\s*(\S.*)")


def numbers(text):
    """"70-72, 75" to {70, 71, 72, 75}."""
    found = set()
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", text):
        found |= set(range(int(first), int(last or first) + 1))
    return found


def tested(folder):
    """Maps each case number to the first place that names it."""
    places = {}
    for path in sorted(folder.rglob("*")):
        # The tests of this check mention cases that they do not cover.
        if path.suffix not in SUFFIXES or path.name.startswith("check_cases"):
            continue
        for line_number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for found in COMMENT.finditer(line):
                for number in numbers(found[1]):
                    places.setdefault(number, f"{path}:{line_number}")
    return places


def allowed(file):
    """Maps each case number to the reason why no test covers it."""
    reasons = {}
    for line_number, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = ALLOWED.fullmatch(line.strip())
        if not found:
            raise ValueError(f"{file}:{line_number}: expected 'number: reason'")
        for number in range(int(found[1]), int(found[2] or found[1]) + 1):
            reasons[number] = found[3]
    return reasons


def complaints(places, reasons):
    for number in sorted(set(places) | set(reasons) | set(CASES)):
        if number not in CASES:
            where = places.get(number, "the allow-list")
            yield f"case {number} does not exist: {where}"
        elif number in places and number in reasons:
            yield f"case {number} is listed as untested but has a test: {places[number]}"
        elif number not in places and number not in reasons:
            yield f"case {number} has no test"


def main():
    folder = Path(sys.argv[1])
    file = Path(sys.argv[2]) if len(sys.argv) > 2 else folder / "architecture/untested_cases.txt"
    places, reasons = tested(folder), allowed(file)
    found = list(complaints(places, reasons))
    print("\n".join(found))
    print(f"{len(places)} cases are tested, {len(reasons)} are listed as untested")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
