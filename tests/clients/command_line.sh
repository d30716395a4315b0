#!/bin/bash
# What `gantry` says and returns: help, version, mistakes, addresses, SIGTERM.
source "$(dirname "$0")/lib.sh"
need curl jq python3

# For calls that must end on their own.
gantry() { timeout 20 "$GANTRY_BINARY" "$@"; }

# mistake PATTERN ARGUMENT...: one line on stderr that matches, nothing on stdout, exit status 2.
mistake() {
  local pattern=$1 status=0
  shift
  gantry "$@" >"$work/out" 2>"$work/err" || status=$?
  equal "the exit status of '$*'" "$status" 2
  equal "the number of lines that '$*' prints" "$(wc -l <"$work/err")" 1
  equal "what '$*' prints on stdout" "$(cat "$work/out")" ""
  contains "the message" "$(cat "$work/err")" "$pattern"
}

say "help and version"
contains "the help" "$(gantry --help)" serve
contains "the help of serve" "$(gantry serve --help)" --addr
contains "the version" "$(gantry version)" '[0-9]+\.[0-9]+\.[0-9]+'

say "mistakes"
mistake --no-such-flag serve --no-such-flag
mistake subcommand no-such-command
mistake nonsense serve --addr nonsense
mistake 99999 serve --addr 127.0.0.1:99999
mistake elephant serve --memory-limit elephant
mistake loud serve --access-log loud
mistake perhaps serve --references perhaps
REGISTRY_HTTP_ADDR=nonsense mistake nonsense serve

say "a free port"
start_server
equal "the answer" "$(fetch "http://$registry/v2/")" '{}'
if [[ $registry == *:0 ]]; then fail "the port is not told"; fi

say "a port that another has"
status=0
gantry serve --addr "$registry" >"$work/out" 2>"$work/err" || status=$?
[[ $status != 0 && $status != 124 ]] || fail "a busy port gave exit status $status"
equal "the number of lines" "$(wc -l <"$work/err")" 1
contains "the message" "$(cat "$work/err")" "$registry"
contains "the message" "$(cat "$work/err")" 'in use'
equal "the answer of the first" "$(fetch "http://$registry/v2/")" '{}'
stop_server

say "REGISTRY_HTTP_ADDR"
: >"$work/server.log"
REGISTRY_HTTP_ADDR=127.0.0.1:0 "${with_us[@]}" "$GANTRY_BINARY" serve >"$work/access.log" 2>"$work/server.log" &
server_pid=$!
wait_until_listening
equal "the answer" "$(fetch "http://$registry/v2/")" '{}'
stop_server

# case 190
say "SIGTERM lets a request in flight end"
start_server
head -c 4000000 /dev/zero >"$work/blob"
location=$(curl -sS -X POST -D - -o /dev/null "http://$registry/v2/a/b/blobs/uploads/" |
  tr -d '\r' | sed -n 's/^location: //Ip')
curl -sS -X PATCH -T "$work/blob" --limit-rate 2M -o /dev/null -w '%{http_code}' \
  "http://$registry$location" >"$work/status" &
upload=$!
some_arrived() { fetch -D - "http://$registry$location" | grep -qi '^range: 0-[1-9]'; }
eventually "the upload did not begin" some_arrived
kill -TERM "$server_pid"
refuses_connections() { ! curl -sS -o /dev/null "http://$registry/v2/"; }
eventually "new connections are still accepted" refuses_connections
wait "$upload" || fail "the upload was cut"
equal "the status of the upload" "$(cat "$work/status")" 202
stop_server

stop_after() { # stop_after SIGNAL
  start_server
  kill "-$1" "$server_pid"
  local status=0
  wait "$server_pid" || status=$?
  server_pid=
  equal "the exit status after $1" "$status" 0
}
say "SIGINT does the same"
# A job in the background ignores SIGINT unless the shell controls jobs.
set -m
stop_after INT
set +m
