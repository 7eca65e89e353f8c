"""hjplot feedback: the picture comes out, its numbers are right, and runs that do not belong together are refused."""
import unittest

import numpy as np

from hjplot_test import HjplotCase

from hjplot_lib import feedback
from hjplot_lib.runfile import RunFile


class FeedbackPictures(HjplotCase):
    def test_single_runs_and_ensembles(self):
        self.expect_picture("feedback", self.write("a.h5"), self.write("b.h5", fed=True, name="fed"))
        self.expect_picture("feedback", self.write("c.h5", members=4), self.write("d.h5", fed=True, members=4),
                            "--label", "plain", "--label", "with feedback", "--title", "Both")
        self.expect_picture("feedback", self.write("e.h5", defect=1e-3), self.write("f.h5", fed=True, defect=2e-3))

    def test_stokes_lengths(self):
        run = RunFile(self.write(members=3, fed=True))
        fed = feedback.mean_of(feedback.lengths(feedback.fed_stokes(run)))
        np.testing.assert_allclose(fed.value[2], [1.0 - 0.04 - 0.01, 1.0 - 0.08 - 0.01], rtol=1e-12)
        np.testing.assert_allclose(fed.error, 0.01 / np.sqrt(3), rtol=1e-12)
        single = RunFile(self.write("single.h5"))
        angle = 0.04 * np.arange(6) / 6  # of cos(a)|00> + sin(a)|11>, whose Stokes vectors are (0, 0, cos 2a)
        mixture = feedback.mean_of(feedback.lengths(feedback.mixture_stokes(single)))
        self.assertIsNone(mixture.error)
        np.testing.assert_allclose(mixture.value, np.cos(2 * angle)[:, None] * [1.0, 1.0], rtol=1e-12)
        moved = feedback.distances(feedback.fed_stokes(run))
        np.testing.assert_allclose(moved[1, 3], [0.06, 0.12], rtol=1e-12)
        members = feedback.lengths(feedback.mixture_stokes(run)).mean(0)[-1]
        angles = 0.04 * (1.0 + 0.3 * np.sin(np.arange(3))) * 5 / 6
        np.testing.assert_allclose(members, np.cos(2 * angles).mean(), rtol=1e-12)

    def test_runs_that_do_not_belong_together(self):
        plain, fed = self.write("a.h5"), self.write("b.h5", fed=True)
        self.expect_error(f"{plain}: no /particles/stokes: the second run must be one with particles.feedback = true",
                          "feedback", plain, plain)
        self.expect_error(f"{fed}: has /particles/stokes: the first run must be one without particles.feedback",
                          "feedback", fed, fed)
        other = self.write("c.h5", epochs=5)
        self.expect_error(f"{other}, {fed}: the runs differ in samples, completed epochs or members", "feedback", other,
                          fed)
        self.expect_error(f"{self.write('d.h5', particles=False)}: no /entanglement: the run has no [particles]",
                          "feedback", self.folder / "d.h5", fed)


if __name__ == "__main__":
    unittest.main()
