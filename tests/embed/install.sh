#!/bin/bash
# Installs a build without building it: install.sh BUILD_FOLDER PREFIX
set -euo pipefail

rm -rf "$2"
cmake --install "$1" --prefix "$2"
"$2/bin/gantry" --version
[[ -s $2/share/man/man1/gantry.1.gz && -s $2/share/zsh/site-functions/_gantry ]]
