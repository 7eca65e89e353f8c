#include "quantum/propagators/open_propagator.hpp"

#include "quantum/propagators/propagators.hpp"

#include <Eigen/Core>

#include <cmath>
#include <cstddef>

namespace hjnet {

namespace {

using Map = Eigen::Map<PauliVector>;
using ConstMap = Eigen::Map<const PauliVector>;

std::size_t block_count(bool carries_memory, int hierarchy) {
  return 1 + (carries_memory ? 1 : 0) + static_cast<std::size_t>(hierarchy);
}

}  // namespace

void add_regularised(double strength, const PauliVector& h, const PauliVector& k, const PauliVector& rho,
                     PauliVector& derivative) {
  derivative += 0.25 * strength * commutator(commutator(h, k), rho);
  const double size_h = h.tail<15>().norm();
  const double size_k = k.tail<15>().norm();
  if (!(size_h > 0.0) || !(size_k > 0.0)) return;
  // rate x vector vector^T = (1/4) |h||k| w w^T with w = h/|h| + k/|k|: smooth where h and k are opposite too.
  const double part = std::sqrt(size_k / size_h);
  const PauliVector w = part * h + k / part;
  derivative += 0.125 * strength * commutator(w, commutator(w, rho));
}

PauliVector mean_field_operator(const PauliVector& h, const PauliVector& rho) {
  PauliVector out = PauliVector::Zero();
  for (Eigen::Index mu = 1; mu < 4; ++mu) {
    out[4 * mu] = h[4 * mu];
    out[mu] = h[mu];
    for (Eigen::Index nu = 1; nu < 4; ++nu) {
      out[4 * mu] += 4.0 * rho[nu] * h[4 * mu + nu];
      out[mu] += 4.0 * rho[4 * nu] * h[4 * nu + mu];
    }
  }
  return out;
}

OpenPropagator::OpenPropagator(const ModeParameters& mode, Memory memory, int hierarchy, double error_rate)
    : mode_(mode),
      carries_memory_(memory == Memory::exponential && hierarchy == 0),
      rate_(memory == Memory::exponential ? 1.0 / mode.correlation_time : 0.0),
      second_(memory == Memory::none || mode.second_order == SecondOrder::average
                  ? 0.0
                  : mode.eta * mode.charge * mode.charge),
      hierarchy_(hierarchy),
      extrapolation_(16 * block_count(carries_memory_, hierarchy), error_rate) {}

std::vector<PauliVector> OpenPropagator::start(const PauliVector& rho) const {
  std::vector<PauliVector> blocks(block_count(carries_memory_, hierarchy_), PauliVector::Zero());
  blocks.front() = rho;
  return blocks;
}

void OpenPropagator::derivative(const PauliVector& h, const PauliVector& k, std::span<const double> x,
                                std::span<double> out) const {
  const double strength = mode_.eta * mode_.charge;
  LocalGenerator local = mode_.bath;
  if (mode_.noise > 0.0) {
    const auto noise = mediator_generator(mode_.noise, h);
    local.a += noise.a;
    local.b += noise.b;
  }
  const bool is_local = local.acts();
  const double spread = 1.0 / std::sqrt(mode_.eta);
  const auto block = [&](int n) { return ConstMap(x.data() + std::ptrdiff_t{16} * n); };
  for (int n = 0; n <= hierarchy_; ++n) {
    PauliVector driven = block(n);
    if (n < hierarchy_) driven += spread * std::sqrt(n + 1.0) * block(n + 1);
    if (n > 0) driven += spread * std::sqrt(static_cast<double>(n)) * block(n - 1);
    PauliVector rate = strength * commutator(h, driven) - (n * rate_) * block(n);
    if (is_local) rate += apply(local, block(n));
    Map(out.data() + std::ptrdiff_t{16} * n) = rate;
  }
  if (second_ == 0.0) return;
  const PauliVector rho = block(0);
  const PauliVector seen = carries_memory_ ? PauliVector(block(1)) : k;
  Map rate(out.data());
  if (mode_.second_order == SecondOrder::redfield) {
    rate += 0.5 * second_ * commutator(h, commutator(seen, rho));
  } else {
    PauliVector sum = rate;
    add_regularised(second_, h, seen, rho, sum);
    rate = sum;
  }
  if (carries_memory_) Map(out.data() + 16) = 2.0 * h - rate_ * seen;
}

bool OpenPropagator::advance(const Hamiltonian& h, const HamiltonianIntegral& k, double length,
                             std::vector<PauliVector>& blocks) {
  const auto rate = [&](double u, std::span<const double> x, std::span<double> out) {
    const PauliVector now = evaluate(h, u);
    derivative(mode_.mean_field ? mean_field_operator(now, ConstMap(x.data())) : now, evaluate(k, u), x, out);
  };
  return extrapolation_.advance(rate, 0.0, length, TaylorPropagator::blow_up,
                                {blocks.front().data(), 16 * blocks.size()});
}

}  // namespace hjnet
