#!/usr/bin/env python3
"""`gantry import docker://`, from a running registry: import_registry_program_test.py GANTRY"""

import base64
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))
from moving_registry import CONFIG, INDEX, MANIFEST, digest_of, registry  # noqa: E402

PROGRAM = sys.argv.pop(1)


class storage_of_a_cloud(http.server.BaseHTTPRequestHandler):
    """Breaks off after half of each blob; a request for the rest gets it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.requests.append(dict(self.headers))
        blob = self.server.blobs[self.path.removeprefix("/signed?")]
        begin = int(re.search(r"\d+", self.headers.get("Range", "0"))[0])
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(blob) - begin))
        self.end_headers()
        self.wfile.write(blob[begin:] if begin else blob[: len(blob) // 2])
        self.close_connection = True

    def log_message(self, *_):
        pass


class front(http.server.BaseHTTPRequestHandler):
    """Passes requests on to a registry, and sends those for blobs elsewhere."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.pass_on()

    def do_GET(self):
        server = self.server
        server.counts[self.path.split("/")[-2]] = server.counts.get(self.path.split("/")[-2], 0) + 1
        if self.path != "/v2/" and self.path not in server.troubled:  # a moment of trouble
            server.troubled.add(self.path)
            return self.answer(503, {}, b"")
        if "/blobs/" in self.path and server.cloud:
            digest = self.path.split("/")[-1]
            server.cloud.blobs[digest] = self.fetch()[2]
            port = server.cloud.server_address[1]
            return self.answer(307, {"Location": f"http://localhost:{port}/signed?{digest}"}, b"moved")
        self.pass_on()

    def fetch(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        sent = {name: value for name, value in self.headers.items() if name not in ("Host", "Range")}
        connection.request(self.command, self.path, headers=sent)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, dict(answer.headers), content

    def pass_on(self):
        self.answer(*self.fetch())

    def answer(self, status, fields, content):
        self.send_response(status)
        for name, value in fields.items():
            if name.lower() not in ("content-length", "date", "server", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", fields.get("Content-Length", str(len(content))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_):
        pass


class token_server(http.server.BaseHTTPRequestHandler):
    """Exchanges one identity token for tokens."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.forms.append(form)
        right = form["refresh_token"] == ["the+identity="] and "Authorization" not in self.headers
        text = json.dumps({"access_token": " ".join(form.get("scope", ["none"]))}).encode()
        self.send_response(200 if right else 401)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class guarded(front):
    """Wants a token, which names what it is for."""

    def pass_on(self):
        scope = self.headers.get("Authorization", "")
        wanted = "registry:catalog:*" if "/_catalog" in self.path else "repository:app:pull"
        if scope and (self.path == "/v2/" or wanted in scope):
            return super().pass_on()
        port = self.server.tokens.server_address[1]
        challenge = f'Bearer realm="http://127.0.0.1:{port}/token",service="here"'
        if self.path != "/v2/":
            challenge += f',scope="{wanted}"'
        self.answer(401, {"WWW-Authenticate": challenge}, b"")


class import_registry(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.data = self.folder / "data"

    def start(self, handler, **members):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        for name, value in members.items():
            setattr(server, name, value)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def serve(self, *arguments):
        return registry(PROGRAM, self.folder / "source", *arguments)

    def copy(self, port, *arguments, place="", status=0, variables=None):
        environment = dict(os.environ, HOME=str(self.folder), DOCKER_CONFIG="", REGISTRY_AUTH_FILE="",
                           XDG_RUNTIME_DIR="")
        environment.update(variables or {})
        done = subprocess.run(
            [PROGRAM, "import", f"docker://127.0.0.1:{port}{place}", "--data", str(self.data), *arguments],
            capture_output=True, text=True, timeout=100, env=environment,
        )
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def counts(self, said):
        found = re.search(r"imported (\d+) tags, (\d+) manifests and (\d+) blobs of", said)
        unchanged = re.search(r"(\d+) tags pointed to the same manifest already", said)
        return (*map(int, found.groups()), int(unchanged[1]))

    def check(self, *images):
        with registry(PROGRAM, self.data) as server:
            reader = server.client()
            for image in images:
                reader.check(*image)

    def push_document(self, writer, name, reference, document, kind=MANIFEST):
        text = json.dumps(document).encode()
        status, body = writer.ask("PUT", f"/v2/{name}/manifests/{reference or digest_of(text)}", text,
                                  {"Content-Type": kind})
        self.assertEqual(status, 201, body)
        return {"mediaType": kind, "digest": digest_of(text), "size": len(text)}

    def test_a_copy_can_be_repeated_and_moves_tags(self):
        with self.serve("--page-max", "2") as server:
            writer = server.client()
            images = [writer.push("app", f"v{i}", i) for i in range(5)]
            images += [writer.push(f"team/tool{i}", "v0", i) for i in range(3)]
            said = self.copy(server.port)
            # Each seed has three blobs, and repositories share them.
            self.assertEqual(self.counts(said), (8, 8, 15, 0))
            self.assertEqual(self.counts(self.copy(server.port)), (0, 0, 0, 8))
            moved = [writer.push("app", "v0", 9), writer.push("app", "v1", 2)]
            self.assertEqual(self.counts(self.copy(server.port, "--parallel", "1")), (2, 2, 3, 6))
        self.check(*moved, *images[2:])
        subprocess.run([PROGRAM, "verify", "--deep", "--data", self.data], check=True, stdout=subprocess.DEVNULL)

    def test_indexes_and_referrers_come_along(self):
        with self.serve() as server:
            writer = server.client()
            parts = [writer.push("app", f"part{i}", i) for i in range(2)]
            describe = [{"mediaType": MANIFEST, "digest": digest_of(each[2]), "size": len(each[2])} for each in parts]
            index = self.push_document(writer, "app", "multi", {
                "schemaVersion": 2, "mediaType": INDEX, "manifests": describe}, INDEX)
            writer.push_blob("app", b"{}")
            empty = {"mediaType": CONFIG, "digest": digest_of(b"{}"), "size": 2}
            signature = {"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "a/signature",
                         "config": empty, "layers": []}
            first = self.push_document(writer, "app", None, {**signature, "subject": index})
            second = self.push_document(writer, "app", None, {**signature, "subject": first})
            for each in parts:
                writer.ask("DELETE", f"/v2/app/manifests/{each[1]}")
            self.assertEqual(self.counts(self.copy(server.port, place="/app:multi")), (1, 5, 7, 0))
            third = self.push_document(writer, "app", None, {**signature, "subject": describe[0]})
            self.assertEqual(self.counts(self.copy(server.port, place="/app")), (0, 1, 0, 1))
        with registry(PROGRAM, self.data) as server:
            for subject, referrer in ((index, first), (first, second), (describe[0], third)):
                _, found = server.client().ask("GET", f"/v2/app/referrers/{subject['digest']}")
                self.assertEqual([each["digest"] for each in json.loads(found)["manifests"]], [referrer["digest"]])

    def test_redirections_and_broken_connections_are_survived(self):
        with self.serve() as server:
            images = [server.client().push("app", f"v{i}", i, size=300_000) for i in range(3)]
            cloud = self.start(storage_of_a_cloud, blobs={}, requests=[])
            at = self.start(front, upstream=server.port, cloud=cloud, counts={}, troubled=set())
            said = self.copy(at.server_address[1], "--user", "ci:secret")
            self.assertEqual(self.counts(said), (3, 3, 9, 0))
            self.assertFalse([each for each in cloud.requests if "Authorization" in each])
            self.assertTrue([each for each in cloud.requests if each.get("Range") == "bytes=150000-"])
            asked = at.counts["blobs"]
            self.copy(at.server_address[1])
            self.assertEqual(at.counts["blobs"], asked)
        self.check(*images)

    def test_wrong_bytes_are_left_out(self):
        class liar(front):
            def fetch(self):
                status, fields, content = super().fetch()
                return status, fields, content.replace(b"1/1/", b"1/2/") if "/blobs/" in self.path else content

        with self.serve() as server:
            images = [server.client().push("app", f"v{i}", i) for i in range(2)]
            at = self.start(liar, upstream=server.port, cloud=None, counts={}, troubled=set())
            said = self.copy(at.server_address[1], status=1)
        self.assertRegex(said, r"left out: app:v1: blob sha256:\w+ has the digest sha256:")
        self.check(images[0])

    def test_passwords_come_from_the_files_of_docker_login(self):
        users = self.folder / "users"
        subprocess.run([PROGRAM, "user", "add", users, "ci", "--cost", "4"], input=b"secret\n", check=True)
        with self.serve() as server:
            image = server.client().push("app", "v0", 0)
        with self.serve("--htpasswd", users) as server:
            self.assertIn("it asks for a user and a password", self.copy(server.port, status=1))
            self.assertIn("is not accepted", self.copy(server.port, "--user", "ci:wrong", status=1))
            auth = {"auth": base64.b64encode(b"ci:secret").decode()}
            (self.folder / ".docker").mkdir()
            home = self.folder / ".docker/config.json"
            home.write_text(json.dumps({"auths": {f"http://127.0.0.1:{server.port}/v2/": auth}}))
            self.assertEqual(self.counts(self.copy(server.port)), (1, 1, 3, 0))
            home.write_text(json.dumps({"auths": {f"127.0.0.1:{server.port}": {"identitytoken": "x"}}}))
            self.assertIn("it asks for a user and a password", self.copy(server.port, status=1))
            other = self.folder / "auth.json"
            other.write_text(json.dumps({"auths": {f"127.0.0.1:{server.port}": auth}}))
            self.copy(server.port, variables={"REGISTRY_AUTH_FILE": str(other)})
        self.check(image)

    def test_an_identity_token_is_exchanged_for_tokens(self):
        with self.serve() as server:
            image = server.client().push("app", "v0", 0)
            tokens = self.start(token_server, forms=[])
            at = self.start(guarded, upstream=server.port, tokens=tokens, cloud=None, counts={}, troubled=set())
            port = at.server_address[1]
            (self.folder / ".docker").mkdir()
            entry = {f"127.0.0.1:{port}": {"auth": "", "identitytoken": "the+identity="}}
            (self.folder / ".docker/config.json").write_text(json.dumps({"auths": entry}))
            self.assertEqual(self.counts(self.copy(port)), (1, 1, 3, 0))
        self.assertEqual({each["service"][0] for each in tokens.forms}, {"here"})
        self.check(image)

    def test_what_is_not_there_is_said(self):
        with self.serve() as server:
            server.client().push("app", "v0", 0)
            said = self.copy(server.port, place="/app:v1", status=1)
            self.assertRegex(said, "left out: app:v1: .* is answered with 404")
            said = self.copy(server.port, place="/other", status=1)
            self.assertRegex(said, "left out: other: .*tags/list.* is answered with 404")
        self.assertIn("no registry answers", self.copy(server.port, status=1))


if __name__ == "__main__":
    unittest.main()
