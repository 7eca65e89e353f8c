#include "run/member.hpp"

#include "archive/collective.hpp"
#include "engine/choice.hpp"
#include "parallel/agree.hpp"
#include "parallel/stop.hpp"
#include "run/evaluation_stage.hpp"
#include "run/particle_stage.hpp"
#include "run/value_stage.hpp"

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
  return (static_cast<std::size_t>(settings.samples_per_epoch) + 1) * static_cast<std::size_t>(epochs);
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
  if (settings.wavefunction) probe_.emplace(network_, input_, settings, number);
  if (settings.particles && settings.particles->feedback) feedback_.emplace(group, settings);
  if (settings.has_branches()) branches_.emplace(network_, settings, number);
  if (settings.kernel && is_first()) kernel_.emplace(network_, input_, settings, engine_->delayed_weights());
  if (settings.evaluate) {
    evaluation_ = std::make_unique<EvaluationStage>(network_, input_, settings, engine_->delayed_weights(), number);
  }
  if (settings.environment) {
    values_ = std::make_unique<ValueStage>(network_, input_, settings, engine_->delayed_weights(), number);
  }
}

Member::~Member() = default;

void Member::save(VectorArchive& out, bool sweep) const {
  if (file_ != nullptr) {  // a checkpoint must not be ahead of the samples that it relies on
    publish();
    file_->sync();
  }
  engine_->save(out, sweep);
  sampler_.save(out);
  if (feedback_) feedback_->save(out);
  if (branches_) branches_->save(out);
  if (kernel_) kernel_->save(out);
  if (values_) values_->save(out);
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
  const auto sizes =
      engine_->saved_bytes(sweep) + (kernel_ ? kernel_->saved_bytes() : 0) + (branches_ ? branches_->saved_bytes() : 0);
  if (rank != 0) return sizes;
  const auto samples = static_cast<std::int64_t>(
      (samples_of(settings_, epochs_done_) * static_cast<std::size_t>(series_numbers(settings_)) +
       result_.series.operators.size()) *
      sizeof(double));
  return sizes + samples + (feedback_ ? feedback_->saved_bytes() : 0) + (values_ ? values_->saved_bytes() : 0);
}

void Member::load(const CheckpointInfo& checkpoint) {
  auto archive = Archive::open(group_, checkpoint.file);
  const VectorArchive in(group_, archive, network_.layout());
  engine_->load(in);
  sampler_.load(in);
  if (kernel_) kernel_->load(in);
  if (branches_) branches_->load(in);
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
  if (values_) values_->load(in, epochs_done_);
  if (feedback_) {
    feedback_->load(in, epochs_done_);
    input_.feed(feedback_->stokes(feedback_->epochs_done()));
  }
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
  if (feedback_) file.write_stokes(number_, samples.epoch, feedback_->stokes(samples.epoch));
  if (!is_first()) return;
  if (samples.epoch == 0) file.write_momenta("initial", engine_->starting_momenta());
  const auto name = fmt::format("epoch_{:05}", samples.epoch + 1);
  file.write_weights(name, engine_->weights());
  file.write_momenta(name, engine_->momenta());
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
  std::optional<FamilyEpoch> family;
  {
    const Stopwatch watch(timing.integration);
    record = engine_->advance();
  }
  {
    const Stopwatch watch(timing.reduction);
    samples = sampler_.sample(record);
    if (branches_) branches_->take(samples);
    if (probe_) family = probe_->observe(record, samples);
    if (kernel_) kernel_->add_epoch();
  }
  const Stopwatch watch(timing.output);
  write_epoch(file, samples);
  if (family) file.write_family(number_, samples, *family);
  if (values_) values_->take(record, file);
  append(result_.series, samples);
  for (const double value : samples.constraints.values) {
    result_.constraint = std::max(result_.constraint.value_or(0.0), std::abs(value));
  }
  ++epochs_done_;
}

/// Judges the network after the epochs done, where that is due. Where it is left because the run is to stop, that
/// request stands: the run stops at its next chance, and a restart begins with this.
void Member::evaluate(RunFile& file, Progress& progress, Timing& timing, const Checkpoints& checkpoints) {
  if (!evaluation_) return;
  const Stopwatch watch(timing.evaluation);
  progress.stage("evaluation");
  try {
    const StopsHeeded heeded(checkpoints.deadline(), [&] { progress.tick(); });
    evaluation_->epochs_done(epochs_done_, file);
  } catch (const stop_request&) {
    return;
  }
  progress.show(evaluation_->last());
}

/// Takes the particles through the last epoch that was written, unless they are there, and feeds the ports for the next
/// one. A checkpoint of a run that was stopped meanwhile has it done first of all.
void Member::feed_back(Progress& progress, Timing& timing, Checkpoints& checkpoints) {
  if (feedback_->epochs_done() == epochs_done_) return;
  const Stopwatch watch(timing.quantum);
  const auto& operators = result_.series.operators;
  try {
    const StopsHeeded heeded(checkpoints.deadline(), [&] { progress.tick(); });
    feedback_->advance(std::span(operators).last(operators.size() / static_cast<std::size_t>(epochs_done_)));
  } catch (const stop_request&) {
    checkpoints.stage_stopped(*this);
  }
  input_.feed(feedback_->stokes(epochs_done_));
  if (!is_first() || warned_ || epochs_done_ == settings_.epochs) return;
  const double smallest = feedback_->smallest_eigenvalue();
  warned_ = smallest < -settings_.boltzmann.positivity_tolerance;
  if (!warned_) return;
  spdlog::warn(
      "Feedback: in epoch {} the ports are fed the Stokes vectors of a mixture that is not positive (smallest "
      "eigenvalue {:.3g}). The run goes on with what was computed; its summary counts such epochs.",
      epochs_done_, smallest);
}

/// Says that learning diverges when it begins to; of an ensemble's members the first speaks.
void Member::watch_growth() {
  const auto rows = static_cast<std::size_t>(settings_.samples_per_epoch) + 1;
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
    if (is_first() && epochs_done_ == 0) file.write_weights("initial", engine_->weights());
    restore_series(file);
    if (feedback_) file.write_stokes(number_, 0, feedback_->fed());
    if (evaluation_ && epochs_done_ > 0) evaluation_->resume(epochs_done_, file);
    if (values_) values_->resume(file);
  }
  evaluate(file, progress, timing, checkpoints);  // after a restart too: the file's row may be that of a later epoch
  progress.skip(epochs_done_);
  engine_->after_step([&] {
    checkpoints.step_done(*this);
    progress.step_done(number_);
  });
  checkpoints.run_begins(*this);
  if (feedback_) feed_back(progress, timing, checkpoints);
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
      evaluate(file, progress, timing, checkpoints);
      watch_growth();
      if (publishing_is_due()) {
        const Stopwatch watch(timing.output);
        publish();
      }
      if (feedback_) feed_back(progress, timing, checkpoints);
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
  if (is_first()) {
    const Stopwatch watch(timing.output);
    file.write_weights("final", engine_->weights());
    file.write_momenta("final", engine_->momenta());
    if (kernel_) {
      progress.stage("path kernel");
      heed_stop(group_);
      const auto kernel = kernel_->result();
      file.write_kernel(number_, kernel);
      result_.kernel = describe_kernel(settings_, kernel);
    }
  }
  if (evaluation_) result_.evaluation = evaluation_->curves();
  result_.growth = growth_.growth();
  if (values_) result_.values = values_->describe();
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
  if (settings.evaluate) result.evaluation = agreed(group, [&] { return file.read_evaluation(number); });
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
  for (std::size_t i = 0; i < stored.density.size(); i += 16) {
    result.density.emplace_back(
        Eigen::Map<const Eigen::Matrix<std::complex<double>, 4, 4, Eigen::RowMajor>>(stored.density.data() + i));
  }
  return result;
}

}  // namespace hjnet
