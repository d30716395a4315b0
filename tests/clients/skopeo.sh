#!/bin/bash
# skopeo against the server: copies of every kind, lists, inspection, deletion, mounts, the seed.
source "$(dirname "$0")/lib.sh"
need skopeo curl jq
start_server

push() { # push LAYOUT:TAG REPOSITORY:TAG [OPTION]...
  local source=$1 destination=$2
  shift 2
  skopeo copy -q --dest-tls-verify=false "$@" "oci:$images/$source" "docker://$registry/$destination"
}

say "an image of five layers, digests kept"
push medium:1.0 a/medium:1.0 --preserve-digests
equal "the digest" "$(registry_digest a/medium 1.0)" "$(layout_digest "$images/medium" 1.0)"
pulls_as a/medium:1.0 "$images/medium" 1.0

say "an index with all its images"
push multi:1.0 a/multi:1.0 --all --preserve-digests
equal "the digest" "$(registry_digest a/multi 1.0)" "$(layout_digest "$images/multi" 1.0)"
for architecture in amd64 arm64; do
  digest=$(skopeo inspect --tls-verify=false --raw "docker://$registry/a/multi:1.0" |
    jq -r --arg name $architecture '.manifests[] | select(.platform.architecture == $name) | .digest')
  equal "the image of $architecture" "$digest" "$(layout_digest "$images/multi" $architecture)"
  skopeo copy -q --src-tls-verify=false --override-arch $architecture \
    "docker://$registry/a/multi:1.0" "oci:$work/$architecture:1.0"
  same_content "$images/multi" $architecture "$work/$architecture" 1.0
done

say "list-tags and inspect"
push small:1.0 a/medium:small
tags=$(skopeo list-tags --tls-verify=false "docker://$registry/a/medium" | jq -c ".Tags | sort")
equal "the list of tags" "$tags" '["1.0","small"]'
inspected=$(skopeo inspect --tls-verify=false "docker://$registry/a/medium:1.0")
equal "the number of layers" "$(jq '.Layers | length' <<<"$inspected")" 5
equal "the digest" "$(jq -r .Digest <<<"$inspected")" "$(layout_digest "$images/medium" 1.0)"
raw=$(skopeo inspect --tls-verify=false --raw "docker://$registry/a/medium:1.0" | sha256sum)
equal "the digest of the bytes" "sha256:${raw%% *}" "$(layout_digest "$images/medium" 1.0)"

# cases 119, 122
say "a second repository: layers are mounted, only the config is sent again"
push medium:1.0 b/medium:1.0 --preserve-digests
pulls_as b/medium:1.0 "$images/medium" 1.0

say "delete"
skopeo delete --tls-verify=false "docker://$registry/b/medium:1.0"
refused skopeo inspect --tls-verify=false "docker://$registry/b/medium:1.0"
contains "the error" "$output" "manifest unknown"
pulls_as a/medium:1.0 "$images/medium" 1.0

say "sync, to a folder and back to another repository"
skopeo sync --all --src-tls-verify=false --src docker --dest dir "$registry/a/medium" "$work/synced" \
  >"$work/sync.out" 2>&1
skopeo sync --all --dest-tls-verify=false --src dir --dest docker "$work/synced" "$registry/synced" \
  >>"$work/sync.out" 2>&1
tags=$(skopeo list-tags --tls-verify=false "docker://$registry/synced/medium" | jq -c ".Tags | sort")
equal "the list of tags" "$tags" '["1.0","small"]'
pulls_as synced/medium:1.0 "$images/medium" 1.0

say "an artifact and its subject"
push artifact:1.0 a/artifact:1.0 --preserve-digests
push artifact:sbom a/artifact:sbom --preserve-digests
subject=$(layout_digest "$images/artifact" 1.0)
referrers=$(fetch "http://$registry/v2/a/artifact/referrers/$subject" |
  jq -c '[.manifests[] | [.digest, .artifactType]]')
equal "the list of referrers" "$referrers" \
  "[[\"$(layout_digest "$images/artifact" sbom)\",\"application/spdx+json\"]]"

say "the seeded image"
skopeo copy -q --src-tls-verify=false "docker://$registry/library/hello-world:latest" \
  "dir:$work/hello"
equal "its media type" "$(jq -r .mediaType "$work/hello/manifest.json")" \
  application/vnd.docker.distribution.manifest.v2+json

stop_server

# The log is complete once the server has exited.
equal "the number of mounted layers" \
  "$(logged 'POST /v2/b/medium/blobs/uploads/\?\S*mount=\S*"? 201 ')" 5
equal "the number of blobs sent to the second repository" "$(logged 'PATCH /v2/b/medium/')" 1
