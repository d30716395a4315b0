#!/bin/bash
# Builds and tests an example against the installed library:
# example.sh EXAMPLE PREFIX FOLDER [CMAKE ARGUMENT]...
set -euo pipefail

source=$1 prefix=$2 folder=$3
shift 3
rm -rf "$folder"
cmake -S "$source" -B "$folder" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" "$@"
cmake --build "$folder"
ctest --test-dir "$folder" --output-on-failure --no-tests=error --parallel 4

# No registry of its fixtures is left.
for file in "$folder"/registries/*/pid; do
  if [[ -f $file ]]; then
    echo "the process $(cat "$file") was not stopped" >&2
    exit 1
  fi
done
