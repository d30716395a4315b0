#!/bin/bash
# One registry, where all pull and one user pushes: docker, podman, skopeo and containerd do both.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need podman skopeo curl jq

cat >"$work/policy.yml" <<'YAML'
version: 1
rules:
- name: everybody pulls
  allow: pull
  repositories: "open/**"
  anonymous: true
- name: alice pushes
  allow: [pull, push]
  repositories: "**"
  users: alice
- name: lists
  allow: catalog
  users: "*"
YAML
echo right | "$GANTRY_BINARY" user add "$work/htpasswd" alice
echo other | "$GANTRY_BINARY" user add "$work/htpasswd" bob
start_server --htpasswd "$work/htpasswd" --policy "$work/policy.yml" --seed false
small=$registry/open/small:1.0
hidden=$registry/closed/small:1.0

say "skopeo"
refused skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$small"
refused skopeo copy -q --dest-tls-verify=false --dest-creds bob:other "oci:$images/small:1.0" "docker://$small"
refused skopeo copy -q --dest-tls-verify=false --dest-creds alice:wrong "oci:$images/small:1.0" "docker://$small"
skopeo copy -q --dest-tls-verify=false --dest-creds alice:right "oci:$images/small:1.0" "docker://$small"
skopeo copy -q --dest-tls-verify=false --dest-creds alice:right "oci:$images/small:1.0" "docker://$hidden"
pulls_as open/small:1.0 "$images/small" 1.0
refused skopeo inspect --tls-verify=false "docker://$hidden"
refused skopeo inspect --tls-verify=false --creds bob:other "docker://$hidden"
skopeo inspect --tls-verify=false --creds alice:right "docker://$hidden" >"$work/null"

say "podman"
podman pull -q --tls-verify=false "$small" >"$work/null"
refused podman pull -q --tls-verify=false "$hidden"
refused podman push -q --tls-verify=false "$small" "$registry/open/podman:1.0"
refused podman login --tls-verify=false -u alice -p wrong "$registry"
echo right | podman login --tls-verify=false -u alice --password-stdin "$registry"
podman push -q --tls-verify=false "$small" "$registry/open/podman:1.0"
podman pull -q --tls-verify=false "$hidden" >"$work/null"
podman logout "$registry"
podman pull -q --tls-verify=false "$registry/open/podman:1.0" >"$work/null"

say "docker"
start_dockerd
docker pull -q "$small"
refused docker pull -q "$hidden"
docker tag "$small" "$registry/open/docker:1.0"
refused docker push -q "$registry/open/docker:1.0"
refused docker login -u alice -p wrong "$registry"
echo other | docker login -u bob --password-stdin "$registry" >"$work/null" 2>&1
docker pull -q "$small"
refused docker push -q "$registry/open/docker:1.0"
echo right | docker login -u alice --password-stdin "$registry" >"$work/null" 2>&1
docker push -q "$registry/open/docker:1.0"
docker pull -q "$hidden"
docker logout "$registry"
docker pull -q "$registry/open/docker:1.0"
refused docker pull -q "$hidden"

say "containerd"
start_containerd
ctr images pull --plain-http "$small" >"$work/null"
refused ctr images pull --plain-http "$hidden"
ctr images tag "$small" "$registry/open/ctr:1.0" >"$work/null"
refused ctr images push --plain-http "$registry/open/ctr:1.0"
refused ctr images push --plain-http -u bob:other "$registry/open/ctr:1.0"
ctr images push --plain-http -u alice:right "$registry/open/ctr:1.0" >"$work/null"
ctr images pull --plain-http -u alice:right "$hidden" >"$work/null"

say "curl"
equal "what bob lists" "$(fetch -u bob:other "http://$registry/v2/_catalog" | jq -c .repositories)" \
  '["open/ctr","open/docker","open/podman","open/small"]'
equal "an anonymous push" \
  "$(curl -s -o "$work/null" -w '%{http_code}' -X POST "http://$registry/v2/open/x/blobs/uploads/")" 401
equal "a denied push" \
  "$(curl -s -o "$work/null" -w '%{http_code}' -u bob:other -X POST "http://$registry/v2/open/x/blobs/uploads/")" 403

say "the policy is read again, and a broken one is not taken"
sed -i '/^- name: everybody pulls/,/anonymous/d' "$work/policy.yml"
asks_for_login() { [[ $(curl -s -o "$work/null" -w '%{http_code}' "http://$registry/v2/open/small/tags/list") == 401 ]]; }
eventually "anonymous clients still pull" asks_for_login
echo 'rules: everything' >"$work/policy.yml"
still_pulls_and_logs() {
  fetch -u alice:right "http://$registry/v2/open/small/tags/list" &&
    grep -q 'the policy of before stays in force' "$work/server.log"
}
eventually "the broken policy is not logged, or taken" still_pulls_and_logs

say "no password and no token is in the logs"
refused grep -E 'right|other|YWxpY2U6|"token"' "$work/access.log" "$work/server.log"
