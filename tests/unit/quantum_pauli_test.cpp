// The algebra of the 16 products against plain matrices.
#include <gtest/gtest.h>

#include "parallel/errors.hpp"
#include "quantum/pauli.hpp"
#include "quantum_reference.hpp"

namespace {

using namespace hjnet;
using reference::Complex;

TEST(Pauli, ProductsAreTheKroneckerProducts) {
  for (int alpha = 0; alpha < 16; ++alpha) {
    EXPECT_EQ(pauli_product(alpha), reference::product(alpha)) << alpha;
    EXPECT_EQ(pauli_coefficients(reference::product(alpha)), PauliVector::Unit(alpha)) << alpha;
  }
}

TEST(Pauli, MatrixIsHermitianToTheLastBitAndComesBack) {
  std::srand(1);
  for (int repeat = 0; repeat < 100; ++repeat) {
    const PauliVector x = PauliVector::Random();
    const Eigen::Matrix4cd m = pauli_matrix(x);
    EXPECT_EQ(m, m.adjoint().eval());
    EXPECT_LT((pauli_coefficients(m) - x).norm(), 1e-15);
  }
}

TEST(Pauli, CommutatorIsTheMatrixCommutator) {
  for (int a = 0; a < 16; ++a) {
    for (int b = 0; b < 16; ++b) {
      const Eigen::Matrix4cd pa = reference::product(a), pb = reference::product(b);
      const Eigen::Matrix4cd expected = Complex(0.0, -1.0) * (pa * pb - pb * pa);
      EXPECT_EQ(pauli_matrix(commutator(PauliVector::Unit(a), PauliVector::Unit(b))), expected) << a << ' ' << b;
    }
  }
}

TEST(Pauli, CommutatorBoundHoldsAndIsReached) {
  std::srand(2);
  for (int repeat = 0; repeat < 1000; ++repeat) {
    const PauliVector x = PauliVector::Random(), y = PauliVector::Random();
    EXPECT_LE(commutator(x, y).norm(), commutator_bound(x) * y.norm());
  }
  // (sigma_x sigma_x - sigma_y sigma_y) |00><00| takes part at the full spread 2 sqrt(2) |x|.
  PauliVector x = PauliVector::Zero();
  x[5] = 1.0;
  x[10] = -1.0;
  PauliVector y = PauliVector::Zero();
  y[3] = y[12] = 1.0;
  EXPECT_NEAR(commutator(x, y).norm(), commutator_bound(x) * y.norm(), 1e-12);
}

TEST(Pauli, ProductStateIsTheTensorProduct) {
  const std::array<double, 6> s{0.3, -0.5, 0.6, -0.1, 0.9, 0.2};
  Eigen::Matrix2cd a = reference::sigma(0), b = reference::sigma(0);
  for (std::size_t mu = 0; mu < 3; ++mu) {
    a += s[mu] * reference::sigma(static_cast<int>(mu) + 1);
    b += s[mu + 3] * reference::sigma(static_cast<int>(mu) + 1);
  }
  const Eigen::Matrix4cd expected = reference::kron(a, b) / 4.0;
  EXPECT_LT((pauli_matrix(product_state(s)) - expected).norm(), 1e-15);
}

TEST(Pauli, StokesVectorsAreTheExpectationsOfOneParticlesMatrices) {
  std::srand(3);
  const PauliVector x = PauliVector::Random();
  const Eigen::Matrix4cd rho = pauli_matrix(x);
  const auto found = stokes_of(x);
  for (int mu = 1; mu < 4; ++mu) {
    const auto place = static_cast<std::size_t>(mu) - 1;
    EXPECT_NEAR(found[place], (rho * reference::product(4 * mu)).trace().real(), 1e-14);
    EXPECT_NEAR(found[place + 3], (rho * reference::product(mu)).trace().real(), 1e-14);
  }
  const std::array<double, 6> s{0.3, -0.5, 0.6, -0.1, 0.9, 0.2};
  EXPECT_EQ(stokes_of(product_state(s)), s);
}

TEST(Pauli, RefusesStokesVectorsLongerThanOne) {
  EXPECT_NO_THROW(product_state(std::array<double, 6>{0.6, 0.0, 0.8, 0.0, 1.0, 0.0}));
  EXPECT_THROW(product_state(std::array<double, 6>{0.6, 0.1, 0.8, 0.0, 1.0, 0.0}), config_error);
  EXPECT_THROW(product_state(std::array<double, 6>{0.0, 0.0, 0.0, 0.0, std::nan(""), 0.0}), config_error);
}

}  // namespace
