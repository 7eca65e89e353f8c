#!/usr/bin/python3
"""Bath and mediator noise against QuTiP's mesolve: the whole density matrix at every sample of a run's first three epochs.

    apt-get install --no-install-recommends python3-qutip python3-h5py
    benchmarks/boltzmann/open_systems.py HJNET INPUT.toml

HJNET is the program, INPUT an input with particles, such as input/entangle.toml. Everything is built anew from the
polynomials of c_alpha in the run file: collapse operators of the bath along its axes, and for the noise those of
Kafri, Taylor and Milburn, sqrt(x eta q kappa_j(t)) u_j(t).sigma, from the singular values of c_mu nu(t) at the time
that mesolve asks for. Prints the largest difference of any element of rho; exit status 1 above 1e-7.
"""
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import qutip
from numpy.polynomial import chebyshev

BOUND = 1e-7
SIGMA = [qutip.sigmax(), qutip.sigmay(), qutip.sigmaz()]
ONE = qutip.qeye(2)
LOCAL = [[qutip.tensor(s, ONE) for s in SIGMA], [qutip.tensor(ONE, s) for s in SIGMA]]
PRODUCTS = [qutip.tensor(a, b) for a in [ONE, *SIGMA] for b in [ONE, *SIGMA]]
AXIS = np.array([1.0, -2.0, 2.0]) / 3.0
CASES = {
    "nothing else": {},
    "dephasing": {"bath": "{ dephasing = 0.3 }"},
    "bath along axes of their own": {
        "bath": "{ dephasing = [0.05, 0.1], relaxation = 0.2, occupation = [0.4, 0.0], axis = [[0.0, 0.0, 1.0], [1.0, -2.0, 2.0]] }"},
    "mediator noise 0.4": {"mediator_noise": "0.4"},
    "mediator noise 1 and a bath": {"mediator_noise": "1.0", "bath": "{ relaxation = 0.1 }"},
}
BATHS = {  # of A and B: dephasing, relaxation, occupation, axis
    "dephasing": [(0.3, 0.0, 0.0, (0, 0, 1))] * 2,
    "bath along axes of their own": [(0.05, 0.2, 0.4, (0, 0, 1)), (0.1, 0.2, 0.0, AXIS)],
    "mediator noise 1 and a bath": [(0.0, 0.1, 0.0, (0, 0, 1))] * 2,
}
CHARGE, ETA = 1.6, 1.0
EPOCHS = 3


def run(program, given, settings, folder):
    output = pathlib.Path(folder) / "run.h5"
    command = [program, "run", given, "--output", output, "--overwrite", "--set", f"boltzmann.charge={CHARGE}", "--set",
               "solver.relative_tolerance=1e-9"]
    for key, value in settings.items():
        command += ["--set", f"boltzmann.{key}={value}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with h5py.File(output) as file:
        epochs, samples = int(file.attrs["epochs"]), int(file.attrs["samples_per_epoch"])
        c = [Polynomials(file["operator/boundaries"][:], values) for values in file["operator/coefficients"][0]]
        return c, file["density/mean"][:].reshape(epochs, samples + 1, 4, 4), file["series/time"][-1] / epochs


class Polynomials:
    """c_alpha of one epoch: on every element the polynomial through its Chebyshev-Lobatto nodes."""

    def __init__(self, boundaries, values):
        self.boundaries = boundaries
        values = values.reshape(len(boundaries) - 1, -1, 16)
        degree = values.shape[1] - 1
        nodes = -np.cos(np.pi * np.arange(degree + 1) / degree)
        self.modes = np.linalg.solve(chebyshev.chebvander(nodes, degree), values)

    def __call__(self, t):
        e = np.clip(np.searchsorted(self.boundaries, t, side="right") - 1, 0, len(self.modes) - 1)
        left, right = self.boundaries[e:e + 2]
        return chebyshev.chebval(2.0 * (t - left) / (right - left) - 1.0, self.modes[e])


def bath_operators(bath):
    operators = []
    for local, (dephasing, relaxation, occupation, axis) in zip(LOCAL, bath):
        n = np.asarray(axis, float)
        u = np.linalg.svd(n[None])[2][1]  # perpendicular to n
        v = np.cross(n, u)
        along = sum(x * s for x, s in zip(n, local))
        lower = 0.5 * sum((x - 1j * y) * s for x, y, s in zip(u, v, local))  # from n.sigma = +1 to -1
        for rate, operator in ((0.5 * dephasing, along), (relaxation * (occupation + 1.0), lower),
                               (relaxation * occupation, lower.dag())):
            if rate > 0.0:
                operators.append(np.sqrt(rate) * operator)
    return operators


def noise_operators(c, x):
    """Three of each particle, whose coefficients are functions of time."""
    def part(side, j, mu):
        def coefficient(t, args=None):
            u, kappa, v = np.linalg.svd(c(t).reshape(4, 4)[1:, 1:])
            return np.sqrt(x * ETA * CHARGE * kappa[j]) * (u[mu, j] if side == 0 else v[j, mu])
        return coefficient
    return [qutip.QobjEvo([[LOCAL[side][mu], part(side, j, mu)] for mu in range(3)]) for side in range(2) for j in range(3)]


def difference(c, rho, length, settings, bath):
    times = np.linspace(0.0, length, rho.shape[1])
    state, worst = qutip.Qobj(rho[0, 0], dims=[[2, 2], [2, 2]]), 0.0
    options = {"atol": 1e-11, "rtol": 1e-10, "nsteps": 100000}
    if int(qutip.__version__.split(".")[0]) < 5:
        options = qutip.Options(**options)
    for epoch in range(EPOCHS):
        hamiltonian = [[ETA * CHARGE * p, (lambda a: lambda t, args=None: float(c[epoch](t)[a]))(a)]
                       for a, p in enumerate(PRODUCTS) if a > 0]
        operators = bath_operators(bath)
        if "mediator_noise" in settings:
            operators += noise_operators(c[epoch], float(settings["mediator_noise"]))
        found = qutip.mesolve(hamiltonian, state, times, c_ops=operators, options=options).states
        worst = max(worst, max(np.abs(f.full() - r).max() for f, r in zip(found, rho[epoch])))
        state = found[-1]
    return worst


def main():
    program, given = sys.argv[1:3]
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in CASES.items():
            c, rho, length = run(program, given, settings, folder)
            found = difference(c, rho, length, settings, BATHS.get(name, []))
            print(f"{name:32} {found:.1e}", flush=True)
            worst = max(worst, found)
    return 1 if worst > BOUND else 0


if __name__ == "__main__":
    sys.exit(main())
