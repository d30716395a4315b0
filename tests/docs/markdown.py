"""Fenced blocks of a Markdown file."""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^(`{3,})\s*(.*?)\s*$")


@dataclass
class block:
    # The first word behind the fence, and those that follow it.
    language: str
    words: list
    # Of the first line inside, counted from 1.
    line: int
    lines: list = field(default_factory=list)
    # Whether nothing but empty lines lies between the block before and this one.
    follows: bool = False

    @property
    def text(self):
        return "".join(line + "\n" for line in self.lines)


def blocks(text):
    found, current, closing, empty = [], None, "", False
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if current is None and fence:
            words = fence[2].split()
            current = block(words[0] if words else "", words[1:], number + 1, follows=empty)
            closing = fence[1]
        elif current is None:
            empty = empty and not line.strip()
        elif line.rstrip() == closing:
            found.append(current)
            current, empty = None, True
        else:
            current.lines.append(line)
    if current is not None:
        raise ValueError(f"the block that starts at line {current.line} has no end")
    return found
