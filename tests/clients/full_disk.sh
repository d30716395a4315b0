#!/bin/bash
# A disk without a free byte: clients can still pull, delete and collect, and a restart changes nothing.
source "$(dirname "$0")/lib.sh"
need curl jq mount
need_administrator
disk=$work/disk
mkdir "$disk"
mount -t tmpfs -o size=160m gantry-full-disk "$disk"
trap 'umount -l "$disk"; finish' EXIT
data=$disk/registry
serve() { start_server --data "$data" --gc-interval 0 --gc-grace 0 --blob-lease 0.1; }
status_of() { curl -sS -o "$work/answer" -w '%{http_code}' "$@"; }
push() { # push NUMBER: an index without children, of 100 KB
  jq -nc --arg x "$1 $(printf '%0100000d' 0)" '{schemaVersion: 2, manifests: [], annotations: {x: $x},
    mediaType: "application/vnd.oci.image.index.v1+json"}' >"$work/manifest"
  status_of -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    --data-binary @"$work/manifest" "http://$registry/v2/a/manifests/t$1"
}
reserved() { [[ $(stat -c %b "$data/reserve" 2>/dev/null) -ge 32768 ]]; }

serve
reserved || fail "16 MiB are not set aside"
for i in 1 2 3; do equal "a push" "$(push "$i")" 201; done

say "no byte is left: a push is refused, and the reserve is given up"
head -c 300M /dev/zero >"$disk/other" 2>/dev/null || true
number=10
until [[ $(push $number) == 507 ]]; do # the database's log may have room of its own
  ((++number < 300)) || fail "pushes go on without room"
done
contains "the answer" "$(cat "$work/answer")" "the registry's disk or memory is full"
equal "readiness" "$(status_of "http://$registry/readyz")" 200
contains "readiness" "$(cat "$work/answer")" "the disk is full"
contains "a metric" "$(fetch "http://$registry/metrics")" "gantry_storage_full 1"
equal "an upload" "$(status_of -X POST "http://$registry/v2/a/blobs/uploads/")" 507

say "pulls, deletions and collections work"
equal "a pull" "$(status_of "http://$registry/v2/a/manifests/t1")" 200
equal "a deletion" "$(status_of -X DELETE "http://$registry/v2/a/manifests/t2")" 202
equal "a collection" "$(status_of -X POST "http://$registry/__gantry/gc")" 200

say "a restart on the full disk is not different"
stop_server
serve
equal "a pull" "$(status_of "http://$registry/v2/a/manifests/t1")" 200
equal "the deleted tag" "$(status_of "http://$registry/v2/a/manifests/t2")" 404
equal "a deletion" "$(status_of -X DELETE "http://$registry/v2/a/manifests/t3")" 202

say "room that comes back is used, and set aside again"
rm "$disk/other"
equal "a push" "$(push 4)" 201
reserved || fail "nothing is set aside again"
equal "readiness" "$(fetch "http://$registry/readyz")" '{"status":"ok"}'
stop_server
"$GANTRY_BINARY" verify --deep --data "$data"
