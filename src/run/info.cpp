#include "run/info.hpp"

#include "archive/archive.hpp"
#include "observe/observers.hpp"
#include "parallel/errors.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

using Attributes = std::map<std::string, AttributeValue>;
using Text = fmt::memory_buffer;

/// Numbers to as many digits as one reads; whole ones in full.
std::string show_number(double value) {
  const bool whole = std::abs(value) < 1e15 && value == std::round(value);
  return whole ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string show(const AttributeValue& value) {
  if (const auto* number = std::get_if<double>(&value)) return show_number(*number);
  return std::visit([](const auto& held) { return fmt::format("{}", held); }, value);
}

std::string get(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "?" : show(found->second);
}

std::string show_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> units{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024.0 && unit + 1 < units.size(); ++unit) size /= 1024.0;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, units[unit]);
}

constexpr const char* timing_group = "/timing";

/// A number of /timing: seconds, but for counts, which are whole, and the memory.
std::string show_timing(const std::string& name, double value) {
  if (name == "peak_memory") return show_bytes(static_cast<std::uint64_t>(value));
  return show_number(value) + (value == std::round(value) ? "" : " s");
}

void line(Text& text, const std::string& label, const std::string& content) {
  fmt::format_to(std::back_inserter(text), "  {:<14}{}\n", label, content);
}

void list_datasets(Text& text, const Archive& archive) {
  const auto datasets = archive.datasets();
  std::size_t path_width = 7;
  std::size_t shape_width = 5;
  std::uint64_t total = 0;
  std::vector<std::string> shapes;
  for (const auto& dataset : datasets) {
    shapes.push_back(dataset.dims.empty() ? "scalar" : fmt::format("{}", fmt::join(dataset.dims, " x ")));
    path_width = std::max(path_width, dataset.path.size());
    shape_width = std::max(shape_width, shapes.back().size());
    total += dataset.bytes;
  }
  line(text, "size", fmt::format("{} datasets, {}", datasets.size(), show_bytes(total)));
  auto out = std::back_inserter(text);
  fmt::format_to(out, "\n  {:<{}}  {:<{}}  {:<10}  {:>10}  {}\n", "dataset", path_width, "shape", shape_width, "type",
                 "size", "holds");
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const auto& dataset = datasets[i];
    fmt::format_to(out, "  {:<{}}  {:<{}}  {:<10}  {:>10}  {}\n", dataset.path, path_width, shapes[i], shape_width,
                   dataset.type, show_bytes(dataset.bytes), dataset.description);
  }
}

/// Of an ensemble; 0 of a run that is none.
int members_of(const Archive& archive) {
  return archive.contains("/ensemble")
             ? static_cast<int>(*find_attribute<std::int64_t>(archive.attributes("/ensemble"), "members"))
             : 0;
}

/// The learning potential of what is complete: samples that are not yet written are NaN.
void list_potential(Text& text, const Archive& archive) {
  const auto time = archive.read_all<double>("/series/time");
  const auto potential = archive.read_all<double>("/series/interaction");
  const auto end = std::find_if(potential.begin(), potential.end(), [](double v) { return !std::isfinite(v); });
  if (end == potential.begin()) return;
  const int members = members_of(archive);
  const auto errors = members == 0
                          ? std::vector<double>()
                          : standard_errors(archive.read_all<double>("/ensemble/deviation/interaction"), members);
  const auto at = [&](auto sample) {
    const auto i = static_cast<std::size_t>(std::distance(potential.begin(), sample));
    return fmt::format("{:.4g}{} at t = {:.4g}", potential[i],
                       errors.empty() ? "" : fmt::format(" +- {:.2g}", errors[i]), time[i]);
  };
  line(text, "potential",
       fmt::format("{}H_int from {}, smallest {}, last {}",
                   members == 0 ? "" : fmt::format("mean over {}: ", members_text(members)), at(potential.begin()),
                   at(std::min_element(potential.begin(), end)), at(std::prev(end))));
}

/// The mean over an ensemble's members, which is on file once all have been run.
void describe_mean_entanglement(Text& text, const Archive& archive, int members) {
  const auto share = archive.read_all<double>("/ensemble/mean/physical");
  if (std::any_of(share.begin(), share.end(), [](double value) { return std::isnan(value); })) {
    return line(text, "entanglement", "not known before all members are complete");
  }
  std::vector<bool> physical;
  physical.reserve(share.size());
  for (const double value : share) physical.push_back(value == 1.0);
  const auto errors = standard_errors(archive.read_all<double>("/ensemble/deviation/concurrence"), members);
  line(text, "entanglement",
       fmt::format("mean over {}: {}; {} of {} samples are not physical in every member", members_text(members),
                   concurrence_text(archive.read_all<double>("/series/time"),
                                    archive.read_all<double>("/ensemble/mean/concurrence"), errors, physical),
                   std::count(physical.begin(), physical.end(), false), physical.size()));
  if (!archive.contains("/ensemble/state")) return;  // an older hjnet's
  const auto state = archive.read_all<double>("/ensemble/state/concurrence");
  const auto state_errors =
      members > 1 ? archive.read_all<double>("/ensemble/state_error/concurrence") : std::vector<double>();
  line(text, "to observer",
       fmt::format("of the state of one who knows what ensemble.known says: {}",
                   concurrence_text(archive.read_all<double>("/series/time"), state, state_errors,
                                    std::vector<bool>(state.size(), true))));
}

/// The least noise at which no sample is entangled, where a run was to look for it.
void list_critical(Text& text, const Archive& archive) {
  if (!archive.contains("/critical")) return;
  const auto mediator = archive.read_all<double>("/critical/mediator_noise").front();
  if (std::isnan(mediator)) return;
  line(text, "critical",
       fmt::format("no sample is entangled from mediator noise {:.4g}, dephasing {:.4g}", mediator,
                   archive.read_all<double>("/critical/dephasing").front()));
}

/// The largest concurrence of the mixture among physical samples, and how many are not physical.
void list_entanglement(Text& text, const Archive& archive) {
  if (!archive.contains("/entanglement/mean/concurrence")) return;
  if (const int members = members_of(archive); members > 0) return describe_mean_entanglement(text, archive, members);
  const auto time = archive.read_all<double>("/series/time");
  const auto concurrence = archive.read_all<double>("/entanglement/mean/concurrence");
  const auto physical = archive.read_all<std::int32_t>("/entanglement/mean/physical");
  if (std::none_of(physical.begin(), physical.end(), [](int value) { return value >= 0; })) return;  // not yet computed
  const auto unphysical = std::count(physical.begin(), physical.end(), 0);
  std::size_t best = physical.size();
  for (std::size_t i = 0; i < physical.size(); ++i) {
    if (physical[i] == 1 && (best == physical.size() || concurrence[i] > concurrence[best])) best = i;
  }
  const auto found = best < physical.size() ? fmt::format("largest physical concurrence {:.4g} at t = {:.4g}",
                                                          concurrence[best], time[best])
                                            : std::string("no physical sample yet");
  line(text, "entanglement", fmt::format("{}; {} of {} samples are not physical", found, unphysical, physical.size()));
}

std::string last_line(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

void describe_run(Text& text, const Archive& archive, const Attributes& attributes) {
  line(text, "run", fmt::format("{}, {}", get(attributes, "name"), get(attributes, "run_id")));
  if (const auto parent = get(attributes, "parent_run_id"); !parent.empty()) line(text, "continues", parent);
  line(text, "made",
       fmt::format("{} by hjnet {} (commit {}), ranks: {}", get(attributes, "created"), get(attributes, "code_version"),
                   get(attributes, "git_commit"), get(attributes, "ranks")));
  line(text, "libraries",
       fmt::format("{}, PETSc {}, SUNDIALS {}, HDF5 {}", get(attributes, "mpi_version"),
                   get(attributes, "petsc_version"), get(attributes, "sundials_version"),
                   get(attributes, "hdf5_version")));
  if (const auto restarts = get(attributes, "restarts"); !restarts.empty() && restarts != "?") {
    line(text, "restarts",
         fmt::format("{}; the last: {}", std::count(restarts.begin(), restarts.end(), '\n'), last_line(restarts)));
  }
  const auto completed = archive.read_all<std::int32_t>("/progress/epochs_completed").front();
  const auto finished = archive.read_all<std::int32_t>("/progress/finished").front();
  line(text, "progress",
       fmt::format("{} of {} epochs, {}", completed, get(attributes, "epochs"),
                   finished == 1 ? "finished" : "not finished"));
  if (archive.contains("/progress/member_epochs")) {
    const auto epochs = archive.read_all<std::int32_t>("/progress/member_epochs");
    const auto whole = get(attributes, "epochs");
    const auto complete =
        std::count_if(epochs.begin(), epochs.end(), [&](std::int32_t done) { return std::to_string(done) == whole; });
    line(text, "ensemble", fmt::format("{} of {} members complete", complete, epochs.size()));
  }
  list_potential(text, archive);
  list_entanglement(text, archive);
  list_critical(text, archive);
  for (const auto& kind : observer_kinds()) {
    for (const auto& [label, content] : kind.info(archive)) line(text, label, content);
  }
  for (const std::string_view group : {"/diagnostics", "/fit", timing_group}) {
    if (!archive.contains(std::string(group))) continue;
    std::vector<std::string> numbers;
    for (const auto& [name, value] : archive.attributes(std::string(group))) {
      const auto* number = std::get_if<double>(&value);
      if (number != nullptr && std::isnan(*number)) continue;
      const bool timing = number != nullptr && group == timing_group;
      numbers.push_back(name + " = " + (timing ? show_timing(name, *number) : show(value)));
    }
    if (!numbers.empty()) line(text, std::string(group.substr(1)), fmt::format("{}", fmt::join(numbers, ", ")));
  }
}

/// How many tori there are, and why there are no others.
void describe_torus(Text& text, const Archive& archive, const Attributes& attributes) {
  line(text, "tori", fmt::format("{}, {}", get(attributes, "name"), get(attributes, "run_id")));
  line(text, "made",
       fmt::format("{} by hjnet {} (commit {}), ranks: {}", get(attributes, "created"), get(attributes, "code_version"),
                   get(attributes, "git_commit"), get(attributes, "ranks")));
  const auto status = archive.read_all<std::int32_t>("/torus/status");
  line(text, "actions", fmt::format("{} of {} dimensions", status.size(), archive.dims("/torus/action").back()));
  constexpr std::array<std::pair<std::int32_t, const char*>, 6> kinds{{{0, "converged"},
                                                                       {1, "not converged"},
                                                                       {2, "resonant"},
                                                                       {3, "folded"},
                                                                       {4, "mode limit"},
                                                                       {-1, "not computed"}}};
  std::vector<std::string> counts;
  for (const auto& [number, name] : kinds) {
    const auto count = std::count(status.begin(), status.end(), number);
    if (count > 0) counts.push_back(fmt::format("{} {}", count, name));
  }
  line(text, "status", fmt::format("{}", fmt::join(counts, ", ")));
}

void describe_other(Text& text, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    const auto shown = show(value);
    if (name != "format" && name != "format_version" && shown.find('\n') == std::string::npos) line(text, name, shown);
  }
}

}  // namespace

std::string describe_file(const std::filesystem::path& file) {
  const auto archive = Archive::open(file);
  const auto attributes = archive.attributes("/");
  const auto format = attributes.contains("format") ? get(attributes, "format") : std::string{};
  if (!format.starts_with("hjnet-")) {
    throw io_error(fmt::format("'{}' is an HDF5 file, but none that hjnet wrote: its attribute 'format' is {}",
                               file.string(), format.empty() ? "missing" : "'" + format + "'"));
  }
  Text text;
  fmt::format_to(std::back_inserter(text), "{}\n", file.string());
  line(text, "format", fmt::format("{}, version {}", format, get(attributes, "format_version")));
  if (format == "hjnet-run") {
    describe_run(text, archive, attributes);
  } else if (format == "hjnet-torus") {
    describe_torus(text, archive, attributes);
  } else {
    describe_other(text, attributes);
  }
  list_datasets(text, archive);
  return fmt::to_string(text);
}

}  // namespace hjnet
