"""What the entanglement means: who would find it, of what it is made, how far from a classical mediator, and what it survives."""
import numpy as np

from hjgallery_lib.case import Case, Chapter, Picture, Run
from hjgallery_lib.cases.entanglement import (FROZEN, FULL, LEARNING, MANY, MEMORIES, ROUND_OFF, final_text, finals, physical,
                                              quoted_final)
from hjgallery_lib.figures import mean_and_error, percent, plus_minus, short, table


def closure(name, frozen=False, more=()):
    options = (*MANY, "--set", f"particles.closure={name}", *more)
    return Run(f"entangle-{name.replace('_', '-')}{'-frozen' if frozen else ''}", f"entangle-{'frozen' if frozen else 'ensemble'}",
               options)


MIXED, MIXED_FROZEN = (closure("mixed", frozen) for frozen in (False, True))
CRITICAL = ("--set", "boltzmann.critical=true")
BRANCHES, BRANCHES_FROZEN, MEAN_FIELD = closure("branches", more=CRITICAL), closure("branches", True), closure("mean_field")
FULL_FROZEN = closure("full", True)
REGULARISED, AVERAGE = (
    Run(f"entangle-{kind}", "entangle-memory-causal", (*MANY, "--set", f"boltzmann.second_order={kind}"))
    for kind in ("regularised", "average"))
NOISE = Run("entangle-critical", "entangle-ensemble", (*MANY, *CRITICAL))
KNOWN = Run("entangle-known", "entangle-ensemble", ("--set", "ensemble.members=8", "--set", "ensemble.groups=32", "--set",
                                                    'ensemble.known=["weights"]'))
LAMBDAS = (0.1, 0.2, 0.5)
CAUSAL = {(delta, length): Run(f"causal-{delta}-{length}", "entangle-ensemble",
                               (*MANY, "--set", "run.epochs=1", "--set", "particles.a.epochs=[0,0]", "--set",
                                "particles.b.epochs=[0,0]", "--set", "learning.enabled=false", "--set",
                                f"learning.delta={delta}", "--set", f"network.time_constant={length}"))
          for length in LAMBDAS for delta in ("terminal", "initial")}


def difference(facts, run, other):
    """Of the concurrence at the end, member by member: mean and error."""
    return mean_and_error(finals(facts, run) - finals(facts, other))


def state_at_end(facts, run):
    file = facts.run(run.name)
    return tuple(file.require(f"/ensemble/{place}/concurrence")[-1] for place in ("state", "state_error"))


def quartiles(values, digits=2):
    low, middle, high = np.percentile(values, [25, 50, 75])
    return f"{short(middle, digits)} ({short(low, digits)} to {short(high, digits)})"


def knowledge(facts):
    nothing, weights = state_at_end(facts, LEARNING), state_at_end(facts, KNOWN)
    others = {run: state_at_end(facts, run) for run in (MIXED, BRANCHES)}
    mean = mean_and_error(finals(facts, LEARNING))
    for state in (nothing, *others.values()):
        facts.claim(state[0] < 1e-6, "who knows nothing has no entanglement")
    facts.claim(weights[0] > 3 * weights[1], "who knows the weights has some")
    facts.claim(weights[0] < mean[0], "and less than who knows all")
    rows = [["everything: the mean over the members", plus_minus(*mean)],
            ["the weights, not the targets", plus_minus(*weights)],
            ["the distribution alone", short(nothing[0], 2)]]
    return f"""
{table(["the observer knows", "concurrence of the pair at the end"], rows)}
The members' mean is that of an observer who knows each network. To one who does not, the pair is in the mean state E[ρ], a mixture of unitary
evolutions, and that is separable at the end, with the closures `mixed` and `branches` too;
before, it is entangled so weakly that next to no noise ends it ([below](#noise)).

**Shows** for whom there is entanglement. **Does not show** how much a laboratory has to know: between the weights alone and everything lies what
it takes to know the targets.
"""


def closures(facts):
    says = {"bilinear": (LEARNING, FROZEN, "Δ and F are operators, their second derivatives dropped"),
            "full": (FULL, FULL_FROZEN, "and E is one"),
            "mixed": (MIXED, MIXED_FROZEN, "the second derivatives of H_int by the two states, nothing dropped"),
            "branches": (BRANCHES, BRANCHES_FROZEN, "no derivative: H_int of four networks that are fed ± an axis")}
    rows = []
    for name, (learning, frozen, text) in says.items():
        rows.append([f"`{name}`", final_text(facts, learning), final_text(facts, frozen),
                     plus_minus(*difference(facts, learning, frozen), sign=True), text])
        for run in (learning, frozen):
            mean, error = mean_and_error(finals(facts, run))
            facts.claim(mean > 5 * error, f"{run.name} entangles")
            facts.claim(physical(facts, run).all(), f"{run.name} keeps the states")
    product = np.abs(facts.run(MEAN_FIELD.name).require("/ensemble/member/concurrence")[:]).max()
    facts.claim(product < 1e-6, "the mean field does not entangle")
    for learning, frozen, _ in says.values():
        ahead = difference(facts, learning, frozen)
        facts.claim(ahead[0] > 3 * ahead[1], f"learning adds to {learning.name}")
    low = difference(facts, BRANCHES, LEARNING)
    facts.claim(low[0] < -5 * low[1], "branches entangle less than the bilinear closure says")
    least, most = (choose((run for run, _, _ in says.values()), key=lambda run: finals(facts, run).mean())
                   for choose in (min, max))
    ratio = finals(facts, MIXED).mean() / finals(facts, MIXED_FROZEN).mean()
    return f"""
How much of H_int becomes an operator is a choice that the paper leaves open ([model.md](model.md#6-operators)). The same networks with each:

{table(["closure", "concurrence at the end", "frozen", "learning − frozen", "takes"], rows)}
`mean_field`, where each particle sees the other's mean alone, ends with {"0 to round-off" if product < ROUND_OFF else short(product, 2)}: the chain
is able to say no.

**Shows** that entanglement rests on no closure, and how much of it does: from {final_text(facts, least)} to {final_text(facts, most)}, for
the same networks. In all of them networks that learn entangle more than the same networks that do not, with `mixed` {short(ratio, 2)} times as much.
`branches` is the form of the experiments that look for entanglement by gravity, and takes no derivative; it gives
{plus_minus(*low, sign=True)} against the bilinear closure, so that the latter is no approximation of it. **Does not show** that the network is
quantum: H_int is made an operator in all of them.
"""


def record(facts):
    file = facts.run(BRANCHES.name)
    apart = {name: file.require(f"/ensemble/member/distance_{name}")[:, -1] for name in ("y", "weights")}
    pairs = np.tril_indices(4, -1)
    distance = {name: values.reshape(-1, 4, 4)[:, pairs[0], pairs[1]].ravel() for name, values in apart.items()}
    critical = {name: file.require(f"/critical/sigma_{name}")[:] for name in ("neurons", "weights")}
    entangled = np.isfinite(critical["neurons"]) & (critical["neurons"] > 0.0)
    facts.claim(entangled.mean() > 0.9, "most members entangle without a record")
    facts.claim(np.median(distance["weights"]) > 1.0, "the weights of branches are far apart")
    rows = [[what, quartiles(distance[name]), quartiles(critical[key][entangled])]
            for what, name, key in (("outputs y of all neurons", "y", "neurons"), ("weights", "weights", "weights"))]
    return f"""
A network that mediates as a controlled one does keeps a record of the branch in its outputs and weights. If whoever has the network can tell
outputs, or weights, apart to σ, the coherence between branches is lost as exp(−|δ|²/8σ²).

{table(["of", "apart at the end, median (quartiles)", "largest σ that leaves no entanglement"], rows)}
**Shows** what speaks against a machine as the mediator: nothing anywhere may know its outputs or weights to about the accuracy in the last
column, and a computer's memory keeps 16 digits of each. That is unfavourable to this closure, and to any that makes operators of what a machine holds. **Does not show** what such a record would do to the evolution: it acts on the state of each sample alone.
"""


def second_order(facts):
    causal = MEMORIES[1]
    says = {LEARNING: "the first order, which for a deterministic network is all",
            causal: "the paper's second order, which leaves the states",
            AVERAGE: "the average over noisy strengths that the paper's second order is the lowest order of",
            REGULARISED: "the part of the paper's second order that keeps states"}
    rows = []
    for run, text in says.items():
        change = "" if run in (LEARNING, causal) else plus_minus(*difference(facts, run, LEARNING), sign=True)
        rows.append([f"`{run.name}`", quoted_final(facts, run), change, text])
        facts.claim(physical(facts, run).all() == (run is not causal), f"{run.name} keeps the states, or does not, as said")
    change = difference(facts, REGULARISED, LEARNING)
    facts.claim(change[0] < -5 * change[1], "the regularised second order lowers the concurrence")
    return f"""
The networks of figure 3, with causal memory, member by member. H is an operator that the network determines, so the first order is
complete, and a second order counts the same interaction again unless its strength is noise
([model.md](model.md#7-quantum-boltzmann-equation)).

{table(["run", "concurrence at the end", "difference", "is"], rows)}
**Shows** what is left of the second order where ρ is to stay a state. **Does not show** that the noise is there: it is what the
second order would have to mean.
"""


def noise(facts):
    rows = []
    for name, run in (("bilinear", NOISE), ("branches", BRANCHES)):
        file = facts.run(run.name)
        found = [file.require(f"/critical/{kind}")[:] for kind in ("mediator_noise", "dephasing")]
        of_state = [float(file.file[f"/critical/{kind}"].attrs["state"]) for kind in ("mediator_noise", "dephasing")]
        facts.claim(0.0 < np.median(found[0]) <= 1.0 + 1e-3, "a mediator that is classical enough does not entangle")
        rows.append([f"`{name}`", *(quartiles(values) for values in found), *(short(value, 2) for value in of_state)])
    return f"""
{table(["closure", "mediator noise x, median (quartiles)", "dephasing γ_φ T", "x of E[ρ]", "γ_φ T of E[ρ]"], rows)}
With x times the least noise of a mediator that measures one particle and acts on the other by what it found, members entangle at no time from the
x of the second column on: 0 is the model, 1 a classical mediator. Dephasing of both particles at the rates of the third column is enough too.

**Shows** how far the mediator is from a classical one, as a number, and what noise the entanglement survives. **Does not show** that the mediator is
quantum: that the network's potential is an operator is put in, not found. At x = 1 nothing entangles, whatever the network (a theorem, tried on 1000).
"""


def causality(facts):
    rows = []
    for length in LAMBDAS:
        row = [f"{length:g}"]
        for delta in ("terminal", "initial"):
            run = facts.run(CAUSAL[delta, length].name)
            concurrence = run.require("/ensemble/member/concurrence")[:]
            port = run.input["particles"]["b"]
            before = concurrence[:, run.time < port["time"] - 3.0 * port["width"]].max(axis=1)
            row += [plus_minus(*mean_and_error(before)) if before.max() > 1e-9 else short(before.mean(), 1),
                    plus_minus(*mean_and_error(concurrence[:, -1]))]
            facts.claim((before.mean() > 1e-5) == (delta == "terminal"), "only a Delta that knows the end entangles early")
        rows.append(row)
    return f"""
One epoch of frozen networks, Δ given at its end, as the paper has it, or at its start. "Before" is t < t_B − 3w_B, when B has not entered.

{table(["λ", "Δ terminal: before B", "at the end", "Δ initial: before B", "at the end"], rows)}
**Shows** that a Δ that is given at the end of the epoch knows B before B is there, so that part of the entanglement is acausal; with Δ given at the start
there is none before B but for the pulse's tail. **Does not show** that the causal choice is the better model: with it Δ grows as e^(t/λ), which is why runs of several epochs
diverge and why this is one epoch.
"""


def entangled(*runs, labels):
    return ("entanglement", *(run.file for run in runs), *(word for label in labels for word in ("--label", label)))


CHAPTERS = (
    Chapter("Who would find it", (
        Case("knowledge", "Who knows what", (LEARNING, KNOWN, MIXED, BRANCHES),
             (Picture("knowledge", entangled(LEARNING, KNOWN, labels=("256 networks", "32 networks, 8 targets each")),
                      "Concurrence of members, and of the states of observers who know the weights, or nothing"),),
             knowledge, ("user-guide.md",)),)),
    Chapter("Of what it is made", (
        Case("closures", "The closures side by side",
             (LEARNING, FROZEN, FULL, FULL_FROZEN, MIXED, MIXED_FROZEN, BRANCHES, BRANCHES_FROZEN, MEAN_FIELD),
             (Picture("closures", entangled(LEARNING, FULL, MIXED, BRANCHES, labels=("bilinear", "full", "mixed", "branches")),
                      "Concurrence of the same networks with four closures"),
              Picture("closures-frozen", entangled(FROZEN, FULL_FROZEN, MIXED_FROZEN, BRANCHES_FROZEN,
                                                   labels=("bilinear", "full", "mixed", "branches")),
                      "The same with frozen weights")),
             closures, ("model.md",)),
        Case("record", "What the network keeps of it", (BRANCHES,), (), record, ("model.md",)),
        Case("causality", "Cause and effect", tuple(CAUSAL.values()), (), causality, ("model.md",)),
        Case("second-order", "The second order as a state", (LEARNING, MEMORIES[1], AVERAGE, REGULARISED),
             (Picture("second-order", entangled(LEARNING, MEMORIES[1], AVERAGE, REGULARISED,
                                                labels=("first order", "the paper's second order", "its average",
                                                        "its positive part")),
                      "Concurrence at first order, with the paper's second order, its average and its regularised form"),),
             second_order, ("model.md",)),)),
    Chapter("What it survives", (
        Case("noise", "A classical mediator, and a bath", (NOISE, BRANCHES), (), noise, ("model.md", "user-guide.md")),)),
)
