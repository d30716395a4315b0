"""Shared by the programs here: starting a server, its first answer, its memory."""

import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.path.join(HERE, "../build/release/src/app/gantry")
REQUEST = b"GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
DEADLINE = 10.0
PUSHERS = 32
TICKS = os.sysconf("SC_CLK_TCK")


def check_program(path):
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is no program: scripts/run --help builds it, --binary names another one")


def install(*programs):
    """Installs the peers if one of these programs is missing."""
    if not all(map(shutil.which, programs)):
        subprocess.run([os.path.join(HERE, "../scripts/dependencies"), "bench"], check=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unverified_tls():
    """For clients of servers on this machine, whose certificates no authority has issued."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def first_answer(port, process, scheme):
    """Polls until the server answers 200, or asks for a login."""
    begin = time.monotonic()
    while time.monotonic() - begin < DEADLINE:
        if process.poll() is not None:
            sys.exit(f"the server ended with {process.returncode}")
        with socket.socket() as client:
            try:
                client.connect(("127.0.0.1", port))
                if scheme == "https":
                    client = unverified_tls().wrap_socket(client)
                client.sendall(REQUEST)
                if client.recv(4096).startswith((b"HTTP/1.1 200", b"HTTP/1.1 401")):
                    return
            except (ConnectionRefusedError, ConnectionResetError):
                time.sleep(0.0002)
    sys.exit("the server does not answer")


def cpu_seconds(pid):
    """User and system time so far of a process and its children."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        below = sum(cpu_seconds(int(child)) for child in children.read().split())
    return (int(fields[11]) + int(fields[12])) / TICKS + below


def medians(samples):
    """One figure per key of the samples, which all have the same keys."""
    return {key: statistics.median(sample[key] for sample in samples) for key in samples[0]}


def image_figures(figures, spent, seconds):
    """Images per second, p50 and p99 in ms, and the server's processor time per image in µs: `spent`
    over the `seconds` of the load, warm-up included."""
    images = figures["operations"]["image"]
    return {
        "rate": images["per_second"],
        "p50": images["latency_us"]["p50"] / 1000,
        "p99": images["latency_us"]["p99"] / 1000,
        "server": spent / (images["per_second"] * seconds) * 1e6,
    }


def congestion_control():
    """TCP's algorithm here. `bbr` paces what is sent, also on the loopback interface: large responses
    cost more then, and ratios differ from those with `cubic`, the kernel's default."""
    with open("/proc/sys/net/ipv4/tcp_congestion_control", encoding="ascii") as setting:
        return setting.read().strip()


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def output_of(*command):
    """The output of the command; exits if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout}")
    return done.stdout


def push_blob(port, repository, content, scheme="http"):
    """Uploads in a single request, by digest."""
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, context=unverified_tls())
        if scheme == "https"
        else http.client.HTTPConnection("127.0.0.1", port)
    )
    connection.request(
        "POST", f"/v2/{repository}/blobs/uploads/?digest={digest_of(content)}", content
    )
    answer = connection.getresponse()
    if answer.status != 201:
        sys.exit(f"the blob was refused with {answer.status}: {answer.read().decode()}")


class client:
    """One keep-alive connection."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, request):
        """The body of the answer, which must be successful."""
        self.socket.sendall(request)
        received = self.socket.recv(65536)
        while b"\r\n\r\n" not in received:
            received += self.socket.recv(65536)
        head, _, body = received.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 20"):
            sys.exit(f"{request[:200]}: {received[:400]}")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += self.socket.recv(65536)
        return body


def share_out(todo, workers, use):
    """Fills a server: calls `use(take)` on so many threads, where `take()` gives what is to be done
    next, and None at the end. Exits if a call fails."""
    todo, turn, failures = iter(todo), threading.Lock(), []

    def take():
        with turn:
            return None if failures else next(todo, None)

    def work():
        try:
            use(take)
        except BaseException as failed:
            failures.append(failed)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failures:
        sys.exit(f"the server could not be filled: {failures[0]}")


def fill(binary, folder, groups, *options):
    """Sends the requests of each group over one connection; several groups at a time. Exits if one of
    them fails."""
    with gantry(binary, "--data", folder, *options) as running:

        def push(take):
            with client(running.port) as one:
                while (group := take()) is not None:
                    for each in group:
                        one.ask(each)

        share_out(groups, PUSHERS, push)


def load(binary, workload, server, *options):
    """The JSON report of `gantry bench WORKLOAD`. Exits if a request fails."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "figures.json")
        output_of(
            binary, "bench", workload, "--url", server.url, "--output", output, *map(str, options)
        )
        with open(output, encoding="utf-8") as file:
            figures = json.load(file)
    if figures["errors"]:
        sys.exit(f"{figures['errors']} requests failed: {json.dumps(figures['operations'])}")
    return figures


def memory(pid):
    """Resident memory in MiB, and the part of it that no other process shares."""
    figures = {}
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        for line in rollup:
            name, _, rest = line.partition(":")
            if rest.strip().endswith("kB"):
                figures[name] = int(rest.split()[0]) / 1024
    return figures["Rss"], figures["Private_Clean"] + figures["Private_Dirty"]


class server:
    """A server that runs until the block ends; `started` is the ms from exec to the first 200."""

    def __init__(self, command, port, environment=None, scheme="http"):
        self.port = port
        self.scheme = scheme
        self.url = f"{scheme}://127.0.0.1:{port}"
        begin = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        try:
            first_answer(port, self.process, scheme)
        except BaseException:
            self.process.kill()
            raise
        self.started = (time.monotonic() - begin) * 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(6 * DEADLINE)

    def memory(self):
        return memory(self.process.pid)

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)


def gantry(binary, *options):
    """Gantry on a free port of 127.0.0.1, without an access log, and without recorded requests unless
    an option says so."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    # A variable, so that older programs can be measured, too.
    environment = os.environ | {"REGISTRY_GANTRY_JOURNAL_ENTRIES": "0"}
    command = [binary, "serve", "--addr", address, "--access-log", "off", *options]
    return server(command, port, environment, "https" if "--tls-cert" in options else "http")


def empty_gantry(binary, *options):
    """Like `gantry`, but empty and with room for a load."""
    return gantry(binary, "--seed=false", "--memory-limit", "16GiB", *options)


def distribution(folder, storage):
    """Debian's docker-registry with this storage, as YAML, on a free port of 127.0.0.1, without an
    access log. Its configuration is written to `folder`."""
    port = free_port()
    path = os.path.join(folder, "config.yml")
    with open(path, "w", encoding="utf-8") as config:
        config.write(
            "version: 0.1\n"
            "log: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {storage}\n"
            f"http: {{addr: '127.0.0.1:{port}'}}\n"
        )
    return server(["docker-registry", "serve", path], port)


def crane():
    """go-containerregistry's registry in memory, on a free port of 127.0.0.1. Its log of requests goes
    nowhere."""
    port = free_port()
    return server(["crane", "registry", "serve", "--address", f"127.0.0.1:{port}"], port)


def nginx(folder, tls=""):
    """Debian's nginx, tuned to serve the files below `folder`/root with two workers.
    Its configuration is written to `folder`. With the directives `tls`, it speaks TLS."""
    port = free_port()
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w", encoding="utf-8") as config:
        config.write(
            "daemon off; worker_processes 2; pid nginx.pid; error_log stderr crit;\n"
            "events { worker_connections 4096; }\n"
            "http {\n"
            "  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n"
            "  open_file_cache max=1000; open_file_cache_valid 60s; default_type application/json;\n"
            f"  server {{ listen 127.0.0.1:{port} reuseport {'ssl' if tls else ''}; root root;\n"
            f"    {tls}\n"
            "    location = /v2/ { return 200; } }\n"
            "}\n"
        )
    command = ["nginx", "-p", folder, "-e", "stderr", "-c", path]
    return server(command, port, scheme="https" if tls else "http")
