#include "run/info.hpp"

#include "archive/archive.hpp"
#include "observe/observers.hpp"
#include "parallel/errors.hpp"
#include "results/size_text.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

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
using Json = nlohmann::ordered_json;

/// What is said of a file beside its list of datasets.
using Lines = std::vector<InfoLine>;

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

constexpr const char* timing_group = "/timing";

/// A number of /timing: seconds, but for counts, which are whole, and bytes.
std::string show_timing(const std::string& name, double value) {
  if (name == "peak_memory" || name.ends_with("_bytes")) return size_text(static_cast<std::int64_t>(value));
  return show_number(value) + (value == std::round(value) ? "" : " s");
}

void line(Lines& lines, const std::string& label, const std::string& content) {
  lines.emplace_back(label, content);
}

std::string datasets_text(const std::vector<DatasetInfo>& datasets) {
  std::size_t path_width = 7;
  std::size_t shape_width = 5;
  std::vector<std::string> shapes;
  for (const auto& dataset : datasets) {
    shapes.push_back(dataset.dims.empty() ? "scalar" : fmt::format("{}", fmt::join(dataset.dims, " x ")));
    path_width = std::max(path_width, dataset.path.size());
    shape_width = std::max(shape_width, shapes.back().size());
  }
  fmt::memory_buffer text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "\n  {:<{}}  {:<{}}  {:<10}  {:>10}  {}\n", "dataset", path_width, "shape", shape_width, "type",
                 "size", "holds");
  for (std::size_t i = 0; i < datasets.size(); ++i) {
    const auto& dataset = datasets[i];
    fmt::format_to(out, "  {:<{}}  {:<{}}  {:<10}  {:>10}  {}\n", dataset.path, path_width, shapes[i], shape_width,
                   dataset.type, size_text(static_cast<std::int64_t>(dataset.bytes)), dataset.description);
  }
  return fmt::to_string(text);
}

/// Of an ensemble; 0 of a run that is none.
int members_of(const Archive& archive) {
  return archive.contains("/ensemble")
             ? static_cast<int>(*find_attribute<std::int64_t>(archive.attributes("/ensemble"), "members"))
             : 0;
}

/// The learning potential of what is complete: samples that are not yet written are NaN.
void list_potential(Lines& lines, const Archive& archive) {
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
  line(lines, "potential",
       fmt::format("{}H_int from {}, smallest {}, last {}",
                   members == 0 ? "" : fmt::format("mean over {}: ", members_text(members)), at(potential.begin()),
                   at(std::min_element(potential.begin(), end)), at(std::prev(end))));
}

/// The mean over an ensemble's members, which is on file once all have been run.
void describe_mean_entanglement(Lines& lines, const Archive& archive, int members) {
  const auto share = archive.read_all<double>("/ensemble/mean/physical");
  if (std::any_of(share.begin(), share.end(), [](double value) { return std::isnan(value); })) {
    return line(lines, "entanglement", "not known before all members are complete");
  }
  std::vector<bool> physical;
  physical.reserve(share.size());
  for (const double value : share) physical.push_back(value == 1.0);
  const auto errors = standard_errors(archive.read_all<double>("/ensemble/deviation/concurrence"), members);
  line(lines, "entanglement",
       fmt::format("mean over {}: {}; {} of {} samples are not physical in every member", members_text(members),
                   concurrence_text(archive.read_all<double>("/series/time"),
                                    archive.read_all<double>("/ensemble/mean/concurrence"), errors, physical),
                   std::count(physical.begin(), physical.end(), false), physical.size()));
  if (!archive.contains("/ensemble/state")) return;  // an older hjnet's
  const auto state = archive.read_all<double>("/ensemble/state/concurrence");
  const auto state_errors =
      members > 1 ? archive.read_all<double>("/ensemble/state_error/concurrence") : std::vector<double>();
  line(lines, "to observer",
       fmt::format("of the state of one who knows what ensemble.known says: {}",
                   concurrence_text(archive.read_all<double>("/series/time"), state, state_errors,
                                    std::vector<bool>(state.size(), true))));
}

/// The least noise at which no sample is entangled, where a run was to look for it.
void list_critical(Lines& lines, const Archive& archive) {
  if (!archive.contains("/critical")) return;
  const auto mediator = archive.read_all<double>("/critical/mediator_noise").front();
  if (std::isnan(mediator)) return;
  line(lines, "critical",
       fmt::format("no sample is entangled from mediator noise {:.4g}, dephasing {:.4g}", mediator,
                   archive.read_all<double>("/critical/dephasing").front()));
}

/// The largest concurrence of the mixture among physical samples, and how many are not physical.
void list_entanglement(Lines& lines, const Archive& archive) {
  if (!archive.contains("/entanglement/mean/concurrence")) return;
  if (const int members = members_of(archive); members > 0) return describe_mean_entanglement(lines, archive, members);
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
  line(lines, "entanglement", fmt::format("{}; {} of {} samples are not physical", found, unphysical, physical.size()));
}

std::string last_line(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

void describe_run(Lines& lines, const Archive& archive, const Attributes& attributes) {
  line(lines, "run", fmt::format("{}, {}", get(attributes, "name"), get(attributes, "run_id")));
  if (const auto parent = get(attributes, "parent_run_id"); !parent.empty()) line(lines, "continues", parent);
  if (attributes.contains("launch")) {  // not of an older hjnet
    line(lines, "launched", fmt::format("{}, on {}", get(attributes, "launch"), get(attributes, "hosts")));
  }
  line(lines, "made",
       fmt::format("{} by hjnet {} (commit {}), ranks: {}", get(attributes, "created"), get(attributes, "code_version"),
                   get(attributes, "git_commit"), get(attributes, "ranks")));
  line(lines, "libraries",
       fmt::format("{}, PETSc {}, SUNDIALS {}, HDF5 {}", get(attributes, "mpi_version"),
                   get(attributes, "petsc_version"), get(attributes, "sundials_version"),
                   get(attributes, "hdf5_version")));
  if (const auto restarts = get(attributes, "restarts"); !restarts.empty() && restarts != "?") {
    line(lines, "restarts",
         fmt::format("{}; the last: {}", std::count(restarts.begin(), restarts.end(), '\n'), last_line(restarts)));
  }
  const auto completed = archive.read_all<std::int32_t>("/progress/epochs_completed").front();
  const auto finished = archive.read_all<std::int32_t>("/progress/finished").front();
  line(lines, "progress",
       fmt::format("{} of {} epochs, {}", completed, get(attributes, "epochs"),
                   finished == 1 ? "finished" : "not finished"));
  if (archive.contains("/progress/member_epochs")) {
    const auto epochs = archive.read_all<std::int32_t>("/progress/member_epochs");
    const auto whole = get(attributes, "epochs");
    const auto complete =
        std::count_if(epochs.begin(), epochs.end(), [&](std::int32_t done) { return std::to_string(done) == whole; });
    line(lines, "ensemble", fmt::format("{} of {} members complete", complete, epochs.size()));
  }
  list_potential(lines, archive);
  list_entanglement(lines, archive);
  list_critical(lines, archive);
  for (const auto& kind : observer_kinds()) {
    for (const auto& [label, content] : kind.info(archive)) line(lines, label, content);
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
    if (!numbers.empty()) line(lines, std::string(group.substr(1)), fmt::format("{}", fmt::join(numbers, ", ")));
  }
}

/// How many tori there are, and why there are no others.
void describe_torus(Lines& lines, const Archive& archive, const Attributes& attributes) {
  line(lines, "tori", fmt::format("{}, {}", get(attributes, "name"), get(attributes, "run_id")));
  line(lines, "made",
       fmt::format("{} by hjnet {} (commit {}), ranks: {}", get(attributes, "created"), get(attributes, "code_version"),
                   get(attributes, "git_commit"), get(attributes, "ranks")));
  const auto status = archive.read_all<std::int32_t>("/torus/status");
  line(lines, "actions", fmt::format("{} of {} dimensions", status.size(), archive.dims("/torus/action").back()));
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
  line(lines, "status", fmt::format("{}", fmt::join(counts, ", ")));
}

void describe_other(Lines& lines, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    const auto shown = show(value);
    if (name != "format" && name != "format_version" && shown.find('\n') == std::string::npos) line(lines, name, shown);
  }
}

/// A file of hjnet's, opened. @throws io_error where it is none
struct Opened {
  explicit Opened(const std::filesystem::path& file)
      : archive(Archive::open(file)), attributes(archive.attributes("/")) {
    const auto format = attributes.contains("format") ? get(attributes, "format") : std::string{};
    if (!format.starts_with("hjnet-")) {
      throw io_error(fmt::format("'{}' is an HDF5 file, but none that hjnet wrote: its attribute 'format' is {}",
                                 file.string(), format.empty() ? "missing" : "'" + format + "'"));
    }
    line(lines, "format", fmt::format("{}, version {}", format, get(attributes, "format_version")));
    if (format == "hjnet-run") {
      describe_run(lines, archive, attributes);
    } else if (format == "hjnet-torus") {
      describe_torus(lines, archive, attributes);
    } else {
      describe_other(lines, attributes);
    }
  }

  Archive archive;
  Attributes attributes;
  Lines lines;
};

Json json_of(const Attributes& attributes) {
  auto out = Json::object();
  for (const auto& [name, value] : attributes) {
    std::visit([&out, &key = name](const auto& held) { out[key] = held; }, value);
  }
  return out;
}

}  // namespace

std::string describe_file(const std::filesystem::path& file) {
  Opened opened(file);
  const auto datasets = opened.archive.datasets();
  std::uint64_t total = 0;
  for (const auto& dataset : datasets) total += dataset.bytes;
  line(opened.lines, "size",
       fmt::format("{} datasets, {}", datasets.size(), size_text(static_cast<std::int64_t>(total))));
  std::string text = file.string() + "\n";
  for (const auto& [label, content] : opened.lines) text += fmt::format("  {:<14}{}\n", label, content);
  return text + datasets_text(datasets);
}

std::string file_json(const std::filesystem::path& file) {
  const Opened opened(file);
  Json out{{"file", file.string()}};
  auto summary = Json::object();
  for (const auto& [label, content] : opened.lines) summary[label] = content;
  out["summary"] = summary;
  out["attributes"] = json_of(opened.attributes);
  for (const auto* group : {"/diagnostics", "/fit", timing_group}) {
    if (opened.archive.contains(group)) out[group + 1] = json_of(opened.archive.attributes(group));
  }
  auto datasets = Json::array();
  for (const auto& dataset : opened.archive.datasets()) {
    datasets.push_back({{"path", dataset.path},
                        {"shape", dataset.dims},
                        {"type", dataset.type},
                        {"bytes", dataset.bytes},
                        {"description", dataset.description},
                        {"units", dataset.units}});
  }
  out["datasets"] = datasets;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hjnet
