#pragma once
/// Every key of the input file, in one table: what messages expect, what suggestions offer, what the manual prints.

#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

struct KeyReference {
  std::string_view name;
  std::string_view expected;  ///< as it stands after "expected" in a message: "a number > 0"
  std::string_view fallback;  ///< the default, as TOML or in words; "required"
  std::string_view meaning;
  std::string_view inner = {};  ///< the keys of the inline table (or a list of such) that the key may hold, spaced
  bool may_change = false;      ///< whether a restart may have another value
};

struct TableReference {
  enum class Form { single, repeated, either };  ///< [table], [[table]], or both allowed
  std::string_view path;                         ///< without indices: network.layer; empty: the file itself
  Form form = Form::single;
  std::string_view meaning;
  std::vector<KeyReference> keys;
};

/// All tables of an input of `hjnet run`, in the order of the manual.
const std::vector<TableReference>& reference();
/// Those of an input of `hjnet torus`, keys that it shares with a run included.
const std::vector<TableReference>& torus_reference();

/// The table at a path without indices, or null.
const TableReference* find_table(std::string_view path, const std::vector<TableReference>& tables = reference());

/// A key of the table at a path without indices, or null.
const KeyReference* find_key(std::string_view path, std::string_view name,
                             const std::vector<TableReference>& tables = reference());

/// Names of the keys and tables that may stand directly in the table at `path`.
std::vector<std::string> child_names(std::string_view path, const std::vector<TableReference>& tables = reference());

/// Words separated by spaces, or by any of `separators`.
std::vector<std::string> words(std::string_view text, std::string_view separators = " ");

/// docs/input-reference.md.
std::string reference_markdown();

}  // namespace hjnet
