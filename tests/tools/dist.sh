#!/bin/sh
# make dist: what a person uploads to shared hosting, as one archive, the same
# bytes each time from the same sources and tools.
set -eu
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^#define SIGNPOST_VERSION "\(.*\)"$/\1/p' src/base/version.h)
name=signpost-$version-linux-$(uname -m)
date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
top=build/dist/$name
umask 022

rm -rf build/dist
mkdir -p "$top/private/signpost/bin" "$top/public_html/api" "$top/etc"
strip -o "$top/private/signpost/signpost" build/static/signpost
strip -o "$top/private/signpost/bin/signpost" build/static/bin/signpost
cp etc/signpost.conf "$top/private/signpost/signpost.conf"
cp etc/sign.cgi "$top/public_html/api/sign.cgi"
cp etc/htaccess "$top/public_html/api/.htaccess"
cp etc/shared-hosting.txt "$top/STEPS.txt"
cp README.md LICENSE CHANGES.md SECURITY.md "$top"
cp -R etc/frameworks.md etc/doc etc/www etc/signpost.conf etc/openapi.yaml "$top/etc"
chmod 700 "$top/private" "$top/private/signpost" "$top/private/signpost/bin"
chmod 700 "$top/private/signpost/signpost" "$top/private/signpost/bin/signpost"
chmod 600 "$top/private/signpost/signpost.conf"
chmod 755 "$top/public_html/api/sign.cgi"

tar -C build/dist --sort=name --owner=0 --group=0 --numeric-owner \
	--mtime="@$date" --format=ustar -cf - "$name" |
	gzip -9n >"build/$name.tar.gz"
echo "build/$name.tar.gz"
