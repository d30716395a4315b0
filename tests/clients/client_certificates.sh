#!/bin/bash
# curl, skopeo, podman, docker and containerd log in by certificates of `gantry cert dev`; those that do not count are
# refused.
#
# docker does not look for certificates of 127.0.0.0/8, so it knows the registry as registry.test, which is ::1. That name,
# and the folder where docker looks, exist in mounts of this test alone.
if [[ ${1-} != mounted ]]; then exec unshare --mount "$0" mounted; fi
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need podman skopeo curl jq openssl
need_administrator
{ cat /etc/hosts && echo '::1 registry.test'; } >"$work/own_hosts"
mount --bind "$work/own_hosts" /etc/hosts
mkdir -p "$work/certs.d" /etc/docker/certs.d
mount --bind "$work/certs.d" /etc/docker/certs.d

say "certificates"
certs=$work/certs
"$GANTRY_BINARY" cert dev "$certs" --host registry.test --client alice --client bob --organisation team-a >"$work/advice"
equal "the mode of a client's key" "$(stat -c %a "$certs/alice.key")" 600
contains "the advice" "$(<"$work/advice")" "--tls-client-ca $certs/ca.crt"
contains "the subject" "$(openssl x509 -noout -subject -in "$certs/alice.crt")" 'O = team-a, CN = alice'

cat >"$work/policy.yml" <<'EOF2'
version: 1
groups: {team-a: []}
rules:
- {allow: [pull, push], repositories: "team-a/**", groups: team-a}
- {deny: push, repositories: team-a/base, users: bob}
EOF2
serve() { # serve [OPTION]...
  start_server --seed false --tls-cert "$certs/server.crt" --tls-key "$certs/server.key" \
    --tls-client-ca "$certs/ca.crt" --policy "$work/policy.yml" --addr '[::1]:0' "$@"
  eventually "the server does not say its second address" grep -q '^listening on \[::1\]' "$work/server.log"
  docker_registry=registry.test:$(sed -n 's/^listening on \[::1\]:\([0-9]*\)$/\1/p' "$work/server.log")
}
as() { # as NAME [CURL OPTION]...: asks as the owner of that certificate
  local name=$1
  shift
  curl -sS --cacert "$certs/ca.crt" --cert "$certs/$name.crt" --key "$certs/$name.key" "$@"
}
status_of() { # status_of COMMAND...: of an HTTP request by curl
  "$@" -o "$work/null" -w '%{http_code}'
}

install_for() { # install_for NAME DIR
  install -D -m 644 "$certs/ca.crt" "$2/ca.crt"
  install -m 644 "$certs/$1.crt" "$2/client.cert"
  install -m 600 "$certs/$1.key" "$2/client.key"
}

serve
upload="https://$registry/v2/team-a/app/blobs/uploads/"
say "curl"
equal "the status with a certificate" "$(status_of as alice "https://$registry/v2/")" 200
equal "the status of a push" "$(status_of as alice -X POST "$upload")" 202
equal "the status of a push that is denied" "$(status_of as bob -X POST "${upload/app/base}")" 403
equal "the status with a password besides" "$(status_of as alice -u alice:right "https://$registry/v2/")" 401
contains "what plain HTTP gets" "$(curl -s "http://$registry/v2/")" 'this port speaks TLS'

say "certificates that do not count"
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
make() { # make NAME [OPTION OF openssl req]...
  local name=$1
  shift
  openssl req -x509 "${new_key[@]}" -keyout "$certs/$name.key" -out "$certs/$name.crt" -days 1 -subj /O=team-a/CN=alice \
    "$@" 2>"$work/null"
}
make other -subj "$(openssl x509 -noout -subject -nameopt compat -in "$certs/ca.crt" | sed 's/^subject=//')"
make forged -CA "$certs/other.crt" -CAkey "$certs/other.key"
make own
make serving -CA "$certs/ca.crt" -CAkey "$certs/ca.key" -addext extendedKeyUsage=serverAuth
openssl req -new "${new_key[@]}" -keyout "$certs/expired.key" -subj /O=team-a/CN=alice 2>"$work/null" |
  openssl x509 -req -CA "$certs/ca.crt" -CAkey "$certs/ca.key" -days -1 -out "$certs/expired.crt" 2>"$work/null"
for version in --tls-max\ 1.2 --tlsv1.3; do
  read -ra chosen <<<"$version"
  for name in forged own serving expired; do
    refused as "$name" "${chosen[@]}" "https://$registry/v2/"
    contains "what curl says of $name by $version" "$output" 'alert|certificate verification failed'
  done
  refused curl -sS "${chosen[@]}" --cacert "$certs/ca.crt" "https://$registry/v2/"
  contains "what curl says without a certificate by $version" "$output" 'alert'
done
refused skopeo inspect --cert-dir "$work" "docker://$registry/team-a/app:1.0"

say "skopeo"
install_for alice "$work/alice"
skopeo copy -q --dest-cert-dir "$work/alice" "oci:$images/medium:1.0" "docker://$registry/team-a/app:1.0"
install_for bob "$work/bob"
skopeo copy -q --src-cert-dir "$work/bob" "docker://$registry/team-a/app:1.0" "oci:$work/pulled:1.0"
same_content "$images/medium" 1.0 "$work/pulled" 1.0
refused skopeo copy -q --dest-cert-dir "$work/bob" "oci:$images/small:1.0" "docker://$registry/team-a/base:1.0"
contains "what skopeo says" "$output" 'denied'

say "podman"
podman pull -q --cert-dir "$work/bob" "$registry/team-a/app:1.0" >"$work/null"
podman push -q --cert-dir "$work/bob" "$registry/team-a/app:1.0" "$registry/team-a/by-podman:1.0"

say "docker"
start_dockerd
refused docker pull -q "$docker_registry/team-a/by-podman:1.0"
install_for alice "/etc/docker/certs.d/$docker_registry"
docker pull -q "$docker_registry/team-a/by-podman:1.0"
docker tag "$docker_registry/team-a/by-podman:1.0" "$docker_registry/team-a/by-docker:1.0"
docker push -q "$docker_registry/team-a/by-docker:1.0"
docker tag "$docker_registry/team-a/by-podman:1.0" "$docker_registry/elsewhere:1.0"
refused docker push -q "$docker_registry/elsewhere:1.0"
contains "what docker says" "$output" 'denied'

say "containerd"
start_containerd
mkdir -p "$work/hosts/$registry"
printf 'server = "https://%s"\n[host."https://%s"]\n  ca = "%s"\n  client = [["%s", "%s"]]\n' "$registry" "$registry" \
  "$certs/ca.crt" "$certs/bob.crt" "$certs/bob.key" >"$work/hosts/$registry/hosts.toml"
ctr images pull --hosts-dir "$work/hosts" "$registry/team-a/by-docker:1.0" >"$work/null"
ctr images tag "$registry/team-a/by-docker:1.0" "$registry/team-a/by-containerd:1.0" >"$work/null"
ctr images push --hosts-dir "$work/hosts" "$registry/team-a/by-containerd:1.0" >"$work/null"

say "what the log says"
stop_server
for client in curl containers/ docker/ containerd; do
  (($(logged "${client}[^\"]*\" \"(alice|bob)\"$") > 0)) || fail "no line names the user of $client"
done

say "clients that may lack a certificate"
cat >>"$work/policy.yml" <<'EOF2'
- {allow: pull, repositories: "open/**", anonymous: true}
EOF2
echo right | "$GANTRY_BINARY" user add "$work/htpasswd" carol
serve --tls-client-auth verify-client-cert-if-given --htpasswd "$work/htpasswd"
equal "the status with a certificate" "$(status_of as alice -X POST "https://$registry/v2/team-a/app/blobs/uploads/")" 202
asked() { curl -sS --cacert "$certs/ca.crt" "$@"; }
equal "the status without one" "$(status_of asked "https://$registry/v2/")" 401
equal "the status with a password" "$(status_of asked -u carol:right "https://$registry/v2/")" 200
refused as forged "https://$registry/v2/"
install -D -m 644 "$certs/ca.crt" "/etc/docker/certs.d/$docker_registry/ca.crt"
echo right | docker login -u carol --password-stdin "$docker_registry" >"$work/null" 2>&1
refused docker pull -q "$docker_registry/team-a/app:1.0"
contains "what docker says of carol" "$output" 'denied'
docker logout "$docker_registry" >"$work/null"
install_for alice "/etc/docker/certs.d/$docker_registry"
refused docker pull -q "$docker_registry/team-a/app:1.0" # there is none, but alice may know that
contains "what docker says of alice" "$output" 'not found|manifest unknown'
stop_server
