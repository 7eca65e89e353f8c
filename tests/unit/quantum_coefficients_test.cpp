// The coefficients c_alpha against operators built as 4 x 4 matrices and multiplied out.
#include <gtest/gtest.h>

#include "quantum/coefficients.hpp"
#include "quantum/pauli.hpp"
#include "quantum_reference.hpp"

#include <vector>

namespace {

using namespace hjnet;
using Eigen::Matrix4cd;

constexpr std::size_t neurons = 5;
using Stokes = std::array<double, 6>;
constexpr Stokes stokes{0.2, -0.4, 0.7, 0.5, 0.1, -0.3};

std::vector<double> random_numbers(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(n);
  for (double& v : values) v = normal(generator);
  return values;
}

Matrix4cd particle_operator(std::size_t a) {
  const int mu = static_cast<int>(a % 3) + 1;
  return reference::product(a < 3 ? 4 * mu : mu);
}

/// x + sum_a d_a x (O_a - s_a)
Matrix4cd operator_of(const double* x) {
  const Matrix4cd one = Matrix4cd::Identity();
  Matrix4cd m = x[0] * one;
  for (std::size_t a = 0; a < 6; ++a) m += x[1 + a] * (particle_operator(a) - stokes[a] * one);
  return m;
}

/// Coefficients of m less its multiple of the identity.
std::array<double, 16> without_identity(const Matrix4cd& m) {
  std::array<double, 16> c{};
  for (int alpha = 1; alpha < 16; ++alpha) {
    c[static_cast<std::size_t>(alpha)] = (reference::product(alpha) * m).trace().real() / 4.0;
  }
  return c;
}

void expect_equal(const std::array<double, 16>& c, const Matrix4cd& m) {
  const auto expected = without_identity(m);
  for (std::size_t alpha = 0; alpha < 16; ++alpha) EXPECT_NEAR(c[alpha], expected[alpha], 2e-14) << alpha;
}

struct Case {
  std::vector<double> delta = random_numbers(neurons * 7, 1);
  std::vector<double> f = random_numbers(neurons * 7, 2);
  std::vector<double> gauge = random_numbers(neurons, 3);
};

TEST(Coefficients, BilinearIsTheSymmetrisedProduct) {
  const Case x;
  Matrix4cd h = Matrix4cd::Zero();
  for (std::size_t k = 0; k < neurons; ++k) {
    const Matrix4cd d = operator_of(&x.delta[7 * k]), f = operator_of(&x.f[7 * k]);
    h += 0.5 * (d * f + f * d);
  }
  for (const Closure closure : {Closure::bilinear, Closure::full}) {
    std::array<double, 16> c{};
    add_coefficients(closure, stokes, neurons, x.delta.data(), x.f.data(), nullptr, c);
    expect_equal(c, h);
  }
}

TEST(Coefficients, GaugeTermIsTheSquareOfTheOperatorF) {
  const Case x;
  Matrix4cd h = Matrix4cd::Zero();
  for (std::size_t k = 0; k < neurons; ++k) {
    const Matrix4cd d = operator_of(&x.delta[7 * k]), f = operator_of(&x.f[7 * k]);
    h += 0.5 * (d * f + f * d) + x.gauge[k] * f * f;
  }
  std::array<double, 16> c{};
  add_coefficients(Closure::bilinear, stokes, neurons, x.delta.data(), x.f.data(), x.gauge.data(), c);
  expect_equal(c, h);
}

TEST(Coefficients, BackpropagationKeepsFANumber) {
  const Case x;
  Matrix4cd h = Matrix4cd::Zero();
  for (std::size_t k = 0; k < neurons; ++k) h += x.f[7 * k] * operator_of(&x.delta[7 * k]);
  for (const double* gauge : {static_cast<const double*>(nullptr), x.gauge.data()}) {
    std::array<double, 16> c{};
    add_coefficients(Closure::backpropagation, stokes, neurons, x.delta.data(), x.f.data(), gauge, c);
    expect_equal(c, h);
  }
}

TEST(Coefficients, OperatorValuedErrorToSecondOrder) {
  // E(y^) = E + sum E_i (y^_i - y_i) + 1/2 sum E_ij (y^_i - y_i)(y^_j - y_j)
  const std::vector<double> y = random_numbers(neurons * 7, 4), gradient = random_numbers(neurons, 5);
  const std::vector<double> half = random_numbers(neurons * neurons, 6);
  const auto hessian = [&](std::size_t i, std::size_t j) { return half[neurons * i + j] + half[neurons * j + i]; };
  std::vector<double> hessian_y(neurons * 6, 0.0);
  Matrix4cd h = Matrix4cd::Zero();
  std::vector<Matrix4cd> difference;
  for (std::size_t i = 0; i < neurons; ++i) {
    difference.push_back(operator_of(&y[7 * i]) - y[7 * i] * Matrix4cd::Identity());
    h += gradient[i] * difference[i];
  }
  for (std::size_t i = 0; i < neurons; ++i) {
    for (std::size_t j = 0; j < neurons; ++j) {
      h += 0.5 * hessian(i, j) * difference[i] * difference[j];
      for (std::size_t a = 0; a < 6; ++a) hessian_y[6 * i + a] += hessian(i, j) * y[7 * j + 1 + a];
    }
  }
  std::array<double, 16> c{};
  add_error_coefficients(stokes, neurons, y.data(), gradient.data(), hessian_y.data(), c);
  expect_equal(c, h);
}

TEST(Coefficients, PartialSumsAddUp) {
  const Case x;
  std::array<double, 16> whole{}, parts{};
  add_coefficients(Closure::bilinear, stokes, neurons, x.delta.data(), x.f.data(), x.gauge.data(), whole);
  add_coefficients(Closure::bilinear, stokes, 2, x.delta.data(), x.f.data(), x.gauge.data(), parts);
  add_coefficients(Closure::bilinear, stokes, neurons - 2, &x.delta[14], &x.f[14], &x.gauge[2], parts);
  EXPECT_EQ(whole, parts);
}

TEST(Coefficients, MixedAreThoseOfAFunctionThatIsLinearInEachState) {
  const auto given = random_numbers(16, 11);
  const std::array<double, 4> a{1.0, stokes[0], stokes[1], stokes[2]};
  const std::array<double, 4> b{1.0, stokes[3], stokes[4], stokes[5]};
  StateDerivatives derivatives{};
  for (std::size_t mu = 0; mu < 4; ++mu) {
    for (std::size_t nu = 0; nu < 4; ++nu) {
      const double c = given[4 * mu + nu];
      if (mu > 0) derivatives[mu] += c * b[nu];
      if (nu > 0) derivatives[3 + nu] += c * a[mu];
      if (mu > 0 && nu > 0) derivatives[7 + 3 * (mu - 1) + nu - 1] += c;
    }
  }
  std::array<double, 16> c{};
  add_mixed_coefficients(stokes, derivatives, c);
  EXPECT_EQ(c[0], 0.0);
  for (std::size_t alpha = 1; alpha < 16; ++alpha) EXPECT_NEAR(c[alpha], given[alpha], 2e-15) << alpha;
}

TEST(Coefficients, BranchesAreAControlledNumber) {
  // <a b| H |a b> of the states along the axes is H_ab, but for their mean, and nothing else couples them.
  const std::array<std::array<double, 3>, 2> axes{{{0.6, 0.0, 0.8}, {0.0, -1.0, 0.0}}};
  const std::array<double, 4> h{0.3, -0.2, 0.7, 0.1};
  PauliVector c = PauliVector::Zero();
  add_branch_coefficients(axes, h, std::span<double, 16>(c.data(), 16));
  EXPECT_EQ(c[0], 0.0);
  for (std::size_t branch = 0; branch < 4; ++branch) {
    const double a = branch < 2 ? 1.0 : -1.0;
    const double b = branch % 2 == 0 ? 1.0 : -1.0;
    std::array<double, 6> stokes{};
    for (std::size_t i = 0; i < 3; ++i) {
      stokes[i] = a * axes[0][i];
      stokes[3 + i] = b * axes[1][i];
    }
    const PauliVector rho = product_state(stokes);
    EXPECT_NEAR(4.0 * c.dot(rho), h[branch] - 0.225, 1e-15);
    EXPECT_LT(commutator(c, rho).norm(), 1e-15);
  }
}

TEST(Coefficients, DerivativesOfProductsAndErrorsAgreeWithPolynomials) {
  // x(s) = x_0 + x_a s_A + x_b s_B + x_ab s_A s_B along one component each: columns 2, 6 and 7 + 3 + 2.
  const std::array<double, 4> x{0.7, -0.3, 0.5, 1.1};
  const std::array<double, 4> y{-0.4, 0.9, 0.2, -0.6};
  const auto columns = [](const std::array<double, 4>& p) {
    std::vector<double> out(16, 0.0);
    out[0] = p[0], out[2] = p[1], out[6] = p[2], out[12] = p[3];
    return out;
  };
  StateDerivatives sum{};
  const double weight = 1.7;
  add_product_derivatives(1, columns(x).data(), columns(y).data(), &weight, sum);
  EXPECT_NEAR(sum[2], weight * (x[0] * y[1] + x[1] * y[0]), 1e-15);
  EXPECT_NEAR(sum[6], weight * (x[0] * y[2] + x[2] * y[0]), 1e-15);
  EXPECT_NEAR(sum[12], weight * (x[0] * y[3] + x[3] * y[0] + x[1] * y[2] + x[2] * y[1]), 1e-15);
  // E = y^3/6: E' = y^2/2 with columns of its own.
  StateDerivatives error{};
  const std::array<double, 4> slope{0.5 * y[0] * y[0], y[0] * y[1], y[0] * y[2], y[0] * y[3] + y[1] * y[2]};
  add_error_derivatives(1, columns(y).data(), columns(slope).data(), error);
  EXPECT_NEAR(error[2], 0.5 * y[0] * y[0] * y[1], 1e-15);
  EXPECT_NEAR(error[12], 0.5 * y[0] * y[0] * y[3] + y[0] * y[1] * y[2], 1e-15);
}

}  // namespace
