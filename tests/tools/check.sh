#!/bin/sh
# make check and make quick: run the groups of check.mk, with a line for each
# (what, how many, seconds) as it ends, and end with "N passed, N failed".
#
#   check.sh check / quick           all of them, or those for who edits
#   check.sh group NAME COMMAND...   one of them; for check.mk
#   check.sh seeds / npm / ...       what some of them run
set -u
cd "$(dirname "$0")/../.." || exit 1
log=build/check

# number PATTERN: the sum of the numbers that PATTERN's \1 gives, in what was
# said.
number() {
	sed -n "s/$1/\\1/p" "$log/$name.said" | awk '{ n += $1 } END { print n + 0 }'
}

# How many passed and failed: by what it says, or by the exit code alone.
count() {
	case $name in
	units-* | seeds)
		passed=$(number '^\([0-9]*\) passed, [0-9]* failed$')
		failed=$(number '^[0-9]* passed, \([0-9]*\) failed$')
		;;
	*)
		passed=$(number '^# pass \([0-9]*\)$')
		failed=$(number '^# fail \([0-9]*\)$')
		[ "$passed$failed" != 00 ] || [ "$code" -ne 0 ] ||
			grep -q '^TAP version' "$log/$name.said" || passed=1
		;;
	esac
	[ "$code" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ $((passed + failed)) -gt 0 ] || failed=1 # nothing was tested
}

group() {
	name=$1
	shift
	# What it needs may be what this machine can't have.
	if lacks=$(grep "^$name " "$log/lacks"); then
		printf '%-24s left out: there is no %s\n' "$name" "${lacks#* }"
		echo "0 0" >"$log/$name.count"
		return
	fi
	# The room that make shares is for its own.
	case "$*" in *make* | *like_release*) ;; *) unset MAKEFLAGS MFLAGS MAKELEVEL ;; esac
	began=$(date +%s)
	timeout 1200 "$@" >"$log/$name.said" 2>&1 </dev/null
	code=$?
	count
	line=$(printf '%-24s %5d passed' "$name" "$passed")
	[ "$failed" -eq 0 ] || line="$line $failed FAILED"
	line="$line $(($(date +%s) - began)) s"
	if [ "$failed" -eq 0 ]; then
		echo "$line"
	else
		printf '%s\n%s\n' "$line" "$(cat "$log/$name.said")"
	fi
	echo "$passed $failed" >"$log/$name.count"
	# What others need ends them; a test ends nothing.
	case $name in
	program | build-* | static | npm) [ "$failed" -eq 0 ] ;;
	esac
}

# The seeds of each fuzz target, and what the cases give it, in the asan build.
seeds() {
	rm -rf build/asan/seeds
	mkdir -p build/asan/seeds
	build/asan/units -s build/asan/seeds || exit 1
	passed=0 failed=0
	for target in tests/fuzz/fuzz_*.c; do
		target=$(basename "$target" .c)
		target=${target#fuzz_}
		# libconfig 1.5 never frees a string where its grammar has none.
		leaks=1
		[ "$target" != conf_text ] || leaks=0
		for folder in tests/fuzz/seeds build/asan/seeds; do
			[ -d "$folder/$target" ] || continue
			if ASAN_OPTIONS=detect_leaks=$leaks \
				"build/asan/replay/$target" "$folder/$target"; then
				passed=$((passed + 1))
			else
				echo "FAILED: $folder/$target"
				failed=$((failed + 1))
			fi
		done
	done
	echo "$passed passed, $failed failed"
}

# like_release BUILD COMMAND...: a build that differs from the usual one in one
# object, or in how it is linked; the other objects are not made again.
like_release() {
	build=$1
	shift
	rm -rf "$build"
	mkdir -p "$build"
	(cd build/release && find . -name '*.[od]' -o -name samples.h |
		grep -v '^./tests/' | tar -cf - -T -) | tar -xf - -C "$build"
	find "$build" -name '*.d' -exec sed -i "s|build/release|$build|g" {} +
	"$@"
}

npm_packages() {
	cd tests/e2e || exit 1
	find node_modules/.package-lock.json -newer package-lock.json 2>/dev/null |
		grep -q . || npm ci --no-audit --no-fund --loglevel=error
}

# all GOAL: every group of it.
all() {
	rm -rf "$log"
	mkdir -p "$log"
	tests/tools/packages.sh lacks "$1" >"$log/lacks" || exit 1
	# More than there are processors: many of them wait.
	make --no-print-directory -k -j $(($(nproc 2>/dev/null || echo 2) * 2)) \
		-f tests/tools/check.mk "$1"
	cat "$log"/*.count | awk -v made=$? '{ p += $1; f += $2 }
		END { f += (made != 0 || p == 0) && f == 0
			print p + 0 " passed, " f + 0 " failed"; exit f > 0 }'
}

case $1 in
check | quick)
	unset MAKEFLAGS MFLAGS MAKELEVEL
	all "$1"
	;;
group)
	shift
	group "$@"
	;;
seeds) seeds ;;
like_release)
	shift
	like_release "$@"
	;;
npm) npm_packages ;;
esac
