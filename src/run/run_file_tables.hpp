#pragma once
/// The measures of entanglement that a run file holds; shared by its sources. Not for others.

#include "quantum/pauli.hpp"
#include "run/run_file.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace hjnet {

/// A real measure: its dataset's name, what it is, and where its numbers are.
struct RealMeasure {
  const char* name;
  const char* description;
  std::vector<double> MeasureColumns::*values;
};

inline constexpr std::array<RealMeasure, 7> real_measures{{
    {"concurrence", "concurrence", &MeasureColumns::concurrence},
    {"negativity", "negativity", &MeasureColumns::negativity},
    {"log_negativity", "logarithmic negativity, base 2", &MeasureColumns::log_negativity},
    {"purity", "purity", &MeasureColumns::purity},
    {"entropy", "von Neumann entropy, base 2", &MeasureColumns::entropy},
    {"chsh", "largest CHSH value", &MeasureColumns::chsh},
    {"min_eigenvalue", "smallest eigenvalue of the density matrix", &MeasureColumns::min_eigenvalue},
}};

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
