#!/bin/sh
# oracle.sh NETC [FILE.net…]: compares networks with Keras, which is installed into .venv on the first run.
set -eu
cd "$(dirname "$0")/.."
netc=$1
shift
[ $# -gt 0 ] || set -- Examples/nets/*.net
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import keras, jax' 2>/dev/null; then
    python3 -m venv .venv || { echo "the oracle needs: apt-get install python3-venv" >&2; exit 1; }
    .venv/bin/pip install --quiet -r Scripts/oracle-requirements.txt
fi
KERAS_BACKEND=jax exec .venv/bin/python Scripts/oracle.py "$netc" "$@"
