#include "run/simulation.hpp"

#include "archive/collective.hpp"
#include "archive/files/owner.hpp"
#include "observe/observers.hpp"
#include "parallel/agree.hpp"
#include "parallel/communication_time.hpp"
#include "parallel/counts.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "results/progress.hpp"
#include "results/provenance.hpp"
#include "run/critical.hpp"
#include "run/ensemble.hpp"
#include "run/estimate/estimate.hpp"
#include "run/fit.hpp"
#include "run/member.hpp"
#include "run/memory.hpp"
#include "run/output_files.hpp"
#include "run/particle_stage.hpp"
#include "run/restart/restart.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace hjnet {

namespace {

/// The state of a run between its parts. The order: groups, first member (its layout shapes the file), what a restart
/// finds, file, all members in rounds, ensemble statistics, fits, timing, end. Each part is collective over world.
class Simulation {
public:
  Simulation(MPI_Comm world, const Settings& settings, const RunOptions& options)
      : world_(world),
        settings_(settings),
        quiet_(options.quiet),
        wall_time_{MPI_Wtime(), options.max_walltime},
        groups_(world, settings) {
    MPI_Comm_rank(world, &rank_);
    int ranks = 1;
    MPI_Comm_size(world, &ranks);
    agreed(world, [&] {
      refuse_oversized(settings, ranks);
      return 0;
    });
    expect_safe_outputs(world, settings, options.restart);
    owner_.emplace(world, settings.output.file, utc_now());
    if (!options.overwrite && !options.restart) expect_no_run_file(world, settings);
    if (options.restart) beginning_ = find_beginning(world, settings, *options.restart);
    if (is_complete()) return;
    expect_room_for_checkpoints(world, settings, options.max_walltime.has_value());
    next_ = std::make_unique<Member>(groups_.group(), settings, groups_.members().front());
    synapses_ = next_->network().layout().global_synapses;
    open_file(options);
    timing_.set_up = MPI_Wtime() - wall_time_.start;
  }

  [[nodiscard]] bool is_complete() const { return beginning_.kind == Beginning::Kind::complete; }

  /// False where the run was stopped early.
  bool run_members() {
    Progress progress(static_cast<std::int64_t>(settings_.epochs) * static_cast<std::int64_t>(groups_.members().size()),
                      settings_.epoch_length, rank_ == 0 && !quiet_);
    for (int round = 0; round < groups_.rounds(); ++round) {
      std::exception_ptr failure;
      int stopped = 0;
      std::string where;
      std::vector<int> finished;
      try {
        if (static_cast<std::size_t>(round) < groups_.members().size()) {
          run_member(round, progress);
          finished.push_back(results_.back().member);
        }
      } catch (const StoppedEarly& stop) {
        stopped = 1;
        where = fmt::format(" after {} epochs; the checkpoint is {}", stop.epochs_done, stop.checkpoint.string());
      } catch (const stop_request&) {
        stopped = 1;  // in what is done again of a member that is finished
      } catch (const config_error&) {
        failure = std::current_exception();
      } catch (const numerical_error&) {
        failure = std::current_exception();
      } catch (const io_error&) {
        failure = std::current_exception();
      }
      // These are thrown by all ranks of a group alike; whatever else is thrown may be one rank's alone and ends the
      // run.
      if (settings_.ensemble) file_->finish_members(finished);
      agree(world_, failure);
      MPI_Allreduce(MPI_IN_PLACE, &stopped, 1, MPI_INT, MPI_MAX, world_);
      if (stopped == 0) continue;
      stop_early(settings_.ensemble ? "" : where);
      return false;
    }
    return true;
  }

  /// What comes after the members; false where it was left because the run is to stop. Without an ensemble it takes no
  /// longer than to stop would.
  bool conclude() {
    if (!settings_.ensemble) {
      conclude_members();
      return true;
    }
    Progress progress(1, settings_.epoch_length, rank_ == 0 && !quiet_);
    progress.skip(1);
    progress.stage("statistics of the members");
    try {
      const StopsHeeded heeded(deadline(), [&] { progress.tick(); });
      heed_stop(world_);
      conclude_members();
    } catch (const stop_request&) {
      stop_early(": all members are done, not what comes after them");
      return false;
    }
    return true;
  }

private:
  [[nodiscard]] double deadline() const {
    return wall_time_.most ? wall_time_.start + *wall_time_.most : std::numeric_limits<double>::infinity();
  }

  void stop_early(const std::string& where) {
    file_->close();
    spdlog::info("Stopped early, as asked{}; --restart auto goes on.", where);
  }

  /// Of the results, on stdout.
  void say(const std::string& text) const {
    if (!quiet_) print_once(text + "\n", world_);
  }

  struct Fits {
    PotentialFit lennard_jones, mie;
  };

  /// Fits of a series that is on file alone, by rank 0 for all.
  [[nodiscard]] Fits fits_from_file() const {
    const auto samples = static_cast<std::size_t>(settings_.samples());
    const SampleBlocks blocks = [&](const SampleVisitor& visit) {
      std::vector<double> time, potential;
      for (std::size_t first = 0; first < samples; first += time.size()) {
        for (auto* column : {&time, &potential}) column->resize(std::min(samples_a_block, samples - first));
        file_->read_series("time", first, time);
        file_->read_series("interaction", first, potential);
        visit(time, potential);
      }
    };
    static_assert(std::is_trivially_copyable_v<Fits>);
    Fits fits;
    together(world_, [&] {
      if (rank_ == 0) fits = {fit_lennard_jones(blocks), fit_mie(blocks)};
    });
    MPI_Bcast(&fits, sizeof(fits), MPI_BYTE, 0, world_);
    return fits;
  }

  /// What learning did, from the first and the last epoch alone where the series is on file.
  [[nodiscard]] std::string learning_text(const SampleSeries& series) const {
    if (holds_series(settings_)) return describe_learning(settings_, series.error, series.interaction);
    const auto samples = static_cast<std::uint64_t>(settings_.samples());
    const auto epoch = settings_.samples_an_epoch();
    return agreed(world_, [&] {
      std::vector<double> error(2 * epoch), interaction(epoch);
      file_->read_series("error", 0, std::span(error).first(epoch));
      file_->read_series("error", samples - epoch, std::span(error).last(epoch));
      file_->read_series("interaction", samples - epoch, interaction);
      return describe_learning(settings_, error, interaction);
    });
  }

  /// What the observers have to say of the run.
  [[nodiscard]] std::vector<std::string> conclude_observers() {
    std::vector<std::string> texts;
    const Concluded run{world_, groups_.group(), settings_, groups_.members(), *file_};
    for (std::size_t i = 0; i < observer_kinds().size(); ++i) {
      const auto& kind = observer_kinds()[i];
      if (!kind.asked(settings_)) continue;
      auto text = kind.conclude(run);
      for (const auto& result : results_) {
        // Of a member that a restart found finished there is nothing to say.
        if (text.empty() && i < result.observed.size()) text = result.observed[i];
      }
      if (!text.empty()) texts.push_back(std::move(text));
    }
    return texts;
  }

  void conclude_members() {
    const SampleSeries* series = &results_.front().series;
    std::optional<EnsembleStatistics> statistics;
    std::optional<CriticalNoise> critical_of_state;
    if (settings_.ensemble) {
      statistics = ensemble_statistics(world_, groups_.group(), results_, settings_);
      file_->write_ensemble_statistics(*statistics);
      critical_of_state = write_state_critical(world_, groups_.group(), settings_, results_, *file_);
      file_->complete_epoch(settings_.epochs);
      series = &statistics->mean;
    }
    const auto observed = conclude_observers();
    const auto [lennard_jones, mie] =
        holds_series(settings_)
            ? Fits{fit_lennard_jones(series->time, series->interaction), fit_mie(series->time, series->interaction)}
            : fits_from_file();
    if (settings_.particles) write_witness(world_, results_.front(), *file_);
    file_->write_fit(fit_numbers(lennard_jones, mie));
    const auto learning = settings_.ensemble || !settings_.learning.enabled ? std::string() : learning_text(*series);
    file_->write_timing(timing_numbers());
    file_->finish();
    if (settings_.ensemble) {
      say(describe_potential(settings_, *series, lennard_jones, mie));
    } else if (settings_.learning.enabled) {
      say(learning);
    }
    if (const auto text = describe_growth(world_, groups_.group(), settings_, results_); !text.empty()) {
      spdlog::warn("{}", text);
    }
    if (settings_.particles) {
      say(describe_entanglement(settings_, results_.front(), statistics ? &*statistics : nullptr));
      if (const auto& critical = results_.front().critical) {
        say(describe_critical(settings_, *critical, critical_of_state ? &*critical_of_state : nullptr));
      }
    }
    for (const auto& text : observed) say(text);
    say(fmt::format("Wrote {} in {}.", settings_.output.file.string(), duration_text(MPI_Wtime() - wall_time_.start)));
  }

  void open_file(const RunOptions& options) {
    const auto& layout = next_->network().layout();
    if (beginning_.kind == Beginning::Kind::continued) {
      const int epochs = beginning_.checkpoint && !settings_.ensemble ? beginning_.checkpoint->epochs_done : 0;
      file_.emplace(world_, groups_.group(), settings_, layout, *beginning_.before, epochs, beginning_.note,
                    observed_sections(settings_));
    } else {
      file_.emplace(world_, groups_.group(), settings_, layout, options.overwrite || options.restart.has_value(),
                    observed_sections(settings_));
    }
    // The end of a run then changes numbers in place, and no structure.
    auto unknown = fit_numbers({}, {});
    for (auto& [name, number] : unknown) number = std::numeric_limits<double>::quiet_NaN();
    file_->write_fit(unknown);
    file_->open_sections();
    for (const auto& [name, count] : next_->work()) work_[name] = 0;
    unknown = timing_numbers();
    for (auto& [name, number] : unknown) number = std::numeric_limits<double>::quiet_NaN();
    file_->write_timing(unknown);
  }

  /// Whether an earlier run has finished a member with as many epochs as are asked for.
  [[nodiscard]] bool is_finished(int number) const {
    if (beginning_.kind != Beginning::Kind::continued || !settings_.ensemble) return false;
    const auto& finished = beginning_.on_file->member_finished;
    const auto index = static_cast<std::size_t>(number - settings_.ensemble->first);
    return beginning_.before->epochs == settings_.epochs && index < finished.size() && finished[index] == '1';
  }

  /// What a member goes on from: with an ensemble each looks for its own.
  std::optional<CheckpointInfo> checkpoint_of(int number) {
    if (beginning_.kind != Beginning::Kind::continued) return std::nullopt;
    if (!settings_.ensemble) return beginning_.checkpoint;
    if (beginning_.checkpoint && beginning_.checkpoint->member == number) return beginning_.checkpoint;
    return newest_checkpoint(groups_.group(), settings_, number, file_->origin(), settings_.epochs);
  }

  void run_member(int round, Progress& progress) {
    const int number = groups_.members()[static_cast<std::size_t>(round)];
    if (is_finished(number)) {
      progress.stage(fmt::format("density matrices of member {}, which is finished", number));
      const StopsHeeded heeded(deadline(), [&] { progress.tick(); });
      results_.push_back(finished_member(groups_.group(), settings_, number, *file_));
      progress.skip(settings_.epochs);
      next_.reset();
      return;
    }
    const double begin = MPI_Wtime();
    if (!next_) next_ = std::make_unique<Member>(groups_.group(), settings_, number);
    const auto checkpoint = checkpoint_of(number);
    if (checkpoint) next_->load(*checkpoint);
    Checkpoints checkpoints(groups_.group(), settings_, number, {file_->origin(), file_->run_id()}, wall_time_,
                            checkpoint ? &*checkpoint : nullptr);
    timing_.set_up += MPI_Wtime() - begin;
    results_.push_back(next_->run(*file_, progress, timing_, checkpoints, [&](int epochs) {
      if (!settings_.ensemble) file_->complete_epoch(epochs);
    }));
    for (const auto& [name, count] : next_->work()) work_[name] += count;
    next_.reset();
  }

  static NamedNumbers fit_numbers(const PotentialFit& lennard_jones, const PotentialFit& mie) {
    NamedNumbers numbers;
    for (const auto& [name, value] : fit_attributes("lj", lennard_jones)) numbers[name] = value;
    for (const auto& [name, value] : fit_attributes("mie", mie)) numbers[name] = value;
    return numbers;
  }

  /// Seconds of rank 0, but for `communication`, the mean over the ranks (of what the others contain); what all ranks
  /// sent, and operations of the rank that entered most. Collective.
  [[nodiscard]] NamedNumbers timing_numbers() const {
    int ranks = 1;
    MPI_Comm_size(world_, &ranks);
    double communication = communication_seconds() / ranks;
    MPI_Allreduce(MPI_IN_PLACE, &communication, 1, MPI_DOUBLE, MPI_SUM, world_);
    const auto sent = traffic();
    std::array<std::int64_t, 3> sums{sent.messages, sent.message_bytes, sent.collective_bytes};
    MPI_Allreduce(MPI_IN_PLACE, sums.data(), as_int(sums.size()), MPI_INT64_T, MPI_SUM, world_);
    std::int64_t collectives = sent.collectives;
    MPI_Allreduce(MPI_IN_PLACE, &collectives, 1, MPI_INT64_T, MPI_MAX, world_);
    std::int64_t memory = peak_resident_bytes();
    MPI_Allreduce(MPI_IN_PLACE, &memory, 1, MPI_INT64_T, MPI_MAX, world_);
    NamedNumbers numbers{{"set_up", timing_.set_up},
                         {"integration", timing_.integration},
                         {"reduction", timing_.reduction},
                         {"quantum", timing_.quantum},
                         {"output", timing_.output},
                         {"checkpoint", timing_.checkpoint},
                         {"communication", communication},
                         {"total", MPI_Wtime() - wall_time_.start},
                         {"messages", static_cast<double>(sums[0])},
                         {"message_bytes", static_cast<double>(sums[1])},
                         {"collectives", static_cast<double>(collectives)},
                         {"collective_bytes", static_cast<double>(sums[2])},
                         {"peak_memory", static_cast<double>(memory)},
                         {"neurons", static_cast<double>(settings_.network.neurons())},
                         {"synapses", static_cast<double>(synapses_)}};
    if (settings_.evaluate) numbers["evaluation"] = timing_.evaluation;
    for (const auto& [name, count] : work_) numbers[name] = static_cast<double>(count);
    return numbers;
  }

  MPI_Comm world_;
  const Settings& settings_;
  bool quiet_;
  WallTime wall_time_;
  int rank_ = 0;
  std::optional<FileOwner> owner_;  ///< of the run file, from before it is looked at until it is closed
  EnsembleGroups groups_;
  Beginning beginning_;
  std::unique_ptr<Member> next_;  ///< the member about to run; made before the file, whose layout it gives
  std::int64_t synapses_ = 0;
  std::optional<RunFile> file_;
  Timing timing_;
  std::map<std::string, std::int64_t> work_;
  std::vector<MemberResult> results_;
};

}  // namespace

ExitStatus run_simulation(MPI_Comm world, const Settings& settings, const RunOptions& options) {
  Simulation simulation(world, settings, options);
  if (simulation.is_complete()) return ExitStatus::complete;
  if (!simulation.run_members()) return ExitStatus::stopped_early;
  return simulation.conclude() ? ExitStatus::complete : ExitStatus::stopped_early;
}

}  // namespace hjnet
