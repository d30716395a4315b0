#!/usr/bin/env python3
"""Looks for what the Markdown files of a source tree point to and is not there.

    check_links.py SOURCE_TREE

Looked at are relative links with their anchors, and paths in code spans. A span is a path if it
ends like the name of a source file or begins with a folder of the source tree; one with braces, a
star or angle brackets is a pattern and passed over. Paths may start at the root, at the file's own
folder, at `src` or at `tests`; a name without a folder may lie anywhere.
"""

import os
import re
import sys
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"^[\w.-]+(/[\w.-]+)*/?$")
SUFFIXES = (".hpp", ".cpp", ".md", ".py", ".sh", ".cmake", ".txt")
FOLDERS = ("src/", "tests/", "docs/", "scripts/", "cmake/", ".ci/")


def prose(text):
    """The lines with those of fenced blocks emptied."""
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            inside = not inside
            yield ""
        else:
            yield "" if inside else line


def anchors(text):
    """What the headings are called in links."""
    for line in prose(text):
        if line.startswith("#"):
            title = line.lstrip("#").strip().lower()
            yield re.sub(r"[^\w\- ]", "", title).replace(" ", "-")


def files_of(tree):
    """Paths of all files, but for hidden folders and what was built."""
    for folder, names, files in os.walk(tree):
        names[:] = [n for n in names if n == ".ci" or not (n.startswith(".") or n == "build")]
        yield from (Path(folder, name).relative_to(tree) for name in files)


def looks_like_path(span):
    return bool(PATH.match(span)) and (span.endswith(SUFFIXES) or span.startswith(FOLDERS))


def missing_link(tree, file, target):
    if re.match(r"[a-z]+:", target):
        return None
    path, _, anchor = target.partition("#")
    found = (tree / file.parent / path) if path else tree / file
    if not found.exists():
        return f"there is no {path}"
    if anchor and anchor not in anchors(found.read_text()):
        return f"{found.name} has no heading #{anchor}"
    return None


def missing_path(tree, file, span, names):
    if not looks_like_path(span):
        return None
    starts = (tree, tree / file.parent, tree / "src", tree / "tests")
    if any((start / span).exists() for start in starts) or ("/" not in span and span in names):
        return None
    return f"there is no {span}"


def complaints(tree):
    everything = list(files_of(tree))
    names = {path.name for path in everything}
    for file in sorted(path for path in everything if path.suffix == ".md"):
        for number, line in enumerate(prose((tree / file).read_text()), 1):
            found = [missing_link(tree, file, target) for target in LINK.findall(line)]
            found += [missing_path(tree, file, span, names) for span in SPAN.findall(line)]
            for what in dict.fromkeys(filter(None, found)):
                yield f"{file}:{number}: {what}"


def main():
    found = list(complaints(Path(sys.argv[1])))
    print("\n".join(found) or "everything named is there")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
