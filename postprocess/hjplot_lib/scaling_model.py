"""A latency-bandwidth model of the time of a run, fitted to a scaling study.

    T(p) = serial + compute size/p  +  latency C log2 p + bandwidth B + messages M

The first two terms are fitted to the time outside MPI, the others to the time inside it, since over sizes of one kind
1, 1/p and 1 - 1/p say the same. Work is counted by the runs, not fitted: C operations of all ranks (norms, dot products,
each log2 p messages deep), B bytes and M messages that a rank sends to others. From few ranks to many C stays, B goes as
neurons (1 - 1/p), M as p - 1. No term is negative.
"""
from dataclasses import dataclass

import numpy as np

UNITS = {"serial": "s", "compute": "s per synapse of a rank", "latency": "s per collective and doubling of the ranks",
         "bandwidth": "s per byte that a rank sends", "messages": "s per message that it sends"}
INSIDE = ("latency", "bandwidth", "messages")  # of MPI


def non_negative_least_squares(matrix, wanted):
    """x >= 0 that minimises |matrix x - wanted|; columns may be of very different sizes."""
    from scipy.optimize import nnls  # slow to import

    scale = np.maximum(np.linalg.norm(matrix, axis=0), np.finfo(float).tiny)
    return nnls(matrix / scale, wanted)[0] / scale


@dataclass
class Counts:
    """What ranks send each other, as laws in their number."""
    collectives: float
    bytes: float  # of a rank, for each neuron of other ranks
    messages: float  # of a rank, to each other rank

    @classmethod
    def of(cls, study):
        several = study.ranks > 1
        ranks, neurons = study.ranks[several], study.neurons[several]
        sent = {name: values[several] for name, values in study.sent.items()}
        return cls(float(np.mean(sent["collectives"])),
                   float(np.mean(sent["message_bytes"] / ranks / (neurons * (1.0 - 1.0 / ranks)))),
                   float(np.mean(sent["messages"] / ranks / (ranks - 1.0))))


@dataclass
class Model:
    terms: dict  # name: coefficient in UNITS
    counts: Counts
    left_out: list  # terms that so few numbers of ranks cannot tell apart
    deviation: float  # root mean square of (T_model - T) / T
    size_law: tuple  # size = a p^b
    neurons_law: tuple

    def size(self, ranks):
        return self.size_law[0] * ranks ** self.size_law[1]

    def seconds(self, ranks):
        parts = bases(ranks, self.size(ranks), self.neurons_law[0] * ranks ** self.neurons_law[1], self.counts)
        return sum(coefficient * parts[name] for name, coefficient in self.terms.items())


def bases(ranks, size, neurons, counts):
    return {"serial": np.ones_like(ranks), "compute": size / ranks, "latency": counts.collectives * np.log2(ranks),
            "bandwidth": counts.bytes * neurons * (1.0 - 1.0 / ranks), "messages": counts.messages * (ranks - 1.0)}


def fit(study):
    ranks = study.ranks
    # A weak study's size/p is as constant as the serial term: the two cannot be told apart.
    outside = ["serial", "compute"] if study.kind == "strong" else ["compute"]
    inside = list(INSIDE[: max(1, np.count_nonzero(ranks > 1) - 1)])
    counts = Counts.of(study)
    parts = bases(ranks, study.size, study.neurons, counts)
    total, communication = study.seconds["total"], study.seconds["communication"]
    terms = {}
    for names, seconds in ((outside, total - communication), (inside, communication)):
        matrix = np.column_stack([parts[name] / total for name in names])  # relative errors
        terms.update(zip(names, non_negative_least_squares(matrix, seconds / total)))
    model = Model(terms, counts, [name for name in UNITS if name not in terms], 0.0, power_law(ranks, study.size),
                  power_law(ranks, study.neurons))
    model.deviation = float(np.sqrt(np.mean((model.seconds(ranks) / total - 1.0) ** 2)))
    return model


def power_law(ranks, value):
    """a and b of a p^b."""
    slope, offset = np.polyfit(np.log(ranks), np.log(value), 1)
    return float(np.exp(offset)), float(slope) if abs(slope) > 1e-12 else 0.0
