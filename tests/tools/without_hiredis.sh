#!/bin/sh
# Where hiredis is missing, the program is built without Redis, and says so.
set -eu
cd "$(dirname "$0")/../.."
tests="test_redis test_redis_link test_redis_wire test_store"
set -- build/plain/signpost
for test in $tests; do set -- "$@" "build/plain/tests/$test"; done
make -s -j2 HIREDIS=no BUILD=build/plain OPT=-O0 HARDEN= LTO= WERROR=-Werror "$@"
for test in $tests; do WITHOUT_HIREDIS=1 "build/plain/tests/$test"; done
