// The modes' states epoch by epoch: those of the run as a whole, on any number of ranks, and through a checkpoint.
#include "observe/feedback/feedback.hpp"
#include "../support/shared_folder.hpp"
#include "engine/epoch_mesh.hpp"
#include "parallel/errors.hpp"
#include "quantum/stage.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace hjnet;

constexpr int epochs = 4, intervals = 12;
constexpr std::size_t epoch_samples = intervals + 1;

Settings settings(Memory memory, int modes) {
  Settings s;
  s.epochs = epochs;
  s.samples_per_epoch = intervals;
  s.particles.emplace();
  s.particles->feedback = true;
  s.particles->a.stokes = {0.0, 0.6, 0.8};
  s.particles->b.stokes = {0.9, 0.0, -0.1};
  s.boltzmann.charge = 0.5;
  s.boltzmann.memory = memory;
  s.boltzmann.k0.clear();
  s.boltzmann.weights.clear();
  for (int m = 0; m < modes; ++m) {
    s.boltzmann.k0.push_back(1.0 + 0.3 * m);
    s.boltzmann.weights.push_back(2.0 * (m + 1) / (modes * (modes + 1)));
  }
  return s;
}

std::vector<double> coefficients(const Settings& s) {
  const Mesh mesh = operator_mesh(s);
  std::vector<double> c;
  for (int e = 0; e < epochs; ++e) {
    for (const double tau : mesh.phases()) {
      c.push_back(0.0);
      for (int alpha = 1; alpha < 16; ++alpha) c.push_back(0.4 * std::sin(alpha + 0.7 * e + 2.0 * tau));
    }
  }
  return c;
}

void take(Feedback& feedback, const Settings& s, int first, int end) {
  const auto c = coefficients(s);
  const auto epoch_numbers = c.size() / epochs;
  for (int e = first; e < end; ++e) {
    feedback.advance(std::span(c).subspan(static_cast<std::size_t>(e) * epoch_numbers, epoch_numbers));
  }
}

using FeedbackTest = test::SharedFolder;

TEST_F(FeedbackTest, FeedsWhatTheMixtureOfTheWholeRunIs) {
  for (const Memory memory : {Memory::none, Memory::causal}) {
    for (const int modes : {1, 3, 5}) {
      const Settings s = settings(memory, modes);
      Feedback feedback(comm_, s);
      take(feedback, s, 0, epochs);
      ASSERT_EQ(feedback.epochs_done(), epochs);
      EXPECT_EQ(feedback.fed().size(), std::size_t{epochs} * 6);
      const Mesh mesh = operator_mesh(s);
      const auto c = coefficients(s);
      const auto whole = evolve(MPI_COMM_SELF, s.boltzmann, given_stokes(*s.particles), {mesh, c, epochs, intervals});
      double moved = 0.0;
      for (int e = 0; e <= epochs; ++e) {
        // The state after the last epoch is the last sample.
        const auto sample = static_cast<std::size_t>(e) * epoch_samples - (e == epochs ? 1 : 0);
        const auto expected = stokes_of(whole.mean[sample]);
        const auto fed = feedback.stokes(e);
        for (std::size_t a = 0; a < 6; ++a) {
          EXPECT_NEAR(fed[a], expected[a], 4e-16) << e << ' ' << a;
          moved = std::max(moved, std::abs(fed[a] - feedback.stokes(0)[a]));
        }
      }
      EXPECT_GT(moved, 0.1);
      EXPECT_NEAR(feedback.smallest_eigenvalue(), whole.mean_measures.back().min_eigenvalue, 1e-15);
      Feedback alone(MPI_COMM_SELF, s);
      take(alone, s, 0, epochs);
      for (std::size_t i = 0; i < alone.fed().size(); ++i) EXPECT_EQ(feedback.fed()[i], alone.fed()[i]) << i;
    }
  }
}

TEST_F(FeedbackTest, GoesOnFromACheckpointToTheLastBit) {
  const NetworkLayout layout;
  for (const Memory memory : {Memory::none, Memory::causal}) {
    const Settings s = settings(memory, 3);
    Feedback straight(comm_, s);
    take(straight, s, 0, 2);
    {
      auto archive = Archive::create(comm_, file("state.h5"), true);
      VectorArchive out(comm_, archive, layout);
      straight.save(out);
      archive.close();
    }
    take(straight, s, 2, epochs);
    auto archive = Archive::open(comm_, file("state.h5"));
    const VectorArchive in(comm_, archive, layout);
    Feedback again(comm_, s);
    EXPECT_THROW(again.load(in, 4), io_error);  // it stands after two epochs
    again.load(in, 2);
    EXPECT_EQ(again.epochs_done(), 2);
    take(again, s, 2, epochs);
    for (int e = 0; e <= epochs; ++e) {
      for (std::size_t a = 0; a < 6; ++a) EXPECT_EQ(again.stokes(e)[a], straight.stokes(e)[a]) << e << ' ' << a;
    }
    Feedback other(comm_, settings(memory, 2));
    EXPECT_THROW(other.load(in, 2), io_error);  // of another number of modes
    archive.close();
  }
}

TEST_F(FeedbackTest, AFailureOnOneRankIsEveryRanks) {
  Settings s = settings(Memory::causal, 4);
  s.boltzmann.k0[3] = 1e-4;  // the last mode alone is so strongly coupled that it blows up
  Feedback feedback(comm_, s);
  EXPECT_THROW(take(feedback, s, 0, epochs), numerical_error);
}

}  // namespace
