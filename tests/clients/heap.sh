#!/bin/bash
# The program's heap: the memory that a load adds is eligible for huge pages.
source "$(dirname "$0")/lib.sh"
need curl

# Prints the kB of memory with that advice.
advised() {
  awk '/^Rss:/ { resident = $2 } /^VmFlags:.* hg/ { sum += resident } END { print sum + 0 }' \
    "/proc/$1/smaps"
}

start_server --threads 2 --seed=false

say "an idle server"
fetch "http://$registry/v2/" >/dev/null
equal "what an idle server has in huge pages" "$(advised "$server_pid")" 0

say "with 4000 images"
"$GANTRY_BINARY" bench push --url "http://$registry" --layer-size 1KiB --connections 8 --count 4000
(($(advised "$server_pid") >= 4096)) || fail "little memory has the advice: $(advised "$server_pid") kB"

stop_server
