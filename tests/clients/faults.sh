# Sourced by the tests of faults: sets one fault at a time, and notes which named ones were tried.
# shellcheck shell=bash disable=SC2154 # lib.sh sets the variables

tried=()

# with_fault NAME [JSON]: an empty registry with content, and this fault, to which members are added.
# `prepare` of the script makes the content.
with_fault() {
  say "$1"
  fetch -o /dev/null -X POST "http://$registry/__parlel/reset"
  prepare
  set_fault "$(jq -c --arg name "$1" '. + {$name}' <<<"${2:-"{}"}")"
  tried+=("$1")
}

set_fault() { fetch -o /dev/null "http://$registry/__parlel/faults" -d "$1"; }

hits() { # hits NUMBER: how often the fault has hit
  equal "the number of hits" "$(fetch "http://$registry/__parlel/faults" | jq '.faults[0].hits')" "$1"
}

# Every named fault has a test: a new one fails here.
all_were_tried() {
  equal "the list of named faults" "$(printf '%s\n' "${tried[@]}" | sort)" \
    "$(fetch "http://$registry/__parlel/faults" | jq -r '.named[].name')"
}
