#pragma once
/// The nearest valid name for a misspelt one.

#include <string>
#include <string_view>
#include <vector>

namespace hjnet {

/// Number of insertions, deletions, replacements and swaps of neighbours that turn one name into the other (optimal
/// string alignment), upper and lower case alike.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `name`, the first of equals; empty where none shares half its letters with it.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

/// " (did you mean 'X'?)" for the nearest candidate, or nothing.
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace hjnet
