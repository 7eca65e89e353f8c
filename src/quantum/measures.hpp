#pragma once
/// Entanglement and other measures of a two-particle density matrix (103)-(105).

#include <Eigen/Core>

#include <array>

namespace hjnet {

/// Entropies in bits. Stored as computed also where rho is not positive; `physical` says whether to quote them.
struct Measures {
  double concurrence = 0.0;     ///< (104), in [0, 1] for a state
  double negativity = 0.0;      ///< (105): (|rho^T_B|_1 - Tr rho)/2, the negative eigenvalues of rho^T_B with + signs
  double log_negativity = 0.0;  ///< log2(2 negativity + 1)
  double purity = 0.0;          ///< Tr rho^2
  double entropy = 0.0;         ///< -Tr rho log2 rho, eigenvalues <= 0 counting as 0
  double chsh = 0.0;            ///< largest CHSH value: 2 sqrt of the two largest eigenvalues' sum of T^T T
  double min_eigenvalue = 0.0;
  double trace_error = 0.0;        ///< |Tr rho - 1|
  double hermiticity_error = 0.0;  ///< largest |rho - rho^dagger|
  bool physical = true;            ///< min_eigenvalue >= -positivity_tolerance
};

/// One of the numbers of Measures that a run file holds, for every state that it follows: declared here, and nowhere
/// else but in measure(), which computes it.
struct NamedMeasure {
  const char* name;  ///< of its datasets
  const char* description;
  double Measures::*value;
};

inline constexpr std::array<NamedMeasure, 7> measure_table{{
    {"concurrence", "concurrence", &Measures::concurrence},
    {"negativity", "negativity", &Measures::negativity},
    {"log_negativity", "logarithmic negativity, base 2", &Measures::log_negativity},
    {"purity", "purity", &Measures::purity},
    {"entropy", "von Neumann entropy, base 2", &Measures::entropy},
    {"chsh", "largest CHSH value", &Measures::chsh},
    {"min_eigenvalue", "smallest eigenvalue of the density matrix", &Measures::min_eigenvalue},
}};

/// Negativities up to here are round-off.
inline constexpr double entangled_negativity = 1e-9;

/// Measures::negativity alone, of a Hermitian rho.
double negativity(const Eigen::Matrix4cd& rho);

/// All measures of rho, basis |00>, |01>, |10>, |11>, A first; of its Hermitian part but for hermiticity_error.
///
/// The concurrence is max(0, l1 - l2 - l3 - l4) with l = sqrt(max(Re x, 0)), x the eigenvalues of the non-Hermitian
/// rho rho~. Where rho is positive to round-off (smallest eigenvalue >= -1e-13) the l are computed as the singular
/// values of R^T (sigma_y (x) sigma_y) R, rho = R R^dagger, which equal them (Wootters, Phys. Rev. Lett. 80, 2245
/// (1998)) and take no root of a small difference: absolute accuracy about 1e-14, on pure states too. Elsewhere they
/// are roots of eigenvalues, and accurate to about 1e-8. NaN or infinite entries give NaN measures, not physical.
Measures measure(const Eigen::Matrix4cd& rho, double positivity_tolerance);

/// W = (|phi><phi|)^(T_B) with phi the eigenvector of rho^(T_B) that has the lowest eigenvalue: Tr(W sigma) >= 0 for
/// every separable sigma, and Tr(W rho) is that eigenvalue, < 0 where rho is entangled (Horodecki, Phys. Lett. A 223, 1
/// (1996); Terhal, Phys. Lett. A 271, 319 (2000)).
Eigen::Matrix4cd entanglement_witness(const Eigen::Matrix4cd& rho);

}  // namespace hjnet
