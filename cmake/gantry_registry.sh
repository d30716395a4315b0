#!/bin/sh
# Starts and stops registries for CTest, and runs tests with their addresses; see
# gantry_add_registry.cmake. A registry has a folder: `url`, `pid` and `log`.
#   gantry_registry.sh start FOLDER PROGRAM [OPTION OF gantry serve]...
#   gantry_registry.sh run FOLDER... -- COMMAND [ARGUMENT]...
#   gantry_registry.sh stop FOLDER
set -eu

die() {
  echo "gantry: $*" >&2
  exit 1
}

# ends_within PID SECONDS
ends_within() {
  ticks=$(($2 * 20))
  while kill -0 "$1" 2>/dev/null; do
    [ "$ticks" -gt 0 ] || return 1
    ticks=$((ticks - 1))
    sleep 0.05
  done
}

# The number may have been given to another process since: the name decides.
is_registry() {
  [ "$(cat "/proc/$1/comm" 2>/dev/null)" = gantry ]
}

# Ends with the parent of this script, which is ctest.
start() {
  folder=$1 program=$2
  shift 2
  stop "$folder"
  mkdir -p "$folder"
  : >"$folder/log"
  # Not in ctest's session: Ctrl-C is for ctest, and this registry then ends with it.
  setsid "$program" serve --addr 127.0.0.1:0 --access-log off --parent-pid "$PPID" "$@" \
    </dev/null >>"$folder/log" 2>&1 &
  pid=$!
  echo "$pid" >"$folder/pid"
  ticks=1000
  until address=$(sed -n 's/^listening on \([^ ]*:[0-9]*\).*$/\1/p' "$folder/log") && [ -n "$address" ]; do
    kill -0 "$pid" 2>/dev/null || die "the registry did not start: $(cat "$folder/log")"
    [ "$ticks" -gt 0 ] || die "the registry does not say where it listens: $(cat "$folder/log")"
    ticks=$((ticks - 1))
    sleep 0.02
  done
  echo "http://$address" >"$folder/url"
  echo "listening on $address"
}

stop() {
  folder=$1
  rm -f "$folder/url"
  [ -f "$folder/pid" ] || return 0
  pid=$(cat "$folder/pid")
  if is_registry "$pid"; then
    kill -TERM "$pid" 2>/dev/null || true
    ends_within "$pid" 20 || kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$folder/pid"
  cat "$folder/log"
}

run() {
  first=
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ -f "$1/url" ] || die "there is no registry in $1: is its fixture running?"
    url=$(cat "$1/url")
    first=${first:-$url}
    name=$(basename "$1" | tr '[:lower:]' '[:upper:]' | tr -c '[:alnum:]\n' _)
    export "GANTRY_${name}_URL=$url"
    shift
  done
  shift
  export "DOCKER_REGISTRY_URL=$first" "REGISTRY_HTTP_ADDR=${first#http://}"
  exec "$@"
}

[ $# -ge 2 ] || die "usage: gantry_registry.sh start|run|stop FOLDER ..."
what=$1
shift
case $what in
start | stop | run) "$what" "$@" ;;
*) die "unknown command '$what'" ;;
esac
