#!/bin/bash
# Tests the package for Node.js in a copy, because npm puts what it downloads beside package.json.
#   node.sh SOURCE_TREE FOLDER
set -euo pipefail

source=$1 folder=$2
package=$source/bindings/node
mkdir -p "$folder"
find "$folder" -mindepth 1 -maxdepth 1 ! -name node_modules ! -name cache ! -name installed -exec rm -rf {} +
(cd "$package" && cp -- *.js *.cjs *.ts *.cts *.json *.md .npmrc "$folder")
cd "$folder"

# Downloads only if the lock is new.
if ! cmp -s package-lock.json installed; then
  npm ci --cache "$folder/cache" --prefer-offline
  cp package-lock.json installed
fi
GANTRY_SOURCE=$source npm test
