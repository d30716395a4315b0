#!/usr/bin/env python3
"""The program as a service of systemd: service_program_test.py GANTRY [UNIT_FOLDER]

systemd is not running where tests do, so the test opens the sockets that it would have opened.
"""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, UNITS = sys.argv[1], Path(sys.argv[2])
del sys.argv[1:]


def listen():
    made = socket.create_server(("127.0.0.1", 0))
    return made, made.getsockname()[1]


def start(arguments, variables, descriptors=()):
    """With these descriptors as numbers 3, 4 and so on, as sd_listen_fds(3) has them."""
    moves = "".join(f"exec {3 + i}<&{each}; " for i, each in enumerate(descriptors))
    script = f'{moves}export LISTEN_PID=$$ LISTEN_FDS={len(descriptors)}; exec "$@"'
    return subprocess.Popen(
        ["sh", "-c", script, "sh", PROGRAM, "serve", "--access-log", "off", *arguments],
        env=dict(os.environ, **variables), pass_fds=descriptors, stderr=subprocess.PIPE, text=True,
    )


def status(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/v2/")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


class service(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def check_notices(self, address, name):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(address)
        manager.settimeout(20)
        running = start(["--addr", "127.0.0.1:0"], {"NOTIFY_SOCKET": name})
        self.assertEqual(manager.recv(100), b"READY=1")
        port = int(re.search(r":(\d+)$", running.stderr.readline().strip())[1])
        self.assertEqual(status(port), 200)
        running.terminate()
        self.assertEqual(manager.recv(100), b"STOPPING=1")
        running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0)

    def test_it_says_when_it_is_ready_and_when_it_stops(self):
        name = str(self.folder / "notify")
        self.check_notices(name, name)

    def test_it_knows_names_outside_of_the_file_system(self):
        name = f"gantry-test-{os.getpid()}"
        self.check_notices(f"\0{name}", f"@{name}")

    def test_a_manager_that_is_gone_does_not_matter(self):
        running = start(["--addr", "127.0.0.1:0"], {"NOTIFY_SOCKET": str(self.folder / "none")})
        self.assertRegex(running.stderr.readline(), "^listening on ")
        running.terminate()
        running.communicate(timeout=20)
        self.assertEqual(running.returncode, 0)

    def test_it_serves_on_the_sockets_that_it_is_given(self):
        first, port = listen()
        second, other = listen()
        running = start(["--addr", "127.0.0.1:1"], {}, [first.fileno(), second.fileno()])
        self.assertEqual(running.stderr.readline(), f"listening on 127.0.0.1:{port}\n")
        self.assertEqual(running.stderr.readline(), f"listening on 127.0.0.1:{other}\n")
        for each in (port, other):
            self.assertEqual(status(each), 200)
        running.terminate()
        running.communicate(timeout=20)
        first.close()
        second.close()

    def test_what_is_no_socket_is_refused(self):
        with open(os.devnull, encoding="ascii") as nothing:
            running = start([], {}, [nothing.fileno()])
            _, errors = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 1)
        self.assertEqual(errors, "gantry: descriptor 3 is not a socket\n")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "the package systemd is not installed")
    def test_the_unit_grants_little(self):
        unit = UNITS / "gantry.service"
        subprocess.run(
            ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit], check=True, stdout=subprocess.DEVNULL
        )
        # The program's path, and nothing else, is unknown to a machine without the package.
        text = unit.read_text().replace("/usr/bin/gantry", "/bin/true")
        for name, content in (("gantry.service", text), ("gantry.socket", (UNITS / "gantry.socket").read_text())):
            (self.folder / name).write_text(content.replace("Documentation=man:gantry(1)\n", ""))
        names = [self.folder / "gantry.service", self.folder / "gantry.socket"]
        verified = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True)
        self.assertEqual((verified.returncode, verified.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
