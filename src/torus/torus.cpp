#include "torus/torus.hpp"

#include "parallel/counts.hpp"
#include "torus/equation.hpp"
#include "torus/fourier/fourier_grid.hpp"

#include <Eigen/LU>

#include <algorithm>

namespace hjnet {

namespace {

/// Calls take(which member of GeneratorDerivatives, coefficients, orders of differentiation) for each that there is.
template <class Take>
void for_each_derivative(const Torus& torus, Take take) {
  const auto n = as_size(torus.dimensions);
  const auto& g = torus.coefficient;
  take([](auto& at) -> double& { return at.value; }, g, Mode{});
  for (std::size_t i = 0; i < n; ++i) {
    take([i](auto& at) -> double& { return at.by_angle[i]; }, g, derivative(i));
    take([i](auto& at) -> double& { return at.by_action[i]; }, torus.tangent[i], Mode{});
    for (std::size_t j = 0; j < n; ++j) {
      auto both = derivative(i);
      ++both[j];
      take([i, j](auto& at) -> double& { return at.angle_angle[i][j]; }, g, both);
      take([i, j](auto& at) -> double& { return at.angle_action[i][j]; }, torus.tangent[j], derivative(i));
    }
  }
}

}  // namespace

double GeneratorDerivatives::determinant(int dimensions) const {
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 3, 3> matrix(dimensions, dimensions);
  for (int i = 0; i < dimensions; ++i) {
    for (int j = 0; j < dimensions; ++j) matrix(i, j) = angle_action[as_size(i)][as_size(j)] + (i == j ? 1.0 : 0.0);
  }
  return matrix.determinant();
}

GeneratorDerivatives Torus::generator(std::span<const double> angle) const {
  const auto n = as_size(dimensions);
  std::array<std::vector<std::complex<double>>, 3> wave{{{1.0}, {1.0}, {1.0}}};
  for (std::size_t d = 0; d < n; ++d) {
    wave[d].clear();
    for (int m = -modes[d]; m <= modes[d]; ++m) wave[d].push_back(std::polar(1.0, m * angle[d]));
  }
  GeneratorDerivatives out;
  for (std::size_t k = 0; k < mode.size(); ++k) {
    const auto& m = mode[k];
    auto turn = std::complex<double>(2.0);
    for (std::size_t d = 0; d < n; ++d) turn *= wave[d][as_size(m[d] + modes[d])];
    const auto g = coefficient[k] * turn;
    out.value += g.real();
    std::array<std::complex<double>, 3> by_action{};
    for (std::size_t j = 0; j < n; ++j) {
      by_action[j] = tangent[j][k] * turn;
      out.by_action[j] += by_action[j].real();
    }
    for (std::size_t i = 0; i < n; ++i) {
      out.by_angle[i] -= m[i] * g.imag();
      for (std::size_t j = 0; j < n; ++j) {
        out.angle_angle[i][j] -= m[i] * m[j] * g.real();
        out.angle_action[i][j] -= m[i] * by_action[j].imag();
      }
    }
  }
  return out;
}

std::vector<GeneratorDerivatives> Torus::generator_on_grid(std::span<const std::int64_t> points) const {
  const auto n = as_size(dimensions);
  // A grid too coarse for the modes is every stride-th point of one that is not.
  Mode fine{1, 1, 1};
  Mode stride{1, 1, 1};
  Mode count{1, 1, 1};
  std::size_t size = 1;
  for (std::size_t d = 0; d < n; ++d) {
    count[d] = static_cast<int>(points[d]);
    stride[d] = 2 * modes[d] / count[d] + 1;
    fine[d] = stride[d] * count[d];
    size *= as_size(points[d]);
  }
  FourierGrid grid(dimensions, modes, fine);
  std::vector<GeneratorDerivatives> out(size);
  std::vector<double> values(grid.size());
  for_each_derivative(*this, [&](auto member, const auto& coefficients, const Mode& orders) {
    grid.to_grid(coefficients, orders, 0, values);
    std::size_t at = 0;
    for (int i = 0; i < count[0]; ++i) {
      for (int j = 0; j < count[1]; ++j) {
        for (int k = 0; k < count[2]; ++k) {
          const auto row = as_size(i) * as_size(stride[0]) * as_size(fine[1]) + as_size(j) * as_size(stride[1]);
          member(out[at++]) = values[row * as_size(fine[2]) + as_size(k) * as_size(stride[2])];
        }
      }
    }
  });
  return out;
}

std::string to_string(TorusStatus status) {
  static const std::array<const char*, 5> names{"converged", "not converged", "resonant", "folded", "mode limit"};
  return names[static_cast<std::size_t>(status)];
}

std::string to_string(TorusSolution solution) {
  static const std::array<const char*, 4> names{"none", "fixed point", "Newton", "continuation"};
  return names[static_cast<std::size_t>(solution)];
}

}  // namespace hjnet
