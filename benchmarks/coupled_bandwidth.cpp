// What a step of the coupled engine costs in passes of STREAM's triad over its state, and the bandwidth of its weight
// sweep's right-hand side against the triad's, alternately in one process on one core:
//
//   coupled_bandwidth [NEURONS_STEP=2000] [NEURONS_RHS=4000] > coupled_bandwidth.csv   (picture: coupled_bandwidth.py)
//
// The steps are those of the weight sweep of one epoch of a dense network of two layers at tolerance 1e-8, by both
// methods; the time includes the dense output that the history takes. The right-hand side is that of three layers with
// back-signals and outputs made up, as the integrator's vectors would not fit beside it. The triad a = b + s c, 24
// bytes an element, goes round vectors of one GiB in all, so that no cache serves it. Memory: 4 GB with the default
// sizes.
#include "config/load.hpp"
#include "engine/coupled/coupled_engine.hpp"
#include "engine/coupled/outer_products.hpp"
#include "engine/coupled/vector_operations.hpp"
#include "network/external_input.hpp"
#include "network/network.hpp"
#include "parallel/mpi_runtime.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace hjnet;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Triad {
public:
  explicit Triad(std::size_t size)
      : vectors_(std::max(std::size_t{4}, (std::size_t{1} << 30) / (sizeof(double) * size)),
                 std::vector<double>(size, 1.0)) {}
  /// Seconds for one pass.
  double pass() {
    double* __restrict a = next();
    const double* __restrict b = next();
    const double* __restrict c = next();
    const double begin = MPI_Wtime();
    for (std::size_t i = 0; i < vectors_[0].size(); ++i) a[i] = b[i] + 0.5 * c[i];
    return MPI_Wtime() - begin;
  }

private:
  double* next() { return vectors_[position_++ % vectors_.size()].data(); }
  std::vector<std::vector<double>> vectors_;
  std::size_t position_ = 0;
};

Settings settings_for(int layers, int neurons, const std::string& method) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("coupled-bandwidth-{}.toml", ::getpid());
  std::string text = fmt::format(
      "run = {{ epoch_length = 1.0, seed = 2 }}\n"
      "network.time_constant = 0.1\n"
      "learning.inertia = -2000.0\n"
      "learning.target = {{ distribution = \"uniform\", low = -0.8, high = 0.8 }}\n"
      "stimulus.constant = {{ layer = \"layer0\", distribution = \"normal\" }}\n"
      "solver = {{ method = \"{}\", relative_tolerance = 1e-8, absolute_tolerance = 1e-10 }}\n",
      method);
  for (int i = 0; i < layers; ++i)
    text += fmt::format("[[network.layer]]\nname = \"layer{}\"\nneurons = {}\n", i, neurons);
  std::ofstream(path) << text;
  auto settings = load_settings(path);
  std::filesystem::remove(path);
  return settings;
}

void print(const std::string& what, const std::string& method, double figure) {
  std::printf("%s,%s,%.4g\n", what.c_str(), method.c_str(), figure);
  std::fflush(stdout);
}

/// Seconds and traffic of every step of the weight sweep but its first, a triad between them now and then.
class Steps {
public:
  explicit Steps(std::size_t state) : state_(state), triad_(state) {}
  /// After every step of any sweep. Those of the neurons move less than one vector of the weights' state.
  void step_done() {
    const double now = MPI_Wtime();
    const auto traffic = vector_traffic();
    const auto moved = static_cast<double>(traffic.moved - before_.moved) / static_cast<double>(state_);
    const auto called = static_cast<double>(traffic.called - before_.called) / static_cast<double>(state_);
    if (moved > 1.0 && std::exchange(started_, true)) {
      seconds_ += now - begin_;
      moved_ += moved;
      called_ += called;
      if (steps_++ % 5 == 0) triads_.push_back(triad_.pass());
    }
    before_ = traffic;
    begin_ = MPI_Wtime();
  }
  void report(const std::string& method) const {
    const auto steps = static_cast<double>(steps_);
    const double triad = median(triads_);
    print("steps of the weight sweep", method, steps);
    print("triad (GB/s)", method, 24e-9 * static_cast<double>(state_) / triad);
    print("vector operations as CVODE calls them (triad passes a step)", method, called_ / steps / 3.0);
    print("vector operations as done (triad passes a step)", method, moved_ / steps / 3.0);
    print("time of a step (triad passes)", method, seconds_ / steps / triad);
  }

private:
  std::size_t state_;
  Triad triad_;
  VectorTraffic before_;
  bool started_ = false;
  double begin_ = 0.0, seconds_ = 0.0, moved_ = 0.0, called_ = 0.0;
  std::int64_t steps_ = 0;
  std::vector<double> triads_;
};

void measure_steps(int neurons, const std::string& method) {
  const auto settings = settings_for(2, neurons, method);
  const Network network(MPI_COMM_SELF, settings, 0);
  const ExternalInput input(network, settings, 0);
  CoupledEngine engine(network, input, settings);
  Steps steps(2 * static_cast<std::size_t>(network.synapses()));
  engine.after_step([&] { steps.step_done(); });
  engine.advance();
  steps.report(method);
}

/// dM = -g y^T and dU = M/omega straight into dx; what must move is M in, dM and dU out.
void measure_right_hand_side(int neurons) {
  const auto settings = settings_for(3, neurons, "bdf");
  const Network network(MPI_COMM_SELF, settings, 0);
  const auto synapses = static_cast<std::size_t>(network.synapses());
  const std::vector<double> g(static_cast<std::size_t>(network.neurons()), -0.3);
  const std::vector<double> y(static_cast<std::size_t>(network.halo_size()), 0.7);
  const std::vector<double> m(synapses, 0.1);
  std::vector<double> dx(2 * synapses);
  Triad triad(synapses);
  std::vector<double> passes;
  std::vector<double> evaluations;
  for (int i = 0; i < 20; ++i) {
    passes.push_back(triad.pass());
    const double begin = MPI_Wtime();
    outer_products(network, 1, g.data(), y.data(), dx.data());
    scaled_copy(1.0 / settings.learning.inertia, m.data(), synapses, dx.data() + synapses);
    evaluations.push_back(MPI_Wtime() - begin);
  }
  const double bytes = 24e-9 * static_cast<double>(synapses);
  print("triad (GB/s)", "rhs", bytes / median(passes));
  print("right-hand side (GB/s)", "rhs", bytes / median(evaluations));
  print("right-hand side (fraction of the triad's bandwidth)", "rhs", median(passes) / median(evaluations));
}

}  // namespace

int main(int argc, char** argv) {
  const hjnet::MpiRuntime runtime(argc, argv);
  try {
    std::printf("figure,of,value\n");
    for (const auto* method : {"bdf", "adams"}) measure_steps(argc > 1 ? std::stoi(argv[1]) : 2000, method);
    measure_right_hand_side(argc > 2 ? std::stoi(argv[2]) : 4000);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  return 0;
}
