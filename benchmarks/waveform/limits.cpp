// What this machine can do on one core, for profile.py: the peak of dgemm, its rate at the shape of the products with
// W(0), STREAM's triad and fill, and the rate of tanh.
//
//   OPENBLAS_NUM_THREADS=1 waveform_limits [--neurons 2000] [--nodes 40] [--rounds 7] [--output FILE]
#include "common.hpp"
#include "network/transfer.hpp"

#include <cblas.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace {

using namespace hjnet;
using namespace hjnet::benchmark;

double best_of(int rounds, const std::function<void()>& work) {
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < rounds; ++round) best = std::min(best, seconds_of(work));
  return best;
}

/// Flops a second of a large square product.
double peak(int rounds) {
  constexpr int n = 1500;
  const std::vector<double> a(std::size_t{n} * n, 0.5);
  std::vector<double> c(a.size());
  const double seconds = best_of(rounds, [&] {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1.0, a.data(), n, a.data(), n, 0.0, c.data(), n);
  });
  return 2.0 * n * n * n / seconds;
}

/// Flops a second of W X and W^T P, two projections in turn, in the faster order of the series.
double product_rate(int neurons, int nodes, int rounds) {
  const Network network(MPI_COMM_SELF, settings_of({{neurons, neurons, neurons}, 1}), 0);
  FloorProducts products(neurons, nodes);
  return 8.0 * neurons * neurons * nodes / products.seconds(network, nodes, rounds);
}

/// Bytes a second of a = b + s c and of a = s, on vectors that no cache holds.
void bandwidth(int rounds, double& triad, double& fill) {
  constexpr std::size_t size = std::size_t{1} << 26;
  std::vector<double> a(size);
  const std::vector<double> b(size, 1.0);
  const std::vector<double> c(size, 2.0);
  triad = 24.0 * static_cast<double>(size) / best_of(rounds, [&] {
            for (std::size_t i = 0; i < size; ++i) a[i] = b[i] + 0.5 * c[i];
          });
  fill = 8.0 * static_cast<double>(size) / best_of(rounds, [&] { std::fill(a.begin(), a.end(), 1.0); });
}

/// Evaluations of tanh and its derivatives a second, as the engine does them.
double transfer_rate(int rounds) {
  constexpr std::size_t size = 1 << 12;
  std::vector<double> net(size);
  for (std::size_t i = 0; i < size; ++i) net[i] = 1e-3 * static_cast<double>(i) - 2.0;
  std::vector<double> f(size);
  std::vector<double> f1(size);
  return static_cast<double>(size) / best_of(100 * rounds, [&] {
           evaluate_transfer(Transfer::tanh, size, net.data(), f.data(), f1.data(), nullptr);
         });
}

void measure(const Options& options) {
  const int rounds = options.integer("rounds");
  Table table(options.text("output"), "limit,value");
  const auto row = [&](const char* name, double value) { table.row(fmt::format("{},{:.4g}", name, value)); };
  row("dgemm (flop/s)", peak(rounds));
  row("products (flop/s)", product_rate(options.integer("neurons"), options.integer("nodes"), rounds));
  double triad = 0.0;
  double fill = 0.0;
  bandwidth(rounds, triad, fill);
  row("triad (byte/s)", triad);
  row("fill (byte/s)", fill);
  row("tanh (1/s)", transfer_rate(rounds));
}

}  // namespace

int main(int argc, char** argv) {
  return hjnet::benchmark::run(argc, argv, [&] {
    measure(Options(argc, argv, {{"neurons", "2000"}, {"nodes", "40"}, {"rounds", "7"}, {"output", ""}}));
  });
}
