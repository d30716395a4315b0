#!/bin/bash
# Builds and runs the consumer: consumer.sh HOW PREFIX_OR_SOURCE FOLDER [CMAKE ARGUMENT]...
# HOW is `package` (of the prefix), `subdirectory`, `fetch` or `fetch_git` (of the source tree). All but the
# first keep the folder, so that a second run compiles only what changed.
set -euo pipefail

how=$1 from=$2 folder=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# commit_tree SOURCE REPOSITORY: commits the files of a source tree as they are now, with changes that its own
# repository does not have yet, to the branch `main` of another repository.
commit_tree() {
  [[ -d $2/.git ]] || git init --quiet --initial-branch main "$2"
  git -C "$2" rm -r -q --ignore-unmatch .
  (cd "$1" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --target-directory "$2")
  git -C "$2" add --all
  git -C "$2" -c user.name=test -c user.email=test@localhost -c commit.gpgsign=false \
    commit --quiet --allow-empty --message "As it is now"
}

if [[ $how == fetch_git ]]; then
  commit_tree "$from" "$folder-repository"
  from=file://$folder-repository
fi
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
