#!/usr/bin/env python3
"""Finds coroutine code that g++ 12 miscompiles.

    check_coroutines.py FILE_OR_FOLDER...

In a full expression that contains co_await, g++ 12 destroys these temporaries twice, without a
warning: lambdas with captures, std::function made of a lambda, aggregates (`g(Agg{a})`), and both
sides of `c ? co_await x : y`. And a coroutine that begins with `if (!co_await f(x))` may write the
condition over its own frame. The cure is to name the thing first, then to await. Types are not
known here, so every `Name{...}` is suspected but those of namespaces whose types have constructors;
`Name(...)` is never suspected.
"""

import re
import sys
from pathlib import Path

TOKEN = re.compile(
    r"""
      (?P<skip>\s+|//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n\\]|\\.)*)
    | (?P<text>(?:u8|[uUL])?R"(?P<delimiter>[^()\s\\]*)\(.*?\)(?P=delimiter)"
        |(?:u8|[uUL])?"(?:[^"\\\n]|\\.)*"|(?:u8|[uUL])?'(?:[^'\\\n]|\\.)*')
    | (?P<word>[A-Za-z_]\w*|\d(?:'?[\w.])*)
    | (?P<mark>::|->|&&|\|\||<<|[<>=!]=|.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

CLOSING = {"(": ")", "[": "]", "{": "}"}
DECLARES = {"class", "struct", "union", "enum", "namespace", "extern"}
BEFORE_BLOCK = {"else", "do", "try", "const", "mutable", "noexcept", "override", "final", "requires"}
CONDITIONS = {"if", "while", "for", "switch"}
# Namespaces whose types have constructors.
CONSTRUCTED = {"std", "chrono"}
AGGREGATES = {"array"}
OPERATORS = {"co_await", "<<", "+", "?", ":", ","}


class token:
    def __init__(self, text, line):
        self.text, self.line = text, line


class group:
    """A bracket with its contents. For a brace, `block` says whether it contains statements."""

    def __init__(self, opening, line):
        self.text, self.line, self.items, self.block = opening, line, [], False


def tokens(source):
    line = 1
    for found in TOKEN.finditer(source):
        if not found["skip"]:
            yield token('""' if found["text"] else found[0], line)
        line += found[0].count("\n")


def tree(source):
    top = group("{", 1)
    top.block = True
    open_groups = [top]
    for item in tokens(source):
        if item.text in CLOSING:
            inner = group(item.text, item.line)
            if item.text == "{":
                inner.block = opens_block(open_groups[-1])
            open_groups[-1].items.append(inner)
            open_groups.append(inner)
        elif item.text in CLOSING.values():
            if len(open_groups) > 1:
                open_groups.pop()
        else:
            open_groups[-1].items.append(item)
    return top


def is_lambda(items, position):
    """Whether the bracket at `position` opens a lambda, not a subscript or an attribute."""
    item = items[position]
    if not isinstance(item, group) or item.text != "[":
        return False
    if any(isinstance(inner, group) and inner.text == "[" for inner in item.items[:1]):
        return False
    if position == 0:
        return True
    before = items[position - 1]
    if isinstance(before, group):
        return before.text == "{" and before.block
    return before.text in {"return", "co_return", "co_yield", "co_await"} or not re.match(
        r"\w|\"|>", before.text
    )


def since_statement(items):
    """The preceding items of the same statement, nearest last."""
    begin = len(items)
    while begin and not (
        (isinstance(items[begin - 1], token) and items[begin - 1].text == ";")
        or (isinstance(items[begin - 1], group) and items[begin - 1].block)
    ):
        begin -= 1
    return items[begin:]


def opens_block(parent):
    before = since_statement(parent.items)
    if not before:
        return parent.block
    last = before[-1]
    if isinstance(last, group):
        # The body of a function, a loop, a lambda without parameters.
        return last.text == "(" or is_lambda(before, len(before) - 1)
    if last.text in BEFORE_BLOCK or (last.text == ":" and parent.block):
        return True
    if parent.block and any(isinstance(item, token) and item.text in DECLARES for item in before):
        return not any(isinstance(item, token) and item.text == "=" for item in before)
    return returns_type(before)


def returns_type(before):
    """Whether the text before a brace is the `-> type` of a function or lambda."""
    for position in range(len(before) - 1, 0, -1):
        item = before[position]
        if isinstance(item, token) and item.text == "->":
            left = before[position - 1]
            after_parameters = isinstance(left, group) and left.text == "("
            return after_parameters or getattr(left, "text", "") in {"mutable", "noexcept"}
        if isinstance(item, token) and not re.match(r"\w|::|[<>,&*]|&&", item.text):
            return False
        if isinstance(item, group):
            return False
    return False


def full_expressions(block):
    """Lists of items, one per full expression. Does not descend into blocks."""
    current = []
    for item in block.items:
        if isinstance(item, token) and item.text == ";":
            yield current
            current = []
            continue
        condition = (
            isinstance(item, group)
            and item.text == "("
            and current
            and current[-1].text in CONDITIONS | {"constexpr"}
        )
        if condition:
            yield from full_expressions(item)
            current = []
            continue
        current.append(item)
        if isinstance(item, group) and item.block and not continues(current):
            yield current
            current = []
    yield current


def continues(items):
    """Whether the final block belongs to a lambda, whose expression continues after it."""
    return any(is_lambda(items, position) for position in range(len(items)))


def flat(items, depth=0):
    """Yields (siblings, position, depth of brackets) for each item outside blocks."""
    for position, item in enumerate(items):
        yield items, position, depth
        if isinstance(item, group) and not item.block:
            yield from flat(item.items, depth + 1)


def blocks(items):
    for item in items:
        if isinstance(item, group):
            if item.block:
                yield item
            yield from blocks(item.items)


def owns(capture):
    """Whether a lambda's captures may have destructors: all except references and this."""
    texts = [item.text for item in capture.items]
    parts = " ".join(texts).split(",")
    return any(part.strip() and not re.match(r"\s*(&|this\b)", part) for part in parts)


def type_before(items, position):
    """The words of the name before a brace (["std", "chrono", "seconds"]) and its position."""
    words = []
    depth = 0
    begin = position
    for begin in range(position - 1, -1, -1):
        item = items[begin]
        if isinstance(item, group):
            if depth == 0:
                break
        elif item.text == ">":
            depth += 1
        elif item.text == "<" and depth:
            depth -= 1
        elif depth == 0 and re.match(r"[A-Za-z_]", item.text):
            if words and words[-1] != "::":
                break
            words.append(item.text)
        elif depth == 0 and item.text == "::":
            words.append("::")
        elif depth == 0:
            break
    else:
        begin = -1
    return [word for word in reversed(words) if word != "::"], begin + 1


def is_aggregate(items, position, depth):
    """Whether the brace at `position` may make an aggregate temporary."""
    words, begin = type_before(items, position)
    if not items[position].items:
        # Tags, initiations, empty views: they contain nothing that could be destroyed twice.
        return False
    if depth == 0:
        # Outside parentheses, a brace usually initialises a variable: `type name{...}`.
        before = items[begin - 1] if begin else None
        if not (isinstance(before, token) and before.text in OPERATORS):
            return False
    if not words:
        return True
    return words[-1] in AGGREGATES or not CONSTRUCTED & set(words[:-1])


def traps(expression):
    """Yields (line, what) for one full expression."""
    items = list(flat(expression))
    if not any(isinstance(s[p], token) and s[p].text == "co_await" for s, p, _ in items):
        return
    for siblings, position, depth in items:
        item = siblings[position]
        if is_lambda(siblings, position) and owns(item):
            yield item.line, "a lambda with captures"
        elif isinstance(item, group) and item.text == "{" and not item.block:
            if is_aggregate(siblings, position, depth):
                yield item.line, "an aggregate temporary or a braced list"
        elif isinstance(item, token) and item.text == "function":
            if siblings[position + 1 : position + 2] and siblings[position + 1].text == "<":
                if any(isinstance(s, group) for s in siblings[position + 1 :]):
                    yield item.line, "a std::function temporary"
        elif isinstance(item, token) and item.text == "?":
            rest = list(flat(siblings[position + 1 :]))
            if any(isinstance(s[p], token) and s[p].text == "co_await" for s, p, _ in rest):
                yield item.line, "a conditional with co_await in a branch"


def bodies(items):
    """The blocks of functions and lambdas."""
    for position, item in enumerate(items):
        if not isinstance(item, group):
            continue
        if item.block:
            before = {each.text for each in since_statement(items[:position])}
            if before and not before & (CONDITIONS | DECLARES | {"else", "do", "try", "catch"}):
                yield item
        yield from bodies(item.items)


def first_condition(body):
    """The line of an awaiting condition, if a body begins with it and does not name its result."""
    if len(body.items) < 2 or body.items[0].text != "if" or body.items[1].text != "(":
        return None
    condition = [item.text for item in body.items[1].items]
    return body.items[1].line if "co_await" in condition and "=" not in condition else None


def check(source):
    """Sorted (line, what) of all traps in a source text."""
    top = tree(source)
    found = set()
    for block in [top, *blocks(top.items)]:
        for expression in full_expressions(block):
            found |= set(traps(expression))
    for body in bodies(top.items):
        if line := first_condition(body):
            found.add((line, "a condition that awaits, ahead of everything else"))
    return sorted(found)


def main():
    # The fixture of this check's own test is full of traps.
    files = []
    for argument in map(Path, sys.argv[1:]):
        files += [argument] if argument.is_file() else sorted(argument.rglob("*.[chi]pp"))
    failed = False
    for file in files:
        if file.name == "coroutine_traps.cpp" and file.parent.name == "architecture":
            continue
        for line, what in check(file.read_text()):
            failed = True
            print(f"{file}:{line}: {what} in an expression with co_await: name it first")
    if not failed:
        print(f"{len(files)} files without a coroutine trap")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
