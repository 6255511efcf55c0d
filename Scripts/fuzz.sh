#!/bin/sh
# Builds the fuzzer and runs it on every reader of untrusted files:
#
#     fuzz.sh SECONDS JOBS [READER…]
#
# for so many seconds each, so many readers at once. It starts from the corpus of Tests/HostileInputTests and from other tests' files, and goes on from what
# earlier runs reached, in generated/fuzz. The first input of a reader that crashes it, takes more than 10 s or 1 GB, or breaks a promise,
# ends its run: it is kept there, its path is told, and the exit status is 1.
set -eu

seconds=$1 jobs=$2
shift 2
readers=${*:-net safetensors numpy onnx keras hdf5-listing}
cd "$(dirname "$0")/.."
state=generated/fuzz
mkdir -p $state

# libFuzzer comes with the toolchain, but not with every one.
probe=$(mktemp -d)
trap 'rm -rf "$probe"' EXIT
echo '@_cdecl("LLVMFuzzerTestOneInput") public func test(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 { 0 }' >"$probe/probe.swift"
if ! swiftc -parse-as-library -sanitize=fuzzer,address -o "$probe/probe" "$probe/probe.swift" 2>"$probe/log"; then
    cat "$probe/log" >&2
    echo "no fuzzing: this Swift toolchain lacks libFuzzer or AddressSanitizer (libclang_rt.fuzzer, libclang_rt.asan); swift.org's for Linux have both" >&2
    exit 69
fi

# A build of its own, for all modules are instrumented.
NETC_FUZZ=1 swift build -c release --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address --scratch-path .build/fuzz --product fuzz

seeds() { # READER FILE…: small files to start from
    folder=$state/seeds/$1
    shift
    rm -rf "$folder"
    mkdir -p "$folder"
    for file in "$@"; do cp "$file" "$folder/$(echo "$file" | tr / _)"; done
}
seeds net Tests/ElaborationTests/*/*.net Tests/KerasTests/Cases/*.net
seeds safetensors Tests/FormatsTests/Fixtures/*.safetensors
seeds numpy Tests/FormatsTests/Fixtures/*.npy Tests/FormatsTests/Fixtures/*.npz Tests/CommandTests/Fixtures/*.npz
seeds onnx
seeds keras Tests/KerasFilesTests/Fixtures/*.keras
seeds hdf5-listing

cat >"$probe/one.sh" <<'EOF'
reader=$1 seconds=$2 state=generated/fuzz
case $reader in
keras) longest=8192 ;;
numpy | onnx) longest=4096 ;;
*) longest=2048 ;;
esac
found=$state/$reader
mkdir -p "$found"
# Without Swift's own report of crashes, which would come before libFuzzer keeps the input.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=16
timeout -k 10 $((seconds + 120)) .build/fuzz/release/fuzz --reader="$reader" "$found" "$state/seeds/$reader" \
    "Tests/HostileInputTests/Corpus/$reader" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=$longest \
    -artifact_prefix="$state/$reader-" >"$state/$reader.log" 2>&1 && {
    echo "$reader: $(grep -a DONE "$state/$reader.log" | tail -1 | tr -s '\t ' '  ')"
    exit 0
}
status=$?
input=$(sed -n 's/.*Test unit written to //p' "$state/$reader.log" | tail -1)
echo "$reader: $(grep -aE 'Fatal error|SUMMARY' "$state/$reader.log" | head -1) (status $status, $state/$reader.log)"
[ -z "$input" ] || echo "$reader: again by SWIFT_BACKTRACE=enable=no .build/fuzz/release/fuzz --reader=$reader $input"
exit 1
EOF
printf '%s\n' $readers | xargs -P "$jobs" -I READER sh "$probe/one.sh" READER "$seconds" || exit 1
