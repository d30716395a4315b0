#!/bin/bash
# `gantry bench` against docker-registry: over TLS, with a password, and with tokens.
source "$(dirname "$0")/lib.sh"
need docker-registry openssl python3 jq curl

secret='pass:word'
layer_size=20KiB

# start_registry NAME AUTHENTICATION: on $port, over TLS, with this piece of configuration.
start_registry() {
  port=$(free_port)
  cat >"$work/$1.yml" <<CONFIG
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $work/$1 }, delete: { enabled: true } }
http:
  addr: 127.0.0.1:$port
  tls: { certificate: $work/cert.pem, key: $work/key.pem }
auth:
$2
CONFIG
  # REGISTRY_AUTH_FILE is meant for other clients.
  daemon "$1" env -u REGISTRY_AUTH_FILE docker-registry serve "$work/$1.yml"
  eventually "docker-registry does not listen" curl -sk -o "$work/null" "https://localhost:$port/v2/"
}

bench() { "$GANTRY_BINARY" bench "$@"; }

# load WHAT [OPTION]...: a short load that must succeed; its figures are left in figures.json.
load() {
  local what=$1
  shift
  bench "$what" --url "https://localhost:$port" --ca "$work/cert.pem" --connections 2 --count 10 \
    --layer-size "$layer_size" --layers 2 --repositories 3 --output "$work/figures.json" "$@"
  equal "the number of errors" "$(jq .errors "$work/figures.json")" 0
  equal "the number of images" "$(figure .image)" 10
}

# figure PATH: a count from the figures.
figure() { jq ".operations$1.count // 0" "$work/figures.json"; }

say "a certificate that names localhost"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=gantry-test \
  -addext subjectAltName=DNS:localhost -keyout "$work/key.pem" -out "$work/cert.pem" 2>"$work/openssl.log"

say "a password"
hash=$(python3 -W ignore -c 'import crypt, sys
print(crypt.crypt(sys.argv[1], crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))' "$secret")
echo "somebody:$hash" >"$work/htpasswd"
echo "$secret" >"$work/password"
start_registry basic "  htpasswd: { realm: here, path: $work/htpasswd }"
load push --user "somebody:$secret" --cleanup
equal "the user in the figures" "$(jq -r .options.user "$work/figures.json")" somebody
refused grep "$secret" "$work/figures.json"
load pull --user somebody --password-file "$work/password" --set 4
equal "the tokens that were fetched" "$(figure .token)" 0

say "what cannot be done is said"
refused bench push --url "https://localhost:$port" --ca "$work/cert.pem"
contains "the message" "$output" "--user NAME:PASSWORD"
refused bench push --url "https://localhost:$port" --ca "$work/cert.pem" --user somebody:else
contains "the message" "$output" "not accepted: GET /v2/ was answered with 401"
refused bench push --url "https://127.0.0.1:$port" --ca "$work/cert.pem" --user "somebody:$secret"
contains "the message" "$output" "its certificate is not accepted .IP address mismatch."
refused bench push --url "https://localhost:$port" --user "somebody:$secret"
contains "the message" "$output" "self-signed certificate"
bench push --url "https://127.0.0.1:$port" --insecure --user "somebody:$secret" --count 2 --layer-size 1KiB

say "tokens"
daemon tokens python3 "$(dirname "$0")/token_server.py" "$work" "somebody:$secret"
tokens=$daemon_pid
has_port() { [[ -s $work/token_port ]]; }
eventually "the token server does not listen" has_port
start_registry bearer "  token:
    realm: https://localhost:$(cat "$work/token_port")/token
    service: the registry
    issuer: the issuer
    rootcertbundle: $work/cert.pem"
load push --user "somebody:$secret" --cleanup
# At least one for each client and repository.
[[ $(figure .token) -ge 3 ]] || fail "tokens were not counted: $(cat "$work/figures.json")"
contains "the question" "$(cat "$work/tokens.log")" \
  'service=the%20registry&scope=repository:bench/[0-9a-f]+-0:pull,push HTTP'
contains "the question" "$(cat "$work/tokens.log")" '&scope=repository:bench/[0-9a-f]+-0:delete HTTP'
say "mounts need a token for two repositories; blobs come in parts and side by side"
layer_size=1KiB..64KiB load push --user "somebody:$secret" --mount-share 50
[[ $(figure '."POST mount"') -ge 1 ]] || fail "nothing was mounted: $(cat "$work/figures.json")"
equal "the mounts that were declined" "$(jq .mounts_declined "$work/figures.json")" 0
contains "the question" "$(cat "$work/tokens.log")" '&scope=repository:bench/[0-9a-f]+-base:pull[ &]'
load pull --user somebody --password-file "$work/password" --set 4 --ranges 7KiB --parallel 3
# Two layers in three parts each, and the config.
equal "the number of parts" "$(figure '."GET blob"')" 70

say "tokens that are not given"
refused bench push --url "https://localhost:$port" --ca "$work/cert.pem" --user somebody:else
contains "the message" "$output" "localhost:[0-9]+ issued no token .status_401."
stop_process "$tokens" || true
refused bench push --url "https://localhost:$port" --ca "$work/cert.pem" --user "somebody:$secret"
contains "the message" "$output" "localhost:[0-9]+ issued no token .refused."
