#include "torus/fourier/modes.hpp"

#include "parallel/counts.hpp"

#include <cstdlib>

namespace hjnet {

namespace {

/// Whether the last non-zero component is positive.
bool in_half_space(const Mode& mode) {
  for (std::size_t d = mode.size(); d-- > 0;) {
    if (mode[d] != 0) return mode[d] > 0;
  }
  return false;
}

}  // namespace

ModeSet::ModeSet(int dimensions, const Mode& limit) {
  for (std::size_t d = 0; d < as_size(dimensions); ++d) limit_[d] = limit[d];
  Mode mode{};
  for (mode[0] = -limit_[0]; mode[0] <= limit_[0]; ++mode[0]) {
    for (mode[1] = -limit_[1]; mode[1] <= limit_[1]; ++mode[1]) {
      for (mode[2] = -limit_[2]; mode[2] <= limit_[2]; ++mode[2]) {
        const bool belongs = in_half_space(mode);
        index_.push_back(belongs ? static_cast<std::int64_t>(modes_.size()) : -1);
        if (belongs) modes_.push_back(mode);
      }
    }
  }
}

std::size_t ModeSet::place(const Mode& mode) const {
  std::size_t place = 0;
  for (std::size_t d = 0; d < mode.size(); ++d) {
    place = place * as_size(2 * limit_[d] + 1) + as_size(mode[d] + limit_[d]);
  }
  return place;
}

std::vector<std::complex<double>> ModeSet::take(const ModeSet& other,
                                                std::span<const std::complex<double>> coefficients) const {
  std::vector<std::complex<double>> out(size());
  for (std::size_t i = 0; i < other.size(); ++i) {
    const auto& mode = other.modes_[i];
    bool inside = true;
    for (std::size_t d = 0; d < mode.size(); ++d) inside = inside && std::abs(mode[d]) <= limit_[d];
    if (inside) out[as_size(index_[place(mode)])] = coefficients[i];
  }
  return out;
}

}  // namespace hjnet
