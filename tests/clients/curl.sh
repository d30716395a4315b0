#!/bin/bash
# Valid requests that common clients do not send: chunks, recovery, a single POST, Expect.
source "$(dirname "$0")/lib.sh"
need curl jq python3
start_server

python3 -c 'import random, sys
sys.stdout.buffer.write(random.Random(2).randbytes(8 << 20))' >"$work/blob"
size=$(stat -c %s "$work/blob")
digest=sha256:$(sha256sum "$work/blob" | cut -d ' ' -f 1)

# request METHOD URL [OPTION OF curl]...: leaves the status in $status, the head in $work/head and
# the body in $work/body. A path is relative to the server's URL.
request() {
  local method=$1 url=$2
  shift 2
  [[ $url == http://* ]] || url=http://$registry$url
  status=$(curl -sS -X "$method" -D "$work/head" -o "$work/body" -w '%{http_code}' "$@" "$url")
}

header() { tr -d '\r' <"$work/head" | sed -n "s/^$1: //Ip" | tail -n 1; }

answered() { # answered STATUS...: for the last request
  [[ " $* " == *" $status "* ]] || fail "status $status instead of $*: $(cat "$work/head" "$work/body")"
}

# part FIRST LAST: prints bytes of the blob, both inclusive as in Content-Range.
part() { tail -c "+$(($1 + 1))" "$work/blob" | head -c $(($2 - $1 + 1)); }

start_upload() {
  request POST "/v2/$1/blobs/uploads/" -H 'Content-Length: 0'
  answered 202
  location=$(header location)
}

send_part() { # send_part FIRST LAST
  part "$1" "$2" >"$work/part"
  request PATCH "$location" -H "Content-Range: $1-$2" \
    -H 'Content-Type: application/octet-stream' --data-binary @"$work/part"
  [[ $status != 202 ]] || location=$(header location)
}

finish_upload() {
  local separator='?'
  [[ $location != *\?* ]] || separator='&'
  request PUT "$location${separator}digest=$digest" -H 'Content-Length: 0'
}

holds_blob() {
  fetch "http://$registry/v2/$1/blobs/$digest" | cmp - "$work/blob" || fail "$1 holds other bytes"
}

# cases 98, 107
say "chunks with Content-Range"
start_upload chunks/ordered
send_part 0 2999999 && answered 202
equal "the range" "$(header range)" 0-2999999
send_part 3000000 $((size - 1)) && answered 202
finish_upload && answered 201
equal "the digest" "$(header docker-content-digest)" "$digest"
holds_blob chunks/ordered

# cases 99, 108
say "a chunk out of order, and recovery"
start_upload chunks/gap
send_part 0 999999 && answered 202
send_part 2000000 2999999 && answered 416
request GET "$location" && answered 204
equal "the range" "$(header range)" 0-999999
location=$(header location)
send_part 1000000 $((size - 1)) && answered 202
finish_upload && answered 201
holds_blob chunks/gap

# case 94
say "a single POST"
request POST "/v2/single/post/blobs/uploads/?digest=$digest" \
  -H 'Content-Type: application/octet-stream' --data-binary @"$work/blob"
answered 201
holds_blob single/post

# cases 18, 150
say "Expect: 100-continue"
start_upload expect/blob
request PATCH "$location" -H 'Expect: 100-continue' --expect100-timeout 60 \
  --data-binary @"$work/blob"
answered 202
contains "the head" "$(cat "$work/head")" '^HTTP/1.1 100 '
location=$(header location)
finish_upload && answered 201
holds_blob expect/blob

say "Expect: 100-continue before a body that will be refused"
request PUT /v2/expect/blob/manifests/.bad -H 'Expect: 100-continue' --expect100-timeout 60 \
  --data-binary @"$work/blob"
answered 400 404
if grep -q '^HTTP/1.1 100 ' "$work/head"; then fail "the body was asked for"; fi

# case 112
say "an upload that is cut is resumed where it ended"
start_upload cut/upload
if curl -sS -X PATCH -T "$work/blob" --limit-rate 1M --max-time 1 "http://$registry$location" 2>"$work/cut"; then
  fail "the upload was not cut"
fi
contains "the error" "$(cat "$work/cut")" 'timed out'
some_arrived() { request GET "$location" && [[ $status == 204 && $(header range) =~ ^0-[1-9] ]]; }
eventually "nothing of a cut upload was kept" some_arrived
# Like a client that resumes: while the offset still moves, the refusal reports the new one.
resumed() {
  local offset
  offset=$(header range)
  send_part $((${offset#0-} + 1)) $((size - 1))
  [[ $status == 202 ]]
}
eventually "the upload could not be resumed" resumed
finish_upload && answered 201
holds_blob cut/upload

stop_server
