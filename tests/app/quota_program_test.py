#!/usr/bin/env python3
"""Quotas of a configuration file, over sockets: quota_program_test.py GANTRY"""

import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from running_program import running  # noqa: E402

PROGRAM = sys.argv.pop(1)
TYPE = "application/vnd.oci.image.index.v1+json"
# What a manifest of these tests has at most.
MANIFEST = 200


def manifest(note):
    return json.dumps(
        {"schemaVersion": 2, "mediaType": TYPE, "manifests": [], "annotations": {"note": note}}
    ).encode()


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class quotas(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def configuration(self, all_quotas, data=None):
        storage = {"filesystem": {"rootdirectory": str(data)}} if data else {"inmemory": {}}
        file = self.folder / "config.yml"
        file.write_text(json.dumps({
            "version": "0.1", "storage": {**storage, "delete": {"enabled": True}},
            "gantry": {"seed": "false", "gc": {"grace": 0}, "blobs": {"lease": "1ms"},
                       "quotas": all_quotas}}))
        return file

    @contextlib.contextmanager
    def serving(self, *all_quotas, data=None, variables=None):
        file = self.configuration(list(all_quotas), data)
        with running(PROGRAM, file, "--addr", "127.0.0.1:0", variables=variables) as server:
            self.port = server.port()
            yield server

    def serve(self, *all_quotas, **options):
        return self.enterContext(self.serving(*all_quotas, **options))

    def ask(self, method, path, body=None, fields=None):
        """Status, fields and text of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, fields or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def put_manifest(self, repository, tag, note="one"):
        return self.ask(
            "PUT", f"/v2/{repository}/manifests/{tag}", manifest(note), {"Content-Type": TYPE}
        )

    def post_blob(self, repository, data):
        path = f"/v2/{repository}/blobs/uploads/?digest={sha256(data)}"
        return self.ask("POST", path, data, {"Content-Type": "application/octet-stream"})

    def start_upload(self, repository):
        status, fields, _ = self.ask("POST", f"/v2/{repository}/blobs/uploads/", b"")
        self.assertEqual(status, 202)
        return fields["Location"]

    def metrics(self):
        text = self.ask("GET", "/metrics")[2]
        return dict(re.findall(r'^gantry_quota_(\w+\{quota="[^"]+"\}) (\S+)$', text, re.MULTILINE))

    def check_refusal(self, answer, name, part="bytes"):
        status, fields, text = answer
        self.assertEqual((status, fields["Content-Type"]), (403, "application/json"))
        (error,) = json.loads(text)["errors"]
        self.assertEqual(error["code"], "DENIED")
        self.assertRegex(
            error["message"],
            rf"^the quota {name} has \d+ of \d+ {part} in use, and this needs \d+ more: delete tags "
            "and collect garbage, or ask an administrator for a larger quota$")

    def answer_to_head(self, method, path, *fields, then=b""):
        """The answer to a request of which only the head, and `then`, are sent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as peer:
            lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *fields, "", ""]
            peer.sendall("\r\n".join(lines).encode())
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                peer.sendall(then)
            answer = http.client.HTTPResponse(peer, method=method)
            answer.begin()
            return answer.status, answer.headers, answer.read().decode()

    def test_a_post_is_refused_before_its_body(self):
        self.serve({"name": "team-a", "repositories": "team-a", "bytes": 1000})
        path = f"/v2/team-a/app/blobs/uploads/?digest={sha256(b'x')}"
        for more in ([], ["Expect: 100-continue"]):
            answer = self.answer_to_head("POST", path, "Content-Length: 1001", *more)
            self.check_refusal(answer, "team-a")
        status, _, _ = self.post_blob("team-a/app", b"x" * 1000)
        self.assertEqual(status, 201)
        # It has no byte left.
        self.check_refusal(self.ask("POST", "/v2/team-a/blobs/uploads/", b""), "team-a")
        self.assertEqual(self.post_blob("team-ab", b"x" * 1000)[0], 201)

    def test_a_chunk_and_an_end_are_refused_before_their_bodies(self):
        self.serve({"name": "all", "bytes": 1000})
        location = self.start_upload("a")
        self.assertEqual(self.ask("PATCH", location, b"x" * 600)[0], 202)
        refused = self.answer_to_head("PATCH", location, "Content-Length: 401")
        self.check_refusal(refused, "all")
        end = f"{location}?digest={sha256(b'x' * 1000)}"
        self.check_refusal(self.answer_to_head("PUT", end, "Content-Length: 401"), "all")
        # A chunk that comes again is not one more.
        again = self.answer_to_head("PATCH", location, "Content-Length: 600", "Content-Range: 0-599")
        self.assertEqual((again[0], again[1]["Range"]), (416, "0-599"))
        # The upload has what it had, and goes on with what there is room for.
        status, fields, _ = self.ask("GET", location)
        self.assertEqual((status, fields["Range"]), (204, "0-599"))
        self.assertEqual(self.metrics()['used_bytes{quota="all"}'], "0")
        self.assertEqual(self.ask("PUT", end, b"x" * 400)[0], 201)

    def test_a_chunked_body_is_refused_where_it_exceeds(self):
        self.serve({"name": "all", "bytes": 1_000_000})
        location = self.start_upload("a")
        piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        # More than the registry could take without reading: its answer comes before the end.
        answer = self.answer_to_head(
            "PATCH", location, "Transfer-Encoding: chunked", then=piece * 20)
        self.check_refusal(answer, "all")
        self.assertEqual(self.ask("GET", location)[0], 204)

    def test_content_that_is_there_adds_nothing(self):
        self.serve({"name": "all", "bytes": 1000 + MANIFEST, "tags": 1})
        data = b"x" * 1000
        self.assertEqual(self.post_blob("a", data)[0], 201)
        self.assertEqual(self.put_manifest("a", "1")[0], 201)
        self.assertEqual(self.post_blob("a", data)[0], 201)
        location = self.start_upload("a")
        self.assertEqual(self.ask("PUT", f"{location}?digest={sha256(data)}", data)[0], 201)
        self.assertEqual(self.put_manifest("a", "1")[0], 201)
        mount = f"/v2/a/blobs/uploads/?mount={sha256(data)}&from=a"
        self.assertEqual(self.ask("POST", mount, b"")[0], 201)

    def test_a_mount_needs_room(self):
        self.serve({"name": "team", "repositories": "team", "bytes": 999})
        data = b"x" * 1000
        self.assertEqual(self.post_blob("other", data)[0], 201)
        mount = f"blobs/uploads/?mount={sha256(data)}&from=other"
        self.check_refusal(self.ask("POST", f"/v2/team/app/{mount}", b""), "team")
        self.assertEqual(self.ask("POST", f"/v2/third/{mount}", b"")[0], 201)

    def test_tags_are_refused_and_come_free(self):
        self.serve({"name": "team", "repositories": "team", "tags": 1})
        self.assertEqual(self.put_manifest("team/app", "1")[0], 201)
        self.check_refusal(self.put_manifest("team/app", "2"), "team", "tags")
        self.check_refusal(self.put_manifest("team/other", "1"), "team", "tags")
        self.assertEqual(self.put_manifest("team/app", "1", "two")[0], 201)
        self.assertEqual(self.ask("DELETE", "/v2/team/app/manifests/1")[0], 202)
        self.assertEqual(self.put_manifest("team/other", "1")[0], 201)

    def test_names_tell_quotas_apart(self):
        self.serve({"name": "small", "repositories": "a", "bytes": 10},
                   {"name": "large", "repositories": "b", "bytes": 20})
        self.check_refusal(self.post_blob("a", b"x" * 15), "small")
        self.assertEqual(self.post_blob("b", b"x" * 15)[0], 201)
        self.check_refusal(self.post_blob("b", b"y" * 15), "large")

    def test_metrics_and_the_log_tell_how_full_a_quota_is(self):
        server = self.serve({"name": "team", "repositories": "team", "bytes": 1000, "tags": 5})
        self.assertEqual(self.post_blob("team", b"x" * 799)[0], 201)
        self.assertEqual(self.post_blob("team", b"y")[0], 201)
        self.assertIn("the quota team has reached 80 %: 800 of 1000 bytes are in use",
                      server.line(".*quota.*")[0])
        self.assertEqual(self.post_blob("team", b"z" * 200)[0], 201)
        self.assertIn("100 %", server.line(".*quota.*")[0])
        self.check_refusal(self.post_blob("team", b"zz"), "team")
        self.assertEqual(self.metrics(), {
            'limit_bytes{quota="team"}': "1000", 'limit_tags{quota="team"}': "5",
            'refusals_total{quota="team"}': "1", 'used_bytes{quota="team"}': "1000",
            'used_tags{quota="team"}': "0"})

    def test_a_collection_makes_room_in_a_folder_that_is_counted_anew(self):
        quota = {"name": "team", "repositories": "team", "bytes": 1000 + MANIFEST}
        data = self.folder / "data"
        with self.serving(quota, data=data):
            self.assertEqual(self.post_blob("team", b"x" * 1000)[0], 201)
            self.assertEqual(self.put_manifest("team", "1")[0], 201)
            used = self.metrics()['used_bytes{quota="team"}']
        with self.serving(quota, data=data) as server:
            self.assertIn("the quota team has reached 80 %", server.said)
            self.assertEqual(self.metrics()['used_bytes{quota="team"}'], used)
            self.check_refusal(self.post_blob("team", b"y" * 1000), "team")
            self.assertEqual(
                self.ask("DELETE", f"/v2/team/manifests/{sha256(manifest('one'))}")[0], 202)
            self.assertEqual(self.ask("POST", "/__gantry/gc?ignore_leases=true")[0], 200)
            self.assertEqual(self.post_blob("team", b"y" * 1000)[0], 201)

    def test_variables_set_quotas(self):
        self.serve(variables={"REGISTRY_GANTRY_QUOTAS_0_NAME": "all",
                              "REGISTRY_GANTRY_QUOTAS_0_BYTES": "10"})
        self.check_refusal(self.post_blob("a", b"x" * 11), "all")

    def test_mistakes_name_the_line_and_what_to_write(self):
        for line, why in [
            ("- {name: a, bytes: much}", "gantry.quotas.bytes: 'much' "),
            ("- {name: a, repositories: 'team/*', bytes: 1}",
             "gantry.quotas.repositories: 'team/*' is not the name of a repository: write one such "),
            ("- {name: a, byte: 1}", "'byte' is not a key of gantry.quotas; did you mean 'bytes'?"),
        ]:
            file = self.folder / "wrong.yml"
            file.write_text(f"version: 0.1\ngantry:\n  quotas:\n    {line}\n")
            done = subprocess.run([PROGRAM, "serve", file], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("wrong.yml: line 4, column ", done.stderr)
            self.assertIn(why, done.stderr)

    @unittest.skipUnless(shutil.which("skopeo"), "skopeo is missing")
    def test_skopeo_prints_which_quota_is_full(self):
        self.serve({"name": "team-a", "repositories": "team-a", "bytes": "1KiB"})
        layout = self.folder / "image"
        blobs = layout / "blobs/sha256"
        blobs.mkdir(parents=True)

        def add(data, kind):
            (blobs / hashlib.sha256(data).hexdigest()).write_bytes(data)
            return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": sha256(data),
                    "size": len(data)}

        layer = add(os.urandom(5000), "layer.v1.tar")
        config = add(json.dumps({
            "architecture": "amd64", "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode(), "config.v1+json")
        image = add(json.dumps({"schemaVersion": 2, "config": config, "layers": [layer]}).encode(),
                    "manifest.v1+json")
        (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [image]}))
        (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        done = subprocess.run(
            ["skopeo", "copy", "--insecure-policy", "--dest-tls-verify=false", f"oci:{layout}",
             f"docker://127.0.0.1:{self.port}/team-a/app:1"],
            capture_output=True, text=True, timeout=120)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("denied: the quota team-a has ", done.stderr)
        self.assertIn("ask an administrator for a larger quota", done.stderr)


if __name__ == "__main__":
    unittest.main()
