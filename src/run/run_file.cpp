#include "run/run_file.hpp"

#include "archive/collective.hpp"
#include "parallel/errors.hpp"
#include "run/provenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

namespace hjnet {

namespace {

int rank_in(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank;
}

int size_of(MPI_Comm comm) {
  int size = 0;
  MPI_Comm_size(comm, &size);
  return size;
}

std::string from_root(MPI_Comm comm, std::string text) {
  auto length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, 0, comm);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), length, MPI_CHAR, 0, comm);
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

RunFile::RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, bool overwrite)
    : world_(world),
      group_(group),
      world_rank_(rank_in(world)),
      group_rank_(rank_in(group)),
      settings_(settings),
      layout_(layout),
      first_(settings.ensemble ? settings.ensemble->first : 0),
      archive_(Archive::create(world, settings.output.file, overwrite)) {
  int lowest = world_rank_;
  MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, group_);
  holds_first_ = lowest == 0;
  access_ = size_of(world_) == size_of(group_) ? Access::collective : Access::independent;

  write_provenance();
  create_progress();
  create_series();
  if (settings_.output.states) create_states();
  for (const auto* kind : {"/weights", "/momenta"}) create_snapshots(kind);
  if (settings_.particles) create_density();
  if (settings_.ensemble) create_ensemble();
  for (const auto* path : {"/fit", "/timing"}) archive_.create_group(path);
  archive_.fill();
  write_what_is_known();
  for (auto& matrix : layout_.matrices) matrix.indices = {};
  archive_.flush();
}

void RunFile::write_provenance() {
  const std::vector<std::pair<std::string, AttributeValue>> attributes{
      {"format", std::string("hjnet-run")},
      {"format_version", std::int64_t{1}},
      {"code_version", code_version()},
      {"git_commit", git_commit()},
      {"ranks", std::int64_t{size_of(world_)}},
      {"created", from_root(world_, utc_now())},
      {"run_id", from_root(world_, random_uuid())},
      {"parent_run_id", std::string{}},
      {"name", settings_.name},
      {"epochs", std::int64_t{settings_.epochs}},
      {"samples_per_epoch", std::int64_t{settings_.samples_per_epoch}},
      {"input", settings_.resolved},
  };
  for (const auto& [name, value] : attributes) archive_.write_attribute("/", name, value);
  for (const auto& [library, version] : library_versions()) {
    archive_.write_attribute("/", lower(library) + "_version", version);
  }
}

void RunFile::expect_size(const std::string& path, std::uint64_t size, std::uint64_t expected) const {
  if (size == expected) return;
  throw io_error(fmt::format("cannot write '{}' in '{}': {} numbers instead of {}", path, archive_.file().string(),
                             size, expected));
}

void RunFile::write_rows(const std::string& path, std::uint64_t row, std::span<const double> values) {
  auto slab = Slab::whole(archive_.dims(path));
  std::uint64_t width = 1;
  for (std::size_t d = 1; d < slab.count.size(); ++d) width *= slab.count[d];
  slab.start.front() = row;
  slab.count.front() = values.size() / width;
  archive_.write<double>(path, slab, values, Access::independent);
}

void RunFile::write_member(const std::string& quantity, int member, std::uint64_t column,
                           std::span<const double> values) {
  archive_.write<double>("/ensemble/member/" + quantity, {{member_row(member), column}, {1, values.size()}}, values,
                         Access::independent);
}

void RunFile::write_epoch(int member, const EpochSamples& samples) {
  const auto rows = static_cast<std::uint64_t>(settings_.samples_per_epoch) + 1;
  const auto row = static_cast<std::uint64_t>(samples.epoch) * rows;
  together(group_, [&] {
    if (group_rank_ != 0) return;
    if (member == first_) {
      const std::vector<std::int32_t> epochs(rows, samples.epoch);
      archive_.write<std::int32_t>("/series/epoch", {{row}, {rows}}, epochs, Access::independent);
      write_rows("/series/time", row, samples.time);
    }
    if (settings_.ensemble) {
      write_member("interaction", member, row, samples.interaction);
      write_member("action", member, row, samples.action);
      return;
    }
    write_rows("/series/coupling", row, samples.coupling);
    write_rows("/series/error", row, samples.error);
    write_rows("/series/interaction", row, samples.interaction);
    write_rows("/series/kinetic", row, samples.kinetic);
    write_rows("/series/hamiltonian", row, samples.hamiltonian);
    write_rows("/series/action", row, samples.action);
    if (settings_.particles) write_rows("/series/pauli", row, samples.pauli);
  });
  if (settings_.output.states && member == first_) {
    together(group_, [&] {
      write_states("/states/y", row, samples.y);
      write_states("/states/delta", row, samples.delta);
    });
  }
  if (settings_.ensemble && group_rank_ == 0) {
    const std::int32_t done = samples.epoch + 1;
    archive_.write<std::int32_t>("/progress/member_epochs", {{member_row(member)}, {1}}, std::span(&done, 1),
                                 Access::independent);
  }
}

void RunFile::write_states(const std::string& path, std::uint64_t row, std::span<const double> values) {
  const auto rows = static_cast<std::uint64_t>(settings_.samples_per_epoch) + 1;
  const auto width = static_cast<std::size_t>(layout_.local_neurons);
  expect_size(path, values.size(), rows * width);
  std::size_t column = 0;
  std::vector<double> packed;
  for (const auto& range : layout_.owned) {
    const auto count = static_cast<std::size_t>(range.count);
    packed.clear();
    for (std::size_t i = 0; i < rows; ++i) {
      const auto part = values.subspan(i * width + column, count);
      packed.insert(packed.end(), part.begin(), part.end());
    }
    archive_.write<double>(path, {{row, static_cast<std::uint64_t>(range.first)}, {rows, count}}, packed, access_);
    column += count;
  }
}

void RunFile::complete_epoch(int epochs_completed) {
  archive_.flush();
  const std::int32_t value = epochs_completed;
  archive_.write_root<std::int32_t>("/progress/epochs_completed", std::span(&value, 1));
}

void RunFile::write_numbers(const std::string& group, const NamedNumbers& numbers) {
  int count = static_cast<int>(numbers.size());
  MPI_Bcast(&count, 1, MPI_INT, 0, world_);
  auto next = numbers.begin();
  for (int i = 0; i < count; ++i) {
    const auto name = from_root(world_, world_rank_ == 0 ? next->first : std::string{});
    double value = world_rank_ == 0 ? next->second : 0.0;
    MPI_Bcast(&value, 1, MPI_DOUBLE, 0, world_);
    archive_.write_attribute(group, name, value);
    if (world_rank_ == 0) ++next;
  }
  archive_.flush();
}

void RunFile::write_fit(const NamedNumbers& numbers) {
  write_numbers("/fit", numbers);
}

void RunFile::write_timing(const NamedNumbers& numbers) {
  write_numbers("/timing", numbers);
}

void RunFile::finish() {
  archive_.flush();
  const std::int32_t value = 1;
  archive_.write_root<std::int32_t>("/progress/finished", std::span(&value, 1));
  archive_.close();
}

}  // namespace hjnet
