#!/bin/sh
# Installs what is missing: packages.sh GROUP...
#
# Each line: group, probe, Debian's package, Fedora's, Alpine's. A probe is a
# header that the compiler must find (h:), a command (c:), a module of the
# system's Python (p:), any other file (o:), or clang's libFuzzer. A package
# that is "-" is none there, and its tests are left out.
set -eu

table='
build c:gcc       gcc             gcc             gcc
build h:stdio.h   libc6-dev       glibc-devel     musl-dev
build h:fcgiapp.h libfcgi-dev     fcgi-devel      fcgi-dev
build h:openssl/sha.h libssl-dev  openssl-devel   openssl-dev
build h:libconfig.h libconfig-dev libconfig-devel libconfig-dev
build h:jansson.h libjansson-dev  jansson-devel   jansson-dev
build h:zlib.h    zlib1g-dev      zlib-devel      zlib-dev
build h:hiredis/hiredis.h libhiredis-dev hiredis-devel hiredis-dev
serve c:lighttpd  lighttpd        lighttpd        lighttpd
serve c:curl      curl            curl            curl
serve c:python3   python3         python3         python3
units h:cmocka.h  libcmocka-dev   libcmocka-devel cmocka-dev
units c:redis-server redis-server redis         redis
units c:python3   python3         python3         python3
check c:lighttpd  lighttpd        lighttpd        lighttpd
check c:curl      curl            curl            curl
check h:cmocka.h  libcmocka-dev   libcmocka-devel cmocka-dev
check c:python3   python3         python3         python3
check c:chromium  chromium        chromium        chromium
check c:nginx     nginx-light     nginx           nginx
check c:apache2   apache2         httpd           apache2
check o:/usr/lib/apache2/modules/mod_fcgid.so libapache2-mod-fcgid mod_fcgid apache2-mod-fcgid
check o:/usr/lib/apache2/suexec-pristine apache2-suexec-pristine httpd apache2
check c:fcgiwrap  fcgiwrap        fcgiwrap        fcgiwrap
check c:caddy     caddy           caddy           caddy
check c:h2o       h2o             h2o             h2o
check c:readelf   binutils        binutils        binutils
check c:spawn-fcgi spawn-fcgi     spawn-fcgi      spawn-fcgi
check c:redis-server redis-server redis         redis
check c:node      nodejs          nodejs          nodejs
check c:npm       npm             npm             npm
check c:clang-format clang-format clang-tools-extra clang-extra-tools
check c:shellcheck shellcheck     ShellCheck      shellcheck
check c:systemd-analyze systemd        systemd         -
check c:lintian   lintian         -               -
check c:ip        iproute2        iproute         iproute2
check c:script    bsdutils        util-linux      util-linux-misc
check c:php-cgi   php-cgi         php-cgi         php-cgi
check c:php       php-cli         php-cli         php
check c:ruby      ruby            ruby            ruby
check c:perl      perl            perl            perl
check c:go        golang-go       golang          go
check c:openssl   openssl         openssl         openssl
check c:mandoc    mandoc          mandoc          mandoc
check c:rsvg-convert librsvg2-bin librsvg2-tools rsvg-convert
check p:flask     python3-flask   python3-flask   py3-flask
check p:flask_login python3-flask-login python3-flask-login py3-flask-login
check p:django    python3-django  python3-django  py3-django
check p:rest_framework_simplejwt python3-djangorestframework-simplejwt python3-djangorestframework-simplejwt py3-djangorestframework-simplejwt
check p:starlette python3-starlette python3-starlette py3-starlette
check p:itsdangerous python3-itsdangerous python3-itsdangerous py3-itsdangerous
check p:uvicorn   python3-uvicorn python3-uvicorn py3-uvicorn
bench c:wrk       wrk             wrk             wrk
bench c:php-cgi   php-cgi         php-cgi         php-cgi
bench o:/usr/sbin/php-fpm8.2 php8.2-fpm php-fpm php82-fpm
bench c:redis-server redis-server redis         redis
fuzz  c:clang     clang           clang           clang
fuzz  f:libfuzzer libclang-rt-dev compiler-rt     compiler-rt
'

PATH=$PATH:/usr/sbin:/sbin
case " $* " in *" check "*) sanitizers=1 ;; *) sanitizers=0 ;; esac

found() {
	case $1 in
	c:*) command -v "${1#c:}" >/dev/null ;;
	o:*) [ -e "${1#o:}" ] ;;
	p:*) /usr/bin/python3 -c "import ${1#p:}" 2>/dev/null ;;
	f:*)
		echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
			clang -fsanitize=fuzzer,address -x c -o /dev/null - 2>/dev/null
		;;
	h:cmocka.h)
		printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <cmocka.h>\n' |
			gcc -E -x c - >/dev/null 2>&1
		;;
	h:*)
		printf '#include <stdio.h>\n#include <%s>\n' "${1#h:}" |
			gcc -E -x c - >/dev/null 2>&1
		;;
	esac
}

debian='' fedora='' alpine=''
while read -r group probe d f a; do
	case " $* " in *" $group "*) ;; *) continue ;; esac
	if ! found "$probe"; then
		case " $debian " in *" $d "*) continue ;; esac
		debian="$debian $d"
		[ "$f" = - ] || fedora="$fedora $f"
		[ "$a" = - ] || alpine="$alpine $a"
	fi
done <<EOF
$(echo "$table" | grep .)
EOF

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		command -v sudo >/dev/null && sudo "$@"
	fi
}

# The tests start their servers themselves, each with its own configuration;
# a package shall not start one on the system's ports. (What the machine says
# about services already stays.)
policy=/usr/sbin/policy-rc.d
made_policy=
services_again() {
	[ -z "$made_policy" ] || as_root rm -f "$policy"
	made_policy=
}
no_services() {
	[ ! -e "$policy" ] || return 0
	trap services_again EXIT
	trap 'exit 1' INT TERM HUP
	made_policy=1
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
}

if [ -n "$debian" ]; then
	if command -v apt-get >/dev/null; then
		if ! as_root true; then
			{
				echo "packages: missing here, and only root can install them; as root:"
				echo "  apt-get update && apt-get install --no-install-recommends$debian"
				echo "packages: then try again"
			} >&2
			exit 1
		fi
		echo "packages: installing$debian"
		export DEBIAN_FRONTEND=noninteractive
		as_root apt-get update -q
		no_services
		# shellcheck disable=SC2086 # a list of names
		as_root apt-get install -q -y --no-install-recommends $debian
		services_again
	elif { command -v apk >/dev/null && [ -z "$alpine" ]; } ||
		{ command -v dnf >/dev/null && [ -z "$fedora" ]; }; then
		:
	else
		{
			echo "packages: missing here; install them and try again"
			echo "  Fedora: dnf install$fedora"
			echo "  Alpine: apk add$alpine"
			echo "  Debian: apt-get update && apt-get install$debian"
		} >&2
		exit 1
	fi
fi

# CVE-2025-23016: a heap overflow in libfcgi before this one.
if command -v dpkg-query >/dev/null; then
	fcgi=$(dpkg-query -W -f='${Version}' libfcgi0ldbl 2>/dev/null ||
		dpkg-query -W -f='${Version}' libfcgi0t64 2>/dev/null || true)
	if [ -n "$fcgi" ] && dpkg --compare-versions "$fcgi" lt 2.4.2-2+deb12u1; then
		echo "packages: libfcgi $fcgi has CVE-2025-23016;" \
			"upgrade to 2.4.2-2+deb12u1 or newer" >&2
		exit 1
	fi
fi
if [ "$sanitizers" = 1 ]; then
	echo 'int main(void){return 0;}' |
		gcc -fsanitize=address,undefined -x c -o /dev/null - || {
		echo "packages: gcc has no sanitizers here (libasan, libubsan)" >&2
		exit 1
	}
fi
