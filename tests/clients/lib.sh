# Sourced by the client tests: a server and an isolated environment for one client. CTest sets
# GANTRY_BINARY (the server) and GANTRY_IMAGES (the output of images.sh).
# shellcheck shell=bash disable=SC2034 # its variables are read by the scripts that source it
set -euo pipefail

: "${GANTRY_BINARY:?the server to test}" "${GANTRY_IMAGES:?the folder of images.sh}"

images=$GANTRY_IMAGES
work=$(mktemp -d "${TMPDIR:-/tmp}/gantry-client.XXXXXX")
server_pid=
registry=
at_exit=()

# Debian's own programs, even if others of the same name are installed; none of the user's settings.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
export HOME=$work/home TMPDIR=$work/tmp XDG_RUNTIME_DIR=$work/xdg
export DOCKER_CONFIG=$work/home/.docker REGISTRY_AUTH_FILE=$work/home/auth.json
export CONTAINERS_STORAGE_CONF=$work/storage.conf CONTAINERS_REGISTRIES_CONF=$work/registries.conf
unset DOCKER_HOST DOCKER_CONTEXT CONTAINER_HOST REGISTRY_HTTP_ADDR XDG_CONFIG_HOME XDG_DATA_HOME
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
mkdir -p "$HOME" "$TMPDIR" "$DOCKER_CONFIG" && mkdir -m 700 "$XDG_RUNTIME_DIR"
# These tests mount no layers, so the unprivileged driver is sufficient.
printf '[storage]\ndriver = "vfs"\nrunroot = "%s/run"\ngraphroot = "%s/graph"\n' \
  "$work" "$work" >"$CONTAINERS_STORAGE_CONF"
# As root, skopeo remembers for the whole machine where it saw blobs. An earlier test may have had
# the port of this one, so skopeo would ask for its repositories. What it learns here stays in $HOME.
if real_skopeo=$(command -v skopeo); then
  mkdir "$work/bin"
  printf '#!/bin/sh\n_CONTAINERS_ROOTLESS_UID=1000 exec %s "$@"\n' "$real_skopeo" >"$work/bin/skopeo"
  chmod +x "$work/bin/skopeo"
  PATH=$work/bin:$PATH
fi
echo '{}' >"$REGISTRY_AUTH_FILE"
echo 'unqualified-search-registries = []' >"$CONTAINERS_REGISTRIES_CONF"

say() { printf -- '--- %s\n' "$*"; }

# Ends the test; the trap prints the server's log.
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || fail "$program is not installed: run scripts/dependencies test"
  done
}

# Container daemons mount and unshare.
need_administrator() {
  local capabilities
  capabilities=$(awk '/^CapEff:/ { print $2 }' /proc/self/status)
  # Bit 21 is CAP_SYS_ADMIN.
  (((16#$capabilities >> 21) & 1)) || fail "this test needs root with CAP_SYS_ADMIN"
}

equal() { # equal WHAT ACTUAL EXPECTED
  [[ $2 == "$3" ]] || fail "$1 is '$2' instead of '$3'"
}

contains() { # contains WHAT TEXT PATTERN
  grep -qE -- "$3" <<<"$2" || fail "$1 lacks '$3': $2"
}

# refused COMMAND...: checks that it fails; leaves its output in $output.
refused() {
  if output=$("$@" 2>&1); then fail "succeeded, but should not have: $*"; fi
}

# Prints a port of 127.0.0.1 that was free a moment ago, for programs that cannot let the system choose one.
free_port() {
  python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# eventually WHAT COMMAND...: waits up to half a minute for a state without a notification.
eventually() {
  local what=$1 end=$((SECONDS + 30))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "$what"
    sleep 0.05
  done
}

# Prefix of a daemon, so that it ends with this shell even if the shell is killed.
with_us=(setpriv --pdeathsig TERM)

# Starts a daemon that is stopped when the test ends. Prints its output if the test fails.
# daemon NAME COMMAND...: leaves its process id in $daemon_pid.
daemon() {
  local name=$1
  shift
  "${with_us[@]}" "$@" >"$work/$name.log" 2>&1 &
  daemon_pid=$!
  at_exit+=("$daemon_pid")
}

# Ends a process that this test started; kills it if it ignores SIGTERM.
stop_process() {
  local pid=$1
  kill -TERM "$pid" 2>/dev/null || return 0
  timeout 20 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null
}

# Each address is on a line of its own; takes the first if there are several.
listening_address() { sed -n 's/^listening on \([^ ]*:[0-9]*\).*$/\1/p' "$1" | head -n 1; }

# start_server [OPTION OF serve]...: starts on a free port; $registry is its address, $server_pid
# its process. Stdout goes to access.log, stderr to server.log.
start_server() {
  : >"$work/server.log"
  "${with_us[@]}" "$GANTRY_BINARY" serve --addr 127.0.0.1:0 --access-log text "$@" \
    >"$work/access.log" 2>"$work/server.log" &
  server_pid=$!
  wait_until_listening
}

wait_until_listening() {
  local end=$((SECONDS + 30))
  until registry=$(listening_address "$work/server.log") && [[ -n $registry ]]; do
    kill -0 "$server_pid" 2>/dev/null || fail "the server ended before it listened"
    ((SECONDS < end)) || fail "the server did not say where it listens"
    sleep 0.02
  done
}

# Stops the server, which must exit with 0.
stop_server() {
  local status=0
  stop_process "$server_pid" || status=$?
  server_pid=
  equal "the server's exit status" "$status" 0
}

finish() {
  local status=$? pid log
  set +e
  for pid in "${at_exit[@]}" $server_pid; do stop_process "$pid"; done
  if ((status != 0)); then
    for log in "$work"/*.log; do
      [[ ! -s $log ]] || { printf '=== %s\n' "${log##*/}" && tail -n 60 "$log"; } >&2
    done
  fi
  # Layers in private storage may be write-protected.
  chmod -R u+rwX "$work" 2>/dev/null
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

manifest_types=$(printf 'application/vnd.%s+json, ' oci.image.manifest.v1 oci.image.index.v1 \
  docker.distribution.manifest.v2 docker.distribution.manifest.list.v2)

# Prints how many lines of the access log match.
logged() { grep -cP -- "$1" "$work/access.log" || true; }

fetch() { curl -fsS "$@"; }

# Prints the digest of a tag in a layout's index.json.
layout_digest() { # layout_digest LAYOUT TAG
  jq -r --arg tag "$2" '.manifests[]
    | select(.annotations["org.opencontainers.image.ref.name"] == $tag) | .digest' "$1/index.json"
}

# Prints the digest of a tag in the registry.
registry_digest() { # registry_digest REPOSITORY TAG
  fetch -I -H "Accept: $manifest_types" "http://$registry/v2/$1/manifests/$2" |
    tr -d '\r' | sed -n 's/^docker-content-digest: //Ip'
}

# Prints the sha256 of each layer's uncompressed bytes, which recompression does not change.
layer_contents() { # layer_contents LAYOUT TAG
  local digest
  jq -r '.layers[].digest' "$1/blobs/${2/://}" | while read -r digest; do
    gzip -dcf "$1/blobs/${digest/://}" | sha256sum | cut -d ' ' -f 1
  done
}

same_content() { # same_content LAYOUT TAG LAYOUT TAG
  equal "the content of $3:$4" "$(layer_contents "$3" "$(layout_digest "$3" "$4")")" \
    "$(layer_contents "$1" "$(layout_digest "$1" "$2")")"
}

# Pulls a tag with skopeo, which checks every digest, and compares its layers with a layout's.
pulls_as() { # pulls_as REPOSITORY:TAG LAYOUT TAG
  rm -rf "$work/pulled"
  skopeo copy -q --src-tls-verify=false "docker://$registry/$1" "oci:$work/pulled:1.0"
  same_content "$2" "$3" "$work/pulled" 1.0
}
