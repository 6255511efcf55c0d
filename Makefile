# Everything a newcomer needs: `make demo` and `make test` set up what is missing by themselves.
# Builds and tests are both made with `-c release`, so that they share their objects.

PREFIX ?= /usr/local
NETC   := .build/release/netc
DEMO   := Examples/nets/mobilenet_v1.net
JOBS   := $(shell getconf _NPROCESSORS_ONLN)
OTHER_CPUS := baseline scalar $(if $(filter x86_64,$(shell uname -m)),x86-64-v3)

.PHONY: help setup build demo test test-all soak fuzz bench tune oracle oracle-golden onnx-cases golden format lint install clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

setup:  ## install clang, libc6-dev and zlib1g-dev where they are missing
	@Scripts/setup.sh

build: setup  ## the release build of netc
	swift build -c release --product netc

demo: build  ## show, build, verify and time MobileNet v1
	@printf '\n1. Parsed and inferred\n\n' && $(NETC) summary $(DEMO)
	@printf '\n2. Fused, planned and compiled by clang\n\n' && $(NETC) build $(DEMO) --time-passes
	@printf '\n3. What became of a layer\n\n' && $(NETC) explain $(DEMO) depthwise_conv2d
	@printf '\n4. Loaded, and every tensor compared with a reference in double precision\n\n' && $(NETC) verify $(DEMO)
	@printf '\n5. Timed, kernel by kernel\n\n' && $(NETC) bench $(DEMO)
	@printf '\nThe C to read: generated/mobilenet_v1.c, and its interface: generated/mobilenet_v1.h\n'

test: setup  ## all tests
	swift test -c release

test-all: build  ## the tests with every case, every example network verified for this machine and for another instruction set of it in turns, a minute of fuzzing
	@Scripts/setup.sh --emulators || true
	NETC_ALL=1 swift test -c release
	@number=0; for net in Examples/nets/*.net; do echo $$net native; number=$$((number + 1)); \
	    echo $$net $$(echo $(OTHER_CPUS) | cut -d ' ' -f $$((number % $(words $(OTHER_CPUS)) + 1))); done \
	    | xargs -P $(JOBS) -n 2 sh -c 'log=$$($(NETC) verify $$0 --cpu $$1 2>&1) && echo "$$0 is right for $$1" \
	        || { echo "netc verify $$0 --cpu $$1"; echo "$$log"; exit 255; }'
	@Scripts/fuzz.sh 20 $(JOBS) || [ $$? -eq 69 ]

soak: setup  ## verify random networks for MINUTES= from SEED= on, under sanitizers too; what fails is kept in generated/soak
	swift build -c release --product soak
	.build/release/soak --seed $(or $(SEED),1) --minutes $(or $(MINUTES),10) -j $(JOBS)

fuzz: setup  ## fuzz each reader of files for SECONDS= (READERS="onnx keras" alone); what breaks one is kept in generated/fuzz
	@Scripts/fuzz.sh $(or $(SECONDS),60) $(JOBS) $(READERS)

bench: build  ## time the networks NETS= beside ENGINES= with THREADS= in ROUNDS= (Python; installs the engines into .build/bench)
	@Benchmarks/run.sh --netc $(NETC) $(if $(NETS),--nets $(NETS)) $(if $(ENGINES),--engines $(ENGINES)) \
	    $(if $(THREADS),--threads $(THREADS)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(BUILD),--build="$(BUILD)")

tune: build  ## measure the ways to compute each example's convolutions, and keep the table that the cost model is compared with
	@rm -rf generated/tune
	@for net in Examples/nets/*.net; do echo $$net; \
	    XDG_CACHE_HOME=$(CURDIR)/generated/tune $(NETC) build $$net --tune --emit c -o generated/tune || exit; done
	cp generated/tune/netc/choices-1.tsv Tests/VerificationTests/measured.tsv

oracle: build  ## compare layers, names and networks with Keras and ONNX Runtime (Python; installs both into .venv)
	@Scripts/oracle.sh Scripts/oracle.py $(NETC)

onnx-cases: build  ## import, compile and run the backend cases that the Python package onnx carries, and compare with Tests/ONNXTests/cases.txt
	@Scripts/oracle.sh Scripts/onnx_cases.py $(NETC)

oracle-golden:  ## write what Keras says in Tests/KerasTests anew, to be reviewed like code
	@Scripts/oracle.sh Scripts/goldens.py --write
	git status --short Tests/KerasTests

golden: setup  ## write generated/golden anew, to be reviewed like code
	NETC_UPDATE_GOLDEN=1 swift test -c release --filter Golden
	git status --short generated/golden

format:  ## format the Swift sources in place
	swift format --in-place --recursive Package.swift Sources Tests Examples

lint:  ## check the format of the Swift sources
	swift format lint --strict --recursive Package.swift Sources Tests Examples

install: setup  ## install netc, with Swift linked in, below PREFIX
	swift build -c release --product netc --static-swift-stdlib --scratch-path .build-static
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 -s .build-static/release/netc $(DESTDIR)$(PREFIX)/bin/netc

clean:  ## remove what was built
	rm -rf .build .build-static .venv
	[ ! -d generated ] || find generated -mindepth 1 -maxdepth 1 ! -name golden -exec rm -rf {} +
