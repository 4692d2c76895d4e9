# The groups of make check and make quick, for tests/tools/check.sh: make runs
# them side by side, in this order as far as there is room, and one after
# another where "|" says so.

GROUP = @tests/tools/check.sh group
E2E   = $(sort $(patsubst tests/e2e/%.test.mjs,%,$(wildcard tests/e2e/*.test.mjs)))
ASAN  = BUILD=build/asan WERROR=-Werror OPT='-O1 -g1' \
	SAN='-fsanitize=address,undefined -fno-sanitize-recover=all'
LINTS = format headers tested functions waits shell
# Those of the end-to-end tests that take longest begin first.
LONG  = demo demo_hostile readme_machine quota limits client_module

quick: units-release sdk kinds http
check: units-asan units-release $(LONG) static package suexec openbsd deb run \
	seeds $(E2E) without-hiredis mutants $(LINTS:%=lint-%)

# Sub-makes share the room, so these commands are make's own.
program:
	+$(GROUP) $@ $(MAKE) --no-print-directory -s WERROR=-Werror all

build-release: | program
	+$(GROUP) $@ $(MAKE) --no-print-directory -s WERROR=-Werror units

build-asan:
	+$(GROUP) $@ $(MAKE) --no-print-directory -s $(ASAN) units

build-seeds: | build-asan
	+$(GROUP) $@ $(MAKE) --no-print-directory -s $(ASAN) replays

static: | program
	+$(GROUP) $@ tests/tools/check.sh like_release build/static \
		$(MAKE) --no-print-directory -s WERROR=-Werror static

without-hiredis: | program
	+$(GROUP) $@ tests/tools/check.sh like_release build/plain \
		tests/tools/without_hiredis.sh

units-release units-asan: units-%: | build-%
	$(GROUP) $@ build/$*/units

seeds: | build-seeds
	$(GROUP) $@ tests/tools/check.sh seeds

$(LINTS:%=lint-%): lint-%:
	$(GROUP) $@ tests/tools/lint.sh $*

mutants:
	$(GROUP) $@ tests/tools/mutants.py check

# The lock file pins the packages; they are fetched once.
npm:
	$(GROUP) $@ tests/tools/check.sh npm

# They wait a lot, so that builds come first, and then they run beside the
# unit tests.
ifeq ($(MAKECMDGOALS),check)
$(E2E): | build-asan build-release
endif
$(E2E): | program npm
	$(GROUP) $@ node --test --test-reporter=tap tests/e2e/$@.test.mjs

# These make something in the tree, from the same build.
package: | static
suexec: | package
openbsd: | suexec
deb: | openbsd
run: | deb

.PHONY: quick check program build-release build-asan build-seeds static \
	without-hiredis units-release units-asan seeds mutants npm \
	$(E2E) $(LINTS:%=lint-%)
