"""hjplot shapes: each shape is found in data that have it, with its numbers; criteria and their errors; the picture."""
import numpy as np

from hjplot_test import HjplotCase  # puts hjplot_lib into the path

from hjplot_lib import shapes  # noqa: E402

T = np.linspace(0.0, 1.0, 300)
DATA = {
    "Lennard-Jones": 0.25 + 0.17 * shapes.mie(np.log(0.1), np.log(0.5), 6.0, 6.0, T)[:, 0],
    "Mie": 0.2 + 0.1 * shapes.mie(np.log(0.2), np.log(0.1), 2.0, 1.5, T)[:, 0],
    "damped oscillation": 0.3 + 0.2 * np.exp(-3.0 * T) * np.cos(20.0 * T + 0.3),
    "relaxation": 0.1 + np.exp(-4.0 * T),
}


class Shapes(HjplotCase):
    def test_each_is_told_from_the_others(self):
        noise = 0.002 * np.random.RandomState(3).standard_normal(len(T))
        for name, values in DATA.items():
            with self.subTest(name=name):
                fits = [shapes.fit(shape, T, values + noise) for shape in shapes.SHAPES]
                best = int(np.argmin([np.sum(one.residual**2) for one in fits]))
                criteria = shapes.criteria(fits, shapes.independent(fits[best].residual))
                self.assertEqual(shapes.SHAPES[int(np.argmin(criteria))].name, name)

    def test_parameters_without_noise(self):
        found = {shape.name: shapes.fit(shape, T, DATA[shape.name]) for shape in shapes.SHAPES}
        np.testing.assert_allclose(found["damped oscillation"].parameters, [3.0, 20.0], rtol=1e-6)
        np.testing.assert_allclose(found["relaxation"].parameters, [4.0], rtol=1e-6)
        np.testing.assert_allclose(found["Lennard-Jones"].coefficients, [0.25, 0.17], rtol=1e-6)
        np.testing.assert_allclose(np.exp(found["Lennard-Jones"].parameters), [0.1, 0.5], rtol=1e-6)
        for name, one in found.items():
            self.assertLess(np.max(abs(one.residual)), 1e-5, name)
        self.assertEqual([shape.parameters() for shape in shapes.SHAPES], [4, 6, 5, 3])  # those of the formulas

    def test_growth_is_an_oscillation_that_is_not_damped(self):
        found = shapes.fit(shapes.SHAPES[2], T, 0.02 * np.exp(2.0 * T) * np.cos(40.0 * T))
        np.testing.assert_allclose(found.parameters, [-2.0, 40.0], rtol=1e-6)

    def test_correlated_residuals_count_less(self):
        generator = np.random.RandomState(5)
        white = generator.standard_normal(4000)
        self.assertGreater(shapes.independent(white), 3000)
        walk = np.zeros(4000)
        for i in range(1, 4000):
            walk[i] = 0.9 * walk[i - 1] + white[i]
        self.assertLess(abs(shapes.independent(walk) / 4000 - 0.1 / 1.9), 0.02)  # (1 - r)/(1 + r)

    def test_picture_and_words_of_an_ensemble(self):
        path = self.write(particles=False, members=4, epochs=6)
        said = self.draw("shapes", path)
        self.assertRegex(said, r"synthetic: \d+ samples, of which \d+ count as independent\n")
        self.assertRegex(said, r"damped oscillation 5 parameters  R2 = [\d.]+  BIC above the best = [\d.]+ \+- [\d.e+-]+  period")
        self.assertEqual(said.count("BIC above the best = 0.0 "), 1)
