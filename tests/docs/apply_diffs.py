#!/usr/bin/env python3
"""Applies the diffs of a guide to copies of the files that they change.

    apply_diffs.py GUIDE GROUP SOURCE_TREE OUTPUT

A block ```diff GROUP holds, for each file, a line `--- PATH` and hunks, each behind a line `@@`. A
hunk has no line numbers: what it expects must stand in the file exactly once.
"""

import sys
from pathlib import Path

from markdown import blocks


class misfit(Exception):
    pass


def hunks(lines):
    """Yields (path, offset of the hunk in lines, its lines)."""
    path, start, body = None, 0, []
    for offset, line in enumerate([*lines, "@@"]):
        if line.startswith(("@@", "--- ")):
            if body:
                yield path, start, body
            start, body = offset + 1, []
            if line.startswith("--- "):
                path = line[4:].strip()
        elif not line.startswith("+++ "):
            body.append(line)


def find(haystack, needle):
    size = len(needle)
    return [at for at in range(len(haystack) - size + 1) if haystack[at : at + size] == needle]


def apply(lines, hunk):
    """The lines of a file after one hunk."""
    before = [line[1:] for line in hunk if not line.startswith("+")]
    after = [line[1:] for line in hunk if not line.startswith("-")]
    places = find(lines, before)
    if len(places) != 1:
        raise misfit("is nowhere" if not places else f"is in {len(places)} places")
    return lines[: places[0]] + after + lines[places[0] + len(before) :]


def changed_files(guide, group, tree):
    """Path to new text, for each file that the group changes."""
    files = {}
    for block in blocks(guide.read_text()):
        if block.language != "diff" or block.words != [group]:
            continue
        for path, offset, hunk in hunks(block.lines):
            lines = files.get(path) or (tree / path).read_text().splitlines()
            try:
                files[path] = apply(lines, hunk)
            except misfit as reason:
                where = f"{guide.name}:{block.line + offset}"
                raise misfit(f"{where}: what this hunk expects of {path} {reason}") from None
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def main():
    guide, tree, output = (Path(sys.argv[at]) for at in (1, 3, 4))
    group = sys.argv[2]
    try:
        files = changed_files(guide, group, tree)
    except misfit as reason:
        sys.exit(str(reason))
    if not files:
        sys.exit(f"{guide.name} has no diff called {group}")
    for path, text in files.items():
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


if __name__ == "__main__":
    main()
