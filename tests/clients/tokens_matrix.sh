#!/bin/bash
# docker, podman and containerd log in with tokens in each of the ways: see tokens.sh.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
source "$(dirname "$0")/token_ways.sh"
need podman curl jq openssl
start_dockerd
start_containerd

for way in "${ways[@]}"; do
  say "$way: docker"
  "way_$way"
  skopeo copy -q --dest-tls-verify=false --dest-creds "$user:$password" "oci:$images/small:1.0" \
    "docker://$registry/a/small:1.0"
  refused docker pull -q "$registry/a/small:1.0"
  refused docker login -u "$user" -p wrong "$registry"
  echo "$password" | docker login -u "$user" --password-stdin "$registry" >"$work/null" 2>&1
  docker pull -q "$registry/a/small:1.0"
  docker tag "$registry/a/small:1.0" "$registry/a/docker:1.0"
  docker push -q "$registry/a/docker:1.0"
  if [[ $way == own_service ]]; then # it keeps a refresh token instead of the password
    equal "the password that docker keeps" "$(jq -r ".auths[\"$registry\"].auth" "$DOCKER_CONFIG/config.json" | base64 -d)" "alice:"
    docker pull -q "$registry/a/docker:1.0"
  fi
  docker logout "$registry" >"$work/null"
  refused docker push -q "$registry/a/docker:1.0"

  say "$way: podman"
  refused podman login --tls-verify=false -u "$user" -p wrong "$registry"
  echo "$password" | podman login --tls-verify=false -u "$user" --password-stdin "$registry" >"$work/null"
  podman pull -q --tls-verify=false "$registry/a/small:1.0" >"$work/null"
  podman push -q --tls-verify=false "$registry/a/small:1.0" "$registry/a/podman:1.0"
  podman logout "$registry" >"$work/null"
  refused podman pull -q --tls-verify=false "$registry/a/podman:1.0"

  say "$way: containerd"
  refused ctr images pull --plain-http "$registry/a/small:1.0"
  ctr images pull --plain-http -u "$user:$password" "$registry/a/small:1.0" >"$work/null"
  ctr images tag "$registry/a/small:1.0" "$registry/a/ctr:1.0" >"$work/null"
  refused ctr images push --plain-http -u "$user:wrong" "$registry/a/ctr:1.0"
  ctr images push --plain-http -u "$user:$password" "$registry/a/ctr:1.0" >"$work/null"
  stop_server
done
