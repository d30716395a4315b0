#!/usr/bin/env python3
"""OpenTelemetry's variables and the program: traces_program_test.py GANTRY"""

import http.server
import json
import os
import subprocess
import sys
import threading
import unittest

from running_program import ask, running

PROGRAM = sys.argv.pop(1)


class collector:
    """Takes batches for as long as the block of a `with` statement runs."""

    def __enter__(self):
        batches = self.batches = []
        arrived = self.arrived = threading.Event()

        class handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                batches.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                arrived.set()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def names(self):
        return [
            span["name"]
            for _, _, body in self.batches
            for span in body["resourceSpans"][0]["scopeSpans"][0]["spans"]
        ]


def run(*arguments, **variables):
    return subprocess.run(
        [PROGRAM, *arguments], env=dict(os.environ, **variables), capture_output=True, text=True, timeout=60
    )


class traces(unittest.TestCase):
    def serve(self, **variables):
        return running(PROGRAM, "--addr", "127.0.0.1:0", variables=variables)

    def test_the_endpoint_gets_the_spans_by_the_end_of_the_server(self):
        with collector() as to:
            with self.serve(
                OTEL_EXPORTER_OTLP_ENDPOINT=to.url(),
                OTEL_EXPORTER_OTLP_HEADERS="api-key=a%20b",
                OTEL_SERVICE_NAME="mirror",
                OTEL_RESOURCE_ATTRIBUTES="zone=1",
            ) as server:
                ask(server.port())
            self.assertEqual(to.names(), ["base"])
            path, fields, body = to.batches[0]
            self.assertEqual(path, "/v1/traces")
            self.assertEqual(fields["Content-Type"], "application/json")
            self.assertEqual(fields["api-key"], "a b")
            attributes = {
                each["key"]: each["value"]["stringValue"]
                for each in body["resourceSpans"][0]["resource"]["attributes"]
            }
            self.assertEqual(attributes["service.name"], "mirror")
            self.assertEqual(attributes["zone"], "1")
            self.assertRegex(attributes["service.version"], r"^\d+\.\d+\.\d+$")

    def test_a_delay_and_a_batch_are_reasons_to_send(self):
        for variables in ({"OTEL_BSP_SCHEDULE_DELAY": "1"}, {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1"}):
            with collector() as to, self.serve(OTEL_EXPORTER_OTLP_ENDPOINT=to.url(), **variables) as server:
                ask(server.port())
                self.assertTrue(to.arrived.wait(timeout=60))
                self.assertEqual(to.names(), ["base"])

    def test_none_wins(self):
        with collector() as to:
            with self.serve(OTEL_EXPORTER_OTLP_ENDPOINT=to.url(), OTEL_TRACES_EXPORTER="none") as server:
                ask(server.port())
            self.assertEqual(to.batches, [])

    def test_a_sampler_chooses(self):
        sampled = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
        with collector() as to:
            with self.serve(
                OTEL_EXPORTER_OTLP_ENDPOINT=to.url(), OTEL_TRACES_SAMPLER="parentbased_always_off"
            ) as server:
                port = server.port()
                ask(port)
                ask(port, "/health", headers=sampled)
            self.assertEqual(to.names(), ["health"])

    def test_a_malformed_variable_stops_the_start(self):
        endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
        for name, value in (
            ("OTEL_TRACES_SAMPLER", "sometimes"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector"),
        ):
            for command in (["serve", "--addr", "127.0.0.1:0"], ["config", "show"]):
                done = run(*command, **{**endpoint, name: value})
                self.assertEqual(done.returncode, 2)
                self.assertRegex(done.stderr, rf"^gantry: {name} is '{value}', .*\n$")

    def test_unreadable_certificates_stop_the_start(self):
        done = run(
            "serve",
            "--addr",
            "127.0.0.1:0",
            OTEL_EXPORTER_OTLP_ENDPOINT="https://127.0.0.1:1",
            OTEL_EXPORTER_OTLP_CERTIFICATE="/no/such/file",
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("/no/such/file", done.stderr)

    def test_another_protocol_gets_a_warning(self):
        with self.serve(
            OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_PROTOCOL="grpc"
        ) as server:
            server.line("warning: OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not spoken, so no traces are sent")
            self.assertEqual(ask(server.port()).status, 200)

    def test_a_collector_that_is_down_is_one_line(self):
        with self.serve(
            OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1", OTEL_BSP_SCHEDULE_DELAY="1"
        ) as server:
            port = server.port()
            self.assertEqual(ask(port).status, 200)
            server.line("traces do not reach http://127.0.0.1:1/v1/traces: refused; spans are dropped")
            self.assertEqual(ask(port).status, 200)
        self.assertEqual(server.said.count("traces do not reach"), 1)

    def test_config_show_lists_variables_without_secrets(self):
        done = run(
            "config",
            "show",
            OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318",
            OTEL_EXPORTER_OTLP_HEADERS="api-key=s3cret",
        )
        self.assertEqual(done.returncode, 0)
        self.assertIn("\n# OTEL_EXPORTER_OTLP_ENDPOINT: http://collector:4318\n", done.stdout)
        self.assertIn("\n# OTEL_EXPORTER_OTLP_HEADERS: not shown", done.stdout)
        self.assertNotIn("s3cret", done.stdout)


if __name__ == "__main__":
    unittest.main()
