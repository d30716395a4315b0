#!/usr/bin/env python3
"""Clients that send one byte per second are dropped, and others are served meanwhile."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TIMEOUT = 1
# The extra time that a loaded machine may need.
SLACK = 10


class server:
    def __init__(self, log):
        self.log = log
        self.process = subprocess.Popen(
            [os.environ["GANTRY_BINARY"], "serve", "--addr", "127.0.0.1:0"]
            + ["--head-timeout", str(TIMEOUT), "--stall-timeout", str(TIMEOUT)],
            stderr=log,
            stdout=subprocess.DEVNULL,
        )
        self.port = self.wait_for_port()

    def wait_for_port(self):
        end = time.monotonic() + 30
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(rb"^listening on 127\.0\.0\.1:(\d+)$", self.read_log(), re.MULTILINE)
            if found:
                return int(found[1])
            time.sleep(0.02)
        raise AssertionError("the server did not say where it listens")

    def read_log(self):
        with open(self.log.name, "rb") as file:
            return file.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        assert status == 0, f"the server ended with {status}"


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.status, answer.read()


def start_upload(port):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v2/slow/blob/blobs/uploads/", method="POST", data=b""
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.headers["Location"]


def send_slowly(port, at_once, slowly):
    """Sends the first part at once and the rest byte by byte; serves another client after each byte.
    Returns the seconds until the server closed, and its answer before that."""
    begin = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(at_once)
        answer = b""
        for byte in slowly:
            if time.monotonic() - begin > TIMEOUT * 3 + SLACK:
                break
            status, _ = get(port, "/v2/")
            assert status == 200, f"another client got {status}"
            try:
                connection.sendall(bytes([byte]))
                received = connection.recv(4096)
            except socket.timeout:
                continue
            except ConnectionError:
                return time.monotonic() - begin, answer
            if not received:
                return time.monotonic() - begin, answer
            answer += received
    raise AssertionError(f"still connected after {time.monotonic() - begin:.1f} s: {answer!r}")


def check(port):
    head = b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    seconds, answer = send_slowly(port, head, b"x" * 60)
    assert seconds >= TIMEOUT * 0.9, f"the head was cut off after {seconds:.1f} s"
    assert not answer or b" 408 " in answer.split(b"\r\n")[0], answer
    print(f"a slow head was cut off after {seconds:.1f} s")

    location = start_upload(port)
    location = location[location.index("/v2/") :]
    head = f"PATCH {location} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
    seconds, answer = send_slowly(port, head.encode(), b"x" * 60)
    assert seconds >= TIMEOUT * 0.9, f"the body was cut off after {seconds:.1f} s"
    assert not answer or b" 408 " in answer.split(b"\r\n")[0], answer
    print(f"a slow body was cut off after {seconds:.1f} s")


def main():
    with tempfile.NamedTemporaryFile() as log:
        tested = server(log)
        try:
            check(tested.port)
            tested.stop()
        except BaseException:
            tested.process.kill()
            tested.process.wait()
            sys.stderr.buffer.write(tested.read_log())
            raise


if __name__ == "__main__":
    main()
