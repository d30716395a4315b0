#!/bin/bash
# Completions of bash after it has read `gantry completion bash`.
source "$(dirname "$0")/lib.sh"

# completes LINE: prints the completions of the last word, in order and on one line.
completes() {
  # shellcheck disable=SC2016 # the other shell expands it
  bash -uc 'source <("$GANTRY_BINARY" completion bash)
    read -ra COMP_WORDS <<<"${1//=/ = }"
    if [[ $1 == *" " ]]; then COMP_WORDS+=(""); fi
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _gantry
    ((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"' bash "$1" | sort | paste -sd ' '
}

# options_of COMMAND...: prints the options in its help.
options_of() {
  "$GANTRY_BINARY" "$@" --help | sed -nE 's/^  (-[a-z],)?(--[a-z-]+).*/\2/p' | sort | paste -sd ' '
}

say "commands"
equal "commands that begin with ser" "$(completes 'gantry ser')" serve
equal "commands that begin with ve" "$(completes 'gantry ve')" 'verify version'
equal "loads" "$(completes 'gantry bench pu')" 'pull push'
equal "shells" "$(completes 'gantry completion ')" '--help bash fish zsh'

say "options"
for command in serve gc verify import export 'bench push' 'bench pull' 'bench zb' completion; do
  # shellcheck disable=SC2086 # two words
  equal "options of $command" "$(completes "gantry $command --")" "$(options_of $command)"
done
equal "an option that begins so" "$(completes 'gantry serve --data d --acc')" '--access-log --access-log-file'

say "values"
equal "a choice" "$(completes 'gantry serve --access-log ')" 'json off text'
equal "a choice that begins so" "$(completes 'gantry serve --references re')" reject
equal "a choice behind an equals sign" "$(completes 'gantry serve --access-log=')" 'json off text'
equal "one that begins so" "$(completes 'gantry serve --access-log=t')" text
equal "a value of which nothing is known" "$(completes 'gantry serve --threads ')" ''
mkdir "$work/folder"
: >"$work/file"
equal "folders" "$(completes "gantry serve --data $work/f")" "$work/folder"
equal "files" "$(completes "gantry bench push --ca $work/f")" "$work/file $work/folder"
