#!/bin/bash
# skopeo and curl log in with tokens in each of the ways: the registry's own service, a personal access token,
# a token service of others, and the identity of a workload.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/token_ways.sh"
need skopeo curl jq openssl

status_of() { curl -s -o "$work/null" -w '%{http_code}' "$@"; }

for way in "${ways[@]}"; do
  say "$way: skopeo"
  "way_$way"
  image=docker://$registry/a/small:1.0
  refused skopeo inspect --tls-verify=false "$image"
  refused skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "$image"
  refused skopeo copy -q --dest-tls-verify=false --dest-creds "$user:wrong" "oci:$images/small:1.0" "$image"
  skopeo copy -q --dest-tls-verify=false --dest-creds "$user:$password" "oci:$images/small:1.0" "$image"
  skopeo copy -q --src-tls-verify=false --src-creds "$user:$password" "$image" "oci:$work/$way:1.0"
  same_content "$images/small" 1.0 "$work/$way" 1.0
  echo "$password" | skopeo login --tls-verify=false -u "$user" --password-stdin "$registry" >"$work/null"
  skopeo copy -q --src-tls-verify=false --dest-tls-verify=false "$image" "docker://$registry/a/copied:1.0"
  skopeo delete --tls-verify=false "$image"
  skopeo logout "$registry" >"$work/null"

  say "$way: curl"
  challenge=$(curl -s -o "$work/null" -D - "http://$registry/v2/a/copied/tags/list" | grep -i '^www-authenticate: bearer')
  realm=${challenge#*realm=\"} service=${challenge#*service=\"}
  realm=${realm%%\"*} service=${service%%\"*}
  token=$(fetch -u "$user:$password" "$realm?service=$service&scope=repository:a/copied:pull" | jq -r .token)
  bearer=(-H "Authorization: Bearer $token")
  equal "the tags" "$(fetch "${bearer[@]}" "http://$registry/v2/a/copied/tags/list" | jq -c .tags)" '["1.0"]'
  equal "a push with that token" "$(status_of "${bearer[@]}" -X POST "http://$registry/v2/a/copied/blobs/uploads/")" 401
  equal "a deletion" "$(status_of "${bearer[@]}" -X DELETE "http://$registry/v2/a/copied/manifests/1.0")" 401
  equal "another repository" "$(status_of "${bearer[@]}" "http://$registry/v2/b/small/tags/list")" 401

  say "$way: no password and no token is in the logs"
  refused grep -F "$password" "$work/access.log" "$work/server.log"
  refused grep -F "$token" "$work/access.log" "$work/server.log"
  stop_server
done
