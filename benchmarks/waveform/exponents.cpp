// How the time of an epoch of the waveform engine grows with the width of the layers, the number of projections, the
// nodes of an epoch (through the tolerance) and the epochs done:
//
//   OPENBLAS_NUM_THREADS=1 waveform_exponents --output benchmarks/results/waveform-exponents.csv
//   benchmarks/waveform/plot.py exponents        (fits the exponents)
//
// Options: --widths 250,500,1000,2000,4000 (three layers), --depths 2,3,4,6,8,10 (layers of --depth-width 500),
// --tolerances 1e-3,...,1e-12 (three layers of --node-width 1000), --long-epochs 64 (of the same), --epochs 4
// --tolerance 3e-5 --repeats 3 --most-nodes 256. Of widths, depths and tolerances the fastest epoch after the second
// counts, epochs whose mesh was refined left aside where there is another. Beside it stands the time of the products
// with W(0) and its transpose at as many nodes.
#include "common.hpp"
#include "engine/waveform/waveform_engine.hpp"
#include "network/external_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::benchmark;

constexpr double infinite = std::numeric_limits<double>::infinity();

struct Epoch {
  double seconds = infinite;
  int nodes = 0;
  std::size_t rank = 0;
  bool refined = false;
};

class Study {
public:
  explicit Study(const Options& options)
      : table_(options.text("output"), "study,value,seconds,products,nodes,rank"),
        epochs_(options.integer("epochs")),
        repeats_(options.integer("repeats")),
        most_nodes_(options.integer("most-nodes")) {}

  /// Every epoch of a problem, the fastest of all repeats; `products` are those at the last one's nodes.
  std::vector<Epoch> epochs(const Problem& problem, double& products) const {
    const auto settings = settings_of(problem);
    const Network network(MPI_COMM_SELF, settings, 0);
    const ExternalInput input(network, settings, 0);
    std::vector<Epoch> out(static_cast<std::size_t>(problem.epochs));
    FloorProducts floor(*std::max_element(problem.layers.begin(), problem.layers.end()), most_nodes_);
    products = infinite;
    for (int repeat = 0; repeat < repeats_; ++repeat) {
      WaveformEngine engine(network, input, settings);
      for (auto& epoch : out) {
        const auto refined = engine.work().at("mesh_refinements");
        epoch.seconds =
            std::min(epoch.seconds, seconds_of([&] { epoch.nodes = static_cast<int>(engine.advance().mesh.nodes()); }));
        epoch.refined = engine.work().at("mesh_refinements") > refined;
        epoch.rank = engine.history().largest_rank();
      }
      products = std::min(products, floor.seconds(network, out.back().nodes, 2));
    }
    return out;
  }

  void point(const std::string& study, double value, Problem problem) {
    problem.epochs = epochs_;
    double products = 0.0;
    const auto all = epochs(problem, products);
    auto best = all.back();
    for (std::size_t n = 2; n < all.size(); ++n) {
      const bool better = all[n].refined == best.refined ? all[n].seconds < best.seconds : best.refined;
      if (better && all[n].nodes == all.back().nodes) best = all[n];
    }
    row(study, study == "nodes" ? best.nodes : value, best, products);
  }

  /// All epochs but the first two, in which the mesh is still sought.
  void long_run(const Problem& problem) {
    double products = 0.0;
    const auto all = epochs(problem, products);
    for (std::size_t n = 2; n < all.size(); ++n) row("epochs", static_cast<double>(n + 1), all[n], products);
  }

private:
  void row(const std::string& study, double value, const Epoch& epoch, double products) {
    table_.row(
        fmt::format("{},{:g},{:.5g},{:.5g},{},{}", study, value, epoch.seconds, products, epoch.nodes, epoch.rank));
  }

  Table table_;
  int epochs_, repeats_, most_nodes_;
};

void measure(const Options& options) {
  Study study(options);
  const double tolerance = options.number("tolerance");
  for (const int width : options.integers("widths")) {
    study.point("width", width, {{width, width, width}, 0, 1.0, tolerance});
  }
  for (const int depth : options.integers("depths")) {
    const std::vector<int> layers(static_cast<std::size_t>(depth), options.integer("depth-width"));
    study.point("projections", depth - 1, {layers, 0, 1.0, tolerance});
  }
  const std::vector<int> layers(3, options.integer("node-width"));
  for (const double t : options.numbers("tolerances")) study.point("nodes", t, {layers, 0, 1.0, t});
  study.long_run({layers, options.integer("long-epochs"), 1.0, tolerance});
}

}  // namespace

int main(int argc, char** argv) {
  return hjnet::benchmark::run(argc, argv, [&] {
    measure(Options(argc, argv,
                    {{"widths", "250,500,1000,2000,4000"},
                     {"depths", "2,3,4,6,8,10"},
                     {"depth-width", "500"},
                     {"tolerances", "1e-3,1e-4,1e-5,1e-6,1e-7,1e-8,1e-9,1e-10,1e-11,1e-12"},
                     {"node-width", "1000"},
                     {"long-epochs", "64"},
                     {"epochs", "4"},
                     {"tolerance", "3e-5"},
                     {"repeats", "3"},
                     {"most-nodes", "256"},
                     {"output", ""}}));
  });
}
