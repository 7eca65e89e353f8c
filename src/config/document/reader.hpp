#pragma once
/// Typed access to one TOML table, with messages that say where, what and what was expected.

#include "config/document/place.hpp"
#include "config/document/range.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

/// A table of the input. Every getter returns the key's value, or `fallback` where the key is absent, and throws
/// config_error where the value is not what reference() says is expected.
class Reader {
public:
  /// `path` is the table's place in reference(); `base` is the folder that relative paths refer to. The table must
  /// outlive the reader.
  Reader(const toml::table& table, Place place, std::string path, std::filesystem::path base);

  [[nodiscard]] const toml::node* find(std::string_view key) const { return table_->get(key); }
  [[nodiscard]] bool has(std::string_view key) const { return table_->contains(key); }
  [[nodiscard]] bool empty() const { return table_->empty(); }
  [[nodiscard]] const Place& place() const { return place_; }
  [[nodiscard]] const std::filesystem::path& base() const { return base_; }
  /// Where the key stands; where it is absent, where its table stands.
  [[nodiscard]] Place place(std::string_view key) const;

  /// The table or tables under a key; none where it is absent. Their form has been checked by check_keys().
  [[nodiscard]] std::vector<Reader> tables(std::string_view key) const;
  /// The inline table under a key that holds one; its keys are described in reference() at `path`.
  [[nodiscard]] Reader inline_table(std::string_view key, std::string path) const;

  void require(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key, bool fallback) const;
  [[nodiscard]] std::string text(std::string_view key, std::string_view fallback) const;
  [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                     std::int64_t high = std::numeric_limits<std::int64_t>::max()) const;
  /// A finite number for which `holds` is true.
  [[nodiscard]] double number(std::string_view key, double fallback, bool (*holds)(double) = nullptr) const;
  [[nodiscard]] std::vector<double> numbers(std::string_view key, std::vector<double> fallback,
                                            bool (*holds)(double) = nullptr) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;

  /// The index of one of some names.
  [[nodiscard]] std::size_t choice(std::string_view key, const std::vector<std::string_view>& names,
                                   std::size_t fallback) const;

  /// The key's value is not one of `candidates`: throws with the nearest of them.
  [[noreturn]] void wrong_choice(std::string_view key, const std::vector<std::string>& candidates) const;
  /// The same for an element of a list.
  [[noreturn]] void wrong_element(std::string_view key, std::size_t index,
                                  const std::vector<std::string>& candidates = {}) const;
  /// The value is wrong: throws "expected EXPECTED, got NODE"; EXPECTED is reference()'s where it is empty.
  [[noreturn]] void wrong(std::string_view key, std::string_view expected = {}) const;
  /// The key is given, is not at its default, and cannot have an effect: throws unless `acts` or `is_default`.
  void must_act(std::string_view key, bool acts, bool is_default, std::string_view needs) const;

private:
  [[nodiscard]] std::string_view expected(std::string_view key) const;
  [[nodiscard]] const toml::array* list(std::string_view key) const;

  const toml::table* table_;
  Place place_;
  std::string path_;
  std::filesystem::path base_;
};

/// The number that a node holds, integer or float; none where it holds something else or is not finite.
std::optional<double> finite_number(const toml::node& node);

}  // namespace hjnet
