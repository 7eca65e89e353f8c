#include "quantum/boltzmann.hpp"

#include "config/choices.hpp"
#include "parallel/errors.hpp"
#include "parallel/target_clones.hpp"
#include "quantum/packed.hpp"
#include "quantum/propagators/gauss_hermite.hpp"
#include "quantum/propagators/open_propagator.hpp"
#include "quantum/propagators/propagators.hpp"

#include <fmt/core.h>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace hjnet {

namespace {

/// sum_i p_i |v_i><v_i|, in real numbers, which the compiler turns into vector operations.
template <int Columns>
Eigen::Matrix4cd weighted_sum(const Isometry<Columns>& v, const Eigen::Matrix<double, Columns, 1>& p) {
  using Real = Eigen::Matrix<double, 4, Columns>;
  const Real re = v.real(), im = v.imag();
  const Real weighted_re = re * p.asDiagonal(), weighted_im = im * p.asDiagonal();
  Eigen::Matrix4cd sum;
  sum.real() = weighted_re.lazyProduct(re.transpose()) + weighted_im.lazyProduct(im.transpose());
  sum.imag() = weighted_im.lazyProduct(re.transpose()) - weighted_re.lazyProduct(im.transpose());
  return sum;
}

/// h . k - |h| |k| without the identity's components.
HJNET_TARGET_CLONES
double traceless_alignment(const double* h, const double* k) {
  Packed x = packed(h);
  Packed y = packed(k);
  x.half[0][0] = y.half[0][0] = 0.0;
  return dot(x, y) - std::sqrt(dot(x, x)) * std::sqrt(dot(y, y));
}

/// kossakowski_minimum() of coefficients.
double lowest_rate(const ModeParameters& mode, const double* h, const double* k) {
  return 0.5 * mode.eta * mode.charge * mode.charge * traceless_alignment(h, k);
}

/// Of which kind the steps are.
enum class Steps { unitary, taylor, open };

Steps steps_of(const ModeParameters& mode, Memory memory) {
  if (mode.noise > 0.0 || mode.bath.acts() || mode.mean_field || memory == Memory::exponential) return Steps::open;
  if (memory == Memory::none) return Steps::unitary;
  return mode.second_order == SecondOrder::redfield ? Steps::taylor : Steps::open;
}

/// A stretch of a piece on which K is one polynomial and no sample lies, offsets from the piece's begin.
struct Stretch {
  const OperatorPiece* piece;
  double from, to;
  int sample;  ///< which one stands at its end; 0: none
};

struct Evolution {
  const ModeParameters& mode;
  const OperatorSeries& series;
  const MemoryKernel& kernel;
  int intervals;
  double error_rate;
  ModeHistory history{};
  std::vector<PauliVector> blocks{};  ///< of an OpenPropagator
  PauliVector steady_kernel = kernel.memory() == Memory::symmetric ? kernel.at(0.0) : PauliVector::Zero();

  [[nodiscard]] double phase(int sample) const { return series.epoch_length() * sample / intervals; }
  [[nodiscard]] double time(int epoch, int sample) const { return epoch * series.epoch_length() + phase(sample); }

  [[nodiscard]] std::string between(int epoch, const Stretch& stretch) const {
    const double begin = epoch * series.epoch_length() + stretch.piece->begin;
    return fmt::format("t = {:.6g} and {:.6g}", begin + stretch.from, begin + stretch.to);
  }

  void fail(int epoch, const Stretch& stretch) const {
    throw numerical_error(
        fmt::format("the density matrix blows up between {} with memory = \"{}\", eta = {:.6g}, q = {:.6g}: the "
                    "second-order term is not positive; smaller q, or memory = \"none\", may help",
                    between(epoch, stretch), name_of(memory_names, kernel.memory()), mode.eta, mode.charge));
  }

  /// Those of an epoch, in order: cut at samples, where K goes over into another polynomial, and at the noise's kinks.
  [[nodiscard]] std::vector<Stretch> stretches(int epoch) const {
    const double round_off = 1e-13 * series.epoch_length();  // of phases: samples as near as this to a cut are on it
    std::vector<Stretch> out;
    int sample = 1;
    for (const auto& piece : series.pieces(epoch)) {
      auto cuts = kernel.stretches(epoch, piece);
      if (mode.noise > 0.0) {
        const auto kinks = coupling_zeros(piece.h, piece.length);
        cuts.insert(cuts.end(), kinks.begin(), kinks.end());
        std::sort(cuts.begin(), cuts.end());
      }
      double from = 0.0;
      for (std::size_t i = 1; i < cuts.size(); ++i) {
        for (; sample < intervals && phase(sample) - piece.begin < cuts[i] - round_off; ++sample) {
          const double to = phase(sample) - piece.begin;
          out.push_back({&piece, from, to, sample});
          from = to;
        }
        const bool on_sample = sample < intervals && phase(sample) - piece.begin <= cuts[i] + round_off;
        out.push_back({&piece, from, cuts[i], on_sample ? sample++ : 0});
        from = cuts[i];
      }
    }
    out.back().sample = intervals;
    return out;
  }

  /// K(t) at a sample.
  [[nodiscard]] PauliVector kernel_at(int epoch, int sample) const {
    return kernel.memory() == Memory::exponential ? blocks[1] : kernel.at(time(epoch, sample));
  }

  void record(int epoch, int sample, const PauliVector& rho) {
    history.rho.push_back(rho);
    if (kernel.memory() == Memory::none || mode.second_order != SecondOrder::redfield) return;
    const auto& piece = series.piece_at(epoch, phase(sample), sample < intervals);
    const PauliVector h = evaluate(piece.h, phase(sample) - piece.begin);
    const bool steady = kernel.memory() == Memory::symmetric;
    const PauliVector now = steady ? PauliVector() : kernel_at(epoch, sample);
    const double value = lowest_rate(mode, h.data(), steady ? steady_kernel.data() : now.data());
    if (value < history.kossakowski) {
      history.kossakowski = value;
      history.kossakowski_time = time(epoch, sample);
    }
  }

  /// rho = sum_i p_i |v_i><v_i|, of which a pure state needs one. The v run from the epoch's start, so that round-off
  /// in rho does not add up from sample to sample.
  void epoch_unitary(DensityState& state) {
    if (mode.charge == 0.0) {  // no round-off either: what is fed back then changes nothing
      for (int i = 0; i < intervals; ++i) record(state.epoch, i + 1, state.rho);
      return;
    }
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4cd> start(pauli_matrix(state.rho));
    const Eigen::Vector4d& p = start.eigenvalues();
    const double pure_round_off = 4.0 * std::numeric_limits<double>::epsilon() * p[3];
    if (p.head<3>().cwiseAbs().maxCoeff() <= pure_round_off) {
      follow<1>(start.eigenvectors().col(3), p.tail<1>(), state);
    } else {
      follow<4>(start.eigenvectors(), p, state);
    }
  }

  template <int Columns>
  void follow(Isometry<Columns> v, const Eigen::Matrix<double, Columns, 1>& p, DensityState& state) {
    MagnusPropagator propagator(mode.eta * mode.charge, error_rate);
    for (const auto& stretch : stretches(state.epoch)) {
      if (!propagator.advance(shifted(stretch.piece->h, stretch.from), stretch.to - stretch.from, v)) {
        throw numerical_error(
            fmt::format("no step is short enough for the unitary evolution between {} with memory = \"none\", eta = "
                        "{:.6g}, q = {:.6g}: H is too large",
                        between(state.epoch, stretch), mode.eta, mode.charge));
      }
      if (stretch.sample == 0) continue;
      const double identity = state.rho[0];
      state.rho = pauli_coefficients(weighted_sum<Columns>(v, p));
      state.rho[0] = identity;
      record(state.epoch, stretch.sample, state.rho);
    }
  }

  void epoch_open(OpenPropagator& propagator, DensityState& state) {
    for (const auto& stretch : stretches(state.epoch)) {
      if (!propagator.advance(shifted(stretch.piece->h, stretch.from),
                              kernel.on_stretch(state.epoch, *stretch.piece, stretch.from, stretch.to),
                              stretch.to - stretch.from, blocks)) {
        fail(state.epoch, stretch);
      }
      if (stretch.sample == 0) continue;
      state.rho = blocks.front();
      record(state.epoch, stretch.sample, state.rho);
    }
  }

  void epoch_taylor(DensityState& state) {
    const TaylorPropagator propagator(mode.eta, mode.charge, error_rate);
    for (const auto& stretch : stretches(state.epoch)) {
      if (!propagator.advance(shifted(stretch.piece->h, stretch.from),
                              kernel.on_stretch(state.epoch, *stretch.piece, stretch.from, stretch.to),
                              stretch.to - stretch.from, state.rho)) {
        fail(state.epoch, stretch);
      }
      if (stretch.sample > 0) record(state.epoch, stretch.sample, state.rho);
    }
  }
};

/// All epochs of the series; `hierarchy` is a depth, or 0.
ModeHistory evolve_to_end(const ModeParameters& mode, const OperatorSeries& series, const MemoryKernel& kernel,
                          int intervals, double error_rate, int hierarchy, DensityState& state) {
  Evolution evolution{mode, series, kernel, intervals, error_rate};
  const Steps steps = steps_of(mode, kernel.memory());
  std::optional<OpenPropagator> open;
  if (steps == Steps::open) {
    open.emplace(mode, kernel.memory(), hierarchy, error_rate);
    evolution.blocks = open->start(state.rho);
  }
  evolution.history.rho.reserve(static_cast<std::size_t>(series.end_epoch() - state.epoch) *
                                (static_cast<std::size_t>(intervals) + 1));
  for (; state.epoch < series.end_epoch(); ++state.epoch) {
    evolution.record(state.epoch, 0, state.rho);
    switch (steps) {
      case Steps::unitary:
        evolution.epoch_unitary(state);
        break;
      case Steps::taylor:
        evolution.epoch_taylor(state);
        break;
      case Steps::open:
        evolution.epoch_open(*open, state);
        break;
    }
  }
  return std::move(evolution.history);
}

/// E[rho] with the noise of the second order in `size` nodes, or in a hierarchy of that depth.
ModeHistory average_of(const ModeParameters& mode, const OperatorSeries& series, const MemoryKernel& kernel,
                       int intervals, double error_rate, int size, const DensityState& start) {
  if (kernel.memory() == Memory::exponential) {
    DensityState state = start;
    return evolve_to_end(mode, series, kernel, intervals, error_rate, size, state);
  }
  ModeHistory sum;
  const MemoryKernel none(Memory::none, 0.0, series);
  for (const auto& [noise, weight] : gauss_hermite(size)) {
    ModeParameters path = mode;
    path.charge = mode.charge * (1.0 + noise / std::sqrt(mode.eta));
    DensityState state = start;
    const ModeHistory history = evolve_to_end(path, series, none, intervals, error_rate, 0, state);
    if (sum.rho.empty()) sum.rho.assign(history.rho.size(), PauliVector::Zero());
    for (std::size_t i = 0; i < sum.rho.size(); ++i) sum.rho[i] += weight * history.rho[i];
  }
  return sum;
}

/// The average with as many nodes, or blocks, as it needs.
ModeHistory converged_average(const ModeParameters& mode, const OperatorSeries& series, const MemoryKernel& kernel,
                              int intervals, double tolerance, DensityState& state) {
  constexpr int fewest = 8;
  constexpr int most = 512;
  const double error_rate = tolerance / series.epoch_length();
  ModeHistory before = average_of(mode, series, kernel, intervals, error_rate, fewest, state);
  for (int size = 2 * fewest; size <= most; size *= 2) {
    ModeHistory now = average_of(mode, series, kernel, intervals, error_rate, size, state);
    double change = 0.0;
    for (std::size_t i = 0; i < now.rho.size(); ++i) change = std::max(change, (now.rho[i] - before.rho[i]).norm());
    if (change <= tolerance) {
      state = {now.rho.back(), series.end_epoch()};
      return now;
    }
    before = std::move(now);
  }
  throw numerical_error(fmt::format(
      "the average over the noise of the second order has not converged with {} {} (memory = \"{}\", eta = {:.6g}, q = "
      "{:.6g}): smaller q, or second_order = \"regularised\", may help",
      most, kernel.memory() == Memory::exponential ? "levels of its hierarchy" : "nodes",
      name_of(memory_names, kernel.memory()), mode.eta, mode.charge));
}

}  // namespace

double kossakowski_minimum(const ModeParameters& mode, const PauliVector& h, const PauliVector& k) {
  return lowest_rate(mode, h.data(), k.data());
}

ModeHistory evolve_mode(const ModeParameters& mode, const OperatorSeries& series, const MemoryKernel& kernel,
                        int samples_per_epoch, double tolerance, DensityState& state) {
  if (samples_per_epoch < 1) {
    throw config_error(fmt::format("{} samples an epoch; there must be one at least", samples_per_epoch));
  }
  if (!(tolerance > 0.0)) {
    throw config_error(fmt::format("the tolerance of the density matrix is {}; it must be positive", tolerance));
  }
  if (state.epoch < series.first_epoch() || state.epoch > series.end_epoch()) {
    throw config_error(fmt::format("epoch {} is not among the epochs {} to {} of the operator coefficients",
                                   state.epoch, series.first_epoch(), series.end_epoch()));
  }
  const bool has_second_order = kernel.memory() != Memory::none && mode.charge != 0.0;
  if (has_second_order && mode.second_order == SecondOrder::average) {
    return converged_average(mode, series, kernel, samples_per_epoch, tolerance, state);
  }
  return evolve_to_end(mode, series, kernel, samples_per_epoch, tolerance / series.epoch_length(), 0, state);
}

}  // namespace hjnet
