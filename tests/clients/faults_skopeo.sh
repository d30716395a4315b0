#!/bin/bash
# What skopeo does with each named fault: whether it succeeds, what it says, and how often it asks.
# The table in docs/faults.md says the same of more clients, but takes long: here pauses between
# tries, and slow or endless answers, are shortened by members that are added to the fault.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/faults.sh"
need skopeo curl jq
start_server --seed=false

push() { skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/${1:-a/new}:1.0"; }
pull() { skopeo copy -q --src-tls-verify=false "docker://$registry/a/app:1.0" "dir:$work/pulled.$RANDOM"; }
prepare() { push a/app; }

refuses() { # refuses push|pull PATTERN: it fails and says so
  refused "$1"
  contains "what skopeo says" "$output" "$2"
}

with_fault blob-corrupt
refuses pull "Digest did not match"
hits 1
with_fault blob-get-reset
refuses pull "connection reset by peer"
hits 1
with_fault blob-redirect
refuses pull "127.0.0.1:9: connect: connection refused"
hits 1
with_fault blob-truncated
refuses pull "unexpected EOF"
hits 1
with_fault digest-header-wrong
pull
hits 1
for kind in "" -html -text; do
  with_fault "hub-429$kind" '{"effect":{"headers":{"Retry-After":"0"}}}'
  refuses pull "toomanyrequests|429|Too Many Requests"
  hits 5
done
with_fault link-loop '{"count":3}'
tags=$(skopeo list-tags --tls-verify=false "docker://$registry/a/app" | jq -c .Tags)
equal "the list of tags" "$tags" '["1.0","1.0","1.0","1.0"]'
with_fault login-page
refuses pull "invalid character .<. looking for beginning of value"
hits 1
with_fault slow-blobs '{"effect":{"rate":"16MiB"}}'
pull

# Layers of an earlier push would be mounted.
prepare() { :; }

with_fault chunk-416
refuses push "uploading layer chunked: unknown: injected fault"
hits 1
with_fault ecr-throttle
refuses push "Rate exceeded"
hits 1
with_fault location-absent
refuses push "no Location|determining upload URL"
hits 1
with_fault location-https
refuses push "server gave HTTP response to HTTPS client"
hits 1
with_fault location-other-port
refuses push "127.0.0.1:9: connect: connection refused"
hits 1
with_fault manifest-put-504-after
refuses push "504"
fetch -o /dev/null "http://$registry/v2/a/new/manifests/1.0"
with_fault manifest-put-504-every-2nd
push
refuses push "504"
hits 1
with_fault unauthorized-mid-push
refuses push "uploading layer to .*: unauthorized"
hits 1
with_fault upload-503-once
refuses push "503"
hits 1

all_were_tried
stop_server
