#!/usr/bin/env python3
"""Checks the includes of src and reports those that violate the layers.

    check_layers.py SOURCE_TREE

The rules are the tables below; the headers of actor_api are read from src/actors.
"""

import fnmatch
import posixpath
import re
import sys
from pathlib import Path

# What a layer may include of the others. "actor_api" stands for only those headers of src/actors.
MAY_INCLUDE = {
    "base": set(),
    "domain": {"base"},
    "journal": {"base"},
    "limits": {"base"},
    "profiles": {"base"},
    "yaml": {"base"},
    "policy": {"base", "domain", "yaml"},
    "jose": {"base", "domain"},
    "mcp": {"base", "domain"},
    "replay": {"base", "domain", "http_coding", "journal"},
    "config": {"base", "config_values", "domain", "profiles", "retention", "yaml"},
    "config_values": {"base"},
    "retention": {"base", "config_values", "domain", "yaml"},
    "faults": {"base", "config", "config_values", "domain", "http_coding"},
    "telemetry": {"base"},
    # What an engine is; only engines know how one works.
    "storage_api": {"base", "domain"},
    "storage": {"base", "domain", "storage_api", "telemetry"},
    "transfer": {"base", "domain", "storage_api"},
    "watch": {"base", "domain"},
    "synthesis": {"base", "config", "config_values", "domain", "storage_api", "transfer", "yaml"},
    "auth": {"base", "domain", "jose", "policy", "telemetry", "yaml"},
    "actor_api": {"base", "domain", "storage_api", "telemetry"},
    "actors": {"actor_api", "base", "domain", "storage_api", "telemetry"},
    "net": {"base", "telemetry"},
    "runtime": {"actor_api", "base", "domain"},
    # HTTP/1.1 only: it serves any handler.
    "http": {"base", "http_coding", "net", "telemetry"},
    "http_coding": {"base"},
    "api": {
        "actor_api", "auth", "base", "domain", "faults", "http", "http_coding", "journal", "limits",
        "listing", "mcp", "net", "policy", "profiles", "replay", "retention", "runtime", "storage_api", "telemetry",
        "watch", "webhooks",
    },
    # Client and load generator work with any registry and know nothing of the server's implementation.
    "client": {"base", "domain", "http_coding"},
    "bench": {"base", "client", "domain"},
    # An index in a database of its own, which it keeps as an engine keeps its own.
    "listing": {"base", "domain", "storage", "storage_api", "telemetry"},
    # A client of those that are told of changes.
    "webhooks": {"base", "client", "domain", "storage_api", "telemetry", "watch"},
    # A client of collectors.
    "otlp": {"base", "client", "telemetry"},
    "copying": {"base", "client", "domain", "storage_api", "transfer"},
    # A proxy for any registry: it serves with the server's HTTP, and asks with the client's.
    "recorder": {"base", "client", "domain", "http", "http_coding", "journal", "net", "replay"},
    "app": {
        "actor_api", "actors", "api", "auth", "base", "bench", "client", "config", "config_values", "copying", "domain", "faults", "http",
        "jose", "journal", "limits", "listing", "mcp", "net", "otlp", "policy", "profiles", "recorder", "replay", "retention", "runtime", "storage", "storage_api", "synthesis",
        "telemetry", "transfer", "webhooks", "yaml",
    },
    # The library of the headers in include/gantry.
    "embed": {"actor_api", "app", "base", "config", "domain", "faults", "journal", "runtime"},
}

EVERY_LAYER = set(MAY_INCLUDE)

# Headers that are a layer of their own, with their sources.
PARTS = {
    # How people type values.
    "config_values": {"config/values.hpp"},
    # What both ends of a connection need.
    "http_coding": {"http/chunked_decoder.hpp", "http/field_text.hpp", "http/refusal.hpp"},
}

# Foreign headers that a layer must not include, and the excepted files.
FOREIGN = [
    # (layers, headers, excepted files)
    (
        {"base", "config", "config_values", "domain", "faults", "jose", "journal", "limits", "listing", "mcp", "profiles", "replay", "retention", "telemetry", "storage", "storage_api", "synthesis", "transfer",
         "auth", "policy", "watch", "yaml"},
        ["caf/*", "boost/asio*", "boost/beast*"],
        [],
    ),
    ({"actor_api", "actors"}, ["boost/asio*", "boost/beast*"], []),
    # Only src/runtime connects Asio and CAF.
    ({"net", "http", "http_coding", "api"}, ["caf/*"], []),
    ({"runtime"}, ["boost/beast*"], []),
    ({"net"}, ["boost/beast*"], ["net/asio_and_beast.cpp"]),
    ({"bench", "client", "copying", "recorder", "webhooks"}, ["caf/*", "spdlog/*", "CLI/*"], []),
    ({"config", "config_values", "domain", "jose", "journal", "mcp", "retention"}, ["spdlog/*", "CLI/*"], []),
    (
        EVERY_LAYER,
        ["sqlite3.h"],
        ["storage/sqlite/*"],
    ),
    (
        EVERY_LAYER,
        ["archive.h", "archive_entry.h", "zlib.h"],
        ["transfer/archive_reader.cpp", "transfer/gzip_writer.cpp"],
    ),
    (
        EVERY_LAYER,
        ["yaml-cpp/*"],
        ["yaml/reader.cpp"],
    ),
    # Only locks that the compiler can check: those of base/mutex.hpp. Exceptions: spdlog's sinks have their
    # own, and manifests use std::call_once.
    (
        EVERY_LAYER,
        ["mutex", "shared_mutex", "condition_variable"],
        ["base/mutex.hpp", "domain/manifest.hpp", "telemetry/background_sink.hpp"],
    ),
]

# What consumers of the library compile: its own headers, and the standard library's, which have no suffix.
PUBLIC = re.compile(r"gantry/\w+\.hpp|[a-z0-9_]+")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def actor_api_headers(source_tree):
    """Headers of src/actors that the layer above may include: the files of the target actor_api,
    and the headers of its source files."""
    text = (source_tree / "src/actors/CMakeLists.txt").read_text()
    text = re.sub(r"#.*", "", text)
    headers = set()
    for call in re.findall(r"\(\s*(?:gantry_)?actor_api\b([^)]*)\)", text):
        headers |= {f"actors/{stem}.hpp" for stem in re.findall(r"([\w/]+)\.[ch]pp\b", call)}
    return headers


def layer_of(file, api):
    """`file` is relative to src."""
    if file.startswith("storage/api/"):
        return "storage_api"
    folder = file.split("/")[0]
    header = re.sub(r"\.cpp$", ".hpp", file)
    for layer, headers in PARTS.items():
        if header in headers:
            return layer
    if folder != "actors":
        return folder
    return "actor_api" if header in api else "actors"


def own_breach(file, target, src, api):
    if target.split("/")[0] not in {layer.split("/")[0] for layer in MAY_INCLUDE}:
        # Found next to the including file, as in the preprocessor.
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), target))
        if not (src / target).exists():
            return f"{target} is no header of this project: foreign ones stand in angle brackets"
    source, used = layer_of(file, api), layer_of(target, api)
    if source not in MAY_INCLUDE:
        return f"the layer {source} is not known to this check"
    if used == source or used in MAY_INCLUDE[source]:
        return None
    return f"{source} must not include {used} ({target})"


def foreign_breach(file, target, api):
    for layers, headers, excepted in FOREIGN:
        if layer_of(file, api) not in layers:
            continue
        if any(fnmatch.fnmatch(file, pattern) for pattern in excepted):
            continue
        if any(fnmatch.fnmatch(target, pattern) for pattern in headers):
            return f"{layer_of(file, api)} must not include <{target}>"
    return None


def breaches(source_tree):
    """Yields "file:line: what" for each include that violates the rules."""
    src = source_tree / "src"
    api = actor_api_headers(source_tree)
    for path in sorted(src.rglob("*")):
        if path.suffix not in {".hpp", ".cpp", ".ipp"}:
            continue
        file = path.relative_to(src).as_posix()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            own = found[1] == '"'
            what = own_breach(file, found[2], src, api) if own else foreign_breach(file, found[2], api)
            if what:
                yield f"src/{file}:{number}: {what}"


def public_breaches(source_tree):
    """Yields "file:line: what" for each include of the public headers that consumers need not have."""
    for path in sorted((source_tree / "include").rglob("*.hpp")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = INCLUDE.match(line)
            if found and (found[1] == '"' or not PUBLIC.fullmatch(found[2])):
                yield f"{path.relative_to(source_tree)}:{number}: a public header must not include {found[2]}"


def main():
    source_tree = Path(sys.argv[1])
    if not actor_api_headers(source_tree):
        sys.exit("src/actors/CMakeLists.txt names no headers for actor_api")
    found = [*breaches(source_tree), *public_breaches(source_tree)]
    print("\n".join(found) or "all includes follow the layers")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
