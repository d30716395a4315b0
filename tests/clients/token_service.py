#!/usr/bin/env python3
"""An issuer of tokens, as docker-registry's token services and OpenID providers are.

    token_service.py serve FOLDER      serves /token and /keys on a free port, which it prints
    token_service.py mint FOLDER JSON  prints a token with these claims

FOLDER holds the key (RSA, made if it is absent). alice, whose password is right, may do what she asks
for; without a password a client may pull from open/**. Only /bin/openssl signs: Python's standard
library cannot.
"""

import base64
import http.server
import json
import os
import subprocess
import sys
import time
import urllib.parse

ISSUER = "https://auth.example"
KEY_ID = "key-1"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


class issuer:
    def __init__(self, folder):
        self.key = os.path.join(folder, "issuer.key")
        if not os.path.exists(self.key):
            openssl("genrsa", "-out", self.key, "2048")

    def keys(self):
        modulus = openssl("rsa", "-in", self.key, "-noout", "-modulus").decode().strip().split("=")[1]
        key = {"kty": "RSA", "kid": KEY_ID, "alg": "RS256", "use": "sig", "e": "AQAB"}
        return {"keys": [key | {"n": encoded(bytes.fromhex(modulus))}]}

    def mint(self, claims):
        header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
        text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        return text + "." + encoded(openssl("dgst", "-sha256", "-sign", self.key, data=text.encode()))

    def token_for(self, user, service, scopes):
        """docker's format: what is granted is in `access`."""
        access = []
        for scope in scopes:
            kind, rest = scope.split(":", 1)
            name, actions = rest.rsplit(":", 1)
            granted = actions.split(",")
            if not user:
                granted = ["pull"] if name.startswith("open/") and "pull" in granted else []
            if granted:
                access.append({"type": kind, "name": name, "actions": granted})
        now = int(time.time())
        return self.mint({"iss": ISSUER, "sub": user, "aud": service, "exp": now + 300, "nbf": now - 10,
                          "iat": now, "jti": str(time.monotonic_ns()), "access": access})  # fmt: skip


def make_handler(service):
    class handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status, body, *fields):
            text = json.dumps(body).encode()
            self.send_response(status)
            for name, value in fields:
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def give(self, user, password, asked):
            if user and (user, password) != ("alice", "right"):
                return self.answer(401, {"details": "wrong"}, ("WWW-Authenticate", 'Basic realm="x"'))
            scopes = [each for text in asked.get("scope", []) for each in text.split()]
            token = service.token_for(user, asked.get("service", [""])[0], scopes)
            return self.answer(200, {"token": token, "access_token": token, "expires_in": 300})

        def do_GET(self):
            url = urllib.parse.urlsplit(self.path)
            if url.path == "/keys":
                return self.answer(200, service.keys())
            scheme, _, pair = self.headers.get("Authorization", "").partition(" ")
            user, password = "", ""
            if scheme == "Basic":
                user, _, password = base64.b64decode(pair).decode().partition(":")
            return self.give(user, password, urllib.parse.parse_qs(url.query))

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = urllib.parse.parse_qs(body)
            return self.give(asked.get("username", [""])[0], asked.get("password", [""])[0], asked)

    return handler


def main():
    task, folder = sys.argv[1:3]
    service = issuer(folder)
    if task == "mint":
        print(service.mint(json.loads(sys.argv[3])))
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), make_handler(service))
    print(f"serving on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
