#pragma once
/// What the sources of the run file share. Not for others.

#include "quantum/pauli.hpp"
#include "results/run_file.hpp"

#include <string_view>

namespace hjnet {

/// Attributes of /witness: the coefficients of W by the names of their Pauli matrices, Tr(W rho), the time of rho.
inline NamedNumbers witness_numbers(const PauliVector& coefficients, double expectation, double time) {
  constexpr std::string_view letters = "IXYZ";
  NamedNumbers numbers{{"expectation", expectation}, {"time", time}};
  for (std::size_t alpha = 0; alpha < 16; ++alpha) {
    numbers[{letters[alpha / 4], letters[alpha % 4]}] = coefficients[static_cast<Eigen::Index>(alpha)];
  }
  return numbers;
}

}  // namespace hjnet
