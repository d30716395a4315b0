"""The built program, as an administrator starts it."""

import http.client
import os
import re
import subprocess

# How long the program may take to end, in seconds.
PATIENCE = 60


class running:
    """`gantry serve` with these arguments, for as long as the block of a `with` statement runs.

    `log` is the format of the access log, None for that of the configuration; `output` takes it.
    """

    def __init__(self, program, *arguments, variables=None, log="off", output=subprocess.DEVNULL):
        self.command = [program, "serve", *map(str, arguments), *(["--access-log", log] if log else [])]
        self.environment = dict(os.environ, **(variables or {}))
        self.output = output
        # All of stderr that was read; everything once the block has ended.
        self.said = ""

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, env=self.environment, stderr=subprocess.PIPE, stdout=self.output, text=True
        )
        return self

    def __exit__(self, *_):
        self.process.terminate()
        # Not by communicate(), which loses what line() has buffered.
        with self.process.stderr as rest:
            self.said += rest.read()
        self.process.wait(timeout=PATIENCE)

    def line(self, pattern):
        """The next line on stderr that has the pattern; each line is read once."""
        for text in self.process.stderr:
            self.said += text
            if found := re.search(pattern, text):
                return found
        raise AssertionError(f"it ended without a line that has {pattern}")

    def port(self):
        return int(self.line(r"listening on .*:(\d+)$")[1])


def ask(port, path="/v2/", method="GET", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer
