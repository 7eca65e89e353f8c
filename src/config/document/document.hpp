#pragma once
/// The input as TOML: the file with the overrides put in, and the check that it holds known keys only.

#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <vector>

namespace hjnet {

/// Parses the file and applies KEY=VALUE overrides in their order. Nodes remember where they come from: the file, or
/// "--set KEY=VALUE". Throws config_error for a file that cannot be read, text that is not TOML, and overrides that
/// are malformed or name an array element that does not exist.
toml::table read_document(const std::filesystem::path& input, const std::vector<std::string>& overrides);

/// Parses TOML text; `source` is what messages and nodes name as its file. Throws config_error for text that is not
/// TOML.
toml::table parse_document(const std::string& text, const std::string& source);

/// Puts KEY=VALUE overrides in, in their order; as read_document() does.
void apply_overrides(toml::table& document, const std::vector<std::string>& overrides);

/// Which verb an input is for: `hjnet run`, or `hjnet torus`.
enum class InputKind { run, torus };

/// Throws config_error at the first key, in file order, that is unknown, or belongs to the other kind of input, or
/// is a scalar where a table must stand (or the other way round).
void check_keys(const toml::table& document, InputKind kind);

}  // namespace hjnet
