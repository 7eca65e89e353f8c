// [kernel]: the path kernel of a learning run.
#include "archive/read.hpp"
#include "config/document/toml_text.hpp"
#include "config/document/values.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <numeric>
#include <string>
#include <utility>
#include <vector>

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

void read_inputs(const Reader& table, const NetworkSettings& network, PathKernelSettings& kernel) {
  table.require("patterns");
  const auto& layer = network.layers[static_cast<std::size_t>(kernel.layer)];
  kernel.patterns = count_patterns(table);
  kernel.inputs = read_value(table, "patterns", {},
                             {.rows = kernel.patterns,
                              .columns = layer.neurons,
                              .of = fmt::format("a number for each neuron of layer '{}'", layer.name),
                              .weights = true});
}

std::string inputs_text(const PathKernelSettings& kernel) {
  if (!kernel.inputs.file.empty()) return value_text(kernel.inputs);
  std::vector<std::string> rows;
  const auto size = static_cast<std::ptrdiff_t>(kernel.inputs.values.size()) / kernel.patterns;
  for (auto row = kernel.inputs.values.begin(); row != kernel.inputs.values.end(); row += size) {
    rows.push_back(toml_text(std::vector<double>(row, row + size)));
  }
  return fmt::format("[{}]", fmt::join(rows, ", "));
}

void read_outputs(const Reader& table, std::int64_t all, PathKernelSettings& kernel) {
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

void pattern_keys(Fields& fields, PathKernelSettings& kernel, const NetworkSettings& network) {
  fields.key(
      {"patterns", "a list of patterns, each a list of numbers, or { file, dataset }", "required",
       "inputs of the kernel: a row of a number for each neuron of the layer. A stimulus that is the same at all times "
       "stands before them as pattern 0",
       "file dataset"},
      [&](const Reader& table) { read_inputs(table, network, kernel); }, [&] { return inputs_text(kernel); });
  fields.key(
      {"outputs", "a list of outputs, ascending", "all",
       "whose kernel is formed: indices into the last layer. Patterns times outputs may be 2048 at most"},
      [&](const Reader& table) { read_outputs(table, network.layers.back().neurons, kernel); },
      [&] { return toml_text(kernel.outputs); });
}

void nodes_key(Fields& fields, PathKernelSettings& kernel) {
  fields.key(
      {"nodes_per_epoch", "an even integer from 2 to 256", "8",
       "intervals of the Clenshaw-Curtis quadrature over an epoch, or over each stretch between jumps of the stimulus"},
      [&](const Reader& table) {
        kernel.nodes_per_epoch = static_cast<int>(table.integer("nodes_per_epoch", kernel.nodes_per_epoch, 2, 256));
        if (kernel.nodes_per_epoch % 2 != 0) table.wrong("nodes_per_epoch");
      },
      [&] { return fmt::format("{}", kernel.nodes_per_epoch); });
}

TableReference kernel_table() {
  FieldReference fields(
      "kernel",
      "The path kernel of the learning run, and what it says of the change of the outputs (docs/path-kernel.md). "
      "With an ensemble, of the first member. Not with recurrent projections.");
  PathKernelSettings standard;
  declare(fields, standard, {});
  return fields.take();
}

void write_kernel(TomlWriter& out, const PathKernelSettings& kernel, const NetworkSettings& network) {
  out.table("kernel");
  write_fields(out, kernel, network);
}

void read_kernel(const Reader& input, Settings& settings) {
  const auto found = input.tables("kernel");
  if (found.empty()) return;
  const Reader& table = found.front();
  refuse_recurrent(table, settings.network);
  PathKernelSettings kernel;
  read_fields(table, kernel, settings.network);
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
