#!/bin/sh
# oracle.sh SCRIPT [ARGUMENT…]: runs a Python script with Keras, which is installed into .venv on the first run.
set -eu
cd "$(dirname "$0")/.."
wanted=Scripts/oracle-requirements.txt
if ! cmp -s "$wanted" .venv/requirements.txt; then
    python3 -m venv .venv || { echo "the oracle needs: apt-get install python3-venv" >&2; exit 1; }
    .venv/bin/pip install --quiet -r "$wanted"
    cp "$wanted" .venv/requirements.txt
fi
KERAS_BACKEND=jax exec .venv/bin/python -W ignore "$@"
