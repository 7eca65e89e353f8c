// The quantum Boltzmann equation in use: taken up again, failing, its positivity diagnostic, its speed.
#include <gtest/gtest.h>

#include "parallel/errors.hpp"
#include "quantum/boltzmann.hpp"
#include "quantum_evolution.hpp"
#include "quantum_reference.hpp"

#include <Eigen/Eigenvalues>
#include <cstdio>
#include <ctime>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace hjnet;
using namespace evolution;
using reference::Complex;
using reference::Superoperator;

TEST(Restart, PartsGiveTheBitsOfTheWhole) {
  const int epochs = 5, intervals = 12;
  const Mesh mesh = even_mesh(1.0, 8);
  const std::vector<double> c = at_nodes(mesh, epochs, pulses);
  const OperatorSeries whole(mesh, c, epochs);
  const auto cut = std::size_t{2} * mesh.nodes() * 16;
  const OperatorSeries first(mesh, std::span<const double>(c).first(cut), 2);
  const OperatorSeries second(mesh, std::span<const double>(c).subspan(cut), 3, 2, first.integral_at_end());
  const ModeParameters mode{1.0, 0.7};
  for (const Memory memory : {Memory::none, Memory::causal}) {
    const auto all = run(mode, whole, intervals, memory, 0.0, pure_product()).rho;
    DensityState state{pauli_coefficients(pure_product()), 0};
    auto parts = evolve_mode(mode, first, MemoryKernel(memory, 0.0, first), intervals, 1e-10, state).rho;
    EXPECT_EQ(state.epoch, 2);
    const auto rest = evolve_mode(mode, second, MemoryKernel(memory, 0.0, second), intervals, 1e-10, state).rho;
    parts.insert(parts.end(), rest.begin(), rest.end());
    EXPECT_EQ(all, parts) << name_of(memory_names, memory).data();
    EXPECT_EQ(state.epoch, 5);
  }
  DensityState early{pauli_coefficients(pure_product()), 0};
  EXPECT_THROW(evolve_mode(mode, second, MemoryKernel(Memory::none, 0.0, second), intervals, 1e-10, early),
               config_error);
}

TEST(Failure, BlowUpNamesTimeAndMemory) {
  // H = A, then -A + B: where K points against H the second-order term amplifies.
  const auto series =
      series_of(6, 1.0, [](int e, double) { return PauliVector((e < 5 ? 1.0 : -1.0) * traceless(9, 1.0)); });
  try {
    run({1.0, 3.0}, series, 8, Memory::causal, 0.0, pure_product());
    FAIL();
  } catch (const numerical_error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("memory = \"causal\""), std::string::npos) << message;
    EXPECT_NE(message.find("blows up between t = 5"), std::string::npos) << message;
  }
}

TEST(Failure, RefusesAToleranceThatIsNotPositive) {
  const auto series = series_of(1, 1.0, pulses);
  EXPECT_THROW(run({1.0, 1.0}, series, 4, Memory::none, 0.0, pure_product(), 0.0), config_error);
}

TEST(Kossakowski, FormulaIsTheSmallestEigenvalueOfTheProcessMatrix) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const ModeParameters mode{0.3 + seed, 0.7};
    const PauliVector h = traceless(100 + seed, 1.0), k = traceless(200 + seed, 1.0);
    const ModeParameters none{mode.eta, 0.0};
    EXPECT_EQ(kossakowski_minimum(none, h, k), 0.0);
    // The second-order generator alone, as sum_ab chi_ab P_a rho P_b, chi_ab = Tr[(P_b^T (x) P_a)^dagger L] / 16
    const Superoperator l = -0.5 * mode.eta * mode.charge * mode.charge * reference::commutator_with(pauli_matrix(h)) *
                            reference::commutator_with(pauli_matrix(k));
    Eigen::Matrix<Complex, 15, 15> chi;
    for (int a = 1; a < 16; ++a) {
      for (int b = 1; b < 16; ++b) {
        const Superoperator basis = reference::kron(reference::product(b).transpose(), reference::product(a));
        chi(a - 1, b - 1) = (basis.adjoint() * l).trace() / 16.0;
      }
    }
    const double smallest =
        Eigen::SelfAdjointEigenSolver<Eigen::Matrix<Complex, 15, 15>>(chi, Eigen::EigenvaluesOnly).eigenvalues()[0];
    EXPECT_NEAR(kossakowski_minimum(mode, h, k) / smallest, 1.0, 1e-12);
  }
}

TEST(Kossakowski, WorstIsFoundWithItsTime) {
  const auto series = series_of(3, 1.0, pulses);
  const ModeParameters mode{1.0, 0.3};
  const MemoryKernel kernel(Memory::causal, 0.0, series);
  double worst = 0.0, time = -1.0;
  for (int e = 0; e < 3; ++e) {
    for (int i = 0; i <= 8; ++i) {
      const double value = kossakowski_minimum(mode, pulses(e, i / 8.0), kernel.at(e + i / 8.0));
      if (value >= worst) continue;
      worst = value;
      time = e + i / 8.0;
    }
  }
  const ModeHistory history = run(mode, series, 8, Memory::causal, 0.0, pure_product());
  EXPECT_NEAR(history.kossakowski, worst, 1e-13);
  EXPECT_EQ(history.kossakowski_time, time);
}

TEST(Speed, TenThousandSamples) {
  const int epochs = 154, intervals = 64;
  const auto series = series_of(epochs, 1.0, pulses);
  for (const Memory memory : {Memory::none, Memory::symmetric, Memory::causal, Memory::window}) {
    const double charge = memory == Memory::none ? 1.0 : 0.05;
    const std::clock_t begin = std::clock();
    const auto history = run({1.0, charge}, series, intervals, memory, 0.4, pure_product());
    const double time = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("%s: %zu samples in %.3f s of processor time\n", name_of(memory_names, memory).data(),
                history.rho.size(), time);
    EXPECT_EQ(history.rho.size(), 154U * 65U);
  }
}

}  // namespace
