#pragma once
/// What follows from a member's c_alpha: its density matrices, their measures, the noise that they survive.

#include "config/settings.hpp"
#include "quantum/stage.hpp"
#include "results/progress.hpp"
#include "results/run_file.hpp"
#include "run/member.hpp"

#include <mpi.h>

#include <vector>

namespace hjnet {

/// Seconds of this rank.
struct ParticleSeconds {
  double quantum = 0.0, output = 0.0;
};

/// What a member's particles see: a view of `mesh`, operator_mesh() of the settings, and of its series.
Interaction interaction_of(const Settings& settings, const Mesh& mesh, const SampleSeries& series);

/// Evolves the particles of result.member through the run by result.series, writes what comes out, and leaves in
/// `result` what the ensemble and the summary need. Collective over `group`, the ranks of the member.
/// Throws what evolve() throws, and io_error.
ParticleSeconds take_particles(MPI_Comm group, const Settings& settings, RunFile& file, Progress& progress,
                               MemberResult& result);

/// Of a member whose numbers are on file: the same, nothing written.
void take_extremes(MPI_Comm group, const Settings& settings, MemberResult& result);

/// Writes the witness of the mixture's entanglement where its negativity is largest; nothing where that is 0.
/// Collective over `world`. @param first  of the run's first member, on rank 0
void write_witness(MPI_Comm world, const MemberResult& first, RunFile& file);

/// A density matrix as MemberResult::density and the run file have it, row by row.
using DensityRows = Eigen::Matrix<std::complex<double>, 4, 4, Eigen::RowMajor>;

/// The mixture at a sample.
Eigen::Matrix4cd density_at(const MemberResult& member, std::size_t sample);

/// Measures, column by column.
MeasureColumns columns_of(const std::vector<Measures>& measures);

}  // namespace hjnet
