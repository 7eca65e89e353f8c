#include "results/run_file.hpp"

#include "archive/collective.hpp"
#include "archive/files/descriptor.hpp"
#include "config/changes.hpp"
#include "network/random.hpp"
#include "parallel/errors.hpp"
#include "results/provenance.hpp"

#include <fmt/format.h>

#include <fcntl.h>

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

}  // namespace

RunFile::RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, Archive archive,
                 std::vector<RunFileSection> sections)
    : world_(world),
      group_(group),
      world_rank_(rank_in(world)),
      group_rank_(rank_in(group)),
      settings_(settings),
      layout_(layout),
      first_(settings.first_member()),
      run_id_(from_root(world, random_uuid())),
      origin_(run_id_),
      sections_(std::move(sections)),
      archive_(std::move(archive)) {
  int lowest = world_rank_;
  MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, group_);
  holds_first_ = lowest == 0;
  settings_.resolved = from_root(world, settings.resolved);  // its paths may differ between machines
}

RunFile::RunFile(MPI_Comm world, MPI_Comm group, const Settings& settings, const NetworkLayout& layout, bool overwrite,
                 std::vector<RunFileSection> sections)
    : RunFile(world, group, settings, layout,
              overwrite ? Archive::replace(world, settings.output.file)
                        : Archive::create(world, settings.output.file, false),
              std::move(sections)) {
  try {
    lay_out();
    archive_.take_place();
  } catch (...) {
    if (archive_.is_out_of_place()) archive_.discard();
    throw;
  }
}

void RunFile::lay_out() {
  write_provenance();
  create_progress();
  create_series();
  if (settings_.output.states) create_states();
  for (const auto* kind : {"/weights", "/momenta"}) create_snapshots(kind);
  if (settings_.particles) create_density();
  if (settings_.particles) create_operators();
  if (settings_.has_branches()) create_branches();
  if (settings_.particles) create_critical();
  if (settings_.ensemble) create_ensemble();
  for (const auto& section : sections_) section.lay_out(*this);
  for (const auto* path : {"/fit", "/timing"}) archive_.create_group(path);
  archive_.fill();
  write_what_is_known();
  for (auto& matrix : layout_.matrices) matrix.indices = {};
}

void RunFile::write_provenance() {
  std::vector<std::pair<std::string, AttributeValue>> attributes{
      {"format", std::string("hjnet-run")},
      {"format_version", std::int64_t{1}},
      {"random_numbers", std::string(random_numbers)},
      {"ranks", std::int64_t{size_of(world_)}},
      {"created", from_root(world_, utc_now())},
      {"run_id", run_id_},
      {"parent_run_id", std::string{}},
      {"origin_run_id", origin_},
      {"restarts", std::string{}},
      {"name", settings_.name},
      {"epochs", std::int64_t{settings_.epochs}},
      {"samples_per_epoch", std::int64_t{settings_.samples_per_epoch}},
      {"input", settings_.resolved},
      {"data_digest", digest_on_all(world_, settings_)},
  };
  for (const auto& [name, value] : code_attributes()) attributes.emplace_back(name, value);
  for (const auto& [name, value] : launch_attributes(world_)) attributes.emplace_back(name, value);
  for (const auto& [name, value] : attributes) archive_.write_attribute("/", name, value);
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

void RunFile::write_member(const std::string& quantity, int member, std::uint64_t row, std::span<const double> values) {
  const auto path = "/ensemble/member/" + quantity;
  archive_.write<double>(path, Slab::row_part(archive_.dims(path), member_row(member), row, values.size()), values,
                         Access::independent);
}

void RunFile::write_run_and_member(const std::string& path, const std::string& quantity, int member, std::uint64_t row,
                                   std::span<const double> values) {
  if (is_first(member)) write_rows(path, row, values);
  if (settings_.ensemble) write_member(quantity, member, row, values);
}

void RunFile::write_scalars(std::optional<int> member, std::uint64_t row, const SampleSeries& series) {
  for (const auto& field : series_fields) {
    if (!field.is_there(settings_)) continue;
    const auto& values = series.*field.values;
    if (member) {
      write_member(field.name, *member, row, values);
    } else {
      write_rows(field.path, row, values);
    }
  }
}

void RunFile::write_series(int member, int first_epoch, const SampleSeries& series) {
  const auto rows = std::uint64_t{settings_.samples_an_epoch()};
  const auto row = static_cast<std::uint64_t>(first_epoch) * rows;
  const auto count = series.time.size();
  if (count == 0) return;
  together(group_, [&] {
    if (group_rank_ != 0) return;
    write_operators(member, first_epoch, series.operators);
    if (member == first_) {
      std::vector<std::int32_t> epochs(count);
      for (std::size_t i = 0; i < count; ++i) epochs[i] = first_epoch + static_cast<std::int32_t>(i / rows);
      archive_.write<std::int32_t>("/series/epoch", {{row}, {count}}, epochs, Access::independent);
      write_rows("/series/time", row, series.time);
    }
    if (!settings_.ensemble) return write_scalars(std::nullopt, row, series);
    write_scalars(member, row, series);
    const auto done = first_epoch + static_cast<std::int32_t>(count / rows);
    archive_.write<std::int32_t>("/progress/member_epochs", {{member_row(member)}, {1}}, std::span(&done, 1),
                                 Access::independent);
  });
}

void RunFile::read_series(const std::string& name, std::uint64_t first_sample, std::span<double> values) const {
  archive_.read<double>("/series/" + name, {{first_sample}, {values.size()}}, values, Access::independent);
}

void RunFile::write_epoch(int member, const EpochSamples& samples) {
  write_series(member, samples.epoch, samples);
  if (!settings_.output.states || member != first_) return;
  const auto row = static_cast<std::uint64_t>(samples.epoch) * samples.time.size();
  together(group_, [&] {
    write_states("/states/y", std::nullopt, row, samples.y);
    write_states("/states/delta", std::nullopt, row, samples.delta);
  });
}

void RunFile::write_states(const std::string& path, std::optional<int> member, std::uint64_t row,
                           std::span<const double> values) {
  const auto rows = std::uint64_t{settings_.samples_an_epoch()};
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
    Slab slab{{row, static_cast<std::uint64_t>(range.first)}, {rows, count}};
    if (member) {
      slab.start.insert(slab.start.begin(), member_row(*member));
      slab.count.insert(slab.count.begin(), 1);
    }
    archive_.write<double>(path, slab, packed, Access::independent);
    column += count;
  }
}

void RunFile::complete_epoch(int epochs_completed) {
  archive_.flush();
  const std::int32_t value = epochs_completed;
  archive_.write_root<std::int32_t>("/progress/epochs_completed", std::span(&value, 1));
}

void RunFile::sync() const {
  together(group_, [&] { Descriptor(archive_.file(), O_RDONLY).sync(); });
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

void RunFile::open_sections() {
  for (const auto& section : sections_) section.open(*this);
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
