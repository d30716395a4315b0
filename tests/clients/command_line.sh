#!/bin/bash
# Output and exit status of `gantry`: help, version, mistakes, addresses, SIGTERM.
source "$(dirname "$0")/lib.sh"
need curl jq python3

# For calls that must end on their own.
gantry() { timeout 20 "$GANTRY_BINARY" "$@"; }

# says STATUS LINE ARGUMENT...: checks the exit status, exactly this line on stderr, nothing on
# stdout.
says() {
  local expected=$1 line=$2 status=0
  shift 2
  gantry "$@" >"$work/out" 2>"$work/err" || status=$?
  equal "what '$*' prints" "$(cat "$work/err")" "gantry: $line"
  equal "the exit status of '$*'" "$status" "$expected"
  equal "what '$*' prints on stdout" "$(cat "$work/out")" ""
}

# Arguments and their error message, alternately.
mistakes=(
  "srve" "unknown command 'srve'; did you mean serve? see gantry --help"
  "bench foo" "bench: unknown command 'foo'; see gantry bench --help"
  "serve --port 8080" "serve: unknown option --port; did you mean --addr? see gantry serve --help"
  "serve --data ''" "--data is empty: it needs a folder, such as /var/lib/registry"
  "serve --memory-limit 1.5GB" "--memory-limit: '1.5GB' has a fraction: write a whole number of bytes, with or without KiB, MiB, GiB or TiB, such as 512MiB, 1536MiB or 2GiB"
  "serve --max-repositories -1" "--max-repositories: '-1' is negative: write a whole number from 0 to 1000000000000000, such as 10"
  "serve --page-default 0" "--page-default: '0' is too small: write a whole number from 1 to 1000000, such as 100"
  "serve --upload-expiry '1 hour'" "--upload-expiry: '1 hour' is not a duration: write a number with ms, s, m, h or d, or a number of seconds, such as 500ms, 30s or 1h"
  "serve --access-log loud" "--access-log: 'loud' is not one of json,off,text: write one of them, such as json"
  "serve --references perhaps" "--references: 'perhaps' is not one of accept,reject,warn: write one of them, such as accept"
  "gc --data" "--data needs a folder, such as /var/lib/registry"
  "bench push" "bench push: --url is missing: a URL, such as http://127.0.0.1:4775; see gantry bench push --help"
)

say "help and version"
contains "the help" "$(gantry --help)" serve
contains "the help of serve" "$(gantry serve --help)" --addr
equal "the help" "$(gantry help serve)" "$(gantry serve --help)"
contains "the usage" "$(gantry serve --help)" '^Usage: gantry serve '
contains "the version" "$(gantry version)" '[0-9]+\.[0-9]+\.[0-9]+'
equal "the version" "$(gantry --version)" "$(gantry version)"

say "mistakes"
typed=()
for ((i = 0; i < ${#mistakes[@]}; i += 2)); do
  eval "typed=(${mistakes[i]})"
  says 2 "${mistakes[i + 1]}" "${typed[@]}"
done
REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY="" says 2 \
  "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY is empty: unset it, or set it to a folder, such as /var/lib/registry" \
  serve

say "what cannot be started"
says 1 "the seed does not fit into --memory-limit 512B: raise it, or start with --seed false" \
  serve --addr 127.0.0.1:0 --memory-limit 512
: >"$work/afile"
says 1 "$work/afile is a file, not a folder" serve --addr 127.0.0.1:0 --data "$work/afile"
says 2 "the seed must be 'true', 'false', the folder of an OCI image layout, an archive of docker save or a YAML file: there is no file or folder '$work/nothing'" \
  serve --addr 127.0.0.1:0 --seed "$work/nothing"
printf 'repositories:\n  a:\n    tagz: [b]\n' >"$work/content.yml"
says 1 "seed $work/content.yml: line 3, column 5: 'tagz' is not a key of the repository 'a'; did you mean 'tags'?" \
  serve --addr 127.0.0.1:0 --seed "$work/content.yml"

say "a folder that another process has"
start_server --data "$work/data"
first=$server_pid
says 1 "$work/data is in use by another process (process $first): stop it first, or choose another folder" \
  serve --addr 127.0.0.1:0 --data "$work/data"
for command in serve gc verify; do
  status=0
  gantry "$command" --data "$work/data" --wait-for-lock 200ms 2>"$work/err" || status=$?
  equal "the exit status of $command" "$status" 1
  equal "the end of what $command says" "$(tail -n 1 "$work/err")" \
    "gantry: $work/data is still in use by another process (process $first): stop it first, or choose another folder"
done
: >"$work/second.log"
second_says() { grep -q "$1" "$work/second.log"; }
start_second() {
  "${with_us[@]}" "$GANTRY_BINARY" serve --addr 127.0.0.1:0 --data "$work/data" \
    --wait-for-lock 1h 2>"$work/second.log" >/dev/null &
  second=$!
  eventually "the second process does not say that it waits" second_says "(process $first): waiting"
}
start_second
kill -TERM "$second"
wait "$second" || fail "a process that was stopped while it waited ended with $?"
start_second
stop_server
eventually "the second process does not take over" second_says '^listening on '
server_pid=$second
stop_server

say "an option without effect"
start_server --scrub-interval 7d
equal "the warning" "$(head -n 1 "$work/server.log")" \
  "gantry: warning: --scrub-interval has no effect without --data DIR"
stop_server

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

# listens EXPECTED ADDRESS: checks the reported listening address, for this host and any port.
listens() {
  : >"$work/server.log"
  REGISTRY_HTTP_ADDR=$2 "${with_us[@]}" "$GANTRY_BINARY" serve >"$work/access.log" 2>"$work/server.log" &
  server_pid=$!
  wait_until_listening
  port=${registry##*:}
  equal "the line of '$2'" "$(cat "$work/server.log")" "listening on ${1//PORT/$port}"
}
can_bind() { python3 -c "import socket; socket.socket(socket.AF_INET6).bind(('$1', 0))" 2>/dev/null; }
say "all addresses, of both families"
if can_bind ::; then
  listens '[::]:PORT' :0
else
  listens '0.0.0.0:PORT (this machine has no IPv6)' :0
fi
equal "the answer" "$(fetch "http://127.0.0.1:$port/v2/")" '{}'
if can_bind ::1; then equal "the answer" "$(fetch "http://[::1]:$port/v2/")" '{}'; fi
stop_server
equal "IPv4 clients in the access log" "$(logged '^\S+ 127\.0\.0\.1:\d+ "GET /v2/"')" 1
say "the loopback addresses of both families"
if can_bind ::1; then
  listens '127.0.0.1:PORT and [::1]:PORT' localhost:0
  equal "the answer" "$(fetch "http://[::1]:$port/v2/")" '{}'
else
  listens '127.0.0.1:PORT (this machine has no IPv6)' localhost:0
fi
equal "the answer" "$(fetch "http://127.0.0.1:$port/v2/")" '{}'
stop_server
says 2 "--addr: '*:0' is not an address to listen on: write ':PORT' for all addresses, such as :4775" serve --addr '*:0'

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
# A background job ignores SIGINT unless the shell has job control.
set -m
stop_after INT
set +m
