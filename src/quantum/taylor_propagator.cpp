#include "parallel/target_clones.hpp"
#include "quantum/packed.hpp"
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

/// The polynomials of one step, scaled by powers of dt so that the series' terms just add up.
struct ScaledGenerator {
  std::array<Packed, degree_h + 1> h;
  std::array<Packed, degree_k + 1> k;
  int h_terms = 0, k_terms = 0;  ///< the others are zero
};

template <int Terms>
int nonzero_terms(const OperatorPolynomial<Terms>& p) {
  int terms = Terms;
  while (terms > 0 && !(p.col(terms - 1).array() != 0.0).any()) --terms;
  return terms;
}

ScaledGenerator scaled_generator(const Cubic& h, const Quartic& k, double strength, double charge, double dt) {
  ScaledGenerator out;
  out.h_terms = nonzero_terms<degree_h + 1>(h);
  out.k_terms = nonzero_terms<degree_k + 1>(k);
  double power = 1.0;
  for (int j = 0; j < std::max(out.h_terms, out.k_terms); ++j, power *= dt) {
    const auto s = static_cast<std::size_t>(j);
    if (j < out.k_terms) out.k[s] = packed(k.col(j).data(), 0.5 * charge * power);
    if (j < out.h_terms) out.h[s] = packed(h.col(j).data(), strength * power * dt);
  }
  return out;
}

/// x(t0 + dt) by the series to `order`, in place.
HJNET_TARGET_CLONES
void taylor_sum(const ScaledGenerator& generator, int order, Packed& total) {
  std::array<Packed, highest_order + 1> x, w;
  x[0] = total;
  for (int m = 0; m < order; ++m) {
    Packed sum = x[static_cast<std::size_t>(m)];
    for (int j = 0; j < std::min(m + 1, generator.k_terms); ++j) {
      add_commutator(generator.k[static_cast<std::size_t>(j)], x[static_cast<std::size_t>(m - j)], sum);
    }
    w[static_cast<std::size_t>(m)] = sum;
    Packed next{};
    for (int j = 0; j < std::min(m + 1, generator.h_terms); ++j) {
      add_commutator(generator.h[static_cast<std::size_t>(j)], w[static_cast<std::size_t>(m - j)], next);
    }
    for (std::size_t half = 0; half < 2; ++half) {
      next.half[half] /= static_cast<double>(m + 1);
      total.half[half] += next.half[half];
    }
    x[static_cast<std::size_t>(m) + 1] = next;
  }
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
    Packed moved = packed(x.data());
    taylor_sum(scaled_generator(h, k, strength_, charge_, dt), order, moved);
    x = unpacked(moved);
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
