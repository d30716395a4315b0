#!/usr/bin/env python3
"""Compares the keys of settings with the list of tests that show what each setting does.

    check_effects.py SOURCE_FOLDER

Each line of tests/architecture/setting_effects.txt is `KEY FILE TEST`: a key of
src/config/table.cpp, or of the lists in src/config/endpoints.cpp and quotas.cpp, a file below tests/, and a case of it (Boost.Test, Python), or - for a shell
script as a whole. Fails on a key without a line, and on a line without its key, file or test.
"""

import re
import sys
from pathlib import Path

KEY = re.compile(r'\.key = "([^"]+)"')
# The tables of settings, and what stands before their keys.
FILES = {"src/config/table.cpp": "", "src/config/endpoints.cpp": "notifications.endpoints.",
         "src/config/quotas.cpp": "gantry.quotas."}
# How the kinds of tests begin a case; -, a script as a whole, is for shell scripts alone.
BEGINNINGS = {
    ".cpp": r"^BOOST_(?:AUTO|FIXTURE|DATA)_TEST_CASE(?:_F\(\s*\w+,)?\(?\s*{}\b",
    ".py": r"^ +def {}\(self\):",
}


def keys_of(table):
    return KEY.findall(table)


def listed(text):
    """Yields the words of each line with its number, without comments."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, line.split()


def mistake_of(tests, file, test):
    """What is wrong with this test; empty if it exists."""
    path = tests / file
    if not path.is_file():
        return f"there is no file tests/{file}"
    if path.suffix == ".sh":
        return "" if test == "-" else f"a shell script counts as a whole: write - for '{test}'"
    if path.suffix not in BEGINNINGS:
        return f"tests/{file} is neither a C++ nor a Python test nor a shell script"
    beginning = BEGINNINGS[path.suffix].replace("{}", re.escape(test))
    found = re.search(beginning, path.read_text(), re.MULTILINE)
    return "" if found else f"tests/{file} has no test '{test}'"


def complaints(keys, text, tests):
    seen = set()
    for number, words in listed(text):
        where = f"setting_effects.txt:{number}: "
        if len(words) != 3:
            yield where + "expected KEY FILE TEST"
            continue
        key, file, test = words
        if key not in keys:
            yield f"{where}'{key}' is not a key of a setting"
        if key in seen:
            yield f"{where}'{key}' has a line already"
        seen.add(key)
        if wrong := mistake_of(tests, file, test):
            yield where + wrong
    for key in keys:
        if key not in seen:
            yield (
                f"{key} has no test of its effect: write one that shows what the setting does to a "
                "running registry, and name it in tests/architecture/setting_effects.txt"
            )


def main():
    source = Path(sys.argv[1])
    tests = source / "tests"
    keys = []
    for file, section in FILES.items():
        found = keys_of((source / file).read_text())
        if not found:
            sys.exit(f"{file} has no keys: has their form changed?")
        keys += [section + key for key in found]
    found = list(complaints(keys, (tests / "architecture/setting_effects.txt").read_text(), tests))
    print("\n".join(found))
    print(f"{len(keys)} settings, {len(found)} complaints")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
