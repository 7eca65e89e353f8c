// [evaluate]: sets of patterns on which the network is judged.
#include "config/pattern_source.hpp"
#include "config/read_tables.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <limits>

namespace hjnet {

namespace {

std::vector<std::string> names_of(const EvaluateSettings& evaluate) {
  std::vector<std::string> names;
  for (const auto& set : evaluate.sets) names.push_back(set.name);
  return names;
}

void read_set(const Reader& table, const Settings& settings, EvaluateSettings& evaluate) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  EvaluationSet set;
  table.require("name");
  set.name = table.text("name", "");
  if (set.name.empty() || set.name.find_first_not_of(allowed) != std::string::npos) table.wrong("name");
  if (set.name == "epoch") table.wrong("name", "another name than that of /evaluation/epoch");
  for (const auto& other : names_of(evaluate)) {
    if (other == set.name) table.wrong("name", "a name that no other set has");
  }
  table.require("targets");
  const auto& layers = settings.network.layers;
  set.source = read_pattern_source(table, layers[static_cast<std::size_t>(evaluate.layer)], layers.back().neurons);
  evaluate.sets.push_back(std::move(set));
}

}  // namespace

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
  evaluate.layer = read_layer_name(table, "layer", settings.network.layers);
  evaluate.every = static_cast<int>(table.integer("every", evaluate.every, 1, std::numeric_limits<int>::max()));
  for (const Reader& set : table.tables("set")) read_set(set, settings, evaluate);
  if (evaluate.sets.empty()) table.place("set").expected("at least one [[evaluate.set]]", "none");
  if (table.has("choose")) {
    const auto names = names_of(evaluate);
    const auto name = table.text("choose", "");
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) evaluate.choose = static_cast<int>(i);
    }
    if (!evaluate.choose) table.wrong_choice("choose", names);
  }
  settings.evaluate = std::move(evaluate);
}

}  // namespace hjnet
