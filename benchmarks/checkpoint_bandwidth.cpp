// How fast checkpoints are written against a plain parallel write of as many bytes, alternately in one run:
//
//   mpiexec -n 2 checkpoint_bandwidth INPUT.toml DIRECTORY [REPEATS] > bandwidth.csv
//
// The plain write gives every rank one stretch of one file (MPI_File_write_at, then MPI_File_sync), and is published
// like a checkpoint. Input with 3.7 GB: benchmarks/checkpoint_bandwidth.toml.
#include "archive/files/publish.hpp"
#include "config/load.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "parallel/mpi_runtime.hpp"
#include "run/restart/checkpoints.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace hjnet;
namespace fs = std::filesystem;

/// An engine after one epoch, saved again and again.
class SavedEngine final : public Checkpointed {
public:
  explicit SavedEngine(const Settings& settings)
      : network_(MPI_COMM_WORLD, settings, 0), input_(network_, settings, 0), engine_(network_, input_, settings) {
    engine_.advance();
  }
  void save(VectorArchive& out, bool sweep) const override { engine_.save(out, sweep); }
  [[nodiscard]] std::int64_t saved_bytes(bool sweep) const override { return engine_.saved_bytes(sweep); }
  [[nodiscard]] bool saves_sweeps() const override { return engine_.saves_sweeps(); }
  [[nodiscard]] int epochs_done() const override { return times_; }
  [[nodiscard]] const NetworkLayout& layout() const override { return network_.layout(); }
  void next() { ++times_; }

private:
  Network network_;
  ExternalInput input_;
  CoupledEngine engine_;
  int times_ = 0;
};

/// Seconds for writing `bytes` of this rank's, all ranks into one file.
double plain_write(const fs::path& file, std::int64_t bytes) {
  constexpr std::int64_t part = std::int64_t{1} << 24;
  const std::vector<char> data(static_cast<std::size_t>(part), 'x');
  std::int64_t end = 0;
  MPI_Scan(&bytes, &end, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  const std::string partial = file.string() + ".partial";
  MPI_Barrier(MPI_COMM_WORLD);
  const double begin = MPI_Wtime();
  MPI_File handle = MPI_FILE_NULL;
  MPI_File_open(MPI_COMM_WORLD, partial.c_str(), MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL, &handle);
  for (std::int64_t at = 0; at < bytes; at += part) {
    const auto count = static_cast<int>(std::min(part, bytes - at));
    MPI_File_write_at(handle, end - bytes + at, data.data(), count, MPI_BYTE, MPI_STATUS_IGNORE);
  }
  MPI_File_sync(handle);
  MPI_File_close(&handle);
  publish(MPI_COMM_WORLD, partial, file);
  return MPI_Wtime() - begin;
}

void measure(const fs::path& input, const fs::path& directory, int repeats) {
  Settings settings = load_settings(input);
  settings.epochs = 2 * repeats;
  settings.output.checkpoint.every_epochs = 1;
  settings.output.checkpoint.keep = 1;
  settings.output.checkpoint.directory = directory;
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  SavedEngine engine(settings);
  Checkpoints checkpoints(MPI_COMM_WORLD, settings, 0, {"benchmark", "benchmark"}, {}, nullptr);
  const auto mine = engine.saved_bytes(false);
  std::int64_t all = mine;
  MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  if (rank == 0) std::printf("repeat,bytes,checkpoint (s),plain write (s),ratio of bytes per second\n");
  for (int i = 0; i < repeats; ++i) {
    const double plain = plain_write(directory / "plain", mine);
    if (rank == 0) fs::remove(directory / "plain");
    engine.next();
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    checkpoints.epoch_done(engine);
    const double seconds = MPI_Wtime() - begin;
    if (rank == 0) {
      std::printf("%d,%lld,%.3f,%.3f,%.3f\n", i, static_cast<long long>(all), seconds, plain, plain / seconds);
      std::fflush(stdout);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const hjnet::MpiRuntime runtime(argc, argv);
  if (argc < 3) {
    std::fputs("usage: checkpoint_bandwidth INPUT.toml DIRECTORY [REPEATS]\n", stderr);
    return 2;
  }
  try {
    measure(argv[1], argv[2], argc > 3 ? std::stoi(argv[3]) : 5);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  return 0;
}
