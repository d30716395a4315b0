"""Runs `gantry serve` as a child process for tests, and steers it over HTTP.

    with Registry(read_only=True) as registry:
        print(registry.url)

As a plugin of pytest (`pytest_plugins = ["gantry_registry"]`) it has the fixture `gantry_registry`.
"""

import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request

try:
    import pytest
except ImportError:
    pytest = None

__all__ = ["Registry", "RegistryError"]

START_TIMEOUT_SECONDS = 30
STOP_TIMEOUT_SECONDS = 20
LOG_LIMIT = 64 * 1024
LISTENING = re.compile(r"^listening on (\S+):(\d+)\b")

# The server ignores variables that it does not know, so names of keys are checked here.
# The tests compare this list with docs/configuration.md.
KEYS = frozenset(
    """
    auth.htpasswd.path auth.htpasswd.realm auth.token.autoredirect auth.token.autoredirectpath
    auth.token.issuer auth.token.jwks auth.token.realm auth.token.rootcertbundle auth.token.service
    auth.token.signingalgorithms catalog.maxentries gantry.accesslog.file gantry.accesslog.format
    gantry.audit.file gantry.auth.challenge gantry.auth.issuers gantry.auth.tokenkeys
    gantry.auth.tokens gantry.blobs.lease gantry.blobs.maxsize gantry.connections.max
    gantry.connections.peraddress gantry.control gantry.cors.origins gantry.exit.idle
    gantry.exit.parent gantry.faults gantry.gc.grace gantry.gc.interval gantry.gc.untagged
    gantry.history.keep gantry.hosts.allowed gantry.http.proxyprotocol gantry.journal.entries
    gantry.lock.wait
    gantry.memory.inflight gantry.memory.limit gantry.pages.default gantry.pages.strict
    gantry.policy.file gantry.profile.name gantry.profile.repositories gantry.rates
    gantry.referrers.enabled gantry.replay.file gantry.replay.order gantry.repositories.max
    gantry.reset.allowed gantry.retention.interval gantry.scheduler.polling
    gantry.scheduler.separate gantry.scrub.interval
    gantry.scrub.rate gantry.seed gantry.tags.immutable gantry.threads gantry.timeouts.body
    gantry.timeouts.bodyrate gantry.timeouts.head gantry.timeouts.idle gantry.timeouts.send
    gantry.timeouts.stall gantry.tls.certificates gantry.tls.clientuser gantry.undo.space gantry.undo.window gantry.uploads.max
    gantry.uploads.minchunk gantry.uploads.perrepository gantry.validation.lenient
    gantry.validation.references http.addr http.debug.addr http.debug.prometheus.enabled
    http.debug.prometheus.path http.draintimeout http.headers http.host http.prefix
    http.relativeurls http.tls.certificate http.tls.ciphersuites http.tls.clientauth
    http.tls.clientcas http.tls.key http.tls.minimumtls http.trustedproxies log.accesslog.disabled
    log.formatter log.level storage.delete.enabled storage.filesystem.rootdirectory
    storage.maintenance.readonly.enabled storage.maintenance.uploadpurging.age
    """.split()
)

# A proxy of the environment does not reach a server on this machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class RegistryError(RuntimeError):
    """What the server refused, or why it did not start. `status` is 0 without an answer."""

    def __init__(self, message, status=0):
        super().__init__(message)
        self.status = status


class Registry:
    """A registry in a process of its own. Settings are flags in snake_case (`memory_limit="1GiB"`) or
    keys (`**{"gantry.memory.limit": "1GiB"}`) of docs/configuration.md. Port 0 takes any free port."""

    def __init__(self, port=0, host="127.0.0.1", binary=None, **settings):
        self._wanted = (host, port)
        self._address = None
        self._binary = os.fspath(binary or os.environ.get("GANTRY_BINARY") or "gantry")
        self._settings = settings
        self._process = None
        self._reader = None
        self._log = ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    @property
    def host(self):
        return (self._address or self._wanted)[0]

    @property
    def port(self):
        """The port that it listens on; before the start, the one that was asked for."""
        return (self._address or self._wanted)[1]

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def log(self):
        """The end of what the server wrote to stderr."""
        return self._log

    def start(self):
        """Returns once the server accepts connections.
        Raises RegistryError with its message if it ends first."""
        if self._process is not None and self._process.poll() is None:
            return self
        self.stop()
        arguments, variables = self._command()
        loud = any(re.match("--access-log=(?!off$)", each) for each in arguments)
        try:
            self._process = subprocess.Popen(
                [self._binary, *arguments],
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=None if loud else subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise RegistryError(f"the registry did not start: {error}") from None
        self._log = ""
        known = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self._process, known), daemon=True)
        self._reader.start()
        known.wait(START_TIMEOUT_SECONDS)
        if self._address is None:
            self._process.kill()
            self.stop()
            raise RegistryError(f"the registry did not start: {self._log.strip() or 'it did not say why'}")
        return self

    def stop(self):
        """Returns once the server has ended. Without a server it does nothing."""
        process, self._process, self._address = self._process, None, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join()

    def reset(self, prefix=None):
        """Only the seed is left: no other content, no faults, no recorded requests, the real time. With a
        prefix, only the content of the repository with this name and of those below it is deleted."""
        self._call("POST", "/__parlel/reset" + _query({"prefix": prefix}))

    def snapshot(self):
        """Saves all content, and returns the number of the snapshot. A reset keeps snapshots."""
        return self._call("POST", "/__parlel/snapshot")["id"]

    def restore(self, snapshot):
        """Returns to the content of a snapshot."""
        self._call("POST", f"/__parlel/snapshot/{snapshot}/restore")

    def remove_snapshot(self, snapshot):
        self._call("DELETE", f"/__parlel/snapshot/{snapshot}")

    def advance(self, by):
        """Advances the clock that uploads and leases expire by: seconds, or a text such as "1h"."""
        return self.set_clock(advance=by if isinstance(by, str) else f"{round(by * 1000)}ms")

    def set_clock(self, **change):
        """Changes that clock: `now`, `advance`, `frozen`, `real`. Returns what it shows."""
        return self._call("POST", "/__parlel/clock", json.dumps(change))

    def fail(self, fault):
        """Injects a fault by its name, as JSON or as a dictionary, or a list of them.
        Returns the faults as they were understood."""
        if isinstance(fault, str) and not fault.lstrip().startswith(("{", "[")):
            fault = {"name": fault}
        body = fault if isinstance(fault, str) else json.dumps(fault)
        return self._call("POST", "/__parlel/faults", body)["faults"]

    def clear_faults(self):
        self._call("DELETE", "/__parlel/faults")

    def requests(self, **matching):
        """Recorded requests, the oldest first: `method`, `operation`, `repository`, `path`, `status`,
        `since` and `n` select some."""
        return self._call("GET", "/__parlel/requests" + _query(matching))["requests"]

    def wait_for(self, count=1, timeout=5, **matching):
        """The matching requests, once there are `count`. Raises TimeoutError after `timeout` seconds,
        60 at most."""
        parameters = dict(matching, count=count, timeout=f"{round(timeout * 1000)}ms")
        status, text = self._send("GET", "/__parlel/requests/wait" + _query(parameters))
        if status == 408:
            came = json.loads(text)["requests"]
            raise TimeoutError(f"{len(came)} of {count} requests within {timeout} s: {matching}; {came}")
        return _parsed(status, text)["requests"]

    def clear_requests(self):
        self._call("DELETE", "/__parlel/requests")

    def repositories(self):
        """Names of all repositories. This is a request, too."""
        return self._call("GET", "/__parlel/repositories")["repositories"]

    def tags(self, repository):
        """All tags of a repository. This is a request, too."""
        found, last = [], None
        while True:
            page = self._call("GET", f"/v2/{repository}/tags/list" + _query({"n": 1000, "last": last}))
            if not page["tags"]:
                return found
            found += page["tags"]
            last = found[-1]

    def _command(self):
        flags = {"addr": ["{}:{}".format(*self._wanted)], "access-log": ["off"], "parent-pid": [os.getpid()]}
        variables = dict(os.environ)
        replaced = {"http.addr": "addr", "gantry.accesslog.format": "access-log", "gantry.exit.parent": "parent-pid"}
        for name, value in self._settings.items():
            if value is None:
                continue
            values = [_text(each) for each in (value if isinstance(value, (list, tuple)) else [value])]
            if "." not in name:
                flags[name.replace("_", "-")] = values
                continue
            if name not in KEYS:
                raise ValueError(f"'{name}' is not the key of a setting")
            separator = "\n" if name == "http.headers" else ","
            variables["REGISTRY_" + name.upper().replace(".", "_")] = separator.join(values)
            flags.pop(replaced.get(name), None)
        arguments = [f"--{flag}={_text(each)}" for flag, values in flags.items() for each in values]
        return ["serve", *arguments], variables

    def _read(self, process, known):
        for line in process.stderr:
            self._log = (self._log + line)[-LOG_LIMIT:]
            found = LISTENING.match(line)
            if found and not known.is_set():
                host = "127.0.0.1" if found[1] in ("0.0.0.0", "[::]", "*") else found[1]
                self._address = (host, int(found[2]))
                known.set()
        process.stderr.close()
        known.set()

    def _call(self, method, target, body=None):
        return _parsed(*self._send(method, target, body))

    def _send(self, method, target, body=None):
        if self._address is None:
            raise RegistryError("the registry is not running")
        prefix = self._settings.get("prefix") or self._settings.get("http.prefix") or ""
        asked = urllib.request.Request(
            self.url + prefix.rstrip("/") + target,
            data=None if body is None else body.encode(),
            headers={} if body is None else {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with _direct.open(asked, timeout=90) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _query(parameters):
    given = {name: value for name, value in parameters.items() if value is not None}
    return "?" + urllib.parse.urlencode(given) if given else ""


def _parsed(status, text):
    if status < 300:
        return json.loads(text) if text else {}
    try:
        first = json.loads(text)["errors"][0]
        detail = first.get("detail")
        text = f"{first['message']}: {detail}" if isinstance(detail, str) else first["message"]
    except (ValueError, KeyError, IndexError, TypeError):
        pass  # Not one of the server's own errors: the text as it is.
    raise RegistryError(f"{status}: {text}", status)


if pytest is not None:

    @pytest.fixture(scope="session")
    def gantry_registry_server():
        """The server behind `gantry_registry`; override this to choose settings."""
        with Registry() as registry:
            yield registry

    @pytest.fixture
    def gantry_registry(gantry_registry_server):
        """A registry that was just reset. All tests of a session share its process."""
        gantry_registry_server.reset()
        return gantry_registry_server
