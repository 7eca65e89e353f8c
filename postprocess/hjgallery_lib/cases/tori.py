"""Invariant tori, and wavefunctions on them."""
import numpy as np
from scipy.special import ellipe

from hjgallery_lib.case import Case, Picture, Run
from hjgallery_lib.figures import short, table, vector
from hjplot_lib.torusfile import STATUS

PENDULUM = Run("torus-pendulum", verb="torus")
ORBITS = ("--set", "torus.trajectory={count = 2, time = 1500.0, samples = 64}")
ROTORS = Run("torus-rotors", options=ORBITS, verb="torus")
RESONANT = Run("torus-resonant", options=ORBITS, verb="torus")
NETWORK = Run("torus-network", verb="torus")
WAVE = Run("torus-wavefunction", verb="torus")
WAVE_ROTORS = Run("torus-wavefunction-rotors", verb="torus")


def found(file):
    """Rows that have a torus."""
    return np.nonzero(file.status == 0)[0]


def residual(file):
    return float(file.require("/torus/residual")[:][found(file)].max())


def actions(file, rows):
    return ", ".join(vector(file.action[row]) for row in rows)


def pendulum_action(energy, epsilon):
    """J(K) of the rotating pendulum I²/2 - ε cos φ: a complete elliptic integral."""
    modulus = 2.0 * epsilon / (energy + epsilon)
    return 2.0 / np.pi * np.sqrt(2.0 * (energy + epsilon)) * ellipe(modulus)


def pendulum(facts):
    file = facts.torus(PENDULUM.name)
    rows, epsilon = found(file), float(file.input["torus"]["epsilon"])
    energy = file.require("/torus/hamiltonian")[:][rows]
    error = np.abs(pendulum_action(energy, epsilon) - np.abs(file.action[rows, 0])).max()
    separatrix = 4.0 * np.sqrt(epsilon) / np.pi
    facts.claim(error < 1e-11, "K(J) of the pendulum is the elliptic integral's")
    facts.claim(np.array_equal(rows, np.nonzero(np.abs(file.action[:, 0]) > separatrix)[0]),
                "there is a torus for every J outside the separatrix and for none inside")
    modes = file.require("/torus/modes")[:][rows, 0]
    return f"""
H = I²/2 − ε cos φ: a torus for each J beyond the separatrix, |J| > 4√ε/π = {separatrix:.4f}; within it the pendulum
librates.

**Shows** {len(rows)} tori, their K(J) off the elliptic integrals by {short(error, 2)} at most in J (residuals |H − K|
up to {short(residual(file), 2)}), with {modes.min()} modes far out and {modes.max()} next to the separatrix; and no
torus, with the reason, for the {len(file.action) - len(rows)} J inside. **Does not show** librating tori, which are
no graphs over φ and are not looked for.
"""


def reasons(file):
    """A row for every J without a torus."""
    text = file.file["/torus"].attrs["reasons"]
    text = text.decode() if isinstance(text, bytes) else str(text)
    said = dict(line.split(": ", 1) for line in text.splitlines())
    return [[vector(file.action[row]), STATUS[file.status[row]],
             said.get(str(row), "").split(";")[0]] for row in np.nonzero(file.status)[0]]


def frequency_error(file):
    """Largest difference of an orbit's frequency from ∂K/∂J of the torus that it starts on."""
    orbit_torus, measured = file.require("/trajectory/torus")[:], file.require("/trajectory/frequency")[:]
    frequency = file.require("/torus/frequency")[:]
    return max(np.abs(measured[i] - frequency[row]).max() for i, row in enumerate(orbit_torus)
               if row >= 0 and file.status[row] == 0)


def rotors(facts):
    file = facts.torus(ROTORS.name)
    rows = found(file)
    facts.claim(len(rows) > 0 and residual(file) < 1e-11, "the rotors' tori solve the equation to 1e-11")
    facts.claim(frequency_error(file) < 1e-7, "orbits on the rotors' tori have their frequencies")
    return f"""
H = |I|²/2 − ε (cos φ₁ + cos φ₂ + cos(φ₁ − φ₂)), ε = {file.input["torus"]["epsilon"]:g}, J₁ = 1: the section φ₂ = 0,
with orbits.

**Shows** tori for J = {actions(file, rows)}: |H − K| up to {short(residual(file), 2)}, frequencies of orbits on them
off ∂K/∂J by {short(frequency_error(file), 2)} at most. **Does not show** that these tori exist in the sense of a
proof: frequencies in rational ratios are dense. None are found for

{table(["J", "answer", "reason"], reasons(file))}"""


def resonant(facts):
    file = facts.torus(RESONANT.name)
    missing = np.nonzero(file.status)[0]
    facts.claim(all(STATUS[file.status[row]] == "resonant" for row in missing), "what is missing is resonant")
    facts.claim(all(abs(file.action[row, 0] - file.action[row, 1]) < 0.18 for row in missing),
                "what is missing lies within the resonance")
    facts.claim(residual(file) < 1e-11, "the tori beside the resonance solve the equation")
    return f"""
Two rotors with equal frequencies and a coupling that feels their difference: the smallest case in which a denominator
of the paper's (63) vanishes. Orbits that start from the J without a torus librate about φ₁ = φ₂.

**Shows** that the series (63) has no meaning at a resonance, and how wide that is: tori are found for J =
{actions(file, found(file))} (|H − K| up to {short(residual(file), 2)}), none within |J₁ − J₂| < (4/π)√(2ε) =
{4.0 / np.pi * np.sqrt(2.0 * file.input["torus"]["epsilon"]):.2f}:

{table(["J", "answer", "reason"], reasons(file))}"""


def network(facts):
    file = facts.torus(NETWORK.name)
    found_rows, attributes = found(file), file.require("/network").attrs
    potential = file.file["/network/potential"][:]
    share = float(attributes["defect_max"]) / np.ptp(potential)
    facts.claim(residual(file) < 1e-11, "the tori of the network's potential solve the equation")
    facts.claim(share > 0.2, "the window changes the potential as much as the text says")
    return f"""
H = M²/2ω + V(W) for one weight of a 4-3-2 network, V its error averaged over an epoch, made periodic by a window.

**Shows** that such a Hamiltonian has tori: {len(found_rows)} of {len(file.action)}, |H − K| up to
{short(residual(file), 2)}. **Does not show** that a network moves on them: weights are no angles, and the window that
makes V periodic changes it by up to {short(attributes["defect_max"])}, {100.0 * share:.0f} % of its range; nor is it
the delayed learning of the paper, but its autonomous part. Between its {int(attributes["runs"])} runs of the network,
V is interpolated to {short(attributes["interpolation_error"], 2)}.
"""


def exact_levels(numbers, hbar, epsilon):
    """Eigenvalues of −ħ²/2 d²/dφ² − ε cos φ: the mean of the pair that belongs to ±m."""
    most = 80
    kinetic = 0.5 * (hbar * np.arange(-most, most + 1)) ** 2
    matrix = np.diag(kinetic) - 0.5 * epsilon * (np.eye(2 * most + 1, k=1) + np.eye(2 * most + 1, k=-1))
    values = np.linalg.eigvalsh(matrix)
    return np.array([values[2 * abs(m) - 1: 2 * abs(m) + 1].mean() for m in numbers])


def wave(facts):
    file = facts.torus(WAVE.name)
    number, energy = file.require("/levels/number")[:, 0], file.require("/levels/energy")[:]
    good = file.require("/levels/status")[:] == 0
    hbar = float(file.require("/wavefunction").attrs["hbar"])
    exact = exact_levels(number, hbar, float(file.input["torus"]["epsilon"]))
    facts.claim(np.abs(energy - exact)[good].max() < 1e-3, "semiclassical levels are near the exact ones")
    nothing = ["no torus", "–", "–"]
    rows = [[f"{m:d}".replace("-", "−"), *([short(e, 7), short(x, 7), short(abs(e - x), 2)] if ok else nothing)]
            for m, e, x, ok in zip(number, energy, exact, good)]
    distance, levels = file.require("/trajectory/ks_distance"), file.require("/trajectory/level")[:]
    bound = float(distance.attrs["bound_99"])
    worst = np.nanmax(distance[:][levels >= 0])
    facts.claim(worst < 1.3 * bound, "orbits are distributed as |ψ|²")
    return f"""
The pendulum once more (ε = {file.input["torus"]["epsilon"]:g}), with orbits on its tori and within its separatrix,
and ψ = √ρ e^(−iS/ħ) of the level m = {number[good][0]}.

**Shows** that |ψ|² is the time that orbits spend at φ: distances of their distribution functions are at most
{short(worst, 2)}, the 99 % bound of as many independent samples being {short(bound, 2)}. Levels K(ħm) against those
of the Schrödinger equation (mean of the pair ±m), ħ = {hbar:g}:

{table(["m", "K(ħm)", "exact", "difference"], rows)}
**Does not show** tunnelling, nor anything within the separatrix: there is no ψ of this kind where there is no torus.
"""


def wave_rotors(facts):
    file = facts.torus(WAVE_ROTORS.name)
    norm = np.abs(file.require("/wavefunction/norm")[:] - 1.0).max()
    distance = file.require("/trajectory/ks_distance")
    bound, all_distances = float(distance.attrs["bound_99"]), distance[:][np.isfinite(distance[:])]
    above = int((all_distances > bound).sum())
    drift = np.nanmax(file.require("/trajectory/energy_drift")[:])
    facts.claim(norm < 1e-11, "the norm of ψ is 1")
    facts.claim(above <= 0.1 * all_distances.size + 1, "orbits are distributed as |ψ|²")
    return f"""
Two coupled rotors, ε = {file.input["torus"]["epsilon"]:g}: the section φ₂ = 0 with tori, an island and chaos, and ψ
of the first level.

**Shows** tori beside a resonance that has none ({np.count_nonzero(file.status)} of {len(file.action)} J): orbits that
start there fill an island or wander; the others stay on their curves, their frequencies off ∂K/∂J by
{short(frequency_error(file), 2)} at most (drift of the energy {short(drift, 2)}). ψ is normalised to
{short(norm, 2)}, and {above} of {all_distances.size} distances between orbits and |ψ|² are above the 99 % bound.
**Does not show** ψ where there is no torus.
"""


CASES = (
    Case("torus-pendulum", "Tori of the pendulum", (PENDULUM,),
         (Picture("torus-pendulum", ("torus", PENDULUM.file), "Tori of the pendulum outside its separatrix"),),
         pendulum, ("tori.md",)),
    Case("torus-rotors", "Tori of two coupled rotors", (ROTORS,),
         (Picture("torus-rotors", ("torus", ROTORS.file), "Tori and orbits of two rotors in a section"),),
         rotors, ("tori.md",)),
    Case("torus-resonant", "A resonance, where there is no torus", (RESONANT,),
         (Picture("torus-resonant", ("torus", RESONANT.file), "Tori beside a resonance, and orbits within it"),),
         resonant, ("tori.md",)),
    Case("torus-network", "Tori in the potential of a network", (NETWORK,),
         (Picture("torus-network", ("torus", NETWORK.file), "Tori of one weight in a network's potential"),),
         network, ("tori.md",)),
    Case("torus-wavefunction", "Wavefunctions and levels of the pendulum", (WAVE,),
         (Picture("torus-wavefunction", ("torus", WAVE.file), "Phase portrait of the pendulum"),
          Picture("torus-wavefunction-psi", ("wavefunction", WAVE.file), "Density, phase and orbits of a level")), wave,
         ("tori.md",)),
    Case("torus-wavefunction-rotors", "Wavefunctions of two coupled rotors", (WAVE_ROTORS,),
         (Picture("torus-wavefunction-rotors", ("torus", WAVE_ROTORS.file), "Section with tori, island and chaos"),
          Picture("torus-wavefunction-rotors-psi", ("wavefunction", WAVE_ROTORS.file),
                  "Phase and density of a level, and an orbit")),
         wave_rotors, ("tori.md",)),
)
