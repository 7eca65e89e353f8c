#pragma once
/// The file of `hjnet torus` (format "hjnet-torus", version 1): /torus, a row for each J of the grid, and /generator.
/// It is made, with its provenance and NaN in /torus, before anything is computed.

#include "archive/archive.hpp"
#include "config/settings/torus.hpp"
#include "torus/command/torus_run.hpp"

#include <mpi.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hjnet {

/// The scalars of all tori: nJ rows (times n), the same on all ranks.
struct TorusTable {
  /// A status beside those of TorusStatus: the run was stopped before.
  static constexpr std::int32_t not_looked_for = -1;
  std::vector<double> action, hamiltonian, frequency, residual, tangent_residual, smallest_determinant;
  std::vector<double> smallest_divisor;
  std::vector<std::int32_t> status, solution, divisor_mode, modes;
  std::vector<std::int64_t> iterations;
  std::vector<std::string> reason;
  [[nodiscard]] std::int64_t converged() const;
};

/// The sum over the ranks; each number has one owner, the others hold zero. Collective.
void sum(MPI_Comm comm, std::vector<double>& numbers);

/// Gathers what all ranks found; collective.
TorusTable gather_tori(MPI_Comm comm, const TorusSettings& settings, const LocalTori& tori);

/// The table in words, a line a J, and how many converged.
std::string describe(const TorusTable& table, int dimensions);

/// Makes the file. Collective. Throws config_error where it exists and `overwrite` is false, io_error.
Archive create_torus_file(MPI_Comm comm, const TorusSettings& settings, bool overwrite);

/// Writes /torus.
void write_tori(Archive& archive, const TorusTable& table);

/// Makes and writes /generator: for each J that converged the modes that matter at its tolerance. Collective.
void write_generators(MPI_Comm comm, Archive& archive, const TorusSettings& settings, const LocalTori& tori);

}  // namespace hjnet
