#include "config/document/document.hpp"

#include "config/document/place.hpp"
#include "config/document/suggest.hpp"
#include "config/document/toml_text.hpp"
#include "config/reference.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <variant>

namespace hjnet {

namespace {

/// An array's element by what it is called: its `name`, or `from`-`to`.
struct Called {
  std::string name;
};

using Segment = std::variant<std::string, std::size_t, Called>;  // a key, or an array's element

std::string read_text(const std::filesystem::path& input) {
  if (std::filesystem::is_directory(input)) {
    throw config_error(fmt::format("{}: expected an input file, got a directory", input.string()));
  }
  std::ifstream stream(input, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream) {
    throw config_error(fmt::format("{}: expected a readable input file: {}", input.string(), std::strerror(errno)));
  }
  return text.str();
}

[[noreturn]] void bad_override(const std::string& text, const std::string& message) {
  throw config_error(fmt::format("{}{}: {}", override_mark, text, message));
}

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  const auto last = text.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

bool is_bare_key(std::string_view key) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  return !key.empty() && key.find_first_not_of(allowed) == std::string_view::npos;
}

/// Reads "[0][1]" or "[hidden]", the indices behind a key.
std::vector<Segment> indices_of(std::string_view text, const std::string& whole) {
  std::vector<Segment> indices;
  while (!text.empty()) {
    const auto close = text.find(']');
    const auto digits = close == std::string_view::npos ? std::string_view() : text.substr(1, close - 1);
    const bool number = !digits.empty() && digits.size() < 10 && digits.find_first_not_of("0123456789") == digits.npos;
    if (text.front() != '[' || (!number && !is_bare_key(digits))) {
      bad_override(whole, "expected an index such as [0], or a name such as [hidden], after the name of a list");
    }
    if (number) {
      indices.emplace_back(static_cast<std::size_t>(std::stoul(std::string(digits))));
    } else {
      indices.emplace_back(Called{std::string(digits)});
    }
    text.remove_prefix(close + 1);
  }
  return indices;
}

std::vector<Segment> segments_of(std::string_view path, const std::string& whole) {
  std::vector<Segment> segments;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('.', start), path.size());
    const auto part = path.substr(start, end - start);
    const auto bracket = std::min(part.find('['), part.size());
    if (!is_bare_key(part.substr(0, bracket))) bad_override(whole, "expected KEY=VALUE with a dotted KEY");
    segments.emplace_back(std::string(part.substr(0, bracket)));
    const auto indices = indices_of(part.substr(bracket), whole);
    segments.insert(segments.end(), indices.begin(), indices.end());
    start = end + 1;
  }
  return segments;
}

/// KEY = VALUE as a table whose nodes carry the override as their source; VALUE is taken as a string where it is not
/// TOML (or is more than one value).
toml::table parse_assignment(const std::string& key, std::string_view value, const std::string& source) {
  try {
    toml::table parsed = toml::parse(fmt::format("{} = {}", key, value), std::string(source));
    if (parsed.size() == 1 && value.find('\n') == std::string_view::npos) return parsed;
  } catch (const toml::parse_error&) {
    // Not TOML: a string.
  }
  return toml::parse(fmt::format("{} = {}", key, toml_text(value)), std::string(source));
}

/// Moves a node, with its source, into a container by `put`.
template <class Put>
void move_node(toml::node& node, Put put) {
  node.visit([&put](auto& it) { put(std::move(it)); });
}

std::string joined_keys(const std::vector<Segment>& segments, std::size_t first, const std::string& whole) {
  std::string keys;
  for (std::size_t i = first; i < segments.size(); ++i) {
    const auto* key = std::get_if<std::string>(&segments[i]);
    if (key == nullptr) bad_override(whole, "expected a list that exists before an index");
    keys += (keys.empty() ? "" : ".") + *key;
  }
  return keys;
}

void replace_element(toml::array& array, std::size_t index, std::string_view value, const std::string& source) {
  toml::table parsed = parse_assignment("v", value, source);
  move_node(*parsed.get("v"), [&](auto&& it) {
    array.replace(array.cbegin() + static_cast<std::ptrdiff_t>(index), std::forward<decltype(it)>(it));
  });
}

/// What an array's element is called; "" where it has no name.
std::string name_of(const toml::node& element) {
  const auto* table = element.as_table();
  if (table == nullptr) return "";
  if (const auto name = (*table)["name"].value<std::string>()) return *name;
  const auto from = (*table)["from"].value<std::string>();
  const auto to = (*table)["to"].value<std::string>();
  return from && to ? *from + "-" + *to : "";
}

/// The place of the one element of that name.
std::size_t place_of(const toml::array& array, const std::string& name, const std::string& whole) {
  std::vector<std::string> names;
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < array.size(); ++i) {
    names.push_back(name_of(array[i]));
    if (names.back() == name) found.push_back(i);
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    bad_override(whole, fmt::format("{} elements are called '{}': expected an index", found.size(), name));
  std::erase(names, "");
  if (names.empty()) bad_override(whole, fmt::format("expected an index, got '{}': the elements have no names", name));
  bad_override(whole, fmt::format("expected an index or one of {}, got '{}'{}", fmt::join(names, ", "), name,
                                  suggestion(name, names)));
}

void apply_override(toml::table& document, const std::string& text) {
  const std::string source = std::string(override_mark) + text;
  const auto equals = text.find('=');
  if (equals == std::string::npos) bad_override(text, "expected KEY=VALUE, got no =");
  const auto segments = segments_of(trimmed(std::string_view(text).substr(0, equals)), text);
  const auto value = trimmed(std::string_view(text).substr(equals + 1));
  toml::node* node = &document;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (!std::holds_alternative<std::string>(segments[i])) {
      const auto* called = std::get_if<Called>(&segments[i]);
      auto* array = node->as_array();
      if (array == nullptr) {
        const auto shown = called != nullptr ? called->name : std::to_string(std::get<std::size_t>(segments[i]));
        bad_override(text, fmt::format("expected a list before [{}], got {}", shown, describe(*node)));
      }
      const auto index = called != nullptr ? place_of(*array, called->name, text) : std::get<std::size_t>(segments[i]);
      if (index >= array->size()) {
        bad_override(text, fmt::format("expected an index below {}, got {}", array->size(), index));
      }
      if (last) return replace_element(*array, index, value, source);
      node = array->get(index);
      continue;
    }
    auto* table = node->as_table();
    if (table == nullptr) bad_override(text, fmt::format("expected a table before '.', got {}", describe(*node)));
    const auto& key = std::get<std::string>(segments[i]);
    toml::node* next = table->get(key);
    if (last || next == nullptr) {
      toml::table parsed = parse_assignment(joined_keys(segments, i, text), value, source);
      return move_node(*parsed.get(key),
                       [&](auto&& it) { table->insert_or_assign(key, std::forward<decltype(it)>(it)); });
    }
    node = next;
  }
}

}  // namespace

toml::table parse_document(const std::string& text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    const auto& position = error.source().begin;
    throw config_error(
        fmt::format("{}:{}:{}: not TOML: {}", source, position.line, position.column, error.description()));
  }
}

void apply_overrides(toml::table& document, const std::vector<std::string>& overrides) {
  for (const auto& text : overrides) apply_override(document, text);
}

toml::table read_document(const std::filesystem::path& input, const std::vector<std::string>& overrides) {
  toml::table document = parse_document(read_text(input), input.string());
  apply_overrides(document, overrides);
  return document;
}

}  // namespace hjnet
