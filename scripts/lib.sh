# Sourced by the other scripts: the root of the source tree and a few helpers.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$(basename "$0"): $*"
  exit 1
}

# Compiling one coroutine file takes up to a gigabyte, so both memory and cores limit the number of
# jobs. A job may use 1536 MiB.
job_count() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 1024 / 1536) }' /proc/meminfo)
  ((memory >= 1)) || memory=1
  echo $((cores < memory ? cores : memory))
}

# Runs a command and shows its output only if it fails.
quietly() {
  local output status=0
  output=$("$@" 2>&1) || status=$?
  ((status == 0)) || printf '%s\n' "$output" >&2
  return "$status"
}

# tracked PATTERN...: files that git tracks or would add, relative to the current folder.
tracked() { git ls-files --cached --others --exclude-standard -- "$@"; }

# configure PRESET: runs CMake only if a CMake file changed. GANTRY_UNITY=ON or OFF overrides a preset in
# a new folder.
configure() {
  local folder=$root/build/$1
  if [[ -f $folder/build.ninja ]]; then
    quietly ninja -C "$folder" build.ninja
  else
    say "Configuring $folder"
    (cd "$root" && quietly cmake --preset "$1" ${GANTRY_UNITY:+"-DGANTRY_UNITY=$GANTRY_UNITY"})
  fi
}

# build PRESET TARGET...: configures and builds. Silent if there is nothing to do.
build() {
  local preset=$1 folder=$root/build/$1
  shift
  configure "$preset" || return
  if ninja -C "$folder" -n "$@" | grep -q '^ninja: no work to do'; then
    return 0
  fi
  ninja -C "$folder" -j "$(job_count)" "$@" >&2
}

# The lines that CMake wrote for CTest into a build folder. CTest's own lists omit the command of a
# test whose program has not been built yet.
test_lines() {
  grep -rhE '^(add_test|set_tests_properties)\(' --include=CTestTestfile.cmake "$1"
}

# tests_of FOLDER LABEL: the names of the tests that have this label.
tests_of() {
  test_lines "$1" | grep -E "^set_tests_properties.* LABELS \"([^\"]*;)?$2(;[^\"]*)?\"" |
    sed -E 's/^[^(]*\((\[=*\[)?([^] ]*).*/\2/'
}

# targets_of FOLDER LABEL: the ninja targets in the commands and environments of these tests. Empty
# for tests that need no program.
targets_of() {
  local named
  named=$(tests_of "$1" "$2" | sed -E 's/.*/[([]&[] ]/' | grep -f - <(test_lines "$1") |
    grep -oE "$1/[^\";]+" | sed "s|^$1/||" | sort -u) || return 0
  comm -12 <(echo "$named") <(ninja -C "$1" -t targets all | sed 's/: .*//' | sort -u)
}
