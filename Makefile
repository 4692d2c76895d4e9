# signpost: build, run, check. GNU make.
#
#   make run     build, write a throw-away configuration, serve it on loopback
#   make check   everything that is tested
#   make quick   what tells most of it in two minutes
#   make coverage, make mutants    what the tests reach, and what they notice
#   make         cgi-bin/signpost, the endpoint, and build/signpost, the
#                command line
#   make static  build/static/signpost, which needs no library to be there
#   make dist    the same as an archive for shared hosting
#   make deb     the same as a package for Debian and its relatives
#   make install, make uninstall    with PREFIX, SYSCONFDIR and DESTDIR
#
# Each file that is made is one line; with V=1, the whole command.

CC     = gcc
BUILD  = build/release
SAN    =
OPT    = -O2 -g
WERROR =

STD    = -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc
WARN   = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wcast-qual -Wcast-align -Wwrite-strings -Wpointer-arith -Wvla \
	-Wformat=2 -Wundef -Wimplicit-fallthrough -Wnull-dereference \
	-Wswitch-enum $(WERROR)
HARDEN = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fPIE
LDHARD = -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
# The layers are small functions in many files: across them, a third faster.
LTO    = -flto=auto -ffat-lto-objects
# For a machine whose libraries are others, or older. (The command line asks for
# users by name, as the linker says.)
ifeq ($(BUILD),build/static)
LDHARD += -static-pie -Wl,--no-warnings
endif
ifneq ($(SAN),)
HARDEN =
LDHARD =
LTO    =
endif
# What is built is the same wherever it is built.
OPT   += '-ffile-prefix-map=$(CURDIR)=.'
LIBS   = -lcrypto -lconfig -lz
# Another reader of JSON, which tests compare with.
OTHERS = -ljansson

# Counters on several machines, where hiredis is: HIREDIS=no leaves it out.
HIREDIS := $(shell $(CC) -E -include hiredis/hiredis.h -x c /dev/null \
	>/dev/null 2>&1 && echo yes || echo no)
ifeq ($(HIREDIS),yes)
LIBS += -lhiredis
$(BUILD)/store/redis.o: STD += -DWITH_HIREDIS
endif

EXAMPLES = $(sort $(shell find etc -type f -not -path 'etc/debian/*' -printf '%P\n'))
PAGES   = $(wildcard src/*.[1-9])
# Nothing of the command line is in the endpoint: it is an archive of its own.
SOURCES = $(filter-out src/main.c src/cli/%,$(wildcard src/*.c src/*/*.c))
OBJECTS = $(SOURCES:src/%.c=$(BUILD)/%.o)
COMMANDS = $(patsubst src/%.c,$(BUILD)/%.o,$(filter-out src/cli/main.c,$(wildcard src/cli/*.c)))
CORE    = $(BUILD)/libsignpost.a
LIBRARY = $(BUILD)/libcommands.a $(CORE)
# For make coverage: see the file.
ifneq ($(filter --coverage,$(SAN)),)
OBJECTS += $(BUILD)/counted.o
LIBS += -Wl,--wrap=_exit,--wrap=abort,-u,__wrap__exit
endif
TESTS   = $(wildcard tests/unit/test_*.c)
UNITS   = $(patsubst tests/unit/%.c,$(BUILD)/tests/%.o,$(TESTS) \
	$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))
# What a test may answer in the place of the C library: tests/unit/hooks.c.
HOOKED  = handle read pread write pwritev2 getrandom mmap mprotect madvise \
	mlock munmap time doctor_units
WRAPPED = $(HOOKED:%=-Wl,--wrap=%)
REPLAYS = $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/replay/%,$(wildcard tests/fuzz/fuzz_*.c))

# Said of each file in the place of its command: nothing under -s.
SAY = $(if $(filter 1,$(V)),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,printf '  %-4s %s\n' $1 $@ &&))

all: cgi-bin/signpost build/signpost

cgi-bin/signpost: $(BUILD)/signpost
	$(call SAY,COPY) install -m 755 $< $@.new && mv $@.new $@

build/signpost: $(BUILD)/bin/signpost
	$(call SAY,COPY) install -m 755 $< $@.new && mv $@.new $@

# Without hiredis, which resolves names by what is installed: where one copies
# a program into place, there is one machine, and counters are in a file.
static:
	@$(MAKE) --no-print-directory BUILD=build/static HIREDIS=no \
		build/static/signpost build/static/bin/signpost

dist: static
	@tests/tools/dist.sh

deb: all
	@tests/tools/deb.sh

# An installed configuration is the site's: it is neither written over nor
# taken away. (The link etc is for the pages' links to each other.)
PREFIX     = /usr/local
SYSCONFDIR = /etc
PROGRAM    = $(DESTDIR)$(PREFIX)/lib/signpost
COMMAND    = $(DESTDIR)$(PREFIX)/bin/signpost
DOCUMENTS  = $(DESTDIR)$(PREFIX)/share/doc/signpost
MANUALS    = $(DESTDIR)$(PREFIX)/share/man
SETTINGS   = $(DESTDIR)$(SYSCONFDIR)/signpost
SYSTEMD    = $(DESTDIR)$(PREFIX)/lib/systemd/system
PATHS      = -e 's|/usr/local/lib/signpost|$(PREFIX)/lib/signpost|g' \
	-e 's|/etc/signpost|$(SYSCONFDIR)/signpost|g'
CONTROL    = \#!$(PREFIX)/lib/signpost/signpost --config=$(SYSCONFDIR)/signpost/signpost.conf

install: all
	install -d $(PROGRAM) $(dir $(COMMAND)) $(DOCUMENTS) \
		$(SETTINGS) $(SYSTEMD)
	install -m 755 cgi-bin/signpost $(PROGRAM)/signpost.new
	mv $(PROGRAM)/signpost.new $(PROGRAM)/signpost
	install -m 755 build/signpost $(COMMAND).new
	mv $(COMMAND).new $(COMMAND)
	test -e $(PROGRAM)/sign.cgi || \
		echo '$(CONTROL)' | install -m 755 /dev/stdin $(PROGRAM)/sign.cgi
	for unit in signpost.socket signpost@.service; do \
		sed $(PATHS) etc/$$unit | \
		install -m 644 /dev/stdin $(SYSTEMD)/$$unit || exit 1; done
	install -m 644 README.md CHANGES.md SECURITY.md LICENSE $(DOCUMENTS)
	for file in $(EXAMPLES); do install -D -m 644 etc/$$file \
		$(DOCUMENTS)/examples/$$file || exit 1; done
	sed -i $(PATHS) $(DOCUMENTS)/examples/*.conf $(DOCUMENTS)/examples/sign.cgi
	ln -sfn examples $(DOCUMENTS)/etc
	for page in $(PAGES); do install -D -m 644 $$page \
		$(MANUALS)/man$${page##*.}/$${page##*/} || exit 1; done
	test -e $(SETTINGS)/signpost.conf || \
		install -m 644 etc/signpost.conf $(SETTINGS)/signpost.conf

uninstall:
	rm -f $(COMMAND) $(PROGRAM)/signpost $(PROGRAM)/sign.cgi \
		$(SYSTEMD)/signpost.socket $(SYSTEMD)/signpost@.service
	rm -rf $(DOCUMENTS)
	for page in $(PAGES); do \
		rm -f $(MANUALS)/man$${page##*.}/$${page##*/}; done
	-rmdir $(PROGRAM) 2>/dev/null

$(BUILD)/signpost: $(BUILD)/main.o $(CORE)
	$(call SAY,LINK) $(CC) $(OPT) $(LTO) $(SAN) $(LDHARD) -o $@ $^ $(LIBS)

$(BUILD)/bin/signpost: $(BUILD)/cli/main.o $(LIBRARY)
	@mkdir -p $(@D)
	$(call SAY,LINK) $(CC) $(OPT) $(LTO) $(SAN) $(LDHARD) -o $@ $^ $(LIBS)

$(CORE): $(OBJECTS)
	$(call SAY,AR) rm -f $@ && ar rcs $@ $^

$(BUILD)/libcommands.a: $(COMMANDS)
	$(call SAY,AR) rm -f $@ && ar rcs $@ $^

# For make mutants: one of its files changes, and no test is linked again.
$(BUILD)/libsignpost.so: $(OBJECTS) $(COMMANDS)
	$(call SAY,LINK) $(CC) -shared -Wl,-soname,$(@F) $(WRAPPED) -o $@ $^ $(LIBS)

$(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(call SAY,CC) $(CC) $(STD) $(WARN) $(OPT) $(LTO) $(HARDEN) $(SAN) -MMD -MP -c -o $@ $<

# The ready files of etc as C strings, for `signpost init` to print.
SAMPLES = $(addprefix etc/,apache.conf apache-proxy.conf htaccess \
	lighttpd.conf lighttpd-cgi.conf nginx.conf nginx-fcgiwrap.conf \
	Caddyfile h2o.conf)
$(BUILD)/cli/init_server.o: STD += -I$(BUILD)
$(BUILD)/cli/init_server.o: $(BUILD)/samples.h
$(BUILD)/samples.h: $(SAMPLES) Makefile
	@mkdir -p $(@D)
	@for file in $(SAMPLES); do \
		echo "static const char sample_$$(basename $$file .conf | tr -- - _)[] ="; \
		sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$file; echo ';'; \
	done >$@.new && mv $@.new $@

# Holds the setting: what was built with another one is built again.
$(BUILD)/store/redis.o: $(BUILD)/hiredis
$(BUILD)/hiredis:
	@mkdir -p $(@D)
	@echo $(HIREDIS) >$@
ifneq ($(HIREDIS),$(shell cat $(BUILD)/hiredis 2>/dev/null))
.PHONY: $(BUILD)/hiredis
endif

# (They are compiled once and run once.)
$(BUILD)/tests/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(call SAY,CC) $(CC) $(STD) $(WARN) $(OPT) -O1 -g1 $(SAN) -fno-lto -MMD -MP -c -o $@ $<

# All unit tests. (The folder is newer when a test was taken away.)
$(BUILD)/units: $(UNITS) $(LIBRARY) tests/unit
	$(call SAY,LINK) $(CC) $(OPT) $(SAN) -fno-lto $(WRAPPED) -o $@ \
		$(UNITS) $(LIBRARY) $(LIBS) $(OTHERS) -lcmocka

# A target of make fuzz, without libFuzzer: it takes a folder of inputs.
$(BUILD)/replay/%: tests/fuzz/fuzz_%.c $(BUILD)/replay.o $(LIBRARY)
	@mkdir -p $(@D)
	$(call SAY,LINK) $(CC) $(STD) $(WARN) $(OPT) $(SAN) -fno-lto -MMD -MP -MF $@.d -o $@ $< \
		$(BUILD)/replay.o $(LIBRARY) $(LIBS) $(OTHERS)

$(BUILD)/replay.o: tests/fuzz/replay.c
	@mkdir -p $(@D)
	$(call SAY,CC) $(CC) $(STD) $(WARN) $(OPT) $(SAN) -fno-lto -MMD -MP -c -o $@ $<

# An empty program of libfcgi is what ours is compared with.
$(BUILD)/bench/hello: LIBS += -lfcgi
$(BUILD)/bench/%: tests/bench/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(call SAY,LINK) $(CC) $(STD) $(WARN) $(OPT) $(LTO) $(SAN) -o $@ $< $(LIBRARY) $(LIBS)

$(BUILD)/counted.o: tests/tools/counted.c
	@mkdir -p $(@D)
	$(call SAY,CC) $(CC) $(STD) $(WARN) -O1 -c -o $@ $<

# Everything that is tested, on what this machine has or gets installed.
check:
	@tests/tools/packages.sh build check
	@tests/tools/check.sh check

# For who edits, in two minutes: the unit tests of one build, the cases, the
# official SDK side by side, and lighttpd. What needs more is left out.
quick:
	@tests/tools/packages.sh build quick
	@tests/tools/check.sh quick

# Lines and branches that the unit tests and the fuzz targets' seeds reach, by
# folder and file; with E2E=yes, the end-to-end tests too.
coverage:
	@tests/tools/packages.sh build units
	@tests/tools/coverage.py

# N=500 changes of the source, one at a time and by SEED=1, each under the unit
# tests that reach the line: which ones does no test notice?
# AT=src/FILE.c:LINE:COLUMN tries those of one place.
mutants:
	@tests/tools/packages.sh build units
	@tests/tools/mutants.py

# The static program on an older distribution: see the script.
check-old:
	@tests/tools/old_root.sh

# The unit tests of one build, without running them.
units: $(BUILD)/units

# The same of the fuzz targets.
replays: $(REPLAYS)

run:
	@tests/tools/packages.sh build serve
	@$(MAKE) --no-print-directory all
	@tests/tools/try.sh

# Side by side with an empty program: figures, never a verdict.
bench:
	@tests/tools/packages.sh build check bench
	@$(MAKE) --no-print-directory all
	@tests/bench/run.sh

# Each parser on any bytes, for SECONDS_EACH=30 seconds; findings stay in build/fuzz.
fuzz:
	@tests/tools/packages.sh build fuzz
	@tests/fuzz/run.sh

format:
	clang-format -i $(wildcard src/*.[ch] src/*/*.[ch] tests/*/*.[ch])

clean:
	rm -rf build cgi-bin/signpost

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d)

.PHONY: all static dist deb install uninstall check quick coverage mutants check-old units \
	replays run bench fuzz format clean
.SECONDARY:
