#!/bin/bash
# podman against the server: push, pull, a manifest list.
source "$(dirname "$0")/lib.sh"
need podman skopeo curl jq
start_server

say "push"
podman load -q -i "$images/small.docker.tar"
podman push -q --tls-verify=false localhost/small:1.0 "$registry/a/small:1.0"
pulls_as a/small:1.0 "$images/small" 1.0

say "pull by tag and by digest"
podman rmi -f localhost/small:1.0 >/dev/null
tagged=$(podman pull -q --tls-verify=false "$registry/a/small:1.0")
pinned=$(podman pull -q --tls-verify=false "$registry/a/small@$(registry_digest a/small 1.0)")
equal "the image pulled by digest" "$pinned" "$tagged"

say "a manifest list"
podman manifest create localhost/list:1.0 >/dev/null
for architecture in amd64 arm64; do
  podman manifest add --arch $architecture localhost/list:1.0 "oci:$images/multi:$architecture" >/dev/null
done
podman manifest push -q --all --tls-verify=false localhost/list:1.0 "docker://$registry/a/list:1.0" >/dev/null
architectures=$(skopeo inspect --tls-verify=false --raw "docker://$registry/a/list:1.0" |
  jq -c '[.manifests[].platform.architecture] | sort')
equal "the architectures" "$architectures" '["amd64","arm64"]'
for architecture in amd64 arm64; do
  skopeo copy -q --src-tls-verify=false --override-arch $architecture \
    "docker://$registry/a/list:1.0" "oci:$work/$architecture:1.0"
  same_content "$images/multi" $architecture "$work/$architecture" 1.0
done

say "an absent image"
refused podman pull -q --tls-verify=false "$registry/a/absent:1.0"
contains "the error" "$output" "manifest unknown|name unknown"

say "the seeded image"
podman pull -q --tls-verify=false "$registry/library/hello-world:latest" >/dev/null

stop_server
