#!/bin/sh
# make fuzz: builds every target and runs it for a while from its seeds, and
# from what the cases give it. What it learns and what it finds stay below
# build/fuzz, or BUILD.
#
# SECONDS_EACH=30 may be changed; with names (run.sh token) only those run.
set -eu
cd "$(dirname "$0")/../.."
seconds=${SECONDS_EACH:-30}
work=${BUILD:-build/fuzz}
[ $# -gt 0 ] || set -- request kinds token itsdangerous keygrip \
	cookie_signature supabase php_data headers json enc inspect conf_text conf_store \
	record connection denied slots redis_reply explain call roots
san=-fsanitize=address,undefined
mkdir -p "$work"

if ! command -v clang >/dev/null; then
	echo "fuzz: clang is missing; the targets need its libFuzzer" >&2
	exit 1
fi
# Debian keeps libFuzzer and the sanitizers in a package of their own.
if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
	clang $san,fuzzer -x c -o "$work/probe" - 2>/dev/null; then
	echo "fuzz: clang has no libFuzzer here (libclang-rt-dev)" >&2
	exit 1
fi
make --no-print-directory -s -j "$(nproc 2>/dev/null || echo 2)" \
	CC=clang BUILD="$work" OPT='-O1 -g' \
	SAN="$san,fuzzer-no-link -fno-sanitize-recover=all" \
	"$work/libcommands.a" "$work/libsignpost.a"

# Those of tests/cases, by the unit tests of the usual build.
make --no-print-directory -s -j "$(nproc 2>/dev/null || echo 2)" units
rm -rf "$work/cases"
mkdir "$work/cases"
build/release/units -s "$work/cases"

hiredis=
[ "$(cat "$work/hiredis")" != yes ] || hiredis=-lhiredis

# longest NAME: how long an input is worth trying.
longest() {
	case $1 in
	request | kinds) echo 4096 ;;
	record | redis_reply) echo 2048 ;;
	token | denied | slots) echo 1024 ;;
	itsdangerous | keygrip | cookie_signature) echo 1024 ;;
	supabase | php_data | json | inspect | explain | call) echo 1024 ;;
	headers | enc | conf_store | connection) echo 256 ;;
	roots) echo 512 ;;
	conf_text) echo 512 ;;
	esac
}

failed=0
for name; do
	clang -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc -O1 -g $san,fuzzer \
		-fno-sanitize-recover=all -o "$work/$name" \
		"tests/fuzz/fuzz_$name.c" "$work/libcommands.a" "$work/libsignpost.a" -lcrypto -lconfig -ljansson -lz \
		$hiredis
	mkdir -p "$work/corpus/$name" "$work/cases/$name"
	# libconfig 1.5 never frees a string that it meets where its grammar
	# has none. Two things look for leaks: libFuzzer, and ASan at the end.
	leaks=1
	[ "$name" != conf_text ] || leaks=0
	if ASAN_OPTIONS=detect_leaks=$leaks "$work/$name" \
		-detect_leaks=$leaks -max_len="$(longest "$name")" \
		-max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
		-artifact_prefix="$work/$name-" "$work/corpus/$name" \
		"tests/fuzz/seeds/$name" "$work/cases/$name" >"$work/$name.log" 2>&1; then
		awk -v name="$name" '
			/number_of_executed_units/ { n = $2 }
			/average_exec_per_sec/ { rate = $2 }
			END { print name ": " n " inputs, " rate "/s, no finding" }' \
			"$work/$name.log"
	else
		tail -n 60 "$work/$name.log"
		echo "$name: a finding; all of it in $work/$name.log"
		failed=1
	fi
done
exit $failed
