#pragma once
/// The quantum Boltzmann equation (74), (99)-(111) for one momentum mode:
///
///     d rho/dt = eta { -i q [H, rho] - (q^2/2) [H, [K, rho]] },      K(t) by the kind of memory (memory_kernel.hpp).
///
/// K stands in the inner commutator. The equation keeps trace and hermiticity, exactly so here; it does not keep
/// positivity (it is of Redfield, not of Lindblad, form): see measures.hpp. SecondOrder has what takes its place where
/// states are to stay states; baths and the noise of the mediator (local_generator.hpp) add to it.

#include "quantum/memory_kernel.hpp"
#include "quantum/propagators/local_generator.hpp"

#include <vector>

namespace hjnet {

inline constexpr double default_boltzmann_tolerance = 1e-10;

struct ModeParameters {
  double eta = 1.0;     ///< 1/(2 k0 V)
  double charge = 1.0;  ///< q
  SecondOrder second_order = SecondOrder::redfield;
  double noise = 0.0;  ///< x eta |q| of the mediator
  LocalGenerator bath{};
  double correlation_time = 0.7;  ///< tau of memory = "exponential"
  bool mean_field = false;        ///< H by mean_field_operator() of rho, without a second order
};

/// All that an evolution needs of its past, at the start of an epoch. (With memory = "causal" the integral of H so far
/// is the series' own, see OperatorSeries.)
struct DensityState {
  PauliVector rho;  ///< coefficients, x_0 = 1/4
  int epoch = 0;    ///< epochs completed since the start of the run
};

/// The smallest eigenvalue of the Kossakowski matrix C of the second-order generator, eta q^2/2 (h.k - |h||k|) <= 0
/// with h and k the coefficients of H and K without the identity: sum_ab C_ab P_a rho P_b is the part of the generator
/// that maps rho to itself between operators, and a negative eigenvalue of C means that it is not completely positive.
double kossakowski_minimum(const ModeParameters& mode, const PauliVector& h, const PauliVector& k);

/// rho at the samples of some epochs, S+1 an epoch, both ends included: an epoch boundary stands twice.
struct ModeHistory {
  std::vector<PauliVector> rho;
  double kossakowski = 0.0;       ///< the smallest kossakowski_minimum() at any sample
  double kossakowski_time = 0.0;  ///< and when: the first time where several are equal
};

/// Evolves `state` from the start of epoch state.epoch to the end of `series`, and leaves it there. Parts put together
/// give the same bits as the whole (for `none` and `causal` the second part's series may begin where it starts).
///
/// Forward scattering alone: unitary to round-off by exponentials; the paper's second order alone: Taylor series of
/// adaptive order; with noise, a bath, another second order or an exponential memory: extrapolation. An average is the
/// sum over the nodes of Gauss and Hermite's rule (memory = "causal") or the first block of a hierarchy ("exponential",
/// see open_propagator.hpp), of which twice as many change nothing beyond the tolerance; it is that of a whole run, and
/// `state` may not stand behind its start.
/// @param samples_per_epoch  S: where rho is recorded, and of no influence on what it is
/// @param tolerance  allowed error of rho an epoch length (relative to |rho|, Euclidean norm of the coefficients)
/// Throws numerical_error, naming time and memory, where the solution blows up or the equation is too stiff;
/// config_error for a tolerance that is not positive or a state outside the series.
ModeHistory evolve_mode(const ModeParameters& mode, const OperatorSeries& series, const MemoryKernel& kernel,
                        int samples_per_epoch, double tolerance, DensityState& state);

}  // namespace hjnet
