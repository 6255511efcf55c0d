"""The results as a table in Markdown."""

import math

from engines import ENGINES

PEERS = [name for name in ENGINES if name != "netc"]


def summarize(results):
    """Adds to each network the best peer and its ratio to ours, and our share of the peak; the geometric means to the whole."""
    peak = max(results["peaks"]["fma_gmacs"].values()) * results["threads"]
    for network in results["networks"]:
        ran = {name: times for name, times in network["engines"].items() if "missing" not in times}
        ours = ran.pop("netc")
        network["share_of_peak"] = network["macs"] * 1e-6 / ours["min_ms"] / peak
        network["covers"] = [name for name in PEERS if name in ran]
        for key, ratio in (("min_ms", "ratio"), ("median_ms", "ratio_of_medians")):
            network[ratio] = min(times[key] for times in ran.values()) / ours[key] if ran else None
        network["best_peer"] = min(ran, key=lambda name: ran[name]["min_ms"]) if ran else None
    for ratio in ("ratio", "ratio_of_medians"):
        logarithms = [math.log(network[ratio]) for network in results["networks"] if network[ratio]]
        results[f"mean_{ratio}"] = math.exp(sum(logarithms) / len(logarithms)) if logarithms else None


def text(results):
    """The table, what it was measured with, and why cells are empty."""
    heads = ["Network", "M MACs", *(ENGINES[name].title + ", ms" for name in ("netc", *PEERS))]
    heads += ["best peer ÷ netc", "by medians", "peers compared", "of peak"]
    rows = [heads, ["---"] + ["---:"] * (len(heads) - 1)]
    rows += [row(network) for network in results["networks"]]
    covered = {tuple(network["covers"]) for network in results["networks"]}
    everywhere = [name for name in PEERS if all(name in names for names in covered)]
    mean = ["geometric mean", ""] + [""] * (1 + len(PEERS))
    mean += [number(results["mean_ratio"]), number(results["mean_ratio_of_medians"]), comparison(everywhere), ""]
    rows.append(mean)
    lines = ["| " + " | ".join(cells) + " |" for cells in rows]
    return "\n".join([*lines, "", *notes(results)]) + "\n"


def row(network):
    found = network["engines"]
    cells = [network["name"], f"{network['macs'] * 1e-6:.1f}"]
    for name in ("netc", *PEERS):
        milliseconds = found.get(name, {}).get("min_ms")
        cell = "–" if milliseconds is None else f"{milliseconds:.3g}" if milliseconds < 100 else f"{milliseconds:.0f}"
        cells.append(f"**{cell}**" if name == network["best_peer"] else cell)
    cells += [number(network["ratio"]), number(network["ratio_of_medians"]), comparison(network["covers"])]
    return cells + [f"{100 * network['share_of_peak']:.0f} %"]


def number(ratio):
    return "–" if ratio is None else f"{ratio:.2f}"


def comparison(names):
    """How many peers a ratio covers, and which it doesn't."""
    absent = [ENGINES[name].title for name in PEERS if name not in names]
    return f"{len(names)} of {len(PEERS)}" + (f": not {', '.join(absent)}" if absent else "")


def notes(results):
    """What stands below the table."""
    peaks, machine = results["peaks"], results["machine"]
    widths = ", ".join(f"{rate:.1f} at {bits} bits" for bits, rate in peaks["fma_gmacs"].items())
    reads = ", ".join(f"{rate:.0f} from {level}" for level, rate in peaks["read_gbytes"].items())
    yield f"{results['date']}, {machine['processor']}, {machine['system']}, load {machine['load_before']:.1f} before; " \
        f"threads: {results['threads']}, cores: {', '.join(map(str, results['cores']))}. " \
        f"Least of {results['rounds']} rounds in turns, {results['seconds']:g} s an engine; float32, batch 1."
    yield ""
    yield f"One core, measured between the networks: {widths} GMAC/s; reads {reads} GB/s. Shares of peak count a convolution's " \
        "products as if it were computed directly."
    yield ""
    yield "Versions: " + ", ".join(f"{ENGINES[name].title} {version}" for name, version in results["versions"].items()) + "."
    reasons = {}
    for network in results["networks"]:
        for name, times in network["engines"].items():
            if "missing" in times:
                reasons.setdefault((name, times["missing"]), []).append(network["name"])
    for (name, reason), networks in sorted(reasons.items()):
        which = "all networks" if len(networks) == len(results["networks"]) else ", ".join(networks)
        yield f"- {ENGINES[name].title} is missing for {which}: {reason}"
