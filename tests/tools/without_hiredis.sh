#!/bin/sh
# Where hiredis is missing, the program is built without Redis, and says so.
set -eu
cd "$(dirname "$0")/../.."
tests="redis store"
files=
for test in $tests; do files="$files tests/unit/test_$test.c"; done
make -s HIREDIS=no BUILD=build/plain LTO=-fno-lto WERROR=-Werror \
	TESTS="$files" build/plain/signpost build/plain/units
# shellcheck disable=SC2086 # a list of names
WITHOUT_HIREDIS=1 build/plain/units $tests
