"""bench.py: the example networks in netc and in other engines, side by side.

Each engine runs in a process of its own, all pinned to the same cores; in each round every engine that has the network is measured once, in an
order that turns. Outputs are compared before. Prints a table, and leaves it with all numbers as results.md and results.json.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shlex
import statistics
import subprocess
import sys
import threading

import numpy as np

import engines
import models
import report

# How far outputs may lie from ours, as a share of the largest value: fast algorithms err by 10⁻³, and what is wrong by about 1.
TOLERANCE = 1e-2


def arguments():
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--netc", required=True, help="the compiler")
    parser.add_argument("--nets", nargs="+", help="names of example networks, or files (default: all examples)")
    peers = [name for name in engines.ENGINES if name != "netc"]
    parser.add_argument("--engines", nargs="+", choices=peers, default=peers, help="the engines beside netc")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="how long an engine is measured in a round")
    parser.add_argument("--build", type=shlex.split, default=[], help="more options of netc build")
    parser.add_argument("--output", type=pathlib.Path, default="generated/bench", help="folder for the results")
    return parser.parse_args()


class Worker:
    """An engine's process."""

    def __init__(self, name, network, threads, cores):
        command = [sys.executable, "-W", "ignore", models.HERE / "worker.py", name, network.model(name), network.folder, threads]
        self.log = network.folder / f"{name}.log"
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(
                [*map(str, command), ",".join(map(str, cores))], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.version = self.answer()["version"]

    def answer(self):
        timer = threading.Timer(600, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if not line:
            line = json.dumps({"missing": f"its process ended with {self.process.wait()}"})
        answer = json.loads(line)
        if "missing" in answer:
            said = self.log.read_text(errors="replace").strip().splitlines()[-1:]
            raise engines.Missing(": ".join([answer["missing"], *said])[:200])
        return answer

    def measure(self, seconds):
        print(seconds, file=self.process.stdin, flush=True)
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def distance(found, expected):
    """The largest difference of two engines' outputs as a share of the largest value."""
    pairs = [(found[key].ravel(), expected[key].ravel()) for key in expected.files]
    if len(found.files) != len(pairs) or any(a.size != b.size or not np.isfinite(a).all() for a, b in pairs):
        return float("inf")
    return max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-3)) for a, b in pairs)


def start(network, options, cores):
    """The processes of the engines that give the network's answer, and why the others don't."""
    workers, missing, distances = {}, {}, {}
    ours = None
    for name in ["netc", *options.engines]:
        try:
            workers[name] = Worker(name, network, options.threads, cores)
            outputs = np.load(network.folder / f"outputs-{name}.npz")
            ours = ours or outputs
            distances[name] = distance(outputs, ours)
            if not distances[name] < TOLERANCE:
                workers.pop(name).end()
                raise engines.Missing(f"wrong: its outputs lie {distances[name]:.1e} of the largest from ours")
        except engines.Missing as reason:
            missing[name] = str(reason)
            if name == "netc":
                raise
    return workers, missing, distances


def measure(network, options, cores):
    """Every engine's times for a network, and the versions of the engines."""
    workers, missing, distances = start(network, options, cores)
    rounds = {name: [] for name in workers}
    for number in range(options.rounds):
        turn = list(rounds)
        for name in turn[number % len(turn):] + turn[: number % len(turn)]:
            try:
                rounds[name].append(workers[name].measure(options.seconds))
            except engines.Missing as reason:
                missing[name] = str(reason)
                del rounds[name]
    versions = {name: worker.version for name, worker in workers.items()}
    for worker in workers.values():
        worker.end()
    found = {name: {"missing": reason} for name, reason in missing.items()}
    for name, times in rounds.items():
        runs = [1e3 * seconds for part in times for seconds in part]
        found[name] = {
            "min_ms": min(runs), "median_ms": statistics.median(runs), "runs": len(runs),
            "distance_from_netc": distances[name],
            "min_ms_of_rounds": [1e3 * min(part) for part in times],
        }
    return {"name": network.stem, "macs": network.macs, "engines": found}, versions


def peaks(cores, known):
    """This machine's peaks as measured now, or before where they were higher."""
    pin = lambda: os.sched_setaffinity(0, cores[-1:])
    found = json.loads(subprocess.check_output([models.CACHE / "peaks"], preexec_fn=pin))
    for kind, values in known.items():
        found[kind] = {key: max(value, values[key]) for key, value in found[kind].items()}
    return found


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main():
    options = arguments()
    paths = options.nets or sorted(str(path) for path in pathlib.Path("Examples/nets").glob("*.net"))
    paths = [path if path.endswith(".net") else f"Examples/nets/{path}.net" for path in paths]
    allowed = sorted(os.sched_getaffinity(0))
    if not 1 <= options.threads <= len(allowed):
        sys.exit(f"make bench: there are {len(allowed)} cores for {options.threads} threads")
    cores = allowed[-options.threads:]
    results = {
        "schema": 1, "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {"processor": processor(), "system": platform.platform(), "load_before": os.getloadavg()[0]},
        "threads": options.threads, "cores": cores, "rounds": options.rounds, "seconds": options.seconds,
        "peaks": {}, "versions": {}, "networks": [],
    }
    options.output.mkdir(parents=True, exist_ok=True)
    for path in paths:
        print(f"{path} …", file=sys.stderr, flush=True)
        network = models.Network(os.path.abspath(options.netc), path, options.build)
        results["peaks"] = peaks(cores, results["peaks"])
        found, versions = measure(network, options, cores)
        results["networks"].append(found)
        results["versions"] |= versions
        results["peaks"] = peaks(cores, results["peaks"])
        report.summarize(results)
        (options.output / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (options.output / "results.md").write_text(report.text(results))
    print(report.text(results))
    wrong = [n["name"] for n in results["networks"] for e in n["engines"].values() if e.get("missing", "").startswith("wrong")]
    sys.exit(f"engines disagree about {', '.join(sorted(set(wrong)))}" if wrong else 0)


main()
