// How the factors of the delayed weights grow: rank of the bases, their size and the cost of an epoch over many epochs
// of a dense network, and the numerical rank of all y and g so far beside the rank that the engine keeps.
//
//   OPENBLAS_NUM_THREADS=1 waveform_growth --output benchmarks/results/waveform-growth.csv
//                          --ranks benchmarks/results/waveform-rank.csv
//   benchmarks/waveform/plot.py growth rank
//
// Options: --neurons 2000 --epochs 100 --memories 1,0.5 --tolerance 3e-5 --repeats 1 --svd-epochs 1,2,4,8,12 (after
// which singular values are computed; that time is not counted) --ranks FILE (without it there are none). Of all
// repeats the fastest counts for each epoch. Ranks are those of the blocks of y of the pre-synaptic and g = Delta
// f'(net)/lambda of the post-synaptic layers at all nodes of all epochs: their singular values above a threshold times
// the largest.
#include "common.hpp"
#include "engine/waveform/waveform_engine.hpp"
#include "network/external_input.hpp"
#include "network/transfer.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

namespace {

using namespace hjnet;
using namespace hjnet::benchmark;

constexpr double thresholds[] = {1e-6, 1e-8, 1e-10, 1e-12};

/// All vectors of one kind so far, a column a node: y or g of one layer.
struct Block {
  std::string name;
  std::size_t layer = 0;
  bool signal = false;
  Eigen::MatrixXd columns;
};

std::vector<Block> blocks_of(const Network& network) {
  std::vector<Block> out;
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const auto rows = static_cast<Eigen::Index>(network.layers()[i].count);
    const auto add = [&](const char* name, bool signal) {
      out.push_back({fmt::format("{} of layer {}", name, i + 1), i, signal, Eigen::MatrixXd(rows, 0)});
    };
    if (i + 1 < network.layers().size()) add("y", false);
    if (i > 0) add("g", true);
  }
  return out;
}

void take(Block& block, const Network& network, const Settings& settings, EpochRecord& record) {
  const auto& layer = network.layers()[block.layer];
  const auto nodes = static_cast<Eigen::Index>(record.mesh.nodes());
  const auto rows = block.columns.rows();
  const auto old = block.columns.cols();
  block.columns.conservativeResize(Eigen::NoChange, old + nodes);
  for (Eigen::Index node = 0; node < nodes; ++node) {
    const auto at = static_cast<std::size_t>(node);
    const auto* y = record.y.at(at) + layer.first;
    const auto* net = record.net.at(at) + layer.first;
    const auto* delta = record.delta.at(at) + layer.first;
    for (Eigen::Index k = 0; k < rows; ++k) {
      const double f1 = block.signal ? evaluate_transfer(layer.transfer, net[k]).f1 : 0.0;
      block.columns(k, old + node) = block.signal ? delta[k] * f1 / settings.network.time_constant : y[k];
    }
  }
}

Eigen::VectorXd singular_values(const Eigen::MatrixXd& block) {
  const bool tall = block.rows() >= block.cols();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(tall ? block : Eigen::MatrixXd(block.transpose()));
  const auto n = std::min(block.rows(), block.cols());
  const Eigen::MatrixXd upper = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>();
  return Eigen::BDCSVD<Eigen::MatrixXd>(upper).singularValues();
}

struct Epoch {
  double seconds = std::numeric_limits<double>::infinity();
  std::size_t nodes = 0, rank = 0;
  std::int64_t bytes = 0;
};

void write_ranks(Table& ranks, const Problem& problem, std::size_t epoch, std::size_t kept,
                 const std::vector<Block>& blocks) {
  for (const auto& block : blocks) {
    const auto values = singular_values(block.columns);
    for (const double threshold : thresholds) {
      const auto rank = (values.array() > threshold * values[0]).count();
      ranks.row(fmt::format("{},{},{},{},{:g},{},{}", problem.memory, epoch, block.columns.cols(), block.name,
                            threshold, rank, kept));
    }
  }
}

void solve(const Problem& problem, const std::vector<int>& at, Table* ranks, std::vector<Epoch>& out) {
  const auto settings = settings_of(problem);
  const Network network(MPI_COMM_SELF, settings, 0);
  const ExternalInput input(network, settings, 0);
  WaveformEngine engine(network, input, settings);
  auto blocks = blocks_of(network);
  const auto last = ranks ? static_cast<std::size_t>(*std::max_element(at.begin(), at.end())) : 0;
  for (std::size_t n = 1; n <= out.size(); ++n) {
    EpochRecord record;
    auto& epoch = out[n - 1];
    epoch.seconds = std::min(epoch.seconds, seconds_of([&] { record = engine.advance(); }));
    epoch.nodes = record.mesh.nodes();
    epoch.rank = engine.history().largest_rank();
    epoch.bytes = engine.history().bytes();
    if (n > last) continue;
    for (auto& block : blocks) take(block, network, settings, record);
    if (std::find(at.begin(), at.end(), static_cast<int>(n)) != at.end()) {
      write_ranks(*ranks, problem, n, epoch.rank, blocks);
    }
    if (n == last) blocks.clear();
  }
}

void measure(const Options& options) {
  const int neurons = options.integer("neurons");
  Table table(options.text("output"), "memory,epoch,seconds,nodes,rank,bytes");
  std::unique_ptr<Table> ranks;
  if (!options.text("ranks").empty()) {
    ranks = std::make_unique<Table>(options.text("ranks"), "memory,epoch,columns,of,threshold,rank,kept");
  }
  for (const double memory : options.numbers("memories")) {
    const Problem problem{{neurons, neurons, neurons}, options.integer("epochs"), memory, options.number("tolerance")};
    std::vector<Epoch> epochs(static_cast<std::size_t>(problem.epochs));
    for (int repeat = 0; repeat < options.integer("repeats"); ++repeat) {
      solve(problem, options.integers("svd-epochs"), repeat == 0 ? ranks.get() : nullptr, epochs);
    }
    for (std::size_t n = 0; n < epochs.size(); ++n) {
      const auto& epoch = epochs[n];
      table.row(
          fmt::format("{},{},{:.5g},{},{},{}", memory, n + 1, epoch.seconds, epoch.nodes, epoch.rank, epoch.bytes));
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  return hjnet::benchmark::run(argc, argv, [&] {
    measure(Options(argc, argv,
                    {{"neurons", "2000"},
                     {"epochs", "100"},
                     {"memories", "1,0.5"},
                     {"tolerance", "3e-5"},
                     {"repeats", "1"},
                     {"svd-epochs", "1,2,4,8,12"},
                     {"output", ""},
                     {"ranks", ""}}));
  });
}
