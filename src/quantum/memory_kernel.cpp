#include "quantum/memory_kernel.hpp"

#include "config/choices.hpp"
#include "parallel/errors.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hjnet {

MemoryKernel::MemoryKernel(Memory memory, double window, const OperatorSeries& series)
    : memory_(memory), window_(window), series_(&series) {
  const bool whole = memory == Memory::symmetric || memory == Memory::window;
  if (whole && series.first_epoch() != 0) {
    throw config_error(fmt::format(R"(memory = "{}" needs the operator coefficients of the whole run)",
                                   name_of(memory_names, memory)));
  }
  if (memory == Memory::window && !(window > 0.0)) {
    throw config_error(fmt::format("boltzmann.window = {}: it must be positive", window));
  }
}

PauliVector MemoryKernel::at(double t) const {
  switch (memory_) {
    case Memory::none:
    case Memory::exponential:
      break;
    case Memory::symmetric:
      return series_->integral_at_end();
    case Memory::causal:
      return 2.0 * series_->integral(t);
    case Memory::window:
      return series_->integral(t + window_) - series_->integral(t - window_);
  }
  return PauliVector::Zero();
}

std::vector<double> MemoryKernel::stretches(int epoch, const OperatorPiece& piece) const {
  std::vector<double> cuts{0.0, piece.length};
  if (memory_ != Memory::window) return cuts;
  constexpr double round_off = 1e-9;  // of a piece: cuts closer than this to its ends are the ends
  const double begin = epoch * series_->epoch_length() + piece.begin;
  for (const double tau : {window_, -window_}) {
    for (const double time : series_->breaks(begin + tau, begin + piece.length + tau)) {
      const double offset = time - tau - begin;
      if (offset > round_off * piece.length && offset < (1.0 - round_off) * piece.length) cuts.push_back(offset);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

HamiltonianIntegral MemoryKernel::on_stretch(int epoch, const OperatorPiece& piece, double from, double to) const {
  HamiltonianIntegral k = HamiltonianIntegral::Zero();
  if (memory_ == Memory::symmetric) {
    k.col(0) = series_->integral_at_end();
  } else if (memory_ == Memory::causal) {
    k = 2.0 * shifted(piece.integral_polynomial(), from);
  } else if (memory_ == Memory::window) {
    const double begin = epoch * series_->epoch_length() + piece.begin;
    const double middle = begin + 0.5 * (from + to);
    k = series_->integral_about(begin + from + window_, middle + window_) -
        series_->integral_about(begin + from - window_, middle - window_);
  }
  return k;
}

}  // namespace hjnet
