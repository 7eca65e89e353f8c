#include "config/read_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace hjnet {

namespace {

constexpr std::int64_t most = std::numeric_limits<int>::max();

/// A list of distinct names of what is drawn.
DrawnParts read_drawn(const Reader& table, std::string_view key, const DrawnParts& fallback) {
  if (!table.has(key)) return fallback;
  std::vector<std::string> names;
  for (const auto& [name, part] : drawn_names) names.emplace_back(name);
  DrawnParts out;
  const auto given = table.texts(key);
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), given[i]);
    if (found == names.end()) table.wrong_element(key, i, names);
    bool& flag = out.*drawn_names[static_cast<std::size_t>(found - names.begin())].second;
    if (flag) table.wrong_element(key, i);
    flag = true;
  }
  return out;
}

void check_vary(const Reader& table, const DrawnParts& vary, const Settings& settings) {
  if (!table.has("vary")) return;
  table.must_act("vary", settings.network.thresholds, !vary.thresholds,
                 "network.thresholds = true, as thresholds are to vary");
  const auto& constraints = settings.gauge.constraints;
  const bool multipliers = std::any_of(constraints.begin(), constraints.end(),
                                       [](const auto& it) { return it.multiplier.kind == Multiplier::Kind::random; });
  table.must_act("vary", multipliers, !vary.multipliers,
                 "a gauge.constraint whose multiplier has function = \"random\", as multipliers are to vary");
  const bool displacements = std::any_of(constraints.begin(), constraints.end(), [](const auto& it) {
    return it.displacement.kind == Value::Kind::normal || it.displacement.kind == Value::Kind::uniform;
  });
  table.must_act("vary", displacements, !vary.displacements,
                 "a gauge.constraint whose displacement has a distribution, as displacements are to vary");
}

/// What is known is drawn by the group, so that an ensemble has two levels.
void read_known(const Reader& table, EnsembleSettings& ensemble, const Settings& settings) {
  ensemble.known = read_drawn(table, "known", {});
  for (const auto& [name, part] : drawn_names) {
    if (!(ensemble.known.*part) || ensemble.vary.*part) continue;
    table.place("known").expected("a part of ensemble.vary", fmt::format("\"{}\", which does not vary", name));
  }
  const bool some = ensemble.known != DrawnParts{};
  table.must_act("known", settings.particles.has_value(), !some, "[particles], whose state the observer is to know");
  const auto groups = table.integer("groups", 1, 1, most / ensemble.members);
  table.must_act("groups", some, groups == 1, "a list ensemble.known of what the members of a group share");
  ensemble.groups = static_cast<int>(groups);
  if (some && ensemble.first % ensemble.members != 0) {
    table.place("first").expected("a multiple of ensemble.members, the first member of a group",
                                  fmt::format("{}", ensemble.first));
  }
  ensemble.members *= ensemble.groups;
}

void read_ensemble(const Reader& input, Settings& settings) {
  if (!input.has("ensemble")) return;
  const Reader table = table_or_empty(input, "ensemble");
  EnsembleSettings ensemble;
  if (!table.has("family")) table.require("members");
  ensemble.members = static_cast<int>(table.integer("members", 1, 1, most));
  ensemble.first = static_cast<int>(table.integer("first", 0, 0, most - ensemble.members));
  ensemble.vary = read_drawn(table, "vary", ensemble.vary);
  check_vary(table, ensemble.vary, settings);
  read_family(table, settings, ensemble);
  read_known(table, ensemble, settings);
  settings.ensemble = ensemble;
}

}  // namespace

void read_output(const Reader& input, Settings& settings) {
  read_ensemble(input, settings);
  read_wavefunction(input, settings);
  read_solver(input, settings);
  read_run_file(input, settings);
}

}  // namespace hjnet
