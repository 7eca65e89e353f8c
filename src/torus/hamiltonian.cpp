#include "torus/hamiltonian.hpp"

#include "parallel/counts.hpp"

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// x^power, and its first two derivatives.
struct PowerDerivatives {
  double value, first, second;
};

PowerDerivatives power_of(double x, int power) {
  const auto p = static_cast<double>(power);
  return {std::pow(x, power), power < 1 ? 0.0 : p * std::pow(x, power - 1),
          power < 2 ? 0.0 : p * (p - 1.0) * std::pow(x, power - 2)};
}

/// A monomial in the actions with its derivatives.
struct Monomial {
  double value = 0.0;
  std::array<double, 3> first{};
  std::array<std::array<double, 3>, 3> second{};
};

Monomial monomial(const ActionMonomial& term, std::span<const double> action, bool with_second) {
  const auto n = action.size();
  std::array<PowerDerivatives, 3> factor{};
  for (std::size_t d = 0; d < n; ++d) factor[d] = power_of(action[d], term.power[d]);
  const auto product = [&](auto pick) {
    double out = term.coefficient;
    for (std::size_t d = 0; d < n; ++d) out *= pick(d);
    return out;
  };
  Monomial out;
  if (std::all_of(term.power.begin(), term.power.end(), [](int power) { return power == 0; })) {
    out.value = term.coefficient;  // by far the most of a potential that comes from a network
    return out;
  }
  out.value = product([&](std::size_t d) { return factor[d].value; });
  for (std::size_t i = 0; i < n; ++i) {
    out.first[i] = product([&](std::size_t d) { return d == i ? factor[d].first : factor[d].value; });
    for (std::size_t j = 0; with_second && j < n; ++j) {
      out.second[i][j] = product([&](std::size_t d) {
        if (i == j) return d == i ? factor[d].second : factor[d].value;
        return d == i || d == j ? factor[d].first : factor[d].value;
      });
    }
  }
  return out;
}

}  // namespace

TorusHamiltonian::TorusHamiltonian(const TorusSettings& settings, double epsilon)
    : dimensions_(settings.dimensions),
      epsilon_(epsilon),
      linear_(settings.linear),
      quadratic_(settings.quadratic),
      terms_(settings.terms) {}

double TorusHamiltonian::unperturbed(std::span<const double> action) const {
  const auto n = as_size(dimensions_);
  double out = 0.0;
  for (std::size_t i = 0; i < n; ++i) {
    double row = 0.0;
    for (std::size_t j = 0; j < n; ++j) row += quadratic_[i * n + j] * action[j];
    out += (linear_[i] + 0.5 * row) * action[i];
  }
  return out;
}

std::array<double, 3> TorusHamiltonian::unperturbed_frequency(std::span<const double> action) const {
  const auto n = as_size(dimensions_);
  std::array<double, 3> out{};
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = linear_[i];
    for (std::size_t j = 0; j < n; ++j) out[i] += quadratic_[i * n + j] * action[j];
  }
  return out;
}

HamiltonianDerivatives TorusHamiltonian::first_derivatives(std::span<const double> angle,
                                                           std::span<const double> action) const {
  return derivatives(angle, action, false);
}

HamiltonianDerivatives TorusHamiltonian::second_derivatives(std::span<const double> angle,
                                                            std::span<const double> action) const {
  return derivatives(angle, action, true);
}

HamiltonianDerivatives TorusHamiltonian::derivatives(std::span<const double> angle, std::span<const double> action,
                                                     bool with_second) const {
  const auto n = as_size(dimensions_);
  HamiltonianDerivatives out;
  out.value = unperturbed(action);
  out.by_action = unperturbed_frequency(action);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; with_second && j < n; ++j) out.action_action[i][j] = quadratic_[i * n + j];
  }
  for (const auto& term : terms_) {
    double argument = term.phase;
    for (std::size_t d = 0; d < n; ++d) argument += term.mode[d] * angle[d];
    const double cosine = epsilon_ * std::cos(argument);
    const double sine = epsilon_ * std::sin(argument);
    for (const auto& part : term.polynomial) {
      const auto p = monomial(part, action.first(n), with_second);
      out.value += cosine * p.value;
      for (std::size_t i = 0; i < n; ++i) {
        out.by_angle[i] -= sine * term.mode[i] * p.value;
        out.by_action[i] += cosine * p.first[i];
        for (std::size_t j = 0; with_second && j < n; ++j) {
          out.action_action[i][j] += cosine * p.second[i][j];
          out.angle_action[i][j] -= sine * term.mode[i] * p.first[j];
        }
      }
    }
  }
  return out;
}

}  // namespace hjnet
