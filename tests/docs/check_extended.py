#!/usr/bin/env python3
"""Looks whether what the guide adds is entered in the lists that it changes.

    check_extended.py CHANGED EXAMPLES

CHANGED holds the changed files. Each new source below EXAMPLES/src, and each test of those, must be named in
the CMakeLists.txt of its folder if the guide changes that, and each new actor in the table of actors.
"""

import re
import sys
from pathlib import Path

import check_tables


def unnamed(changed, folder, name):
    """Complains if the changed list of a folder does not name the file."""
    sources = changed / folder / "CMakeLists.txt"
    if sources.exists() and not re.search(rf"^\s+{re.escape(name)}$", sources.read_text(), re.M):
        yield f"{folder}/CMakeLists.txt does not name {name}"


def complaints(changed, examples):
    for source in sorted((examples / "src").rglob("*.cpp")):
        yield from unnamed(changed, source.parent.relative_to(examples), source.name)
    for test in sorted(examples.glob("*_test.cpp")):
        stem = test.name.removesuffix("_test.cpp")
        level = "actors" if (examples / f"src/actors/{stem}.cpp").exists() else "e2e"
        if not (examples / f"src/storage/{stem}.cpp").exists():
            yield from unnamed(changed, Path("tests") / level, test.name)
    yield from check_tables.actor_complaints(
        (changed / "docs/architecture.md").read_text(),
        (changed / "src/actors/interfaces.hpp").read_text(),
    )


def main():
    found = list(complaints(Path(sys.argv[1]), Path(sys.argv[2])))
    print("\n".join(found) or "everything new is in its list")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
