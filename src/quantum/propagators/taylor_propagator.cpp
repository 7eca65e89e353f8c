#include "parallel/stop.hpp"
#include "parallel/target_clones.hpp"
#include "quantum/packed.hpp"
#include "quantum/propagators/propagators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace hjnet {

namespace {

constexpr int degree_h = Hamiltonian::ColsAtCompileTime - 1, degree_k = degree_h + 1, degree_g = degree_h + degree_k;
constexpr int highest_order = 60;
/// Terms that are kept: as many as the next one follows from, at least.
constexpr int ring = 16;
static_assert(ring >= degree_g + 1);

/// Terms of g(u) dt that bound the generator over a step dt: entry j belongs to u^j and holds g_j dt^(j+1).
using Bound = std::array<double, degree_g + 1>;

/// |H| and |K| term by term as commutator_bound() has them, and how many terms there are: the others are zero.
struct Norms {
  std::array<double, degree_h + 1> h{};
  std::array<double, degree_k + 1> k{};
  int h_terms = 0, k_terms = 0;
};

/// out[j] = the norm of column j of an operator polynomial; returns the number of columns up to the last that is not 0.
[[gnu::always_inline]] inline int take_norms(const double* columns, std::span<double> out) {
  int terms = 0;
  for (std::size_t j = 0; j < out.size(); ++j) {
    const Packed x = packed(columns + 16 * j);
    const double square = dot(x, x);
    out[j] = square;
    if (square > 0.0) terms = static_cast<int>(j) + 1;
  }
  for (double& norm : out) norm = commutator_factor * std::sqrt(norm);
  return terms;
}

HJNET_TARGET_CLONES
void take_norms(const Hamiltonian& h, const HamiltonianIntegral& k, Norms& out) {
  out.h_terms = take_norms(h.data(), out.h);
  out.k_terms = take_norms(k.data(), out.k);
}

/// The part of the generator's bound that does not depend on the step: g_j.
Bound generator_bound(const Norms& norms, double strength, double charge) {
  Bound g{};
  for (int i = 0; i < norms.h_terms; ++i) {
    const double h = std::abs(strength) * norms.h[static_cast<std::size_t>(i)];
    g[static_cast<std::size_t>(i)] += h;
    for (int j = 0; j < norms.k_terms; ++j) {
      g[static_cast<std::size_t>(i) + static_cast<std::size_t>(j)] +=
          h * 0.5 * std::abs(charge) * norms.k[static_cast<std::size_t>(j)];
    }
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

/// The polynomials of one step, scaled by powers of dt so that the series' terms just add up.
struct ScaledGenerator {
  std::array<CommutatorFactors, degree_h + 1> h;
  std::array<CommutatorFactors, degree_k + 1> k;
  int h_terms = 0, k_terms = 0;  ///< the others are zero
};

/// A bound of all terms beyond order m, from the norms of those so far: with p_n <= 1/n sum_j g_j p_(n-1-j), summed
/// over n > m, the tail t obeys (m + 1) t <= sum_j g_j (p_m + ... + p_(m-j) + t). Infinite where that says nothing.
/// @param norms  of term n at n % ring
double tail_bound(const Bound& g, double total, int m, const std::array<double, ring>& norms) {
  const double room = m + 1 - total;
  if (!(room > 0.0)) return std::numeric_limits<double>::infinity();
  double recent = 0.0;
  double tail = 0.0;
  for (int j = 0; j <= std::min(m, degree_g); ++j) {
    recent += norms[static_cast<std::size_t>((m - j) % ring)];
    tail += g[static_cast<std::size_t>(j)] * recent;
  }
  return tail / room;
}

/// x(t0 + dt) by the series, in place, to the order at which the rest is below `allowed` times |x|.
/// @param g  of the step
HJNET_TARGET_CLONES
void taylor_sum(const Hamiltonian& h, const HamiltonianIntegral& k, const Norms& norms_of, double strength,
                double charge, double dt, const Bound& g, double allowed, Packed& total) {
  ScaledGenerator generator;
  generator.h_terms = norms_of.h_terms;
  generator.k_terms = norms_of.k_terms;
  double power = 1.0;
  for (int j = 0; j < std::max(generator.h_terms, generator.k_terms); ++j, power *= dt) {
    const auto s = static_cast<std::size_t>(j);
    if (j < generator.k_terms) set_factors(k.col(j).data(), 0.5 * charge * power, generator.k[s]);
    if (j < generator.h_terms) set_factors(h.col(j).data(), strength * power * dt, generator.h[s]);
  }
  const double sum_of_bounds = sum(g);
  std::array<Permutations, ring> x, w;
  std::array<double, ring> norms{};
  const double enough = std::max(allowed, 8.0 * std::numeric_limits<double>::epsilon());
  Packed term = total;
  const double start = std::sqrt(dot(term, term));
  norms[0] = start;
  for (int m = 0; m < highest_order; ++m) {
    Packed sum = term;
    if (generator.k_terms > 0) permute(term, x[static_cast<std::size_t>(m % ring)]);
    for (int j = 0; j < std::min(m + 1, generator.k_terms); ++j) {
      add_commutator(generator.k[static_cast<std::size_t>(j)], x[static_cast<std::size_t>((m - j) % ring)], sum);
    }
    permute(sum, w[static_cast<std::size_t>(m % ring)]);
    Packed next{};
    for (int j = 0; j < std::min(m + 1, generator.h_terms); ++j) {
      add_commutator(generator.h[static_cast<std::size_t>(j)], w[static_cast<std::size_t>((m - j) % ring)], next);
    }
    for (std::size_t half = 0; half < 2; ++half) {
      next.half[half] *= 1.0 / (m + 1);
      total.half[half] += next.half[half];
    }
    term = next;
    const double norm = std::sqrt(dot(term, term));
    norms[static_cast<std::size_t>((m + 1) % ring)] = norm;
    const bool may_end = g[0] * norm <= (m + 2) * enough * start;  // the bound is at least this term's part of it
    if (may_end && tail_bound(g, sum_of_bounds, m + 1, norms) <= enough * start) break;
  }
}

}  // namespace

bool TaylorPropagator::advance(const Hamiltonian& h, const HamiltonianIntegral& k, double length,
                               PauliVector& x) const {
  constexpr double longest = 4.0;  // of the bound: more would cost digits to cancellation
  constexpr double shortest = 1e-7;
  double done = 0.0;
  while (done < length) {
    heed_stop();
    const bool moves = done > 0.0;  // nearly always a stretch is one step, of the polynomials as they are
    const Hamiltonian h_here = moves ? shifted(h, done) : Hamiltonian();
    const HamiltonianIntegral k_here = moves ? shifted(k, done) : HamiltonianIntegral();
    const Hamiltonian& h_now = moves ? h_here : h;
    const HamiltonianIntegral& k_now = moves ? k_here : k;
    Norms norms;
    take_norms(h_now, k_now, norms);
    const Bound g = generator_bound(norms, strength_, charge_);
    double dt = length - done;
    while (!(sum(scaled_bound(g, dt)) <= longest)) {
      dt *= 0.5;
      if (dt < shortest * length) return false;
    }
    Packed moved = packed(x.data());
    taylor_sum(h_now, k_now, norms, strength_, charge_, dt, scaled_bound(g, dt), error_rate_ * dt, moved);
    x = unpacked(moved);
    if (!(x.lpNorm<Eigen::Infinity>() <= blow_up)) return false;
    done = dt == length - done ? length : done + dt;
  }
  return true;
}

}  // namespace hjnet
