#include "quantum/memory_kernel.hpp"

#include "config/names.hpp"
#include "parallel/errors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

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

std::vector<double> MemoryKernel::stretches(std::ptrdiff_t p) const {
  const double step = series_->step();
  std::vector<double> cuts{0.0, step};
  if (memory_ != Memory::window) return cuts;
  constexpr double round_off = 1e-9;  // of a piece: cuts closer than this to its ends are the ends
  for (const double tau : {window_, -window_}) {
    const double position = static_cast<double>(p) + tau / step;
    const double offset = std::ceil(position) - position;
    if (offset > round_off && offset < 1.0 - round_off) cuts.push_back(offset * step);
  }
  std::sort(cuts.begin(), cuts.end());
  return cuts;
}

Quartic MemoryKernel::on_stretch(std::ptrdiff_t p, double from, double to) const {
  Quartic k = Quartic::Zero();
  if (memory_ == Memory::symmetric) {
    k.col(0) = series_->integral_at_end();
  } else if (memory_ == Memory::causal) {
    k = 2.0 * shifted<5>(series_->integral_piece(p), from);
  } else if (memory_ == Memory::window) {
    const double left = static_cast<double>(p) * series_->step();
    const double middle = left + 0.5 * (from + to);
    k = series_->integral_about(left + from + window_, middle + window_) -
        series_->integral_about(left + from - window_, middle - window_);
  }
  return k;
}

}  // namespace hjnet
