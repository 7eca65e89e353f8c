#pragma once
/// Wall times on the command line.

#include <optional>
#include <string_view>

namespace hjnet {

/// The forms that walltime_seconds() takes, for messages.
inline constexpr std::string_view walltime_forms = "HH:MM:SS or D-HH:MM:SS, above 0";

/// The seconds of "HH:MM:SS", with any number of hours, or of "D-HH:MM:SS" with hours from 00 to 23, as Slurm writes
/// them; minutes and seconds are from 00 to 59. None where the text is not of these forms, or says 0.
std::optional<double> walltime_seconds(std::string_view text);

}  // namespace hjnet
