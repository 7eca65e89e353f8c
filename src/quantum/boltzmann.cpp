#include "quantum/boltzmann.hpp"

#include "parallel/errors.hpp"
#include "parallel/target_clones.hpp"
#include "quantum/packed.hpp"
#include "quantum/propagators.hpp"

#include <fmt/core.h>
#include <Eigen/Eigenvalues>

#include <cmath>
#include <limits>
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

struct Evolution {
  const ModeParameters& mode;
  const OperatorSeries& series;
  const MemoryKernel& kernel;
  double error_rate;
  ModeHistory history{};
  PauliVector steady_kernel = kernel.memory() == Memory::symmetric ? kernel.at(0.0) : PauliVector::Zero();

  [[nodiscard]] double time(int epoch, int sample) const {
    return (static_cast<double>(epoch) * series.intervals() + sample) * series.step();
  }

  void fail(int epoch, int interval) const {
    throw numerical_error(fmt::format(
        "the density matrix blows up between t = {:.6g} and {:.6g} with memory = \"{}\", eta = {:.6g}, q = "
        "{:.6g}: the second-order term is not positive; smaller q, or memory = \"none\", may help",
        time(epoch, interval), time(epoch, interval + 1), memory_name(kernel.memory()), mode.eta, mode.charge));
  }

  void record(int epoch, int sample, const PauliVector& rho) {
    history.rho.push_back(rho);
    if (kernel.memory() == Memory::none) return;
    const int interval = sample < series.intervals() ? sample : sample - 1;
    const auto p = static_cast<std::ptrdiff_t>(epoch) * series.intervals() + interval;
    const bool at_left_end = sample == interval;
    const PauliVector at_end = at_left_end ? PauliVector() : evaluate<4>(series.piece(p), series.step());
    const double* h = at_left_end ? series.piece(p).data() : at_end.data();
    const bool steady = kernel.memory() == Memory::symmetric;
    const PauliVector now = steady ? PauliVector() : kernel.at(time(epoch, sample));
    const double value = lowest_rate(mode, h, steady ? steady_kernel.data() : now.data());
    if (value < history.kossakowski) {
      history.kossakowski = value;
      history.kossakowski_time = time(epoch, sample);
    }
  }

  /// rho = sum_i p_i |v_i><v_i|, of which a pure state needs one. The v run from the epoch's start, so that round-off
  /// in rho does not add up from sample to sample.
  void epoch_unitary(DensityState& state) {
    if (mode.charge == 0.0) {  // no round-off either: what is fed back then changes nothing
      for (int i = 0; i < series.intervals(); ++i) record(state.epoch, i + 1, state.rho);
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
    for (int i = 0; i < series.intervals(); ++i) {
      const auto piece = static_cast<std::ptrdiff_t>(state.epoch) * series.intervals() + i;
      if (!propagator.advance(series.piece(piece), series.step(), v)) {
        throw numerical_error(
            fmt::format("no step is short enough for the unitary evolution at t = {:.6g} with memory = \"none\", eta = "
                        "{:.6g}, q = {:.6g}: H is too large",
                        time(state.epoch, i), mode.eta, mode.charge));
      }
      const double identity = state.rho[0];
      state.rho = pauli_coefficients(weighted_sum<Columns>(v, p));
      state.rho[0] = identity;
      record(state.epoch, i + 1, state.rho);
    }
  }

  void epoch_taylor(DensityState& state) {
    const TaylorPropagator propagator(mode.eta, mode.charge, error_rate);
    for (int i = 0; i < series.intervals(); ++i) {
      const auto p = static_cast<std::ptrdiff_t>(state.epoch) * series.intervals() + i;
      const std::vector<double> cuts = kernel.stretches(p);
      for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
        const double length = cuts[s + 1] - cuts[s];
        const Cubic h = s == 0 ? Cubic(series.piece(p)) : shifted<4>(series.piece(p), cuts[s]);
        if (!propagator.advance(h, kernel.on_stretch(p, cuts[s], cuts[s + 1]), length, state.rho)) {
          fail(state.epoch, i);
        }
      }
      record(state.epoch, i + 1, state.rho);
    }
  }
};

}  // namespace

double kossakowski_minimum(const ModeParameters& mode, const PauliVector& h, const PauliVector& k) {
  return lowest_rate(mode, h.data(), k.data());
}

ModeHistory evolve_mode(const ModeParameters& mode, const OperatorSeries& series, const MemoryKernel& kernel,
                        double tolerance, DensityState& state) {
  if (!(tolerance > 0.0)) {
    throw config_error(fmt::format("the tolerance of the density matrix is {}; it must be positive", tolerance));
  }
  if (state.epoch < series.first_epoch() || state.epoch > series.end_epoch()) {
    throw config_error(fmt::format("epoch {} is not among the epochs {} to {} of the operator coefficients",
                                   state.epoch, series.first_epoch(), series.end_epoch()));
  }
  Evolution evolution{mode, series, kernel, tolerance / series.epoch_length()};
  evolution.history.rho.reserve(static_cast<std::size_t>(series.end_epoch() - state.epoch) *
                                (static_cast<std::size_t>(series.intervals()) + 1));
  for (; state.epoch < series.end_epoch(); ++state.epoch) {
    evolution.record(state.epoch, 0, state.rho);
    if (kernel.memory() == Memory::none) {
      evolution.epoch_unitary(state);
    } else {
      evolution.epoch_taylor(state);
    }
  }
  return std::move(evolution.history);
}

}  // namespace hjnet
