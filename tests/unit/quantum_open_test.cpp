// Noise, baths and the second orders that are states: closed forms, complete positivity, averages, Monte Carlo.
#include <gtest/gtest.h>

#include "quantum/measures.hpp"
#include "quantum/propagators/gauss_hermite.hpp"
#include "quantum/propagators/open_propagator.hpp"
#include "quantum_evolution.hpp"
#include "quantum_reference.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <unsupported/Eigen/MatrixFunctions>
#include <vector>

namespace {

using namespace hjnet;
using namespace evolution;
using Eigen::Matrix4cd;
using reference::Complex;

constexpr Complex imaginary(0.0, 1.0);
constexpr int intervals = 24;

OperatorSeries network_series(int epochs) {
  return series_of(epochs, 1.0, pulses);
}

OperatorSeries constant_series(const PauliVector& h, int epochs = 2) {
  return series_of(epochs, 1.0, [&](int, double) { return h; });
}

ModeParameters mode_of(double charge, SecondOrder second_order, double noise = 0.0, const BathSettings& bath = {}) {
  return {.eta = 0.8,
          .charge = charge,
          .second_order = second_order,
          .noise = noise,
          .bath = bath_generator(bath),
          .correlation_time = 0.4};
}

/// L rho L^dagger - (1/2){L^dagger L, rho}.
Matrix4cd dissipated(const Matrix4cd& l, const Matrix4cd& rho) {
  const Matrix4cd square = l.adjoint() * l;
  return l * rho * l.adjoint() - 0.5 * (square * rho + rho * square);
}

double largest_difference(const ModeHistory& a, const ModeHistory& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.rho.size(); ++i) largest = std::max(largest, (a.rho[i] - b.rho[i]).norm());
  return largest;
}

TEST(GaussHermite, IntegratesPolynomialsOfANormalVariable) {
  for (const int points : {1, 2, 7, 40}) {
    double moment = 1.0;
    for (int degree = 0; degree < std::min(2 * points, 14); degree += 2) {
      double sum = 0.0;
      for (const auto& [node, weight] : gauss_hermite(points)) sum += weight * std::pow(node, degree);
      EXPECT_NEAR(sum / moment, 1.0, 1e-12) << points << " points, degree " << degree;
      moment *= degree + 1;
    }
  }
}

TEST(SecondOrder, IsAHamiltonianAndAKossakowskiMatrix) {
  // -(eta q^2/2) [H, [K, rho]] = -i [H_L, rho] + sum C (P rho P - ...), in plain matrices; of C the positive part is
  // kept.
  std::mt19937 generator(5);
  for (unsigned seed = 1; seed <= 20; ++seed) {
    const PauliVector h = traceless(seed, 1.0);
    const PauliVector k = seed % 4 == 0 ? PauliVector(-0.7 * h) : traceless(100 + seed, 0.5);
    const double strength = 0.3;
    const Matrix4cd rho = reference::random_state(generator, 4);
    const Matrix4cd hm = pauli_matrix(h);
    const Matrix4cd km = pauli_matrix(k);
    const Matrix4cd shift = -0.25 * imaginary * strength * (hm * km - km * hm);
    const Matrix4cd unitary = -imaginary * (shift * rho - rho * shift);
    const Eigen::MatrixXd c = 0.5 * strength * (h * k.transpose() + k * h.transpose());
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> rates(c);
    Matrix4cd whole = unitary;
    Matrix4cd positive = unitary;
    for (int i = 0; i < 16; ++i) {
      const Matrix4cd part =
          rates.eigenvalues()[i] * dissipated(pauli_matrix(PauliVector(rates.eigenvectors().col(i))), rho);
      whole += part;
      if (rates.eigenvalues()[i] > 0.0) positive += part;
    }
    const Matrix4cd inner = km * rho - rho * km;
    EXPECT_LT((whole + 0.5 * strength * (hm * inner - inner * hm)).norm(), 1e-13);
    PauliVector derivative = PauliVector::Zero();
    add_regularised(strength, h, k, pauli_coefficients(rho), derivative);
    EXPECT_LT((pauli_matrix(derivative) - positive).norm(), 1e-13) << seed;
  }
}

TEST(Bath, FollowsItsClosedForms) {
  // No H: coherences e^(-gamma_phi t - gamma (2n+1) t/2), populations to the bath's; along any axis.
  const std::array<double, 3> axis{2.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0};
  BathSettings bath;
  bath.dephasing = {0.3, 0.0};
  bath.relaxation = {0.2, 0.5};
  bath.occupation = {0.4, 0.0};
  bath.axis = {axis, {0.0, 0.0, 1.0}};
  const auto series = constant_series(PauliVector::Zero());
  const std::array<double, 6> stokes{0.5, 0.5, -0.1, 0.6, 0.0, 0.8};
  const auto history = run(mode_of(1.0, SecondOrder::redfield, 0.0, bath), series, intervals, Memory::none, 0.0,
                           pauli_matrix(product_state(stokes)), 1e-12);
  const Eigen::Vector3d n(axis[0], axis[1], axis[2]);
  const Eigen::Vector3d a(stokes[0], stokes[1], stokes[2]);
  const double rate = 0.2 * 1.8;
  const double rest = -0.2 / rate;
  for (std::size_t i = 0; i < history.rho.size(); ++i) {
    const std::size_t epoch = i / (intervals + 1);
    const double t = static_cast<double>(epoch) + static_cast<double>(i % (intervals + 1)) / intervals;
    const Eigen::Vector3d expected_a =
        (rest + (n.dot(a) - rest) * std::exp(-rate * t)) * n + std::exp(-(0.3 + 0.5 * rate) * t) * (a - n.dot(a) * n);
    const Eigen::Vector3d expected_b(0.6 * std::exp(-0.25 * t), 0.0, -1.0 + 1.8 * std::exp(-0.5 * t));
    const auto found = stokes_of(history.rho[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(found[j], expected_a[static_cast<Eigen::Index>(j)], 1e-10) << t;
      EXPECT_NEAR(found[3 + j], expected_b[static_cast<Eigen::Index>(j)], 1e-10) << t;
    }
  }
}

TEST(Bath, GeneratorIsThatOfItsLindbladOperators) {
  std::mt19937 generator(9);
  BathSettings bath;
  bath.dephasing = {0.3, 0.7};
  bath.relaxation = {0.2, 0.5};
  bath.occupation = {0.4, 0.1};
  const PauliVector h = traceless(3, 0.8);
  const Matrix4cd rho = reference::random_state(generator, 4);
  const Eigen::Matrix2cd one = reference::sigma(0);
  Eigen::Matrix2cd lowering;  // from |0>, sigma_3 = 1, to |1>
  lowering << 0, 0, 1, 0;
  Matrix4cd expected = Matrix4cd::Zero();
  for (std::size_t p = 0; p < 2; ++p) {
    const auto at = [&](const Eigen::Matrix2cd& m) -> Matrix4cd {
      return p == 0 ? reference::kron(m, one) : reference::kron(one, m);
    };
    expected += 0.5 * bath.dephasing[p] * dissipated(at(reference::sigma(3)), rho);
    expected += bath.relaxation[p] * (bath.occupation[p] + 1.0) * dissipated(at(lowering), rho);
    expected += bath.relaxation[p] * bath.occupation[p] * dissipated(at(lowering.adjoint()), rho);
  }
  EXPECT_LT((pauli_matrix(apply(bath_generator(bath), pauli_coefficients(rho))) - expected).norm(), 1e-14);

  // The mediator's, with the singular values of the coupling found in another way: as a sum over sqrt(C C^T).
  Eigen::Matrix3d coupling;
  for (int i = 0; i < 9; ++i) coupling(i / 3, i % 3) = h[4 * (i / 3 + 1) + i % 3 + 1];
  const Eigen::Matrix3d s_a = (coupling * coupling.transpose()).sqrt();
  const Eigen::Matrix3d s_b = (coupling.transpose() * coupling).sqrt();
  expected.setZero();
  for (int i = 0; i < 9; ++i) {
    const Eigen::Matrix2cd left = reference::sigma(i / 3 + 1);
    const Eigen::Matrix2cd right = reference::sigma(i % 3 + 1);
    const auto add = [&](double rate, const Matrix4cd& l, const Matrix4cd& r) {
      expected += 0.9 * rate * (l * rho * r - 0.5 * (r * l * rho + rho * r * l));
    };
    add(s_a(i / 3, i % 3), reference::kron(left, one), reference::kron(right, one));
    add(s_b(i / 3, i % 3), reference::kron(one, left), reference::kron(one, right));
  }
  EXPECT_LT((pauli_matrix(apply(mediator_generator(0.9, h), pauli_coefficients(rho))) - expected).norm(), 1e-12);
}

TEST(Mediator, ThatMeasuresNeverEntanglesAProductState) {
  std::mt19937 generator(17);
  int entangled_without = 0;
  double largest = 0.0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    const PauliVector a = traceless(seed, 1.0);
    const PauliVector b = traceless(5000 + seed, 1.0);
    const auto series = series_of(1, 1.0, [&](int, double tau) { return PauliVector(a + (tau - 0.3) * 2.0 * b); });
    const Eigen::Vector2cd u = reference::random_rotation(generator).col(0);
    const Eigen::Vector2cd v = reference::random_rotation(generator).col(0);
    const Eigen::Vector4cd product = reference::kron(u, v);
    const Matrix4cd rho = product * product.adjoint();
    const auto most = [&](double x) {
      double found = 0.0;
      const ModeParameters mode = mode_of(1.5, SecondOrder::redfield, x * 0.8 * 1.5);
      for (const auto& state : run(mode, series, 6, Memory::none, 0.0, rho).rho) {
        found = std::max(found, negativity(pauli_matrix(state)));
      }
      return found;
    };
    largest = std::max(largest, most(1.0));
    if (seed % 10 == 0) entangled_without += most(0.0) > 0.01 ? 1 : 0;
  }
  std::printf("x = 1: negativity <= %.1e over 1000 networks and states; entangled at x = 0: %d of 100\n", largest,
              entangled_without);
  EXPECT_LT(largest, 1e-9);
  EXPECT_GT(entangled_without, 90);
}

/// The smallest eigenvalue of the Choi matrix of the evolution to the end of the series.
double choi_minimum(const ModeParameters& mode, const OperatorSeries& series, Memory memory) {
  const MemoryKernel kernel(memory, 0.0, series);
  std::array<Matrix4cd, 16> image;
  for (int alpha = 0; alpha < 16; ++alpha) {
    DensityState state{PauliVector::Unit(alpha), 0};
    evolve_mode(mode, series, kernel, intervals, 3e-13, state);
    image[static_cast<std::size_t>(alpha)] = pauli_matrix(state.rho);
  }
  Eigen::MatrixXcd choi = Eigen::MatrixXcd::Zero(16, 16);
  for (Eigen::Index i = 0; i < 4; ++i) {
    for (Eigen::Index j = 0; j < 4; ++j) {
      Matrix4cd mapped = Matrix4cd::Zero();
      for (int alpha = 0; alpha < 16; ++alpha) {
        mapped += 0.25 * reference::product(alpha)(j, i) * image[static_cast<std::size_t>(alpha)];
      }
      choi.block<4, 4>(4 * i, 4 * j) = mapped;
    }
  }
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXcd>(choi).eigenvalues()[0];
}

TEST(OpenEvolution, IsCompletelyPositiveWhereRedfieldIsNot) {
  const auto series = network_series(2);
  BathSettings bath;
  bath.dephasing = {0.2, 0.1};
  bath.relaxation = {0.1, 0.3};
  bath.occupation = {0.5, 0.0};
  const auto positive = [&](const char* name, const ModeParameters& mode, Memory memory) {
    const double least = choi_minimum(mode, series, memory);
    std::printf("%s: smallest eigenvalue of the Choi matrix %.1e\n", name, least);
    EXPECT_GE(least, -1e-12) << name;
  };
  positive("regularised, causal", mode_of(1.0, SecondOrder::regularised), Memory::causal);
  positive("regularised, symmetric", mode_of(1.0, SecondOrder::regularised), Memory::symmetric);
  positive("regularised, exponential", mode_of(1.0, SecondOrder::regularised), Memory::exponential);
  positive("average, causal", mode_of(1.0, SecondOrder::average), Memory::causal);
  positive("average, exponential", mode_of(1.0, SecondOrder::average), Memory::exponential);
  positive("noise", mode_of(1.0, SecondOrder::redfield, 0.5), Memory::none);
  positive("bath", mode_of(1.0, SecondOrder::redfield, 0.0, bath), Memory::none);
  positive("average, exponential, noise and bath", mode_of(1.0, SecondOrder::average, 0.3, bath), Memory::exponential);
  for (const auto memory : {Memory::causal, Memory::exponential}) {
    const double least = choi_minimum(mode_of(1.0, SecondOrder::redfield), network_series(1), memory);
    std::printf("redfield, %s: %.1e\n", memory == Memory::causal ? "causal" : "exponential", least);
    EXPECT_LT(least, -1e-4);
  }
}

TEST(Average, OfANoiseThatNeverForgetsIsGaussAndHermites) {
  const auto series = network_series(2);
  auto mode = mode_of(1.0, SecondOrder::average);
  mode.correlation_time = 1e12;
  const auto hierarchy = run(mode, series, intervals, Memory::exponential, 0.0, pure_product());
  const auto nodes = run(mode, series, intervals, Memory::causal, 0.0, pure_product());
  const double difference = largest_difference(hierarchy, nodes);
  std::printf("hierarchy at 1/tau = 0 against Gauss-Hermite: %.1e\n", difference);
  EXPECT_LT(difference, 1e-9);
  EXPECT_GT(largest_difference(nodes, run(mode, series, intervals, Memory::none, 0.0, pure_product())), 0.01);
}

TEST(Average, ConvergesInDepth) {
  const auto series = network_series(2);
  const MemoryKernel kernel(Memory::exponential, 0.0, series);
  const auto mode = mode_of(1.0, SecondOrder::average);
  std::vector<PauliVector> ends;
  for (const int depth : {2, 4, 8, 16, 32}) {
    OpenPropagator propagator(mode, Memory::exponential, depth, 1e-12);
    auto blocks = propagator.start(pauli_coefficients(pure_product()));
    through(series, [&](const OperatorPiece& piece) {
      return propagator.advance(piece.h, HamiltonianIntegral::Zero(), piece.length, blocks);
    });
    ends.push_back(blocks.front());
  }
  double before = 1.0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    const double error = (ends[i] - ends.back()).norm();
    std::printf("depth %d: %.1e\n", 2 << i, error);
    EXPECT_LT(error, 0.2 * before);
    before = error;
  }
  EXPECT_LT(before, 1e-9);
}

TEST(Average, HasRedfieldForItsLowestOrder) {
  // They agree to q^2, so that their difference falls as q^3 at least.
  const auto series = network_series(2);
  for (const auto memory : {Memory::causal, Memory::exponential}) {
    std::vector<double> differences;
    for (const double q : {0.08, 0.04, 0.02}) {
      const auto average = run(mode_of(q, SecondOrder::average), series, intervals, memory, 0.0, pure_product(), 1e-13);
      const auto redfield =
          run(mode_of(q, SecondOrder::redfield), series, intervals, memory, 0.0, pure_product(), 1e-13);
      differences.push_back(largest_difference(average, redfield));
    }
    const double order = std::log2(differences[1] / differences[2]);
    std::printf("average against Redfield: order %.2f, %.2f in q\n", std::log2(differences[0] / differences[1]), order);
    EXPECT_GT(order, 2.8);
  }
}

TEST(Average, IsThatOfPathsOfTheNoise) {
  // Ornstein and Uhlenbeck's process, exact from step to step; within a step the noise is its mean of both ends.
  const auto series = network_series(1);
  constexpr int paths = 1500;
  constexpr int steps = 96;
  for (const double tau : {0.3, 2.0}) {
    auto mode = mode_of(1.0, SecondOrder::average);
    mode.correlation_time = tau;
    const auto expected = run(mode, series, intervals, Memory::exponential, 0.0, pure_product()).rho.back();
    std::mt19937 generator(31);
    std::normal_distribution<double> normal;
    const double dt = 1.0 / steps;
    const double kept = std::exp(-dt / tau);
    std::array<Matrix4cd, steps> h;
    for (int s = 0; s < steps; ++s) {
      const double t = (s + 0.5) * dt;
      const auto& piece = series.piece_at(0, t, true);
      h[static_cast<std::size_t>(s)] = pauli_matrix(evaluate(piece.h, t - piece.begin));
    }
    PauliVector sum = PauliVector::Zero();
    PauliVector squares = PauliVector::Zero();
    for (int path = 0; path < paths; ++path) {
      double noise = normal(generator);
      Matrix4cd rho = pure_product();
      for (const auto& operator_now : h) {
        const double next = kept * noise + std::sqrt(1.0 - kept * kept) * normal(generator);
        const double strength = 0.8 * (1.0 + 0.5 * (noise + next) / std::sqrt(0.8));
        noise = next;
        const Eigen::SelfAdjointEigenSolver<Matrix4cd> solver(operator_now);
        const Eigen::Vector4cd phases = (-imaginary * strength * dt * solver.eigenvalues().array()).exp();
        const Matrix4cd u = solver.eigenvectors() * phases.asDiagonal() * solver.eigenvectors().adjoint();
        rho = u * rho * u.adjoint();
      }
      const PauliVector x = pauli_coefficients(rho);
      sum += x;
      squares += x.cwiseAbs2();
    }
    const PauliVector mean = sum / paths;
    const PauliVector error = ((squares / paths - mean.cwiseAbs2()).cwiseMax(0.0) / paths).cwiseSqrt();
    double worst = 0.0;
    for (int i = 1; i < 16; ++i) worst = std::max(worst, std::abs(mean[i] - expected[i]) / (error[i] + 1e-5));
    std::printf("tau = %g: %d paths within %.1f standard errors\n", tau, paths, worst);
    EXPECT_LT(worst, 4.0);
  }
}

TEST(ExponentialMemory, IsTheCausalOneWhereItNeverForgets) {
  const auto series = network_series(2);
  for (const auto kind : {SecondOrder::redfield, SecondOrder::regularised}) {
    auto mode = mode_of(0.7, kind);
    mode.correlation_time = 1e12;
    const auto exponential = run(mode, series, intervals, Memory::exponential, 0.0, pure_product());
    const auto causal = run(mode, series, intervals, Memory::causal, 0.0, pure_product());
    EXPECT_LT(largest_difference(exponential, causal), 1e-9);
    EXPECT_NEAR(exponential.kossakowski, causal.kossakowski, 1e-9);
  }
}

TEST(MeanField, KeepsAProductAProduct) {
  auto mode = mode_of(2.0, SecondOrder::redfield);
  mode.mean_field = true;
  const auto history = run(mode, network_series(3), intervals, Memory::none, 0.0, pure_product(), 1e-12);
  for (const auto& x : history.rho) {
    const auto s = stokes_of(x);
    const Eigen::Vector4d a(1.0, s[0], s[1], s[2]);
    const Eigen::Vector4d b(1.0, s[3], s[4], s[5]);
    EXPECT_LT((x - 0.25 * PauliVector(reference::kron(a, b).real())).norm(), 1e-11);
    EXPECT_NEAR(std::hypot(s[0], s[1], s[2]), 1.0, 1e-10);
  }
  EXPECT_GT((history.rho.back() - history.rho.front()).norm(), 0.1);
}

TEST(OpenEvolution, SaysWhatDoesNotConverge) {
  const auto series = constant_series(traceless(1, 40.0));
  EXPECT_THROW(run(mode_of(30.0, SecondOrder::average), series, intervals, Memory::causal, 0.0, pure_product()),
               std::exception);
}

TEST(Witness, IsNegativeOnItsStateAndOnNoSeparableOne) {
  std::mt19937 generator(23);
  int entangled = 0;
  for (int i = 0; i < 50; ++i) {
    const Matrix4cd rho = reference::random_state(generator, 1 + i % 3);
    const Matrix4cd w = entanglement_witness(rho);
    EXPECT_LT((w - w.adjoint()).norm(), 1e-14);
    const double expectation = (w * rho).trace().real();
    if (expectation < -1e-9) ++entangled;
    EXPECT_LE(std::max(0.0, -expectation), negativity(rho) + 1e-14);
    EXPECT_EQ(expectation<-1e-9, negativity(rho)> 1e-9);
    for (int j = 0; j < 50; ++j) {
      const Eigen::Vector2cd u = reference::random_rotation(generator).col(0);
      const Eigen::Vector2cd v = reference::random_rotation(generator).col(0);
      const Eigen::Vector4cd product = reference::kron(u, v);
      EXPECT_GE(product.dot(w * product).real(), -1e-14);
    }
  }
  EXPECT_GT(entangled, 20);
}

}  // namespace
