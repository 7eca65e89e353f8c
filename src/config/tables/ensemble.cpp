// [ensemble]; its families are family.cpp's.
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hjnet {

namespace {

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

std::string drawn_text(const DrawnParts& parts) {
  std::vector<std::string> names;
  for (const auto& [name, part] : drawn_names) {
    if (parts.*part) names.push_back(toml_text(name));
  }
  return fmt::format("[{}]", fmt::join(names, ", "));
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
void check_known(const Reader& table, const EnsembleSettings& ensemble, const Settings& settings) {
  for (const auto& [name, part] : drawn_names) {
    if (!(ensemble.known.*part) || ensemble.vary.*part) continue;
    table.place("known").expected("a part of ensemble.vary", fmt::format("\"{}\", which does not vary", name));
  }
  const bool some = ensemble.known != DrawnParts{};
  table.must_act("known", settings.particles.has_value(), !some, "[particles], whose state the observer is to know");
  table.must_act("groups", some, ensemble.groups == 1, "a list ensemble.known of what the members of a group share");
  const auto runs = std::int64_t{ensemble.members} * ensemble.groups;
  if (ensemble.first > most_counted - runs) {
    table.place("first").expected(fmt::format("at most {}, as there are {} runs", most_counted - runs, runs),
                                  fmt::format("{}", ensemble.first));
  }
  if (some && ensemble.first % ensemble.members != 0) {
    table.place("first").expected("a multiple of ensemble.members, the first member of a group",
                                  fmt::format("{}", ensemble.first));
  }
}

}  // namespace

void member_keys(Fields& fields, EnsembleSettings& ensemble) {
  fields.key(
      {"members", "an integer >= 1", "required without a family", "number of members; with `known`, of a group"},
      [&](const Reader& table) {
        if (!table.has("family")) table.require("members");
        ensemble.members = static_cast<int>(table.integer("members", 1, 1, most_counted));
      },
      [&] { return fmt::format("{}", ensemble.group_size()); });
  fields.key(
      {"first", "an integer >= 0", "0", "number of the first member: parts of an ensemble can be run apart"},
      [&](const Reader& table) {
        ensemble.first = static_cast<int>(table.integer("first", 0, 0, most_counted - ensemble.members));
      },
      [&] { return fmt::format("{}", ensemble.first); });
}

void drawn_field(Fields& fields, std::string_view name, DrawnParts& parts, std::string_view fallback,
                 std::string_view meaning) {
  constexpr std::string_view expected =
      "a list of distinct names of weights, stimulus, target, initial_state, thresholds, multipliers, displacements";
  fields.key(
      {name, expected, fallback, meaning}, [&](const Reader& table) { parts = read_drawn(table, name, parts); },
      [&] { return drawn_text(parts); });
}

void groups_key(Fields& fields, EnsembleSettings& ensemble) {
  fields.key(
      {"groups", "an integer >= 1", "1", "number of groups, with `known`: there are groups x members runs"},
      [&](const Reader& table) {
        ensemble.groups = static_cast<int>(table.integer("groups", 1, 1, most_counted / ensemble.members));
      },
      [&] { return fmt::format("{}", ensemble.groups); });
}

TableReference ensemble_table() {
  FieldReference fields("ensemble", "Many networks that differ in what is drawn. Without this table there is one.");
  EnsembleSettings standard;
  declare(fields, standard);
  return fields.take();
}

void write_ensemble(TomlWriter& out, const EnsembleSettings& ensemble) {
  out.table("ensemble");
  write_fields(out, ensemble);
  write_family(out, ensemble);
}

void read_ensemble(const Reader& input, Settings& settings) {
  if (!input.has("ensemble")) return;
  const Reader table = table_or_empty(input, "ensemble");
  EnsembleSettings ensemble;
  read_fields(table, ensemble);
  check_vary(table, ensemble.vary, settings);
  read_family(table, settings, ensemble);
  check_known(table, ensemble, settings);
  ensemble.members *= ensemble.groups;
  settings.ensemble = ensemble;
}

}  // namespace hjnet
