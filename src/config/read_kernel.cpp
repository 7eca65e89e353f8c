// [kernel]: the path kernel of a learning run.
#include "archive/read.hpp"
#include "config/read_tables.hpp"
#include "config/toml_text.hpp"
#include "config/values.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace hjnet {

namespace {

/// Patterns times outputs that a kernel matrix may have: beyond, its eigenvalues take longer than the run.
constexpr std::int64_t largest_kernel = 2048;

/// How many patterns there are, as far as can be seen before their numbers are judged.
std::int64_t count_patterns(const Reader& table) {
  const auto* node = table.find("patterns");
  if (const auto* rows = node->as_array()) {
    if (rows->empty()) table.wrong("patterns", "at least one pattern");
    return static_cast<std::int64_t>(rows->size());
  }
  if (!node->is_table() || !node->as_table()->contains("file")) table.wrong("patterns");
  const Reader fields = table.inline_table("patterns", "stimulus.constant");
  try {
    const auto data = read_numeric_dataset(fields.base() / fields.text("file", ""), fields.text("dataset", ""));
    return data.dims.size() == 2 ? static_cast<std::int64_t>(data.dims.front()) : 1;
  } catch (const io_error&) {
    return 1;  // read_value() says what is wrong
  }
}

void read_patterns(const Reader& table, const Settings& settings, KernelSettings& kernel) {
  table.require("patterns");
  const auto& layer = settings.network.layers[static_cast<std::size_t>(kernel.layer)];
  kernel.patterns = count_patterns(table);
  kernel.inputs = read_value(table, "patterns", {},
                             {.rows = kernel.patterns,
                              .columns = layer.neurons,
                              .of = fmt::format("a number for each neuron of layer '{}'", layer.name),
                              .weights = true});
}

void read_outputs(const Reader& table, const Settings& settings, KernelSettings& kernel) {
  const auto all = settings.network.layers.back().neurons;
  if (!table.has("outputs")) {
    kernel.outputs.resize(static_cast<std::size_t>(all));
    std::iota(kernel.outputs.begin(), kernel.outputs.end(), std::int64_t{0});
    return;
  }
  kernel.outputs = table.integers("outputs");
  if (kernel.outputs.empty()) table.wrong("outputs");
  for (std::size_t i = 0; i < kernel.outputs.size(); ++i) {
    const auto output = kernel.outputs[i];
    const Place at = table.place("outputs").element(*table.find("outputs")->as_array()->get(i), i);
    if (output < 0 || output >= all) {
      at.expected(fmt::format("an output from 0 to {}", all - 1), fmt::format("{}", output));
    }
    if (i > 0 && output <= kernel.outputs[i - 1]) {
      at.expected("outputs in ascending order, each once", fmt::format("{} after {}", output, kernel.outputs[i - 1]));
    }
  }
}

}  // namespace

void refuse_recurrent(const Reader& table, const NetworkSettings& network) {
  for (const auto& projection : network.projections) {
    if (projection.to > projection.from) continue;
    table.place().fail(fmt::format(
        "needs a feed-forward network, whose outputs at rest are one function of the weights, but the projection from "
        "'{}' to '{}' is recurrent",
        network.layers[static_cast<std::size_t>(projection.from)].name,
        network.layers[static_cast<std::size_t>(projection.to)].name));
  }
}

void read_kernel(const Reader& input, Settings& settings) {
  const auto found = input.tables("kernel");
  if (found.empty()) return;
  const Reader& table = found.front();
  refuse_recurrent(table, settings.network);
  KernelSettings kernel;
  kernel.layer = read_layer_name(table, "layer", settings.network.layers);
  read_patterns(table, settings, kernel);
  read_outputs(table, settings, kernel);
  kernel.nodes_per_epoch = static_cast<int>(table.integer("nodes_per_epoch", kernel.nodes_per_epoch, 2, 256));
  if (kernel.nodes_per_epoch % 2 != 0) table.wrong("nodes_per_epoch");
  const auto outputs = static_cast<std::int64_t>(kernel.outputs.size());
  const auto entries = (kernel.patterns + 1) * outputs;
  if (entries > largest_kernel) {
    table.place("outputs").expected(
        fmt::format("at most {} patterns times outputs, the run's own stimulus among the patterns", largest_kernel),
        fmt::format("{} of {} and {}", entries, counted(kernel.patterns + 1, "pattern"), counted(outputs, "output")));
  }
  settings.kernel = std::move(kernel);
}

}  // namespace hjnet
