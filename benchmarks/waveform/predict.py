#!/usr/bin/python3
"""Strong and weak scaling that counted work predicts, up to 10^4 ranks and 10^14 weights.

    benchmarks/waveform/predict.py
    benchmarks/waveform/plot.py predict

No run: dense layers, an epoch of the waveform engine, W(0) drawn where it is needed. What a rank sends and how often is what
the runs count (tests/run/exchange_test.py holds them to it on 2 to 64 ranks). Seconds a weight are those of the run of 10^11
weights. The network's rates are assumed, and stand in the options.

T = products + (bytes/bandwidth - what hides behind products with a rank's own neurons) + messages and collectives.
"""
import argparse
import math

import runs

LAYERS = 4
PROJECTIONS = LAYERS - 1
EXCHANGES = 2 * PROJECTIONS + 2  # an epoch: y of each lower layer and what comes back to it; outputs for error and record
COLLECTIVES = 245  # an epoch, counted

ASSUMED = {
    "seconds-per-weight": (5.84e-9, "of a rank and an epoch: 292 s for 10^11 weights on two"),
    "nodes": (34.0, "of an epoch"),
    "ranks-per-host": (64.0, "which share its link"),
    "link": (25e9, "bytes a second of a host, each way"),
    "memory-bandwidth": (50e9, "bytes a second among a host's ranks"),
    "latency": (2e-6, "seconds of a message"),
}


def epoch(weights, ranks, given):
    """Seconds of an epoch, and the parts of it."""
    layer = math.sqrt(weights / PROJECTIONS)  # neurons
    products = weights / ranks * given.seconds_per_weight
    hosts = max(1.0, ranks / given.ranks_per_host)
    on_host = min(ranks, given.ranks_per_host)
    received = 8.0 * given.nodes * EXCHANGES * layer * (1.0 - 1.0 / ranks)  # bytes of a rank
    from_far = 1.0 - 1.0 / hosts
    transfer = received * (from_far * on_host / given.link + (1.0 - from_far) * on_host / given.memory_bandwidth)
    hidden = min(transfer, products / ranks)
    waiting = given.latency * (EXCHANGES * (ranks - 1.0) + COLLECTIVES * math.log2(max(ranks, 2.0)) * (ranks > 1))
    return {"seconds": products + transfer - hidden + waiting, "products": products, "transfer": transfer, "hidden": hidden,
            "waiting": waiting, "received_gb": received / 1e9}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default=runs.RESULTS / "waveform-predict.csv", type=runs.Path)
    for name, (value, text) in ASSUMED.items():
        parser.add_argument(f"--{name}", type=float, default=value, help=f"{text} (default: %(default)s)")
    given = parser.parse_args()
    rows = []
    cases = [("strong", weights, ranks) for weights in (1e10, 1e12, 1e14) for ranks in (1, 4, 16, 64, 256, 1024, 4096, 10000)]
    cases += [("weak", 1e10 * ranks, ranks) for ranks in (1, 4, 16, 64, 256, 1024, 4096, 10000)]
    for kind, weights, ranks in cases:
        parts = epoch(weights, ranks, given)
        rows.append({"scaling": kind, "weights": f"{weights:.3g}", "ranks": ranks,
                     **{name: f"{value:.4g}" for name, value in parts.items()},
                     "efficiency": f"{parts['products'] / parts['seconds']:.3f}"})
    runs.write(given.output, rows)


if __name__ == "__main__":
    main()
