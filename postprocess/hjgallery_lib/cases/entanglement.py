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

PAPER = Run("paper-figure-3")
PLAINLY = ("--set", "boltzmann={ memory = \"none\" }")
PAPER_PLAIN = Run("paper-figure-3-plain", "paper-figure-3", PLAINLY)
PAPER_FROZEN = Run("paper-figure-3-frozen", "paper-figure-3", (*PLAINLY, "--set", "learning.enabled=false"))

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
        one = facts.run(case.name)
        found = measures.entanglement(one)
        left = 1.0 - physical(facts, case).all(axis=1).mean()
        rows.append([f"`{case.name}`", quoted_final(facts, case), percent(found.unphysical_share), percent(left),
                     short(measures.smallest_eigenvalue(one).min(), 2) if found.unphysical_share else "0 to round-off"])
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
    Case("controls", "Controls: frozen weights, no Δ, other closures", (LEARNING, FROZEN, DELTA_OFF, BACKPROPAGATION, FULL),
         (Picture("controls", ("entanglement", LEARNING.file, FROZEN.file, DELTA_OFF.file, BACKPROPAGATION.file, FULL.file),
                  "Concurrence in the controls"),),
         controls, ("model.md",)),
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
