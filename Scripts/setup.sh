#!/bin/sh
# Makes sure that netc can be built and can build: Swift, zlib's header, a clang that links, and the C library's headers.
# Installs what is missing where that is possible; else says in one line what to install.
set -eu

if ! command -v swift >/dev/null; then
    echo "netc needs a Swift 6 toolchain on PATH: see https://www.swift.org/install/linux/" >&2
    exit 1
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '#include <stdlib.h>\n#include <pthread.h>\nint probe(void) { return abs(-1); }\n' >"$folder/c.c"
printf '#include <zlib.h>\nint probe(void) { return (int)zlibCompileFlags(); }\n' >"$folder/z.c"

# The first clang that compiles and links against the C library, in the order in which netc looks.
find_clang() {
    beside=$(dirname "$(readlink -f "$(command -v swift)")")/clang
    for clang in "${NETC_CLANG:-}" clang clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14 "$beside"; do
        if [ -n "$clang" ] && "$clang" -shared -fPIC -o "$folder/c.so" "$folder/c.c" 2>/dev/null; then
            echo "$clang"
            return
        fi
    done
    return 1
}

has_zlib() { "$(find_clang)" -shared -fPIC -o "$folder/z.so" "$folder/z.c" -lz 2>/dev/null; }

missing=""
find_clang >/dev/null || missing="clang libc6-dev"
has_zlib || missing="$missing zlib1g-dev"
# What `make test-all` would like besides: processors of other kinds, emulated, and the C library of one of them.
if [ "${1:-}" = --emulators ] && [ "$(uname -m)" = x86_64 ]; then
    command -v qemu-aarch64 >/dev/null && command -v qemu-x86_64 >/dev/null || missing="$missing qemu-user"
    [ -e /usr/aarch64-linux-gnu/lib/libc.a ] && command -v aarch64-linux-gnu-ld >/dev/null ||
        missing="$missing gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
fi
[ -n "$missing" ] || exit 0

root=""
[ "$(id -u)" -eq 0 ] || root="sudo -n"
if command -v apt-get >/dev/null && $root true 2>/dev/null; then
    echo "installing $missing"
    # The list of packages may be absent or old on a fresh machine.
    $root apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 ||
        { $root apt-get update -q && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } || true
fi
if ! { find_clang >/dev/null && has_zlib; }; then
    echo "netc needs: apt-get install $missing (or the like on this system)" >&2
    exit 1
fi
