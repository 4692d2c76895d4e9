#!/bin/sh
# make deb: a Debian package of what make install puts into place, the same
# bytes each time from the same sources and tools. By dpkg alone: debhelper
# would need a folder debian/ at the top, and does little more here.
# DEBFULLNAME and DEBEMAIL name who builds it.
set -eu
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^#define SIGNPOST_VERSION "\(.*\)"$/\1/p' src/base/version.h)
arch=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-The signpost authors} <${DEBEMAIL:-signpost@example.org}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
build=$PWD/build/deb
top=$build/root
docs=$top/usr/share/doc/signpost
file=build/signpost_${version}_$arch.deb
umask 022

rm -rf "$build"
mkdir -p "$top/DEBIAN" "$build/debian"
make --no-print-directory -s install DESTDIR="$top" PREFIX=/usr SYSCONFDIR=/etc

# paths FILE...: with this package's paths in place of /usr/local, and without
# the steps that it has taken.
paths() {
	sed -i -e 's#/usr/local/lib/signpost#/usr/lib/signpost#g' \
		-e '/Debian: copy to$/{N;s/ Debian: copy to\n[^\n]*, then$/ To switch it on:/}' \
		"$@"
}

strip --remove-section=.comment --remove-section=.note \
	"$top/usr/lib/signpost/signpost" "$top/usr/bin/signpost"
sed -i 's|^# store = "counters"; .*|store = "/var/lib/signpost";                  # when left out: "counters", beside this file|' \
	"$top/etc/signpost/signpost.conf"

put() {
	install -D -m 644 "$1" "$2"
	paths "$2"
}
put etc/apache.conf "$top/etc/apache2/conf-available/signpost.conf"
put etc/lighttpd.conf "$top/etc/lighttpd/conf-available/50-signpost.conf"
mkdir "$top/lib"
mv "$top/usr/lib/systemd" "$top/lib/systemd"
paths "$top"/lib/systemd/system/*

# The units are in their place, and what the other licence file says too.
rm "$docs/LICENSE" "$docs/examples/signpost.socket" "$docs/examples/signpost@.service"
sed -i 's/\[LICENSE\](LICENSE)/[copyright](copyright)/' "$docs"/*.md
find "$docs/examples" -type f | while read -r example; do paths "$example"; done
install -m 644 etc/debian/README.Debian "$docs/README.Debian"
{
	cat etc/debian/copyright
	sed -n '/^Permission is/,$p' LICENSE | sed 's/^$/./; s/^/ /'
} | sed '/^License: Expat$/{n;d}' >"$docs/copyright"
printf 'signpost (%s) unstable; urgency=medium\n\n  * See CHANGES.md.\n\n -- %s  %s\n' \
	"$version" "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" |
	gzip -9n >"$docs/changelog.gz"
find "$top/usr/share/man" -type f -exec gzip -9n {} + 2>/dev/null || true

install -m 755 etc/debian/postinst etc/debian/prerm etc/debian/postrm "$top/DEBIAN"
(cd "$top" && find etc -type f | sort | sed 's#^#/#') >"$top/DEBIAN/conffiles"
(cd "$top" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' |
	LC_ALL=C sort -z | xargs -0 md5sum) >"$top/DEBIAN/md5sums"
# dpkg-shlibdeps reads the name of a source package here.
printf 'Source: signpost\n\nPackage: signpost\nArchitecture: any\n' >"$build/debian/control"
depends=$(cd "$build" && dpkg-shlibdeps -O root/usr/lib/signpost/signpost root/usr/bin/signpost |
	sed -e 's/^shlibs:Depends=//')
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@MAINTAINER@/$maintainer/" \
	-e "s/@DEPENDS@/$depends/; s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$top" | cut -f1)/" \
	etc/debian/control >"$top/DEBIAN/control"

find "$top" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$top" "$file" >/dev/null
echo "$file"
