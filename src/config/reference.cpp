#include "config/reference.hpp"

#include <algorithm>

namespace hjnet {

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
