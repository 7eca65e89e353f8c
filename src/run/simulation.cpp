#include "run/simulation.hpp"

#include "parallel/agree.hpp"
#include "run/ensemble.hpp"
#include "run/estimate.hpp"
#include "run/fit.hpp"
#include "run/member.hpp"
#include "run/progress.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <optional>

namespace hjnet {

namespace {

/// The state of a run between its parts. The order: groups, first member (its layout shapes the file), file, all
/// members in rounds, ensemble statistics, fits, timing, end. Each part is collective over world.
class Simulation {
public:
  Simulation(MPI_Comm world, const Settings& settings, const RunOptions& options)
      : world_(world), settings_(settings), start_(MPI_Wtime()), groups_(world, settings) {
    MPI_Comm_rank(world, &rank_);
    int ranks = 1;
    MPI_Comm_size(world, &ranks);
    refuse_oversized(settings, ranks);
    next_ = std::make_unique<Member>(groups_.group(), settings, groups_.members().front());
    file_.emplace(world, groups_.group(), settings, next_->network().layout(), options.overwrite);
    timing_.set_up = MPI_Wtime() - start_;
  }

  void run_members() {
    Progress progress(static_cast<std::int64_t>(settings_.epochs) * static_cast<std::int64_t>(groups_.members().size()),
                      settings_.epoch_length, rank_ == 0);
    for (int round = 0; round < groups_.rounds(); ++round) {
      std::exception_ptr failure;
      try {
        if (static_cast<std::size_t>(round) < groups_.members().size()) run_member(round, progress);
      } catch (const config_error&) {
        failure = std::current_exception();
      } catch (const numerical_error&) {
        failure = std::current_exception();
      } catch (const io_error&) {
        failure = std::current_exception();
      }
      // These are thrown by all ranks of a group alike; whatever else is thrown may be one rank's alone and ends the
      // run.
      agree(world_, failure);
      if (settings_.ensemble) file_->complete_epoch(0);  // brings the finished members to the disk
    }
  }

  void conclude() {
    const SampleSeries* series = &results_.front().series;
    std::optional<EnsembleStatistics> statistics;
    if (settings_.ensemble) {
      statistics = ensemble_statistics(world_, groups_.group(), results_, settings_.ensemble->members);
      file_->write_ensemble_statistics(*statistics);
      file_->complete_epoch(settings_.epochs);
      series = &statistics->mean;
    }
    const auto lennard_jones = fit_lennard_jones(series->time, series->interaction);
    const auto mie = fit_mie(series->time, series->interaction);
    NamedNumbers fits;
    for (const auto& [name, value] : fit_attributes("lj", lennard_jones)) fits[name] = value;
    for (const auto& [name, value] : fit_attributes("mie", mie)) fits[name] = value;
    file_->write_fit(fits);
    write_timing();
    file_->finish();
    spdlog::info("{}", describe_potential(settings_, *series, lennard_jones, mie));
    if (settings_.particles) {
      spdlog::info("{}", describe_entanglement(settings_, results_.front(), statistics ? &*statistics : nullptr));
    }
    spdlog::info("Wrote {} in {}.", settings_.output.file.string(), duration_text(MPI_Wtime() - start_));
  }

private:
  void run_member(int round, Progress& progress) {
    if (!next_) {
      const double begin = MPI_Wtime();
      next_ = std::make_unique<Member>(groups_.group(), settings_, groups_.members()[static_cast<std::size_t>(round)]);
      timing_.set_up += MPI_Wtime() - begin;
    }
    results_.push_back(next_->run(*file_, progress, timing_, [&](int epochs) {
      if (!settings_.ensemble) file_->complete_epoch(epochs);
    }));
    for (const auto& [name, count] : next_->work()) work_[name] += count;
    next_.reset();
  }

  void write_timing() {
    NamedNumbers numbers{{"set_up", timing_.set_up},
                         {"integration", timing_.integration},
                         {"reduction", timing_.reduction},
                         {"quantum", timing_.quantum},
                         {"output", timing_.output}};
    for (const auto& [name, count] : work_) numbers[name] = static_cast<double>(count);
    file_->write_timing(numbers);
  }

  MPI_Comm world_;
  const Settings& settings_;
  double start_;
  int rank_ = 0;
  EnsembleGroups groups_;
  std::unique_ptr<Member> next_;  ///< the member about to run; made before the file, whose layout it gives
  std::optional<RunFile> file_;
  Timing timing_;
  std::map<std::string, std::int64_t> work_;
  std::vector<MemberResult> results_;
};

}  // namespace

ExitStatus run_simulation(MPI_Comm world, const Settings& settings, const RunOptions& options) {
  Simulation simulation(world, settings, options);
  simulation.run_members();
  simulation.conclude();
  return ExitStatus::complete;
}

}  // namespace hjnet
