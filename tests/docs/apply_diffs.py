#!/usr/bin/env python3
"""Applies the diffs of a guide to copies of the files that they change.

    apply_diffs.py GUIDE GROUP[,GROUP]... SOURCE_TREE OUTPUT
    apply_diffs.py GUIDE GROUP[,GROUP]...

A block ```diff GROUP holds, for each file, a line `--- PATH` and hunks, each behind a line `@@`. A
hunk has no line numbers: what it expects must stand in the file exactly once. Each group must fit the
files as they are, and what the groups before it left of them. Without a tree the paths of the files
are printed.
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


def hunks_of(guide, group):
    """Yields (path, line in the guide, lines) of a group."""
    for block in blocks(guide.read_text()):
        if block.language == "diff" and block.words == [group]:
            for path, offset, hunk in hunks(block.lines):
                yield path, block.line + offset, hunk


def changed_files(guide, group, tree, before=None):
    """Path to new text, for each file that the group changes; `before` has what others made of them."""
    files = {path: text.splitlines() for path, text in (before or {}).items()}
    for path, line, hunk in hunks_of(guide, group):
        lines = files.get(path) or (tree / path).read_text().splitlines()
        try:
            files[path] = apply(lines, hunk)
        except misfit as reason:
            where = f"{guide.name}:{line}"
            raise misfit(f"{where}: what this hunk expects of {path} {reason}") from None
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}


def changed_by_all(guide, groups, tree):
    files = {}
    for group in groups:
        changed_files(guide, group, tree)
        files = changed_files(guide, group, tree, files)
    return files


def write_if_other(target, text):
    """What is as it was need not be compiled again."""
    if target.exists() and target.read_text() == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def main():
    guide, groups = Path(sys.argv[1]), sys.argv[2].split(",")
    named = [{path for path, *_ in hunks_of(guide, group)} for group in groups]
    for group, paths in zip(groups, named):
        if not paths:
            sys.exit(f"{guide.name} has no diff called {group}")
    if len(sys.argv) == 3:
        print(";".join(sorted(set().union(*named))))
        return
    tree, output = Path(sys.argv[3]), Path(sys.argv[4])
    try:
        files = changed_by_all(guide, groups, tree)
    except misfit as reason:
        sys.exit(str(reason))
    for path, text in files.items():
        write_if_other(output / path, text)


if __name__ == "__main__":
    main()
