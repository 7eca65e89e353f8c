// Momentum modes spread over the ranks: the same bits on any number of ranks.
#include <gtest/gtest.h>

#include "parallel/errors.hpp"
#include "quantum/stage.hpp"

#include <mpi.h>

#include <array>
#include <cmath>
#include <vector>

namespace {

using namespace hjnet;

constexpr int epochs = 3, intervals = 24;
constexpr std::size_t samples = std::size_t{epochs} * (intervals + 1);
constexpr std::array<double, 6> stokes{0.0, 0.0, 1.0, 1.0, 0.0, 0.0};

const Mesh mesh({0.0, 0.5, 1.0}, 24);

std::vector<double> coefficients(double size) {
  std::vector<double> c;
  for (int e = 0; e < epochs; ++e) {
    for (const double tau : mesh.phases()) {
      c.push_back(0.0);
      for (int alpha = 1; alpha < 16; ++alpha) c.push_back(size * std::sin(alpha + 0.7 * e + 2.0 * tau));
    }
  }
  return c;
}

BoltzmannSettings settings(Memory memory, int modes) {
  BoltzmannSettings s;
  s.charge = 0.5;
  s.memory = memory;
  s.k0.clear();
  s.weights.clear();
  for (int m = 0; m < modes; ++m) {
    s.k0.push_back(1.0 + 0.3 * m);
    s.weights.push_back(2.0 * (m + 1) / (modes * (modes + 1)));
  }
  return s;
}

DensityResult on(MPI_Comm comm, const BoltzmannSettings& s, double size = 0.3) {
  const auto c = coefficients(size);
  return evolve(comm, s, stokes, {mesh, c, epochs, intervals});
}

void expect_same(const Extreme& a, const Extreme& b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.time, b.time);
  EXPECT_EQ(a.mode, b.mode);
}

TEST(Modes, RangesCoverAllModesInOrder) {
  for (int modes = 1; modes < 12; ++modes) {
    for (int ranks = 1; ranks < 9; ++ranks) {
      int next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const ModeRange range = mode_range(modes, ranks, rank);
        EXPECT_EQ(range.first, next);
        EXPECT_LE(range.end - range.first, (modes + ranks - 1) / ranks);
        next = range.end;
      }
      EXPECT_EQ(next, modes);
    }
  }
}

TEST(Modes, SameBitsOnAnyNumberOfRanks) {
  for (const Memory memory : {Memory::none, Memory::symmetric, Memory::causal, Memory::window}) {
    for (const int modes : {1, 5}) {
      const BoltzmannSettings s = settings(memory, modes);
      const DensityResult alone = on(MPI_COMM_SELF, s), shared = on(MPI_COMM_WORLD, s);
      ASSERT_EQ(alone.modes.size(), static_cast<std::size_t>(modes));
      for (const ModeResult& mode : shared.modes) {
        EXPECT_EQ(mode.rho, alone.modes[static_cast<std::size_t>(mode.mode)].rho);
      }
      ASSERT_EQ(shared.mean.size(), samples);
      EXPECT_EQ(shared.mean, alone.mean);
      for (std::size_t i = 0; i < samples; ++i) {
        EXPECT_EQ(shared.mean_measures[i].concurrence, alone.mean_measures[i].concurrence);
      }
      expect_same(shared.kossakowski, alone.kossakowski);
      expect_same(shared.min_eigenvalue, alone.min_eigenvalue);
      expect_same(shared.trace_error, alone.trace_error);
      expect_same(shared.hermiticity_error, alone.hermiticity_error);
      EXPECT_EQ(shared.unphysical_samples, alone.unphysical_samples);
    }
  }
}

TEST(Modes, ForwardScatteringIsNeverFlaggedAndSymmetricMemoryIs) {
  const DensityResult none = on(MPI_COMM_WORLD, settings(Memory::none, 3));
  EXPECT_EQ(none.unphysical_samples, 0);
  EXPECT_GT(none.min_eigenvalue.value, -1e-14);
  EXPECT_EQ(none.kossakowski.value, 0.0);
  const DensityResult symmetric = on(MPI_COMM_WORLD, settings(Memory::symmetric, 3));
  EXPECT_GT(symmetric.unphysical_samples, static_cast<std::int64_t>(samples));
  EXPECT_LT(symmetric.min_eigenvalue.value, -1e-6);
  EXPECT_LT(symmetric.kossakowski.value, 0.0);
  EXPECT_EQ(symmetric.kossakowski.mode, 0);  // the largest eta
  EXPECT_LT(symmetric.trace_error.value, 1e-15);
  EXPECT_EQ(symmetric.hermiticity_error.value, 0.0);
}

TEST(Modes, MeanIsTheWeightedMixture) {
  const BoltzmannSettings s = settings(Memory::causal, 4);
  const DensityResult alone = on(MPI_COMM_SELF, s);
  for (std::size_t i = 0; i < samples; ++i) {
    PauliVector mean = PauliVector::Zero();
    for (std::size_t m = 0; m < 4; ++m) mean += s.weights[m] * alone.modes[m].rho[i];
    EXPECT_LT((mean - alone.mean[i]).norm(), 1e-15);
  }
}

TEST(Modes, ModesDifferByEta) {
  // eta = 1/(2 k0 V) multiplies both orders
  BoltzmannSettings s = settings(Memory::causal, 1);
  s.k0 = {2.0};
  s.volume = 0.75;
  const DensityResult result = on(MPI_COMM_SELF, s);
  const OperatorSeries series(mesh, coefficients(0.3), epochs);
  DensityState state{product_state(stokes), 0};
  const auto expected = evolve_mode({1.0 / 3.0, s.charge}, series, MemoryKernel(Memory::causal, 0.0, series), intervals,
                                    default_boltzmann_tolerance, state);
  EXPECT_EQ(result.modes[0].rho.back(), expected.rho.back());
}

TEST(Modes, AFailureOnOneRankIsEveryRanks) {
  // The last mode alone is so strongly coupled that it blows up.
  BoltzmannSettings s = settings(Memory::causal, 4);
  s.k0[3] = 1e-3;
  EXPECT_THROW(on(MPI_COMM_WORLD, s), numerical_error);
  s.k0[3] = 0.0;
  EXPECT_THROW(on(MPI_COMM_WORLD, s), config_error);
}

}  // namespace
