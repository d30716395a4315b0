#!/bin/bash
# Content that a YAML file describes, and archives of docker save as the seed: real clients pull it, and fail at
# what is broken.
source "$(dirname "$0")/lib.sh"
need skopeo podman curl jq tar

cat >"$work/content.yml" <<'END'
repositories:
  team/app:
    tags: [a..e, "1.0"]
    layers: 3
    layer_size: 100KB
    signatures: true
    sbom: true
    broken: [cyclic_index, missing_blob, missing_child, missing_config, wrong_bytes, wrong_size]
  team/multi:
    platforms: [linux/amd64, linux/arm64]
END
start_server --seed "$work/content.yml"

pull() { skopeo copy -q --src-tls-verify=false "docker://$registry/$1" "oci:$work/pulled:1.0"; }

say "skopeo lists the tags, and pulls an image of three layers"
tags=$(skopeo list-tags --tls-verify=false "docker://$registry/team/app" |
  jq -r '.Tags[] | select(test("^(broken|sha256)-") | not)' | xargs)
equal "the list of tags" "$tags" "1.0 a b c d e"
pull team/app:1.0
digest=$(layout_digest "$work/pulled" 1.0)
equal "the digest" "$digest" "$(registry_digest team/app 1.0)"
equal "the number of layers" "$(jq '.layers | length' "$work/pulled/blobs/${digest/://}")" 3
config=$(jq -r .config.digest "$work/pulled/blobs/${digest/://}")
equal "the uncompressed layers" "$(jq -r '.rootfs.diff_ids[]' "$work/pulled/blobs/${config/://}")" \
  "$(layer_contents "$work/pulled" "$digest" | sed 's/^/sha256:/')"

say "skopeo pulls an index with all its images"
skopeo copy -q --all --src-tls-verify=false "docker://$registry/team/multi:latest" "oci:$work/multi:1.0"
equal "the digest" "$(layout_digest "$work/multi" 1.0)" "$(registry_digest team/multi latest)"

say "podman unpacks the layers"
podman pull -q --tls-verify=false "$registry/team/app:1.0" >/dev/null
podman save -q --format oci-dir -o "$work/saved" "$registry/team/app:1.0"
layer=$(jq -r '.layers[0].digest' "$work/saved/blobs/sha256/$(jq -r '.manifests[0].digest | sub("sha256:"; "")' \
  "$work/saved/index.json")")
equal "the files of a layer" "$(tar -tf "$work/saved/blobs/${layer/://}")" content

say "the referrers show an SBOM and a signature"
referrers=$(fetch "http://$registry/v2/team/app/referrers/$digest" | jq -c '[.manifests[].artifactType] | sort')
equal "the list of referrers" "$referrers" \
  '["application/spdx+json","application/vnd.dev.cosign.artifact.sig.v1+json"]'
sbom=$(fetch "http://$registry/v2/team/app/referrers/$digest?artifactType=application/spdx%2Bjson" |
  jq -r '.manifests[0].digest')
sbom=$(fetch "http://$registry/v2/team/app/manifests/$sbom" | jq -r '.layers[0].digest')
equal "the name in the SBOM" "$(fetch "http://$registry/v2/team/app/blobs/$sbom" | jq -r .name)" team/app:1.0
contains "the signature's payload" "$(fetch "http://$registry/v2/team/app/manifests/${digest/:/-}.sig")" simplesigning

say "broken images fail as documented"
fails() { # fails TAG PATTERN
  refused pull "team/app:broken-$1"
  contains "the error of $1" "$output" "$2"
}
fails missing-blob 404
fails missing-config 404
fails missing-child "manifest unknown"
fails wrong-bytes "Digest did not match"
fails cyclic-index "does not match provided manifest digest"
layer=$(fetch "http://$registry/v2/team/app/manifests/broken-wrong-size" | jq -c '.layers[0]')
size=$(fetch "http://$registry/v2/team/app/blobs/$(jq -r .digest <<<"$layer")" | wc -c)
equal "the size in the manifest" "$(jq .size <<<"$layer")" $((size + 1))

say "a reset restores it"
skopeo delete --tls-verify=false "docker://$registry/team/app:1.0"
fetch -X POST "http://$registry/__parlel/reset" >/dev/null
equal "the digest" "$(registry_digest team/app 1.0)" "$digest"
stop_server

say "an archive of docker save"
start_server --seed "$images/small.docker.tar"
repository=$(fetch "http://$registry/v2/_catalog" | jq -r '.repositories[0]')
tag=$(fetch "http://$registry/v2/$repository/tags/list" | jq -r '.tags[0]')
pulls_as "$repository:$tag" "$images/small" 1.0
stop_server
