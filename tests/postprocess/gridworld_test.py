"""hjplot gridworld on made-up values: pictures come out, the report carries the right numbers, errors are exact."""
import h5py
import numpy as np

from hjplot_test import HjplotCase  # puts hjplot_lib into the path

from hjplot_lib.gridworld import World  # noqa: E402
from hjplot_lib.runfile import RunFile  # noqa: E402

GRID = "[environment]\ngrid = { rows = 2, columns = 3, goal = [0, 2], walls = [[0, 1]], pits = [[1, 0]] }\n"
ACTING = [0, 4, 5]


def add_values(path, grid=GRID, wrong=1, members=0):
    """Q* of six states, and learned values that are off by 0.1 in one entry; `wrong` states at the end."""
    best = np.full((6, 4), np.nan)
    best[ACTING] = np.linspace(0.1, 1.0, 12).reshape(3, 4)
    best[5, 2] = best[5, 3]  # two best actions
    learned = best.copy()
    learned[4, 0] -= 0.1
    with h5py.File(path, "a") as f:
        f.attrs["input"] = f.attrs["input"] + "\n" + grid
        epochs = 6
        group = f.create_group("environment")
        group.attrs["acting_states"] = 3
        group["value_iteration/q"], group["q"] = best, learned
        group["greedy"] = np.array([3, -1, -1, -1, 3, 2])
        group["q_error"] = 0.1 + 0.5 ** np.arange(epochs)
        group["policy_optimal"] = np.append(np.linspace(0, 2, epochs - 1).astype(int), 3 - wrong).astype(float)
        group["return"], group["overestimation"] = np.linspace(0.1, 0.6, epochs), np.linspace(0.4, 0.05, epochs)
        if members:
            f["ensemble/member/q_error"] = np.linspace(0.2, 0.4, members)[:, None] * np.ones(epochs)
    return path


def best_of(path):
    with h5py.File(path) as f:
        return f["environment/value_iteration/q"][:]


class Gridworld(HjplotCase):
    def draw(self, *arguments):
        return super().draw("gridworld", *arguments)

    def test_report_carries_the_errors(self):
        said = self.draw(add_values(self.write(particles=False)))
        self.assertIn("greedy policy optimal in 2 of 3 states; largest error of Q 13.1 % of max |Q*|, after 6 epochs", said)
        best = np.mean([0.1 + 3 * 0.9 / 11, 0.1 + 7 * 0.9 / 11, 1.0])
        self.assertIn(f"acting by it returns 0.6 of {best:.4g}; the values promise 0.65 (means over the states)", said)

    def test_files_without_returns_are_drawn(self):
        path = add_values(self.write(particles=False))
        with h5py.File(path, "a") as f:
            del f["environment/return"], f["environment/overestimation"]
        self.assertNotIn("returns", self.draw(path))

    def test_policy_optimal_at_the_end_and_members(self):
        said = self.draw(add_values(self.write(particles=False, members=3), wrong=0, members=3))
        self.assertIn("optimal in 3 of 3 states", said)
        self.assertIn("3 members: mean 30 %, standard deviation 10 %", said)

    def test_members_in_the_making_and_entries_whose_best_value_is_zero(self):
        path = add_values(self.write(particles=False, members=3, member_epochs=[6, 3, 6]), members=3)
        with h5py.File(path, "a") as f:
            f["ensemble/member/q_error"][1, 3:] = np.nan
            f["environment/value_iteration/q"][0, 0] = 0.0  # learned: 0.1, of the largest 1
        self.assertAlmostEqual(World(RunFile(path)).entry_error(), 0.1 / best_of(path)[4, 0])
        with h5py.File(path, "a") as f:
            f["environment/q"][0, 0] = 0.9
        self.assertAlmostEqual(World(RunFile(path)).entry_error(), 0.9)
        done = self.hjplot("gridworld", path, "-o", self.picture)
        self.assertIn("2 members: mean 30 %", done.stdout)

    def test_a_run_without_an_environment(self):
        path = self.write()
        self.expect_error(f"{path}: no /environment: the run has no table [environment]", "gridworld", path)

    def test_an_environment_that_is_no_grid(self):
        path = add_values(self.write(particles=False), grid='[environment]\nlayer = "in"\n')
        self.expect_error(f"{path}: the environment is no grid world", "gridworld", path)
