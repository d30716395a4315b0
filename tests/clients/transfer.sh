#!/bin/bash
# Imports of images that real programs wrote, and exports that real programs read.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need skopeo docker-registry podman curl jq python3
data=$work/data

say "an image layout of skopeo's"
"$GANTRY_BINARY" import --data "$data" "oci:$images/medium:1.0" a/medium:1.0
"$GANTRY_BINARY" import --data "$data" "oci:$images/multi:1.0" a/multi

say "an archive of skopeo's, of docker's and of podman's"
skopeo copy -q "oci:$images/small:1.0" "docker-archive:$work/skopeo.tar:localhost/skopeo/small:1.0"
"$GANTRY_BINARY" import --data "$data" "docker-archive:$work/skopeo.tar"
start_dockerd
docker load -q -i "$images/medium.docker.tar"
docker tag localhost/medium:1.0 docker/medium:2.0
docker save -o "$work/docker.tar" docker/medium:2.0 localhost/medium:1.0
"$GANTRY_BINARY" import --data "$data" "docker-archive:$work/docker.tar"
podman load -q -i "$images/small.docker.tar"
podman save -q localhost/small:1.0 | gzip -1 >"$work/podman.tar.gz"
"$GANTRY_BINARY" import --data "$data" "docker-archive:$work/podman.tar.gz" podman/small:1.0

say "a layout of which something is damaged"
damaged() { # damaged FOLDER PATTERN: imports it as a/damaged:1.0, which is left out and reported. Uses a
  # new registry, because existing blobs are not read again.
  local status=0
  "$GANTRY_BINARY" import --data "$work/apart" "oci:$1:1.0" a/damaged:1.0 >"$work/report" || status=$?
  equal "the exit status" "$status" 1
  contains "the report" "$(cat "$work/report")" "^left out: a/damaged:1.0: $2"
}
cp -r "$images/medium" "$work/damaged"
layer=$(jq -r '.layers[0].digest' "$work/damaged/blobs/$(layout_digest "$work/damaged" 1.0 | tr : /)")
file=$work/damaged/blobs/${layer/://}
printf x | dd of="$file" conv=notrunc status=none
damaged "$work/damaged" "blob $layer has the digest sha256:"
rm "$file"
damaged "$work/damaged" "there is no blob $layer"
ln -s /dev/zero "$file"
damaged "$work/damaged" ".* is a link, which is not followed"
"$GANTRY_BINARY" verify --deep --data "$work/apart"

say "the folder of docker-registry"
port=$(free_port)
cat >"$work/registry.yml" <<EOF
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $work/old}, delete: {enabled: true}}
http: {addr: '127.0.0.1:$port'}
EOF
# It would treat settings for skopeo as its own.
daemon docker-registry env -u REGISTRY_AUTH_FILE docker-registry serve "$work/registry.yml"
old=127.0.0.1:$port
eventually "docker-registry did not start" fetch "http://$old/v2/"
for image in old/small:1.0 old/team/small:2.0 old/gone:1.0; do
  skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$old/$image"
done
skopeo copy -q --all --preserve-digests --dest-tls-verify=false "oci:$images/multi:1.0" \
  "docker://$old/old/multi:1.0"
skopeo delete --tls-verify=false "docker://$old/old/gone:1.0"
"$GANTRY_BINARY" import --data "$work/fetched" "docker://$old"
again=$("$GANTRY_BINARY" import --data "$work/fetched" "docker://$old")
contains "the report" "$again" "^imported 0 tags, 0 manifests and 0 blobs of 0 bytes; 0 things were left out"
contains "the report" "$again" "^3 tags pointed to the same manifest already"
"$GANTRY_BINARY" verify --deep --data "$work/fetched"
stop_process "$daemon_pid" || true
"$GANTRY_BINARY" import --data "$data" "registry:$work/old"
"$GANTRY_BINARY" verify --deep --data "$data"
refused "$GANTRY_BINARY" serve --data "$work/old"
contains "the refusal" "$output" "gantry import --link registry:$work/old --data NEW"
linked=$("$GANTRY_BINARY" import --link --data "$work/linked" "registry:$work/old")
contains "the report" "$linked" "^[1-9][0-9]* blobs are linked, 0 share their blocks"
"$GANTRY_BINARY" verify --deep --data "$work/linked"

say "clients pull what came in"
start_server --data "$data"
pulls_as a/medium:1.0 "$images/medium" 1.0
pulls_as skopeo/small:1.0 "$images/small" 1.0
pulls_as podman/small:1.0 "$images/small" 1.0
pulls_as docker/medium:2.0 "$images/medium" 1.0
pulls_as medium:1.0 "$images/medium" 1.0
pulls_as old/small:1.0 "$images/small" 1.0
pulls_as old/team/small:2.0 "$images/small" 1.0
equal "the digest" "$(registry_digest a/multi latest)" "$(layout_digest "$images/multi" 1.0)"
equal "the digest" "$(registry_digest old/multi 1.0)" "$(layout_digest "$images/multi" 1.0)"
refused skopeo inspect --tls-verify=false "docker://$registry/old/gone:1.0"
refused skopeo inspect --tls-verify=false "docker://$registry/a/damaged:1.0"
docker pull -q "$registry/docker/medium:2.0"
equal "the image that docker saved" \
  "$(docker image inspect --format '{{.Id}}' "$registry/docker/medium:2.0")" \
  "$(docker image inspect --format '{{.Id}}' docker/medium:2.0)"
stop_server

say "skopeo reads what went out"
"$GANTRY_BINARY" export --data "$data" "oci:$work/one:stable" a/medium:1.0
same_content "$images/medium" 1.0 "$work/one" stable
"$GANTRY_BINARY" export --data "$data" "oci:$work/all"
skopeo copy -q --all "oci:$work/all:old/multi:1.0" "oci:$work/copy:1.0"
equal "the digest" "$(layout_digest "$work/copy" 1.0)" "$(layout_digest "$images/multi" 1.0)"
skopeo copy -q "oci:$work/all:old/team/small:2.0" "oci:$work/copy:2.0"
same_content "$images/small" 1.0 "$work/copy" 2.0
