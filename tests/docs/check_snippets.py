#!/usr/bin/env python3
"""Compares the code that a guide shows with the code that is compiled.

    check_snippets.py GUIDE FOLDER_OR_FILE...

A block ```cpp NAME must equal the region of a file between the lines `// [snippet NAME]` and
`// [/snippet]`, and each region must be shown. The same holds for CMake, whose comments
begin with `#`. With GANTRY_UPDATE_GOLDEN=1 in the environment
the guide takes over what the regions hold.
"""

import os
import re
import sys
import textwrap
from pathlib import Path

from markdown import blocks

START = re.compile(r"^\s*(?://|#) \[snippet ([\w-]+)\]\s*$")
END = re.compile(r"^\s*(?://|#) \[/snippet\]\s*$")
LANGUAGES = {"cmake", "cpp"}
SUFFIXES = {".cpp", ".hpp", ".txt"}


def regions(text, name_of_file):
    """Name to lines, without the indentation that all of them share."""
    found, name, lines = {}, None, []
    for number, line in enumerate(text.splitlines(), 1):
        start = START.match(line)
        if start:
            if name is not None or start[1] in found:
                raise ValueError(f"{name_of_file}:{number}: snippet {start[1]} begins twice")
            name, lines = start[1], []
        elif END.match(line):
            if name is None:
                raise ValueError(f"{name_of_file}:{number}: a snippet ends that never began")
            found[name] = textwrap.dedent("\n".join(lines)).split("\n")
            name = None
        elif name is not None:
            lines.append(line)
    if name is not None:
        raise ValueError(f"{name_of_file}: snippet {name} has no end")
    return found


def all_regions(*places):
    found = {}
    for path in sorted(file for place in places for file in (place.rglob("*") if place.is_dir() else [place])):
        if path.suffix in SUFFIXES:
            for name, lines in regions(path.read_text(), path.name).items():
                if name in found:
                    raise ValueError(f"{path.name}: snippet {name} is in another file too")
                found[name] = lines
    return found


def complaints(guide, text, known):
    shown = set()
    for block in blocks(text):
        if block.language not in LANGUAGES:
            continue
        if len(block.words) != 1:
            yield f"{guide}:{block.line}: code without the name of a snippet"
            continue
        name = block.words[0]
        shown.add(name)
        if name not in known:
            yield f"{guide}:{block.line}: there is no snippet {name}"
        elif known[name] != block.lines:
            yield f"{guide}:{block.line}: differs from the snippet {name}"
    for name in sorted(set(known) - shown):
        yield f"{guide}: the snippet {name} is not shown"


def updated(text, known):
    lines = text.splitlines()
    for block in reversed(blocks(text)):
        if block.language in LANGUAGES and block.words and block.words[0] in known:
            first = block.line - 1
            lines[first : first + len(block.lines)] = known[block.words[0]]
    return "\n".join(lines) + "\n"


def main():
    guide, known = Path(sys.argv[1]), all_regions(*map(Path, sys.argv[2:]))
    if os.environ.get("GANTRY_UPDATE_GOLDEN") == "1":
        guide.write_text(updated(guide.read_text(), known))
    found = list(complaints(guide.name, guide.read_text(), known))
    print("\n".join(found) or f"{len(known)} snippets are as they are compiled")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
