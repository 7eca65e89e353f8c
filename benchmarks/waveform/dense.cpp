// The waveform engine on a dense network against the two matrix products that its epochs cannot do without: time of
// every epoch beside that of W(0) X and W(0)^T P at its nodes, peak memory, forming W and M, and the error of H_int.
//
//   OPENBLAS_NUM_THREADS=1 waveform_dense --output benchmarks/results/waveform-dense.csv
//   benchmarks/waveform/plot.py dense
//
// Options: --neurons 2000 --epochs 8 --tolerance 3e-5 --repeats 3 --reference 1e-11 --most-nodes 256. On a processor
// that OpenBLAS does not know, set OPENBLAS_CORETYPE (README). Products are timed right after every epoch, in the same
// process, in the faster of the two orders of the series; of all repeats the fastest counts, for each epoch and for its
// products. Memory is the growth of the process's largest resident size from before the network is made until the last
// epoch of the first repeat is done.
#include "common.hpp"
#include "engine/waveform/waveform_engine.hpp"
#include "network/external_input.hpp"
#include "run/memory.hpp"
#include "observe/series/sampler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::benchmark;

constexpr double infinite = std::numeric_limits<double>::infinity();
/// As the run file is written.
constexpr std::int64_t numbers_at_once = std::int64_t{1} << 22;

struct Epoch {
  double seconds = infinite, products = infinite;
  int nodes = 0;
  std::int64_t rank = 0, refinements = 0, history_bytes = 0;
};

struct Outcome {
  std::vector<Epoch> epochs;
  std::vector<double> interaction;  ///< H_int at all samples
  double form_weights = infinite, form_momenta = infinite;
};

/// Seconds for forming all numbers that a reader gives, in row blocks.
double form(const Network& network, const std::function<SynapseReader()>& make) {
  std::vector<double> block(static_cast<std::size_t>(numbers_at_once));
  return seconds_of([&] {
    const auto read = make();
    for (const auto& s : network.projections()) {
      const auto at_once = std::max<std::int64_t>(1, numbers_at_once / s.columns);
      for (std::int64_t row = 0; row < s.rows; row += at_once) {
        const auto count = std::min(at_once, s.rows - row) * s.columns;
        block.resize(static_cast<std::size_t>(count));
        read(s.first + row * s.columns, block);
      }
    }
  });
}

/// One run; `products` is null where nothing is timed.
void solve(const Problem& problem, FloorProducts* products, Outcome& out, std::int64_t* memory) {
  const auto settings = settings_of(problem);
  const Network network(MPI_COMM_SELF, settings, 0);
  const ExternalInput input(network, settings, 0);
  Sampler sampler(network, input, settings);
  WaveformEngine engine(network, input, settings);
  out.interaction.clear();
  out.epochs.resize(static_cast<std::size_t>(problem.epochs));
  std::int64_t refinements = 0;
  for (auto& epoch : out.epochs) {
    EpochRecord record;
    epoch.seconds = std::min(epoch.seconds, seconds_of([&] { record = engine.advance(); }));
    epoch.nodes = static_cast<int>(record.mesh.nodes());
    const auto refined = engine.work().at("mesh_refinements");
    epoch.refinements = refined - refinements;
    refinements = refined;
    epoch.rank = static_cast<std::int64_t>(engine.history().largest_rank());
    epoch.history_bytes = engine.history().bytes();
    const auto samples = sampler.sample(record).interaction;
    out.interaction.insert(out.interaction.end(), samples.begin(), samples.end());
    if (products) epoch.products = std::min(epoch.products, products->seconds(network, epoch.nodes, 2));
  }
  if (!products) return;
  if (memory) *memory = peak_resident_bytes() - *memory;
  out.form_weights = std::min(out.form_weights, form(network, [&] { return engine.weights(); }));
  out.form_momenta = std::min(out.form_momenta, form(network, [&] { return engine.momenta(); }));
}

/// Largest difference relative to the largest value of b.
double error(const std::vector<double>& a, const std::vector<double>& b) {
  double difference = 0.0;
  double largest = 0.0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference = std::max(difference, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  return difference / largest;
}

void report(Table& table, const Problem& problem, const Outcome& out, std::int64_t memory) {
  double seconds = 0.0;
  double products = 0.0;
  const auto line = [&](const std::string& figure, const std::string& epoch, double value) {
    table.row(fmt::format("{},{},{:.5g}", figure, epoch, value));
  };
  for (std::size_t n = 0; n < out.epochs.size(); ++n) {
    const auto& epoch = out.epochs[n];
    const auto name = std::to_string(n + 1);
    line("epoch (s)", name, epoch.seconds);
    line("products (s)", name, epoch.products);
    line("ratio", name, epoch.seconds / epoch.products);
    line("nodes", name, epoch.nodes);
    line("refinements", name, static_cast<double>(epoch.refinements));
    line("rank", name, static_cast<double>(epoch.rank));
    line("history (bytes)", name, static_cast<double>(epoch.history_bytes));
    seconds += epoch.seconds;
    products += epoch.products;
  }
  double weights = 0.0;
  for (std::size_t i = 1; i < problem.layers.size(); ++i) weights += 4.0 * problem.layers[i - 1] * problem.layers[i];
  const double history = static_cast<double>(out.epochs.back().history_bytes);
  line("epoch (s)", "all", seconds);
  line("products (s)", "all", products);
  line("ratio", "all", seconds / products);
  line("W(0) (bytes)", "all", weights);
  line("peak memory (bytes)", "all", static_cast<double>(memory));
  line("peak memory / (W(0) + history)", "all", static_cast<double>(memory) / (weights + history));
  line("forming W (s)", "all", out.form_weights);
  line("forming M (s)", "all", out.form_momenta);
}

void measure(const Options& options) {
  const int neurons = options.integer("neurons");
  Problem problem{{neurons, neurons, neurons}, options.integer("epochs"), 1.0, options.number("tolerance")};
  Table table(options.text("output"), "figure,epoch,value");
  FloorProducts products(neurons, options.integer("most-nodes"));
  // Memory that OpenBLAS keeps for itself is not the engine's: it is there before the count begins.
  products.seconds(Network(MPI_COMM_SELF, settings_of({{64, 64}, 1}), 0), 16, 1);
  std::int64_t memory = peak_resident_bytes();
  Outcome out;
  for (int repeat = 0; repeat < options.integer("repeats"); ++repeat) {
    solve(problem, &products, out, repeat == 0 ? &memory : nullptr);
  }
  report(table, problem, out, memory);
  Outcome reference;
  problem.tolerance = options.number("reference");
  solve(problem, nullptr, reference, nullptr);
  table.row(fmt::format("error of H_int,all,{:.3g}", error(out.interaction, reference.interaction)));
}

}  // namespace

int main(int argc, char** argv) {
  return hjnet::benchmark::run(argc, argv, [&] {
    measure(Options(argc, argv,
                    {{"neurons", "2000"},
                     {"epochs", "8"},
                     {"tolerance", "3e-5"},
                     {"repeats", "3"},
                     {"reference", "1e-11"},
                     {"most-nodes", "256"},
                     {"output", ""}}));
  });
}
