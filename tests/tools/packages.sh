#!/bin/sh
# Installs what is missing: packages.sh GROUP...
#
# Each line: group, probe, Debian's package, Fedora's, Alpine's, and the tests
# that alone need it (tests/e2e/NAME.test.mjs; none: everything does). A probe
# is a header that the compiler must find (h:), a command (c:), a module of the
# system's Python (p:), any other file (o:), or clang's libFuzzer. A package
# that is "-" is none there.
#
# Where a package that only some tests need can't be had, they are left out:
# packages.sh lacks GROUP... prints them, each with a package. With CI=true
# everything must be there.
set -eu

table='
build c:gcc       gcc             gcc             gcc
build h:stdio.h   libc6-dev       glibc-devel     musl-dev
build h:openssl/sha.h libssl-dev  openssl-devel   openssl-dev
build h:libconfig.h libconfig-dev libconfig-devel libconfig-dev
build h:zlib.h    zlib1g-dev      zlib-devel      zlib-dev
build h:hiredis/hiredis.h libhiredis-dev hiredis-devel hiredis-dev
serve c:lighttpd  lighttpd        lighttpd        lighttpd
serve c:curl      curl            curl            curl
serve c:python3   python3         python3         python3
quick h:cmocka.h  libcmocka-dev   libcmocka-devel cmocka-dev
quick h:jansson.h libjansson-dev  jansson-devel   jansson-dev
quick c:lighttpd  lighttpd        lighttpd        lighttpd
quick c:node      nodejs          nodejs          nodejs
quick c:npm       npm             npm             npm
units h:cmocka.h  libcmocka-dev   libcmocka-devel cmocka-dev
units h:jansson.h libjansson-dev  jansson-devel   jansson-dev
units c:redis-server redis-server redis         redis
units c:python3   python3         python3         python3
check c:lighttpd  lighttpd        lighttpd        lighttpd
check c:curl      curl            curl            curl
check h:cmocka.h  libcmocka-dev   libcmocka-devel cmocka-dev
check h:jansson.h libjansson-dev  jansson-devel   jansson-dev
check c:python3   python3         python3         python3
check c:chromium  chromium        chromium        chromium  client_module demo demo_hostile readme_page
check c:nginx     nginx-light     nginx           nginx
check c:apache2   apache2         httpd           apache2
check o:/usr/lib/apache2/modules/mod_fcgid.so libapache2-mod-fcgid mod_fcgid apache2-mod-fcgid
check o:/usr/lib/apache2/suexec-pristine apache2-suexec-pristine httpd apache2  suexec doctor_suexec
check c:fcgiwrap  fcgiwrap        fcgiwrap        fcgiwrap  servers
check c:caddy     caddy           caddy           caddy  servers
check c:h2o       h2o             h2o             h2o  servers
check c:readelf   binutils        binutils        binutils  package
check c:spawn-fcgi spawn-fcgi     spawn-fcgi      spawn-fcgi
check c:redis-server redis-server redis         redis
check c:node      nodejs          nodejs          nodejs
check c:npm       npm             npm             npm
check c:clang-format clang-format clang-tools-extra clang-extra-tools
check c:shellcheck shellcheck     ShellCheck      shellcheck
check c:systemd-analyze systemd        systemd         -  deb readme_machine units units_doctor
check c:lintian   lintian         -               -  deb
check c:ip        iproute2        iproute         iproute2  deb readme_machine
check c:script    bsdutils        util-linux      util-linux-misc
check c:php-cgi   php-cgi         php-cgi         php-cgi
check c:php       php-cli         php-cli         php  minting doc
check c:ruby      ruby            ruby            ruby  minting
check c:perl      perl            perl            perl  minting
check c:go        golang-go       golang          go  minting
check c:openssl   openssl         openssl         openssl
check c:mandoc    mandoc          mandoc          mandoc  man
check c:rsvg-convert librsvg2-bin librsvg2-tools rsvg-convert  doc
check p:flask     python3-flask   python3-flask   py3-flask  frameworks frameworks_short
check p:flask_login python3-flask-login python3-flask-login py3-flask-login  frameworks frameworks_short
check p:django    python3-django  python3-django  py3-django  frameworks frameworks_short
check p:rest_framework_simplejwt python3-djangorestframework-simplejwt python3-djangorestframework-simplejwt py3-djangorestframework-simplejwt  frameworks
check p:starlette python3-starlette python3-starlette py3-starlette  frameworks frameworks_short
check p:itsdangerous python3-itsdangerous python3-itsdangerous py3-itsdangerous  frameworks frameworks_short
check p:uvicorn   python3-uvicorn python3-uvicorn py3-uvicorn  frameworks frameworks_short
bench h:fcgiapp.h libfcgi-dev     fcgi-devel      fcgi-dev
bench c:wrk       wrk             wrk             wrk
bench c:php-cgi   php-cgi         php-cgi         php-cgi
bench o:/usr/sbin/php-fpm8.2 php8.2-fpm php-fpm php82-fpm
bench c:redis-server redis-server redis         redis
fuzz  h:cmocka.h  libcmocka-dev   libcmocka-devel cmocka-dev
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

# missing LACKING GROUP...: sets the packages that are missing for these groups
# (some: of them, those that only some tests need), and where LACKING is yes,
# prints the tests that lack one.
missing() {
	debian='' fedora='' alpine='' some='' lacking=$1
	shift
	while read -r group probe d f a tests; do
		case " $* " in *" $group "*) ;; *) continue ;; esac
		! found "$probe" || continue
		for test in $tests; do
			[ "$lacking" != yes ] || echo "$test $d"
		done
		case " $debian " in *" $d "*) continue ;; esac
		debian="$debian $d"
		[ -z "$tests" ] || some="$some $d"
		[ "$f" = - ] || fedora="$fedora $f"
		[ "$a" = - ] || alpine="$alpine $a"
	done <<-EOF
		$(echo "$table" | grep .)
	EOF
}

if [ "$1" = lacks ]; then
	shift
	missing yes "$@"
	exit 0
fi
missing no "$@"

# Is everything that is missing needed by some tests alone, and may it be so?
may_lack() {
	[ "$debian" = "$some" ] && [ "${CI:-}" != true ]
}

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

# fetch PACKAGE...: installs them, and says before how much that is.
fetch() {
	# apt-get fails here, since nobody agrees.
	said=$(LC_ALL=C apt-get install --assume-no --no-install-recommends "$@" 2>&1 || true)
	number=$(echo "$said" | sed -n 's/.* \([0-9]*\) newly installed.*/\1/p')
	size=$(echo "$said" | sed -n 's/^Need to get \(.*\) of archives.*/\1/p')
	[ -z "$number" ] ||
		echo "packages: fetching $number packages, ${size:-nothing to download}"
	as_root apt-get install -q -y --no-install-recommends "$@"
}

# All that is missing; or, where some tests may be left out, what they don't
# need, and then one by one what can be had.
install() {
	export DEBIAN_FRONTEND=noninteractive
	echo "packages: missing here:$debian"
	as_root apt-get update -q || true
	no_services
	# shellcheck disable=SC2086 # lists of names
	if ! fetch $debian; then
		[ -n "$some" ] && [ "${CI:-}" != true ] || exit 1
		for package in $debian; do
			case " $some " in *" $package "*) continue ;; esac
			fetch "$package"
		done
		for package in $some; do
			fetch "$package" || echo "packages: $package can't be had"
		done
	fi
	services_again
}

if [ -n "$debian" ]; then
	if command -v apt-get >/dev/null; then
		if as_root true; then
			install
		elif may_lack; then
			echo "packages: only root could install$debian; some tests are left out"
		else
			{
				echo "packages: missing here, and only root can install them; as root:"
				echo "  apt-get update && apt-get install --no-install-recommends$debian"
				echo "packages: then try again"
			} >&2
			exit 1
		fi
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

if [ "$sanitizers" = 1 ]; then
	echo 'int main(void){return 0;}' |
		gcc -fsanitize=address,undefined -x c -o /dev/null - || {
		echo "packages: gcc has no sanitizers here (libasan, libubsan)" >&2
		exit 1
	}
fi
