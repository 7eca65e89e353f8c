"""Layers, projections and weight matrices as the pictures of a network need them."""
from dataclasses import dataclass

import h5py
import numpy as np

from hjplot_lib.runfile import PlotError

MAX_SHOWN = 512  # rows or columns of a heat map; larger matrices are averaged over blocks


@dataclass
class Layer:
    name: str
    neurons: int
    transfer: str
    first: int  # global index of its first neuron


def layers(run):
    tables = run.input.get("network", {}).get("layer", [])
    if not tables:
        raise PlotError(f"{run.path}: attribute 'input' names no network.layer")
    found, first = [], 0
    for table in tables:
        found.append(Layer(table["name"], int(table["neurons"]), table.get("transfer", "tanh"), first))
        first += found[-1].neurons
    return found


@dataclass
class Projection:
    name: str
    source: int  # index into layers
    target: int
    initial: np.ndarray  # n_post x n_pre, NaN where there is no synapse
    final: np.ndarray | None  # None while the run is unfinished
    final_name: str  # "final", or after how many epochs


def dense(item, rows, columns):
    """A projection's dataset, or its group of compressed rows, as a matrix; large ones averaged over blocks."""
    if isinstance(item, h5py.Dataset):
        return blocks(item[:])
    indptr, indices, data = item["indptr"][:], item["indices"][:], item["data"][:]
    row = np.repeat(np.arange(rows), np.diff(indptr))
    high, wide = max(1, -(-rows // MAX_SHOWN)), max(1, -(-columns // MAX_SHOWN))
    shape = (-(-rows // high), -(-columns // wide))
    total, count = np.zeros(shape), np.zeros(shape)
    np.add.at(total, (row // high, indices // wide), data)
    np.add.at(count, (row // high, indices // wide), 1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def blocks(matrix):
    rows, columns = matrix.shape
    high, wide = max(1, -(-rows // MAX_SHOWN)), max(1, -(-columns // MAX_SHOWN))
    if high == wide == 1:
        return matrix
    padded = np.full((-(-rows // high) * high, -(-columns // wide) * wide), np.nan)
    padded[:rows, :columns] = matrix
    return np.nanmean(padded.reshape(-1, high, padded.shape[1] // wide, wide), axis=(1, 3))


def projections(run, all_layers):
    why = "the run kept no weights (output.weights = \"none\")"
    initial = run.require("/weights/initial", why)
    latest, latest_name = latest_weights(run)
    number = {layer.name: i for i, layer in enumerate(all_layers)}
    found = []
    for name in initial:
        if name in ("thresholds", "biases"):
            continue
        ends = [(a, b) for a in number for b in number if f"{a}-{b}" == name]
        if not ends:
            raise PlotError(f"{run.path}: /weights/initial/{name} belongs to no pair of layers")
        source, target = (number[end] for end in ends[0])
        size = (all_layers[target].neurons, all_layers[source].neurons)
        final = None if latest is None or name not in latest else dense(latest[name], *size)
        found.append(Projection(name, source, target, dense(initial[name], *size), final, latest_name))
    return sorted(found, key=lambda p: (p.source, p.target))


def latest_weights(run):
    """The group of final weights, or of the last epoch kept where the run is unfinished; None if neither."""
    if run.finished:
        return run.file.get("/weights/final"), "final"
    kept = [n for n in run.file["/weights"] if n.startswith("epoch_") and int(n[6:]) <= run.epochs_completed]
    if not kept:
        return None, "final"
    return run.file[f"/weights/{max(kept)}"], f"after {int(max(kept)[6:])} epochs"
