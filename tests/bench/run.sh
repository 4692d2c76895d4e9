#!/bin/sh
# make bench: the whole job side by side with an empty libfcgi program, and with
# the same job in PHP, in one run, behind the same servers; a start under CGI
# beside an empty program's and PHP's; and a step of each store of counters.
# Ratios are what to trust, not rates.
#
# ROUNDS=5 SECONDS_EACH=3 CONNECTIONS=16 may be changed.
set -eu
cd "$(dirname "$0")/../.."
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-3} connections=${CONNECTIONS:-16}
port=${PORT:-8098}
PATH=$PATH:/usr/sbin:/sbin
program=$PWD/cgi-bin/signpost
command=$PWD/build/signpost
mkdir -p build/bench
hello=$PWD/build/bench/hello
gcc -O2 -o "$hello" tests/bench/hello.c -lfcgi
gcc -O2 -static -o build/bench/empty tests/bench/empty.c
gcc -O2 -o build/bench/starts tests/bench/starts.c
make -s static
make -s build/release/bench/counters
counters=$PWD/build/release/bench/counters

dir=$(mktemp -d "${TMPDIR:-/tmp}/signpost-bench.XXXXXX")
pids=
clean() {
	trap - EXIT INT TERM
	for pid in $pids; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	rm -rf "$dir"
}
trap clean EXIT
trap 'exit 1' INT TERM
umask 077
mkdir "$dir/www"
"$command" keygen "$dir/session.key" 2>/dev/null
"$command" keygen "$dir/cloudinary.secret" 2>/dev/null
cat >"$dir/signpost.conf" <<EOF
cloudinary = { cloud_name = "demo"; api_key = "874837483274837";
  api_secret_file = "cloudinary.secret"; signature_algorithm = "sha1"; };
session = { cookie = "session"; keys = ( { id = "1"; file = "session.key"; } ); };
policies = {
  bench = {
    action = "upload"; reusable = true;
    set = { folder = "users/{user}"; upload_preset = "site"; source = "uw"; overwrite = false; };
    allow = { context = { caption = "text 100"; alt = "text 100"; };
      public_id = "users/{user}/*"; async = "bool"; invalidate = "bool"; };
  };
};
EOF

# PHP-FPM as Debian sets it up, but for its 4 processes and its socket.
fpm=$(command -v php-fpm8.2 || command -v php-fpm)
cp tests/bench/sign.php "$dir/sign.php"
cat >"$dir/fpm.conf" <<EOF
[global]
error_log = $dir/fpm.log
[www]
user = $(id -un)
group = $(id -gn)
listen = $dir/fpm.sock
pm = static
pm.max_children = 4
EOF
root_too=
[ "$(id -u)" != 0 ] || root_too=-R
# shellcheck disable=SC2086 # one option, or none
"$fpm" -F $root_too -y "$dir/fpm.conf" >>"$dir/log" 2>&1 &
pids="$pids $!"

# spawn NAME PROCESSES COMMAND...: processes at one socket, for nginx.
spawn() {
	name=$1 n=$2
	shift 2
	spawn-fcgi -s "$dir/$name.sock" -P "$dir/$name.pid" -F "$n" -M 0600 -- \
		"$@" >>"$dir/log" 2>&1
	pids="$pids $(tr '\n' ' ' <"$dir/$name.pid")"
}
for n in 4 1; do
	spawn "hello$n" "$n" "$hello"
	spawn "sign$n" "$n" "$program" --config="$dir/signpost.conf"
done
{
	echo "server.modules += ( \"mod_fastcgi\" )"
	echo "server.bind = \"127.0.0.1\""
	echo "server.port = $port"
	echo "server.document-root = \"$dir/www\""
	echo "server.max-keep-alive-requests = 1000000"
	for n in 4 1; do
		for name in hello sign; do
			echo "fastcgi.server += ( \"/$name$n\" => (( \"socket\" => \"$dir/l$name$n.sock\", \"max-procs\" => $n, \"check-local\" => \"disable\", \"bin-path\" => \"$([ $name = hello ] && echo "$hello" || echo "$program --config=$dir/signpost.conf")\" )) )"
		done
	done
} >"$dir/lighttpd.conf"
lighttpd -D -f "$dir/lighttpd.conf" 2>>"$dir/log" &
lighttpd=$!
pids="$pids $lighttpd"
{
	[ "$(id -u)" != 0 ] || echo "user root;"
	echo "daemon off; pid $dir/nginx.pid; error_log $dir/nginx.log; worker_processes 1;"
	echo "events { worker_connections 512; }"
	echo "http { access_log off; keepalive_requests 1000000;"
	for p in client_body proxy fastcgi uwsgi scgi; do echo "${p}_temp_path $dir/$p;"; done
	for n in 4 1; do
		echo "upstream sign$n { server unix:$dir/sign$n.sock; keepalive 32; }"
		echo "upstream hello$n { server unix:$dir/hello$n.sock; }"
	done
	echo "server { listen 127.0.0.1:$((port + 1)); root $dir/www;"
	echo "location /php { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $dir/sign.php; fastcgi_pass unix:$dir/fpm.sock; }"
	for n in 4 1; do
		echo "location /hello$n { include /etc/nginx/fastcgi_params; fastcgi_pass hello$n; }"
		echo "location /closing$n { include /etc/nginx/fastcgi_params; fastcgi_pass unix:$dir/sign$n.sock; }"
		echo "location /sign$n { include /etc/nginx/fastcgi_params; fastcgi_pass sign$n; fastcgi_keep_conn on; }"
	done
	echo "} }"
} >"$dir/nginx.conf"
nginx -e "$dir/nginx.log" -c "$dir/nginx.conf" 2>>"$dir/log" &
pids="$pids $!"

cookie="theme=dark; $("$command" mint --user alice "$dir/signpost.conf"); lang=en"
query='policy=bench&public_id=users/alice/holiday-2026&context=caption=A%20walk|alt=A%20beach&async=true&invalidate=true'
url() { # SERVER PLACE
	[ "$1" = lighttpd ] && p=$port || p=$((port + 1))
	echo "http://127.0.0.1:$p/$2?$query"
}
tries=0
for place in lighttpd:sign4 lighttpd:sign1 nginx:sign4 nginx:sign1 nginx:closing4 nginx:php; do
	until curl -sf -o "$dir/answer" -b "$cookie" "$(url "${place%:*}" "${place#*:}")"; do
		tries=$((tries + 1))
		if [ $tries -gt 50 ]; then
			echo "bench: no answer at $place" >&2
			cat "$dir/log" "$dir/nginx.log" >&2
			exit 1
		fi
		sleep 0.1
	done
done

# rate SERVER PLACE: requests a second; every answer must be a 200.
rate() {
	wrk -t1 -c"$connections" -d"${seconds}s" -H "Cookie: $cookie" \
		"$(url "$1" "$2")" >"$dir/wrk"
	if grep -q 'Non-2xx\|Socket errors' "$dir/wrk"; then
		cat "$dir/wrk" >&2
		echo "bench: $1 $2 did not answer every request with 200" >&2
		exit 1
	fi
	sed -n 's/^Requests\/sec: *//p' "$dir/wrk"
}

# side BY SIDE: rounds of A and B in turns; the ratio's median and range.
side() { # LABEL SERVER A B
	: >"$dir/ratios"
	i=0
	while [ $i -lt "$rounds" ]; do
		a=$(rate "$2" "$3") b=$(rate "$2" "$4")
		echo "$a $b" | awk '{ print $2 / $1, $1, $2 }' >>"$dir/ratios"
		i=$((i + 1))
	done
	sort -n "$dir/ratios" | awk -v label="$1" '
		{ r[NR] = $1; a[NR] = $2; b[NR] = $3 }
		END { m = int((NR + 1) / 2)
			printf "%-46s %.2f (%.2f-%.2f)   %6d/s against %6d/s\n",
				label, r[m], r[1], r[NR], b[m], a[m] }'
}

echo "signpost's rate as a multiple of the empty program's; $connections connections, $rounds rounds of ${seconds} s"
side "lighttpd, 4 processes" lighttpd hello4 sign4
side "lighttpd, 1 process" lighttpd hello1 sign1
side "nginx, connection closed, 4 processes" nginx hello4 closing4
side "nginx, fastcgi_keep_conn, 4 processes" nginx hello4 sign4
side "nginx, fastcgi_keep_conn, 1 process" nginx hello1 sign1

echo "signpost's rate as a multiple of PHP-FPM's, which does the same job (wanted: 1.50)"
side "nginx, connection closed, 4 processes" nginx php closing4
side "nginx, fastcgi_keep_conn for signpost" nginx php sign4

# The times from start to end, in turns; the answers must be right.
starts() { # SCRIPT A B
	env -i PATH="$PATH" GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
		SERVER_SOFTWARE=bench SERVER_NAME=localhost REMOTE_ADDR=127.0.0.1 \
		SCRIPT_NAME=/api/sign REQUEST_METHOD=GET QUERY_STRING="$query" \
		HTTP_COOKIE="$cookie" SIGNPOST_CONFIG="$dir/signpost.conf" \
		REDIRECT_STATUS=200 SCRIPT_FILENAME="$1" \
		build/bench/starts 40 "$2" "$3" 2>>"$dir/log"
}
# Three times the rounds: on a busy machine one median of a millisecond's work
# is off by half and more, as an empty program against itself shows.
start() { # LABEL SCRIPT A B
	: >"$dir/ratios"
	i=0
	while [ $i -lt $((3 * rounds)) ]; do
		starts "$2" "$3" "$4" >"$dir/starts" || {
			tail -5 "$dir/log" >&2
			exit 1
		}
		tr '\n' ' ' <"$dir/starts" | awk '{ print $2 / $1, $1, $2 }' >>"$dir/ratios"
		i=$((i + 1))
	done
	sort -n "$dir/ratios" | awk -v label="$1" '
		{ r[NR] = $1; a[NR] = $2; b[NR] = $3 }
		END { m = int((NR + 1) / 2)
			printf "%-46s %.2f (%.2f-%.2f)   %6d us against %6d us\n",
				label, r[m], r[1], r[NR], b[m], a[m] }'
}
static=build/static/signpost php=$(command -v php-cgi)
echo "one start under CGI and its answer, as a part of the other's time"
start "static, PHP-CGI (wanted: 0.10)" "$dir/sign.php" "$php" "$static"
start "dynamic, PHP-CGI" "$dir/sign.php" "$php" "$program"
start "static, an empty program (wanted: 1.30)" "" build/bench/empty "$static"
start "an empty program, itself: the noise" "" build/bench/empty build/bench/empty

echo "memory of one worker after that (KiB)"
for pid in $(pgrep -P "$lighttpd" -x signpost | head -1); do
	awk '/^Private/ { p += $2 } /^Pss:/ { s = $2 } END { print "  private " p ", proportional " s }' \
		"/proc/$pid/smaps_rollup"
done

echo "one step of the counters: the file, and Redis on a Unix socket"
redis-server --port 0 --unixsocket "$dir/redis.sock" --save '' --appendonly no \
	--dir "$dir" >>"$dir/log" 2>&1 &
pids="$pids $!"
until [ -S "$dir/redis.sock" ]; do sleep 0.1; done
for n in 1 4; do
	"$counters" "$dir/counters" "$n" "$seconds"
	"$counters" "unix:$dir/redis.sock" "$n" "$seconds"
done
