# Sourced after lib.sh: registries whose clients log in with tokens, in each of the ways.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh, and for the scripts

# Each way starts a server where `user` and `password` may do everything in a/**, and others nothing.
user=
password=

issuer=https://auth.example

# The registry's own token service, for a password.
way_own_service() {
  echo right | "$GANTRY_BINARY" user add "$work/htpasswd" alice
  start_server --htpasswd "$work/htpasswd" --auth-challenge bearer --seed false
  user=alice password=right
}

# The same for a personal access token.
way_personal_token() {
  password=$("$GANTRY_BINARY" token create "$work/tokens" --user robot \
    --scope 'repository:a/**:pull,push,delete' --expires 1h)
  start_server --personal-tokens "$work/tokens" --auth-challenge bearer --seed false
  user=robot
}

start_issuer() {
  daemon issuer "$(dirname "$0")/token_service.py" serve "$work"
  served() { issuer_port=$(sed -n 's/^serving on //p' "$work/issuer.log") && [[ -n $issuer_port ]]; }
  eventually "the issuer did not start" served
  served
}

# A token service of others, in docker-registry's format.
way_external_service() {
  start_issuer
  start_server --token-issuer "$issuer" --token-service registry.example --seed false \
    --token-realm "http://127.0.0.1:$issuer_port/token" --token-jwks "http://127.0.0.1:$issuer_port/keys"
  user=alice password=right
}

mint() { # mint CLAIMS
  local now
  now=$(date +%s)
  "$(dirname "$0")/token_service.py" mint "$work" "$(jq -cn --argjson now "$now" --arg iss "$issuer" \
    "{iss: \$iss, aud: \"registry.example\", iat: \$now, exp: (\$now + 600)} + $1")"
}

# The identity of a workload, as the password.
way_workload() {
  start_issuer
  cat >"$work/issuers.yml" <<EOF
version: 1
issuers:
- issuer: $issuer
  audience: registry.example
  keys: http://127.0.0.1:$issuer_port/keys
  require: {sub: "repo:org/*"}
EOF
  cat >"$work/policy.yml" <<'EOF'
version: 1
rules:
- {allow: [pull, push, delete], repositories: "a/**", claims: {repository: org/product}}
EOF
  start_server --issuers "$work/issuers.yml" --policy "$work/policy.yml" --auth-challenge bearer --seed false
  user=_token password=$(mint '{sub: "repo:org/product:ref:main", repository: "org/product"}')
}

ways=(own_service personal_token external_service workload)
