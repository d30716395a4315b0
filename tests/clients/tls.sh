#!/bin/bash
# docker, podman, skopeo, containerd and curl over TLS, with an authority of `gantry cert dev`; OpenSSL's client
# resumes sessions. Also: docker on a plain port, where it tries TLS first.
source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/daemons.sh"
need podman skopeo curl jq openssl

say "an authority and a certificate"
"$GANTRY_BINARY" cert dev "$work/certs" >"$work/advice"
equal "the mode of the authority's key" "$(stat -c %a "$work/certs/ca.key")" 600
contains "the advice" "$(<"$work/advice")" "serve --tls-cert $work/certs/server.crt --tls-key $work/certs/server.key"
echo right | "$GANTRY_BINARY" user add "$work/htpasswd" alice
start_server --htpasswd "$work/htpasswd" --seed false \
  --tls-cert "$work/certs/server.crt" --tls-key "$work/certs/server.key"

# Where docker and containers/image look for the authority.
trusted=("/etc/docker/certs.d/$registry" "/etc/containers/certs.d/$registry")
forget() { rm -rf "${trusted[@]}"; }
forget_and_finish() {
  local status=$?
  set +e
  forget
  (exit "$status")
  finish
}
trap forget_and_finish EXIT

say "curl"
refused curl -sS "https://$registry/v2/"
contains "what curl says" "$output" certificate
fetch --cacert "$work/certs/ca.crt" -u alice:right "https://$registry/v2/"
fetch --cacert "$work/certs/ca.crt" -u alice:right "https://localhost:${registry##*:}/v2/"
contains "what gantry status says" \
  "$("$GANTRY_BINARY" status "https://$registry" --ca "$work/certs/ca.crt" --user alice:right)" 'ready         yes'
refused "$GANTRY_BINARY" status "https://$registry" --user alice:right
contains "what helps" "$output" '--ca names the file'
contains "what plain HTTP gets" "$(curl -s "http://$registry/v2/")" 'this port speaks TLS'

say "clients that do not know the authority are refused"
refused skopeo inspect --creds alice:right "docker://$registry/a/small:1.0"
contains "what skopeo says" "$output" 'certificate'

for place in "${trusted[@]}"; do install -D -m 644 "$work/certs/ca.crt" "$place/ca.crt"; done

say "skopeo"
skopeo copy -q --dest-creds alice:right "oci:$images/medium:1.0" "docker://$registry/a/medium:1.0"
skopeo copy -q --src-creds alice:right "docker://$registry/a/medium:1.0" "oci:$work/pulled:1.0"
same_content "$images/medium" 1.0 "$work/pulled" 1.0

say "podman"
echo right | podman login -u alice --password-stdin "$registry" >"$work/null"
podman pull -q "$registry/a/medium:1.0" >"$work/null"
podman push -q "$registry/a/medium:1.0" "$registry/b/medium:1.0"
podman logout "$registry" >"$work/null"

say "docker"
start_dockerd
echo right | docker login -u alice --password-stdin "$registry" >"$work/null" 2>&1
docker pull -q "$registry/b/medium:1.0"
docker tag "$registry/b/medium:1.0" "$registry/c/medium:1.0"
docker push -q "$registry/c/medium:1.0"

say "containerd"
start_containerd
mkdir -p "$work/hosts/$registry"
printf 'server = "https://%s"\n[host."https://%s"]\n  ca = "%s"\n' \
  "$registry" "$registry" "$work/certs/ca.crt" >"$work/hosts/$registry/hosts.toml"
ctr images pull --hosts-dir "$work/hosts" -u alice:right "$registry/c/medium:1.0" >"$work/null"
ctr images tag "$registry/c/medium:1.0" "$registry/d/medium:1.0" >"$work/null"
ctr images push --hosts-dir "$work/hosts" -u alice:right "$registry/d/medium:1.0" >"$work/null"

say "sessions are resumed"
connect() { # connect [OPTION]...: prints what s_client says of a connection with a request
  { printf 'GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' && sleep 1; } |
    openssl s_client -connect "$registry" -CAfile "$work/certs/ca.crt" -verify_return_error -ign_eof "$@" 2>&1
}
for version in tls1_2 tls1_3; do
  contains "the first connection" "$(connect -$version -sess_out "$work/session")" '^New, TLSv1'
  contains "the second connection" "$(connect -$version -sess_in "$work/session")" '^Reused, TLSv1'
done
refused connect -tls1_1

say "a renewed certificate"
before=$(openssl x509 -noout -serial -in "$work/certs/server.crt")
"$GANTRY_BINARY" cert dev "$work/certs" --host registry.example >"$work/null"
refused grep -q "$before" <(openssl x509 -noout -serial -in "$work/certs/server.crt")
served() {
  openssl s_client -connect "$registry" </dev/null 2>/dev/null | openssl x509 -noout -checkhost registry.example |
    grep -q 'does match'
}
eventually "the renewed certificate is not served" served
fetch --cacert "$work/certs/ca.crt" -u alice:right "https://$registry/v2/"

stop_server
equal "the number of lines with 400" "$(logged '" 400 ')" 1 # that of plain HTTP

say "docker on a plain port"
forget
start_server --seed true
docker pull -q "$registry/library/hello-world:latest"
docker tag "$registry/library/hello-world:latest" "$registry/e/hello:1.0"
docker push -q "$registry/e/hello:1.0"
refused openssl s_client -connect "$registry" </dev/null
stop_server
equal "the number of lines with 400" "$(logged '" 400 ')" 0
