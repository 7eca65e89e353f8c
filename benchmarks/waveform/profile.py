#!/usr/bin/python3
"""Where the time of a run goes, and how fast each part could be on this machine.

    benchmarks/waveform/profile.py --hjnet build/release/apps/hjnet --limits build/release/benchmarks/waveform_limits
    benchmarks/waveform/plot.py profile

perf samples a whole run of three dense layers (drawing the network included, output.weights = "none"), --repeat times;
symbols are grouped into the parts of PARTS, the rest is "other". Beside the seconds of a part stands its least: the
numbers that it must compute or move over the rate that waveform_limits measures for it. Needs linux-perf and the right
to use it (kernel.perf_event_paranoid at most 2).
"""
import os
import re
import resource
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import runs

# Part -> what "symbol (library)" matches; the first match counts. Inlined functions go with what they were put into.
PARTS = {
    "operating system": r"\[kernel",
    "starting the process": r"/ld-linux|libopen-|libmpi|libpmix|libevent|libhwloc|libfabric|libucp|libucs",
    "matrix products: packing": r"gemm_\w*copy|trsm_\w*copy",
    "matrix products: arithmetic": r"\wgemm|trsm|syrk",
    "dot products and dgemv": r"ddot|dgemv|daxpy|dscal",
    "drawing the network": r"Philox|philox|Source::|draw|fill\(hjnet|hjnet::fill|__sincos|__sin|__cos|__log|_log_fma",
    "transfer functions": r"evaluate_transfer|tanh|cosh|exp_fma|__exp|expm1",
    "relaxation of the layers": r"EpochOperators|RelaxationRule|relax",
    "judging the mesh": r"resolution|unresolved|UnresolvedElements|add_products|judge|Chebyshev|coefficients",
    "bases": r"Basis|pivoted_cholesky",
    "cores and weights' paths": r"FactorWeights|WeightPath|WeightRule|WeightFold",
    "neuron blocks": r"NeuronWaveforms|WaveformEngine|transpose|gather|scatter|Halo|ErrorFunctional|mem(cpy|move|set)",
    "samples and action": r"Sampler|Pointwise|NodeData",
    "fits of the potential": r"LevenbergMarquardt|lmqrsolv|lmpar|shape_at|Residuals|Householder|Eigen::",
    "allocation": r"alloc|free",
}
OPTIONS = {
    "limits": (Path, None, "the program waveform_limits"),
    "neurons": (int, 2000, "a layer"),
    "epochs": (int, 8, "of the run"),
    "tolerance": (float, 3e-5, "relative; H_int is then right to 1e-6"),
    "repeat": (int, 3, "runs that are sampled"),
    "symbols": (float, 0.0, "print symbols of at least this percentage"),
}


def cpu_seconds():
    """Of all processes waited for so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def part_of(symbol):
    return next((part for part, pattern in PARTS.items() if re.search(pattern, symbol)), "other")


def sampled(options, words, folder):
    """Symbol and library -> share of the samples of one run."""
    data = folder / "perf.data"
    environment = os.environ | runs.ONE_THREAD
    record = ["perf", "record", "-F", "1999", "-o", str(data), "--", *words]
    subprocess.run(record, check=True, capture_output=True, env=environment)
    report = subprocess.run(["perf", "script", "-i", str(data), "-F", "period,ip,sym,dso"], check=True,
                            capture_output=True, text=True)
    periods = defaultdict(float)
    for line in report.stdout.splitlines():
        period, _, symbol = line.split(maxsplit=2)
        periods[symbol] += float(period)
    whole = sum(periods.values())
    return {symbol: period / whole for symbol, period in periods.items()}


def limits_of(options, nodes):
    words = [options.limits.resolve(), "--neurons", options.neurons, "--nodes", nodes]
    done = subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True,
                          env=os.environ | runs.ONE_THREAD)
    return {name: float(value) for name, value in (line.rsplit(",", 1) for line in done.stdout.splitlines()[1:])}


def least(options, timing, limits):
    """Part -> (seconds at the least, why)."""
    synapses, neurons, columns = timing["synapses"], timing["neurons"], timing["right_hand_sides"]
    points = neurons * columns / 4.0  # neurons times nodes of all epochs: four products a node
    order = columns / (4.0 * options.epochs * timing["mesh_elements"])
    blocks = 8.0 * points  # bytes of one quantity
    peak, shaped = limits["dgemm (flop/s)"], limits["products (flop/s)"]
    fill, triad = limits["fill (byte/s)"], limits["triad (byte/s)"]
    return {
        "matrix products: arithmetic": (2.0 * options.neurons**2 * columns / peak,
                                        f"products with W(0) at {peak / 1e9:.3g} Gflop/s, dgemm's peak ({shaped / peak:.0%} "
                                        "of it with packing at this shape)"),
        "drawing the network": (8.0 * synapses / fill, f"W(0) written once at {fill / 1e9:.3g} GB/s (fill)"),
        "transfer functions": (points / limits["tanh (1/s)"], "f and f' once a neuron and node, in cache"),
        "relaxation of the layers": (4.0 * order * points / peak, "two small matrices an element at dgemm's peak"),
        "neuron blocks": (6.0 * blocks / triad, f"y, net, Delta into the record at {triad / 1e9:.3g} GB/s (triad)"),
    }


def main():
    options = runs.arguments(__doc__, "profile", OPTIONS)
    settings = runs.dense(options.neurons, options.epochs, options.tolerance) | {"output.weights": "none"}
    shares = defaultdict(float)
    with tempfile.TemporaryDirectory(prefix="profile-") as name:
        folder = Path(name)
        path = folder / "run.h5"
        timing, seconds = {}, float("inf")
        for _ in range(options.repeat):
            before = cpu_seconds()
            timing = runs.solve(options.hjnet, runs.DENSE, path, settings)
            seconds = min(seconds, cpu_seconds() - before)
        words = runs.command(options.hjnet, runs.DENSE, path, settings)
        for _ in range(options.repeat):
            for symbol, share in sampled(options, words, folder).items():
                shares[symbol] += share / options.repeat
        nodes = round(timing["right_hand_sides"] / (4 * options.epochs))
    for symbol, share in sorted(shares.items(), key=lambda item: -item[1]):
        if options.symbols > 0.0 and 100.0 * share >= options.symbols:
            print(f"# {100 * share:5.1f} %  {symbol:<60} {part_of(symbol)}")
    bounds = least(options, timing, limits_of(options, nodes))
    parts = defaultdict(float)
    for symbol, share in shares.items():
        parts[part_of(symbol)] += share
    rows = []
    for part, share in sorted(parts.items(), key=lambda item: -item[1]):
        bound, why = bounds.get(part, ("", ""))
        rows.append({"part": part, "share": f"{share:.4f}", "seconds": f"{share * seconds:.4g}",
                     "least_seconds": bound and f"{bound:.3g}", "limit": why})
    runs.write(options.output, rows)


if __name__ == "__main__":
    main()
