#!/bin/sh
# make run: serves a throw-away configuration on loopback and prints requests
# that can be pasted. Ends, and removes what it made, on Ctrl-C.
set -eu
cd "$(dirname "$0")/../.."
port=${PORT:-8080}
program=$PWD/cgi-bin/signpost
PATH=$PATH:/usr/sbin:/sbin

dir=$(mktemp -d "${TMPDIR:-/tmp}/signpost-run.XXXXXX")
server=
clean() {
	trap - EXIT INT TERM HUP
	[ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
	rm -rf "$dir"
}
trap clean EXIT
trap 'echo; exit 0' INT TERM HUP

umask 077
mkdir "$dir/www"
"$program" keygen "$dir/session.key" 2>/dev/null
if [ -n "${CLOUDINARY_URL:-}" ]; then
	printf '%s\n' "$CLOUDINARY_URL" >"$dir/cloudinary.url"
	sed -e '/^  cloud_name /d' -e '/^  api_key /d' \
		-e 's/^  api_secret_file .*/  url_file = "cloudinary.url";/' \
		etc/signpost.conf >"$dir/signpost.conf"
else
	"$program" keygen "$dir/cloudinary.secret" 2>/dev/null
	cp etc/signpost.conf "$dir/signpost.conf"
fi
sed -e "s|/usr/local/lib/signpost/signpost|$program|" \
	-e "s|/etc/signpost/signpost.conf|$dir/signpost.conf|" \
	-e "s|/run/lighttpd/|$dir/|" etc/lighttpd.conf >"$dir/lighttpd.conf"
cat >>"$dir/lighttpd.conf" <<EOF
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$dir/www"
EOF
"$program" check "$dir/signpost.conf" >"$dir/check"

url=http://127.0.0.1:$port/api/sign
code=0
curl -s -m 2 -o /dev/null "$url" || code=$?
if [ $code -ne 7 ]; then # "failed to connect" is what is wanted
	echo "port $port is taken; PORT=8081 make run takes another" >&2
	exit 1
fi
# In a session of its own, so that Ctrl-C reaches this script alone: lighttpd
# restarts a process that dies, and could leave one behind if it ended meanwhile.
setsid lighttpd -D -f "$dir/lighttpd.conf" &
server=$!
tries=0
until curl -s -o /dev/null "$url"; do
	tries=$((tries + 1))
	if [ $tries -gt 50 ] || ! kill -0 "$server" 2>/dev/null; then
		echo "lighttpd did not start on port $port; PORT=8081 make run takes another" >&2
		exit 1
	fi
	sleep 0.1
done
cookie="$("$program" mint --user alice --ttl 86400 "$dir/signpost.conf")"

cat <<EOF

signpost answers on $url for a day's session of the user alice.
Paste these into another terminal; Ctrl-C here ends it.

# who am I, and what may I do?
curl -b '$cookie' '$url'

# an upload, signed: send "fields" and the file to "url"
curl -b '$cookie' '$url?policy=avatar&context=caption=Hello'

# delete a picture of one's own
curl -b '$cookie' '$url?policy=remove&public_id=users/alice/cat'

# somebody else's: refused
curl -b '$cookie' '$url?policy=remove&public_id=users/bob/cat'

EOF
wait "$server"
