#include "quantum/coefficients.hpp"

#include "config/tangents.hpp"

namespace hjnet {

namespace {

constexpr std::size_t directions = 6;
constexpr std::size_t columns = 1 + directions;

/// Where the coefficient of O_a alone stands in c: 4 mu for A mu, nu for B nu.
constexpr std::size_t single_index(std::size_t a) {
  return a < 3 ? 4 * (a + 1) : a - 2;
}

/// X - sum_a s_a d_a X: what is left of X where no particle enters.
double constant_part(std::span<const double, 6> stokes, const double* x) {
  double value = x[0];
  for (std::size_t a = 0; a < directions; ++a) value -= stokes[a] * x[1 + a];
  return value;
}

/// c_mu nu += weight (x_A mu y_B nu) over the nine pairs; x and y are the six tangents.
void add_pairs(double weight, const double* x, const double* y, std::span<double, 16> c) {
  for (std::size_t mu = 0; mu < 3; ++mu) {
    for (std::size_t nu = 0; nu < 3; ++nu) c[4 * (mu + 1) + nu + 1] += weight * x[mu] * y[3 + nu];
  }
}

void add_singles(double weight, const double* x, std::span<double, 16> c) {
  for (std::size_t a = 0; a < directions; ++a) c[single_index(a)] += weight * x[a];
}

}  // namespace

void add_coefficients(Closure closure, std::span<const double, 6> stokes, std::size_t n, const double* delta,
                      const double* f, const double* gauge, std::span<double, 16> c) {
  for (std::size_t k = 0; k < n; ++k) {
    const double* d = delta + k * columns;
    const double* v = f + k * columns;
    if (closure == Closure::backpropagation) {
      add_singles(v[0], d + 1, c);
      continue;
    }
    const double f_constant = constant_part(stokes, v);
    add_singles(f_constant, d + 1, c);
    add_singles(constant_part(stokes, d), v + 1, c);
    add_pairs(1.0, d + 1, v + 1, c);
    add_pairs(1.0, v + 1, d + 1, c);
    if (gauge != nullptr) {
      add_singles(2.0 * gauge[k] * f_constant, v + 1, c);
      add_pairs(2.0 * gauge[k], v + 1, v + 1, c);
    }
  }
}

void add_error_coefficients(std::span<const double, 6> stokes, std::size_t n, const double* y, const double* gradient,
                            const double* hessian_y, std::span<double, 16> c) {
  for (std::size_t i = 0; i < n; ++i) {
    const double* tangent = y + i * columns + 1;
    const double* second = hessian_y + i * directions;
    double first = gradient[i];
    for (std::size_t a = 0; a < directions; ++a) first -= stokes[a] * second[a];
    add_singles(first, tangent, c);
    add_pairs(1.0, tangent, second, c);
  }
}

void add_product_derivatives(std::size_t n, const double* x, const double* y, const double* weight,
                             StateDerivatives& sum) {
  for (std::size_t k = 0; k < n; ++k) {
    const double* a = x + k * most_columns;
    const double* b = y + k * most_columns;
    for (std::size_t c = 1; c < most_columns; ++c) {
      double term = a[c] * b[0];
      for (const auto [left, right] : product_terms(c)) term += a[left] * b[right];
      sum[c] += weight == nullptr ? term : weight[k] * term;
    }
  }
}

void add_error_derivatives(std::size_t n, const double* y, const double* gradient, StateDerivatives& sum) {
  for (std::size_t i = 0; i < n; ++i) {
    const double* at = y + i * most_columns;
    const double* slope = gradient + i * most_columns;
    for (std::size_t c = 1; c < most_columns; ++c) {
      sum[c] += slope[0] * at[c];
      if (c < first_mixed) continue;
      const auto [a, b] = directions_of(c);
      sum[c] += slope[b] * at[a];
    }
  }
}

void add_branch_coefficients(const std::array<std::array<double, 3>, 2>& axes, std::span<const double, 4> h,
                             std::span<double, 16> c) {
  const double a = 0.25 * (h[0] + h[1] - h[2] - h[3]);
  const double b = 0.25 * (h[0] - h[1] + h[2] - h[3]);
  const double both = 0.25 * (h[0] - h[1] - h[2] + h[3]);
  for (std::size_t mu = 0; mu < 3; ++mu) {
    c[4 * (mu + 1)] += a * axes[0][mu];
    c[mu + 1] += b * axes[1][mu];
    for (std::size_t nu = 0; nu < 3; ++nu) c[4 * (mu + 1) + nu + 1] += both * axes[0][mu] * axes[1][nu];
  }
}

void add_mixed_coefficients(std::span<const double, 6> stokes, const StateDerivatives& derivatives,
                            std::span<double, 16> c) {
  for (std::size_t a = 1; a < first_mixed; ++a) c[single_index(a - 1)] += derivatives[a];
  for (std::size_t column = first_mixed; column < most_columns; ++column) {
    const auto [a, b] = directions_of(column);
    const double second = derivatives[column];
    c[4 * a + b - 3] += second;
    c[single_index(a - 1)] -= stokes[b - 1] * second;
    c[single_index(b - 1)] -= stokes[a - 1] * second;
  }
}

}  // namespace hjnet
