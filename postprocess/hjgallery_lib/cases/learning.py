"""Learning from data: which choices of the Hamiltonian learn, digits, values of a grid world, recall."""
import numpy as np

from hjgallery_lib.case import Case, Picture, Run
from hjgallery_lib.figures import mean_and_error, percent, plus_minus, short, table
from hjplot_lib import growth, learning_study
from hjplot_lib.evaluations import Evaluations
from hjplot_lib.gridworld import World
from hjplot_lib.hopfield import Recalls

DIGITS_DATA = ("digits", "digits.h5", "--scale", "common")
IRIS_DATA = ("iris", "iris.h5", "--scale", "standard")
PAPER = ("--set", "learning.epoch_memory=1.0")
INITIAL = ("--set", 'learning.momentum="initial"', "--set", "learning.inertia=10.0")
DIGITS = Run("digits-run", "digits", data=DIGITS_DATA)  # as input/digits.toml calls it: digits.h5 is the data
DIGITS_PAPER = Run("digits-paper", "digits", (*PAPER, "--set", "learning.inertia=-100"), data=DIGITS_DATA)
IRIS = Run("learning", data=IRIS_DATA)
IRIS_PAPER = Run("learning-paper", "learning", PAPER, data=IRIS_DATA)
IRIS_INITIAL = Run("learning-initial", "learning", INITIAL, data=IRIS_DATA)
GROWTH = {Run("growth-fading", "learning-growth", ("--set", "learning.epoch_memory=0.5")): "terminal, μ = 0.5",
          Run("growth-paper", "learning-growth"): "terminal, μ = 1",
          Run("growth-initial", "learning-growth", INITIAL): "initial, μ = 1"}
HOPFIELD = Run("hopfield-run", "hopfield", data=("hopfield", "hopfield.h5"))
GRID = Run("gridworld")
WORLD_STATES, WORLD_ACTIONS, MEMBERS = 9, 4, 256


def slippery(slip, inertia, readout="values", target=1):
    """A world of 3 x 3 cells whose outcomes every member draws for itself. A value has the same rate of learning with either
    read-out: V and A(a) together have 7/4 times the gradient of one output."""
    outputs = WORLD_ACTIONS + (readout == "dueling")
    keys = {"network.layer": f'[{{ name = "state", neurons = {WORLD_STATES}, transfer = "identity" }}, '
                             f'{{ name = "value", neurons = {outputs}, transfer = "identity" }}]',
            "environment.grid": f"{{ rows = 3, columns = 3, goal = [2, 2], pits = [[1, 1]], slip = {slip} }}",
            "environment.readout": f'"{readout}"', "environment.target_epochs": target, "run.epoch_length": 28.0,
            "run.samples_per_epoch": 28, "learning.inertia": -inertia * (1.75 if readout == "dueling" else 1.0),
            "ensemble.members": MEMBERS, "ensemble.vary": '["stimulus"]'}
    name = f"slip-{slip}-{inertia:.0f}-{readout}-{target}"
    return Run(name, "gridworld", tuple(word for key, value in keys.items() for word in ("--set", f"{key}={value}")))


CERTAIN = slippery(0.0, 42.0)
CHOICES = (("values", 1), ("values", 4), ("dueling", 1), ("dueling", 4))
SLIPPERY = {inertia: tuple(slippery(0.3, inertia, *choice) for choice in CHOICES) for inertia in (42.0, 168.0)}
PATTERNS = Run("patterns-run", "patterns", data=("synthetic", "patterns.h5"))

WANTED_ACCURACY = 0.96
WANTED_VALUES = 0.05  # of the largest


def judged(run):
    """At the epoch that the validation set chose: the number of epochs, and test accuracy and error of every member."""
    found = Evaluations(run)
    rows = found.best()
    members = np.arange(len(rows))
    return (found.epoch[rows], found.curve("test", "accuracy")[members, rows], found.curve("test", "error")[members, rows],
            found.curve("test", "accuracy")[:, -1])


def digits(facts):
    rows = []
    for run, words in ((DIGITS, "fading memory"), (DIGITS_PAPER, "the paper's, μ = 1")):
        file = facts.run(run.name)
        epoch, accuracy, error, last = judged(file)
        rows.append([f"`{run.name}`: {words}", f"{epoch[0]}", percent(accuracy[0], 4), short(error[0]), percent(last[0], 4)])
        facts.claim(run is DIGITS_PAPER or accuracy[0] >= WANTED_ACCURACY, "at least 96 % of the test digits are recognised")
    found = facts.run(DIGITS.name)
    patterns = int(found.require("/evaluation/test").attrs["patterns"])
    right = round(judged(found)[1][0] * patterns)
    return f"""
Handwritten digits of 8 × 8 points, a network 64-64-10 and the Hamiltonian dynamics alone. {found.epochs} epochs at
most; the one to stop at is chosen on validation digits. The {patterns} test digits have no say in anything.

{table(["run", "epochs chosen", "test accuracy there", "test error E there", "test accuracy at the end"], rows)}
**Shows** that the Hamiltonian learns: {right} of {patterns} digits that it has never seen. That is with a fading
epoch memory, our change of the paper's Hamiltonian; beside it the paper's own. **Does not show** that this is a
better way than others: [learning](learning.md) has scikit-learn's perceptron of the same size on the same split.
"""


def patterns(facts):
    run = facts.run(PATTERNS.name)
    found = Evaluations(run)
    accuracy, error = (found.curve("test", quantity)[0] for quantity in ("accuracy", "error"))
    count = int(run.require("/evaluation/test").attrs["patterns"])
    facts.claim(accuracy[-1] > 0.5 and error[-1] < error[0], "most points that were never shown are told apart")
    return f"""
The smallest set of patterns: points about three centres, some of them in each epoch, one after another.

**Shows** a network that after {found.epoch[-1]} epochs tells apart {percent(accuracy[-1], 3)} of {count} points that it was never shown
({percent(accuracy[0], 3)} before it learned, and {percent(accuracy[-2], 3)} still after {found.epoch[-2]}), with E = {short(error[-1])} instead of {short(error[0])}. **Does not show** anything hard: it is the example of how data are shown.
"""


def choices(facts):
    rows = []
    ends = {}
    for run, words in ((IRIS, "terminal, ω < 0, fading memory"), (IRIS_PAPER, "terminal, ω < 0, μ = 1: the paper's"),
                       (IRIS_INITIAL, "initial, ω > 0")):
        learner = learning_study.Learner(facts.run(run.name), "train")
        ends[run] = mean_and_error(learner.error[:, -1])
        rows.append([f"`{run.name}`", words, plus_minus(*mean_and_error(learner.error[:, 0])),
                     plus_minus(*mean_and_error(learner.error.min(axis=1))), plus_minus(*ends[run])])
    facts.claim(ends[IRIS][0] < ends[IRIS_PAPER][0], "a fading memory ends with a lower error than the paper's")
    facts.claim(ends[IRIS][0] < ends[IRIS_INITIAL][0], "initial conditions of the momenta end worse")
    return f"""
Fisher's irises, 4-8-3 networks, {facts.run(IRIS.name).members} from weights of their own; error of the training set
with the network at rest.

{table(["run", "choice", "E at the start", "lowest on the way", "at the end"], rows)}
**Shows** which choices of the Hamiltonian learn and stay: with terminal conditions and a fading memory the weights
settle. With the paper's μ = 1 no velocity is ever forgotten: the error falls, and comes back. **Does not show** the
whole study, which has inertia, decay and λ as well (`jobscripts/learning-study.sh`).
"""


def rates(facts):
    rows = []
    for run, words in GROWTH.items():
        curvature, memory, momentum, seen = learning_study.growth_of(facts.run(run.name))
        sign = -1.0 if momentum == "terminal" else 1.0
        theory = growth.rate(curvature, memory, momentum, sign)
        rows.append([f"`{run.name}`", words, short(theory), short(seen)])
        facts.claim(abs(theory - seen) < 0.02 * abs(theory) + 2e-3, f"{run.name} grows or dies away as linear theory says")
        facts.claim((seen < 0) == (memory < 1.0), f"{run.name}: settles only where velocities are forgotten")
    return f"""
One weight of curvature h T²/|ω| = {short(curvature, 1)} between two neurons, and what linear theory says of it. The
picture has the energies of the first two.

{table(["run", "choice", "growth an epoch, theory", "seen"], rows)}
**Shows** why: at μ = 1 even a single weight grows about its minimum, since the neurons see it one epoch late. **Does
not show** more than one weight of constant curvature.
"""


def recall(facts):
    found = Recalls(facts.run(HOPFIELD.name))
    first, last, overlap = found.wrong(0), found.wrong(-1), found.overlap()[-1]
    energy = found.energy()
    rise = max(0.0, float(np.diff(energy, axis=0).max()))
    off = float(np.abs(energy.sum(axis=1) - found.total).max())
    facts.claim(last.max() == 0, "every stored pattern is recalled")
    facts.claim(rise < 1e-6, "the energy never rises")
    facts.claim(off < 1e-6, "the run's E is that of the formula")
    rows = [[name.replace("_", " "), f"{a} of {found.stored.shape[1]}", str(b), short(m, 4), short(e[0], 4), short(e[-1], 4)]
            for name, a, b, m, e in zip(found.names, first, last, overlap, energy.T)]
    return f"""
Letters stored in the weights of a Hopfield network by Hebb's rule, and copies of them with wrong points; weights do
not move.

{table(["recall", "wrong points at the start", "at the end", "overlap at the end", "E at the start", "E at the end"], rows)}
**Shows** that the neurons' own dynamics brings the letters back, and that the energy, as `error = "lyapunov"`, falls
all the way (largest rise between samples {short(rise, 2)}). **Does not show** learning: the weights are given.
"""


def grid(facts):
    run = facts.run(GRID.name)
    world = World(run)
    facts.claim(world.acting >= 24 and world.right[-1] == world.acting, "the greedy policy is optimal in every state")
    facts.claim(world.error[-1] < WANTED_VALUES, "Q is within 5 % of value iteration")
    entry = world.entry_error()
    return f"""
A grid world of {world.grid["rows"]} × {world.grid["columns"]} cells: the outputs of a network learn the values Q(s,
a) of its actions from what they bring (`error = "bellman"`); value iteration beside it.

**Shows** that the Hamiltonian learns from reward: after {len(world.error)} epochs the greedy policy is optimal in
{world.right[-1]} of the {world.acting} states in which there is something to choose, and Q is off value iteration by
{percent(world.error[-1])} of its largest value at most, or by {percent(entry)} of each entry. **Does not show**
exploration, as every pair of state and action is shown in every epoch; nor a network that generalises: it has an
input for each state.
"""


def at_end(run, name):
    return run.require(f"/ensemble/member/{name}")[:, -1]


def overestimation(facts):
    rows = []
    certain = facts.run(CERTAIN.name)
    known = mean_and_error(at_end(certain, "overestimation"))
    facts.claim(known[0] < 0.0, "without drawn outcomes values promise no more than acting brings")
    found = {}
    for inertia, runs in SLIPPERY.items():
        plain = at_end(facts.run(runs[0].name), "overestimation")
        for (readout, target), one in zip(CHOICES, runs):
            run = facts.run(one.name)
            over = at_end(run, "overestimation")
            found[inertia, readout, target] = mean_and_error(over), mean_and_error(over - plain)
            change = "" if one is runs[0] else plus_minus(*found[inertia, readout, target][1], sign=True)
            rows.append([f"{inertia:.0f}", readout, str(target), plus_minus(*found[inertia, readout, target][0]), change,
                         plus_minus(*mean_and_error(at_end(run, "return"))), plus_minus(*mean_and_error(at_end(run, "policy_optimal")))])
    world = World(facts.run(SLIPPERY[42.0][0].name))
    fast, slow = (found[inertia, "values", 1][0] for inertia in (42.0, 168.0))
    facts.claim(fast[0] > 10.0 * fast[1] and slow[0] > 3.0 * slow[1] and slow[0] < 0.3 * fast[0],
                "values promise too much where outcomes are drawn, and less so where learning is slow")
    cures = [found[42.0, *choice][1] for choice in CHOICES[1:]]
    facts.claim(all(mean > -3.0 * error for mean, error in cures), "no cure lessens it where learning is fast")
    slow_cures = [found[168.0, *choice][1] for choice in CHOICES[1:]]
    facts.claim(all(mean < -3.0 * error for mean, error in slow_cures), "the cures lessen it where learning is slow")
    heading = ["|ω|", "read-out", "target follows every", "overestimation", "less that of the first line", "return",
               f"optimal states of {world.acting}"]
    return f"""
A world of 3 × 3 cells with a pit in the middle; a move slips to the side with probability 0.3, and each of {MEMBERS} members
draws what happens for itself. Overestimation is what the largest value of a state promises, less what acting by the values
returns (exactly), mean over the states; the best policy returns {short(world.best_return)}.

{table(heading, rows)}
**Shows** the overestimation that the text speaks of: the maximum over values that fluctuate is too large. It comes with drawn outcomes
(without them, slip = 0, it is {plus_minus(*known)}), and goes where fluctuations do: four times |ω|, which learns four times as
slowly and so averages over more of them, leaves a seventh. Where learning is slow, so do the cures that are named there, a target network that
follows every four epochs and a dueling read-out: both together take {plus_minus(*[-slow_cures[-1][0], slow_cures[-1][1]])} of
{plus_minus(*slow)} away. **Does not show** that they cure it where learning is fast: there they change nothing or make it worse. What the
policies return is better by no more than its error.
"""


CASES = (
    Case("digits", "Handwritten digits", (DIGITS, DIGITS_PAPER),
         (Picture("digits", ("learning", DIGITS.file, DIGITS_PAPER.file, "--label", "fading memory", "--label", "μ = 1"),
                  "Accuracy and error against epochs, energies"),
          Picture("digits-confusion", ("confusion", DIGITS.file), "Which test digits are taken for which")),
         digits, ("learning.md",)),
    Case("patterns", "Patterns: points of three classes", (PATTERNS,),
         (Picture("patterns", ("learning", PATTERNS.file), "Accuracy, error and energies of a small set"),),
         patterns, ("patterns.md", "evaluation.md")),
    Case("learning", "Which Hamiltonians learn", (IRIS, IRIS_PAPER, IRIS_INITIAL),
         (Picture("learning", ("learning", IRIS.file, IRIS_PAPER.file, IRIS_INITIAL.file, "--label", "fading memory",
                               "--label", "μ = 1", "--label", "initial"),
                  "Error and accuracy of three choices of the Hamiltonian"),),
         choices, ("learning.md",)),
    Case("learning-growth", "Why: one weight, and what linear theory says of it", tuple(GROWTH),
         (Picture("learning-growth", ("learning", "growth-fading.h5", "growth-paper.h5", "--label", "terminal, μ = 0.5",
                                      "--label", "terminal, μ = 1"), "Energies of a single weight, settling and not"),),
         rates, ("learning.md",)),
    Case("hopfield", "Recall in a Hopfield network", (HOPFIELD,),
         (Picture("hopfield", ("hopfield", HOPFIELD.file), "Letters, corrupted copies and recalls; energy and overlap"),),
         recall, ("hopfield.md",)),
    Case("gridworld", "Values of a grid world", (GRID,),
         (Picture("gridworld", ("gridworld", GRID.file), "Learned values and greedy actions beside value iteration"),),
         grid, ("reinforcement.md",)),
    Case("overestimation", "What values promise, and what acting by them brings", (CERTAIN, *SLIPPERY[42.0], *SLIPPERY[168.0]),
         (Picture("overestimation", ("gridworld", SLIPPERY[42.0][0].file, SLIPPERY[168.0][0].file, "--label", "|ω| = 42", "--label",
                                     "|ω| = 168"), "Learned values beside value iteration, errors and returns of one member of each"),),
         overestimation, ("reinforcement.md",)),
)
