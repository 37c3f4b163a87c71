# ngx_smartmsg_module: "make help" tells what there is.

BUILD ?= build
CC = gcc
CLANG ?= clang
NGINX ?= $(or $(shell command -v nginx 2>/dev/null),/usr/sbin/nginx)
NGINX_SRC ?= /usr/share/nginx/src
PREFIX ?= /usr
# of test files: on two cores three, since they wait more than they compute
JOBS ?= 3
FUZZ_SECONDS ?= 60
REQUESTS ?= 10000
SOAK_SECONDS ?= 60

# where the module looks for the packs of smartmsg_shop
SHOPS_DIR := $(PREFIX)/share/smartmsg/shops

SRC := ngx_smartmsg_module
MODULE := $(BUILD)/ngx_smartmsg_module.so
NGX := $(BUILD)/nginx-src
RUNTIME_JS := $(SRC)/browser/dist/rt.min.js $(SRC)/browser/dist/ui.min.js
RUNTIME_C := $(NGX)/objs/smartmsg/ngx_smartmsg_runtime_data.c

CORE_SRC := $(sort $(wildcard $(SRC)/core/*.c))
MODULE_SRC := $(CORE_SRC) $(sort $(wildcard $(SRC)/redis/*.c $(SRC)/http/*.c))
HEADERS := $(sort $(wildcard $(SRC)/core/*.h $(SRC)/redis/*.h $(SRC)/http/*.h))

CORE_LIB := $(BUILD)/libsmartmsg_core.a
CORE_OBJ := $(CORE_SRC:$(SRC)/core/%.c=$(BUILD)/core/%.o)
UNIT := $(patsubst t/unit/%.c,$(BUILD)/unit/%,$(wildcard t/unit/*.c))
DRIVERS := $(patsubst t/drivers/%.c,$(BUILD)/drivers/%,$(wildcard t/drivers/*.c))
BENCHES := $(patsubst t/bench/%.c,$(BUILD)/bench/%,$(wildcard t/bench/*.c))
TOOL := $(BUILD)/smartmsgctl
TOOL_OBJ := $(patsubst $(SRC)/tool/%.c,$(BUILD)/tool/%.o,\
	$(sort $(wildcard $(SRC)/tool/*.c)))
FUZZERS := $(patsubst t/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard t/fuzz/*.c))

# SANITIZE is empty but for "make unit-asan", which builds into its own BUILD.
# There, warnings come from the instrumented code, too, and are no errors.
CFLAGS ?= -O2 -g
CORE_CFLAGS = -std=c11 $(CFLAGS) -fPIC -Wall -Wextra -Werror $(SANITIZE) \
	-I $(SRC) -MMD -MP
CORE_LIBS = -ljansson -lpcre2-8 -lz -lm
FUZZ_CFLAGS = -std=c11 -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined -I $(SRC)

# The test that lets allocations fail stands between core/ and the C library.
UNIT_LDFLAGS_no_memory = \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup

# node_modules is not ours: prove -r would run what it finds there
TESTS = $(shell find t -name node_modules -prune -o -name '*.t' -print | sort)
NGINX_TESTS = $(filter t/nginx% t/harness%,$(TESTS))
PROVE = prove -I t/lib --timer -j $(JOBS)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all module tool core unit unit-asan drivers bench bench-vitals soak soak-valgrind leaks \
	fuzz fuzzers asan test test-asan test-deps conformance html-suite \
	runtime pictures demo \
	demo-stop install uninstall clean help FORCE

all: module tool

help:
	@sed -n 's/^##\( \|$$\)//p' $(firstword $(MAKEFILE_LIST))


## make              build the module and the tool: build/ngx_smartmsg_module.so,
##                   build/smartmsgctl
## make install      install them and the ready rules (DESTDIR, PREFIX)
## make uninstall    remove what install has put there
## make clean        remove build/
##
## make demo         shop, Redis and nginx with the module (PORT=8080, DETACH=1)
## make demo-stop    end a demo that was started with DETACH=1
##
## make test         every test; TESTS="t/a.t t/b.t" for some of them
## make core         the part without nginx: build/libsmartmsg_core.a
## make unit         the C unit tests: build/unit/*
## make unit-asan    run them and the rule cases under AddressSanitizer and UBSan
## make fuzz         run each fuzzer of t/fuzz for FUZZ_SECONDS=60
## make bench        what it costs beside plain nginx, sub_filter and Lua, about 15
##                   minutes; QUICK=1 for three
## make bench-vitals  the last part of it: Core Web Vitals in Chromium, three
##                   minutes; QUICK=1 for one
## make soak         everything at once against one nginx, for SOAK_SECONDS=60
## make soak-valgrind  the same under valgrind
## make leaks        REQUESTS=10000 of all kinds and a reload under valgrind
## make asan         nginx with the module under sanitizers: build/asan/nginx
## make test-asan    the nginx tests with it
## make conformance  rules against the GrowthBook SDK; CASES=FILE for its own table
## make html-suite   the HTML scanner on foreign tests: SUITE="DIR/*.dat DIR/*.test"
## make runtime      bundle the browser runtime again
## make pictures     take the pictures of docs/messages.md again
##
## Each target first installs the Debian packages that it needs
## (tools/packages.txt): as root, or through sudo.


# Packages.  Order-only prerequisites: checked each time, never a reason to
# build anything again.

packages-%: FORCE
	@tools/packages.sh $(subst -, ,$*)


# The module.  nginx's own build system compiles it in $(NGX); it is configured
# again when the set of files, the installed nginx or the compiler changes.

module: $(MODULE)

$(BUILD)/inputs: FORCE | packages-build
	@mkdir -p $(@D)
	@{ printf '%s\n' $(MODULE_SRC) $(HEADERS) "$(CC)" "$(SHOPS_DIR)"; \
		"$(NGINX)" -V; cat "$(NGINX_SRC)/conf_flags"; } >$@.new 2>&1
	@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(NGX)/objs/Makefile: config tools/configure-module.sh $(BUILD)/inputs
	@echo "configuring against $(NGINX_SRC)"
	@NGINX="$(NGINX)" NGINX_SRC="$(NGINX_SRC)" CC="$(CC)" \
		SMARTMSG_SHOPS="$(SHOPS_DIR)" \
		tools/configure-module.sh $(NGX)
	@touch $@

$(RUNTIME_C): $(RUNTIME_JS) tools/embed-runtime.sh $(NGX)/objs/Makefile
	tools/embed-runtime.sh $(SRC)/browser/dist $@

$(MODULE): $(NGX)/objs/Makefile $(RUNTIME_C) $(MODULE_SRC) $(HEADERS)
	$(MAKE) -C $(NGX) -f objs/Makefile modules
	@# not into the old file: an nginx that runs has it mapped
	cp $(NGX)/objs/ngx_smartmsg_module.so $@.new
	mv $@.new $@


# core/ without nginx, and what is linked with it.

core: $(CORE_LIB)
unit: $(UNIT)
drivers: $(DRIVERS)

$(BUILD)/core/%.o: $(SRC)/core/%.c | packages-build
	@mkdir -p $(@D)
	$(CC) $(CORE_CFLAGS) -c -o $@ $<

$(CORE_LIB): $(CORE_OBJ)
	rm -f $@
	ar rcs $@ $^

tool: $(TOOL)

$(BUILD)/tool/%.o: $(SRC)/tool/%.c | packages-build
	@mkdir -p $(@D)
	$(CC) $(CORE_CFLAGS) -D_GNU_SOURCE -c -o $@ $<

$(TOOL): $(TOOL_OBJ) $(CORE_LIB)
	$(CC) $(CORE_CFLAGS) -o $@ $(TOOL_OBJ) $(CORE_LIB) -lhiredis $(CORE_LIBS)

$(BUILD)/unit/%: t/unit/%.c $(CORE_LIB) | packages-build-test
	@mkdir -p $(@D)
	$(CC) $(CORE_CFLAGS) -I t/unit -o $@ $< $(CORE_LIB) -lcmocka $(CORE_LIBS) \
		$(UNIT_LDFLAGS_$*)

$(BUILD)/drivers/%: t/drivers/%.c $(CORE_LIB) | packages-build-test
	@mkdir -p $(@D)
	$(CC) $(CORE_CFLAGS) -o $@ $< $(CORE_LIB) $(CORE_LIBS)

$(BUILD)/bench/%: t/bench/%.c $(CORE_LIB)
	@mkdir -p $(@D)
	$(CC) $(CORE_CFLAGS) -o $@ $< $(CORE_LIB) $(CORE_LIBS)

bench: $(BENCHES) $(BUILD)/drivers/http_load $(BUILD)/drivers/http_shop \
		$(MODULE) | packages-demo-bench
	$(BUILD)/bench/ruleset
	perl -I t/lib t/bench/proxy.pl
	$(MAKE) bench-vitals

soak: $(MODULE) | packages-demo-test
	SOAK_SECONDS=$(SOAK_SECONDS) perl -I t/lib t/bench/soak.pl

soak-valgrind: $(MODULE) | packages-demo-test-valgrind
	SOAK_SECONDS=$(SOAK_SECONDS) SOAK_SINGLE=1 \
		SMARTMSG_NGINX=$(CURDIR)/tools/nginx-valgrind.sh \
		perl -I t/lib t/bench/soak.pl

leaks: $(MODULE) | packages-demo-test-valgrind
	REQUESTS=$(REQUESTS) SMARTMSG_TEST_TIMEOUT=3600 \
		SMARTMSG_NGINX=$(CURDIR)/tools/nginx-valgrind.sh \
		prove -I t/lib t/bench/leaks.pl

-include $(CORE_OBJ:.o=.d) $(TOOL_OBJ:.o=.d) $(UNIT:=.d) $(DRIVERS:=.d) $(BENCHES:=.d)

unit-asan: | packages-demo
	$(MAKE) unit drivers tool BUILD=$(BUILD)/sanitized CFLAGS="-O1 -g" \
		SANITIZE="-fsanitize=address,undefined -Wno-error \
		-fno-sanitize-recover=all -fno-omit-frame-pointer"
	SMARTMSG_UNIT=$(BUILD)/sanitized/unit \
		SMARTMSG_DRIVERS=$(BUILD)/sanitized/drivers \
		SMARTMSGCTL=$(BUILD)/sanitized/smartmsgctl \
		$(PROVE) t/unit.t t/conformance.t $(wildcard t/smartmsgctl*.t)


# Fuzzers.  Each starts from t/fuzz/corpus/NAME and may have t/fuzz/NAME.dict;
# what it finds is kept in build/fuzz/.

fuzzers: $(FUZZERS)

$(BUILD)/fuzz/core/%.o: $(SRC)/core/%.c $(HEADERS) | packages-build-test
	@mkdir -p $(@D)
	$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

$(BUILD)/fuzz/core.a: $(CORE_SRC:$(SRC)/core/%.c=$(BUILD)/fuzz/core/%.o)
	rm -f $@
	ar rcs $@ $^

$(BUILD)/fuzz/%: t/fuzz/%.c $(BUILD)/fuzz/core.a
	$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $< \
		$(BUILD)/fuzz/core.a $(CORE_LIBS)

fuzz: $(FUZZERS)
	tools/fuzz.sh $(FUZZ_SECONDS) $(BUILD)/fuzz $(FUZZERS)


# Tests.

NODE_MODULES := t/browser/node_modules/.package-lock.json

$(NODE_MODULES): t/browser/package-lock.json | packages-demo-test
	cd t/browser && npm ci --no-audit --no-fund
	@touch $@

bench-vitals: $(MODULE) $(NODE_MODULES) | packages-demo-test
	perl -I t/lib t/bench/vitals.pl

test-deps: $(MODULE) $(TOOL) $(UNIT) $(DRIVERS) $(NODE_MODULES) | packages-demo-test

test: test-deps
	$(PROVE) $(TESTS)

asan: | packages-build-demo-test
	tools/build-nginx-asan.sh $(BUILD)/asan

test-asan: asan $(TOOL) $(DRIVERS)
	SMARTMSG_NGINX=$(CURDIR)/$(BUILD)/asan/nginx SMARTMSG_MODULE= \
		$(PROVE) $(NGINX_TESTS)

conformance: $(DRIVERS) $(NODE_MODULES)
	$(PROVE) t/conformance.t t/growthbook_oracle.t

html-suite: $(DRIVERS) $(NODE_MODULES)
	node t/browser/html_suite.mjs $(BUILD)/drivers/html_tokens $(SUITE)

runtime: $(NODE_MODULES)
	cd t/browser && npm run runtime

pictures: $(DRIVERS) $(NODE_MODULES) | packages-demo-test
	cd t/browser && node pictures.mjs


# The demo.

demo: $(MODULE) | packages-demo
	@tools/demo.sh start

demo-stop:
	@tools/demo.sh stop


# Installation.  nginx itself knows where its modules are.

MODULES_DIR ?= $(shell "$(NGINX)" -V 2>&1 | \
	sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')
RULES_DIR := $(PREFIX)/share/smartmsg/rules
MAN_DIR := $(PREFIX)/share/man/man1

install: $(MODULE) $(TOOL)
	@test -n "$(MODULES_DIR)" || { \
		echo "nginx tells no --modules-path: set MODULES_DIR" >&2; exit 1; }
	install -d "$(DESTDIR)$(MODULES_DIR)" "$(DESTDIR)$(RULES_DIR)"
	install -m 644 $(MODULE) "$(DESTDIR)$(MODULES_DIR)/"
	install -m 644 rules/*.json "$(DESTDIR)$(RULES_DIR)/"
	install -d "$(DESTDIR)$(SHOPS_DIR)"
	install -m 644 rules/shops/*.json "$(DESTDIR)$(SHOPS_DIR)/"
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(MAN_DIR)"
	install -m 755 $(TOOL) "$(DESTDIR)$(PREFIX)/bin/"
	install -m 644 docs/man/smartmsgctl.1 "$(DESTDIR)$(MAN_DIR)/"
	@sed -e 's|@MODULE@|$(MODULES_DIR)/$(notdir $(MODULE))|' \
		-e 's|@RULES@|$(RULES_DIR)|' tools/install-note.txt

uninstall:
	rm -f "$(DESTDIR)$(MODULES_DIR)/$(notdir $(MODULE))"
	rm -f $(addprefix "$(DESTDIR)$(RULES_DIR)"/,$(notdir $(wildcard rules/*.json)))
	rm -f "$(DESTDIR)$(PREFIX)/bin/$(notdir $(TOOL))"
	rm -f "$(DESTDIR)$(MAN_DIR)/smartmsgctl.1"
	rm -f $(addprefix "$(DESTDIR)$(SHOPS_DIR)"/,$(notdir $(wildcard rules/shops/*.json)))
	-rmdir "$(DESTDIR)$(RULES_DIR)" "$(DESTDIR)$(SHOPS_DIR)" \
		"$(DESTDIR)$(PREFIX)/share/smartmsg"

clean:
	@test ! -f $(BUILD)/demo.dir || tools/demo.sh stop
	rm -rf $(BUILD)
