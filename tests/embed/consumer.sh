#!/bin/bash
# Builds and runs the consumer: consumer.sh HOW PREFIX_OR_SOURCE FOLDER [CMAKE ARGUMENT]...
# HOW is `package` (of the prefix), `subdirectory` or `fetch` (of the source tree). The last two keep the
# folder, so that a second run compiles only what changed.
set -euo pipefail

how=$1 from=$2 folder=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [[ $how == package ]]; then
  rm -rf "$folder"
  set -- "-DCMAKE_PREFIX_PATH=$from" "$@"
fi
cmake -S "$here/consumer" -B "$folder" -G Ninja "-DHOW=$how" "-DGANTRY_SOURCE=$from" "$@"
cmake --build "$folder" --target consumer
if ctest --test-dir "$folder" -N | grep -F 'Test  #'; then
  echo "Gantry adds its tests to those of the consumer" >&2
  exit 1
fi
"$folder/consumer"
