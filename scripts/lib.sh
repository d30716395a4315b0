# Sourced by the scripts beside it: the root of the source tree and a few helpers.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 1
}

# Compiling one coroutine file takes up to a gigabyte, so memory bounds the jobs as well as cores.
# A job may use 1536 MiB.
job_count() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1024 / 1536) }' /proc/meminfo)
  ((memory >= 1)) || memory=1
  echo $((cores < memory ? cores : memory))
}

# Runs a command and shows what it printed only if it failed.
quietly() {
  local output status=0
  output=$("$@" 2>&1) || status=$?
  ((status == 0)) || printf '%s\n' "$output" >&2
  return "$status"
}

# build PRESET TARGET...: configures where that has not been done yet and builds. Silent while there
# is nothing to do; ninja reconfigures on its own when a CMake file changed.
build() {
  local preset=$1 folder=$root/build/$1
  shift
  if [[ ! -f $folder/build.ninja ]]; then
    say "Configuring $folder"
    (cd "$root" && quietly cmake --preset "$preset") || return
  fi
  # A dry run also reports a pending reconfiguration.
  if ninja -C "$folder" -n "$@" | grep -q '^ninja: no work to do'; then
    return 0
  fi
  ninja -C "$folder" -j "$(job_count)" "$@" >&2
}
