// Feedback as what a member's run does between two epochs.
#include "archive/collective.hpp"
#include "observe/feedback/feedback.hpp"
#include "parallel/counts.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

namespace hjnet {

namespace {

constexpr const char* fed_path = "/particles/stokes";
constexpr auto directions = Feedback::directions;
constexpr const char* fed_description = "Stokes vectors s_A, s_B fed to the ports";

/// The vectors of the epochs from the first one on.
void write_fed(RunFile& file, int member, int first_epoch, std::span<const double> stokes) {
  if (stokes.empty()) return;
  const auto row = static_cast<std::uint64_t>(first_epoch);
  together(file.group(), [&] {
    if (file.group_rank() == 0) file.write_run_and_member(fed_path, "stokes", member, row, stokes);
  });
}

}  // namespace

FeedbackObserver::FeedbackObserver(const Watched& watched)
    : input_(watched.input),
      settings_(watched.settings),
      member_(watched.member),
      feedback_(watched.group(), watched.settings) {}

void FeedbackObserver::begin(RunFile& file, int /*epochs_done*/) {
  write_fed(file, member_, 0, feedback_.fed());
}

void FeedbackObserver::write(RunFile& file, const EpochSamples& samples) {
  write_fed(file, member_, samples.epoch, feedback_.stokes(samples.epoch));
}

void FeedbackObserver::act(int epochs_done, const SampleSeries& series) {
  if (feedback_.epochs_done() == epochs_done) return;
  const std::span<const double> operators = series.operators;
  feedback_.advance(operators.last(operators.size() / as_size(epochs_done)));
  input_.feed(feedback_.stokes(epochs_done));
  warn(epochs_done);
}

void FeedbackObserver::warn(int epochs_done) {
  if (member_ != settings_.first_member() || warned_ || epochs_done == settings_.epochs) return;
  const double smallest = feedback_.smallest_eigenvalue();
  warned_ = smallest < -settings_.boltzmann.positivity_tolerance;
  if (!warned_) return;
  spdlog::warn(
      "Feedback: in epoch {} the ports are fed the Stokes vectors of a mixture that is not positive (smallest "
      "eigenvalue {:.3g}). The run goes on with what was computed; its summary counts such epochs.",
      epochs_done, smallest);
}

void FeedbackObserver::load(const VectorArchive& in, int epochs_done) {
  feedback_.load(in, epochs_done);
  input_.feed(feedback_.stokes(feedback_.epochs_done()));
}

void FeedbackObserver::lay_out(RunFile& file) {
  const std::vector<Dimension> dims{file.epoch_axis(), {"direction", directions}};
  file.archive().create_dataset<double>(fed_path, dims, fmt::format("{}, a row an epoch", fed_description));
  if (!file.settings().ensemble) return;
  file.create_members("stokes", dims, fed_description, " of each member, a row an epoch", false);
}

/// How long the Stokes vectors are that the ports were fed, in the first and in the last of the epochs so far.
std::vector<InfoLine> FeedbackObserver::info(const Archive& archive) {
  if (!archive.contains(fed_path)) return {};
  const auto stokes = archive.read_all<double>(fed_path);
  const auto end = std::find_if(stokes.begin(), stokes.end(), [](double s) { return !std::isfinite(s); });
  const auto epochs = static_cast<std::size_t>(std::distance(stokes.begin(), end)) / directions;
  if (epochs == 0) return {};
  const auto length = [&](std::size_t epoch, std::size_t particle) {
    const double* s = stokes.data() + epoch * directions + 3 * particle;
    return std::hypot(s[0], s[1], s[2]);
  };
  return {
      {"feedback", fmt::format("fed |s_A| = {:.4g}, |s_B| = {:.4g} in epoch 0; {:.4g}, {:.4g} in epoch {}",
                               length(0, 0), length(0, 1), length(epochs - 1, 0), length(epochs - 1, 1), epochs - 1)}};
}

/// The vectors fed, of every member too, and the modes' states.
ObserverSize FeedbackObserver::size(const Settings& settings, const RunSize& /*run*/) {
  const std::int64_t fed = static_cast<std::int64_t>(directions) * settings.epochs;
  ObserverSize out;
  out.file_bytes = number_bytes * fed * (settings.ensemble ? 1 + settings.ensemble->members : 1);
  out.checkpoint_bytes = number_bytes * (16 * (static_cast<std::int64_t>(settings.boltzmann.k0.size()) + 1) + fed + 6);
  return out;
}

}  // namespace hjnet
