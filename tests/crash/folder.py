"""Checks the folder of a stopped server: files and rows must agree."""

import os
import shutil
import sqlite3
import time

from server import GRACE, lost


def check_folder(data, scratch):
    """For a stopped server whose collections had time: files and rows must agree."""
    for name in ("metadata.db", "metadata.db-wal"):
        if os.path.exists(os.path.join(data, name)):
            shutil.copyfile(os.path.join(data, name), os.path.join(scratch, name))
    database = sqlite3.connect(f"file:{scratch}/metadata.db", uri=True)
    try:
        check_rows(database)
        # The first byte of a key is the algorithm: see digest::to_binary.
        rows = {
            key[1:].hex(): size
            for key, size in database.execute("SELECT digest, size FROM blobs WHERE inline = 0")
        }
    finally:
        database.close()
        for name in os.listdir(scratch):
            os.remove(os.path.join(scratch, name))
    files = {}
    for path, _, names in os.walk(os.path.join(data, "blobs")):
        for name in names:
            files[name] = os.stat(os.path.join(path, name))
    for name, facts in files.items():
        if name not in rows and time.time() - facts.st_mtime > GRACE + 1:
            raise lost(f"file {name} of {facts.st_size} bytes belongs to no blob")
    for name, size in rows.items():
        if name not in files or files[name].st_size != size:
            raise lost(f"blob {name} of {size} bytes has no such file")
    return len(files)


def check_rows(database):
    wrong = {
        "damage": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
        "links of no blob": "SELECT * FROM links WHERE blob_id NOT IN (SELECT id FROM blobs)",
        "tags of no manifest": "SELECT * FROM tags WHERE manifest_id NOT IN (SELECT id FROM manifests)",
        "inline blobs without bytes": "SELECT id FROM blobs WHERE inline <> 0 AND size <> "
        "COALESCE((SELECT LENGTH(content) FROM blob_contents WHERE blob_id = id), -1)",
        "bytes of no blob": "SELECT blob_id FROM blob_contents WHERE blob_id NOT IN "
        "(SELECT id FROM blobs WHERE inline <> 0)",
        "references of no manifest": "SELECT manifest_id FROM manifest_references WHERE manifest_id "
        "NOT IN (SELECT id FROM manifests UNION ALL SELECT -id FROM kept_manifests)",
        "referrers of no manifest": "SELECT 1 FROM referrers AS r WHERE NOT EXISTS (SELECT 1 FROM "
        "manifests AS m WHERE m.repository_id = r.repository_id AND m.digest = r.digest)",
        "manifests without a state": "SELECT id FROM manifests WHERE id NOT IN "
        "(SELECT manifest_id FROM manifest_states)",
        "states of no manifest": "SELECT manifest_id FROM manifest_states WHERE manifest_id NOT IN "
        "(SELECT id FROM manifests)",
        "wrong counts of manifests": "SELECT name, manifests FROM repositories AS r WHERE manifests "
        "<> (SELECT COUNT(*) FROM manifests WHERE repository_id = r.id)",
        "tags that are not where their history says": "SELECT name FROM tags AS t JOIN manifests AS m ON "
        "m.id = manifest_id WHERE digest <> COALESCE((SELECT digest_after FROM history AS h WHERE "
        "h.repository_id = t.repository_id AND tag = name ORDER BY at DESC LIMIT 1), x'')",
        "a wrong total": "SELECT bytes FROM totals WHERE bytes <> (SELECT COALESCE(SUM(size), 0) "
        "FROM blobs WHERE state <> 2) + (SELECT COALESCE(SUM(LENGTH(content)), 0) FROM manifests) + "
        "(SELECT COALESCE(SUM(LENGTH(content)), 0) FROM kept_manifests)",
    }
    for what, query in wrong.items():
        found = database.execute(query).fetchmany(5)
        if found:
            raise lost(f"the database has {what}: {found}")
