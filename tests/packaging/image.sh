#!/bin/bash
# The container image: built by scripts/image, run by podman, used by skopeo and as testcontainers does it.
source "$(dirname "$0")/../clients/lib.sh"
need buildah podman runc skopeo curl jq nsenter
need_administrator
here=$(cd "$(dirname "$0")" && pwd)
image=localhost/gantry:test
name=gantry

clean() {
  local status=$?
  set +e
  podman rm --all --force --time 0 --volumes >/dev/null 2>&1
  (exit "$status")
  finish
}
trap clean EXIT

build() { "$here/../../scripts/image" --binary "$GANTRY_BINARY" --tag "$image"; }
of_image() { podman image inspect --format "$1" "$image"; }
of_container() { podman container inspect --format "$1" "$name"; }

# start [OPTION OF podman run]... [-- ARGUMENT OF THE PROGRAM...]: leaves its process in $inside. What podman
# sets by default needs rights that continuous integration does not have: crun, limits, a bridge.
start() {
  local options=()
  while (($# > 0)) && [[ $1 != -- ]]; do options+=("$1") && shift; done
  podman run --detach --name "$name" --runtime runc --network none --log-driver k8s-file \
    --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 "${options[@]}" "$image" "${@:2}" >/dev/null
  eventually "the container did not get ready: $(podman logs "$name" 2>&1)" is_ready
  inside=$(of_container '{{.State.Pid}}')
}

# The line that the modules of testcontainers wait for, whole and on stderr.
is_ready() { podman logs "$name" 2>&1 >/dev/null | grep -xF 'listening on [::]:5000'; }

# Runs a command in the network of the container.
within() { nsenter --target "$inside" --net -- "$@"; }
status_of() { within curl -sS -o /dev/null -w '%{http_code}' "$@"; }

# Removes the container; it must have ended by itself.
stop() {
  podman stop "$name" >/dev/null
  equal "the exit status after a stop" "$(of_container '{{.State.ExitCode}}')" 0
  podman rm "$name" >/dev/null
}

say "build"
id=$(build)
equal "the image of the same program" "$(build)" "$id"
size=$(of_image '{{.Size}}')
((size <= 40000000)) || fail "the image has $size bytes, more than 40 MB"
equal "the user" "$(of_image '{{.User}}')" 65532:65532
equal "the port" "$(of_image '{{json .Config.ExposedPorts}}')" '{"5000/tcp":{}}'
equal "the stop signal" "$(of_image '{{.Config.StopSignal}}')" SIGTERM
equal "the volume" "$(of_image '{{json .Config.Volumes}}')" '{"/var/lib/registry":{}}'
equal "the version" "$(of_image '{{index .Labels "org.opencontainers.image.version"}}')" \
  "$("$GANTRY_BINARY" --version | cut -d ' ' -f 2)"

say "serve, without a right and without a file that can be written"
start --read-only --cap-drop all --env REGISTRY_STORAGE_DELETE_ENABLED=true
equal "the user of the process" "$(awk '/^Uid:|^Gid:/ { printf "%s ", $3 }' "/proc/$inside/status")" \
  "65532 65532 "
for host in 127.0.0.1 '[::1]'; do
  equal "the status at $host" "$(status_of "http://$host:5000/v2/")" 200
done
if podman exec "$name" sh -c true >/dev/null 2>&1; then fail "there is a shell in the image"; fi

say "push, pull and delete"
registry=127.0.0.1:5000
within skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/a/small:1.0"
within skopeo copy -q --src-tls-verify=false "docker://$registry/a/small:1.0" "oci:$work/pulled:1.0"
same_content "$images/small" 1.0 "$work/pulled" 1.0
within skopeo delete --tls-verify=false "docker://$registry/a/small:1.0"
equal "the status of the deleted image" "$(status_of "http://$registry/v2/a/small/manifests/1.0")" 404
stop

say "deletes can be turned off"
start --env REGISTRY_STORAGE_DELETE_ENABLED=false
equal "the status of a delete" \
  "$(status_of -X DELETE "http://$registry/v2/library/hello-world/manifests/latest")" 405
stop

say "a password file that comes after the start"
start --env REGISTRY_AUTH_HTPASSWD_REALM=local --env REGISTRY_AUTH_HTPASSWD_PATH=/htpasswd/credentials.txt
equal "the status without a slash" "$(status_of "http://$registry/v2")" 401
mkdir "$work/htpasswd"
echo secret | "$GANTRY_BINARY" user add --cost 12 "$work/htpasswd/credentials.txt" user
sed -i 's/^\(user:.2\)y/\1a/' "$work/htpasswd/credentials.txt" # as Python's bcrypt writes it
chmod 644 "$work/htpasswd/credentials.txt"
tar -C "$work" -c htpasswd | podman cp - "$name:/"
eventually "the password is not taken" within curl -fsS -u user:secret "http://$registry/v2/"
equal "the status with a wrong password" "$(status_of -u user:wrong "http://$registry/v2/")" 401
stop

say "a volume keeps images"
kept=(--volume content:/var/lib/registry --env "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/var/lib/registry")
start "${kept[@]}"
within skopeo copy -q --dest-tls-verify=false "oci:$images/small:1.0" "docker://$registry/a/small:1.0"
stop
start "${kept[@]}" -- serve --read-only
within skopeo copy -q --src-tls-verify=false "docker://$registry/a/small:1.0" "oci:$work/kept:1.0"
same_content "$images/small" 1.0 "$work/kept" 1.0
stop

# As with docker's image: a file at the path of version 2 or 3, a command that names it, or the program's name.
say "a configuration of one's own"
cat >"$work/own.yml" <<'END'
version: 0.1
storage: {inmemory: }
http:
  addr: :5000
  headers: {X-Own: [here]}
END
chmod 755 "$work" && chmod 644 "$work/own.yml"
own_header() { within curl -sS -o /dev/null -D - "http://$registry/v2/" | tr -d '\r' | grep -i '^x-own: '; }
for path in /etc/docker/registry/config.yml /etc/distribution/config.yml; do
  for command in "" "$path" "serve $path"; do
    read -ra words <<<"$command"
    start --volume "$work/own.yml:$path:ro" -- "${words[@]}"
    equal "the field of the configuration at $path" "$(own_header)" "X-Own: here"
    stop
  done
done
start --volume "$work/own.yml:/etc/docker/registry/config.yml:ro" --entrypoint registry -- \
  serve /etc/docker/registry/config.yml
equal "the field of the configuration" "$(own_header)" "X-Own: here"
stop
