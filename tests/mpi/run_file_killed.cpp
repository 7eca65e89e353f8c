// Writes two of four epochs and part of the third, then dies as by kill -9. run_file_killed.py starts it and looks at
// what is left.
#include "parallel/mpi_runtime.hpp"
#include "run_file_case.hpp"

#include <csignal>

int main(int argc, char** argv) {
  using namespace hjnet;
  if (argc != 2) return 2;
  const MpiRuntime runtime(argc, argv);
  auto settings = test::make_settings(argv[1]);
  settings.output.weights = WeightOutput::all;
  const auto layout = test::make_layout(settings, MPI_COMM_WORLD);
  RunFile file(MPI_COMM_WORLD, MPI_COMM_WORLD, settings, layout, true);
  file.write_weights("initial", test::make_synapses(layout, 0.0));
  for (int epoch = 0; epoch < 2; ++epoch) {
    file.write_epoch(0, test::make_samples(layout, 0, epoch));
    file.write_weights(epoch == 0 ? "epoch_00001" : "epoch_00002", test::make_synapses(layout, epoch + 1.0));
    file.complete_epoch(epoch + 1);
  }
  file.write_epoch(0, test::make_samples(layout, 0, 2));
  MPI_Barrier(MPI_COMM_WORLD);
  return std::raise(SIGKILL);
}
