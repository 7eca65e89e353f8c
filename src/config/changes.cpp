#include "config/changes.hpp"

#include "archive/archive.hpp"
#include "archive/checksum.hpp"
#include "config/document/document.hpp"
#include "config/document/place.hpp"
#include "config/document/sources.hpp"
#include "config/reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>

namespace hjnet {

namespace {

/// Whether the reference lets a restart change the key at a path.
bool is_allowed(std::string path) {
  for (auto open = path.find('['); open != std::string::npos; open = path.find('[')) {
    path.erase(open, path.find(']', open) - open + 1);
  }
  const auto dot = path.rfind('.');
  if (dot == std::string::npos) return false;
  const auto* key = find_key(path.substr(0, dot), path.substr(dot + 1));
  return key != nullptr && key->may_change;
}

/// A node as TOML; "" for none.
std::string text_of(const toml::node* node) {
  if (node == nullptr) return {};
  std::vector<std::string> parts;
  if (const auto* array = node->as_array()) {
    for (const auto& element : *array) parts.push_back(text_of(&element));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  }
  if (const auto* table = node->as_table()) {
    for (const auto& [key, value] : *table) parts.push_back(fmt::format("{} = {}", key.str(), text_of(&value)));
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
  }
  return describe(*node);
}

/// For messages: scalars whole, so that they can be recorded; lists and tables may have any length.
std::string shown(const toml::node* node) {
  constexpr std::size_t longest = 120;
  std::string text = text_of(node);
  if (node == nullptr || node->is_value() || text.size() <= longest) return text;
  return text.substr(0, longest) + " ...";
}

bool is_list_of_tables(const toml::node& node) {
  return node.is_array() && !node.as_array()->empty() && node.as_array()->get(0)->is_table();
}

/// Walks two documents side by side and collects what differs.
class Comparison {
public:
  Comparison(int epochs_before, int epochs_after) : epochs_before_(epochs_before), epochs_after_(epochs_after) {}

  void tables(const std::string& path, const toml::table& before, const toml::table& after) {
    std::set<std::string> keys;
    for (const auto* table : {&before, &after}) {
      for (const auto& [key, value] : *table) keys.emplace(key.str());
    }
    for (const auto& key : keys) {
      node(path.empty() ? key : fmt::format("{}.{}", path, key), before.get(key), after.get(key));
    }
  }

  [[nodiscard]] std::vector<Change> take() { return std::move(found_); }

private:
  void lists(const std::string& path, const toml::array& before, const toml::array& after) {
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
      node(fmt::format("{}[{}]", path, i), before.get(i), after.get(i));
    }
  }

  void node(const std::string& path, const toml::node* before, const toml::node* after) {
    if (before != nullptr && after != nullptr) {
      if (before->is_table() && after->is_table()) return tables(path, *before->as_table(), *after->as_table());
      if (is_list_of_tables(*before) && is_list_of_tables(*after)) {
        return lists(path, *before->as_array(), *after->as_array());
      }
      if (path.ends_with(".epochs") && both_to_the_end(before->as_array(), after->as_array())) return;
    }
    if (text_of(before) == text_of(after)) return;
    found_.push_back({.key = path, .before = shown(before), .after = shown(after), .allowed = is_allowed(path)});
  }

  /// Two ranges [first, last] with the same first epoch, each up to the last epoch of its own run.
  [[nodiscard]] bool both_to_the_end(const toml::array* before, const toml::array* after) const {
    if (before == nullptr || after == nullptr) return false;
    return text_of(before->get(0)) == text_of(after->get(0)) && before->get(1)->value<int>() == epochs_before_ - 1 &&
           after->get(1)->value<int>() == epochs_after_ - 1;
  }

  int epochs_before_, epochs_after_;
  std::vector<Change> found_;
};

/// Calls take(numbers) with a dataset's numbers, some rows at a time: a set need not fit into memory.
template <class Take>
void each_part(const Archive& archive, const std::string& dataset, Take take) {
  constexpr std::uint64_t most_numbers = std::uint64_t{1} << 20;
  const auto whole = Slab::whole(archive.dims(dataset));
  for (const auto& part : split(whole, most_numbers)) {
    std::vector<double> numbers(part.elements());
    archive.read<double>(dataset, part, numbers, Access::independent);
    take(numbers);
  }
}

}  // namespace

std::vector<Change> changes(const std::string& before, const std::string& after) {
  const auto old = parse_document(before, "the input before");
  const auto now = parse_document(after, "the input after");
  const auto epochs = [](const toml::table& input) { return input.at_path("run.epochs").value_or(0); };
  Comparison comparison(epochs(old), epochs(now));
  comparison.tables("", old, now);
  return comparison.take();
}

std::vector<Change> changes(const Settings& before, const Settings& after) {
  return changes(before.resolved, after.resolved);
}

std::string data_digest(const Settings& settings) {
  std::uint64_t sum = 0;
  std::uint64_t end = 0;
  const auto add = [&sum, &end](std::span<const std::byte> bytes) {
    sum += bytes_checksum(bytes, end);
    end += bytes.size();
  };
  for (const auto& [key, value] : values_of(settings)) {
    if (value->file.empty()) continue;
    const std::string head = fmt::format("{} {}\n", key, value->values.size());
    add(std::as_bytes(std::span(head)));
    add(std::as_bytes(std::span(value->values)));
  }
  const auto add_text = [&add](const std::string& text) { add(std::as_bytes(std::span(text))); };
  const auto add_numbers = [&add](const std::vector<double>& numbers) { add(std::as_bytes(std::span(numbers))); };
  for (const auto& [key, source] : sets_of(settings)) {
    const auto archive = Archive::open(source->file);
    for (const auto& dataset : {source->inputs, source->targets}) {
      if (dataset.empty()) continue;
      add_text(fmt::format("{} {}\n", key, fmt::join(archive.dims(dataset), " ")));
      each_part(archive, dataset, add_numbers);
    }
  }
  return end == 0 ? std::string() : checksum_text(sum);
}

}  // namespace hjnet
