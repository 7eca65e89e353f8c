// The quantum Boltzmann equation against closed forms, dense superoperators and a plain integration in 4 x 4 matrices.
#include <gtest/gtest.h>

#include "quantum/boltzmann.hpp"
#include "quantum/measures.hpp"
#include "quantum/propagators/propagators.hpp"
#include "quantum_evolution.hpp"
#include "quantum_reference.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <unsupported/Eigen/MatrixFunctions>
#include <vector>

namespace {

using namespace hjnet;
using namespace evolution;
using Eigen::Matrix4cd;
using reference::Complex;
using reference::Superoperator;

constexpr Complex imaginary(0.0, 1.0);

double distance(const PauliVector& x, const Matrix4cd& rho) {
  return (pauli_matrix(x) - rho).norm();
}

/// eta {-i q [H, .] - q^2/2 [H, [K, .]]}
Superoperator generator_of(const ModeParameters& mode, const Matrix4cd& h, const Matrix4cd& k) {
  const Superoperator ad_h = reference::commutator_with(h), ad_k = reference::commutator_with(k);
  const double q = mode.charge;
  return mode.eta * (-imaginary * q * ad_h - 0.5 * q * q * ad_h * ad_k);
}

Matrix4cd applied(const Superoperator& s, const Matrix4cd& rho) {
  const Eigen::Matrix<Complex, 16, 1> image = s * rho.reshaped();
  return image.reshaped<Eigen::AutoOrder>(4, 4);
}

TEST(Unitary, ZzInteractionEntanglesAsTheSine) {
  // H = c sigma_z (x) sigma_z on |++>: C = |sin(2 c q eta t)|
  const ModeParameters mode{0.7, 1.3};
  const double c = 0.9;
  const auto series = series_of(
      3, 1.0, [&](int, double) { return PauliVector(c * PauliVector::Unit(15)); }, 1);
  const Matrix4cd start = pauli_matrix(product_state(std::array<double, 6>{1.0, 0.0, 0.0, 1.0, 0.0, 0.0}));
  for (const int intervals : {1, 20}) {  // a long step, and short ones: the two ways to an exponential
    const ModeHistory history = run(mode, series, intervals, Memory::none, 0.0, start);
    const int rows = intervals + 1;
    ASSERT_EQ(history.rho.size(), static_cast<std::size_t>(3 * rows));
    for (int i = 0; i < 3 * rows; ++i) {
      const int epoch = i / rows;
      const double t = epoch + (i % rows) / static_cast<double>(intervals);
      const Measures m = measure(pauli_matrix(history.rho[static_cast<std::size_t>(i)]), 1e-6);
      EXPECT_NEAR(m.concurrence, std::abs(std::sin(2.0 * c * mode.charge * mode.eta * t)), 1e-14) << t;
    }
    EXPECT_EQ(history.kossakowski, 0.0);
  }
}

TEST(Unitary, StaysSoOverTenThousandSamples) {
  const int epochs = 160, intervals = 64;
  const auto series = series_of(epochs, 1.0, pulses);
  MagnusPropagator propagator(1.0, 1e-10);
  Matrix4cd u = Matrix4cd::Identity();
  double unitarity = 0.0;
  through(series, [&](const OperatorPiece& piece) {
    const bool done = propagator.advance(piece.h, piece.length, u);
    unitarity = std::max(unitarity, (u.adjoint() * u - Matrix4cd::Identity()).norm());
    return done;
  });
  const Matrix4cd mixed = 0.6 * pure_product() + 0.1 * Matrix4cd::Identity();
  const Eigen::Vector4d before = Eigen::SelfAdjointEigenSolver<Matrix4cd>(mixed).eigenvalues();
  double spectrum = 0.0;
  for (const PauliVector& x : run({1.0, 1.0}, series, intervals, Memory::none, 0.0, mixed).rho) {
    const Eigen::Vector4d now = Eigen::SelfAdjointEigenSolver<Matrix4cd>(pauli_matrix(x)).eigenvalues();
    spectrum = std::max(spectrum, (now - before).cwiseAbs().maxCoeff());
    EXPECT_EQ(4.0 * x[0], 1.0);
  }
  std::printf("10400 samples: |U^H U - 1| <= %.1e, eigenvalues of rho move by <= %.1e\n", unitarity, spectrum);
  EXPECT_LT(unitarity, 1e-13);
  EXPECT_LT(spectrum, 1e-13);
}

TEST(Unitary, PureAndMixedStatesFollowTheSameUnitary) {
  // A pure state is followed by one vector, the mixture of it with 1/4 by four; 1000 intervals leave the sixth order
  // out.
  const auto series = series_of(2, 1.0, pulses);
  for (const int intervals : {2, 60, 1000}) {
    const Matrix4cd mixture = 0.6 * pure_product() + 0.1 * Matrix4cd::Identity();
    const auto pure = run({1.0, 2.0}, series, intervals, Memory::none, 0.0, pure_product(), 1e-13).rho;
    const auto mixed = run({1.0, 2.0}, series, intervals, Memory::none, 0.0, mixture, 1e-13).rho;
    PauliVector exact = pauli_coefficients(pure_product());
    const TaylorPropagator taylor(1.0, 2.0, 1e-15);
    through(series, [&](const OperatorPiece& piece) {
      return taylor.advance(piece.h, HamiltonianIntegral::Zero(), piece.length, exact);
    });
    EXPECT_LT((pure.back() - exact).norm(), 1e-13) << intervals;
    for (std::size_t i = 0; i < pure.size(); ++i) {
      EXPECT_LT((mixed[i] - 0.6 * pure[i]).tail<15>().norm(), 2e-14) << intervals;
    }
  }
}

TEST(Unitary, MagnusAndTaylorAgreeWithinTolerance) {
  // With K = 0 the Taylor series solves the same equation; its error bound is rigorous.
  const int epochs = 4;
  const auto series = series_of(epochs, 1.0, pulses);
  const ModeParameters mode{1.0, 40.0};
  PauliVector exact = pauli_coefficients(pure_product());
  const TaylorPropagator taylor(mode.eta, mode.charge, 1e-15);
  through(series, [&](const OperatorPiece& piece) {
    return taylor.advance(piece.h, HamiltonianIntegral::Zero(), piece.length, exact);
  });
  double previous = 1.0;
  for (const double tolerance : {1e-3, 1e-5, 1e-7, 1e-9, 1e-11}) {
    const ModeHistory history = run(mode, series, 2, Memory::none, 0.0, pure_product(), tolerance);
    const double error = (history.rho.back() - exact).norm();
    std::printf("tolerance %.0e: error %.1e\n", tolerance, error);
    EXPECT_LT(error, epochs * tolerance);
    EXPECT_LT(error, previous / 20.0);
    previous = error;
  }
}

TEST(Unitary, StepIsOfSixthOrder) {
  // Fixed steps: a tolerance so loose that every step is accepted.
  Hamiltonian h = Hamiltonian::Zero();
  h.leftCols<4>() << traceless(1, 0.5), traceless(2, 1.0), traceless(3, 1.0), traceless(4, 0.5);
  const auto end = [&](int steps) {
    MagnusPropagator propagator(1.0, 1e9);
    Matrix4cd u = Matrix4cd::Identity();
    for (int i = 0; i < steps; ++i) {
      EXPECT_TRUE(propagator.advance(shifted(h, static_cast<double>(i) / steps), 1.0 / steps, u));
    }
    return u;
  };
  const Matrix4cd exact = end(256);
  EXPECT_NEAR(std::log2((end(8) - exact).norm() / (end(16) - exact).norm()), 6.0, 0.2);
}

TEST(SecondOrder, CausalMemoryOfConstantHDephases) {
  // K = 2 t H: in H's eigenbasis rho_ij -> rho_ij exp(-i eta q w t - eta q^2 w^2 t^2 / 2), w = E_i - E_j
  const ModeParameters mode{0.8, 0.9};
  const PauliVector h = traceless(5, 0.4);
  const int intervals = 10;
  const auto series = series_of(2, 1.0, [&](int, double) { return PauliVector(h); });
  const Matrix4cd start = pure_product();
  const ModeHistory history = run(mode, series, intervals, Memory::causal, 0.0, start);
  const Eigen::SelfAdjointEigenSolver<Matrix4cd> solver(pauli_matrix(h));
  const Matrix4cd& v = solver.eigenvectors();
  for (int i = 0; i < 2 * (intervals + 1); ++i) {
    const int epoch = i / (intervals + 1);
    const double t = epoch + (i % (intervals + 1)) / static_cast<double>(intervals);
    Matrix4cd rho = v.adjoint() * start * v;
    for (int a = 0; a < 4; ++a) {
      for (int b = 0; b < 4; ++b) {
        const double w = solver.eigenvalues()[a] - solver.eigenvalues()[b];
        rho(a, b) *= std::exp(-imaginary * mode.eta * mode.charge * w * t -
                              0.5 * mode.eta * mode.charge * mode.charge * w * w * t * t);
      }
    }
    EXPECT_LT(distance(history.rho[static_cast<std::size_t>(i)], v * rho * v.adjoint()), 1e-10) << t;
  }
}

TEST(SecondOrder, SymmetricMemoryIsTheDenseExponentialAndNotTheSwappedOne) {
  // H = A, then B; K = T (A + B) throughout. A, B and K do not commute: the order of the commutators matters.
  const ModeParameters mode{0.9, 0.7};
  const PauliVector a = traceless(6, 0.3), b = traceless(7, 0.3);
  const double length = 1.5;
  const auto series = series_of(2, length, [&](int e, double) { return e == 0 ? a : b; });
  const ModeHistory history = run(mode, series, 4, Memory::symmetric, 0.0, pure_product());
  const Matrix4cd ma = pauli_matrix(a), mb = pauli_matrix(b), k = length * (ma + mb);
  const auto exponential = [&](const Matrix4cd& h) { return Superoperator((length * generator_of(mode, h, k)).exp()); };
  const Matrix4cd middle = applied(exponential(ma), pure_product());
  const Matrix4cd end = applied(exponential(mb), middle);
  EXPECT_LT(distance(history.rho[4], middle), 1e-10);
  EXPECT_EQ(history.rho[5], history.rho[4]);
  EXPECT_LT(distance(history.rho.back(), end), 1e-10);
  const auto swapped = [&](const Matrix4cd& h) {
    const Superoperator ad_h = reference::commutator_with(h), ad_k = reference::commutator_with(k);
    const Superoperator g =
        mode.eta * (-imaginary * mode.charge * ad_h - 0.5 * mode.charge * mode.charge * ad_k * ad_h);
    return Superoperator((length * g).exp());
  };
  EXPECT_GT(distance(history.rho.back(), applied(swapped(mb), applied(swapped(ma), pure_product()))), 1e-2);
}

/// H with cubic coefficients in every epoch, and its exact integral.
struct CubicRun {
  static constexpr int epochs = 3, intervals = 8;
  static constexpr double length = 1.0;
  static const PauliVector& term(int epoch, int power) {
    static const std::vector<PauliVector> terms = [] {
      std::vector<PauliVector> all;
      for (unsigned i = 0; i < 4U * epochs; ++i) all.push_back(traceless(20 + i, i % 4 == 0 ? 0.3 : 0.4));
      return all;
    }();
    return terms[4 * static_cast<std::size_t>(epoch) + static_cast<std::size_t>(power)];
  }
  static PauliVector c(int epoch, double tau) {
    PauliVector x = PauliVector::Zero();
    for (int power = 3; power >= 0; --power) x = x * tau + term(epoch, power);
    return x;
  }
  static PauliVector integral(double t) {
    PauliVector x = PauliVector::Zero();
    for (int e = 0; e < epochs; ++e) {
      const double tau = std::clamp(t - e * length, 0.0, length);
      for (int power = 0; power < 4; ++power) x += term(e, power) * (std::pow(tau, power + 1) / (power + 1));
    }
    return x;
  }
  static PauliVector memory(Memory kind, double window, double t) {
    if (kind == Memory::none) return PauliVector::Zero();
    if (kind == Memory::symmetric) return integral(epochs * length);
    if (kind == Memory::causal) return 2.0 * integral(t);
    return integral(t + window) - integral(t - window);
  }
  /// Classical Runge-Kutta in matrices, steps many enough for 1e-10; every break of K is a step's end.
  static Matrix4cd integrated(const ModeParameters& mode, Memory kind, double window, Matrix4cd rho, double t_end) {
    const int steps = 2000;
    const double h = length / steps;
    for (int i = 0; i < std::lround(t_end / h); ++i) {
      const int e = i / steps;
      const double t = i * h;
      const auto rate = [&](double time, const Matrix4cd& x) {
        const Matrix4cd mh = pauli_matrix(c(e, time - e * length)), mk = pauli_matrix(memory(kind, window, time));
        const Matrix4cd inner = mk * x - x * mk;
        const double q = mode.charge;
        return Matrix4cd(mode.eta * (-imaginary * q * (mh * x - x * mh) - 0.5 * q * q * (mh * inner - inner * mh)));
      };
      const Matrix4cd k1 = rate(t, rho), k2 = rate(t + h / 2, rho + h / 2 * k1), k3 = rate(t + h / 2, rho + h / 2 * k2),
                      k4 = rate(t + h, rho + h * k3);
      rho += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    }
    return rho;
  }
};

TEST(TimeDependent, AllMemoriesAgreeWithAPlainIntegration) {
  const ModeParameters mode{0.9, 0.6};
  const auto series = series_of(CubicRun::epochs, CubicRun::length, CubicRun::c);
  struct Case {
    Memory memory;
    double window;
  };
  // Windows: incommensurate with the samples, of the length of an epoch, and longer than the run (all of it).
  for (const Case x : {Case{Memory::none, 0.0}, Case{Memory::symmetric, 0.0}, Case{Memory::causal, 0.0},
                       Case{Memory::window, 0.317}, Case{Memory::window, 1.0}, Case{Memory::window, 5.0}}) {
    const ModeHistory history = run(mode, series, CubicRun::intervals, x.memory, x.window, pure_product());
    Matrix4cd middle = CubicRun::integrated(mode, x.memory, x.window, pure_product(), 1.0);
    const double at_middle = distance(history.rho[CubicRun::intervals], middle);
    const double at_end =
        distance(history.rho.back(), CubicRun::integrated(mode, x.memory, x.window, pure_product(), 3.0));
    std::printf("%s %g: %.1e, %.1e\n", name_of(memory_names, x.memory).data(), x.window, at_middle, at_end);
    EXPECT_LT(at_middle, 2e-10);
    EXPECT_LT(at_end, 2e-10);
  }
}

TEST(TimeDependent, WindowLongerThanTheRunIsSymmetric) {
  const auto series = series_of(3, 1.0, pulses);
  const auto window = run({1.0, 0.5}, series, 16, Memory::window, 3.0, pure_product()).rho;
  const auto symmetric = run({1.0, 0.5}, series, 16, Memory::symmetric, 0.0, pure_product()).rho;
  for (std::size_t i = 0; i < window.size(); ++i) EXPECT_LT((window[i] - symmetric[i]).norm(), 1e-11);
}

TEST(TimeDependent, ToleranceIsKept) {
  // Long intervals, so that the tolerance and not the samples sets order and step.
  const auto series = series_of(3, 2.0, pulses, 4);
  for (const Memory memory : {Memory::causal, Memory::symmetric, Memory::window}) {
    const auto exact = run({1.0, 0.6}, series, 4, memory, 0.7, pure_product(), 1e-15).rho;
    for (const double tolerance : {1e-3, 1e-6, 1e-9, 1e-12}) {
      const auto rho = run({1.0, 0.6}, series, 4, memory, 0.7, pure_product(), tolerance).rho;
      double error = 0.0;
      for (std::size_t i = 0; i < rho.size(); ++i) error = std::max(error, (rho[i] - exact[i]).norm());
      EXPECT_LT(error, 3 * tolerance + 1e-14) << name_of(memory_names, memory).data();
    }
  }
}

TEST(TimeDependent, TraceAndHermiticityAreExactAndPositivityIsNot) {
  const auto series = series_of(4, 1.0, pulses);
  const ModeHistory history = run({1.0, 0.1}, series, 32, Memory::symmetric, 0.0, pure_product());
  int flagged = 0;
  for (const PauliVector& x : history.rho) {
    EXPECT_EQ(x[0], 0.25);
    const Measures m = measure(pauli_matrix(x), 1e-6);
    EXPECT_LT(m.trace_error, 3e-16);
    EXPECT_EQ(m.hermiticity_error, 0.0);
    flagged += m.physical ? 0 : 1;
  }
  EXPECT_TRUE(measure(pauli_matrix(history.rho[0]), 1e-6).physical);
  EXPECT_GT(flagged, static_cast<int>(history.rho.size()) / 2);
  EXPECT_LT(history.kossakowski, 0.0);
}

}  // namespace
