#!/bin/bash
# Makes the images that the client tests push, out of Debian packages: images.sh FOLDER
#   small      OCI layout, one layer of 1 MB
#   medium     OCI layout, five layers, 58 MB
#   multi      OCI layout, an index of amd64 and arm64
#   artifact   OCI layout, the small image and an artifact that refers to it
#   *.docker.tar   small and medium as `docker save` writes them
# The same packages give the same digests. Does nothing if FOLDER is complete.
set -euo pipefail

images=$(mkdir -p "$1" && cd "$1" && pwd)
[[ ! -f $images/complete ]] || exit 0

created=2024-01-01T00:00:00Z
manifest_type=application/vnd.oci.image.manifest.v1+json
index_type=application/vnd.oci.image.index.v1+json
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$images/packages"

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

# Unpacks a package into a folder; keeps packages, so that the next run needs no network.
unpack() {
  local package=$1 into=$2 file
  file=$(compgen -G "$images/packages/${package}_*.deb" || true)
  if [[ -z $file ]]; then
    # The package lists may be missing or out of date.
    (cd "$work" && { apt-get -qq download "$package" 2>/dev/null ||
      { as_root apt-get -qq update && apt-get -qq download "$package"; }; })
    mv "$work/${package}"_*.deb "$images/packages/"
    file=$(compgen -G "$images/packages/${package}_*.deb")
  fi
  dpkg -x "$file" "$into"
}

# layer FILE.tar FOLDER: the same folder always gives the same bytes.
layer() {
  rm -rf "$2"/usr/share/{doc,man,locale,info,lintian}
  tar --sort=name --mtime=$created --owner=0 --group=0 --numeric-owner -C "$2" -cf "$1" .
}

# package_layer NAME PACKAGE...
package_layer() {
  local name=$1 package
  shift
  mkdir -p "$work/$name"
  for package in "$@"; do unpack "$package" "$work/$name"; done
  layer "$work/$name.tar" "$work/$name"
}

# image LAYOUT TAG ARCHITECTURE LAYER.tar...
image() {
  local layout=$images/$1 name=$images/$1:$2 architecture=$3 file
  shift 3
  [[ -f $layout/oci-layout ]] || umoci init --layout "$layout"
  umoci new --image "$name"
  for file in "$@"; do
    umoci raw add-layer --image "$name" --history.created $created \
      --history.created_by "$(basename "$file")" "$file"
  done
  umoci config --image "$name" --no-history --created $created --architecture "$architecture" \
    --os linux --config.cmd /bin/sh
  umoci gc --layout "$layout" >/dev/null
}

# blob LAYOUT FILE: stores a file and prints its descriptor, without a media type.
blob() {
  local digest
  digest=$(sha256sum "$2" | cut -d ' ' -f 1)
  cp "$2" "$images/$1/blobs/sha256/$digest"
  jq -cn --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$2")" '{$digest, $size}'
}

# tagged LAYOUT TAG: the descriptor that index.json holds for a tag.
tagged() {
  jq -c --arg tag "$2" '.manifests[]
    | select(.annotations["org.opencontainers.image.ref.name"] == $tag) | del(.annotations)' \
    "$images/$1/index.json"
}

# Adds a descriptor to index.json under a tag.
tag() {
  jq -c --argjson descriptor "$3" --arg tag "$2" '.manifests +=
    [$descriptor + {annotations: {"org.opencontainers.image.ref.name": $tag}}]' \
    "$images/$1/index.json" >"$work/index.json"
  cp "$work/index.json" "$images/$1/index.json"
}

make_multi() {
  local architecture manifests=()
  for architecture in amd64 arm64; do
    # Both have the same programs and a file that makes their digests differ.
    mkdir -p "$work/$architecture/etc"
    echo "$architecture" >"$work/$architecture/etc/architecture"
    layer "$work/$architecture.tar" "$work/$architecture"
    image multi "$architecture" "$architecture" "$work/busybox.tar" "$work/$architecture.tar"
    manifests+=("$(tagged multi "$architecture" |
      jq -c --arg architecture "$architecture" '. + {platform: {$architecture, os: "linux"}}')")
  done
  printf '%s\n' "${manifests[@]}" | jq -cs --arg mediaType $index_type \
    '{schemaVersion: 2, $mediaType, manifests: .}' >"$work/index"
  tag multi 1.0 "$(blob multi "$work/index" | jq -c ". + {mediaType: \"$index_type\"}")"
}

make_artifact() {
  image artifact 1.0 amd64 "$work/busybox.tar"
  printf '{}' >"$work/empty"
  jq -cn '{spdxVersion: "SPDX-2.3", name: "small", packages: []}' >"$work/sbom"
  jq -cn --arg mediaType $manifest_type --argjson subject "$(tagged artifact 1.0)" \
    --argjson config "$(blob artifact "$work/empty")" \
    --argjson layer "$(blob artifact "$work/sbom")" '{
      schemaVersion: 2, $mediaType, artifactType: "application/spdx+json",
      config: ($config + {mediaType: "application/vnd.oci.empty.v1+json"}),
      layers: [$layer + {mediaType: "application/spdx+json"}], $subject
    }' >"$work/manifest"
  tag artifact sbom "$(blob artifact "$work/manifest" | jq -c ". + {mediaType: \"$manifest_type\"}")"
}

rm -rf "$images"/{small,medium,multi,artifact,*.docker.tar}
package_layer busybox busybox-static
package_layer base base-files bash coreutils libc6 libtinfo6 libgmp10 libselinux1 libpcre2-8-0
package_layer tls openssl libssl3 ca-certificates
package_layer python python3.11-minimal libpython3.11-minimal libpython3.11-stdlib
package_layer git git
mkdir -p "$work/app/opt"
python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(1).randbytes(24 << 20))' >"$work/app/opt/random"
# A whiteout: the upper layer removes a file of the lower one.
mkdir -p "$work/app/etc" && : >"$work/app/etc/.wh.issue"
layer "$work/app.tar" "$work/app"

image small 1.0 amd64 "$work/busybox.tar"
image medium 1.0 amd64 "$work"/{base,tls,python,git,app}.tar
make_multi
make_artifact
for name in small medium; do
  skopeo --tmpdir "$work" copy -q "oci:$images/$name:1.0" \
    "docker-archive:$images/$name.docker.tar:localhost/$name:1.0"
done
touch "$images/complete"
