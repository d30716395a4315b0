import json
import os
import re
import select
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import gantry_registry as module
from gantry_registry import Registry, RegistryError

HERE = Path(__file__).resolve().parent
INDEX = "application/vnd.oci.image.index.v1+json"
BLOCK = re.compile(r"^```python[^\n]*\n(.*?)^```$", re.M | re.S)


def ask(method, url, body=None, kind=None):
    """Status, headers and text of an answer."""
    headers = {"Content-Type": kind} if kind else {}
    asked = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


def push(registry, tag):
    body = b'{"schemaVersion":2,"manifests":[]}'
    return ask("PUT", f"{registry.url}/v2/demo/app/manifests/{tag}", body, INDEX)[0]


def pull(registry):
    return ask("GET", f"{registry.url}/v2/library/hello-world/manifests/latest")[0]


def remove(registry):
    return ask("DELETE", f"{registry.url}/v2/library/hello-world/manifests/latest")[0]


def test_it_listens_on_a_free_port(gantry_registry):
    assert gantry_registry.host == "127.0.0.1"
    assert gantry_registry.port > 0
    assert gantry_registry.url == f"http://127.0.0.1:{gantry_registry.port}"
    assert ask("GET", gantry_registry.url + "/health")[2] == '{"status":"ok"}'


@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_fixture_is_reset_before_each_test(gantry_registry, turn):
    assert gantry_registry.repositories() == ["library/hello-world"]
    assert gantry_registry.tags("library/hello-world") == ["latest"]
    assert push(gantry_registry, turn) == 201
    gantry_registry.fail("hub-429")


def test_the_fixture_keeps_its_process(gantry_registry, gantry_registry_server):
    assert gantry_registry is gantry_registry_server


def test_a_reset_leaves_only_the_seed(gantry_registry):
    assert push(gantry_registry, "v1") == 201
    assert sorted(gantry_registry.repositories()) == ["demo/app", "library/hello-world"]
    gantry_registry.reset()
    assert gantry_registry.repositories() == ["library/hello-world"]


def test_the_repositories_below_a_prefix_are_reset(gantry_registry):
    push(gantry_registry, "v1")
    gantry_registry.reset("library/")
    assert gantry_registry.repositories() == ["demo/app"]
    with pytest.raises(RegistryError, match="prefix: 'NoName'"):
        gantry_registry.reset("NoName")
    with pytest.raises(RegistryError, match="^400"):
        gantry_registry.reset("")


def test_it_returns_to_a_snapshot(gantry_registry):
    push(gantry_registry, "v1")
    prepared = gantry_registry.snapshot()
    gantry_registry.reset()
    push(gantry_registry, "v2")
    gantry_registry.restore(prepared)
    assert gantry_registry.tags("demo/app") == ["v1"]
    gantry_registry.remove_snapshot(prepared)
    with pytest.raises(RegistryError, match="no such snapshot"):
        gantry_registry.restore(prepared)


def test_the_time_is_set(gantry_registry):
    begun = ask("POST", f"{gantry_registry.url}/v2/demo/app/blobs/uploads/")
    upload = gantry_registry.url + begun[1]["Location"]
    assert not gantry_registry.advance("23h")["real"]
    assert ask("GET", upload)[0] == 204
    gantry_registry.advance(24 * 3600)
    assert ask("GET", upload)[0] == 404
    shown = {"now": "2026-01-31T12:00:00.000000Z", "frozen": True, "real": False}
    assert gantry_registry.set_clock(now="2026-01-31T12:00:00Z", frozen=True) == shown
    with pytest.raises(RegistryError, match="advance: "):
        gantry_registry.advance("soon")


def test_it_fails_on_demand_until_the_faults_are_cleared(gantry_registry):
    assert gantry_registry.fail("hub-429")[0]["name"] == "hub-429"
    assert pull(gantry_registry) == 429
    gantry_registry.clear_faults()
    assert pull(gantry_registry) == 200


def test_faults_are_dictionaries_lists_or_json(gantry_registry):
    rule = {"match": {"operation": "put_manifest"}, "nth": 1, "effect": {"status": 504}}
    gantry_registry.fail(rule)
    assert [push(gantry_registry, "v1") for _ in range(2)] == [504, 201]
    assert len(gantry_registry.fail([rule, {"name": "slow-blobs"}])) == 2
    assert len(gantry_registry.fail(json.dumps(rule))) == 1


def test_a_mistake_in_a_fault_is_named(gantry_registry):
    with pytest.raises(RegistryError, match="'nope' is no named fault") as refused:
        gantry_registry.fail("nope")
    assert refused.value.status == 400


def test_requests_are_recorded(gantry_registry):
    push(gantry_registry, "v1")
    push(gantry_registry, "v2")
    seen = gantry_registry.wait_for(operation="put_manifest", count=2)
    assert [each["target"][-2:] for each in seen] == ["v1", "v2"]
    assert len(gantry_registry.requests(repository="demo/app", n=1)) == 1
    gantry_registry.clear_requests()
    assert gantry_registry.requests() == []


def test_waiting_in_vain_says_what_came(gantry_registry):
    push(gantry_registry, "v1")
    gantry_registry.wait_for(method="PUT")
    with pytest.raises(TimeoutError, match="1 of 2 requests.*/v2/demo/app/manifests/v1"):
        gantry_registry.wait_for(method="PUT", count=2, timeout=0.001)


def test_all_pages_of_tags_are_read():
    with Registry(page_max=2) as registry:
        for tag in ("a", "b", "c", "d"):
            push(registry, tag)
        assert registry.tags("demo/app") == ["a", "b", "c", "d"]


def test_flags():
    with Registry(read_only=True, memory_limit="1GiB", header=["X-One: 1", "X-Two: 2"]) as registry:
        status, headers, _ = ask("DELETE", f"{registry.url}/v2/library/hello-world/manifests/latest")
        assert (status, headers["X-One"], headers["X-Two"]) == (405, "1", "2")


def test_false_flags_and_none():
    with Registry(no_delete=False, seed=None) as registry:
        assert remove(registry) == 202


def test_keys():
    fields = ["X-One: 1", "X-Two: 2"]
    with Registry(**{"storage.delete.enabled": False, "http.headers": fields}) as registry:
        assert remove(registry) == 405
        assert ask("GET", registry.url)[1]["X-Two"] == "2"


def test_all_keys_are_known():
    settings = (HERE / "../../docs/configuration.md").read_text()
    assert module.KEYS == set(re.findall(r"^\| `([a-z.]+)` \| `--", settings, re.M))


def test_without_a_seed_below_a_prefix():
    with Registry(seed=False, prefix="/registry") as registry:
        registry.reset()
        assert registry.repositories() == []


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"bogus_thing": 1}, "unknown option --bogus-thing"),
        ({"page_max": "many"}, "--page-max"),
        ({"binary": "/no/such/program"}, "/no/such/program"),
    ],
)
def test_what_the_server_refuses_is_refused(settings, message):
    with pytest.raises(RegistryError, match=f"did not start: .*{message}"):
        Registry(**settings).start()


def test_an_unknown_key_is_refused():
    with pytest.raises(ValueError, match="'gantry.bogus' is not the key"):
        Registry(**{"gantry.bogus": 1}).start()


def test_a_port_that_is_taken(gantry_registry):
    with pytest.raises(RegistryError, match="(?i)in use"):
        Registry(port=gantry_registry.port).start()


def test_it_stops_and_starts_again():
    registry = Registry()
    registry.stop()
    assert registry.start() is registry.start()
    url = registry.url
    registry.stop()
    registry.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=30)
    with pytest.raises(RegistryError, match="not running"):
        registry.reset()
    with registry:
        assert pull(registry) == 200


def test_nothing_is_left_if_stop_is_forgotten():
    script = "from gantry_registry import Registry; r = Registry(idle_exit='20s').start(); print(r._process.pid)"
    ended = subprocess.run([sys.executable, "-c", script], cwd=HERE, capture_output=True, text=True, check=True)
    try:
        server = os.pidfd_open(int(ended.stdout))
    except ProcessLookupError:
        return
    assert select.select([server], [], [], 10)[0], "the server outlives its program"
    os.close(server)


def test_pytest_is_not_needed():
    script = "import sys; sys.modules['pytest'] = None; import gantry_registry; print(gantry_registry.pytest)"
    ended = subprocess.run([sys.executable, "-c", script], cwd=HERE, capture_output=True, text=True, check=True)
    assert ended.stdout == "None\n"


PAGES = [HERE / "README.md", HERE.parents[1] / "docs/testing.md"]


@pytest.mark.parametrize("block", [block for page in PAGES for block in BLOCK.findall(page.read_text())])
def test_the_documentation(block, gantry_registry):
    names = {"gantry_registry": gantry_registry}
    exec(block, names)
    for name, tested in list(names.items()):
        if name.startswith("test_"):
            tested(gantry_registry)
