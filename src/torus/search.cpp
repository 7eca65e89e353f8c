#include "torus/search.hpp"

#include "parallel/counts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

/// The Galerkin equations are solved so much better than the residual has to be.
constexpr double galerkin_margin = 1e-2;
/// Tangents may miss their equation by so much more than the torus: they are a derivative of it.
constexpr double tangent_margin = 1e3;

/// Round-off of a coefficient of H, relative to 1 + |K|.
constexpr double round_off = 4e-16;

double norm_of(std::span<const std::complex<double>> x) {
  double sum = 0.0;
  for (const auto& value : x) sum += std::norm(value);
  return std::sqrt(sum);
}

}  // namespace

TorusSolver::Search::Attempt TorusSolver::Search::attempt(double epsilon, double tolerance, Attempt start,
                                                          bool complete) {
  Attempt out = std::move(start);
  out.status = TorusStatus::not_converged;
  out.solution = TorusSolution::none;
  double last = Torus::nan;
  while (true) {
    auto& resolution = at(out.modes);
    resolution.equation.set(action_, epsilon);
    if (!solve_here(resolution, tolerance, out)) return out;
    const auto beyond = resolution.equation.beyond_limit();
    if (judge(resolution, tolerance, complete, out)) return out;
    const double now = out.check.residual;
    // Round-off does not fall with the number of modes, and leaves nothing beyond them.
    const double beyond_all = *std::max_element(beyond.begin(), beyond.end());
    if (now > 0.5 * last && beyond_all < 1e-16 * (1.0 + std::abs(out.check.hamiltonian))) {
      out.at_round_off = true;
      out.reason =
          fmt::format("what is left is {}, which seems to be round-off: a larger tolerance is needed", out.shortfall);
      return out;
    }
    const auto more = finer(out.modes, beyond);
    if (!more || hopeless(out.modes, last, now, tolerance)) {
      out.status = TorusStatus::mode_limit;
      out.reason =
          fmt::format("{} modes leave {}, and max_modes {}", *std::max_element(out.modes.begin(), out.modes.end()),
                      out.shortfall, more ? "would not be enough" : "allows no more");
      return out;
    }
    last = now;
    out.generator = at(*more).equation.modes().take(resolution.equation.modes(), out.generator);
    out.modes = *more;
  }
}

bool TorusSolver::Search::solve_here(Resolution& resolution, double tolerance, Attempt& attempt) {
  const double target = galerkin_target(resolution.equation, tolerance, attempt.generator);
  if (settings_.method != TorusMethod::newton && fixed_point(resolution.equation, target, attempt.generator)) {
    if (attempt.solution == TorusSolution::none) attempt.solution = TorusSolution::fixed_point;
    return true;
  }
  if (settings_.method == TorusMethod::fixed_point) {
    attempt.check.residual = Torus::nan;
    attempt.reason = "the fixed point does not converge";
    return false;
  }
  const auto outcome = resolution.newton.solve(attempt.generator, target);
  iterations_ += outcome.iterations;
  attempt.solution = TorusSolution::newton;
  if (outcome.norm <= tolerance) return true;
  attempt.check = resolution.equation.check(attempt.generator, nullptr, {});
  if (!std::isfinite(attempt.check.residual)) attempt.check.residual = Torus::nan;
  attempt.reason = fmt::format("Newton's method stops at a residual of {:.3g}, with coefficients of norm {:.3g}",
                               attempt.check.residual, outcome.norm);
  return false;
}

double TorusSolver::Search::galerkin_target(TorusEquation& equation, double tolerance, const Coefficients& generator) {
  Coefficients ignored(generator.size());
  const double floor = round_off * (1.0 + std::abs(equation.residual(generator, ignored)));
  // A NaN of the energy must not pass for a target.
  return floor > galerkin_margin * tolerance ? std::min(floor, tolerance) : galerkin_margin * tolerance;
}

bool TorusSolver::Search::fixed_point(TorusEquation& equation, double tolerance, Coefficients& generator) {
  const bool alone = settings_.method == TorusMethod::fixed_point;
  const int most = alone ? 2000 : 100;
  // Newton's method takes over where the fixed point is slow; alone, it may have its ups and downs.
  const double growth = alone ? 10.0 : 0.5;
  const auto frequency = hamiltonian_.unperturbed_frequency(action_);
  Coefficients trial = generator;
  Coefficients change(generator.size());
  double last = std::numeric_limits<double>::infinity();
  for (int step = 0; step < most; ++step) {
    equation.residual(trial, change);
    const double norm = norm_of(change);
    if (!(norm < growth * last)) return false;
    if (norm < last) generator = trial;
    if (norm <= tolerance) return true;
    last = std::min(norm, last);
    // g_m = i F_m / m.omega (63), F being the equation's residual without its term i m.omega g_m.
    equation.divide(change, frequency, settings_.divisor_tolerance);
    for (std::size_t i = 0; i < trial.size(); ++i) trial[i] -= change[i];
    ++iterations_;
  }
  return false;
}

bool TorusSolver::Search::judge(Resolution& resolution, double tolerance, bool complete, Attempt& attempt) {
  attempt.check = resolution.equation.check(attempt.generator, nullptr, {});
  attempt.shortfall = fmt::format("a residual of {:.3g}", attempt.check.residual);
  if (!(attempt.check.residual <= tolerance)) return false;
  if (!complete) {
    attempt.status = TorusStatus::converged;
    return true;
  }
  const double limit = tangent_margin * tolerance;
  if (!find_tangents(resolution, attempt)) {
    attempt.shortfall += ", but tangents that GMRES does not find";
    return false;
  }
  if (!(attempt.check.tangent_residual <= limit)) {
    attempt.shortfall +=
        fmt::format(", but one of the tangents of {:.3g}, above {:.3g}", attempt.check.tangent_residual, limit);
    return false;
  }
  if (attempt.check.smallest_determinant > 0.0) {
    attempt.status = TorusStatus::converged;
  } else {
    attempt.status = TorusStatus::folded;
    attempt.reason = fmt::format("folded: det d2S/dphi dJ falls to {:.3g}", attempt.check.smallest_determinant);
  }
  return true;
}

bool TorusSolver::Search::find_tangents(Resolution& resolution, Attempt& attempt) {
  auto& equation = resolution.equation;
  Coefficients right(attempt.generator.size());
  equation.residual(attempt.generator, right);
  for (int j = 0; j < settings_.dimensions; ++j) {
    auto& tangent = attempt.tangent[as_size(j)];
    tangent.assign(right.size(), 0.0);
    equation.frequency_coefficients(j, right);
    for (auto& value : right) value = -value;
    if (!resolution.newton.solve_linear(right, tangent)) return false;
    attempt.frequency[as_size(j)] = equation.mean_frequency()[as_size(j)] + equation.linearised(tangent, right);
  }
  attempt.check = equation.check(attempt.generator, &attempt.tangent, attempt.frequency);
  return true;
}

std::optional<Mode> TorusSolver::Search::finer(const Mode& modes, const std::array<double, 3>& beyond) const {
  const double largest = *std::max_element(beyond.begin(), beyond.end());
  auto out = modes;
  for (std::size_t d = 0; d < modes.size(); ++d) {
    if (beyond[d] >= 0.1 * largest) out[d] = std::min(2 * modes[d], max_modes_[d]);
  }
  if (out == modes) return std::nullopt;
  return out;
}

bool TorusSolver::Search::hopeless(const Mode& modes, double last, double now, double tolerance) const {
  if (!(now < last)) return false;
  double room = 0.0;
  for (std::size_t d = 0; d < modes.size(); ++d) {
    if (modes[d] > 0) room = std::max(room, static_cast<double>(max_modes_[d]) / modes[d]);
  }
  // From M / 2 to M modes the logarithm fell by log(last / now); so it does for each further M / 2.
  const double best = std::log(now) - 2.0 * (room - 1.0) * std::log(last / now);
  return best > std::log(1e4 * tolerance);
}

}  // namespace hjnet
