"""Reading an hjnet torus file: tori, levels, wavefunctions and orbits."""
from pathlib import Path

import numpy as np

from hjplot_lib.runfile import PlotError, check_format, open_hdf5, read_input

STATUS = ["converged", "not converged", "resonant", "folded", "mode limit"]


class TorusFile:
    def __init__(self, path):
        self.path = Path(path)
        self.file = open_hdf5(self.path)
        check_format(self.path, self.file, ("hjnet-torus", "torus"))
        self.input = read_input(self.path, self.file)
        self.name = self.input.get("run", {}).get("name") or self.path.stem
        self.action = self.require("/torus/action")[:]
        self.status = self.require("/torus/status")[:]
        self.dimensions = self.action.shape[1]
        if np.any(self.status < 0):
            raise PlotError(f"{self.path}: unfinished: not all tori were looked for")

    def require(self, name, why=""):
        if name not in self.file:
            raise PlotError(f"{self.path}: no {name}{': ' + why if why else ''}")
        return self.file[name]

    def momentum(self, row, angles):
        """I = J + dG/dphi of a torus at angles (points x n)."""
        first, last = self.require("/generator/offset")[row: row + 2]
        mode = self.file["/generator/mode"][first:last].astype(float)
        wave = np.exp(1j * angles @ mode.T) * self.file["/generator/coefficient"][first:last]
        # The half space of modes is stored: the other half is the complex conjugate.
        return self.action[row] - 2.0 * (wave @ mode).imag

    def has_orbits(self):
        return "/trajectory" in self.file

    def orbits(self, kind, row):
        """Numbers of the orbits beside a row of /torus or of /levels (`kind`: torus, level) that were followed."""
        if not self.has_orbits():
            return np.array([], int)
        found = np.nonzero(self.file[f"/trajectory/{kind}"][:] == row)[0]
        return found[np.isfinite(self.file["/trajectory/energy_drift"][:][found])]

    def trajectory(self, name, orbits):
        """A dataset of some orbits, one after the other; what is NaN there is left out."""
        rows = [self.file[f"/trajectory/{name}"][int(orbit)] for orbit in orbits]
        joined = np.concatenate(rows) if rows else np.empty((0, self.dimensions))
        return joined[np.isfinite(joined).all(axis=1)]
