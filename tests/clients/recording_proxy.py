#!/usr/bin/env python3
"""Forwards requests to a registry, and writes them with their responses to an HTTP Archive when it is
stopped: recording_proxy.py UPSTREAM_HOST:PORT FILE. Prints `listening on ADDRESS`."""

import base64
import http.client
import http.server
import json
import signal
import sys
import threading

UPSTREAM, FILE = sys.argv[1:]
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
entries = []
lock = threading.Lock()


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        whole = b""
        while size := int(self.rfile.readline(), 16):
            whole += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def forward(self):
        body = self.body()
        fields = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        upstream = http.client.HTTPConnection(UPSTREAM)
        upstream.request(self.command, self.path, body or None, fields)
        response = upstream.getresponse()
        content = response.read()
        with lock:
            entries.append({
                "request": {"method": self.command, "url": f"http://{UPSTREAM}{self.path}"},
                "response": {
                    "status": response.status,
                    "headers": [{"name": name, "value": value} for name, value in response.getheaders()],
                    "content": {"size": len(content), "encoding": "base64",
                                "text": base64.b64encode(content).decode()},
                }})
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        length = response.getheader("Content-Length") if self.command == "HEAD" else len(content)
        self.send_header("Content-Length", length or 0)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = forward

    def log_message(self, *_):
        pass


def stop(*_):
    raise SystemExit


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
signal.signal(signal.SIGTERM, stop)
print("listening on 127.0.0.1:%d" % server.server_address[1], flush=True)
try:
    server.serve_forever()
finally:
    with open(FILE, "w", encoding="ascii") as archive:
        json.dump({"log": {"version": "1.2", "creator": {"name": "test", "version": "1"},
                           "entries": entries}}, archive)
