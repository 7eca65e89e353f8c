#include "run/restart/checkpoints.hpp"

#include "archive/collective.hpp"
#include "archive/files/publish.hpp"
#include "parallel/errors.hpp"
#include "parallel/stop.hpp"
#include "results/provenance.hpp"
#include "run/output_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <system_error>
#include <utility>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

constexpr double minute = 60.0;
/// Beyond what the arrays take: HDF5's structure, attributes, rounding up.
constexpr std::int64_t spare_bytes = std::int64_t{1} << 20;
/// A checkpoint takes about as long as the last one; with this margin it ends before the wall time does.
constexpr double write_margin = 1.5;
/// A checkpoint that nobody asked for is small: all of them together against the larger of this and the run file.
constexpr std::int64_t small_bytes = std::int64_t{1} << 30;
constexpr int few_files = 64;

bool periodic(const CheckpointSettings& when) {
  return when.every_epochs > 0 || when.every_minutes > 0.0;
}

/// Makes the directory where it is missing, and throws where it cannot be written.
void expect_writable(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored)) {
    throw io_error(fmt::format("cannot make the directory '{}' for checkpoints{}{}", directory.string(),
                               error ? ": " : "", error ? error.message() : ""));
  }
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    throw io_error(fmt::format("cannot write checkpoints to '{}': {}", directory.string(),
                               std::error_code(errno, std::generic_category()).message()));
  }
}

}  // namespace

void expect_room_for_checkpoints(MPI_Comm comm, const Settings& settings, bool wall_time_ends) {
  const auto& when = settings.output.checkpoint;
  if (!periodic(when) && !wall_time_ends && !when.final.value_or(false)) return;
  together(comm, [&] {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    if (rank == 0) expect_writable(when.directory);
  });
}

Checkpoints::Checkpoints(MPI_Comm group, const Settings& settings, int member, RunIdentity identity, WallTime wall_time,
                         const CheckpointInfo* loaded)
    : group_(group),
      settings_(settings),
      when_(settings.output.checkpoint),
      member_(member),
      identity_(std::move(identity)),
      wall_time_(wall_time),
      stem_(checkpoint_stem(group, settings, member)),
      last_write_(MPI_Wtime()) {
  MPI_Comm_rank(group, &rank_);
  const auto files = checkpoint_files(group, settings, member);
  for (const auto* list : {&files.of_older_versions, &files.own}) {
    if (!list->empty()) next_number_ = std::max(next_number_, list->back().number + 1);
  }
  if (loaded == nullptr) {
    take_over_abandoned(files.own);
    return;
  }
  stuck_ = true;
  write_seconds_ = loaded->write_seconds;
  epoch_before_ = loaded->sweep ? loaded->epoch_seconds : 0.0;
  const auto& last = files.own.empty() ? files.of_older_versions : files.own;
  branched_ = last.empty() || last.back().file != loaded->file;
  if (!branched_ && !loaded->sweep) saved_epoch_ = loaded->epochs_done;
  take_over(files, *loaded);
}

std::string Checkpoints::origin_of(const fs::path& file) const {
  try {
    return read_checkpoint(group_, file).origin;
  } catch (const io_error&) {
    return {};
  }
}

void Checkpoints::take_over(const CheckpointLists& files, const CheckpointInfo& loaded) {
  const auto older = files.of_older_versions.size();
  for (std::size_t i = 0; i < older + files.own.size(); ++i) {
    const auto& file = i < older ? files.of_older_versions[i].file : files.own[i - older].file;
    if (file == loaded.file) {
      kept_.push_back(file);
      return;
    }
    const auto origin = origin_of(file);
    if (origin == loaded.origin) kept_.push_back(file);
    if (i >= older && !origin.empty() && origin != loaded.origin) abandoned_.push_back(file);
  }
  kept_ = {};  // the one loaded lies elsewhere: nothing here is ours to remove
  abandoned_ = {};
}

void Checkpoints::take_over_abandoned(const std::vector<CheckpointFile>& own) {
  for (const auto& [number, file] : own) {
    if (!origin_of(file).empty()) abandoned_.push_back(file);
  }
}

void Checkpoints::run_begins(const Checkpointed& state) {
  last_look_ = MPI_Wtime();
  if (branched_) try_to_write(state, false);
}

void Checkpoints::epoch_begins() {
  epoch_start_ = MPI_Wtime();
}

double Checkpoints::epoch_seconds() const {
  return epoch_before_ + MPI_Wtime() - epoch_start_;
}

Checkpoints::Verdict Checkpoints::verdict() {
  enum : int { stop = 1, due = 2, long_epoch = 4 };
  int bits = stop_signalled() ? stop : 0;
  if (rank_ == 0) {
    const double now = MPI_Wtime();
    longest_step_ = std::max(longest_step_, now - last_look_);
    last_look_ = now;
    const double needed = longest_step_ + write_margin * write_seconds_;
    if (wall_time_.most && now - wall_time_.start + needed > *wall_time_.most) bits |= stop;
    if (when_.every_minutes > 0.0 && now - last_write_ > when_.every_minutes * minute) bits |= due;
    // A run that never gets through an epoch in its wall time would do the same one again for ever.
    if (stuck_ || epoch_seconds() >= when_.redo_minutes * minute) bits |= long_epoch;
  }
  MPI_Allreduce(MPI_IN_PLACE, &bits, 1, MPI_INT, MPI_BOR, group_);
  return {(bits & stop) != 0, (bits & due) != 0, (bits & long_epoch) != 0};
}

void Checkpoints::step_done(const Checkpointed& state) {
  const auto now = verdict();
  if (now.stop) stop(state, now.long_epoch);
  if (now.due && now.long_epoch) try_to_write(state, true);
}

void Checkpoints::epoch_done(const Checkpointed& state) {
  stuck_ = false;
  epoch_before_ = 0.0;
  epoch_start_ = MPI_Wtime();
  const auto now = verdict();
  if (now.stop) stop(state, false);
  const int done = state.epochs_done();
  const bool last = done == settings_.epochs && wants_final(state);
  if (now.due || last || (when_.every_epochs > 0 && done % when_.every_epochs == 0)) try_to_write(state, false);
}

/// The last one is for more epochs, and for a stop in what comes after them.
bool Checkpoints::wants_final(const Checkpointed& state) const {
  if (when_.final) return *when_.final;
  if (periodic(when_) || wall_time_.most) return true;
  const int files = settings_.members();
  std::int64_t bytes = state.saved_bytes(false);
  MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_INT64_T, MPI_SUM, group_);
  std::error_code error;
  const auto size = rank_ == 0 ? fs::file_size(settings_.output.file, error) : 0;
  auto most = std::max(small_bytes, error ? 0 : static_cast<std::int64_t>(size));
  MPI_Bcast(&most, 1, MPI_INT64_T, 0, group_);
  return files <= few_files && bytes <= most / files;
}

double Checkpoints::deadline() const {
  return wall_time_.most ? wall_time_.start + *wall_time_.most - write_margin * write_seconds_
                         : std::numeric_limits<double>::infinity();
}

void Checkpoints::stop(const Checkpointed& state, bool sweep) {
  try {
    write(state, sweep);
  } catch (const io_error& error) {
    throw io_error(fmt::format("{}; {}", error.what(),
                               kept_.empty() ? "there is no earlier checkpoint"
                                             : fmt::format("the last good one is '{}'", kept_.back().string())));
  }
  throw StoppedEarly{kept_.back(), state.epochs_done()};
}

void Checkpoints::try_to_write(const Checkpointed& state, bool sweep) {
  try {
    write(state, sweep);
  } catch (const io_error& error) {
    if (rank_ == 0) {
      fmt::print(stderr, "hjnet: WARNING: {}; the run goes on without this checkpoint\n", error.what());
    }
    last_write_ = MPI_Wtime();
  }
}

void Checkpoints::expect_room(const Checkpointed& state, bool sweep) const {
  std::int64_t bytes = state.saved_bytes(sweep);
  MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_INT64_T, MPI_SUM, group_);
  together(group_, [&] {
    if (rank_ != 0) return;
    expect_writable(when_.directory);
    std::error_code error;
    const auto room = fs::space(when_.directory, error).available;
    const auto needed = static_cast<std::uintmax_t>(bytes + spare_bytes);
    if (error || room >= needed) return;
    throw io_error(fmt::format("no room for a checkpoint in '{}': it takes {:.3g} MB, {:.3g} MB are free",
                               when_.directory.string(), 1e-6 * static_cast<double>(needed),
                               1e-6 * static_cast<double>(room)));
  });
}

/// The next name that nobody else has taken meanwhile.
fs::path Checkpoints::free_name() {
  std::error_code error;
  const auto name = [&] { return when_.directory / fmt::format("{}-{:06}.h5", stem_, next_number_); };
  while (rank_ == 0 && fs::exists(name(), error)) ++next_number_;
  MPI_Bcast(&next_number_, 1, MPI_INT64_T, 0, group_);
  return name();
}

/// Written beside, sealed, synced, renamed: whatever happens meanwhile, no earlier checkpoint is touched.
void Checkpoints::write(const Checkpointed& state, bool sweep) {
  sweep = sweep && state.saves_sweeps();
  if (!sweep && saved_epoch_ == state.epochs_done()) return;
  const double begin = MPI_Wtime();
  expect_room(state, sweep);
  const auto file = free_name();
  const auto partial = partial_name(file);
  auto archive = Archive::create(group_, partial, true);
  try {
    archive.keep_checksums();
    write_attributes(archive, state, sweep);
    VectorArchive vectors(group_, archive, state.layout());
    state.save(vectors, sweep);
    archive.seal();
  } catch (const io_error&) {
    archive.discard();
    throw;
  }
  publish(group_, partial, file);
  ++next_number_;
  kept_.push_back(file);
  saved_epoch_ = sweep ? std::nullopt : std::optional(state.epochs_done());
  remove_old();
  last_write_ = last_look_ = MPI_Wtime();
  write_seconds_ = last_write_ - begin;
  seconds_ += write_seconds_;
}

void Checkpoints::write_attributes(Archive& archive, const Checkpointed& state, bool sweep) const {
  int ranks = 1;
  MPI_Comm_size(group_, &ranks);
  std::array<double, 2> seconds{sweep ? epoch_seconds() : 0.0, write_seconds_};
  MPI_Bcast(seconds.data(), 2, MPI_DOUBLE, 0, group_);
  const double left = when_.every_minutes > 0.0 ? when_.every_minutes * minute : -1.0;
  std::vector<std::pair<std::string, AttributeValue>> attributes{
      {"format", std::string(checkpoint_format)},
      {"format_version", checkpoint_version},
      {"created", from_root(group_, utc_now())},
      {"ranks", std::int64_t{ranks}},
      {"name", settings_.name},
      {"run_file", from_root(group_, fs::absolute(settings_.output.file).string())},
      {"run_id", identity_.id},
      {"origin_run_id", identity_.origin},
      {"member", std::int64_t{member_}},
      {"epochs_done", std::int64_t{state.epochs_done()}},
      {"sweep", std::int64_t{sweep ? 1 : 0}},
      {"epoch_seconds", seconds[0]},
      {"write_seconds", seconds[1]},
      {"seconds_to_next", left},
      {"input", from_root(group_, settings_.resolved)},
  };
  for (const auto& [name, value] : code_attributes()) attributes.emplace_back(name, value);
  for (const auto& [name, value] : attributes) archive.write_attribute("/", name, value);
}

/// Removes all but the newest ones of those known to be good. That one cannot be removed is no reason to stop.
void Checkpoints::remove_old() {
  while (abandoned_.size() + kept_.size() > static_cast<std::size_t>(when_.keep)) {
    auto& oldest = abandoned_.empty() ? kept_ : abandoned_;
    std::error_code ignored;
    if (rank_ == 0) fs::remove(oldest.front(), ignored);
    oldest.erase(oldest.begin());
  }
}

}  // namespace hjnet
