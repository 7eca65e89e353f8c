#pragma once
/// From a torus input to its settings.

#include "config/settings/torus.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace hjnet {

/// Reads an input of `hjnet torus` as load_settings() reads one of `hjnet run`, with the same messages. Where it has a
/// network, that input is read too, to find the directions' weights; what is wrong with it is said in its own name.
/// With a network, `linear`, `quadratic` and `terms` are those of H = 0 (network_potential.hpp fills them in).
/// @throws config_error
TorusSettings load_torus_settings(const std::filesystem::path& input, const std::vector<std::string>& overrides = {},
                                  const std::optional<std::filesystem::path>& output = std::nullopt);

/// Whether an input is one of `hjnet torus`: it has [torus] and no network of its own.
/// @throws config_error where it cannot be read or parsed
bool is_torus_input(const std::filesystem::path& input, const std::vector<std::string>& overrides);

/// The settings as an input with every default filled in; it loads to equal settings. The network's input stays a
/// reference, by absolute path.
std::string resolved_text(const TorusSettings& settings);

}  // namespace hjnet
