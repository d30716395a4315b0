# Sourced after lib.sh: separate container daemons, isolated from the machine's.
# shellcheck shell=bash disable=SC2154 # work and daemon_pid come from lib.sh

# start_dockerd: starts Debian's engine without network, for `docker`.
start_dockerd() {
  need dockerd docker containerd runc
  need_administrator
  echo '{}' >"$work/dockerd.json"
  mkdir -p "$work/dockerd"
  daemon dockerd dockerd --data-root "$work/dockerd/data" --exec-root "$work/dockerd/exec" \
    --pidfile "$work/dockerd/pid" -H "unix://$work/docker.sock" --config-file "$work/dockerd.json" \
    --bridge=none --iptables=false --ip6tables=false
  export DOCKER_HOST=unix://$work/docker.sock
  eventually "dockerd did not start" docker version
}

# start_containerd: starts containerd, for `ctr`.
start_containerd() {
  need containerd ctr
  need_administrator
  export CONTAINERD_ADDRESS=$work/containerd.sock
  cat >"$work/containerd.toml" <<EOF
version = 2
root = "$work/containerd/root"
state = "$work/containerd/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "$CONTAINERD_ADDRESS"
EOF
  mkdir -p "$work/containerd"
  daemon containerd containerd --config "$work/containerd.toml"
  eventually "containerd did not start" ctr version
}
