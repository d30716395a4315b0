#!/bin/bash
# What docs/operations.md says under "Install", done in a fresh Debian: administrator.sh BUILD_FOLDER
# systemd does not run there, so its lines are replaced by what the unit says.
source "$(dirname "$0")/../clients/lib.sh"
need cpack debootstrap dpkg-deb ip nsenter unshare chroot
need_administrator
here=$(cd "$(dirname "$0")" && pwd)
debian=$work/debian
service=

clean() {
  local status=$?
  set +e
  [[ -z $service ]] || kill "$service" 2>/dev/null
  umount "$debian/proc" 2>/dev/null
  (exit "$status")
  finish
}
trap clean EXIT

# The commands of the section, each with its continued lines.
commands() {
  # shellcheck disable=SC2016 # a mark of Markdown, not a command
  sed -n '/^## Install$/,/^## /p' "$here/../../docs/operations.md" |
    sed -n '/^```console packaging.administrator$/,/^```$/p' | sed '1d;$d'
}

inside() { chroot "$debian" /usr/bin/env -i PATH="$PATH" DEBIAN_FRONTEND=noninteractive HOME=/root bash -euc "$1"; }

# start_service: as the unit does. Nothing but the loopback interface of its own is there, so that no
# port of the machine is taken.
start_service() {
  local unit=$debian/lib/systemd/system/gantry.service start user
  start=$(sed -n 's/^ExecStart=//p' "$unit")
  user=$(sed -n 's/^User=//p' "$unit")
  # shellcheck disable=SC2016 # the other shell expands it
  unshare --net bash -c 'ip link set lo up; exec chroot --userspec "$1:$1" "$2" $3' \
    service "$user" "$debian" "$start" >"$work/service.log" 2>&1 &
  service=$!
  eventually "the service is not ready" grep -q '^listening on ' "$work/service.log"
}

run() {
  case $1 in
  "apt install "*) inside "apt-get -qq update && apt-get -qq install --yes --no-install-recommends /root/${1##*/}" ;;
  "systemctl restart gantry") start_service ;;
  curl*) output=$(nsenter --target "$service" --net -- chroot "$debian" bash -euc "$1") ;;
  *) inside "$1" ;;
  esac
}

say "a fresh Debian"
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
debootstrap --variant=minbase --include=ca-certificates,curl bookworm "$debian" \
  "${mirror:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 ||
  fail "debootstrap failed"
mount -t proc proc "$debian/proc"
printf '#!/bin/sh\nexit 101\n' >"$debian/usr/sbin/policy-rc.d" && chmod 755 "$debian/usr/sbin/policy-rc.d"

say "the package"
umask 022
cpack --config "$1/CPackConfig.cmake" -D "CPACK_PACKAGE_DIRECTORY=$work/made" >"$work/cpack.log" 2>&1
cp "$work"/made/*.deb "$debian/root/"

block=
while IFS= read -r line; do
  if [[ $line == '$ '* ]]; then
    [[ -z $block ]] || { say "$block" && run "$block"; }
    block=${line#\$ }
  else
    block+=$'\n'$line
  fi
done < <(commands)
say "$block" && run "$block"
equal "what the last command printed" "$output" '{}'

say "who is let in"
answers() { nsenter --target "$service" --net -- chroot "$debian" curl -sS -o /dev/null -w '%{http_code}' --cacert /root/certs/ca.crt "$@"; }
equal "the status without a password" "$(answers https://localhost:5000/v2/)" 401
equal "the status of bob" "$(answers --user bob:'another password' https://localhost:5000/v2/)" 200
equal "the status of plain HTTP" "$(answers http://localhost:5000/v2/)" 400

say "what is left after a purge"
kill "$service"
wait "$service" || true
service=
inside "apt-get -qq purge --yes gantry"
[[ ! -e $debian/usr/bin/gantry ]] || fail "the program is still there"
[[ -d $debian/var/lib/gantry/blobs ]] || fail "the content is gone"
[[ -e $debian/etc/gantry/htpasswd ]] || fail "the users are gone"
