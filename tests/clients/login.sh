#!/bin/bash
# docker, podman, skopeo and containerd log in with a password, push and pull; without one they get nothing.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need podman skopeo curl jq

user() { "$GANTRY_BINARY" user "$@"; }

say "the server starts before its file of users is there"
start_server --htpasswd "$work/htpasswd" --seed false
equal "the status without a password" \
  "$(curl -s -o "$work/null" -w '%{http_code}' "http://$registry/v2")" 401
echo right | user add "$work/htpasswd" alice
echo other | user add "$work/htpasswd" bob
equal "the users" "$(user list "$work/htpasswd" | tr '\n' ' ')" "alice bob "
eventually "alice is not let in" fetch -u alice:right "http://$registry/v2/"

say "skopeo"
skopeo copy -q --dest-tls-verify=false --dest-creds alice:right "oci:$images/small:1.0" \
  "docker://$registry/a/small:1.0"
skopeo copy -q --src-tls-verify=false --src-creds bob:other "docker://$registry/a/small:1.0" "oci:$work/pulled:1.0"
same_content "$images/small" 1.0 "$work/pulled" 1.0
refused skopeo inspect --tls-verify=false "docker://$registry/a/small:1.0"
contains "what skopeo says" "$output" "authentication required|unauthorized"
refused skopeo inspect --tls-verify=false --creds alice:wrong "docker://$registry/a/small:1.0"

say "podman"
refused podman login --tls-verify=false -u alice -p wrong "$registry"
echo right | podman login --tls-verify=false -u alice --password-stdin "$registry"
podman pull -q --tls-verify=false "$registry/a/small:1.0" >"$work/null"
podman push -q --tls-verify=false "$registry/a/small:1.0" "$registry/b/small:1.0"
podman logout "$registry"
refused podman pull -q --tls-verify=false "$registry/b/small:1.0"

say "docker"
start_dockerd
refused docker login -u alice -p wrong "$registry"
echo right | docker login -u alice --password-stdin "$registry" >"$work/null" 2>&1
docker pull -q "$registry/a/small:1.0"
docker tag "$registry/a/small:1.0" "$registry/c/small:1.0"
docker push -q "$registry/c/small:1.0"
docker logout "$registry"
refused docker push -q "$registry/c/small:1.0"

say "containerd"
start_containerd
ctr images pull --plain-http -u bob:other "$registry/a/small:1.0" >"$work/null"
ctr images tag "$registry/a/small:1.0" "$registry/d/small:1.0" >"$work/null"
ctr images push --plain-http -u bob:other "$registry/d/small:1.0" >"$work/null"
refused ctr images pull --plain-http "$registry/d/small:1.0"

say "a removed user is out, a changed password counts"
user remove "$work/htpasswd" bob
echo new | user passwd "$work/htpasswd" alice
eventually "the new password is not taken" fetch -u alice:new "http://$registry/v2/"
refused fetch -u bob:other "http://$registry/v2/"

say "no password is in the logs"
refused grep -E 'right|other|YWxpY2U6' "$work/access.log" "$work/server.log"
