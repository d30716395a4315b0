#!/usr/bin/env python3
"""Watchers of a registry that is killed: watch_program_test.py GANTRY

No push that was answered may be missing in what they have seen before and after, and none comes twice.
"""

import http.client
import json
import socket
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import running_program

PROGRAM = sys.argv[1]
del sys.argv[1:]

INDEX = "application/vnd.oci.image.index.v1+json"
PUSHERS = 4
ROUNDS = 3


def push(port, tag):
    """Returns whether it was answered."""
    body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [], "annotations": {"tag": tag}})
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("PUT", f"/v2/watched/manifests/{tag}", body, {"Content-Type": INDEX})
        answer = connection.getresponse()
        answer.read()
        connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return answer.status == 201


class watcher(threading.Thread):
    """Reads until the connection ends; continues after `last`."""

    def __init__(self, port, last):
        super().__init__()
        self.last, self.tags, self.resets = last, [], 0
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        field = f"Last-Event-ID: {last}\r\n" if last else ""
        self.socket.sendall(f"GET /__gantry/v1/watch HTTP/1.1\r\nHost: a\r\n{field}\r\n".encode())
        self.stream = self.socket.makefile(encoding="utf-8", newline="\n")
        status = self.stream.readline()
        assert " 200 " in status, status
        while self.stream.readline().strip():
            pass
        self.block()
        self.start()

    def block(self):
        """Takes an event or a comment in as a whole; a killed server may have sent a part of one."""
        fields = {}
        while line := self.stream.readline():
            if line == "\n":
                self.last = fields.get("id", self.last)
                if fields.get("event") == "reset":
                    self.resets += 1
                elif "data" in fields:
                    self.tags.append(json.loads(fields["data"])["tag"])
                return True
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value
        return False

    def run(self):
        try:
            while self.block():
                pass
        except OSError:
            pass
        self.stream.close()
        self.socket.close()


class watched_registry(unittest.TestCase):
    def test_a_kill_loses_no_event_that_was_answered(self):
        answered, seen = [], []
        last = None
        with tempfile.TemporaryDirectory() as folder:
            for turn in range(ROUNDS):
                with running_program.running(PROGRAM, "--addr", "127.0.0.1:0", "--data", Path(folder) / "data") as server:
                    port = server.port()
                    watching = watcher(port, last)

                    def work(number):
                        count = 0
                        while push(port, tag := f"{turn}-{number}-{count}"):
                            answered.append(tag)
                            count += 1
                            if len(answered) >= 100 * (turn + 1):
                                server.process.kill()

                    pushers = [threading.Thread(target=work, args=(i,)) for i in range(PUSHERS)]
                    for each in pushers:
                        each.start()
                    for each in pushers:
                        each.join()
                    watching.join()
                    self.assertEqual(watching.resets, 0)
                    seen += watching.tags
                    last = watching.last
            with running_program.running(PROGRAM, "--addr", "127.0.0.1:0", "--data", Path(folder) / "data") as server:
                port = server.port()
                watching = watcher(port, last)
                self.assertTrue(push(port, "end"))
                while "end" not in watching.tags:
                    watching.join(0.01)
                    self.assertTrue(watching.is_alive() or "end" in watching.tags)
            watching.join()
            seen += watching.tags
        self.assertEqual(len(seen), len(set(seen)), "an event came twice")
        self.assertEqual(set(answered) - set(seen), set())


if __name__ == "__main__":
    unittest.main()
