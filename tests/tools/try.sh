#!/bin/sh
# make run: serves a throw-away configuration on loopback, with a page to try it
# and requests that can be pasted. Ends, and removes what it made, on Ctrl-C.
set -eu
cd "$(dirname "$0")/../.."
port=${PORT:-8080}
PATH=$PATH:/usr/sbin:/sbin
case $port in
*[!0-9]* | 0* | ??????*) port=65536 ;;
esac
if [ "$port" -gt 65535 ]; then
	echo "PORT must be a number from 1 to 65535, as in: PORT=8081 make run" >&2
	exit 1
fi

umask 077
dir='' server='' standin='' fetching='' watcher='' ended=''
# Asked again and again: one that has only been forked may still have this
# shell's own traps, and lose the signal.
stop() { # PID
	while kill "$1" 2>/dev/null; do sleep 0.1; done &
	wait "$1" 2>/dev/null || true
	kill -9 $! 2>/dev/null || true
	# What it had begun, if it ended before it knew; setsid made the group.
	kill -- "-$1" 2>/dev/null || true
}
# A second Ctrl-C, by somebody without patience, must not stop the cleaning.
clean() {
	trap '' INT TERM HUP
	trap - EXIT
	for pid in $watcher $server $standin $fetching; do
		stop "$pid"
	done
	[ -z "$dir" ] || rm -rf "$dir"
}
# Between what begins something and the note of it, Ctrl-C is only remembered.
later() {
	trap 'ended=1' INT TERM HUP
}
# It cleans up itself: where it comes just as the shell ends, what EXIT says has
# begun already, and would not begin again.
now() {
	trap 'echo; clean; exit 0' INT TERM HUP
	[ -z "$ended" ] || exit 0
}
trap clean EXIT
later
dir=$(
	trap '' INT TERM HUP # or it may end between making the folder and saying its name
	mktemp -d "${TMPDIR:-/tmp}/signpost-run.XXXXXX"
)
now
case $dir in
*[!A-Za-z0-9/._-]*)
	echo "TMPDIR must be of A-Z a-z 0-9 / . _ - alone, as in: TMPDIR=/tmp make run" >&2
	exit 1
	;;
esac
# lighttpd splits a command at blanks, which the path from here may have.
program=$dir/signpost
ln -s "$PWD/cgi-bin/signpost" "$program"
command=$PWD/build/signpost
ln -s "$PWD/etc/www" "$dir/www"
ln -s "$PWD/build/uppy" "$dir/uppy"

# Straight to this machine, whatever ~/.curlrc and http_proxy say.
ask() {
	curl -q --noproxy '*' -s -o /dev/null "$@"
}
site=http://127.0.0.1:$port
url=$site/api/sign
code=0
ask -m 2 "$url" || code=$?
if [ $code -ne 7 ]; then # "failed to connect" is what is wanted
	echo "port $port is taken; PORT=8081 make run takes another" >&2
	exit 1
fi

# The sample as it stands, but for the account. Without one of your own it is
# made up, and a stand-in beside the server takes Cloudinary's part.
"$command" keygen "$dir/session.key" 2>/dev/null
if [ -n "${CLOUDINARY_URL:-}" ]; then
	printf '%s\n' "$CLOUDINARY_URL" >"$dir/cloudinary.url"
	sed -e '/^  cloud_name /d' -e '/^  api_key /d' \
		-e 's/^  api_secret_file .*/  url_file = "cloudinary.url";/' \
		etc/signpost.conf >"$dir/signpost.conf"
	# Nothing that is started here needs it.
	unset CLOUDINARY_URL
	here=false
else
	"$command" keygen "$dir/cloudinary.secret" 2>/dev/null
	sed "s|^  # upload_prefix = .*|  upload_prefix = \"$site\";|" \
		etc/signpost.conf >"$dir/signpost.conf"
	here=true
fi
if ! "$command" check "$dir/signpost.conf" >"$dir/check"; then
	$here || echo "That is what CLOUDINARY_URL says: cloudinary://KEY:SECRET@CLOUD is right." >&2
	exit 1
fi

# value NAME: what the sample says of the account.
value() {
	sed -n "s/^  $1 *= \"\\(.*\\)\";.*/\\1/p" "$dir/signpost.conf"
}

# The page's tab for Uppy needs Uppy: one file of one npm package, fetched once.
# $uppy is that package's digest, as npm publishes it.
version=6.0.1
uppy='2OONMUNUHGBNkfSjNpWDhleeCeqm2oP+8NJRSxkkFVLmm3BbE7S+XCm45+jp36z7PCRuogtm1FgYPKa0iKbYAQ=='
fetch_uppy() {
	mkdir "$dir/npm" || return 1
	# Waited for, since Ctrl-C ends a wait at once, and npm in its own time.
	later
	(cd "$dir/npm" && exec timeout 60 npm pack --silent --fetch-retries=0 "uppy@$version" >/dev/null) &
	fetching=$!
	now
	code=0
	wait "$fetching" || code=$?
	fetching=''
	[ $code -eq 0 ] &&
		[ "$(openssl dgst -sha512 -binary "$dir/npm/uppy-$version.tgz" | openssl base64 -A)" = "$uppy" ] &&
		tar -xzf "$dir/npm/uppy-$version.tgz" -C "$dir/npm" package/LICENSE \
			package/dist/uppy.min.mjs package/dist/uppy.min.css &&
		mv "$dir/npm/package/LICENSE" "$dir/npm/package/dist/" &&
		mkdir -p build/uppy &&
		rm -rf "build/uppy/$version" &&
		mv "$dir/npm/package/dist" "build/uppy/$version"
}
if [ ! -f "build/uppy/$version/uppy.min.mjs" ] && command -v npm >/dev/null; then
	echo "fetching Uppy $version for one tab of the page, once"
	fetch_uppy || echo "Uppy could not be fetched; everything else works without it" >&2
fi

alice=$("$command" mint --user alice --ttl 86400 "$dir/signpost.conf")
bob=$("$command" mint --user bob --ttl 86400 "$dir/signpost.conf")
printf '{ "users": [ "alice", "bob" ], "standin": %s }\n' "$here" >"$dir/demo.json"

sed -e "s|/usr/local/lib/signpost/signpost|$program|" \
	-e "s|/etc/signpost/signpost.conf|$dir/signpost.conf|" \
	-e "s|/run/lighttpd/|$dir/|" etc/lighttpd.conf >"$dir/lighttpd.conf"
cat >>"$dir/lighttpd.conf" <<EOF
server.bind = "127.0.0.1"
server.port = $port
server.document-root = "$dir/www"
server.upload-dirs = ( "$dir" )
# setenv is before redirect, or a redirect would have none of its fields.
server.modules += ( "mod_setenv", "mod_access", "mod_alias", "mod_redirect", "mod_proxy" )
index-file.names = ( "index.html" )
mimetype.assign = ( ".html" => "text/html; charset=utf-8", ".css" => "text/css", ".js" => "text/javascript",
	".mjs" => "text/javascript", ".json" => "application/json", ".svg" => "image/svg+xml", "" => "text/plain" )
alias.url = ( "/demo.json" => "$dir/demo.json", "/uppy/" => "$dir/uppy/$version/" )
setenv.set-response-header = (
	"Content-Security-Policy" => "default-src 'self'; img-src 'self' data: blob: https://res.cloudinary.com; connect-src 'self' https://api.cloudinary.com https://res.cloudinary.com; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"X-Content-Type-Options" => "nosniff",
	"Referrer-Policy" => "no-referrer"
)
# One name, since the cookie and the upload's address are of 127.0.0.1.
\$HTTP["host"] =~ "^localhost(:|\$)" {
	url.redirect = ( "" => "$site\${url.path}\${qsa}" )
	url.redirect-code = 307
}
# By no other name: a foreign page's name that is made to lead here (DNS
# rebinding) would be this site to a browser, with a login for everybody.
else \$HTTP["host"] !~ "^127\.0\.0\.1(:|\$)" {
	url.access-deny = ( "" )
}
# A login for everybody: this is a demo.
else \$HTTP["url"] == "/login/alice" {
	setenv.add-response-header = ( "Set-Cookie" => "$alice; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax" )
	url.redirect = ( "" => "/" )
	url.redirect-code = 303
}
else \$HTTP["url"] == "/login/bob" {
	setenv.add-response-header = ( "Set-Cookie" => "$bob; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax" )
	url.redirect = ( "" => "/" )
	url.redirect-code = 303
}
else \$HTTP["url"] == "/logout" {
	setenv.add-response-header = ( "Set-Cookie" => "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" )
	url.redirect = ( "" => "/" )
	url.redirect-code = 303
}
EOF
if $here; then
	cat >>"$dir/lighttpd.conf" <<EOF
\$HTTP["url"] =~ "^/(v1_1|$(value cloud_name))/" {
	proxy.server = ( "" => (( "host" => "$dir/standin.sock" )) )
}
EOF
	mkdir "$dir/files"
	later
	setsid python3 -B tests/standin/standin.py --listen "$dir/standin.sock" --folder "$dir/files" \
		--cloud "$(value cloud_name)" --key "$(value api_key)" --secret-file "$dir/cloudinary.secret" &
	standin=$!
	now
fi

# answers CURL-ARGUMENT...: waits until the server does, which goes on running.
answers() {
	tries=0
	until ask -f "$@"; do
		tries=$((tries + 1))
		if [ $tries -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
			return 1
		fi
		sleep 0.1
	done
}
# In a session of its own, so that Ctrl-C reaches this script alone: lighttpd
# restarts a process that dies, and could leave one behind if it ended meanwhile.
later
setsid lighttpd -D -f "$dir/lighttpd.conf" 2>"$dir/log" &
server=$!
now
if ! answers -b "$alice" "$url"; then
	cat "$dir/log" >&2
	echo "lighttpd did not start on port $port; PORT=8081 make run takes another" >&2
	exit 1
fi
if $here; then
	tries=0
	until ask --unix-socket "$dir/standin.sock" http://127.0.0.1/; do
		tries=$((tries + 1))
		if [ $tries -gt 600 ] || ! kill -0 "$standin" 2>/dev/null; then
			echo "the stand-in did not start: python3 3.9 or newer is needed" >&2
			exit 1
		fi
		sleep 0.1
	done
	account="the account is made up: a stand-in here takes the uploads, and Ctrl-C throws them away"
else
	account="the account is that of CLOUDINARY_URL: uploads are real,
and whoever uses this machine can make them here"
fi

# Who kills this script with -9 leaves a login for everybody: not for long.
later
(
	trap '' INT HUP
	trap - TERM EXIT
	while kill -0 $$ 2>/dev/null; do sleep 1; done
	kill "$server" $standin 2>/dev/null || true
	rm -rf "$dir"
) >/dev/null 2>&1 &
watcher=$!
now

cat <<EOF

Open $site in a browser, and log in as alice or bob.
($account.)

Or paste these into another terminal, with a day's session of the user alice.
Ctrl-C here ends it. The log is $dir/log, with what
\`signpost check\` warns of in this configuration.

# who am I, and what may I do?
curl -b '$alice' '$url'

# an upload, signed: send "fields" and the file to "url"
curl -b '$alice' '$url?policy=avatar&context=caption=Hello'

# delete a picture of one's own
curl -b '$alice' '$url?policy=remove&public_id=users/alice/cat'

# somebody else's: refused
curl -b '$alice' '$url?policy=remove&public_id=users/bob/cat'

EOF
wait "$server"
