#include "config/document/document.hpp"
#include "config/document/place.hpp"
#include "config/document/suggest.hpp"
#include "config/reference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

namespace hjnet {

namespace {

/// What a torus input may hold beside [torus].
constexpr std::string_view shared_keys = "a torus input holds [torus], name and seed of [run] and file of [output]";

struct Finding {
  Place place;
  std::string message;
};

/// The path of a key in the table at `path`.
std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : fmt::format("{}.{}", path, name);
}

/// Walks the document and keeps the finding that stands first in the file.
class KeyCheck {
public:
  explicit KeyCheck(InputKind kind) : kind_(kind), tables_(kind == InputKind::run ? reference() : torus_reference()) {}

  void table(const toml::table& table, const std::string& path, const std::string& shown) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const std::string child = below(path, name);
      entry(locate(&key, node, below(shown, name)), node, path, name, child);
    }
  }

  void throw_first() const {
    if (first_) first_->place.fail(first_->message);
  }

private:
  void note(const Place& place, std::string message) {
    if (!first_ || place.order < first_->place.order) first_ = Finding{place, std::move(message)};
  }

  void entry(const Place& place, const toml::node& node, const std::string& path, const std::string& name,
             const std::string& child) {
    if (kind_ == InputKind::run && child == "torus") {
      return note(place, "is no part of a run: expected an input of `hjnet torus` where there is [torus]");
    }
    if (const auto* key = find_key(path, name, tables_)) return inner(place, node, *key);
    if (const auto* known = find_table(child, tables_)) return tables(place, node, *known);
    if (kind_ == InputKind::torus && (find_key(path, name) != nullptr || find_table(child) != nullptr)) {
      return note(place, fmt::format("belongs to an input of `hjnet run`: {}", shared_keys));
    }
    unknown(place, name, child_names(path, tables_), path);
  }

  void inner(const Place& place, const toml::node& node, const KeyReference& key) {
    if (const auto* list = node.as_array(); list != nullptr && !key.inner.empty()) {
      for (std::size_t i = 0; i < list->size(); ++i) {
        const auto& element = *list->get(i);
        if (element.is_table()) inner(place.element(element, i), element, key);
      }
    }
    const auto* fields = node.as_table();
    if (fields == nullptr) return;
    if (key.inner.empty()) return note(place, fmt::format("expected {}, got a table", key.expected));
    const auto names = words(key.inner);
    for (const auto& [field, value] : *fields) {
      const std::string name(field.str());
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      unknown(locate(&field, value, place.key + "." + name), name, names, {});
    }
  }

  void tables(const Place& place, const toml::node& node, const TableReference& known) {
    using Form = TableReference::Form;
    const auto* array = node.as_array();
    if (node.is_table() && known.form != Form::repeated)
      return table(*node.as_table(), std::string(known.path), place.key);
    if (array == nullptr || known.form == Form::single) {
      const auto* wanted = known.form == Form::single   ? "a table"
                           : known.form == Form::either ? "a table or a list of tables"
                                                        : "a list of tables";
      return note(place, fmt::format("expected {}, got {}", wanted, describe(node)));
    }
    for (std::size_t i = 0; i < array->size(); ++i) {
      const auto& element = *array->get(i);
      const Place at = place.element(element, i);
      if (const auto* fields = element.as_table()) {
        table(*fields, std::string(known.path), at.key);
      } else {
        note(at, fmt::format("expected a table, got {}", describe(element)));
      }
    }
  }

  void unknown(const Place& place, const std::string& name, const std::vector<std::string>& names,
               const std::string& path) {
    std::string hint = suggestion(name, names);
    if (const auto elsewhere = home_of(name, path); hint.empty() && !elsewhere.empty()) {
      hint = fmt::format(" (did you mean '{}'?)", elsewhere);
    }
    note(place, fmt::format("unknown key, expected one of {}{}", fmt::join(names, ", "), hint));
  }

  /// The full path of a key of this very name in another table.
  [[nodiscard]] std::string home_of(const std::string& name, const std::string& path) const {
    for (const auto& table : tables_) {
      if (table.path != path && find_key(table.path, name, tables_) != nullptr)
        return fmt::format("{}.{}", table.path, name);
    }
    return {};
  }

  InputKind kind_;
  const std::vector<TableReference>& tables_;
  std::optional<Finding> first_;
};

}  // namespace

void check_keys(const toml::table& document, InputKind kind) {
  KeyCheck check(kind);
  check.table(document, "", "");
  check.throw_first();
}

}  // namespace hjnet
