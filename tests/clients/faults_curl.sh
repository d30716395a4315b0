#!/bin/bash
# What each named fault puts on the wire, as curl sees it: status, fields, body, and how the
# connection ends.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/faults.sh"
need curl jq python3
start_server --seed=false

python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(3).randbytes(4096))' >"$work/blob"
blob=sha256:$(sha256sum "$work/blob" | cut -d ' ' -f 1)
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}' \
  >"$work/manifest"
manifest=sha256:$(sha256sum "$work/manifest" | cut -d ' ' -f 1)
manifest_path=/v2/a/app/manifests/v1 blob_path=/v2/a/app/blobs/$blob uploads=/v2/a/app/blobs/uploads/

# request METHOD PATH [OPTION OF curl]...: leaves curl's exit code in $ended, the status in $status,
# the head in $work/head and the body in $work/body.
request() {
  local method=$1 path=$2
  shift 2
  [[ $method != HEAD ]] || set -- -I "$@"
  ended=0
  : >"$work/body"
  status=$(curl -sS -X "$method" -D "$work/head" -o "$work/body" -w '%{http_code}' "$@" \
    "http://$registry$path" 2>"$work/curl.err") || ended=$?
}

header() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip"; }
answered() { # answered STATUS [CODE]: the last request, whole, with this code in its JSON error
  equal "curl's exit code" "$ended" 0
  equal "the status" "$status" "$1"
  [[ $# == 1 ]] || equal "the code" "$(jq -r '.errors[0].code' "$work/body")" "$2"
}
broken() { equal "curl's exit code" "$ended" "$1"; }
is_blob() { cmp -s "$work/body" "$work/blob" || fail "the body is not the blob"; }
is_manifest() { cmp -s "$work/body" "$work/manifest" || fail "the body is not the manifest"; }

start_upload() {
  request POST "$uploads" -H 'Content-Length: 0'
  location=$(header location)
}
finish_upload() { request PUT "$location?digest=$blob" --data-binary @"$work/blob"; }
get_blob() { request GET "$blob_path"; }
get_manifest() { request GET "$manifest_path"; }
put_manifest() {
  request PUT "$manifest_path" -H 'Content-Type: application/vnd.oci.image.index.v1+json' \
    --data-binary @"$work/manifest"
}
prepare() {
  start_upload && finish_upload && answered 201
  put_manifest && answered 201
}

with_fault blob-corrupt
get_blob && answered 200
equal "the length" "$(stat -c %s "$work/body")" 4096
equal "the wrong bytes" "$(cmp -l "$work/body" "$work/blob" | awk '{ print $1 }')" 1
request HEAD "$blob_path" && answered 200
hits 1

with_fault blob-get-reset
get_blob && broken 56
equal "the head" "$(cat "$work/head")" ""
get_blob && answered 200 && is_blob
hits 1

with_fault blob-redirect
get_blob && answered 307
equal "the location" "$(header location)" "http://127.0.0.1:9$blob_path"
request HEAD "$blob_path" && answered 307

with_fault blob-truncated
get_blob && broken 18
equal "the announced length" "$(header content-length)" 4096
equal "the bytes" "$(sha256sum <"$work/body")" "$(head -c 100 "$work/blob" | sha256sum)"
get_blob && answered 200 && is_blob

with_fault chunk-416
start_upload
request PATCH "$location" --data-binary @"$work/blob"
answered 416 RANGE_INVALID
request PATCH "$location" --data-binary @"$work/blob"
answered 202
hits 1

with_fault digest-header-wrong
get_manifest && answered 200 && is_manifest
digest=$(header docker-content-digest)
[[ $digest != "$manifest" && ${#digest} == "${#manifest}" ]] || fail "the digest is $digest"

with_fault ecr-throttle
for _ in 1 2; do
  put_manifest && answered 429 TOOMANYREQUESTS
  equal "the message" "$(jq -r '.errors[0].message' "$work/body")" "Rate exceeded"
done
put_manifest && answered 201
hits 2

with_fault hub-429
get_manifest && answered 429 TOOMANYREQUESTS
contains "the message" "$(jq -r '.errors[0].message' "$work/body")" "pull rate limit"
equal "the pause" "$(header retry-after)" 1
equal "the limit" "$(header ratelimit-limit)" '100;w=21600'
equal "what remains" "$(header ratelimit-remaining)" '0;w=21600'
get_blob && answered 200

with_fault hub-429-html
get_manifest && answered 429
equal "the type" "$(header content-type)" text/html
contains "the page" "$(cat "$work/body")" '<h1>429 Too Many Requests</h1>'

with_fault hub-429-text
get_manifest && answered 429
equal "the type" "$(header content-type)" text/plain
equal "the text" "$(cat "$work/body")" "Too Many Requests"

with_fault link-loop
request GET '/v2/a/app/tags/list?n=1' && answered 200
equal "the link" "$(header link)" '</v2/a/app/tags/list?n=1>; rel="next"'
equal "the tags" "$(jq -c .tags "$work/body")" '["v1"]'

with_fault location-absent
start_upload && answered 202
equal "the location" "$location" ""

with_fault location-https
start_upload && answered 202
contains "the location" "$location" "^https://$registry$uploads."

with_fault location-other-port
start_upload && answered 202
contains "the location" "$location" "^http://127.0.0.1:9$uploads."

with_fault login-page
get_manifest && answered 200
equal "the type" "$(header content-type)" text/html
contains "the page" "$(cat "$work/body")" '<form action="/login">'

with_fault manifest-put-504-after '{"match":{"reference":"v2"}}'
manifest_path=/v2/a/app/manifests/v2
put_manifest && answered 504
equal "the type" "$(header content-type)" text/html
get_manifest && answered 200 && is_manifest
manifest_path=/v2/a/app/manifests/v1

with_fault manifest-put-504-every-2nd '{"match":{"reference":"v2"}}'
manifest_path=/v2/a/app/manifests/v2
put_manifest && answered 201
request DELETE "$manifest_path" && answered 202
put_manifest && answered 504
get_manifest && answered 404
put_manifest && answered 201
manifest_path=/v2/a/app/manifests/v1

with_fault slow-blobs
get_blob && answered 200 && is_blob
hits 1

with_fault unauthorized-mid-push
start_upload
finish_upload && answered 401 UNAUTHORIZED
equal "the challenge" "$(header www-authenticate)" 'Basic realm="gantry"'
finish_upload && answered 201

with_fault upload-503-once
start_upload && answered 503 UNAVAILABLE
equal "the pause" "$(header retry-after)" 1
start_upload && answered 202

all_were_tried

say "a reset within an upload"
start_upload
set_fault '{"match":{"operation":"append_upload"},"nth":1,"effect":{"reset_after_request":1000}}'
request PATCH "$location" --data-binary @"$work/blob"
[[ $ended == 55 || $ended == 56 ]] || fail "curl ended with $ended"
request GET "$location" && answered 204
equal "what was kept" "$(header range)" 0-999

stop_server
