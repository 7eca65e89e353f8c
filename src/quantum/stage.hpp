#pragma once
/// The Boltzmann stage: all momentum modes of a run, spread over the ranks of a communicator, their mixture and
/// measures.

#include "config/settings.hpp"
#include "quantum/boltzmann.hpp"
#include "quantum/measures.hpp"

#include <mpi.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hjnet {

/// What a network keeps of the branches ++, +-, -+, -- of the particles along two axes: how far apart its outputs and
/// weights are in any two, 16 numbers a sample.
struct BranchRecord {
  std::array<std::array<double, 3>, 2> axes;
  std::span<const double> neurons, weights;
};

/// The interaction of a run.
struct Interaction {
  const Mesh& mesh;           ///< of every epoch
  std::span<const double> c;  ///< (epochs mesh.nodes()) x 16, c_alpha at its nodes
  int epochs = 0;
  int samples_per_epoch = 0;                          ///< S: nt = epochs (S+1)
  std::optional<BranchRecord> record = std::nullopt;  ///< with Closure::branches

  [[nodiscard]] std::size_t samples() const {
    return static_cast<std::size_t>(epochs) * (static_cast<std::size_t>(samples_per_epoch) + 1);
  }
};

struct ModeResult {
  int mode = 0;                    ///< index into BoltzmannSettings::k0
  std::vector<PauliVector> rho;    ///< nt samples
  std::vector<Measures> measures;  ///< nt samples
};

/// The worst of a quantity over all modes and samples.
struct Extreme {
  double value = 0.0;
  double time = 0.0;
  int mode = 0;
};

struct DensityResult {
  std::vector<ModeResult> modes;  ///< those of this rank, ascending: mode_range()
  // What follows is the same on all ranks.
  std::vector<PauliVector> mean;        ///< rho bar = sum of weight x rho over the modes, nt samples
  std::vector<Measures> mean_measures;  ///< nt samples
  Extreme kossakowski;                  ///< smallest eigenvalue of the Kossakowski matrix, <= 0
  Extreme min_eigenvalue;               ///< smallest eigenvalue of rho
  Extreme trace_error;                  ///< largest |Tr rho - 1| of a mode
  double mean_trace_error = 0.0;        ///< largest |Tr rho bar - 1|
  Extreme hermiticity_error;            ///< largest |rho - rho^dagger|
  std::int64_t unphysical_samples = 0;  ///< over all modes, nt samples each
};

/// Half-open range of the modes of `rank`.
struct ModeRange {
  int first = 0, end = 0;
};
ModeRange mode_range(int modes, int ranks, int rank);

/// s_A1..s_A3, s_B1..s_B3 of the product state that a run starts from.
std::array<double, 6> given_stokes(const ParticleSettings& particles);

/// What a mode evolves by: eta = 1/(2 k0 V), q, and what acts beside H.
ModeParameters mode_parameters(const BoltzmannSettings& settings, int mode);

/// Evolves every mode from the product state of the two Stokes vectors, eta = 1/(2 k0 V) for each k0.
///
/// Collective over `comm`; all arguments are the same on all ranks. The mixture is summed in the order of the modes
/// whatever the number of ranks, so all results are the same to the last bit on any number of ranks.
/// With a record, the coherences between branches are at every sample exp(-|dy|^2/(8 sigma_neurons^2) - |dW|^2/(8
/// sigma_weights^2)) times what they would be: those of a network that is traced out, outputs and weights being told
/// apart as far as Gaussians of these widths are.
/// @param stokes  s_A1..s_A3, s_B1..s_B3 of the state fed in
/// @param tolerance  of evolve_mode()
/// Throws, on all ranks alike, what evolve_mode(), OperatorSeries and product_state() throw, and stop_request where
/// stops are heeded.
DensityResult evolve(MPI_Comm comm, const BoltzmannSettings& settings, std::span<const double, 6> stokes,
                     const Interaction& interaction, double tolerance = default_boltzmann_tolerance);

/// DensityResult::mean alone, without any measures. Collective over `comm`; as evolve().
std::vector<PauliVector> evolve_mixture(MPI_Comm comm, const BoltzmannSettings& settings,
                                        std::span<const double, 6> stokes, const Interaction& interaction,
                                        double tolerance = default_boltzmann_tolerance);

}  // namespace hjnet
