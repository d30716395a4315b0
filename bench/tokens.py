#!/usr/bin/env python3
"""Reads of a manifest with a token, compared with reads without a login.

    bench/tokens.py [--binary build/release/src/app/gantry] [--rounds 5] [--duration 3]
                    [--connections 64]

Prints a Markdown table. All servers of a round run at the same time and get their load in turn; a
figure is the median over the rounds, a ratio the median of each round's to the server without a login.
The tokens: one of the registry's own service, one of a token service (RS256), and a password for
comparison. What the longest field itself costs, a server without a login that is sent it shows.
"""

import argparse
import base64
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.request

import measure
import reads

ISSUER, SERVICE = "https://auth.example", "registry.example"
PLAIN = "without a login"


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def make_token(folder):
    """A token of a service that may pull, and the file with its key."""
    key, public = f"{folder}/key.pem", f"{folder}/public.pem"
    measure.output_of("openssl", "genrsa", "-out", key, "2048")
    measure.output_of("openssl", "rsa", "-in", key, "-pubout", "-out", public)
    access = [{"type": "repository", "name": "library/hello-world", "actions": ["pull"]}]
    claims = {"iss": ISSUER, "aud": SERVICE, "sub": "alice", "exp": int(time.time()) + 3600, "access": access}
    text = ".".join(encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text.encode(),
                            capture_output=True, check=True).stdout  # fmt: skip
    return f"{text}.{encoded(signed)}", public


def make_users(binary, folder):
    users = f"{folder}/htpasswd"
    subprocess.run([binary, "user", "add", users, "alice"], input=b"alice\n", check=True)
    return users


def own_token(server, password):
    asked = urllib.request.Request(server.url + "/v2/_token", headers={"Authorization": password})
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)["token"]


def take_round(number, chosen, token, key, users):
    """A sample of each load. Its servers are new ones: two of the same kind differ by up to 5 %. Each
    round begins with another load."""
    with contextlib.ExitStack() as running:

        def start(*settings):
            return running.enter_context(measure.gantry(chosen.binary, *settings))

        password = "Basic " + base64.b64encode(b"alice:alice").decode()
        guarded = start("--htpasswd", users, "--auth-challenge", "bearer")
        outside = start("--token-issuer", ISSUER, "--token-service", SERVICE,
                        "--token-realm", "https://auth.example/token", "--token-certs", key)  # fmt: skip
        plain = start()
        loads = {
            PLAIN: (plain, None),
            "the same, sent the token of a service": (plain, "Bearer " + token),
            "a token of the registry": (guarded, "Bearer " + own_token(guarded, password)),
            "a token of a service, RS256": (outside, "Bearer " + token),
            "a password": (guarded, password),
        }
        names = list(loads)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            server, who = loads[name]
            yield name, reads.wrk(server, chosen.connections, chosen.duration, who)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--binary", default=measure.BINARY)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--duration", type=int, default=3, help="seconds of each load")
    options.add_argument("--connections", type=int, default=64)
    chosen = options.parse_args()
    measure.check_program(chosen.binary)
    measure.install("wrk", "openssl")
    with tempfile.TemporaryDirectory() as folder:
        token, key = make_token(folder)
        users = make_users(chosen.binary, folder)
        samples = {}
        for number in range(chosen.rounds):
            for name, sample in take_round(number, chosen, token, key, users):
                samples.setdefault(name, []).append(sample)
    print("| manifest | requests/s | ratio | server CPU (µs/request) |")
    print("|---|---|---|---|")
    plain = samples[PLAIN]
    for name, taken in samples.items():
        found = measure.medians(taken)
        ratio = measure.medians([{"rate": each["rate"] / other["rate"]} for each, other in zip(taken, plain)])
        print(f"| {name} | {found['rate']:.0f} | {ratio['rate']:.2f} | {found['cpu']:.1f} |")


if __name__ == "__main__":
    sys.exit(main())
