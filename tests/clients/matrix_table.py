#!/usr/bin/env python3
"""Compares columns of the table in docs/faults.md with what clients did, or writes them there.

    matrix_table.py DOCUMENT TABLE [--write]

TABLE has the faults, and the columns of the clients that ran; those of others stay.
"""

import sys
from pathlib import Path

BEGIN, END = "<!-- matrix -->", "<!-- /matrix -->"


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read(lines):
    """Columns by client; each has a text for each fault."""
    head, _, *rows = [cells(line) for line in lines if line.strip()]
    return {client: {row[0]: row[at] for row in rows} for at, client in enumerate(head) if at}


def render(columns):
    faults = list(next(iter(columns.values())))
    lines = ["| fault | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines += ["| " + " | ".join([fault, *(column.get(fault, "not run") for column in columns.values())]) + " |"
              for fault in faults]
    return "\n".join(lines)


def main():
    document, table = Path(sys.argv[1]), Path(sys.argv[2])
    before, rest = document.read_text().split(BEGIN + "\n")
    shown, after = rest.split(END)
    known, ran = read(shown.splitlines()), read(table.read_text().splitlines())
    if "--write" in sys.argv:
        document.write_text(f"{before}{BEGIN}\n{render(known | ran)}\n{END}{after}")
        return
    wrong = [f"{client}, {fault}: {did!r} instead of {known.get(client, {}).get(fault)!r}"
             for client, column in ran.items() for fault, did in column.items()
             if known.get(client, {}).get(fault) != did]
    sys.exit("\n".join(wrong) or 0)


if __name__ == "__main__":
    main()
