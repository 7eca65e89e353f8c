#include "config/files/pattern_source.hpp"

#include "archive/read.hpp"
#include "config/document/toml_text.hpp"
#include "config/files/data_file.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hjnet {

namespace {

std::string shape_text(const DatasetShape& shape) {
  if (shape.dims.empty()) return "a scalar";
  return fmt::format("shape {}", fmt::join(shape.dims, " x "));
}

DatasetShape look_at(const Reader& table, std::string_view key, const PatternSource& source,
                     const std::string& dataset) {
  try {
    return read_dataset_shape(source.file, dataset);
  } catch (const io_error& error) {
    table.place(key).fail(fmt::format("expected a numeric dataset: {}", error.what()));
  }
}

void read_targets(const Reader& table, std::int64_t outputs, PatternSource& source) {
  const auto shape = look_at(table, "targets", source, source.targets);
  const auto rows = static_cast<std::uint64_t>(source.patterns);
  const auto columns = static_cast<std::uint64_t>(outputs);
  source.labels = shape.integers && shape.dims == std::vector{rows};
  if (source.labels || shape.dims == std::vector{rows, columns}) return;
  table.place("targets").expected(
      fmt::format("{} of {}, or {} that are integers, as there are {}", counted(source.patterns, "row"),
                  counted(outputs, "number"), counted(source.patterns, "class label"),
                  counted(source.patterns, "pattern")),
      shape.dims == std::vector{rows} ? "numbers that are no integers" : shape_text(shape));
}

}  // namespace

PatternSource read_pattern_source(const Reader& table, const LayerSettings& shown_to, std::int64_t outputs) {
  PatternSource source;
  for (const auto* key : {"file", "inputs"}) table.require(key);
  source.file = read_data_file(table);
  source.inputs = table.text("inputs", "");
  source.targets = table.text("targets", "");
  const auto shape = look_at(table, "inputs", source, source.inputs);
  if (shape.dims.size() != 2 || shape.dims.back() != static_cast<std::uint64_t>(shown_to.neurons)) {
    table.place("inputs").expected(
        fmt::format("rows of {} ({} has {})", counted(shown_to.neurons, "number"),
                    fmt::format("layer '{}'", shown_to.name), counted(shown_to.neurons, "neuron")),
        shape_text(shape));
  }
  if (shape.dims.front() == 0) table.place("inputs").expected("at least one pattern", "an empty set");
  source.patterns = static_cast<std::int64_t>(shape.dims.front());
  if (table.has("targets")) read_targets(table, outputs, source);
  return source;
}

}  // namespace hjnet
