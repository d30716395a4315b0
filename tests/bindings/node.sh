#!/bin/bash
# Tests a package for Node.js in a copy, because npm puts what it downloads beside package.json.
#   node.sh SOURCE_TREE PACKAGE FOLDER
set -euo pipefail

source=$1 package=$2 folder=$3
mkdir -p "$folder"
find "$folder" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name cache ! -name installed -exec rm -rf {} +
find "$package" -maxdepth 1 -type f -exec cp -t "$folder" {} +
cd "$folder"

# Downloads only if the lock is new.
if ! cmp -s package-lock.json installed; then
  npm ci --cache "$folder/cache" --prefer-offline
  cp package-lock.json installed
fi
GANTRY_SOURCE=$source npm test
