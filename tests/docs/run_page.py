#!/usr/bin/env python3
"""Does what a page says, against a server of its own on a free port.

    run_page.py GANTRY PAGE [BUILD_FOLDER]

Blocks marked `sh` are run in their order by one bash, in an empty folder; the first command that
fails ends it. A block marked `text` right behind one holds what it prints; `…` stands for anything.
The default address is replaced by that of the server, and `gantry` is the program. A block marked
`yaml NAME` is written to a file of that name first. Blocks marked `console` are for reading: they
need what a test cannot have, such as a docker daemon; tests/clients does the same with the real
programs.

With a build folder each block must be run: blocks of other kinds name the test that does what they
show (`console packaging.image`). Snippets of C++ and CMake are left to check_snippets.py.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown import blocks

DEFAULT_ADDRESS = "127.0.0.1:4775"
MARK = "--- end of the block at line"


def steps(text, address):
    """[first line, commands, what they print or None] for each block that is run."""
    found = []
    for block in blocks(text.replace(DEFAULT_ADDRESS, address)):
        if block.language == "sh":
            found.append([block.line, block.text, None])
        elif block.language == "text" and block.follows and found:
            found[-1][2] = block.text
    return found


def files(text):
    """Name and text of each file that the page shows."""
    for block in blocks(text):
        if block.language == "yaml" and block.words:
            yield block.words[0], block.text


def strangers(page, text, tests):
    """Blocks that nothing runs."""
    for block in blocks(text):
        if block.language in {"sh", "text", "cpp", "cmake"} or block.language == "yaml" and block.words:
            continue
        if not block.words or block.words[0] not in tests:
            yield f"{page}:{block.line}: a block that no test runs: {block.language} {' '.join(block.words)}"


def tests_of(build):
    listed = subprocess.run(["ctest", "--test-dir", build, "-N"], capture_output=True, text=True, check=True)
    return set(re.findall(r"Test +#\d+: (\S+)", listed.stdout))


def run(commands, folder, program="gantry"):
    """Exit status and output of each step that ended well, and what went to stderr."""
    script = "set -euo pipefail\n"
    for line, text, _ in commands:
        script += f"{text}\nprintf '\\n{MARK} %s\\n' {line}\n"
    # A function would be a shell of its own in the background, and take the signals for the program.
    with tempfile.TemporaryDirectory() as programs:
        (Path(programs) / "gantry").symlink_to(Path(program).absolute())
        variables = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}")
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=variables, capture_output=True, text=True, timeout=100
        )
    outputs = re.split(rf"\n{MARK} \d+\n", done.stdout)
    return done.returncode, outputs, done.stderr


def is_like(printed, expected):
    pattern = ".*?".join(re.escape(part) for part in expected.rstrip("\n").split("…"))
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None


def complaints(page, commands, status, outputs):
    for (line, _, expected), printed in zip(commands, outputs[:-1]):
        if expected is not None and not is_like(printed, expected):
            yield f"{page}:{line}: prints\n{printed}\nand not\n{expected}"
    if status:
        where = commands[min(len(outputs), len(commands)) - 1][0]
        yield f"{page}:{where}: a command of this block failed ({status})"


class server:
    """A registry for as long as the block of a `with` statement runs."""

    def __init__(self, program):
        self.command = [program, "serve", "--addr", "127.0.0.1:0", "--access-log", "off"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        first = self.process.stderr.readline()
        found = re.fullmatch(r"listening on (\S+)\n", first)
        if not found:
            self.process.kill()
            sys.exit(f"the server does not say where it listens: {first}")
        return found[1]

    def __exit__(self, *_):
        self.process.terminate()
        if self.process.wait(timeout=20) != 0:
            sys.exit(f"the server ended with {self.process.returncode}")


def main():
    program, page = sys.argv[1], Path(sys.argv[2])
    with server(program) as address, tempfile.TemporaryDirectory() as folder:
        text = page.read_text()
        commands = steps(text, address)
        for name, content in files(text):
            (Path(folder) / name).write_text(content)
        if not commands:
            sys.exit(f"{page.name} has no block to run")
        status, outputs, errors = run(commands, folder, program)
    found = list(complaints(page.name, commands, status, outputs))
    if len(sys.argv) > 3:
        found += strangers(page.name, text, tests_of(sys.argv[3]))
    if found:
        sys.exit("\n".join([*found, errors]))
    print(f"{len(commands)} blocks do what {page.name} says")


if __name__ == "__main__":
    main()
