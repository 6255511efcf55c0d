"""worker.py ENGINE MODEL FOLDER THREADS CORES: one engine with one network in a process of its own, pinned to some cores.

Takes inputs.npz from the folder, leaves outputs.npz, and answers in lines of JSON: once it is ready, and after each line that it is sent, a
number of seconds to measure for.
"""

import gc
import json
import os
import sys
import time

import numpy as np

import engines


def measure(run, seconds):
    """The seconds that single runs take, after a warm-up; at least three, however long they take."""
    begin = time.perf_counter()
    run()
    while time.perf_counter() < begin + seconds / 10:
        run()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return times


def main():
    name, model, folder, threads, cores = sys.argv[1:]
    # Engines write what they like to the standard output.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    try:
        inputs = dict(np.load(f"{folder}/inputs.npz"))
        engine = engines.ENGINES[name](model, inputs, int(threads))
        engine.run()
        np.savez(f"{folder}/outputs-{name}.npz", *engine.outputs())
    except Exception as error:
        print(json.dumps({"missing": " ".join(f"{error}".split())[:200] or type(error).__name__}), file=answers)
        return
    print(json.dumps({"version": engine.version()}), file=answers)
    gc.disable()
    for line in sys.stdin:
        print(json.dumps(measure(engine.run, float(line))), file=answers)


if __name__ == "__main__":
    main()
