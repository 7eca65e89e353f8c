#include "run/member.hpp"

#include "archive/collective.hpp"
#include "engine/choice.hpp"
#include "parallel/agree.hpp"
#include "parallel/stop.hpp"
#include "run/particle_stage.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hjnet {

namespace {

/// Adds the seconds of a scope to a sum.
class Stopwatch {
public:
  explicit Stopwatch(double& sum) : sum_(sum), start_(MPI_Wtime()) {}
  ~Stopwatch() { sum_ += MPI_Wtime() - start_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

private:
  double& sum_;
  double start_;
};

void append(std::vector<double>& to, const std::vector<double>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(SampleSeries& to, const SampleSeries& from) {
  append(to.time, from.time);
  append(to.operators, from.operators);
  for (const auto& field : series_fields) append(to.*field.values, from.*field.values);
}

/// How many samples so many epochs have.
std::size_t samples_of(const Settings& settings, int epochs) {
  return settings.samples_an_epoch() * static_cast<std::size_t>(epochs);
}

/// All but the first epochs.
SampleSeries tail_of(const Settings& settings, const SampleSeries& series, int epochs) {
  const std::size_t samples = series.time.size();
  const auto first = samples_of(settings, epochs);
  const auto tail = [&](const std::vector<double>& from) {
    const auto width = from.size() / samples;
    return std::vector<double>(from.begin() + static_cast<std::ptrdiff_t>(first * width), from.end());
  };
  SampleSeries out;
  out.time = tail(series.time);
  for (const auto& field : series_fields) out.*field.values = tail(series.*field.values);
  const auto numbers = series.operators.size() * first / samples;
  out.operators.assign(series.operators.begin() + static_cast<std::ptrdiff_t>(numbers), series.operators.end());
  return out;
}

}  // namespace

Member::Member(MPI_Comm group, const Settings& settings, int number)
    : group_(group),
      settings_(settings),
      number_(number),
      network_(group, settings, static_cast<std::uint32_t>(number)),
      input_(network_, settings, static_cast<std::uint32_t>(number)),
      engine_(make_engine(network_, input_, settings)),
      sampler_(network_, input_, settings),
      growth_(settings) {
  const Watched watched{network_, input_, settings, *engine_, number};
  for (const auto& kind : observer_kinds()) observers_.push_back(kind.asked(settings) ? kind.make(watched) : nullptr);
}

template <class Work>
void Member::each_observer(Work work) const {
  for (const auto& observer : observers_) {
    if (observer) work(*observer);
  }
}

void Member::save(VectorArchive& out, bool sweep) const {
  if (file_ != nullptr) {  // a checkpoint must not be ahead of the samples that it relies on
    publish();
    file_->sync();
  }
  engine_->save(out, sweep);
  sampler_.save(out);
  each_observer([&](const Observer& observer) { observer.save(out); });
  save_series(out);
}

void Member::save_series(VectorArchive& out) const {
  out.create_group("/series");
  int rank = 0;
  MPI_Comm_rank(group_, &rank);
  const auto save = [&](const std::string& name, const std::vector<double>& held, const char* description) {
    const auto path = "/series/" + name;
    if (held_from_ == 0) return out.write_numbers(path, held, description);
    const auto samples = samples_of(settings_, epochs_done_);
    out.archive().create_dataset<double>(path, {samples}, description);
    together(group_, [&] {
      std::vector<double> block;
      for (std::size_t first = 0; rank == 0 && first < samples; first += block.size()) {
        block.resize(std::min(samples_a_block, samples - first));
        file_->read_series(name, first, block);
        out.archive().write<double>(path, {{first}, {block.size()}}, block, Access::independent);
      }
    });
  };
  save("time", result_.series.time, "times of the samples of the epochs done");
  for (const auto& field : series_fields) {
    if (field.is_there(settings_)) save(field.name, result_.series.*field.values, "samples of the epochs done");
  }
  out.write_numbers("/series/operators", result_.series.operators, "c_alpha at the nodes of the epochs done");
}

std::int64_t Member::saved_bytes(bool sweep) const {
  int rank = 0;
  MPI_Comm_rank(group_, &rank);
  auto sizes = engine_->saved_bytes(sweep);
  each_observer([&](const Observer& observer) { sizes += observer.saved_bytes(); });
  if (rank != 0) return sizes;
  const auto samples = static_cast<std::int64_t>(
      (samples_of(settings_, epochs_done_) * static_cast<std::size_t>(series_numbers(settings_)) +
       result_.series.operators.size()) *
      sizeof(double));
  return sizes + samples;
}

void Member::load(const CheckpointInfo& checkpoint) {
  auto archive = Archive::open(group_, checkpoint.file);
  const VectorArchive in(group_, archive, network_.layout());
  engine_->load(in);
  sampler_.load(in);
  epochs_done_ = checkpoint.epochs_done;
  auto& series = result_.series;
  series.interaction = in.read_numbers("/series/interaction");
  growth_.take(series.interaction);
  const auto samples = series.interaction.size();
  if (holds_series(settings_)) {
    series.time = in.read_numbers("/series/time");
    for (const auto& field : series_fields) {
      if (field.values == &SampleSeries::interaction || !field.is_there(settings_)) continue;
      series.*field.values = in.read_numbers(std::string("/series/") + field.name);
    }
    series.operators = in.read_numbers("/series/operators");
  } else {
    series = {};
    continued_ = checkpoint.file;
    held_from_ = epochs_done_;
  }
  each_observer([&](Observer& observer) { observer.load(in, epochs_done_); });
  if (samples != samples_of(settings_, epochs_done_)) {
    throw io_error(fmt::format("'{}' holds {} samples instead of {} an epoch", checkpoint.file.string(), samples,
                               samples_of(settings_, 1)));
  }
  archive.close();
}

void Member::restore_series(RunFile& file) const {
  if (held_from_ == 0) return file.write_series(number_, 0, result_.series);
  auto archive = Archive::open(group_, continued_);
  const auto samples = samples_of(settings_, epochs_done_);
  const int epochs = std::max(1, static_cast<int>(samples_a_block / samples_of(settings_, 1)));
  for (int first = 0; first < epochs_done_; first += epochs) {
    const auto row = samples_of(settings_, first);
    const auto count = std::min(samples_of(settings_, epochs), samples - row);
    const auto read = [&](const std::string& name) {
      std::vector<double> values(count);
      archive.read<double>("/series/" + name, {{row}, {count}}, values, Access::independent);
      return values;
    };
    file.write_series(number_, first, agreed(group_, [&] {
                        SampleSeries block;
                        block.time = read("time");
                        for (const auto& field : series_fields) {
                          if (field.is_there(settings_)) block.*field.values = read(field.name);
                        }
                        return block;
                      }));
  }
  archive.close();
}

void Member::write_epoch(RunFile& file, const EpochSamples& samples) {
  if (!may_wait()) file.write_epoch(number_, samples);
  each_observer([&](Observer& observer) { observer.write(file, samples); });
}

bool Member::publishing_is_due() const {
  // To bring an epoch to the disk takes as long as to integrate some of a small network.
  constexpr double interval = 0.25;
  if (!may_wait()) return true;
  int due = epochs_done_ == settings_.epochs || MPI_Wtime() - last_published_ >= interval ? 1 : 0;
  MPI_Bcast(&due, 1, MPI_INT, 0, group_);
  return due == 1;
}

void Member::publish() const {
  if (published_ == epochs_done_) return;
  if (may_wait()) {
    file_->write_series(number_, published_, tail_of(settings_, result_.series, published_ - held_from_));
  }
  done_(epochs_done_);
  published_ = epochs_done_;
  last_published_ = MPI_Wtime();
}

/// One epoch: integrated, sampled, written.
void Member::advance(RunFile& file, Timing& timing) {
  if (published_ == epochs_done_ && !holds_series(settings_)) {
    result_.series = {};
    held_from_ = epochs_done_;
  }
  EpochRecord record;
  EpochSamples samples;
  {
    const Stopwatch watch(timing.integration);
    record = engine_->advance();
  }
  {
    const Stopwatch watch(timing.reduction);
    samples = sampler_.sample(record);
    each_observer([&](Observer& observer) { observer.take(record, samples); });
  }
  const Stopwatch watch(timing.output);
  write_epoch(file, samples);
  append(result_.series, samples);
  ++epochs_done_;
}

/// Has the observers look at the network after the epochs done. Where that is left because the run is to stop, the
/// request stands: the run stops at its next chance, and a restart begins with this.
void Member::look(RunFile& file, Progress& progress, Timing& timing, const Checkpoints& checkpoints) {
  const Stopwatch watch(timing.evaluation);
  try {
    const StopsHeeded heeded(checkpoints.deadline(), [&] { progress.tick(); });
    each_observer([&](Observer& observer) { observer.look(file, epochs_done_, progress); });
  } catch (const stop_request&) {  // looked at again
  }
}

/// Has the observers act on the network before its next epoch. A checkpoint of a run that was stopped meanwhile has it
/// done first of all.
void Member::act(Progress& progress, Timing& timing, Checkpoints& checkpoints) {
  const Stopwatch watch(timing.quantum);
  try {
    const StopsHeeded heeded(checkpoints.deadline(), [&] { progress.tick(); });
    each_observer([&](Observer& observer) { observer.act(epochs_done_, result_.series); });
  } catch (const stop_request&) {
    checkpoints.stage_stopped(*this);
  }
}

/// Says that learning diverges when it begins to; of an ensemble's members the first speaks.
void Member::watch_growth() {
  const auto rows = settings_.samples_an_epoch();
  const auto found = growth_.take(std::span<const double>(result_.series.interaction).last(rows));
  if (found && is_first()) spdlog::warn("{}", describe(*found));
}

MemberResult Member::run(RunFile& file, Progress& progress, Timing& timing, Checkpoints& checkpoints,
                         const std::function<void(int epochs)>& done) {
  result_.member = number_;
  file_ = &file;
  done_ = done;
  published_ = epochs_done_;
  last_published_ = MPI_Wtime();
  {
    const Stopwatch watch(timing.output);
    restore_series(file);
    each_observer([&](Observer& observer) { observer.begin(file, epochs_done_); });
  }
  look(file, progress, timing, checkpoints);  // after a restart too: the file's row may be that of a later epoch
  progress.skip(epochs_done_);
  engine_->after_step([&] {
    checkpoints.step_done(*this);
    progress.step_done(number_);
  });
  checkpoints.run_begins(*this);
  act(progress, timing, checkpoints);
  take_epochs(file, progress, timing, checkpoints);
  timing.checkpoint += checkpoints.seconds();
  try {
    const StopsHeeded heeded(checkpoints.deadline(), [&] { progress.tick(); });
    conclude(file, progress, timing);
  } catch (const stop_request&) {
    checkpoints.stage_stopped(*this);
  }
  return std::move(result_);
}

void Member::take_epochs(RunFile& file, Progress& progress, Timing& timing, Checkpoints& checkpoints) {
  try {
    while (epochs_done_ < settings_.epochs) {
      checkpoints.epoch_begins();
      advance(file, timing);
      look(file, progress, timing, checkpoints);
      watch_growth();
      if (publishing_is_due()) {
        const Stopwatch watch(timing.output);
        publish();
      }
      act(progress, timing, checkpoints);
      progress.epoch_done(number_, epochs_done_ * settings_.epoch_length, engine_->work().at("steps"));
      checkpoints.epoch_done(*this);
    }
  } catch (const numerical_error&) {  // on all ranks alike; what was done until then is kept
    publish();
    throw;
  }
}

/// What comes after the last epoch. A checkpoint from there has it done again from its beginning.
void Member::conclude(RunFile& file, Progress& progress, Timing& timing) {
  {
    const Stopwatch watch(timing.output);
    each_observer([&](Observer& observer) { observer.conclude(file, progress); });
  }
  for (const auto& observer : observers_) result_.observed.push_back(observer ? observer->describe() : std::string());
  result_.growth = growth_.growth();
  if (!settings_.particles) return;
  const auto stage = take_particles(group_, settings_, file, progress, result_);
  timing.quantum += stage.quantum;
  timing.output += stage.output;
}

bool holds_series(const Settings& settings) {
  return settings.ensemble || settings.particles;
}

std::vector<double> sample_times(const Settings& settings, int epochs) {
  std::vector<double> times;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    for (int s = 0; s <= settings.samples_per_epoch; ++s) times.push_back(sample_time(settings, epoch, s));
  }
  return times;
}

MemberResult finished_member(MPI_Comm group, const Settings& settings, int number, const RunFile& file) {
  auto stored = agreed(group, [&] { return file.read_member(number); });
  MemberResult result;
  result.member = number;
  result.series = std::move(stored.series);
  result.series.time = sample_times(settings, settings.epochs);
  GrowthWatch growth(settings);
  growth.take(result.series.interaction);
  result.growth = growth.growth();
  if (!settings.particles) return result;
  if (settings.boltzmann.critical) result.critical = agreed(group, [&] { return file.read_critical(number); });
  if (number == settings.ensemble->first) {
    take_extremes(group, settings, result);
    return result;
  }
  result.concurrence = std::move(stored.concurrence);
  result.physical.assign(stored.physical.begin(), stored.physical.end());
  result.density = std::move(stored.density);
  return result;
}

}  // namespace hjnet
