"""hjplot kernel on made-up path kernels: pictures come out, the report carries the right numbers, errors are exact."""
import h5py
import numpy as np

from hjplot_test import HjplotCase


def add_kernel(path, stimulus=True, no_prediction="", patterns=4, outputs=2, scale=1.0):
    """A kernel of random features; the accounts miss the change by 1, 10, 20 and 50 per cent of its largest."""
    random = np.random.default_rng(3)
    features = random.normal(size=(patterns * outputs, 5))
    path_kernel = features @ features.T
    change = scale * random.uniform(-1.0, 1.0, size=(patterns, outputs))
    change[0, 0] = scale
    time = np.linspace(0.0, 6.0, 54)
    with h5py.File(path, "a") as f:
        group = f.create_group("kernel")
        group.attrs["stimulus"], group.attrs["no_prediction"] = int(stimulus), no_prediction
        group["path"], group["eigenvalues"] = path_kernel, np.linalg.eigvalsh(path_kernel)
        group["change"], group["path_error"], group["output"] = change, 1e-9, np.arange(outputs)
        group["time"], group["outputs"] = time, change * (1.0 - np.exp(-time))[:, None, None]
        names = ["chain_rule"] if no_prediction else ["chain_rule", "two_time", "tangent", "machine"]
        for name, miss in zip(names, (0.01, 0.1, 0.2, 0.5)):
            wrong = change.copy()
            wrong[1, 1] += miss * scale
            group[f"predicted/{name}"] = wrong
    return path


class Kernel(HjplotCase):
    def with_kernel(self, **options):
        return add_kernel(self.write(particles=False), **options)

    def draw(self, *arguments):
        return super().draw("kernel", *arguments)

    def test_report_carries_the_errors(self):
        said = self.draw(self.with_kernel())
        for line in ("path kernel: 4 patterns, 2 outputs; estimated error 1.0e-09; smallest eigenvalue over the largest",
                     "largest change of an output at rest: 1", "chain_rule: off by 1.00e-02 of that",
                     "two_time: off by 1.00e-01 of that", "tangent: off by 2.00e-01 of that",
                     "machine: off by 5.00e-01 of that"):
            self.assertIn(line, said)

    def test_without_predictions(self):
        said = self.draw(self.with_kernel(stimulus=False, no_prediction="weight decay moves the weights too"))
        self.assertIn("no prediction from the learning rule: weight decay moves the weights too", said)
        self.assertNotIn("tangent", said)

    def test_many_patterns_and_nothing_learned(self):
        self.draw(self.with_kernel(patterns=40, scale=0.0))

    def test_a_run_without_a_kernel(self):
        path = self.write()
        self.expect_error(f"{path}: no /kernel: the run has no table [kernel]", "kernel", path)

    def test_an_unfinished_run(self):
        path = self.write(particles=False, completed=3)
        done = self.hjplot("kernel", path, "-o", self.picture)
        self.assertEqual(done.returncode, 2)
        self.assertIn("the path kernel is written when a run ends (unfinished, 3 of 6 epochs)", done.stderr)
