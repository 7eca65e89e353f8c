#include "quantum/pauli.hpp"

#include "parallel/errors.hpp"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <complex>
#include <utility>

namespace hjnet {

namespace {

using Complex = std::complex<double>;

/// i^k of sigma_a sigma_b = i^k sigma_(a xor b).
constexpr int phase_power(int a, int b) {
  if (a == 0 || b == 0 || a == b) return 0;
  return (b - a + 3) % 3 == 1 ? 1 : 3;
}

/// -i[P_first, P_second] = 2 sign P_product for the pairs first < second that do not commute.
struct Bracket {
  int first, second, product, sign;
};

constexpr int brackets_count = 60;

constexpr std::array<Bracket, brackets_count> make_brackets() {
  std::array<Bracket, brackets_count> table{};
  std::size_t n = 0;
  for (int a = 1; a < 16; ++a) {
    for (int b = a + 1; b < 16; ++b) {
      const int power = (phase_power(a / 4, b / 4) + phase_power(a % 4, b % 4)) % 4;
      if (power % 2 == 1) table[n++] = {a, b, a ^ b, power == 1 ? 1 : -1};
    }
  }
  return table;
}

constexpr auto brackets = make_brackets();

template <std::size_t N>
inline void add_bracket(const PauliVector& x, const PauliVector& y, PauliVector& z) {
  constexpr Bracket b = brackets[N];
  const double term = x[b.first] * y[b.second] - x[b.second] * y[b.first];
  z[b.product] += b.sign * term;
}

template <std::size_t... N>
inline void add_brackets(const PauliVector& x, const PauliVector& y, PauliVector& z, std::index_sequence<N...>) {
  (add_bracket<N>(x, y, z), ...);
}

/// sum_nu x_nu sigma_nu of four coefficients.
Eigen::Matrix2cd single(double x0, double x1, double x2, double x3) {
  Eigen::Matrix2cd m;
  m << Complex(x0 + x3, 0.0), Complex(x1, -x2), Complex(x1, x2), Complex(x0 - x3, 0.0);
  return m;
}

}  // namespace

Eigen::Matrix4cd pauli_product(int alpha) {
  return pauli_matrix(PauliVector::Unit(alpha));
}

Eigen::Matrix4cd pauli_matrix(const PauliVector& x) {
  const Complex i(0.0, 1.0);
  std::array<Eigen::Matrix2cd, 4> b;
  for (int mu = 0; mu < 4; ++mu) {
    const Eigen::Index row = Eigen::Index{4} * mu;
    b[static_cast<std::size_t>(mu)] = single(x[row], x[row + 1], x[row + 2], x[row + 3]);
  }
  Eigen::Matrix4cd m;
  m.topLeftCorner<2, 2>() = b[0] + b[3];
  m.bottomRightCorner<2, 2>() = b[0] - b[3];
  m.topRightCorner<2, 2>() = b[1] - i * b[2];
  m.bottomLeftCorner<2, 2>() = b[1] + i * b[2];
  return m;
}

PauliVector pauli_coefficients(const Eigen::Matrix4cd& m) {
  const Complex i(0.0, 1.0);
  const std::array<Eigen::Matrix2cd, 4> b{m.topLeftCorner<2, 2>() + m.bottomRightCorner<2, 2>(),
                                          m.topRightCorner<2, 2>() + m.bottomLeftCorner<2, 2>(),
                                          i * (m.topRightCorner<2, 2>() - m.bottomLeftCorner<2, 2>()),
                                          m.topLeftCorner<2, 2>() - m.bottomRightCorner<2, 2>()};
  PauliVector x;
  for (int mu = 0; mu < 4; ++mu) {
    const auto& part = b[static_cast<std::size_t>(mu)];
    const Eigen::Index row = Eigen::Index{4} * mu;
    x[row] = 0.25 * (part(0, 0) + part(1, 1)).real();
    x[row + 1] = 0.25 * (part(0, 1) + part(1, 0)).real();
    x[row + 2] = 0.25 * (part(1, 0) - part(0, 1)).imag();
    x[row + 3] = 0.25 * (part(0, 0) - part(1, 1)).real();
  }
  return x;
}

PauliVector commutator(const PauliVector& x, const PauliVector& y) {
  PauliVector z = PauliVector::Zero();
  add_brackets(x, y, z, std::make_index_sequence<brackets_count>());
  return 2.0 * z;
}

double commutator_bound(const PauliVector& x) {
  return 2.0 * std::sqrt(2.0) * x.norm();
}

PauliVector product_state(std::span<const double, 6> stokes) {
  constexpr double round_off = 1e-12;
  std::array<Eigen::Vector4d, 2> s;
  for (std::size_t p = 0; p < 2; ++p) {
    s[p] << 1.0, stokes[3 * p], stokes[3 * p + 1], stokes[3 * p + 2];
    const double length = s[p].tail<3>().norm();
    if (!(length <= 1.0 + round_off)) {
      throw config_error(fmt::format("the Stokes vector of particle {} has length {}; it must not exceed 1",
                                     p == 0 ? "A" : "B", length));
    }
  }
  PauliVector x;
  for (int mu = 0; mu < 4; ++mu) {
    for (int nu = 0; nu < 4; ++nu) x[4 * mu + nu] = 0.25 * s[0][mu] * s[1][nu];
  }
  return x;
}

}  // namespace hjnet
