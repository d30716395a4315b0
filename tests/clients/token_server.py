#!/usr/bin/env python3
"""A token server for docker-registry: the password grants every requested scope.

    token_server.py FOLDER NAME:PASSWORD

FOLDER has key.pem and cert.pem, which sign the tokens and serve TLS; the port is written to token_port.
"""

import base64
import http.server
import json
import ssl
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

folder, credentials = Path(sys.argv[1]), sys.argv[2]
lifetime = 60


def text64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def certificate():
    """The certificate (DER) in the encoding of a token's header."""
    lines = (folder / "cert.pem").read_text().splitlines()
    return "".join(line for line in lines if not line.startswith("-"))


def sign(claims):
    header = {"typ": "JWT", "alg": "RS256", "x5c": [certificate()]}
    text = ".".join(text64(json.dumps(part).encode()) for part in (header, claims))
    command = ["openssl", "dgst", "-sha256", "-sign", folder / "key.pem"]
    signature = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return f"{text}.{text64(signature.stdout)}"


def entry(scope):
    kind, name, actions = scope.split(":")
    return {"type": kind, "name": name, "actions": actions.split(",")}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        expected = "Basic " + base64.b64encode(credentials.encode()).decode()
        if self.headers["Authorization"] != expected:
            self.answer(401, {})
            return
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        now = int(time.time())
        claims = {
            "iss": "the issuer", "sub": credentials.split(":")[0], "aud": query["service"][0],
            "iat": now, "nbf": now - 5, "exp": now + lifetime,
            "access": [entry(scope) for scope in query.get("scope", [])],
        }
        self.answer(200, {"access_token": sign(claims), "expires_in": lifetime})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
(folder / "token_port").write_text(str(server.server_address[1]))
server.serve_forever()
