#include "quantum/propagators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

constexpr int degree_h = 3, degree_k = 4, degree_g = degree_h + degree_k;
constexpr int highest_order = 60;

/// Terms of g(u) dt that bound the generator over a step dt: entry j belongs to u^j and holds g_j dt^(j+1).
using Bound = std::array<double, degree_g + 1>;

template <int Terms>
std::array<double, Terms> norms(const OperatorPolynomial<Terms>& p) {
  std::array<double, Terms> n{};
  for (int j = 0; j < Terms; ++j) n[static_cast<std::size_t>(j)] = commutator_bound(p.col(j));
  return n;
}

/// The part of the generator's bound that does not depend on the step: g_j.
Bound generator_bound(const Cubic& h, const Quartic& k, double strength, double charge) {
  const auto nh = norms<4>(h);
  auto nk = norms<5>(k);
  for (double& n : nk) n *= 0.5 * std::abs(charge);
  nk[0] += 1.0;
  Bound g{};
  for (std::size_t i = 0; i < nh.size(); ++i) {
    for (std::size_t j = 0; j < nk.size(); ++j) g[i + j] += std::abs(strength) * nh[i] * nk[j];
  }
  return g;
}

Bound scaled_bound(Bound g, double dt) {
  double power = dt;
  for (double& term : g) {
    term *= power;
    power *= dt;
  }
  return g;
}

double sum(const Bound& g) {
  double total = 0.0;
  for (const double term : g) total += term;
  return total;
}

/// The lowest order whose remainder is below `allowed`, from the series of exp(int g).
int taylor_order(const Bound& g, double allowed) {
  double exponent = 0.0;
  for (std::size_t j = 0; j < g.size(); ++j) exponent += g[j] / static_cast<double>(j + 1);
  const double whole = std::exp(exponent);
  const double enough = std::max(allowed, 8.0 * std::numeric_limits<double>::epsilon() * whole);
  std::array<double, highest_order + 1> p{};
  p[0] = 1.0;
  double rest = whole - 1.0;
  int order = 0;
  while (rest > enough && order < highest_order) {
    double next = 0.0;
    for (int j = 0; j <= std::min(order, degree_g); ++j) {
      next += g[static_cast<std::size_t>(j)] * p[static_cast<std::size_t>(order - j)];
    }
    ++order;
    p[static_cast<std::size_t>(order)] = next / order;
    rest -= p[static_cast<std::size_t>(order)];
  }
  return order;
}

/// x(t0 + dt) by the series to `order`. Polynomials and terms are scaled by powers of dt, so the terms just add up.
PauliVector taylor_sum(const Cubic& h, const Quartic& k, double strength, double charge, double dt, int order,
                       const PauliVector& start) {
  Cubic hs;
  Quartic ks;
  std::array<bool, 4> use_h{};
  std::array<bool, 5> use_k{};
  double power = 1.0;
  for (int j = 0; j <= degree_k; ++j, power *= dt) {
    const auto s = static_cast<std::size_t>(j);
    ks.col(j) = (0.5 * charge * power) * k.col(j);
    use_k[s] = (ks.col(j).array() != 0.0).any();
    if (j > degree_h) continue;
    hs.col(j) = (strength * power * dt) * h.col(j);
    use_h[s] = (hs.col(j).array() != 0.0).any();
  }
  std::array<PauliVector, highest_order + 1> x, w;
  x[0] = start;
  PauliVector total = start;
  for (int m = 0; m < order; ++m) {
    const auto n = static_cast<std::size_t>(m);
    w[n] = x[n];
    for (std::size_t j = 0; j <= std::min<std::size_t>(n, degree_k); ++j) {
      if (use_k[j]) w[n] += commutator(ks.col(static_cast<int>(j)), x[n - j]);
    }
    PauliVector next = PauliVector::Zero();
    for (std::size_t j = 0; j <= std::min<std::size_t>(n, degree_h); ++j) {
      if (use_h[j]) next += commutator(hs.col(static_cast<int>(j)), w[n - j]);
    }
    x[n + 1] = next / (m + 1);
    total += x[n + 1];
  }
  return total;
}

}  // namespace

bool TaylorPropagator::advance(Cubic h, Quartic k, double length, PauliVector& x) const {
  constexpr double longest = 4.0;  // of the bound: more would cost digits to cancellation
  constexpr double shortest = 1e-7;
  double remaining = length;
  while (remaining > 0.0) {
    const Bound g = generator_bound(h, k, strength_, charge_);
    double dt = remaining;
    while (!(sum(scaled_bound(g, dt)) <= longest)) {
      dt *= 0.5;
      if (dt < shortest * length) return false;
    }
    const int order = taylor_order(scaled_bound(g, dt), error_rate_ * dt);
    x = taylor_sum(h, k, strength_, charge_, dt, order, x);
    if (!(x.lpNorm<Eigen::Infinity>() <= blow_up)) return false;
    remaining -= dt;
    if (remaining > 0.0) {
      h = shifted<4>(h, dt);
      k = shifted<5>(k, dt);
    }
  }
  return true;
}

}  // namespace hjnet
