#!/usr/bin/env python3
"""Compares tables of the documentation with what they are about.

    check_tables.py SOURCE_TREE

The layers of docs/architecture.md are those of tests/architecture/check_layers.py, its actors those of
src/actors/interfaces.hpp, and the decisions of docs/adr/README.md are the files beside it: a decision that
another one changed says so, and the other one, and the table.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "architecture"))

import check_layers  # noqa: E402

ROW = re.compile(r"^\|(.+)\|\s*$")
# What a decision may say of another one, and what the other one says of it.
RELATIONS = {"Supersedes": "Superseded by", "Amends": "Amended by"}
RELATION = re.compile(r"^(Supersedes|Superseded by|Amends|Amended by) \[(\d{4})\]\((\S+)\)", re.M)


def table(text, heading):
    """Cells of the rows of the first table below a heading, without its head."""
    below = text[text.index(f"\n{heading}\n"):]
    rows = []
    for line in below.splitlines():
        found = ROW.match(line)
        if found:
            rows.append([cell.strip() for cell in found[1].split("|")])
        elif rows:
            break
    return rows[2:]


def layer_complaints(text, may_include):
    shown = {}
    for folder, _, includes in table(text, "## Layers"):
        names = set(re.findall(r"[a-z_]+", includes)) & set(may_include)
        shown[folder.strip("`").removeprefix("src/")] = names
    for layer, allowed in may_include.items():
        if layer == "actor_api":
            continue
        # `actors` has the row of both its targets; `app` may include all.
        wanted = allowed - {"actor_api"} if layer == "actors" else allowed
        if layer not in shown:
            yield f"architecture.md: the layer {layer} is not in the table"
        elif layer != "app" and shown[layer] != wanted:
            yield f"architecture.md: {layer} may include {', '.join(sorted(wanted))}"
    for source, target in re.findall(r"^  (\w+) (?:-->|-\.->) (\w+)$", text, re.M):
        if source in may_include and target in may_include and target not in may_include[source]:
            yield f"architecture.md: the diagram lets {source} include {target}"


def actor_complaints(text, interfaces):
    shown = {row[0].strip("`") for row in table(text, "## Actors")}
    real = set(re.findall(r"^using (\w+)_actor =", interfaces, re.M))
    for name in sorted(shown ^ real):
        yield f"architecture.md: the actor {name} is only in " + (
            "the table" if name in shown else "interfaces.hpp"
        )


def states(index):
    """Number to (file, title, state) of the rows of the index; no state means in force."""
    found = {}
    for row in table(index, "# Decisions"):
        number, file = re.match(r"\[(\d{4})\]\((\S+)\)", row[0]).groups()
        found[number] = (file, row[1], row[2] if len(row) > 2 else "")
    return found


def decision_complaints(folder):
    index = states("\n" + (folder / "README.md").read_text())
    texts = {file.name[:4]: file.read_text() for file in sorted(folder.glob("[0-9]*.md"))}
    files = {file.name[:4]: file.name for file in folder.glob("[0-9]*.md")}
    said = {number: RELATION.findall(text) for number, text in texts.items()}
    for number, text in texts.items():
        if number not in index:
            yield f"adr/README.md: {number} is not in the table"
            continue
        file, title, state = index[number]
        if file != files[number] or f"# {number}: {title}\n" not in text:
            yield f"adr/README.md: {number} has another file or title"
        passive = [(verb, other) for verb, other, _ in said[number] if verb.endswith(" by")]
        wanted = [f"{verb.lower()} [{other}]({files.get(other)})" for verb, other in passive]
        if state not in ("", "in force") and not wanted or any(each not in state for each in wanted):
            yield f"adr/README.md: the state of {number} is '{', '.join(wanted) or 'in force'}'"
        for verb, other, link in said[number]:
            back = RELATIONS.get(verb) or next(a for a, p in RELATIONS.items() if p == verb)
            if link != files.get(other):
                yield f"adr/{files[number]}: {other} is not {link}"
            elif (back, number) not in [(v, o) for v, o, _ in said[other]]:
                yield f"adr/{files[other]}: does not say '{back} [{number}]({files[number]})'"
    for number in sorted(set(index) - set(texts)):
        yield f"adr/README.md: there is no decision {number}"


def complaints(tree):
    architecture = (tree / "docs/architecture.md").read_text()
    layers = {path.name for path in (tree / "src").iterdir() if path.is_dir()} | {"actor_api"}
    known = {
        layer: allowed & layers for layer, allowed in check_layers.MAY_INCLUDE.items() if layer in layers
    }
    yield from layer_complaints(architecture, known)
    yield from actor_complaints(architecture, (tree / "src/actors/interfaces.hpp").read_text())
    yield from decision_complaints(tree / "docs/adr")


def main():
    found = list(complaints(Path(sys.argv[1])))
    print("\n".join(found) or "the tables are right")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
