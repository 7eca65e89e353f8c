// Products with W(0), however it is kept, against dgemm with W in memory and against the peak of a square dgemm:
//
//   OPENBLAS_NUM_THREADS=1 waveform_products --output benchmarks/results/waveform-products.csv
//   benchmarks/waveform/plot.py products
//
// Options: --neurons 2048 --widths 1,16,24,32,40,52,64,99,280,640 (columns: nodes, times 7 or 16 with tangents)
// --rounds 7. W X and W^T P with weights in binary32, in binary64, and drawn wherever they are needed; dgemm in the
// faster order of the series. All take turns in one process; the best round counts. The rows "draw" are the drawing alone.
#include "common.hpp"
#include "network/weights/initial_weights.hpp"
#include "network/weights/tile_kernel.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace {

using namespace hjnet;
using namespace hjnet::benchmark;

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Flops a second of the product of two n x n matrices.
double peak(int n) {
  const auto size = static_cast<std::size_t>(n) * static_cast<std::size_t>(n);
  const std::vector<double> a(size, 0.5);
  std::vector<double> c(size);
  double best = infinite;
  for (int round = 0; round < 3; ++round) {
    best = std::min(best, seconds_of([&] {
                      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, a.data(), n, a.data(), n,
                                  0.0, c.data(), n);
                    }));
  }
  return 2.0 * static_cast<double>(size) * n / best;
}

struct Kept {
  const char* name;
  InitialWeights weights;
};

class Comparison {
public:
  Comparison(Table& table, int n, int rounds) : table_(table), n_(n), rounds_(rounds), peak_(peak(n)) {
    const Source source(1, 0, Stream::weights, 0);
    const Value value{.kind = Value::Kind::normal, .gain = 1.0};
    kept_.push_back({"binary32", InitialWeights(value, source, 0, gain_scale(n), n, n, true)});
    kept_.push_back({"drawn", InitialWeights(value, source, 0, gain_scale(n), n, n, false)});
    matrix_.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
    kept_.front().weights.read(0, matrix_);
    Value list{.kind = Value::Kind::list};
    list.values = matrix_;
    list.values.front() = 0.1;  // which no binary32 is
    kept_.push_back({"binary64", InitialWeights(list, source, 0, 1.0, n, n, true)});
  }

  void draw() {
    std::vector<double> row(static_cast<std::size_t>(n_));
    double best = infinite;
    for (int round = 0; round < rounds_; ++round) {
      best = std::min(best, seconds_of([&] {
                        for (std::int64_t i = 0; i < n_; ++i) kept_[1].weights.read(i * n_, row);
                      }));
    }
    write("draw", 0, "drawn", best, infinite);
  }

  void products(int width) {
    const auto entries = static_cast<std::size_t>(n_) * static_cast<std::size_t>(width);
    std::vector<double> in(entries);
    for (std::size_t i = 0; i < entries; ++i) in[i] = std::sin(0.1 * static_cast<double>(i));
    std::vector<double> out(entries, 0.0);
    for (const bool transposed : {false, true}) {
      double dgemm = infinite;
      std::vector<double> best(kept_.size(), infinite);
      for (int round = 0; round < rounds_; ++round) {
        for (const auto order : {SeriesOrder::by_neuron, SeriesOrder::by_node}) {
          const Product product{n_, n_, width, transposed, order};
          dgemm = std::min(dgemm, seconds_of([&] { product.run(matrix_.data(), 0, n_, in.data(), out.data()); }));
        }
        for (std::size_t i = 0; i < kept_.size(); ++i) {
          const auto& weights = kept_[i].weights;
          const IndexRange all{0, n_};
          const auto columns = static_cast<std::size_t>(width);
          best[i] = std::min(best[i], seconds_of([&] {
                               transposed ? weights.multiply_transpose(all, columns, in.data(), out.data())
                                          : weights.multiply(all, columns, in.data(), out.data());
                             }));
        }
      }
      const char* name = transposed ? "W^T P" : "W X";
      write(name, width, "dgemm", dgemm, dgemm);
      for (std::size_t i = 0; i < kept_.size(); ++i) write(name, width, kept_[i].name, best[i], dgemm);
    }
  }

private:
  void write(const char* product, int width, const char* store, double seconds, double dgemm) {
    const double weights = static_cast<double>(n_) * n_;
    table_.row(fmt::format("{},{},{},{},{:.5g},{:.4g},{:.4g},{:.4g},{:.4g}", n_, width, product, store, seconds,
                           1e9 * seconds / weights, 2.0 * weights * width / (seconds * peak_), seconds / dgemm,
                           1e-9 * peak_));
  }

  Table& table_;
  int n_, rounds_;
  double peak_;
  std::vector<Kept> kept_;
  std::vector<double> matrix_;
};

void measure(const Options& options) {
  Table table(options.text("output"),
              "neurons,width,product,store,seconds,ns_a_weight,of_peak,times_dgemm,peak_gflops");
  std::fprintf(stderr, "kernel: %s\n", tile_kernels().front().name);
  for (const int n : options.integers("neurons")) {
    Comparison comparison(table, n, options.integer("rounds"));
    comparison.draw();
    for (const int width : options.integers("widths")) comparison.products(width);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return hjnet::benchmark::run(argc, argv, [&] {
    measure(Options(argc, argv,
                    {{"neurons", "2048"},
                     {"widths", "1,16,24,32,40,52,64,99,280,640"},
                     {"rounds", "7"},
                     {"output", ""}}));
  });
}
