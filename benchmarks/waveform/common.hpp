#pragma once
/// What the waveform benchmarks share: their command lines, the dense network that they solve, and the matrix products
/// that its epochs are measured against.

#include "config/settings.hpp"
#include "network/network.hpp"

#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hjnet::benchmark {

/// "--key value" pairs with defaults; unknown keys are an error.
class Options {
public:
  /// @throws config_error naming the keys there are
  Options(int argc, char** argv, std::map<std::string, std::string> defaults);
  [[nodiscard]] const std::string& text(const std::string& key) const { return values_.at(key); }
  [[nodiscard]] int integer(const std::string& key) const;
  [[nodiscard]] double number(const std::string& key) const;
  /// Comma-separated.
  [[nodiscard]] std::vector<int> integers(const std::string& key) const;
  [[nodiscard]] std::vector<double> numbers(const std::string& key) const;

private:
  std::map<std::string, std::string> values_;
};

/// A CSV file, or standard output where no name is given. Every line is there as soon as it is written.
class Table {
public:
  /// @throws io_error where the file cannot be made
  Table(const std::string& path, const std::string& header);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  void row(const std::string& line);

private:
  std::FILE* file_;
};

/// peers/dense-2000.toml with other layers: terminal conditions, constant normal inputs, lambda = 0.1, omega = -n.
struct Problem {
  std::vector<int> layers;
  int epochs = 8;
  double memory = 1.0;      ///< mu
  double tolerance = 3e-5;  ///< relative; the absolute one is a hundredth
};
Settings settings_of(const Problem& problem);

double seconds_of(const std::function<void()>& work);

/// How a layer's time series lie in memory: [neuron][node], or [node][neuron].
enum class SeriesOrder { by_neuron, by_node };

/// out = W in, or W^T in, for `rows` rows of W starting at `first`, of `nodes` columns; forwards only these rows of out
/// are written, backwards the product is added to out.
/// @param matrix  these rows of W, row-major
struct Product {
  int rows = 0, columns = 0, nodes = 0;  ///< of all of W
  bool transposed = false;
  SeriesOrder order = SeriesOrder::by_neuron;
  void run(const double* matrix, int first, int count, const double* in, double* out) const;
};

/// The floor of an epoch: one product with W(0) and one with its transpose for every projection.
class FloorProducts {
public:
  /// @param largest_layer, most_nodes  room for a matrix and the series; made at once, so that no later measurement counts it
  FloorProducts(int largest_layer, int most_nodes);
  /// Seconds at `nodes` columns: for every product the faster order of series, the best of `rounds` rounds in which the
  /// projections take turns. @throws config_error where there is no room
  double seconds(const Network& network, int nodes, int rounds);

private:
  std::vector<double> in_, out_, matrix_;
};

/// Starts MPI, runs `work`, reports exceptions. Returns the exit status: 0, or 1 after an exception.
int run(int argc, char** argv, const std::function<void()>& work);

}  // namespace hjnet::benchmark
