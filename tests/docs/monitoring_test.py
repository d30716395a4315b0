#!/usr/bin/env python3
"""Checks deploy/: what dashboard and alerts name exists in a scrape, each alert has its entry in the runbook,
and promtool accepts all of it, if it is installed.

    monitoring_test.py PROGRAM SOURCE_TREE
"""

import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)
SOURCE = Path(sys.argv.pop(1))
RULES = SOURCE / "deploy/prometheus/gantry.rules.yml"
# Of Prometheus itself.
FOREIGN = {"up"}
OWN = re.compile(r"\b(?:registry|gantry|process)_[a-z_]+\b|\bup\b")


def rules():
    """The alerts as (name, expression, runbook_url). The file has one form, so no YAML is needed."""
    found = []
    for text in RULES.read_text().split("- alert: ")[1:]:
        name = text.split("\n", 1)[0]
        expression = re.search(r"expr: (?:>-)?(.*?)\n +(?:for|labels):", text, re.S)[1]
        found.append((name, expression, re.search(r"runbook_url: (\S+)", text)[1]))
    return found


def dashboard_expressions():
    text = json.loads((SOURCE / "deploy/grafana/gantry.json").read_text())
    targets = [target["expr"] for panel in text["panels"] for target in panel.get("targets", [])]
    variables = [each["query"]["query"] for each in text["templating"]["list"] if each["type"] == "query"]
    return targets + variables


def base_name(series):
    return re.sub(r"_(bucket|sum|count)$", "", series)


class server:
    """The program with a data folder and a second address; its metrics."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gantry-monitoring-")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--addr", "127.0.0.1:0", "--data", f"{self.folder.name}/data"]
            + ["--audit-log", f"{self.folder.name}/audit", "--access-log", "off"],
            stderr=subprocess.PIPE, text=True)
        self.port = int(re.search(r"listening on \S+:(\d+)", self.process.stderr.readline())[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()
        self.folder.cleanup()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text


def memory_metrics():
    """The metrics that only a registry in memory has are in the table."""
    return set(re.findall(r"^\| `(\w+)` \|", (SOURCE / "docs/metrics.md").read_text(), re.M))


class deployment(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with server() as running:
            for path in ("/v2/", "/v2/a/tags/list", "/nowhere", "/metrics"):
                running.get(path)
            cls.scrape = running.get("/metrics")
        cls.names = set(re.findall(r"^# TYPE (\w+) ", cls.scrape, re.M))

    def check_known(self, expression):
        for name in OWN.findall(expression):
            known = base_name(name) in self.names | FOREIGN or base_name(name) in memory_metrics()
            self.assertTrue(known, f"{name} in: {expression}")

    def test_each_metric_of_an_alert_exists(self):
        self.assertGreater(len(rules()), 10)
        for _, expression, _ in rules():
            self.check_known(expression)

    def test_each_metric_of_the_dashboard_exists(self):
        self.assertGreater(len(dashboard_expressions()), 20)
        for expression in dashboard_expressions():
            self.check_known(expression)

    def test_a_scrape_has_what_alerts_are_about(self):
        memory_only = {"gantry_storage_limit_bytes"}
        of_quotas = {name for name in memory_metrics() if name.startswith("gantry_quota_")}
        for _, expression, _ in rules():
            for name in OWN.findall(expression):
                if name not in FOREIGN | memory_only | of_quotas:
                    self.assertIn(base_name(name), self.names)

    def test_each_alert_has_its_entry_in_the_runbook(self):
        entries = re.findall(r"^## (\w+)$", (SOURCE / "docs/runbook.md").read_text(), re.M)
        self.assertEqual(sorted(entries), sorted(name for name, _, _ in rules()))
        for name, _, url in rules():
            self.assertEqual(url, f"docs/runbook.md#{name.lower()}")

    def test_each_entry_says_meaning_check_and_action(self):
        for entry in (SOURCE / "docs/runbook.md").read_text().split("\n## ")[1:]:
            self.assertEqual(re.findall(r"^- \*\*(\w+)\*\*:", entry, re.M), ["Meaning", "Check", "Action"],
                             entry.split("\n", 1)[0])

    def promtool(self, *arguments, text=None):
        if not shutil.which("promtool"):
            self.skipTest("promtool is not installed (package prometheus)")
        done = subprocess.run(["promtool", *arguments], input=text, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_promtool_accepts_a_scrape(self):
        self.promtool("check", "metrics", text=self.scrape)

    def test_promtool_accepts_the_rules(self):
        self.promtool("check", "rules", str(RULES))

    def test_promtool_says_that_the_rules_fire_as_tested(self):
        self.promtool("test", "rules", str(SOURCE / "deploy/prometheus/gantry.test.yml"))


unittest.main()
