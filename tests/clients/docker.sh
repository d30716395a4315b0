#!/bin/bash
# docker with its own engine against the server: push, mount, pull by tag and by digest.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need skopeo curl jq
start_server
start_dockerd

say "push"
docker load -q -i "$images/medium.docker.tar"
docker tag localhost/medium:1.0 "$registry/a/medium:1.0"
docker push -q "$registry/a/medium:1.0"
pulls_as a/medium:1.0 "$images/medium" 1.0
equal "the type of the manifest" \
  "$(skopeo inspect --tls-verify=false --raw "docker://$registry/a/medium:1.0" | jq -r .mediaType)" \
  application/vnd.docker.distribution.manifest.v2+json

# case 119
say "a second repository: layers are mounted"
docker tag localhost/medium:1.0 "$registry/b/medium:1.0"
contains "what docker says" "$(docker push "$registry/b/medium:1.0")" 'Mounted from a/medium'
pulls_as b/medium:1.0 "$images/medium" 1.0

say "pull by tag and by digest"
id=$(docker image inspect --format '{{.Id}}' localhost/medium:1.0)
digest=$(registry_digest a/medium 1.0)
remove_images() { docker image ls -aq --no-trunc | sort -u | xargs -r docker rmi -f >/dev/null; }
remove_images
docker pull -q "$registry/a/medium:1.0"
equal "the image pulled by tag" "$(docker image inspect --format '{{.Id}}' "$registry/a/medium:1.0")" "$id"
remove_images
docker pull -q "$registry/b/medium@$digest"
equal "the image pulled by digest" \
  "$(docker image inspect --format '{{.Id}}' "$registry/b/medium@$digest")" "$id"

say "a manifest list"
skopeo copy -q --all --dest-tls-verify=false "oci:$images/multi:1.0" "docker://$registry/a/multi:1.0"
docker manifest inspect --insecure "$registry/a/medium:1.0" >/dev/null
docker pull -q "$registry/a/multi:1.0"
equal "the architecture" \
  "$(docker image inspect --format '{{.Architecture}}' "$registry/a/multi:1.0")" amd64

say "an absent image"
refused docker pull -q "$registry/a/absent:1.0"
contains "the error" "$output" 'manifest unknown|name unknown|not found'

say "the seeded image"
docker pull -q "$registry/library/hello-world:latest"

stop_server

# The log is complete once the server has exited.
equal "the number of mounted layers" \
  "$(logged 'POST /v2/b/medium/blobs/uploads/\?\S*mount=\S*"? 201 ')" 5
