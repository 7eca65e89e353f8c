#pragma once
/// Where something stands in the input, and how a message about it starts.

#include <toml++/toml.h>

#include <compare>
#include <string>
#include <string_view>

namespace hjnet {

/// A position in the input: in the file, or in a `--set` override.
struct Place {
  std::string where;  ///< FILE:LINE:COLUMN, or --set KEY=VALUE
  std::string key;    ///< dotted, array elements as [i]: network.layer[0].neurons
  /// Position for sorting: by line and column of the file, overrides last.
  std::uint64_t order = 0;

  /// Throws config_error "WHERE: KEY: MESSAGE".
  [[noreturn]] void fail(std::string_view message) const;
  /// Throws config_error "WHERE: KEY: expected EXPECTED, got GOT".
  [[noreturn]] void expected(std::string_view expected, std::string_view got) const;
  /// The place of an element of this array.
  [[nodiscard]] Place element(const toml::node& node, std::size_t index) const;
};

/// The place of `node`, called `key`; at its name where it has one (`name` not null), otherwise at the node itself.
Place locate(const toml::key* name, const toml::node& node, std::string key);

/// A node as it reads in a message: scalars as TOML, "a table", "a list of 3".
std::string describe(const toml::node& node);

/// The prefix of a source path that marks an override.
inline constexpr std::string_view override_mark = "--set ";

}  // namespace hjnet
