#!/bin/sh
# lint.sh RULE: one rule of the house over the tree.
set -eu
cd "$(dirname "$0")/../.."
sources=$(find src tests -name '*.[ch]' -not -path '*/node_modules/*')

case $1 in
format)
	# shellcheck disable=SC2086 # a list of names
	clang-format --dry-run --Werror $sources
	;;
headers)
	# Each one stands alone.
	find src -name '*.h' | while read -r header; do
		gcc -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc -Wall -Wextra -Werror \
			-fsyntax-only -x c "$header"
	done
	;;
tested)
	# Each source file has its test, or cases that name it; and each file of
	# tests has one.
	missing=0
	# shellcheck disable=SC2013 # no name in the tree has a blank
	for test in $(grep -L '^[A-Z_]*(' tests/unit/test_*.c); do
		echo "$test has no test"
		missing=1
	done
	# shellcheck disable=SC2044 # no name in the tree has a blank
	for source in $(find src -name '*.c' ! -name main.c); do
		test=tests/unit/test_$(basename "$source")
		[ -f "$test" ] || grep -qrF "$source" tests/cases ||
			{ echo "$source has no $test, and no case names it"; missing=1; }
	done
	exit $missing
	;;
functions)
	# Functions that guess, or that have no bound.
	# shellcheck disable=SC2046 # a list of names
	! grep -nE '(^|[^A-Za-z_])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|strtol|strtoul|strtoll|sscanf|gets|system|popen|alloca) *\(' \
		$(find src -name '*.[ch]')
	;;
waits)
	# No test gives up, or is satisfied, after a time of its own: a busy
	# machine misses it. There is PATIENCE.
	! grep -nE '\b(within|setDefaultTimeout)\([0-9]|\buntil\(.*, [0-9]{3,}\)|^ *\}, [0-9]{4,}\)|timeout: *[0-9]{2}|Date\.now\(\) - [a-z]+ <' \
		tests/e2e/*.mjs
	! grep -nE '\b(fcgi_(answer|closed)|server_(wait|settles))\(.*, [1-9][0-9]*[,)]|clock(_ms)?\(\) - [a-z]+ < [^P]' \
		tests/unit/*.[ch]
	;;
shell)
	shellcheck tests/tools/*.sh tests/bench/*.sh tests/fuzz/*.sh .ci/run \
		etc/debian/p*
	;;
*)
	echo "lint.sh: no rule $1" >&2
	exit 2
	;;
esac
