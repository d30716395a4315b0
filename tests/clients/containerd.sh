#!/bin/bash
# containerd's ctr against the server: push and pull, of one image and of several architectures.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need skopeo curl jq
start_server
start_containerd

import() { # import LAYOUT REFERENCE [OPTION]...
  local layout=$1 reference=$2
  shift 2
  tar -C "$images/$layout" -cf "$work/$layout.tar" oci-layout index.json blobs
  ctr images import "$@" --base-name "$reference" "$work/$layout.tar" >/dev/null
}

say "push one image"
import small "$registry/a/small"
ctr images push --plain-http "$registry/a/small:1.0" >/dev/null
equal "the digest" "$(registry_digest a/small 1.0)" "$(layout_digest "$images/small" 1.0)"
pulls_as a/small:1.0 "$images/small" 1.0

say "push all architectures"
import multi "$registry/a/multi" --all-platforms --no-unpack
ctr images push --plain-http "$registry/a/multi:1.0" >/dev/null
equal "the digest" "$(registry_digest a/multi 1.0)" "$(layout_digest "$images/multi" 1.0)"

say "pull"
ctr images ls -q | xargs ctr images rm --sync >/dev/null
equal "the content left" "$(ctr content ls -q)" ""
ctr images pull --plain-http --all-platforms "$registry/a/multi:1.0" >/dev/null
for architecture in amd64 arm64; do
  contains "the content" "$(ctr content ls -q)" "$(layout_digest "$images/multi" $architecture)"
done
digest=$(layout_digest "$images/small" 1.0)
ctr images pull --plain-http "$registry/a/small@$digest" >/dev/null
contains "the content" "$(ctr content ls -q)" "$digest"

say "an absent image"
refused ctr images pull --plain-http "$registry/a/absent:1.0"
contains "the error" "$output" 'not found'

say "the seeded image"
ctr images pull --plain-http "$registry/library/hello-world:latest" >/dev/null

stop_server
