// Is it worth keeping W(0) in single precision? Drawn weights are representable in it, so that the products with W
// stored as floats, a panel of rows at a time converted to doubles before dgemm, are the same to round-off:
//
//   OPENBLAS_NUM_THREADS=1 waveform_single --output benchmarks/results/waveform-single.csv
//   benchmarks/waveform/plot.py single
//
// Options: --neurons 2000,4000,8000 --nodes 40 --panels 32,64,128,256,512 (rows) --rounds 7. W X and W^T P in both
// orders of the series, alternately in one process; the best round of the faster order counts, for each size of panel.
#include "common.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::benchmark;

struct Stored {
  std::vector<double> doubles;
  std::vector<float> floats;
};

/// The same numbers twice, all representable as floats.
Stored matrix(int n) {
  Stored out;
  const auto size = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  out.floats.resize(size);
  std::uint32_t state = 1;
  for (auto& w : out.floats) {
    state = state * 1664525U + 1013904223U;
    w = static_cast<float>(state >> 8U) * 0x1p-24F - 0.5F;
  }
  out.doubles.assign(out.floats.begin(), out.floats.end());
  return out;
}

/// The product from floats, by panels.
void from_floats(const Product& product, const std::vector<float>& matrix, int panel, std::vector<double>& work,
                 const std::vector<double>& in, std::vector<double>& out) {
  for (int first = 0; first < product.rows; first += panel) {
    const int count = std::min(panel, product.rows - first);
    const auto begin = matrix.begin() + static_cast<std::ptrdiff_t>(first) * product.columns;
    std::copy_n(begin, static_cast<std::ptrdiff_t>(count) * product.columns, work.begin());
    product.run(work.data(), first, count, in.data(), out.data());
  }
}

void compare(Table& table, int n, int nodes, const std::vector<int>& panels, int rounds) {
  const auto stored = matrix(n);
  const auto entries = static_cast<std::size_t>(n) * static_cast<std::size_t>(nodes);
  const auto columns = static_cast<std::size_t>(n);
  std::vector<double> in(entries);
  for (std::size_t i = 0; i < entries; ++i) in[i] = std::sin(0.1 * static_cast<double>(i));
  std::vector<double> out(entries);
  std::vector<double> again(entries);
  std::vector<double> work(columns * static_cast<std::size_t>(*std::max_element(panels.begin(), panels.end())));
  for (const bool transposed : {false, true}) {
    double plain = std::numeric_limits<double>::infinity();
    std::vector<double> best(panels.size(), plain);
    double difference = 0.0;
    for (int round = 0; round < rounds; ++round) {
      for (const auto order : {SeriesOrder::by_neuron, SeriesOrder::by_node}) {
        const Product product{n, n, nodes, transposed, order};
        plain = std::min(plain, seconds_of([&] {
                           std::fill(out.begin(), out.end(), 0.0);
                           product.run(stored.doubles.data(), 0, n, in.data(), out.data());
                         }));
        for (std::size_t i = 0; i < panels.size(); ++i) {
          best[i] = std::min(best[i], seconds_of([&] {
                               std::fill(again.begin(), again.end(), 0.0);
                               from_floats(product, stored.floats, panels[i], work, in, again);
                             }));
          for (std::size_t k = 0; k < entries; ++k) difference = std::max(difference, std::abs(out[k] - again[k]));
        }
      }
    }
    const double size = 1e-6 * static_cast<double>(columns * columns);
    for (std::size_t i = 0; i < panels.size(); ++i) {
      const double panel = 8e-6 * static_cast<double>(panels[i]) * static_cast<double>(n);
      table.row(fmt::format("{},{},{},{},{:.5g},{:.5g},{:.4g},{:.4g},{:.4g},{:.2g}", n, nodes,
                            transposed ? "W^T P" : "W X", panels[i], plain, best[i], best[i] / plain, 8.0 * size,
                            4.0 * size + panel, difference));
    }
  }
}

void measure(const Options& options) {
  Table table(
      options.text("output"),
      "neurons,nodes,product,panel_rows,double_seconds,single_seconds,time_ratio,double_mb,single_mb,difference");
  for (const int n : options.integers("neurons")) {
    compare(table, n, options.integer("nodes"), options.integers("panels"), options.integer("rounds"));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return hjnet::benchmark::run(argc, argv, [&] {
    measure(Options(argc, argv,
                    {{"neurons", "2000,4000,8000"},
                     {"nodes", "40"},
                     {"panels", "32,64,128,256,512"},
                     {"rounds", "7"},
                     {"output", ""}}));
  });
}
