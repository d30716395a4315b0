#!/bin/bash
# The reference of the library, as Doxygen writes it: reference.sh SOURCE_TREE
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GANTRY_REFERENCE=$work/pages

cd "$1"
doxygen docs/Doxyfile
for name in registry options image request request_filter; do
  grep -rqF "gantry::$name " --include='*.html' "$work/pages" || {
    echo "there is no page for gantry::$name" >&2
    exit 1
  }
done

# A declaration without a comment is an error.
mkdir "$work/docs" && cp -r include "$work" && cp docs/Doxyfile docs/reference.md "$work/docs"
sed -i 's|^struct image {|&\n  int undocumented = 0;|' "$work/include/gantry/image.hpp"
cd "$work"
if doxygen docs/Doxyfile 2>complaints; then
  echo "Doxygen does not complain about what has no comment" >&2
  exit 1
fi
grep -F "Member undocumented (variable) of struct gantry::image is not documented" complaints
