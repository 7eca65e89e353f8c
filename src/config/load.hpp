#pragma once
/// From an input file to settings.

#include "config/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// Reads a TOML input file, puts in the overrides (KEY=VALUE, in their order), fills in defaults and checks everything
/// that can be checked without computing, datasets that the input names included. `output`, where given, takes the
/// place of `output.file`. Not collective: on every rank that sees the same files the outcome is the same.
///
/// Throws config_error with one finished message, "FILE:LINE:COLUMN: KEY: expected ..., got ...", or
/// "--set KEY=VALUE: ..." where an override is to blame: for the first key in the file that is unknown, otherwise for
/// the first that is wrong in the order of the manual.
Settings load_settings(const std::filesystem::path& input, const std::vector<std::string>& overrides = {},
                       const std::optional<std::filesystem::path>& output = std::nullopt);

/// The settings of a resolved text (Settings::resolved) as it was stored in a checkpoint. Datasets that it names are
/// read again, as they are now. Throws config_error as load_settings() does, with "the checkpoint's input" for the name
/// of the file.
Settings load_resolved(const std::string& toml);

/// The settings of the resolved text that the run file `source` holds, with overrides put in and `output` in place of
/// output.file. Throws config_error as load_settings() does.
Settings load_stored(const std::string& toml, const std::filesystem::path& source,
                     const std::vector<std::string>& overrides, const std::filesystem::path& output);

}  // namespace hjnet
