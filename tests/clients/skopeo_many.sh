#!/bin/bash
# 64 concurrent pushes, each to a separate repository.
source "$(dirname "$0")/lib.sh"
need skopeo curl jq
start_server

say "64 pushes at once"
pushes=()
for number in {1..64}; do
  skopeo copy -q --preserve-digests --dest-tls-verify=false "oci:$images/small:1.0" \
    "docker://$registry/many/r$number:1.0" &
  pushes+=($!)
done
for push in "${pushes[@]}"; do wait "$push" || fail "a push failed"; done

say "each arrived"
expected=$(layout_digest "$images/small" 1.0)
for number in {1..64}; do
  equal "the digest of r$number" "$(registry_digest "many/r$number" 1.0)" "$expected"
done
for number in 1 32 64; do pulls_as "many/r$number:1.0" "$images/small" 1.0; done
repositories=$(fetch "http://$registry/v2/_catalog?n=1000" |
  jq '[.repositories[] | select(startswith("many/"))] | length')
equal "the number of repositories" "$repositories" 64

stop_server
