"""The concurrence of two particles (figure 3), and its controls."""
import numpy as np

from hjgallery_lib.case import Case, Picture, Run
from hjgallery_lib.figures import mean_and_error, percent, plus_minus, short, table
from hjplot_lib import feedback as feedback_picture
from hjplot_lib import measures

MANY = ("--set", "ensemble.members=256")  # with the 32 of the inputs the frozen control cannot be told from learning
LEARNING, FROZEN, DELTA_OFF, BACKPROPAGATION, FULL, APART, APART_FROZEN, *MEMORIES = (
    Run(f"entangle-{name}", options=MANY)
    for name in ("ensemble", "frozen", "delta-off", "backpropagation", "full", "apart", "apart-frozen", "memory-symmetric",
                 "memory-causal", "memory-window"))
SINGLE, SINGLE_FED = Run("entangle"), Run("entangle-feedback")
STRONG = (*MANY, "--set", "boltzmann.charge=3.0")
PLAIN = Run("feedback-plain", "entangle-ensemble", STRONG)
FED = Run("feedback-fed", "entangle-ensemble", (*STRONG, "--set", "particles.feedback=true"))

MIXED, MIXED_FROZEN = (
    Run(f"entangle-mixed{name}", f"entangle-{of}", (*MANY, "--set", "particles.closure=mixed"))
    for name, of in (("", "ensemble"), ("-frozen", "frozen")))
PAPER = Run("paper-figure-3")
PLAINLY = ("--set", "boltzmann={ memory = \"none\" }")
PAPER_PLAIN = Run("paper-figure-3-plain", "paper-figure-3", PLAINLY)
PAPER_FROZEN = Run("paper-figure-3-frozen", "paper-figure-3", (*PLAINLY, "--set", "learning.enabled=false"))

REGULARISED, AVERAGE = (
    Run(f"entangle-{kind}", "entangle-memory-causal", (*MANY, "--set", f"boltzmann.second_order={kind}"))
    for kind in ("regularised", "average"))
CRITICAL = Run("entangle-critical", "entangle-ensemble", (*MANY, "--set", "boltzmann.critical=true"))
KNOWN = Run("entangle-known", "entangle-ensemble", ("--set", "ensemble.members=8", "--set", "ensemble.groups=32", "--set",
                                                    'ensemble.known=["weights"]'))

ROUND_OFF = 1e-12


def finals(facts, run):
    """The concurrence at the end of the run, member by member."""
    return facts.run(run.name).require("/ensemble/member/concurrence")[:, -1]


def final_text(facts, run):
    return plus_minus(*mean_and_error(finals(facts, run)))


def physical(facts, run):
    """Which samples are states: members x samples."""
    return facts.run(run.name).require("/ensemble/member/physical")[:] == 1


def quoted_final(facts, run):
    """The concurrence at the end, where all members are states then: of what is none no number is quoted."""
    good = physical(facts, run)[:, -1]
    return final_text(facts, run) if good.all() else f"not quoted: {percent(1.0 - good.mean())} of the members are no state"


def figure_3(facts):
    run = facts.run(LEARNING.name)
    first = measures.entanglement(run)
    mean, error = mean_and_error(finals(facts, LEARNING))
    facts.claim(abs(first.concurrence[0]) < ROUND_OFF, "the particles enter separable")
    facts.claim(mean > 5 * error, "the concurrence grows")
    facts.claim(first.unphysical_share == 0.0, "without memory every sample is a state")
    rows = []
    for case in (LEARNING, *MEMORIES):
        found = measures.entanglement(facts.run(case.name))
        left = 1.0 - physical(facts, case).all(axis=1).mean()
        rows.append([f"`{case.name}`", quoted_final(facts, case), percent(found.unphysical_share), percent(left),
                     short(found.smallest.min(), 2) if found.unphysical_share else "0 to round-off"])
        facts.claim(case is LEARNING or found.unphysical_share > 0.1, f"{case.name} leaves the states")
    return f"""
Two particles enter a 6-8-2 network in pulses of every epoch; the mean concurrence of {run.members} networks.
`entangle-ensemble` has `memory = "none"`; the others have the paper's second-order terms, with their memory over the
whole run (the paper's reading of (99)), the past, or half an epoch on both sides.

{table(["run", "concurrence at the end", "samples that are no state", "members that are no state at some time",
        "smallest eigenvalue"], rows)}
**Shows** the growth of the paper's figure 3, from particles that enter separable. **Does not show** that the
second-order equation gives entanglement: it does not keep ρ positive, and a concurrence of what is not a state means
nothing, nor much where ρ is a state again that was none before. Those stretches are dashed. Nor is the growth a sign of
learning, most of it: see the [controls](#controls).
"""


def second_order(facts):
    causal = MEMORIES[1]
    base = finals(facts, LEARNING)
    says = {LEARNING: "the first order, which for a deterministic network is all",
            causal: "the paper's second order, which leaves the states",
            AVERAGE: "the average over noisy strengths that the paper's second order is the lowest order of",
            REGULARISED: "the part of the paper's second order that keeps states"}
    rows = []
    for run, text in says.items():
        difference = "" if run in (LEARNING, causal) else plus_minus(*mean_and_error(finals(facts, run) - base), sign=True)
        rows.append([f"`{run.name}`", quoted_final(facts, run), difference, text])
        facts.claim(physical(facts, run).all() == (run is not causal), f"{run.name} keeps the states, or does not, as said")
    change = mean_and_error(finals(facts, REGULARISED) - base)
    facts.claim(change[0] < -5 * change[1], "the regularised second order lowers the concurrence")
    return f"""
The networks of figure 3, with causal memory, member by member. H is an operator that the network determines, so the first order is
complete, and a second order counts the same interaction again unless its strength is noise
([model.md](model.md#7-quantum-boltzmann-equation)).

{table(["run", "concurrence at the end", "difference", "is"], rows)}
**Shows** what is left of the second order where ρ is to stay a state. **Does not show** that the noise is there: it is what the
second order would have to mean.
"""


def state_at_end(facts, run):
    file = facts.run(run.name)
    return tuple(file.require(f"/ensemble/{place}/concurrence")[-1] for place in ("state", "state_error"))


def knowledge(facts):
    nothing, weights = state_at_end(facts, LEARNING), state_at_end(facts, KNOWN)
    mean = mean_and_error(finals(facts, LEARNING))
    noise = facts.run(CRITICAL.name).require("/critical/mediator_noise")
    dephasing = facts.run(CRITICAL.name).require("/critical/dephasing")
    values = np.sort(noise[:])
    facts.claim(nothing[0] < 1e-6, "who knows nothing has no entanglement")
    facts.claim(weights[0] > 3 * weights[1], "who knows the weights has some")
    facts.claim(weights[0] < mean[0], "and less than who knows all")
    facts.claim(0.0 < np.median(values) < 1.0, "a mediator that is classical enough does not entangle")
    files = facts.run(CRITICAL.name).file
    of_state = [float(files[f"/critical/{name}"].attrs["state"]) for name in ("mediator_noise", "dephasing")]
    rows = [["everything: the mean over the members", plus_minus(*mean)],
            ["the weights, not the targets", plus_minus(*weights)],
            ["the distribution alone", short(nothing[0], 2)]]
    quartiles = np.percentile(values, [25, 50, 75])
    gone = np.percentile(dephasing[:], [25, 50, 75])
    return f"""
{table(["the observer knows", "concurrence of the pair at the end"], rows)}
The members' mean is that of an observer who knows each network. To one who does not, the pair is in the mean state E[ρ].

How classical may the mediator be? With x times the least noise of a mediator that measures one particle and acts on the other by what
it found, half of the {len(values)} members entangle at no time from x = {short(quartiles[1])} on (quartiles {short(quartiles[0])} and
{short(quartiles[2])}), where 0 is the model and 1 a classical mediator; for the state E[ρ] x = {short(of_state[0], 2)} is enough. A
dephasing of both particles of {short(gone[1], 2)} (quartiles {short(gone[0], 2)} and {short(gone[2], 2)}) in units of 1/T is enough too.

**Shows** for whom there is entanglement, and how much noise it survives. **Does not show** that the mediator is quantum: that the network's
potential is an operator is put in, not found.
"""


def lead(facts):
    """Learning networks against frozen ones at the ends of the epochs, member by member: means and errors."""
    learning, frozen = (facts.run(run.name) for run in (LEARNING, FROZEN))
    ends = slice(learning.epoch_samples - 1, None, learning.epoch_samples)
    name = "/ensemble/member/concurrence"
    return mean_and_error(learning.require(name)[:, ends] - frozen.require(name)[:, ends])


def controls(facts):
    base = finals(facts, LEARNING)
    says = {LEARNING: "what they are compared with", FROZEN: "weights stay as drawn: most of it is there without learning",
            DELTA_OFF: "nothing without the conjugates Δ",
            BACKPROPAGATION: "the paper's reduction (107) does not entangle at first order",
            FULL: "an operator-valued error E: the closure matters"}
    rows = []
    for run, text in says.items():
        difference = "" if run is LEARNING else plus_minus(*mean_and_error(finals(facts, run) - base), sign=True)
        mean, error = mean_and_error(finals(facts, run))
        none = np.abs(facts.run(run.name).require("/ensemble/member/concurrence")[:]).max() < ROUND_OFF
        facts.claim(none == (run in (DELTA_OFF, BACKPROPAGATION)), f"{run.name} entangles, or does not, as said")
        rows.append([f"`{run.name}`", "0 to round-off" if none else plus_minus(mean, error), difference, text])
    ahead, error = lead(facts)
    share = 1.0 - ahead[-1] / base.mean()
    facts.claim(ahead[-1] > 3 * error[-1], "learning adds to the final concurrence")
    facts.claim(share > 0.7, "with frozen weights there is most of the concurrence")
    certain = ahead / np.maximum(error, ROUND_OFF)
    best, surest = int(np.argmax(ahead)), int(np.argmax(certain))
    facts.claim(certain[surest] > 5.0 and best < len(ahead) - 1, "learning is ahead, most before the end")
    full = mean_and_error(finals(facts, FULL) - base)
    facts.claim(full[0] > 3 * full[1], "the full closure entangles more")
    return f"""
The same networks as in figure 3, member by member, with one thing changed. Differences are those of the members, ± a
standard error.

{table(["run", "concurrence at the end", "difference", "says"], rows)}
**Shows** what the growth in figure 3 rests on: on Δ, and on the valuation of E. Learning adds to it: most at the end of
epoch {best}, {plus_minus(ahead[best], error[best], sign=True)}, less since, {plus_minus(ahead[-1], error[-1], sign=True)}
at the end of the run; most clearly at the end of epoch {surest}, by {certain[surest]:.0f} standard errors.
**Does not show** that entanglement is a sign of learning: networks that learn nothing end with {percent(share)} of it.
"""


def closures(facts):
    rows = []
    for learning, frozen, text in ((LEARNING, FROZEN, "Δ and F are operators, their second derivatives dropped"),
                                   (MIXED, MIXED_FROZEN, "the second derivatives of H_int, nothing dropped")):
        ahead = mean_and_error(finals(facts, learning) - finals(facts, frozen))
        rows.append([f"`{learning.name}`", final_text(facts, learning), final_text(facts, frozen),
                     plus_minus(*ahead, sign=True), text])
        for run in (learning, frozen):
            mean, error = mean_and_error(finals(facts, run))
            facts.claim(mean > 5 * error, f"{run.name} entangles")
            facts.claim(physical(facts, run).all(), f"{run.name} keeps the states")
    change = mean_and_error(finals(facts, MIXED) - finals(facts, LEARNING))
    lead_of_mixed = mean_and_error(finals(facts, MIXED) - finals(facts, MIXED_FROZEN))
    facts.claim(lead_of_mixed[0] > 5 * lead_of_mixed[1], "with the mixed closure learning is most of it")
    ratio = finals(facts, MIXED).mean() / finals(facts, MIXED_FROZEN).mean()
    both = np.corrcoef(finals(facts, MIXED), finals(facts, LEARNING))[0, 1]
    states = [state_at_end(facts, run) for run in (LEARNING, MIXED)]
    for state in states:
        facts.claim(state[0] < 1e-6, "who does not know the networks has no entanglement")
    return f"""
The bilinear closure calls Δ and F operators and keeps the products of their first derivatives. The mixed one takes H_int as it is, a function of
the two states fed in: which factors are operators is no choice then ([model.md](model.md#6-operators)).

{table(["closure", "concurrence at the end", "frozen", "learning − frozen", "keeps"], rows)}
**Shows** that the entanglement does not rest on the bilinear closure, and that what that closure drops is what learning adds: with all second
derivatives networks that learn end with {short(ratio, 2)} times the concurrence of the same networks with frozen weights. Member by member
the mixed closure ends {plus_minus(*change, sign=True)} from the bilinear one, with a correlation of {short(both, 2)}. **Does not show** that the network is quantum: H_int is made an operator in both, and to an observer who does not know the networks there is nothing in
either (C = {short(states[0][0], 2)} and {short(states[1][0], 2)}).
"""


def paper_figure(facts):
    ends = {run: mean_and_error(finals(facts, run)) for run in (PAPER, PAPER_PLAIN, PAPER_FROZEN)}
    change = mean_and_error(finals(facts, PAPER_PLAIN) - finals(facts, PAPER_FROZEN))
    left = 1.0 - physical(facts, PAPER).mean()
    states = f", with {percent(left)} of its samples no states because of the memory" if left else ", by states at all times"
    for run in ends:
        facts.claim(ends[run][0] > 3 * ends[run][1], f"{run.name} entangles")
    rows = [[f"`{run.name}`", quoted_final(facts, run), text] for run, text in (
        (PAPER, "adjacent steps coupled: a memory of one sample"), (PAPER_PLAIN, "without memory"),
        (PAPER_FROZEN, "without memory, weights that do not learn"))]
    return f"""
Figure 3 as its text says it was made: one layer of weights, a linear combination of the inputs, variables coupled over adjacent time steps, the
early part cut off. What stands open there, pulses, targets and the number of networks, is as in our figure 3.

{table(["run", "concurrence at the end", "has"], rows)}
**Shows** that the paper's simplified system entangles too{states}. **Does not show** that learning does it: without memory a linear layer that
learns ends {plus_minus(*change, sign=True)} from one that does not.
"""


def apart(facts):
    learning, frozen = (mean_and_error(finals(facts, run)) for run in (APART, APART_FROZEN))
    facts.claim(learning[0] > 5 * learning[1], "particles apart in time are entangled")
    facts.claim(frozen[0] < 1e-6, "and only through weights that learn")
    run = facts.run(APART.name)
    first = run.input["particles"]["b"]["epochs"][0]
    before = measures.entanglement(run).concurrence[: first * run.epoch_samples].max()
    facts.claim(before < 1e-6, "there is none before B enters")
    return f"""
Particle A enters in epochs 0 to {run.input["particles"]["a"]["epochs"][1]}, B from epoch {first} on, with an epoch
between them in which neither does. Through its outputs alone the network has forgotten A by then, but for e^(−gap/λ).

**Shows** that particles that never share an epoch get entangled, to {plus_minus(*learning)} at the end, and that it
is the delayed weights that carry it: with frozen weights {plus_minus(*frozen)} is left. Before B enters it is
{short(before, 2)} at most. This is the finding that speaks for the paper. **Does not show** a physical memory: that
the weights carry operators of A is what the operator valuation says of them.
"""


def memory(facts):
    rows = []
    for run in MEMORIES:
        found = facts.run(run.name)
        good = physical(facts, run)
        lowest = np.array([np.argmin(row) if not row.all() else row.size for row in good]) % good.shape[1]
        rows.append([f"`{run.name}`", short(np.median(found.time[lowest]), 2), percent(1.0 - good.mean()),
                     percent(1.0 - good[:, -1].mean())])
    heading = ["run", "median time of leaving the states", "samples that are no state", "members that are no state at the end"]
    facts.claim(float(rows[0][2].split()[0]) > 50.0, "symmetric memory is unphysical most of the time")
    return f"""
One run alone for each memory, so that the hatching shows where a member is no state.

{table(heading, rows)}
**Shows** how soon the second-order terms take ρ out of the states. **Does not show** what the concurrence would be
where they do: no number is quoted there.
"""


def feedback(facts):
    plain, fed = facts.run(PLAIN.name), facts.run(FED.name)
    change = mean_and_error(finals(facts, FED) - finals(facts, PLAIN))
    stokes = feedback_picture.fed_stokes(fed)
    length = feedback_picture.lengths(stokes)[:, -1].mean(axis=0)
    moved = feedback_picture.distances(stokes)[:, -1].mean(axis=0)
    single = [facts.run(run.name).series("/entanglement/mean/concurrence")[-1] for run in (SINGLE, SINGLE_FED)]
    facts.claim(change[0] < -2 * change[1], "feedback lowers the concurrence at q = 3")
    return f"""
What the network did to the particles is what it is fed in the next epoch (upper panels: Stokes vectors as fed);
charge q = 3, {plain.members} networks with and without.

**Shows** that feedback does not raise the concurrence: at the end it is {final_text(facts, FED)} instead of
{final_text(facts, PLAIN)}, a difference of {plus_minus(*change, sign=True)} (member by member). The Stokes vectors
have turned rather than shrunk: their lengths in the last epoch are {short(length[0])} and {short(length[1])}, and
they have moved by {short(moved[0], 2)} and {short(moved[1], 2)}. At q = 1, the value of the other inputs, the effect
is small: the one network of `entangle-feedback` ends with {short(single[1])} instead of {short(single[0])}. **Does
not show** anything of feedback as such: it is our extension, and these are these networks and pulses.
"""


CASES = (
    Case("figure-3", "Figure 3: the concurrence of two particles", (LEARNING, *MEMORIES),
         (Picture("figure-3", ("entanglement", LEARNING.file, *(run.file for run in MEMORIES)),
                  "Concurrence over the epochs, dashed where unphysical"),),
         figure_3),
    Case("second-order", "The second order as a state", (LEARNING, MEMORIES[1], AVERAGE, REGULARISED),
         (Picture("second-order", ("entanglement", LEARNING.file, MEMORIES[1].file, AVERAGE.file, REGULARISED.file,
                                   "--label", "first order", "--label", "the paper's second order",
                                   "--label", "its average", "--label", "its positive part"),
                  "Concurrence at first order, with the paper's second order, its average and its regularised form"),),
         second_order, ("model.md",)),
    Case("knowledge", "Who finds the entanglement, and how much noise it survives", (LEARNING, KNOWN, CRITICAL),
         (Picture("knowledge", ("entanglement", LEARNING.file, KNOWN.file, "--label", "256 networks", "--label",
                                "32 networks, 8 targets each"),
                  "Concurrence of members, and of the states of observers who know the weights, or nothing"),),
         knowledge, ("model.md", "user-guide.md")),
    Case("controls", "Controls: frozen weights, no Δ, other closures", (LEARNING, FROZEN, DELTA_OFF, BACKPROPAGATION, FULL),
         (Picture("controls", ("entanglement", LEARNING.file, FROZEN.file, DELTA_OFF.file, BACKPROPAGATION.file, FULL.file),
                  "Concurrence in the controls"),),
         controls, ("model.md",)),
    Case("closures", "The closures side by side", (LEARNING, FROZEN, MIXED, MIXED_FROZEN),
         (Picture("closures", ("entanglement", LEARNING.file, FROZEN.file, MIXED.file, MIXED_FROZEN.file, "--label", "bilinear",
                               "--label", "bilinear, frozen", "--label", "mixed", "--label", "mixed, frozen"),
                  "Concurrence with the bilinear and the mixed closure, learning and frozen"),),
         closures, ("model.md",)),
    Case("paper-figure-3", "The paper's own figure 3", (PAPER, PAPER_PLAIN, PAPER_FROZEN),
         (Picture("paper-figure-3", ("entanglement", PAPER.file, PAPER_PLAIN.file, PAPER_FROZEN.file, "--from", "2", "--label",
                                     "adjacent steps coupled", "--label", "no memory", "--label", "no memory, frozen"),
                  "Concurrence of the paper's simplified system from the third epoch on"),),
         paper_figure, ("model.md",)),
    Case("apart", "Apart in time: A in some epochs, B in later ones", (APART, APART_FROZEN),
         (Picture("apart", ("entanglement", APART.file, APART_FROZEN.file),
                  "Concurrence of particles that never share an epoch, with learning and without"),),
         apart, ("model.md",)),
    Case("memory", "Memory of the Boltzmann equation: symmetric, causal, window", MEMORIES,
         tuple(Picture(f"memory-{name}", ("entanglement", run.file),
                       f"Concurrence with {name} memory, unphysical stretches hatched")
               for name, run in zip(("symmetric", "causal", "window"), MEMORIES)),
         memory, ("model.md", "user-guide.md")),
    Case("feedback", "Feedback: the particles act back", (SINGLE, SINGLE_FED, PLAIN, FED),
         (Picture("feedback", ("feedback", PLAIN.file, FED.file, "--label", "plain", "--label", "with feedback"),
                  "Stokes vectors, concurrence and its change for q = 3"),),
         feedback, ("feedback.md",)),
)
