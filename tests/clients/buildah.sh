#!/bin/bash
# buildah against the server: pull an image, change it, push it, and pull it again.
source "$(dirname "$0")/lib.sh"
need buildah skopeo curl jq
start_server

skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/a/small:1.0"

say "build on top of an image that the registry holds"
printf 'hello\n' >"$work/greeting"
printf 'FROM %s/a/small:1.0\nCOPY greeting /greeting\n' "$registry" >"$work/Containerfile"
buildah build -q --isolation chroot --tls-verify=false -t localhost/built:1.0 \
  -f "$work/Containerfile" "$work" >/dev/null
buildah push -q --tls-verify=false localhost/built:1.0 "docker://$registry/a/built:1.0"

say "pull"
buildah rmi -a -f >/dev/null
buildah pull -q --tls-verify=false "$registry/a/built:1.0" >/dev/null
container=$(buildah from --pull-never "$registry/a/built:1.0")
root=$(buildah mount "$container")
equal "the file that was added" "$(cat "$root/greeting")" hello
[[ -x $root/bin/busybox ]] || fail "the lower layer is not there"
buildah umount "$container" >/dev/null

say "a manifest list"
buildah manifest create localhost/list:1.0 >/dev/null
buildah manifest add localhost/list:1.0 --all "oci:$images/multi:1.0" >/dev/null
buildah manifest push -q --all --tls-verify=false localhost/list:1.0 "docker://$registry/a/list:1.0" >/dev/null
architectures=$(skopeo inspect --tls-verify=false --raw "docker://$registry/a/list:1.0" |
  jq -c '[.manifests[].platform.architecture] | sort')
equal "the architectures" "$architectures" '["amd64","arm64"]'

stop_server
