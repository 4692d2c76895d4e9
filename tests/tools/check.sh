#!/bin/sh
# make check: runs every test and ends with "N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 1
jobs=$(nproc 2>/dev/null || echo 2)
log=$PWD/build/check
mkdir -p "$log"
passed=0 failed=0

# count PASSED FAILED WHAT: adds a group, which must have tested something.
count() {
	if [ $(($1 + $2)) -eq 0 ]; then
		set -- 0 1 "$3: nothing was tested"
	fi
	passed=$((passed + $1)) failed=$((failed + $2))
	[ "$2" -eq 0 ] || echo "FAILED: $3"
}

# one WHAT COMMAND...: a test that is a command.
one() {
	what=$1
	shift
	if "$@" >"$log/one" 2>&1; then
		count 1 0 "$what"
	else
		cat "$log/one"
		count 0 1 "$what"
	fi
}

# number PATTERN FILE: the sum of the numbers that PATTERN's \1 gives.
number() {
	sed -n "s/$1/\\1/p" "$2" | awk '{ n += $1 } END { print n + 0 }'
}

# units NAME MAKE-ARGUMENT...: the unit tests of one build.
units() {
	name=$1
	shift
	echo "unit tests, $name"
	if ! make --no-print-directory -s -j "$jobs" "$@" units >"$log/make" 2>&1; then
		cat "$log/make"
		count 0 1 "$name: the build"
		return
	fi
	JOBS=$jobs "build/$name/units" | tee "$log/$name-units"
	count "$(number '^\([0-9]*\) passed, .*' "$log/$name-units")" \
		"$(number '.* passed, \([0-9]*\) failed$' "$log/$name-units")" \
		"unit tests, $name"
}

# replay MAKE-ARGUMENT...: the seeds of each fuzz target, in the asan build.
replay() {
	echo "seeds of the fuzz targets"
	if ! make --no-print-directory -s -j "$jobs" "$@" replays >"$log/make" 2>&1; then
		cat "$log/make"
		count 0 1 "the fuzz targets: the build"
		return
	fi
	for target in tests/fuzz/fuzz_*.c; do
		seeds=$(basename "$target" .c)
		seeds=${seeds#fuzz_}
		# libconfig 1.5 never frees a string where its grammar has none.
		leaks=1
		[ "$seeds" != conf_text ] || leaks=0
		one "seeds of $seeds" env ASAN_OPTIONS=detect_leaks=$leaks \
			timeout 600 "build/asan/replay/$seeds" "tests/fuzz/seeds/$seeds"
	done
}

# e2e NAME: one file of end-to-end tests; what it says and its exit code.
e2e() {
	timeout 1200 node --test --test-reporter=tap "tests/e2e/$1.test.mjs" \
		>"$log/$1" 2>&1
	echo $? >"$log/$1.code"
}

# tally NAME: counts what e2e NAME left.
tally() {
	p=$(number '^# pass \([0-9]*\)' "$log/$1")
	f=$(number '^# fail \([0-9]*\)' "$log/$1")
	[ "$(cat "$log/$1.code")" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ "$f" -eq 0 ] || cat "$log/$1"
	count "$p" "$f" "$1"
}

units release WERROR=-Werror
one "the program builds without a warning" make -s WERROR=-Werror all
one "the build without hiredis" tests/tools/without_hiredis.sh
one "the static program builds" make -s -j "$jobs" WERROR=-Werror static
set -- BUILD=build/asan WERROR=-Werror OPT='-O1 -g' \
	SAN='-fsanitize=address,undefined -fno-sanitize-recover=all'
units asan "$@"
replay "$@"

echo "rules of the house"
for rule in format headers tested functions waits shell; do
	one "lint $rule" tests/tools/lint.sh "$rule"
done

one "what judges the tests finds a gap" tests/tools/mutants.py check

echo "the real program behind real servers, and the official SDK"
# The lock file pins the packages; they are fetched once.
if find tests/e2e/node_modules/.package-lock.json \
	-newer tests/e2e/package-lock.json 2>/dev/null | grep -q . ||
	(cd tests/e2e && npm ci --no-audit --no-fund --loglevel=error) >"$log/npm" 2>&1; then
	# Waits for the clock's next minute, so it runs beside the others.
	slow=limits
	e2e $slow &
	for test in tests/e2e/*.test.mjs; do
		name=$(basename "$test" .test.mjs)
		[ "$name" != $slow ] || continue
		e2e "$name"
		tally "$name"
	done
	wait
	tally $slow
else
	cat "$log/npm"
	count 0 1 "npm ci"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
