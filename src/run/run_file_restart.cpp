// Going on with a run file that another run began.
#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "archive/open.hpp"
#include "archive/publish.hpp"
#include "config/changes.hpp"
#include "parallel/errors.hpp"
#include "run/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t copied_elements = std::uint64_t{1} << 20;

/// Whether a file is empty or begins as HDF5 files do.
bool may_be_ours(const fs::path& file) {
  constexpr std::array<char, 4> signature{'\x89', 'H', 'D', 'F'};
  std::array<char, 4> begin{};
  std::ifstream in(file, std::ios::binary);
  return !in.read(begin.data(), begin.size()) || begin == signature;
}

std::string text_of(const std::map<std::string, AttributeValue>& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  const auto* text = found == attributes.end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string{} : *text;
}

std::optional<RunFileState> state_of(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  const auto foreign = [&](const std::string& why) {
    return config_error(fmt::format("'{}' is no run file that could be continued ({}); give --overwrite to replace it",
                                    file.string(), why));
  };
  if (!may_be_ours(file)) throw foreign("not HDF5");
  try {
    const auto archive = Archive::open(file);
    const auto attributes = archive.attributes("/");
    const auto format = text_of(attributes, "format");
    if (!format.empty() && format != "hjnet-run") throw foreign("its format is '" + format + "'");
    // Written last of what is laid out.
    if (!archive.contains("/timing") || !attributes.contains("data_digest")) return std::nullopt;
    RunFileState state;
    state.run_id = text_of(attributes, "run_id");
    state.origin = text_of(attributes, "origin_run_id");
    state.input = text_of(attributes, "input");
    state.data_digest = text_of(attributes, "data_digest");
    state.epochs_completed = archive.read_all<std::int32_t>("/progress/epochs_completed").front();
    state.finished = archive.read_all<std::int32_t>("/progress/finished").front() == 1;
    if (archive.contains("/progress/member_finished")) {
      state.member_finished = archive.read_all<std::int32_t>("/progress/member_finished");
    }
    if (state.epochs_completed < 0) return std::nullopt;  // killed while it was filled
    return state;
  } catch (const io_error&) {
    return std::nullopt;  // killed before its structure was on disk
  }
}

/// What is computed anew from the series, or follows from the run as a whole, is not carried over.
bool carried_over(const std::string& path, bool same_epochs) {
  for (const auto* prefix :
       {"/density/rho", "/density/mean", "/entanglement/", "/ensemble/mean/", "/ensemble/deviation/", "/progress/"}) {
    if (path.starts_with(prefix)) return false;
  }
  return same_epochs || path.find("/final/") == std::string::npos;
}

/// Copies what two datasets of one name and rank both have room for, the ranks of `comm` taking turns.
template <class T>
void copy_common(MPI_Comm comm, const Archive& from, Archive& to, const std::string& path) {
  const auto before = from.dims(path);
  auto common = to.dims(path);
  if (before.size() != common.size()) return;
  for (std::size_t d = 0; d < common.size(); ++d) common[d] = std::min(common[d], before[d]);
  int rank = 0;
  int size = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &size);
  const auto parts = split(Slab::whole(common), copied_elements);
  std::vector<T> values;
  for (auto i = static_cast<std::size_t>(rank); i < parts.size(); i += static_cast<std::size_t>(size)) {
    values.resize(parts[i].elements());
    from.read<T>(path, parts[i], values, Access::independent);
    to.write<T>(path, parts[i], std::span<const T>(values), Access::independent);
  }
}

void copy_dataset(MPI_Comm comm, const Archive& from, Archive& to, const DatasetInfo& dataset) {
  together(comm, [&] {
    if (dataset.type == "float64") return copy_common<double>(comm, from, to, dataset.path);
    if (dataset.type == "int32") return copy_common<std::int32_t>(comm, from, to, dataset.path);
    if (dataset.type == "int64") return copy_common<std::int64_t>(comm, from, to, dataset.path);
    copy_common<std::complex<double>>(comm, from, to, dataset.path);
  });
}

bool same_layout(const Settings& a, const Settings& b) {
  return a.epochs == b.epochs && a.output.states == b.output.states && a.output.weights == b.output.weights;
}

}  // namespace

std::optional<RunFileState> read_run_file_state(MPI_Comm comm, const fs::path& file) {
  return agreed(comm, [&] { return state_of(file); });
}

RunFile::RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout,
                 const Settings& before, int epochs, const std::string& note)
    : RunFile(world, group, settings, layout, Archive::open(world, settings.output.file)) {
  if (!same_layout(settings, before)) replace_by_new_layout(before);
  archive_ = Archive::update(world, settings.output.file);
  for (auto& matrix : layout_.matrices) matrix.indices = {};
  continue_provenance(note);
  const std::array<std::int32_t, 2> progress{epochs, 0};
  archive_.write_root<std::int32_t>("/progress/epochs_completed", std::span(progress).first(1));
  archive_.write_root<std::int32_t>("/progress/finished", std::span(progress).last(1));
  archive_.flush();
}

void RunFile::replace_by_new_layout(const Settings& before) {
  const auto file = settings_.output.file;
  Settings beside = settings_;
  beside.output.file = file.string() + ".partial";
  RunFile next(world_, group_, beside, layout_, true);
  for (const auto& dataset : next.archive_.datasets()) {
    if (!archive_.contains(dataset.path) || !carried_over(dataset.path, before.epochs == settings_.epochs)) continue;
    copy_dataset(world_, archive_, next.archive_, dataset);
  }
  const auto old = agreed(world_, [&] { return archive_.attributes("/"); });
  for (const auto* name : {"run_id", "origin_run_id", "created", "restarts", "parent_run_id"}) {
    next.archive_.write_attribute("/", name, text_of(old, name));
  }
  next.archive_.close();
  archive_.close();
  publish(world_, beside.output.file, file);
}

void RunFile::continue_provenance(const std::string& note) {
  const auto old = agreed(world_, [&] { return archive_.attributes("/"); });
  origin_ = text_of(old, "origin_run_id");
  int ranks = 1;
  MPI_Comm_size(world_, &ranks);
  const auto line = fmt::format("{} run {} on {} ranks: {}\n", from_root(world_, utc_now()), run_id_, ranks, note);
  std::vector<std::pair<std::string, AttributeValue>> attributes{
      {"ranks", std::int64_t{ranks}},
      {"parent_run_id", text_of(old, "run_id")},
      {"run_id", run_id_},
      {"restarts", text_of(old, "restarts") + line},
      {"name", settings_.name},
      {"input", settings_.resolved},
  };
  for (const auto& [name, value] : code_attributes()) attributes.emplace_back(name, value);
  for (const auto& [name, value] : attributes) archive_.write_attribute("/", name, value);
}

}  // namespace hjnet
