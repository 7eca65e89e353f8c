#include "torus/solver.hpp"

#include "parallel/counts.hpp"
#include "torus/search.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <utility>

namespace hjnet {

TorusSolver::TorusSolver(const TorusSettings& settings) : search_(std::make_unique<Search>(settings)) {}
TorusSolver::~TorusSolver() = default;
TorusSolver::TorusSolver(TorusSolver&&) noexcept = default;

Torus TorusSolver::solve(std::span<const double> action) {
  return search_->solve(action);
}

TorusSolver::Search::Search(const TorusSettings& settings)
    : settings_(settings), hamiltonian_(settings, settings.epsilon) {
  for (std::size_t d = 0; d < as_size(settings.dimensions); ++d) {
    max_modes_[d] = settings.max_modes[d];
    int needed = settings.modes[d];
    for (const auto& term : settings.terms) needed = std::max(needed, std::abs(term.mode[d]));
    first_modes_[d] = std::min(needed, max_modes_[d]);
  }
}

TorusSolver::Search::Resolution& TorusSolver::Search::at(const Mode& modes) {
  auto& resolution = resolutions_[modes];
  if (!resolution) resolution = std::make_unique<Resolution>(settings_, modes);
  return *resolution;
}

TorusSolver::Search::Attempt TorusSolver::Search::zero() {
  Attempt out;
  out.modes = first_modes_;
  out.generator.resize(at(first_modes_).equation.modes().size());
  return out;
}

Torus TorusSolver::Search::solve(std::span<const double> action) {
  action_ = {};
  std::copy(action.begin(), action.end(), action_.begin());
  iterations_ = 0;
  smallest_divisor_ = Torus::nan;
  divisor_mode_ = {};
  island_.reset();
  if (const double lost = beyond_max_modes(); lost > settings_.tolerance) {
    auto none = zero();
    none.status = TorusStatus::mode_limit;
    none.check.residual = Torus::nan;
    none.reason = fmt::format("terms of V beyond max_modes, up to {:.3g} in all", lost);
    return result(none);
  }
  if (resonant()) {
    auto none = zero();
    none.status = TorusStatus::resonant;
    none.check.residual = Torus::nan;
    return result(none);
  }
  auto found = attempt(settings_.epsilon, settings_.tolerance, zero(), true);
  // Continuation is for Newton's method where it starts too far away, not for want of modes or digits; and well inside
  // an island, whose width is an estimate of first order, there is nothing to be found.
  const bool may_help =
      found.status == TorusStatus::not_converged && !found.at_round_off && settings_.method != TorusMethod::fixed_point;
  if (may_help && (!island_ || island_->depth() < 1.5)) found = continuation();
  return result(found);
}

double TorusSolver::Search::beyond_max_modes() const {
  double sum = 0.0;
  for (const auto& term : settings_.terms) {
    bool beyond = false;
    for (std::size_t d = 0; d < term.mode.size(); ++d) beyond = beyond || std::abs(term.mode[d]) > max_modes_[d];
    if (!beyond) continue;
    for (const auto& part : term.polynomial) sum += std::abs(settings_.epsilon * part.coefficient);
  }
  return sum;
}

bool TorusSolver::Search::resonant() {
  auto& equation = at(first_modes_).equation;
  equation.set(action_, settings_.epsilon);
  const auto& modes = equation.modes();
  Coefficients generator(modes.size());
  Coefficients forcing(modes.size());
  std::array<double, 3> frequency{};
  double last = 0.0;
  constexpr int orders = 3;
  for (int order = 0; order < orders; ++order) {
    const double energy = equation.residual(generator, forcing);
    if (order == 0) frequency = equation.mean_frequency();
    double size = 0.0;
    for (std::size_t i = 0; i < modes.size(); ++i) {
      size = std::max(size, std::abs(forcing[i]));
      forcing[i] -= std::complex<double>(0.0, divisor(modes.all()[i], frequency)) * generator[i];
    }
    // Where the series diverges at once, or J is within an island of V itself, its higher orders say nothing.
    if (order > 0 && (island_ || !(size < last))) return false;
    last = size;
    note_divisors(modes, forcing, frequency);
    if (order == 0) note_island(modes, forcing, frequency, energy);
    if (smallest_divisor_ < settings_.divisor_tolerance) return true;
    for (std::size_t i = 0; i < modes.size(); ++i) generator[i] = -forcing[i];
    equation.divide(generator, frequency, settings_.divisor_tolerance);
  }
  return false;
}

void TorusSolver::Search::note_divisors(const ModeSet& modes, std::span<const std::complex<double>> forcing,
                                        const std::array<double, 3>& frequency) {
  for (std::size_t i = 0; i < modes.size(); ++i) {
    const double size = std::abs(divisor(modes.all()[i], frequency));
    if (2.0 * std::abs(forcing[i]) <= settings_.tolerance || size >= smallest_divisor_) continue;
    smallest_divisor_ = size;
    divisor_mode_ = modes.all()[i];
  }
}

void TorusSolver::Search::note_island(const ModeSet& modes, std::span<const std::complex<double>> forcing,
                                      const std::array<double, 3>& frequency, double energy) {
  // An island does not vanish because the tolerance is loose; round-off alone makes none.
  const double negligible = std::min(settings_.tolerance, 4e-16 * (1.0 + std::abs(energy)));
  const auto n = as_size(settings_.dimensions);
  for (std::size_t k = 0; k < modes.size(); ++k) {
    const auto& mode = modes.all()[k];
    double curvature = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) curvature += mode[i] * settings_.quadratic[i * n + j] * mode[j];
    }
    const Island island{mode, std::abs(divisor(mode, frequency)),
                        4.0 / std::numbers::pi * std::sqrt(2.0 * std::abs(forcing[k] * curvature)),
                        2.0 * std::abs(forcing[k])};
    const bool forced = island.forcing > negligible;
    if (forced && island.depth() >= 1.0 && (!island_ || island.depth() > island_->depth())) island_ = island;
  }
}

bool TorusSolver::Search::flat_in_island(const Attempt& attempt) const {
  return attempt.status == TorusStatus::converged && island_ && attempt.check.residual > 0.1 * island_->forcing;
}

TorusSolver::Search::Attempt TorusSolver::Search::continuation() {
  // What lies on the way need not be better than a starting point has to be.
  const double tolerance = std::max(settings_.tolerance, 1e-8);
  const double target = settings_.epsilon;
  constexpr double smallest_step = 1.0 / 64.0;
  auto here = zero();
  double at_here = 0.0;  // as a fraction of the target
  double step = 0.25;
  while (true) {
    const double next = std::min(at_here + step, 1.0);
    const bool last = next == 1.0;
    auto found = attempt(next * target, last ? settings_.tolerance : tolerance, here, last);
    if (found.status == TorusStatus::converged || (last && found.status == TorusStatus::folded)) {
      here = std::move(found);
      at_here = next;
      step *= 2.0;
      if (!last) continue;
      here.solution = TorusSolution::continuation;
      return here;
    }
    step /= 2.0;
    // What lacks modes here lacks more of them farther on.
    if (found.status == TorusStatus::not_converged && step >= smallest_step) continue;
    found.reason =
        fmt::format("continuation ends at epsilon = {:.4g} of {:.4g}: {}", at_here * target, target, found.reason);
    return found;
  }
}

Torus TorusSolver::Search::result(const Attempt& attempt) {
  Torus out;
  out.dimensions = settings_.dimensions;
  out.action = action_;
  out.status = attempt.status;
  out.reason = attempt.reason;
  out.residual = attempt.check.residual;
  out.modes = attempt.modes;
  out.iterations = iterations_;
  const auto& modes = at(attempt.modes).equation.modes();
  if (flat_in_island(attempt)) {
    out.status = TorusStatus::not_converged;
    out.reason =
        fmt::format("the residual of {:.3g} is no small part of the mode's {:.3g}", out.residual, island_->forcing);
  }
  if (out.converged()) {
    auto forcing = attempt.generator;
    for (std::size_t i = 0; i < forcing.size(); ++i) forcing[i] *= divisor(modes.all()[i], attempt.frequency);
    smallest_divisor_ = Torus::nan;
    note_divisors(modes, forcing, attempt.frequency);
    if (smallest_divisor_ < settings_.divisor_tolerance) out.status = TorusStatus::resonant;
  }
  out.smallest_divisor = smallest_divisor_;
  out.divisor_mode = divisor_mode_;
  const auto name = [&](const Mode& mode) {
    return fmt::format("[{}]", fmt::join(std::span(mode).first(as_size(settings_.dimensions)), ", "));
  };
  if (out.status == TorusStatus::resonant) {
    out.reason = fmt::format("resonance of mode {}: |m.omega| = {:.3g}", name(divisor_mode_), smallest_divisor_);
  } else if (island_ && (out.status == TorusStatus::not_converged || out.status == TorusStatus::mode_limit)) {
    out.status = TorusStatus::resonant;
    out.smallest_divisor = island_->divisor;
    out.divisor_mode = island_->mode;
    out.reason = fmt::format("within the resonance of mode {}: |m.omega| = {:.3g}, half width {:.3g}; {}",
                             name(island_->mode), island_->divisor, island_->half_width, out.reason);
  }
  if (!out.converged()) return out;
  out.solution = attempt.solution;
  out.hamiltonian = attempt.check.hamiltonian;
  for (std::size_t d = 0; d < as_size(settings_.dimensions); ++d) out.frequency[d] = attempt.frequency[d];
  out.tangent_residual = attempt.check.tangent_residual;
  out.smallest_determinant = attempt.check.smallest_determinant;
  out.mode = modes.all();
  out.coefficient = attempt.generator;
  out.tangent = attempt.tangent;
  return out;
}

}  // namespace hjnet
