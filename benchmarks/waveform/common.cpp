#include "common.hpp"

#include "config/load.hpp"
#include "parallel/errors.hpp"
#include "parallel/mpi_runtime.hpp"

#include <cblas.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <sstream>

namespace hjnet::benchmark {

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) parts.push_back(part);
  return parts;
}

}  // namespace

Options::Options(int argc, char** argv, std::map<std::string, std::string> defaults) : values_(std::move(defaults)) {
  for (int i = 1; i < argc; i += 2) {
    const std::string key = argv[i];
    const auto known = key.starts_with("--") ? values_.find(key.substr(2)) : values_.end();
    if (known == values_.end() || i + 1 == argc) {
      std::string usage;
      for (const auto& [name, value] : values_) usage += fmt::format(" [--{} {}]", name, value);
      throw config_error("usage:" + usage);
    }
    known->second = argv[i + 1];
  }
}

int Options::integer(const std::string& key) const {
  return std::stoi(text(key));
}
double Options::number(const std::string& key) const {
  return std::stod(text(key));
}
std::vector<int> Options::integers(const std::string& key) const {
  std::vector<int> out;
  for (const auto& part : split(text(key))) out.push_back(std::stoi(part));
  return out;
}
std::vector<double> Options::numbers(const std::string& key) const {
  std::vector<double> out;
  for (const auto& part : split(text(key))) out.push_back(std::stod(part));
  return out;
}

Table::Table(const std::string& path, const std::string& header)
    : file_(path.empty() ? stdout : std::fopen(path.c_str(), "w")) {
  if (file_ == nullptr) throw io_error(fmt::format("cannot write '{}'", path));
  row(header);
}
Table::~Table() {
  if (file_ != stdout) std::fclose(file_);
}
void Table::row(const std::string& line) {
  std::fprintf(file_, "%s\n", line.c_str());
  std::fflush(file_);
}

Settings settings_of(const Problem& problem) {
  std::string layers;
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    layers += fmt::format("{}{{ name = \"layer{}\", neurons = {} }}", i == 0 ? "" : ", ", i, problem.layers[i]);
  }
  return load_settings(
      DENSE_INPUT,
      {fmt::format("network.layer=[{}]", layers), "stimulus.constant.layer=\"layer0\"",
       fmt::format("run.epochs={}", problem.epochs), fmt::format("learning.epoch_memory={}", problem.memory),
       fmt::format("learning.inertia=-{}.0", problem.layers.front()), "solver.engine=\"waveform\"",
       fmt::format("solver.relative_tolerance={:e}", problem.tolerance),
       fmt::format("solver.absolute_tolerance={:e}", 1e-2 * problem.tolerance)});
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void Product::run(const double* matrix, int first, int count, const double* in, double* out) const {
  const bool by_neuron = order == SeriesOrder::by_neuron;
  const auto row = static_cast<std::ptrdiff_t>(first) * (by_neuron ? nodes : 1);
  const double* source = in + (transposed ? row : 0);
  double* target = out + (transposed ? 0 : row);
  const double beta = transposed ? 1.0 : 0.0;
  if (by_neuron) {
    cblas_dgemm(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, transposed ? columns : count,
                nodes, transposed ? count : columns, 1.0, matrix, columns, source, nodes, beta, target, nodes);
  } else {
    cblas_dgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasNoTrans : CblasTrans, nodes,
                transposed ? columns : count, transposed ? count : columns, 1.0, source, transposed ? rows : columns,
                matrix, columns, beta, target, transposed ? columns : rows);
  }
}

FloorProducts::FloorProducts(int largest_layer, int most_nodes)
    : in_(static_cast<std::size_t>(largest_layer) * static_cast<std::size_t>(most_nodes), 0.5),
      out_(in_),
      matrix_(static_cast<std::size_t>(largest_layer) * static_cast<std::size_t>(largest_layer), 0.25) {}

double FloorProducts::seconds(const Network& network, int nodes, int rounds) {
  double sum = 0.0;
  const auto& projections = network.projections();
  for (const bool transposed : {false, true}) {
    std::vector<double> best(projections.size(), std::numeric_limits<double>::infinity());
    for (int round = 0; round < rounds; ++round) {
      for (const auto order : {SeriesOrder::by_neuron, SeriesOrder::by_node}) {
        for (std::size_t i = 0; i < projections.size(); ++i) {
          const auto rows = static_cast<int>(projections[i].rows);
          const auto columns = static_cast<int>(projections[i].columns);
          if (static_cast<std::size_t>(std::max(rows, columns)) * static_cast<std::size_t>(nodes) > in_.size()) {
            throw config_error(fmt::format("no room for {} nodes: fewer, or a larger --most-nodes", nodes));
          }
          const Product product{rows, columns, nodes, transposed, order};
          const auto work = [&] { product.run(matrix_.data(), 0, rows, in_.data(), out_.data()); };
          best[i] = std::min(best[i], seconds_of(work));
        }
      }
    }
    for (const double seconds : best) sum += seconds;
  }
  return sum;
}

int run(int argc, char** argv, const std::function<void()>& work) {
  const MpiRuntime runtime(argc, argv);
  try {
    work();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace hjnet::benchmark
