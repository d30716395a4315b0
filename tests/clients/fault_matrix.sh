#!/bin/bash
# What each client does with each named fault: the table of docs/faults.md. Compares it with the
# document, or writes it there if GANTRY_UPDATE_GOLDEN is set. GANTRY_CLIENTS names some of the clients;
# GANTRY_ORAS is the program of oras, which Debian 12 does not have.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need skopeo podman curl jq python3
document=${1:?the document with the table}
shift
read -ra clients <<<"${GANTRY_CLIENTS:-skopeo podman docker containerd${GANTRY_ORAS:+ oras}}"
# Some clients wait for minutes between their tries.
patience=120

start_server "$@"
start_dockerd
start_containerd
docker load -q -i "$images/small.docker.tar" >/dev/null
podman load -q -i "$images/small.docker.tar" >/dev/null
tar -C "$images/small" -cf "$work/small.tar" oci-layout index.json blobs

# push_by_CLIENT REPOSITORY, pull_by_CLIENT REPOSITORY
push_by_skopeo() { skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/$1:1.0"; }
pull_by_skopeo() { skopeo copy -q --src-tls-verify=false "docker://$registry/$1:1.0" "dir:$work/pulled.$RANDOM"; }
push_by_podman() { podman push -q --tls-verify=false localhost/small:1.0 "$registry/$1:1.0"; }
pull_by_podman() {
  podman rmi -fa >/dev/null 2>&1
  podman pull -q --tls-verify=false "$registry/$1:1.0"
}
push_by_docker() {
  docker tag localhost/small:1.0 "$registry/$1:1.0"
  docker push -q "$registry/$1:1.0"
}
pull_by_docker() {
  docker image ls -aq --no-trunc | sort -u | xargs -r docker rmi -f >/dev/null
  docker pull -q "$registry/$1:1.0"
}
push_by_containerd() {
  ctr images import --base-name "$registry/$1" "$work/small.tar" >/dev/null
  ctr images push --plain-http "$registry/$1:1.0"
}
pull_by_containerd() {
  ctr images ls -q | xargs -r ctr images rm --sync >/dev/null
  ctr images pull --plain-http "$registry/$1:1.0"
}

push_by_oras() { "$GANTRY_ORAS" cp --from-oci-layout "$images/small:1.0" --to-plain-http "$registry/$1:1.0"; }
pull_by_oras() { "$GANTRY_ORAS" cp --from-plain-http "$registry/$1:1.0" --to-oci-layout "$work/pulled.$RANDOM:1.0"; }
list_by_oras() { "$GANTRY_ORAS" repo tags --plain-http "$registry/$1"; }

list_by_skopeo() { skopeo list-tags --tls-verify=false "docker://$registry/$1"; }

# Pushes are hit by faults of operations that write.
is_push() {
  case $1 in
  chunk-*|ecr-*|location-*|manifest-put-*|unauthorized-*|upload-*) ;;
  *) false ;;
  esac
}

# in_time COMMAND...: a function with a deadline.
in_time() {
  export registry images work GANTRY_ORAS
  export -f "${1?}"
  timeout "$patience" bash -c '"$@"' _ "$@" >"$work/said" 2>&1
}

# try FAULT CLIENT: prints what happened, and whether the fault hit once or again.
try() {
  local fault=$1 client=$2 repository=$1/$2 does=pull status=0 hits
  # Otherwise layers of earlier pushes would be mounted.
  curl -fsS -X POST "http://$registry/__parlel/reset" >/dev/null
  if is_push "$fault"; then does=push; else push_by_skopeo "$repository"; fi
  if [[ $fault == link-loop ]]; then
    does=list
    [[ $client == skopeo || $client == oras ]] || { printf 'cannot list' && return; }
  fi
  case $client$does in
  dockerpush) docker load -q -i "$images/small.docker.tar" >/dev/null ;;
  podmanpush) podman load -q -i "$images/small.docker.tar" >/dev/null ;;
  esac
  curl -fsS "http://$registry/__parlel/faults" -d "{\"name\":\"$fault\"}" >/dev/null
  # The client's own push is the second one.
  [[ $fault != *-every-2nd ]] || push_by_skopeo "other/$client"
  in_time "${does}_by_$client" "$repository" || status=$?
  hits=$(curl -fsS "http://$registry/__parlel/faults" | jq '.faults[0].hits')
  curl -fsS -X DELETE "http://$registry/__parlel/faults" >/dev/null
  case $status in
  0) printf '%s works' "$does" ;;
  124) printf '%s takes over %d min' "$does" $((patience / 60)) ;;
  *) printf '%s fails' "$does" ;;
  esac
  # How often exactly depends on how many requests a client has in flight.
  case $hits in
  0) printf ', not hit' ;;
  1) printf ', hit once' ;;
  *) printf ', hit again' ;;
  esac
}

table() {
  local fault client
  printf '| fault |'
  printf ' %s |' "${clients[@]}"
  printf '\n|---|'
  printf '%s' "${clients[@]/*/---|}"
  printf '\n'
  while read -r fault; do
    printf '| %s |' "\`$fault\`"
    for client in "${clients[@]}"; do printf ' %s |' "$(try "$fault" "$client")"; done
    printf '\n'
  done < <(curl -fsS "http://$registry/__parlel/faults" | jq -r '.named[].name')
}

table >"$work/table"
cat "$work/table"
if [[ -n ${GANTRY_UPDATE_GOLDEN:-} ]]; then
  "$(dirname "$0")/matrix_table.py" "$document" "$work/table" --write
else
  "$(dirname "$0")/matrix_table.py" "$document" "$work/table" || fail "docs/faults.md does not say what clients do"
fi
stop_server
