#!/bin/sh
# make check-old: the static program on an older distribution, where the
# ordinary one can't start. Not a part of make check: it needs root, debootstrap,
# the network and some minutes, the first time; the root is kept in build.
#
# SUITE=bullseye (glibc 2.31) may be changed, MIRROR too.
set -eu
cd "$(dirname "$0")/../.."
suite=${SUITE:-bullseye}
chroot=$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)
old=$PWD/build/old-root/$suite

fail() {
	echo "old_root: $*" >&2
	exit 1
}
[ "$(id -u)" = 0 ] || fail "only root can make a root: try sudo make check-old"
command -v debootstrap >/dev/null || fail "debootstrap is missing (a package of that name)"
make -s all static
if [ ! -e "$old/etc/debian_version" ]; then
	rm -rf "$old.new"
	mkdir -p "$old.new"
	# shellcheck disable=SC2086 # a mirror, or none
	debootstrap --variant=minbase "$suite" "$old.new" ${MIRROR:-} >build/old-root/log 2>&1 ||
		fail "debootstrap failed: $(tail -n 1 build/old-root/log)"
	mv "$old.new" "$old"
fi

home=$old/srv/signpost
rm -rf "$home"
mkdir -p "$home/lib"
chmod 700 "$home"
cp build/static/signpost "$home/static"
cp build/static/bin/signpost "$home/command"
cp build/signpost "$home/ordinary"
umask 077
build/signpost keygen "$home/session.key" 2>/dev/null
build/signpost keygen "$home/cloudinary.secret" 2>/dev/null
cp etc/signpost.conf "$home/signpost.conf"
cookie=$(build/signpost mint --user alice "$home/signpost.conf")

# answer QUERY [COOKIE]: of the static program, as CGI, in there.
answer() {
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET QUERY_STRING="$1" \
		HTTP_COOKIE="${2:-}" REMOTE_ADDR=192.0.2.1 SERVER_PROTOCOL=HTTP/1.1 \
		SIGNPOST_CONFIG=/srv/signpost/signpost.conf \
		"$chroot" "$old" /srv/signpost/static 2>"$home/log"
}
has() { # WHAT PATTERN TEXT
	printf '%s\n' "$3" | grep -q "$2" || fail "$1: $3"
	echo "  $1: $2"
}
echo "$suite, $("$chroot" "$old" ldd --version | head -n 1)"
has "version" "^signpost [0-9]" "$("$chroot" "$old" /srv/signpost/command --version)"
has "health" "^Status: 200 OK" "$(answer health)"
has "a signature" '"signature":"[0-9a-f]\{64\}"' "$(answer policy=avatar "$cookie")"
has "no session" "^Status: 401 " "$(answer policy=avatar)"

# The negative twin, with every library of this machine but the C library.
ldd build/signpost | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | grep -v '/libc\.so' |
	while read -r library; do cp -L "$library" "$home/lib/"; done
if said=$("$chroot" "$old" /usr/bin/env LD_LIBRARY_PATH=/srv/signpost/lib /srv/signpost/ordinary --version 2>&1); then
	fail "the ordinary program starts there: that C library is not older"
fi
has "the ordinary program" "version .GLIBC_2\.[0-9]*. not found" "$said"
