"""The learning potential (figure 2), the concurrence of two particles (figure 3), and the controls of figure 3."""
import numpy as np

from hjgallery_lib.case import Case, Picture, Run
from hjgallery_lib.figures import mean_and_error, percent, plus_minus, short, table
from hjplot_lib import feedback as feedback_picture
from hjplot_lib import measures

ONE_LAYER, TWO_LAYERS = Run("potential-one-layer"), Run("potential-two-layer")
LEARNING, FROZEN = Run("entangle-ensemble"), Run("entangle-frozen")
DELTA_OFF, BACKPROPAGATION, FULL = (Run(f"entangle-{name}") for name in ("delta-off", "backpropagation", "full"))
APART, APART_FROZEN = Run("entangle-apart"), Run("entangle-apart-frozen")
MEMORIES = tuple(Run(f"entangle-memory-{name}") for name in ("symmetric", "causal", "window"))
SINGLE, SINGLE_FED = Run("entangle"), Run("entangle-feedback")
STRONG = ("--set", "ensemble.members=256", "--set", "boltzmann.charge=3.0")
PLAIN = Run("feedback-plain", "entangle-ensemble", STRONG)
FED = Run("feedback-fed", "entangle-ensemble", (*STRONG, "--set", "particles.feedback=true"))

ROUND_OFF = 1e-12


def epoch_means(run, members):
    """Mean over each epoch of every member: members x epochs."""
    return members.reshape(len(members), -1, run.epoch_samples).mean(axis=2)


def drift(run):
    """By how much the potential has changed over the last five epochs: mean over the members, and its error."""
    members = epoch_means(run, run.require("/ensemble/member/interaction")[:])
    return mean_and_error(members[:, -1] - members[:, -6])


def potential_row(facts, name):
    run = facts.run(name)
    found = measures.potential_figures(run)
    facts.claim(found.start - found.minimum > 3 * found.start_error, f"the potential of {name} falls from its start")
    facts.claim(found.plateau - found.minimum > 3 * found.minimum_error, f"the potential of {name} rises again")
    lj, mie = run.fit("lj"), run.fit("mie")
    undetermined = ", exponents undetermined" if mie.get("at_bound") or not mie.get("converged", 1.0) else ""
    return [f"`{name}`", plus_minus(found.start, found.start_error), plus_minus(found.minimum, found.minimum_error),
            short(found.minimum_time, 2), short(found.plateau), plus_minus(*drift(run), sign=True), f"{lj['r2']:.3f}",
            f"{mie['r2']:.3f}{undetermined}"]


def first_epoch_range(facts, name):
    """How much the mean potential varies within the first epoch."""
    run = facts.run(name)
    value, _ = run.mean_and_error("interaction", "")
    return float(np.ptp(value[: run.epoch_samples]))


def figure_2(facts):
    run = facts.run(ONE_LAYER.name)
    still = max(first_epoch_range(facts, name) for name in (ONE_LAYER.name, TWO_LAYERS.name))
    facts.claim(still < 1e-6, "the potential is constant within the first epoch")
    drifts = {words: drift(facts.run(name)) for words, name in (("one layer", ONE_LAYER.name), ("two layers", TWO_LAYERS.name))}
    drifting = " and ".join(words for words, (mean, error) in drifts.items() if abs(mean) > 3 * error)
    facts.claim(drifting != "", "a potential still drifts at the end of the run")
    heading = ["networks", "start", "minimum", "at t", "last epoch", "drift over the last 5 epochs",
               "R², Lennard-Jones", "R², Mie"]
    rows = [potential_row(facts, name) for name in (ONE_LAYER.name, TWO_LAYERS.name)]
    return f"""
The learning potential H_int, averaged over {run.members} networks of one (4-2) and of two layers (4-6-2); bands and ±
are one standard error.

{table(heading, rows)}
**Shows** what the paper's figure 2 says: a repulsive start, a minimum, a rise. **Does not show** a plateau that would
determine a curve: that of {drifting} still drifts, so the fits depend on their window, which is the whole run. The general
Mie form is hardly better than Lennard-Jones' exponents 12 and 6. Within the first epoch the potential is constant (to
{short(still, 2)}), as the equations demand: weights act an epoch later.
"""


def finals(facts, run):
    """The concurrence at the end of the run, member by member."""
    return facts.run(run.name).require("/ensemble/member/concurrence")[:, -1]


def final_text(facts, run):
    return plus_minus(*mean_and_error(finals(facts, run)))


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
        rows.append([f"`{case.name}`", final_text(facts, case), percent(found.unphysical_share),
                     short(found.smallest.min(), 2) if found.unphysical_share else "0 to round-off"])
        facts.claim(case is LEARNING or found.unphysical_share > 0.1, f"{case.name} leaves the states")
    return f"""
Two particles enter a 6-8-2 network in pulses of every epoch; the mean concurrence of {run.members} networks.
`entangle-ensemble` has `memory = "none"`; the others have the paper's second-order terms, with their memory over the
whole run (the paper's reading of (99)), the past, or half an epoch on both sides.

{table(["run", "concurrence at the end", "samples that are no state", "smallest eigenvalue"], rows)}
**Shows** the growth of the paper's figure 3, from particles that enter separable. **Does not show** that the
second-order equation gives entanglement: it does not keep ρ positive, and a concurrence of what is not a state means
nothing. Those stretches are dashed. Nor is the growth a sign of learning: see the [controls](#controls).
"""


def lead(facts):
    """By how much, and when, learning networks are ahead of frozen ones: the most certain end of an epoch."""
    learning, frozen = (facts.run(run.name) for run in (LEARNING, FROZEN))
    ends = slice(learning.epoch_samples - 1, None, learning.epoch_samples)
    name = "/ensemble/member/concurrence"
    mean, error = mean_and_error(learning.require(name)[:, ends] - frozen.require(name)[:, ends])
    best = int(np.argmax(mean / np.maximum(error, ROUND_OFF)))
    return best, plus_minus(mean[best], error[best], sign=True), mean[best] / error[best]


def controls(facts):
    base = finals(facts, LEARNING)
    says = {LEARNING: "what they are compared with", FROZEN: "weights stay as drawn: entangles as well",
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
    frozen = mean_and_error(finals(facts, FROZEN) - base)
    facts.claim(abs(frozen[0]) < 3 * frozen[1], "with frozen weights the final concurrence is the same within the errors")
    full = mean_and_error(finals(facts, FULL) - base)
    facts.claim(full[0] > 3 * full[1], "the full closure entangles more")
    epoch, ahead, certain = lead(facts)
    facts.claim(certain > 2.0, "learning networks are ahead for a while")
    return f"""
The same networks as in figure 3, member by member, with one thing changed. Differences are those of the members, ± a
standard error.

{table(["run", "concurrence at the end", "difference", "says"], rows)}
**Shows** what the growth in figure 3 rests on: on Δ, and on the valuation of E. **Does not show** that learning
entangles: a network that learns nothing ends with the same concurrence within the errors. On the way there learning
is ahead, most clearly at the end of epoch {epoch}, by {ahead}.
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
        good = found.require("/ensemble/member/physical")[:] == 1
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
    Case("figure-2", "Figure 2: the averaged learning potential", (ONE_LAYER, TWO_LAYERS),
         (Picture("figure-2", ("potential", ONE_LAYER.file, TWO_LAYERS.file), "Averaged learning potential in time"),),
         figure_2),
    Case("figure-3", "Figure 3: the concurrence of two particles", (LEARNING, *MEMORIES),
         (Picture("figure-3", ("entanglement", LEARNING.file, *(run.file for run in MEMORIES)),
                  "Concurrence over the epochs, dashed where unphysical"),),
         figure_3),
    Case("controls", "Controls: frozen weights, no Δ, other closures", (LEARNING, FROZEN, DELTA_OFF, BACKPROPAGATION, FULL),
         (Picture("controls", ("entanglement", LEARNING.file, FROZEN.file, DELTA_OFF.file, BACKPROPAGATION.file, FULL.file),
                  "Concurrence in the controls"),),
         controls, ("model.md",)),
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
