#!/bin/bash
# A registry in a folder: content pushed by real clients survives kill -9; a full disk is reported
# and loses nothing.
source "$(dirname "$0")/lib.sh"
need skopeo curl jq mount
need_administrator
data=$work/data
mkdir "$data"
mount -t tmpfs -o size=80m gantry-durable "$data"
trap 'umount -l "$data"; finish' EXIT

start_server --data "$data/registry" --gc-grace 0 --blob-lease 0.5

say "what was pushed is there after kill -9"
skopeo copy -q --preserve-digests --dest-tls-verify=false "oci:$images/medium:1.0" \
  "docker://$registry/a/medium:1.0"
skopeo copy -q --all --preserve-digests --dest-tls-verify=false "oci:$images/multi:1.0" \
  "docker://$registry/a/multi:1.0"
kill -KILL "$server_pid"
wait "$server_pid" || true
start_server --data "$data/registry" --gc-grace 0 --blob-lease 0.5
equal "the digest" "$(registry_digest a/medium 1.0)" "$(layout_digest "$images/medium" 1.0)"
equal "the digest" "$(registry_digest a/multi 1.0)" "$(layout_digest "$images/multi" 1.0)"
pulls_as a/medium:1.0 "$images/medium" 1.0

say "a second server on the folder is refused"
refused "$GANTRY_BINARY" serve --addr 127.0.0.1:0 --data "$data/registry"
contains "the refusal" "$output" "in use by another process"

say "a full disk: the client is told, and nothing is lost"
# Random bytes, so that none of them exist yet.
head -c 60000000 /dev/urandom >"$work/blob"
digest=sha256:$(sha256sum "$work/blob" | cut -d ' ' -f 1)
push_blob() {
  local location
  location=$(fetch -X POST -D - -o /dev/null "http://$registry/v2/b/c/blobs/uploads/" |
    tr -d '\r' | sed -n 's/^location: //Ip')
  curl -sS -X PUT -T "$work/blob" -o "$work/answer" -w '%{http_code}' \
    "http://$registry$location?digest=$digest"
}
equal "the status" "$(push_blob)" 507
contains "the answer" "$(cat "$work/answer")" "the registry's disk or memory is full"
pulls_as a/medium:1.0 "$images/medium" 1.0

say "space that comes back is used"
fetch -X DELETE "http://$registry/v2/a/medium/manifests/$(registry_digest a/medium 1.0)"
# Wait until the leases of the pushes and of the previous process end.
freed() { [[ $(fetch -X POST "http://$registry/__gantry/gc" | jq .bytes) -gt 40000000 ]]; }
eventually "the collection freed nothing" freed
pushed() { [[ $(push_blob) == 201 ]]; }
eventually "the disk is still full" pushed
fetch "http://$registry/v2/b/c/blobs/$digest" | cmp - "$work/blob"
equal "the digest" "$(registry_digest a/multi 1.0)" "$(layout_digest "$images/multi" 1.0)"

stop_server

say "the folder is sound, and a stopped one is collected as well"
"$GANTRY_BINARY" verify --deep --data "$data/registry"
"$GANTRY_BINARY" gc --grace 0 --data "$data/registry"
"$GANTRY_BINARY" verify --data "$data/registry"

say "a read-only disk is refused in one line"
mount -o remount,ro "$data"
refused "$GANTRY_BINARY" serve --addr 127.0.0.1:0 --data "$data/registry"
contains "the refusal" "$output" "cannot be written: Read-only file system"
mount -o remount,rw "$data"
