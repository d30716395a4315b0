#!/bin/bash
# A session of skopeo that gantry record has recorded before a registry is replayed to it, with
# nothing behind.
source "$(dirname "$0")/lib.sh"
need skopeo curl jq
start_server --seed=false

# with_proxy FILE: forwards to the server and records; $proxy is its address.
with_proxy() {
  daemon proxy "$GANTRY_BINARY" record --upstream "http://$registry" --to "$1" --addr 127.0.0.1:0
  proxy_pid=$daemon_pid
  eventually "the proxy listens" grep -q listening "$work/proxy.log"
  proxy=$(listening_address "$work/proxy.log")
}
push() { skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$1/a/small:1.0"; }
pull() { skopeo copy -q --src-tls-verify=false "docker://$1/a/small:1.0" "oci:$work/$2:1.0"; }

say "a push and a pull are recorded"
with_proxy "$work/session.har"
push "$proxy"
# skopeo remembers where it saw blobs, and would ask other questions the next time.
rm -rf "$HOME/.local"
pull "$proxy" recorded
tags=$(skopeo list-tags --tls-verify=false "docker://$proxy/a/small" | jq -c .Tags)
equal "the list of tags" "$tags" '["1.0"]'
stop_process "$proxy_pid"
recorded=$(jq '.log.entries | length' "$work/session.har")
contains "what the proxy says" "$(<"$work/proxy.log")" "^recorded $recorded exchanges in $work/session.har$"
((recorded > 8)) || fail "only $recorded requests were recorded"
stop_server

say "both are replayed"
rm -rf "$HOME/.local"
start_server --seed=false --replay "$work/session.har"
push "$registry"
rm -rf "$HOME/.local"
pull "$registry" replayed
same_content "$images/small" 1.0 "$work/replayed" 1.0
tags=$(skopeo list-tags --tls-verify=false "docker://$registry/a/small" | jq -c .Tags)
equal "the list of tags" "$tags" '["1.0"]'
asked=$(fetch "http://$registry/__parlel/requests" | jq .count)
((asked >= recorded)) || fail "only $asked of $recorded requests came again"
equal "the number of refused requests" \
  "$(fetch "http://$registry/__parlel/requests?status=501" | jq .count)" 0

say "what was not recorded is refused"
refused skopeo copy -q --src-tls-verify=false "docker://$registry/a/other:1.0" "oci:$work/other:1.0"
contains "what skopeo says" "$output" "no recorded request matches|501"
stop_server

say "a proxy that cannot work does not start"
record=("$GANTRY_BINARY" record --addr 127.0.0.1:0)
refused "${record[@]}" --upstream http://127.0.0.1:1 --to "$work/nowhere/session.har"
contains "the error" "$output" 'nowhere/session.har: No such file or directory'
refused "${record[@]}" --upstream http://127.0.0.1:1/path --to "$work/other.har"
contains "the error" "$output" 'without a path'

say "an archive with a mistake stops the start"
jq '.log.entries[2].response.status = 0' "$work/session.har" >"$work/broken.har"
refused "$GANTRY_BINARY" serve --addr 127.0.0.1:0 --replay "$work/broken.har"
contains "the error" "$output" 'broken.har: log.entries\[2\].response.status: expected a status'
