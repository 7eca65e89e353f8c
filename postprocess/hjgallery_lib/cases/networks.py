"""A network and its weights, its path kernel, its wavefunction."""
import numpy as np

from hjgallery_lib.case import Case, Picture, Run
from hjgallery_lib.cases.entanglement import SINGLE
from hjgallery_lib.figures import percent, short, table
from hjplot_lib.kernel import ACCOUNTS, Kernel

KERNEL = Run("path-kernel")
KERNEL_MEMORY = Run("path-kernel-memory", "path-kernel", ("--set", "learning.epoch_memory=1.0"))
WAVE = Run("network-wavefunction")


def network(facts):
    run = facts.run(SINGLE.name)
    error, concurrence = run.series("/series/error"), run.series("/entanglement/mean/concurrence")
    first, last = error[: run.epoch_samples].mean(), error[-run.epoch_samples:].mean()
    facts.claim(last < first, "the error of the last epoch is below that of the first")
    change = max(np.abs(run.file[f"/weights/final/{name}"][:] - run.file[f"/weights/initial/{name}"][:]).max()
                 for name in run.file["/weights/final"])
    return f"""
The one network of `entangle.toml` with its ports for particles A and B: weights at the start and at the end of
{run.epochs} epochs, and the outputs of all neurons.

**Shows** what learning does here: weights change by up to {short(change)} (of those from the ports, only where a
pulse enters), and the mean error of an epoch falls from {short(first)} to {short(last)}. Its concurrence ends at
{short(concurrence[-1])}. **Does not show** an average: single networks differ widely.
"""


def kernel(facts):
    fading, paper = (Kernel(facts.run(run.name)) for run in (KERNEL, KERNEL_MEMORY))
    rows = [[f"`{name}`", meaning, percent(fading.relative_error(name)), percent(paper.relative_error(name))]
            for name, meaning in ACCOUNTS.items()]
    lowest = fading.eigenvalues[0] / fading.eigenvalues[-1]
    facts.claim(lowest > -1e-12, "the path kernel is positive semidefinite")
    facts.claim(fading.relative_error("machine") < 0.15, "the kernel machine is a fair account of slow learning")
    facts.claim(paper.relative_error("machine") > 0.4, "with μ = 1 the kernel machine misses by half")
    facts.claim(max(found.relative_error("two_time") for found in (fading, paper)) < 0.05,
                "the two-time account holds with and without memory")
    return f"""
A 4-8-2 network learns one target; six inputs are watched. The kernel, its spectrum, the outputs, and four accounts of
how learning changed them, beside what it did; error of each over the largest change, with no memory of earlier epochs
(picture) and with the paper's μ = 1:

{table(["account", "is", "μ = 0", "μ = 1"], rows)}
**Shows** that the path kernel exists and is positive (smallest eigenvalue {short(lowest, 2)} of the largest). **Does
not show** anything of quantum theory: it is a Gram matrix, as any differentiable model has one; and with the paper's
own Hamiltonian a kernel machine misses what the network did.
"""


def wavefunction(facts):
    run = facts.run(WAVE.name)
    group = run.require("/wavefunction")
    branches = int(group["branches"][:].max())
    norm, distance, time = group["norm"][:], group["distance"][:], group["time"][:]
    diagnostics = run.require("/diagnostics").attrs
    facts.claim(branches == 3, "three branches interfere")
    facts.claim(np.abs(norm - 1.0).max() > 0.05, "|ψ|² is not normalised")
    facts.claim(distance.max() < 0.01, "members and the sum of branches agree")
    norms = ", ".join(f"{short(n)} at t = {t:g}" for n, t in zip(norm, time))
    return f"""
{run.members} copies of one network that differ in one input a; the output of one neuron is watched. Where it takes
one value for three a there are {branches} branches with three actions J, and ψ = Σ √ρ e^(−iJ/ħ) interferes. Coloured:
|ψ|²; dashed: Σρ; grey: the members.

**Shows** that the Hamilton–Jacobi equation holds along the family (dJ/dt + H to
{short(diagnostics["action_residual"], 2)}, Δ = ∂J/∂y to {short(diagnostics["conjugate_residual"], 2)}) and that
branches interfere, by construction. **Does not show** that a network measures |ψ|²: the members are distributed as
Σρ, without interference (their distribution functions differ by {short(distance.max(), 2)} at most), and ∫|ψ|² is not
even 1: {norms}.
"""


CASES = (
    Case("network", "One network, its weights and its neurons", (SINGLE,),
         (Picture("network", ("network", SINGLE.file), "Network 6-8-2, weights before and after, outputs in time"),),
         network),
    Case("path-kernel", "The path kernel of a learning run", (KERNEL, KERNEL_MEMORY),
         (Picture("path-kernel", ("kernel", KERNEL.file),
                  "Path kernel, its spectrum, outputs, and accounts of their change"),),
         kernel, ("path-kernel.md",)),
    Case("network-wavefunction", "The wavefunction of a network", (WAVE,),
         (Picture("network-wavefunction", ("wavefunction", WAVE.file), "Density coloured by phase, branches and members"),),
         wavefunction, ("wavefunctions.md",)),
)
