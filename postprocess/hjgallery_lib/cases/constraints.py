"""Constraints: what they leave undetermined, and what does not depend on it."""
import numpy as np

from hjgallery_lib.case import Case, Picture, Run
from hjgallery_lib.figures import short, table
from hjplot_lib import gauge

ORBITS, TWINS = Run("gauge-orbits"), Run("gauge-twins")
SPLIT = tuple(Run(f"gauge-split-{name}", "gauge-threshold-split", options) for name, options in (
    ("random", ()),
    ("cosine", ("--set", 'gauge.constraint[0].multiplier={function="cosine", amplitude=2.0, frequency=1.5}')),
    ("none", ("--set", 'gauge.constraint[0].multiplier={function="constant", amplitude=0.0}')),
))
SECOND_CLASS = Run("gauge-second-class")
WORDS = {True: "invariant", False: "free", None: "–"}


def study(facts, *runs):
    return gauge.collect([facts.run(run.name) for run in runs])


def spread_table(rows):
    return table(["quantity", "largest difference", "relative to its size", "expected"],
                 [[row.quantity, short(row.spread, 2), short(row.relative, 2), WORDS[row.expected]] for row in rows])


def as_expected(facts, rows, name):
    facts.claim(all(row.expected in (None, row.invariant) for row in rows), f"{name}: what is invariant is what theory says")


def orbits(facts):
    found = study(facts, ORBITS)
    rows = gauge.table(found)
    as_expected(facts, rows, ORBITS.name)
    return f"""
Every threshold is the sum θ + b of two weights with momenta of their own; {len(found.weights)} members are one
network that learns one task, and differ in the free multipliers λ(t) and in where on the orbit they start.

{spread_table(rows)}
**Shows** what the paper's incomplete integrals (28)–(36) leave undetermined: θ and b by themselves. **Does not show**
a physical freedom: outputs, error, potential and action are the same on the whole orbit.
"""


def split(facts):
    found = study(facts, *SPLIT)
    rows = gauge.table(found)
    as_expected(facts, rows, "gauge-threshold-split")
    y, theta = (next(row for row in rows if row.quantity == name) for name in ("y", "W: thresholds"))
    return f"""
The same freedom from run to run: three files with a random, a cosine and no multiplier.

**Shows** that outputs agree to {short(y.relative, 2)} of their size while thresholds differ by
{short(theta.spread, 2)}. **Does not show** more than `gauge-orbits`; it is there to be played with.
"""


def twins(facts):
    found = study(facts, TWINS)
    rows = gauge.table(found)
    delta, y = (next(row for row in rows if row.quantity == name) for name in ("Delta", "y"))
    facts.claim(y.invariant and not delta.invariant, "twins: y agrees, Δ does not")
    return f"""
Two senses with the same input: M_k0 − M_k1 of their synapses is conserved along the motion, not everywhere.
{len(found.weights)} members.

{spread_table(rows)}
**Shows** that a first-class *secondary* constraint, y₀ − y₁ = 0, generates a freedom that nobody wrote down: Δ
differs by {short(delta.spread, 2)} ({100.0 * delta.relative:.0f} %) between members that agree in y, H_int and J.
**Does not show** a treatment of secondary constraints: hjnet generates none.
"""


def second_class(facts):
    run = facts.run(SECOND_CLASS.name)
    surface = np.abs(run.series("/gauge/constraint")).max()
    multiplier = np.abs(run.series("/gauge/multiplier")).max()
    facts.claim(surface < 1e-10, "the second-class constraints hold")
    facts.claim(multiplier > 1e-3, "the multipliers are at work")
    y = run.series("/states/y")[:, 3:5]
    return f"""
Two synapses tied to be one weight, and two hidden neurons (the first two of the layer) to be one neuron: two
second-class pairs, whose multipliers are solved for (Dirac's bracket).

**Shows** that the run stays on the surface: |G| is {short(surface, 2)} at most, y₃ − y₄
{short(np.abs(y[:, 0] - y[:, 1]).max(), 2)}, with multipliers of up to {short(multiplier, 2)}. **Does not show**
useful learning: second-class constraints need initial values for Δ and M, which then grow as exp(t/λ).
"""


CASES = (
    Case("gauge-orbits", "Gauge orbits of a split threshold", (ORBITS,),
         (Picture("gauge-orbits", ("gauge", ORBITS.file), "Orbits of members, and what they agree on"),),
         orbits, ("gauge.md",)),
    Case("gauge-threshold-split", "A split threshold, run by run", SPLIT,
         (Picture("gauge-threshold-split", ("gauge", *(run.file for run in SPLIT)), "Three runs with other multipliers"),),
         split, ("gauge.md",)),
    Case("gauge-twins", "Twins: a freedom on the motion alone", (TWINS,),
         (Picture("gauge-twins", ("gauge", TWINS.file), "Orbits of twin synapses; the conjugates differ too"),),
         twins, ("gauge.md",)),
    Case("gauge-second-class", "Second-class constraints: two neurons tied together", (SECOND_CLASS,),
         (Picture("gauge-second-class", ("network", SECOND_CLASS.file),
                  "Network with two tied neurons: weights and outputs"),),
         second_class, ("gauge.md",)),
)
