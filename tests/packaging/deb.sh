#!/bin/bash
# The Debian package: made by CPack, checked by lintian, unpacked aside and used: deb.sh BUILD_FOLDER
source "$(dirname "$0")/../clients/lib.sh"
need cpack dpkg-deb dpkg-shlibdeps dpkg-parsechangelog lintian man readelf curl zsh fish
here=$(cd "$(dirname "$0")" && pwd)

field() { dpkg-deb --field "$package" "$1"; }

say "build"
umask 022
cpack --config "$1/CPackConfig.cmake" -D "CPACK_PACKAGE_DIRECTORY=$work/made" >"$work/cpack.log" 2>&1
package=$(echo "$work"/made/*.deb)
version=$("$GANTRY_BINARY" --version | cut -d ' ' -f 2)
equal "the package's file" "${package##*/}" "gantry_${version}_$(dpkg --print-architecture).deb"
equal "the package" "$(field Package)" gantry
equal "its version" "$(field Version)" "$version"
equal "the version of the changelog" \
  "$(dpkg-parsechangelog --file "$here/../../packaging/debian/changelog" --show-field Version)" "$version"
contains "what it depends on" "$(field Depends)" "libc6 \(>= "

say "its files"
equal "the files" "$(dpkg-deb --contents "$package" | grep -v '/$' | awk '{ print $1, $2, $6 }' | sort)" \
  "$(sort <<'END'
-rw-r--r-- root/root ./etc/gantry/config.yml
-rw-r--r-- root/root ./lib/systemd/system/gantry.service
-rw-r--r-- root/root ./lib/systemd/system/gantry.socket
-rwxr-xr-x root/root ./usr/bin/gantry
-rw-r--r-- root/root ./usr/share/bash-completion/completions/gantry
-rw-r--r-- root/root ./usr/share/doc/gantry/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/gantry/copyright
-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/gantry.fish
-rw-r--r-- root/root ./usr/share/lintian/overrides/gantry
-rw-r--r-- root/root ./usr/share/man/man1/gantry.1.gz
-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_gantry
END
)"
lintian --allow-root --fail-on error,warning "$package" || fail "lintian found errors"

say "hardening"
dpkg-deb --extract "$package" "$work/unpacked"
usr=$work/unpacked/usr
elf=$(readelf --wide --file-header --program-headers --dynamic --sections "$usr/bin/gantry")
contains "the header" "$elf" "Type: +DYN "
contains "the program's segments" "$elf" "GNU_RELRO"
contains "the dynamic section" "$elf" "BIND_NOW"
if grep -qF .symtab <<<"$elf"; then fail "the program is not stripped"; fi

say "the service"
dpkg-deb --control "$package" "$work/control"
equal "the files that an administrator owns" "$(cat "$work/control/conffiles")" /etc/gantry/config.yml
for script in postinst prerm postrm; do
  [[ -x $work/control/$script ]] || fail "the package has no $script"
done
equal "the configuration" "$("$usr/bin/gantry" config check "$work/unpacked/etc/gantry/config.yml")" \
  "$work/unpacked/etc/gantry/config.yml is valid"

say "the program serves"
GANTRY_BINARY=$usr/bin/gantry
start_server
equal "an answer" "$(fetch "http://$registry/v2/")" '{}'
stop_server

say "the manual page"
page=$(man --warnings -E UTF-8 -l "$usr/share/man/man1/gantry.1.gz" 2>"$work/man.log")
[[ ! -s $work/man.log ]] || fail "man complains"
contains "the page" "$page" "--addr HOST:PORT"
contains "the page" "$page" "Variable: REGISTRY_HTTP_ADDR\."

# zsh and fish load these files when the first word is completed.
say "completions"
# shellcheck disable=SC2016 # the other shell expands it
bash -uc 'source "$1/bash-completion/completions/gantry"
  COMP_WORDS=(gantry ser) COMP_CWORD=1; _gantry; [[ ${COMPREPLY[*]} == serve ]]' bash "$usr/share" ||
  fail "bash does not complete 'gantry ser'"
# shellcheck disable=SC2016
described=$(zsh -f -c 'fpath=($1 $fpath); autoload -Uz _gantry
  _arguments() { print -rl -- $@ }; words=(gantry serve --ad); CURRENT=3; _gantry' \
  zsh "$usr/share/zsh/vendor-completions")
contains "what zsh completes" "$described" "--addr=\["
equal "what fish completes" \
  "$(fish --no-config -c "source $usr/share/fish/vendor_completions.d/gantry.fish; complete -C 'gantry ser'" |
    cut -f 1)" serve
