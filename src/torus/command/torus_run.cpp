#include "torus/command/torus_run.hpp"

#include "archive/files/owner.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "results/provenance.hpp"
#include "run/output_files.hpp"
#include "torus/command/network_potential.hpp"
#include "torus/command/torus_file.hpp"
#include "torus/solver.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <limits>
#include <optional>

namespace hjnet {

namespace {

/// This rank's tori: every so many of the grid, as neighbours are about as hard as each other. Those not reached
/// because the run is to stop are left out.
LocalTori solve_tori(MPI_Comm comm, const TorusSettings& settings) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  return agreed(comm, [&] {
    LocalTori out;
    TorusSolver solver(settings);
    const auto actions = action_grid(settings);
    for (auto i = as_size(rank); i < actions.size(); i += as_size(ranks)) {
      try {
        heed_stop();
        out.torus.push_back(solver.solve(actions[i]));
      } catch (const stop_request&) {
        break;
      }
      out.index.push_back(static_cast<std::int64_t>(i));
    }
    return out;
  });
}

}  // namespace

std::vector<std::vector<double>> action_grid(const TorusSettings& settings) {
  std::vector<std::vector<double>> out{{}};
  for (const auto& axis : settings.action) {
    std::vector<std::vector<double>> longer;
    for (const auto& row : out) {
      for (const double value : axis) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    }
    out = std::move(longer);
  }
  return out;
}

namespace {

ExitStatus find_tori(MPI_Comm comm, Archive& archive, const TorusSettings& input) {
  auto settings = input;
  if (input.network) {
    const auto network = network_potential(comm, input);
    write_network_potential(archive, network);
    settings = with_hamiltonian(input, network);
    print_once(describe(network, settings) + "\n", comm);
  }
  const auto tori = solve_tori(comm, settings);
  const auto table = gather_tori(comm, settings, tori);
  print_once(describe(table, settings.dimensions), comm);
  write_tori(archive, table);
  write_generators(comm, archive, settings, tori);
  archive.flush();
  heed_stop(comm);
  write_torus_observables(comm, archive, settings, tori);
  if (table.converged() > 0) return ExitStatus::complete;
  spdlog::error("No torus found, for none of the {} actions.", table.status.size());
  return ExitStatus::failed;
}

}  // namespace

// The order: file, network, tori, file, what is to be compared with them. A file that stands in the way is then found
// before any work, and a run that is killed leaves a file that says it knows nothing.
ExitStatus run_torus(MPI_Comm comm, const TorusSettings& input, bool overwrite, std::optional<double> max_walltime) {
  const double start = MPI_Wtime();
  const StopsHeeded heeded(start + max_walltime.value_or(std::numeric_limits<double>::infinity()));
  expect_safe_outputs(comm, input);
  const FileOwner owner(comm, input.file, utc_now());
  auto archive = create_torus_file(comm, input, overwrite);
  auto status = ExitStatus::stopped_early;
  try {
    status = find_tori(comm, archive, input);
  } catch (const stop_request&) {
    spdlog::info("Stopped early, as asked; what is missing is NaN. The same command with --overwrite begins again.");
  }
  archive.close();
  spdlog::info("Wrote {} in {:.1f} s.", input.file.string(), MPI_Wtime() - start);
  return status;
}

}  // namespace hjnet
