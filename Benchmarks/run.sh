#!/bin/sh
# run.sh [OPTION…]: bench.py with the engines, which are installed into .build/bench on the first run.
set -eu
cd "$(dirname "$0")/.."
folder=.build/bench
wanted=Benchmarks/requirements.txt
if ! cmp -s "$wanted" "$folder/venv/requirements.txt"; then
    python3 -m venv --clear "$folder/venv" || { echo "the benchmark needs: apt-get install python3-venv" >&2; exit 1; }
    "$folder/venv/bin/pip" install --quiet --no-deps -r "$wanted"
    rm -f "$folder/venv/bin/mnnconvert" # It installs what reports on its use.
    cp "$wanted" "$folder/venv/requirements.txt"
fi
"${NETC_CLANG:-clang}" -std=c11 -D_GNU_SOURCE -O3 -ffp-contract=fast -Wall -Wextra -Werror Benchmarks/peaks.c -o "$folder/peaks"
exec "$folder/venv/bin/python" -W ignore Benchmarks/bench.py "$@"
