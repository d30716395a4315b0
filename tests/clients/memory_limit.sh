#!/bin/bash
# An image that does not fit: each client reports why, and earlier content can still be pulled.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need skopeo podman curl jq
start_server --memory-limit 20MiB
start_dockerd

skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/kept/small:1.0"

say "an upload that was refused leaves no bytes behind"
location=$(curl -sS -X POST -D - -o /dev/null "http://$registry/v2/a/b/blobs/uploads/" |
  tr -d '\r' | sed -n 's/^location: //Ip')
refused curl -fsS -X PATCH -T "$images/medium.docker.tar" "http://$registry$location"
say "and its address gives the same answer to every request"
for method in GET PATCH PUT DELETE; do
  equal "the status of $method" \
    "$(curl -sS -o "$work/answer" -w '%{http_code}' -X "$method" "http://$registry$location")" 403
  contains "the answer to $method" "$(cat "$work/answer")" '"DENIED".*--memory-limit'
done
head -c 4000000 "$images/medium.docker.tar" >"$work/blob"
digest=sha256:$(sha256sum "$work/blob" | cut -d ' ' -f 1)
fetch -X POST --data-binary @"$work/blob" "http://$registry/v2/a/b/blobs/uploads/?digest=$digest"
fetch "http://$registry/v2/a/b/blobs/$digest" | cmp - "$work/blob"

# The message of the error table, not just "500" or "connection reset".
reason="the registry's storage is full"

refuses() { # refuses CLIENT COMMAND...
  local client=$1
  shift
  say "$client"
  refused "$@"
  printf '%s\n' "$output" | tail -n 1
  contains "what $client says" "$output" "$reason"
  pulls_as kept/small:1.0 "$images/small" 1.0
}

refuses skopeo skopeo copy -q --dest-tls-verify=false "oci:$images/medium:1.0" \
  "docker://$registry/a/skopeo:1.0"

podman load -q -i "$images/medium.docker.tar" >/dev/null
refuses podman podman push -q --tls-verify=false localhost/medium:1.0 "$registry/a/podman:1.0"

docker load -q -i "$images/medium.docker.tar" >/dev/null
docker tag localhost/medium:1.0 "$registry/a/docker:1.0"
refuses docker docker push -q "$registry/a/docker:1.0"

stop_server

# Retrying does not help. Clients send several of the five layers in parallel, each once.
say "no client comes again and again"
for client in skopeo podman docker; do
  refusals=$(grep -c "PATCH /v2/a/$client/.* 403 " "$work/access.log" || true)
  printf '%s: %s refused PATCHes\n' "$client" "$refusals"
  ((refusals >= 1 && refusals <= 5)) || fail "$client was refused $refusals times"
done
