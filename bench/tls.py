#!/usr/bin/env python3
"""TLS compared with nginx, and with plain HTTP.

    bench/tls.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 3]
                 [--suite TLS_AES_128_GCM_SHA256] [--only manifests|blobs|connections|uploads]

Prints Markdown tables. Both servers run at the same time with the same certificate (EC P-256, made
by `gantry cert dev`), TLS 1.3 and one cipher suite, by the same version of OpenSSL, and get their load in turn; a
figure is the median over the rounds, a ratio the median of each round's. Manifests come over
keep-alive connections, or over a new one each, with a full handshake. A blob of 256 MiB lies in
memory, and in a file that the kernel has in its cache; the client drops its records without
decrypting them, so that the server is measured. An upload of 1 GiB comes from `gantry bench`.
"""

import argparse
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import measure
import reads


def openssl_of(server):
    """The version of OpenSSL in the process: of its library, or of the program itself."""
    with open(f"/proc/{server.process.pid}/maps", encoding="ascii") as maps:
        files = {line.split()[-1] for line in maps if "libcrypto" in line}
    with open(files.pop() if files else f"/proc/{server.process.pid}/exe", "rb") as code:
        return re.search(rb"OpenSSL \d+\.\d+\.\d+[^\0]*", code.read())[0].decode().strip()


def fetch_records(port, path):
    """Bytes of TLS that answer one request; only the handshake is decrypted."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    layer = measure.unverified_tls().wrap_bio(incoming, outgoing, server_hostname="localhost")
    room = bytearray(256 * 1024)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while True:
            try:
                layer.do_handshake()
                break
            except ssl.SSLWantReadError:
                connection.sendall(outgoing.read())
                incoming.write(connection.recv(65536))
        layer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        connection.sendall(outgoing.read())
        taken = 0
        while got := connection.recv_into(room, len(room), socket.MSG_TRUNC):
            taken += got
    return taken


def download(server, path, size, duration):
    """MiB per second, and the server's processor time in ms per GiB."""
    begin, before = time.monotonic(), server.cpu_seconds()
    count = 0
    while time.monotonic() - begin < duration:
        if fetch_records(server.port, path) < size:
            sys.exit("a download is too short")
        count += 1
    spent, passed = server.cpu_seconds() - before, time.monotonic() - begin
    gib = count * size / 2**30
    return {"rate": gib * 1024 / passed, "cpu": spent * 1000 / gib}


def connect(server, connections, duration):
    """New connections per second, a request on each, and the server's processor time in µs per
    connection. wrk would not do: it polls its sockets while a handshake goes on, and so takes the
    processor away from the server."""
    before = server.cpu_seconds()
    command = ["openssl", "s_time", "-new", "-time", str(duration), "-www", reads.MANIFEST]
    command += ["-connect", f"127.0.0.1:{server.port}"]
    clients = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(connections)
    ]
    made = [
        re.search(r"(\d+) connections in (\d+) real seconds", client.communicate()[0])
        for client in clients
    ]
    count = sum(int(each[1]) for each in made)
    spent = server.cpu_seconds() - before
    return {"rate": sum(int(each[1]) / int(each[2]) for each in made), "cpu": spent / count * 1e6}


def print_rows(title, unit, servers, rounds, load):
    found = reads.compare(servers, rounds, load)
    for name, each in found.items():
        digits = 2 if name == "ratio" else 0
        print(
            f"| {title} | {name} | {each['rate']:.{digits}f} {'' if digits else unit} "
            f"| {each['cpu']:.{2 if digits else 1}f} |",
            flush=True,
        )


def print_reads(servers, folder, chosen):
    print("| load | server | rate | server CPU (µs/request, ms/GiB) |")
    print("|---|---|---|---|")
    if chosen.only in (None, "manifests"):
        print_rows("manifest, 64 connections", "requests/s", servers, chosen.rounds,
                   lambda one: reads.wrk(one, 64, chosen.duration))
    if chosen.only in (None, "connections"):
        print_rows("manifest, a connection each, 8 at a time", "requests/s", servers, chosen.rounds,
                   lambda one: connect(one, 8, chosen.duration))
    if chosen.only in (None, "blobs"):
        content = os.urandom(2**20) * 256
        path = f"/v2/library/hello-world/blobs/{measure.digest_of(content)}"
        measure.push_blob(servers["gantry"].port, "library/hello-world", content, "https")
        reads.put_file(folder + "/root", path, content)
        print_rows("blob, 1 connection", "MiB/s", servers, chosen.rounds,
                   lambda one: download(one, path, len(content), chosen.duration))
    print()


def upload(chosen, *options):
    """MiB per second, and processor time in ms per GiB."""
    with measure.empty_gantry(chosen.binary, *options) as running:
        trust = ["--insecure"] if options else []
        how = ["--layer-size", "1GiB", "--connections", 1, *trust]
        measure.load(chosen.binary, "push", running, *how, "--count", 1, "--cleanup")
        before = running.cpu_seconds()
        figures = measure.load(chosen.binary, "push", running, *how, "--count", 2)
        spent = running.cpu_seconds() - before
    return {"rate": figures["mib_per_second"], "cpu": spent * 1000 / (figures["bytes"] / 2**30)}


def print_uploads(chosen, options):
    samples = {"plain": [], "TLS": []}
    for _ in range(chosen.rounds):
        samples["plain"].append(upload(chosen))
        samples["TLS"].append(upload(chosen, *options))
    print("| upload of 1 GiB | MiB/s | server CPU (ms/GiB) |")
    print("|---|---|---|")
    for name, taken in samples.items():
        found = measure.medians(taken)
        print(f"| {name} | {found['rate']:.0f} | {found['cpu']:.0f} |")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=3, help="seconds of each load")
    options.add_argument("--suite", default="TLS_AES_128_GCM_SHA256")
    options.add_argument("--only", choices=["manifests", "blobs", "connections", "uploads"])
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    measure.install("nginx", "wrk")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx' workers are another user
        measure.output_of(chosen.binary, "cert", "dev", folder)
        files = [f"{folder}/server.crt", f"{folder}/server.key"]
        ours = ["--tls-cert", files[0], "--tls-key", files[1]]
        ours += ["--tls-minimum", "tls1.3", "--tls-cipher-suite", chosen.suite]
        theirs = (
            f"ssl_certificate {files[0]}; ssl_certificate_key {files[1]}; ssl_protocols TLSv1.3;"
            f" ssl_prefer_server_ciphers on; ssl_conf_command Ciphersuites {chosen.suite};"
        )
        if chosen.only != "uploads":
            with measure.gantry(chosen.binary, *ours) as gantry, measure.nginx(folder, theirs) as nginx:
                if openssl_of(gantry) != openssl_of(nginx):
                    sys.exit(f"OpenSSL differs: {openssl_of(gantry)}, {openssl_of(nginx)}")
                manifest = reads.fetch(gantry, reads.MANIFEST)
                reads.put_file(folder + "/root", reads.MANIFEST, manifest)
                print_reads({"gantry": gantry, "nginx": nginx}, folder, chosen)
        if chosen.only in (None, "uploads"):
            print_uploads(chosen, ours)


if __name__ == "__main__":
    main()
