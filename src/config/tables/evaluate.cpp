// [evaluate]: sets of patterns on which the network is judged.
#include "config/document/toml_text.hpp"
#include "config/files/pattern_source.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

std::vector<std::string> names_of(const EvaluateSettings& evaluate) {
  std::vector<std::string> names;
  for (const auto& set : evaluate.sets) names.push_back(set.name);
  return names;
}

std::string read_name(const Reader& table, const EvaluateSettings& evaluate) {
  table.require("name");
  auto name = table.text("name", "");
  if (name.empty() || name.find_first_not_of(name_letters) != std::string::npos) table.wrong("name");
  if (name == "epoch") table.wrong("name", "another name than that of /evaluation/epoch");
  for (const auto& other : names_of(evaluate)) {
    if (other == name) table.wrong("name", "a name that no other set has");
  }
  return name;
}

void read_sets(const Reader& table, const NetworkSettings& network, EvaluateSettings& evaluate) {
  for (const Reader& entry : table.tables("set")) {
    EvaluationSet set;
    read_fields(entry, set, evaluate, network);
    evaluate.sets.push_back(std::move(set));
  }
  if (evaluate.sets.empty()) table.place("set").expected("at least one [[evaluate.set]]", "none");
}

std::optional<int> read_choose(const Reader& table, const EvaluateSettings& evaluate) {
  if (!table.has("choose")) return std::nullopt;
  const auto names = names_of(evaluate);
  const auto name = table.text("choose", "");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  table.wrong_choice("choose", names);
}

}  // namespace

void declare(Fields& fields, EvaluationSet& set, const EvaluateSettings& evaluate, const NetworkSettings& network) {
  constexpr std::string_view dataset = "the path of a dataset in the file";
  const auto with_file = [](const Reader& /*read with the file*/) {};
  fields.key(
      {"name", name_words, "required", "unique"}, [&](const Reader& table) { set.name = read_name(table, evaluate); },
      [&] { return toml_text(set.name); });
  fields.key(
      {"file", "the name of an HDF5 file", "required", "relative to the input file"},
      [&](const Reader& table) {
        table.require("targets");
        const auto& layers = network.layers;
        set.source =
            read_pattern_source(table, layers[static_cast<std::size_t>(evaluate.layer)], layers.back().neurons);
      },
      [&] { return toml_text(set.source.file.string()); });
  fields.key({"inputs", dataset, "required", "a row a pattern, a column a neuron of the layer"}, with_file,
             [&] { return toml_text(set.source.inputs); });
  fields.key({"targets", dataset, "required",
              "class labels: an integer a pattern, the output that is to be largest, from 0; or rows of a number for "
              "each output"},
             with_file, [&] { return toml_text(set.source.targets); });
}

void set_keys(Fields& fields, EvaluateSettings& evaluate, const NetworkSettings& network) {
  fields.inner(
      "set", [&](const Reader& table) { read_sets(table, network, evaluate); }, [] { return std::string(); });
  fields.where(evaluate.choose.has_value())
      .key(
          {"choose", "the name of a set", "none",
           "the best epoch is the one with the highest accuracy on this set; of equals that with the lowest error, "
           "then the earliest"},
          [&](const Reader& table) { evaluate.choose = read_choose(table, evaluate); },
          [&] { return toml_text(names_of(evaluate)[static_cast<std::size_t>(*evaluate.choose)]); });
}

std::vector<TableReference> evaluate_tables() {
  EvaluateSettings standard;
  FieldReference evaluate(
      "evaluate",
      "Sets of patterns on which the network is judged with its weights held fast (docs/evaluation.md): before the "
      "first epoch, after every so many and after the last. Not with recurrent projections, nor with `error` lyapunov "
      "or bellman.");
  declare(evaluate, standard, {});
  EvaluationSet set;
  FieldReference sets("evaluate.set", "A set of patterns with targets, in an HDF5 file. At least one is required.",
                      TableReference::Form::repeated);
  declare(sets, set, standard, {});
  return {evaluate.take(), sets.take()};
}

void write_evaluate(TomlWriter& out, const EvaluateSettings& evaluate, const NetworkSettings& network) {
  out.table("evaluate");
  write_fields(out, evaluate, network);
  for (const auto& set : evaluate.sets) {
    out.element("evaluate.set");
    write_fields(out, set, evaluate, network);
  }
}

void read_evaluate(const Reader& input, Settings& settings) {
  const auto found = input.tables("evaluate");
  if (found.empty()) return;
  const Reader& table = found.front();
  refuse_recurrent(table, settings.network);
  const auto error = settings.learning.error;
  if (error != ErrorKind::squared && error != ErrorKind::cross_entropy) {
    table.place().fail(
        fmt::format("needs learning.error = \"squared\" or \"cross_entropy\", which measure outputs against targets; "
                    "\"{}\" has none",
                    name_of(error_names, error)));
  }
  EvaluateSettings evaluate;
  read_fields(table, evaluate, settings.network);
  settings.evaluate = std::move(evaluate);
}

}  // namespace hjnet
