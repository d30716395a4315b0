#!/usr/bin/env python3
"""The plain manifests for Kubernetes, as far as they can be tested without it: kubernetes_test.py GANTRY ROOT"""

import re
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

PROGRAM, ROOT = sys.argv[1], Path(sys.argv[2])
del sys.argv[1:]
TEXT = (ROOT / "deploy/kubernetes/gantry.yml").read_text()


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)


class manifests(unittest.TestCase):
    def test_the_configuration_is_valid_and_has_no_warning(self):
        block = re.search(r"\n  config.yml: \|\n((?:    .*\n|\n)+)", TEXT)[1]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "config.yml"
            file.write_text(textwrap.dedent(block))
            self.assertEqual(run("config", "check", file).stdout, f"{file} is valid\n")
            shown = run("config", "show", file).stdout
        # What the service, the probes and the volumes rely on.
        self.assertIn("- ':5000' ", shown.replace("\n", " \n"))
        for value in ("rootdirectory: /var/lib/registry", "path: /etc/gantry/users/htpasswd"):
            self.assertIn(value, shown)
            self.assertIn(f"mountPath: {value.split(': ')[1].removesuffix('/htpasswd')}\n", TEXT)

    def test_the_image_is_that_of_this_version(self):
        version = run("version").stdout.split()[1]
        self.assertEqual(re.findall(r"image: (.*)", TEXT), [f"localhost/gantry:{version}"])

    def test_requests_have_time_to_finish(self):
        grace = int(re.search(r"terminationGracePeriodSeconds: (\d+)", TEXT)[1])
        drain = int(re.search(r"draintimeout: (\d+)s", TEXT)[1])
        self.assertGreater(grace, drain)

    def test_documents_end_where_the_next_begins(self):
        kinds = [re.findall(r"^kind: (\w+)$", each, re.MULTILINE) for each in TEXT.split("\n---\n")]
        self.assertEqual(kinds, [["Namespace"], ["ConfigMap"], ["Service"], ["StatefulSet"]])
        self.assertNotIn("\t", TEXT)


if __name__ == "__main__":
    unittest.main()
