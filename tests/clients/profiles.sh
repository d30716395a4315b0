#!/bin/bash
# Profiles: docker-registry and its profile answer the same requests alike, and skopeo gets along with others.
source "$(dirname "$0")/lib.sh"
need docker-registry skopeo curl jq python3

digest_of() { printf 'sha256:%s' "$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)"; }

# ask WHAT METHOD PATH [OPTION OF curl]...: notes the status, the first error's code and the scheme of Location.
ask() {
  local what=$1 method=$2 path=$3 status code location
  shift 3
  status=$(curl -sS -X "$method" -D "$work/head" -o "$work/body" -w '%{http_code}' "$@" "http://$at$path")
  code=$(jq -r '.errors[0].code // empty' "$work/body" 2>/dev/null || true)
  location=$(tr -d '\r' <"$work/head" | sed -n 's/^location: //Ip')
  printf '%s: %s %s %s\n' "$what" "$status" "$code" "${location%%:*}"
}

upload() { # upload BYTES: a blob of the repository `app`
  local location
  location=$(curl -fsS -D - -o "$work/null" -X POST -H 'Content-Length: 0' "http://$at/v2/app/blobs/uploads/" |
    tr -d '\r' | sed -n 's/^location: //Ip')
  [[ $location == http* ]] || location=http://$at$location
  [[ $location == *\?* ]] && location+='&' || location+='?'
  curl -fsS -o "$work/null" -X PUT -H 'Content-Type: application/octet-stream' --data-binary "$1" \
    "${location}digest=$(digest_of "$1")"
}

manifest() { # manifest CONFIG
  printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","size":%d,"digest":"%s"},"layers":[]}' \
    "$type" application/vnd.oci.image.config.v1+json "${#1}" "$(digest_of "$1")"
}

type=application/vnd.oci.image.manifest.v1+json

# The same requests to the registry at $at.
dialogue() {
  local here there
  upload '{}'
  here=$(manifest '{}')
  there=$(manifest absent)
  for tag in a b c; do
    ask "push $tag" PUT "/v2/app/manifests/$tag" -H "Content-Type: $type" -d "$here"
  done
  ask 'references' PUT /v2/app/manifests/x -H "Content-Type: $type" -d "$there"
  ask 'referrers' GET "/v2/app/referrers/$(digest_of "$here")" | cut -d ' ' -f 1-2 # its 404 is plain text
  ask 'single post' POST "/v2/app/blobs/uploads/?digest=$(digest_of z)" -d z
  ask 'catalog' GET '/v2/_catalog?n=1001'
  ask 'tags' GET '/v2/app/tags/list?n=1&last=b'
  jq -c '.tags | sort' "$work/body"
  grep -ci '^link:' "$work/head" || true
  ask 'delete a tag' DELETE /v2/app/manifests/a
  ask 'delete a manifest' DELETE "/v2/app/manifests/$(digest_of "$here")"
}

for delete in false true; do
  say "deletes enabled: $delete"
  at=127.0.0.1:$(free_port)
  cat >"$work/registry.yml" <<CONFIG
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { inmemory: {}, delete: { enabled: $delete } }
http: { addr: $at }
CONFIG
  # It would treat settings for skopeo as its own.
  daemon "registry-$delete" env -u REGISTRY_AUTH_FILE docker-registry serve "$work/registry.yml"
  eventually "docker-registry does not listen" fetch "http://$at/v2/"
  dialogue >"$work/expected"

  REGISTRY_STORAGE_DELETE_ENABLED=$delete start_server --profile distribution2 --seed false
  at=$registry
  dialogue >"$work/actual"
  diff -u "$work/expected" "$work/actual" || fail "the profile answers differently"
  stop_server
done

say "skopeo and profiles"
for profile in dockerhub ecr gar ghcr harbor zot; do
  start_server --profile "$profile" --profile-repository 'a/b*' --seed false
  skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/a/b/c:1.0"
  pulls_as a/b/c:1.0 "$images/small" 1.0
  stop_server
done

say "skopeo and a registry that creates nothing"
start_server --profile ecr --seed false
refused skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/team/app:1.0"
contains "skopeo's error" "$output" "The repository with name 'team/app' does not exist"
