// Going on with a run file that another run began.
#include "results/run_file.hpp"

#include "archive/collective.hpp"
#include "archive/files/publish.hpp"
#include "archive/open.hpp"
#include "parallel/errors.hpp"
#include "results/provenance.hpp"
#include "run/output_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t copied_elements = std::uint64_t{1} << 20;

/// Whether a file begins as HDF5 files do.
bool has_signature(const fs::path& file) {
  constexpr std::array<char, 4> signature{'\x89', 'H', 'D', 'F'};
  std::array<char, 4> begin{};
  std::ifstream in(file, std::ios::binary);
  return in.read(begin.data(), begin.size()) && begin == signature;
}

config_error foreign(const fs::path& file, const std::string& why) {
  return config_error(fmt::format("'{}' is no run file that could be continued ({}); give --overwrite to replace it",
                                  file.string(), why));
}

std::int32_t largest(const std::vector<std::int32_t>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

/// Of an HDF5 file that can be opened.
RunFileState state_of(const Archive& archive) {
  RunFileState state;
  const auto attributes = archive.attributes("/");
  const auto format = text_attribute(attributes, "format");
  if (format.empty() && archive.datasets().empty()) return state;
  if (format != "hjnet-run") {
    throw foreign(archive.file(), format.empty() ? "not hjnet's" : "its format is '" + format + "'");
  }
  // The groups are made last, the progress is written last.
  if (!archive.contains("/timing")) return state;
  const auto completed = archive.read_all<std::int32_t>("/progress/epochs_completed").front();
  if (completed < 0) return state;
  const bool older =
      !attributes.contains("data_digest") || (archive.contains("/density") && !archive.contains("/operator"));
  if (older) throw foreign(archive.file(), "an older hjnet wrote it");
  state.laid_out = true;
  state.epochs_completed = completed;
  state.finished = archive.read_all<std::int32_t>("/progress/finished").front() == 1;
  state.origin = text_attribute(attributes, "origin_run_id");
  state.input = text_attribute(attributes, "input");
  state.data_digest = text_attribute(attributes, "data_digest");
  if (!archive.contains("/progress/member_finished")) return state;
  state.member_epochs = largest(archive.read_all<std::int32_t>("/progress/member_epochs"));
  for (const auto finished : archive.read_all<std::int32_t>("/progress/member_finished")) {
    state.member_finished += finished == 1 ? '1' : '0';
  }
  return state;
}

std::optional<RunFileState> state_of(const fs::path& file) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (error) throw io_error(fmt::format("cannot look at '{}': {}", file.string(), error.message()));
  if (!fs::is_regular_file(status)) throw foreign(file, "no regular file");
  if (fs::file_size(file, error) == 0) return RunFileState{};
  hdf5::expect_readable(file);
  if (!has_signature(file)) throw foreign(file, "not HDF5");
  try {
    return state_of(Archive::open(file));
  } catch (const io_error&) {
    return RunFileState{};  // its structure never came to the disk
  }
}

/// With other epochs, what is computed anew from the series, or follows from the run as a whole, is not carried over.
/// The pattern of sparse matrices is known without the old file.
bool carried_over(const std::string& path, bool same_epochs, const std::vector<RunFileSection>& sections) {
  if (path.ends_with("/indptr") || path.ends_with("/indices")) return false;
  if (same_epochs) return path != "/progress/finished";
  for (const auto* prefix :
       {"/density/rho", "/density/mean", "/entanglement/", "/critical/", "/witness", "/ensemble/mean/",
        "/ensemble/deviation/", "/ensemble/state", "/progress/member", "/progress/finished"}) {
    if (path.starts_with(prefix)) return false;
  }
  for (const auto& section : sections) {
    if (section.afresh != nullptr && path.starts_with(section.afresh)) return false;
  }
  return !path.starts_with("/weights/final/") && !path.starts_with("/momenta/final/");
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
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  auto state = agreed(comm, [&] { return rank == 0 ? state_of(file) : std::nullopt; });
  std::array<int, 5> numbers{state ? 1 : 0};
  if (state) {
    numbers = {1, state->laid_out ? 1 : 0, state->epochs_completed, state->member_epochs, state->finished ? 1 : 0};
  }
  MPI_Bcast(numbers.data(), static_cast<int>(numbers.size()), MPI_INT, 0, comm);
  if (numbers[0] == 0) return std::nullopt;
  if (rank != 0) state = RunFileState{};
  state->laid_out = numbers[1] == 1;
  state->epochs_completed = numbers[2];
  state->member_epochs = numbers[3];
  state->finished = numbers[4] == 1;
  for (auto* text : {&state->origin, &state->input, &state->data_digest, &state->member_finished}) {
    *text = from_root(comm, *text);
  }
  return state;
}

RunFile::RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout,
                 const Settings& before, int epochs, const std::string& note, std::vector<RunFileSection> sections)
    : RunFile(world, group, settings, layout, Archive::open(world, settings.output.file), std::move(sections)) {
  if (same_layout(settings, before)) {
    archive_.close();
  } else {
    replace_by_new_layout(before);
  }
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
  beside.output.file = partial_name(file);
  RunFile next(world_, group_, beside, layout_, true, sections_);
  for (const auto& dataset : next.archive_.datasets()) {
    if (!archive_.contains(dataset.path)) continue;
    if (!carried_over(dataset.path, before.epochs == settings_.epochs, sections_)) continue;
    copy_dataset(world_, archive_, next.archive_, dataset);
  }
  const auto done =
      agreed(world_, [&] { return archive_.read_all<std::int32_t>("/progress/epochs_completed").front(); });
  const std::int32_t kept = std::min(done, settings_.epochs);
  next.archive_.write_root<std::int32_t>("/progress/epochs_completed", std::span(&kept, 1));
  const auto old = agreed(world_, [&] { return archive_.attributes("/"); });
  for (const auto* name : {"run_id", "origin_run_id", "created", "restarts", "parent_run_id"}) {
    next.archive_.write_attribute("/", name, text_attribute(old, name));
  }
  next.archive_.close();
  archive_.close();
  publish(world_, beside.output.file, file);
}

void RunFile::continue_provenance(const std::string& note) {
  const auto old = agreed(world_, [&] { return archive_.attributes("/"); });
  origin_ = text_attribute(old, "origin_run_id");
  int ranks = 1;
  MPI_Comm_size(world_, &ranks);
  const auto line = fmt::format("{} run {} on {} ranks: {}\n", from_root(world_, utc_now()), run_id_, ranks, note);
  std::vector<std::pair<std::string, AttributeValue>> attributes{
      {"ranks", std::int64_t{ranks}},
      {"parent_run_id", text_attribute(old, "run_id")},
      {"run_id", run_id_},
      {"restarts", text_attribute(old, "restarts") + line},
      {"name", settings_.name},
      {"input", settings_.resolved},
  };
  for (const auto& [name, value] : code_attributes()) attributes.emplace_back(name, value);
  for (const auto& [name, value] : attributes) archive_.write_attribute("/", name, value);
}

}  // namespace hjnet
