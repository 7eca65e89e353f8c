#include "config/reference.hpp"

#include "config/tables/tables.hpp"
#include "config/torus/torus_tables.hpp"

#include <algorithm>

namespace hjnet {

namespace {

std::vector<TableReference> all_tables() {
  std::vector<TableReference> tables{{"", TableReference::Form::single, "", {}}, run_table()};
  const auto append = [&tables](std::vector<TableReference> more) {
    tables.insert(tables.end(), more.begin(), more.end());
  };
  append(network_tables());
  append({learning_table()});
  append(stimulus_tables());
  append({pattern_table()});
  append(particle_tables());
  append(boltzmann_tables());
  append(gauge_tables());
  append(constraint_tables());
  append({kernel_table()});
  append(environment_tables());
  append(evaluate_tables());
  append({ensemble_table(), family_table(), wavefunction_table(), solver_table()});
  append(run_file_tables());
  return tables;
}

/// A table of a run with the keys that a torus input takes over.
TableReference shared(std::string_view path, const std::vector<std::string_view>& names) {
  TableReference table = *find_table(path);
  table.keys.clear();
  for (const auto name : names) table.keys.push_back(*find_key(path, name));
  return table;
}

std::vector<TableReference> all_torus_tables() {
  std::vector<TableReference> tables{
      {"", TableReference::Form::single, "", {}}, shared("run", {"name", "seed"}), shared("output", {"file"})};
  for (const auto& part : {torus_tables(), torus_network_tables(), torus_comparison_tables()}) {
    tables.insert(tables.end(), part.begin(), part.end());
  }
  return tables;
}

}  // namespace

const std::vector<TableReference>& torus_reference() {
  static const std::vector<TableReference> tables = all_torus_tables();
  return tables;
}

const std::vector<TableReference>& reference() {
  static const std::vector<TableReference> tables = all_tables();
  return tables;
}

const TableReference* find_table(std::string_view path, const std::vector<TableReference>& tables) {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table.path == path; });
  return found == tables.end() ? nullptr : &*found;
}

const KeyReference* find_key(std::string_view path, std::string_view name, const std::vector<TableReference>& tables) {
  const auto* table = find_table(path, tables);
  if (table == nullptr) return nullptr;
  const auto found =
      std::find_if(table->keys.begin(), table->keys.end(), [&](const auto& key) { return key.name == name; });
  return found == table->keys.end() ? nullptr : &*found;
}

std::vector<std::string> child_names(std::string_view path, const std::vector<TableReference>& tables) {
  std::vector<std::string> names;
  if (const auto* table = find_table(path, tables)) {
    for (const auto& key : table->keys) names.emplace_back(key.name);
  }
  const std::string prefix = path.empty() ? std::string() : std::string(path) + ".";
  for (const auto& table : tables) {
    if (table.path.size() <= prefix.size() || !table.path.starts_with(prefix)) continue;
    const auto name = table.path.substr(prefix.size());
    if (name.find('.') == std::string_view::npos) names.emplace_back(name);
  }
  return names;
}

std::vector<std::string> words(std::string_view text, std::string_view separators) {
  std::vector<std::string> found;
  for (std::size_t start = text.find_first_not_of(separators); start != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
    found.emplace_back(text.substr(start, end - start));
    start = text.find_first_not_of(separators, end);
  }
  return found;
}

}  // namespace hjnet
