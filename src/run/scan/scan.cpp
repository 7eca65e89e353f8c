#include "run/scan/scan.hpp"

#include "archive/collective.hpp"
#include "archive/files/publish.hpp"
#include "config/load.hpp"
#include "config/resolved.hpp"
#include "engine/constraint_rules.hpp"
#include "parallel/print.hpp"
#include "parallel/rank_groups.hpp"
#include "parallel/stop.hpp"
#include "results/progress.hpp"
#include "results/provenance.hpp"
#include "results/run_file.hpp"
#include "run/estimate/estimate.hpp"
#include "run/output_files.hpp"
#include "run/scan/scan_points.hpp"
#include "run/simulation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <system_error>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

enum class PointState : int { waiting, complete, failed };
constexpr const char* state_names[] = {"waiting", "complete", "failed"};

struct Scan {
  std::vector<ScanKey> keys;
  std::vector<ScanPoint> points;
  std::vector<Settings> settings;
  fs::path directory;
};

Scan read_scan(MPI_Comm world, const fs::path& input, const ScanOptions& options) {
  auto scan = agreed(world, [&] {
    Scan read;
    const auto name = input.stem().string();
    read.directory = options.directory.value_or(name + "-scan");
    read.keys = scan_keys(options.keys);
    read.points = scan_points(read.keys, read.directory, name);
    for (auto& point : read.points) {
      point.overrides.insert(point.overrides.begin(), options.overrides.begin(), options.overrides.end());
      read.settings.push_back(load_settings(input, point.overrides, point.file));
      require_supported_constraints(read.settings.back());
    }
    return read;
  });
  for (std::size_t i = 0; i < scan.points.size(); ++i) {
    expect_same(world, without_paths(scan.settings[i].resolved), "settings in its input file");
    scan.settings[i].output.file = behind_links(world, scan.points[i].file);
  }
  return scan;
}

/// What a point has that others have not: "KEY = VALUE, ...".
std::string label(const Scan& scan, std::size_t point) {
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < scan.keys.size(); ++k) {
    parts.push_back(fmt::format("{} = {}", scan.keys[k].key, scan.points[point].values[k]));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out;
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return fmt::format("\"{}\"", out);
}

/// The table of the points.
void write_table(const std::filesystem::path& file, const Scan& scan, const std::vector<int>& states) {
  std::string text = "number,file";
  for (const auto& key : scan.keys) text += fmt::format(",{}", csv_cell(key.key));
  text += ",state\n";
  for (std::size_t i = 0; i < scan.points.size(); ++i) {
    text += fmt::format("{},{}", i + 1, csv_cell(scan.points[i].file.string()));
    for (const auto& value : scan.points[i].values) text += fmt::format(",{}", csv_cell(value));
    text += fmt::format(",{}\n", state_names[states[i]]);
  }
  std::ofstream out(file);
  out << text;
  out.close();
  if (!out) throw io_error(fmt::format("cannot write '{}'", file.string()));
}

/// What a run tells of itself, its point tells in a line; of warnings it is said whose they are.
class FewWords {
public:
  explicit FewWords(std::size_t point) : before_(spdlog::get_level()) {
    spdlog::set_level(std::max(before_, spdlog::level::warn));
    spdlog::set_pattern(fmt::format("point {}: %v", point + 1));
  }
  ~FewWords() {
    spdlog::set_pattern("%v");
    spdlog::set_level(before_);
  }
  FewWords(const FewWords&) = delete;
  FewWords& operator=(const FewWords&) = delete;

private:
  spdlog::level::level_enum before_;
};

/// This rank's share of a scan: its group of ranks takes some of the points, one after the other.
class ScanGroup {
public:
  ScanGroup(MPI_Comm world, const Scan& scan, const ScanOptions& options)
      : world_(world), scan_(scan), options_(options), start_(MPI_Wtime()), states_(scan.points.size(), 0) {
    int ranks = 1;
    MPI_Comm_size(world, &ranks);
    const int groups = options.jobs.value_or(std::min(ranks, static_cast<int>(scan.points.size())));
    groups_.emplace(world, groups);
    MPI_Comm_rank(group(), &rank_);
    const auto work = agreed(world, [&] {
      std::vector<double> out;
      for (const auto& settings : scan.settings) {
        out.push_back(estimate(settings, (ranks + groups - 1) / groups).operations * settings.members());
      }
      return out;
    });
    mine_ = share_work(work, static_cast<std::size_t>(groups))[static_cast<std::size_t>(groups_->number())];
  }

  /// Takes the group's points. Returns how each of all points stands; collective over the world.
  std::vector<int> take() {
    for (const auto point : mine_) {
      if (must_stop() || !take(point)) break;
    }
    MPI_Allreduce(MPI_IN_PLACE, states_.data(), static_cast<int>(states_.size()), MPI_INT, MPI_MAX, world_);
    return states_;
  }

private:
  [[nodiscard]] MPI_Comm group() const { return groups_->group(); }
  [[nodiscard]] double left() const { return *options_.max_walltime - (MPI_Wtime() - start_); }

  /// Whether the group has been asked to stop.
  [[nodiscard]] bool must_stop() const {
    int stop = stop_signalled() || (options_.max_walltime && left() <= 0.0) ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &stop, 1, MPI_INT, MPI_MAX, group());
    return stop == 1;
  }

  /// Whether an earlier scan has left a run file.
  [[nodiscard]] bool is_begun(std::size_t point) const {
    std::error_code error;
    int begun = fs::exists(scan_.settings[point].output.file, error) ? 1 : 0;
    MPI_Bcast(&begun, 1, MPI_INT, 0, group());
    return begun == 1;
  }

  /// False where the run was stopped early.
  bool take(std::size_t point) {
    const FewWords few(point);
    const double begin = MPI_Wtime();
    RunOptions run{.overwrite = options_.overwrite, .restart = {}, .max_walltime = {}, .quiet = true};
    if (!options_.overwrite && is_begun(point)) run.restart = "auto";
    if (options_.max_walltime) {
      run.max_walltime = left();
      MPI_Bcast(&*run.max_walltime, 1, MPI_DOUBLE, 0, group());
    }
    auto state = PointState::failed;
    std::string said;
    try {
      if (run_simulation(group(), scan_.settings[point], run) == ExitStatus::stopped_early) {
        say(point, "stopped early, as asked");
        return false;
      }
      state = PointState::complete;
      said = "complete in " + duration_text(MPI_Wtime() - begin);
    } catch (const config_error& error) {
      said = error.what();
    } catch (const numerical_error& error) {
      said = error.what();
    } catch (const io_error& error) {
      said = error.what();
    }
    states_[point] = static_cast<int>(state);
    say(point, said);
    return true;
  }

  /// Groups take turns at random: each speaks in whole lines.
  void say(std::size_t point, const std::string& what) const {
    if (rank_ != 0) return;
    const auto text =
        fmt::format("point {} of {}, {}: {}\n", point + 1, scan_.points.size(), label(scan_, point), what);
    std::fputs(text.c_str(), stderr);
  }

  MPI_Comm world_;
  std::optional<RankGroups> groups_;
  const Scan& scan_;
  const ScanOptions& options_;
  double start_;
  int rank_ = 0;
  std::vector<std::size_t> mine_;
  std::vector<int> states_;  ///< of the points, as numbers of PointState
};

void prepare(MPI_Comm world, const Scan& scan, const fs::path& input, const ScanOptions& options) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &ranks);
  if (options.jobs && (*options.jobs < 1 || *options.jobs > ranks)) {
    throw config_error(fmt::format("--jobs: expected 1 to {}, the number of ranks, got {}", ranks, *options.jobs));
  }
  for (const auto& settings : scan.settings) expect_safe_outputs(world, settings, std::nullopt);
  together(world, [&] {
    if (rank != 0) return;
    std::error_code error;
    if (fs::equivalent(input, scan.directory / "scan.csv", error)) {
      throw config_error(fmt::format("{}: the table of the scan would replace the input", input.string()));
    }
    fs::create_directories(scan.directory, error);
    if (error) throw io_error(fmt::format("cannot make '{}': {}", scan.directory.string(), error.message()));
  });
}

}  // namespace

ExitStatus run_scan(MPI_Comm world, const fs::path& input, const ScanOptions& options) {
  const auto scan = read_scan(world, input, options);
  prepare(world, scan, input, options);
  const auto states = ScanGroup(world, scan, options).take();
  const auto table = scan.directory / "scan.csv";
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  together(world, [&] {
    if (rank == 0) write_table(partial_name(table), scan, states);
  });
  publish(world, partial_name(table), table);
  const auto count = [&](PointState state) {
    return std::count(states.begin(), states.end(), static_cast<int>(state));
  };
  const auto complete = count(PointState::complete);
  const auto failed = count(PointState::failed);
  const auto runs = (scan.directory / "*.h5").string();
  print_once(fmt::format("{} of {} points are complete{}; {} lists them.\n", complete, states.size(),
                         failed > 0 ? fmt::format(", {} failed", failed) : "", table.string()),
             world);
  if (complete > 0) print_once(fmt::format("hjplot scan {} draws what came of them.\n", runs), world);
  if (count(PointState::waiting) == 0) return failed > 0 ? ExitStatus::failed : ExitStatus::complete;
  spdlog::info("Stopped early, as asked; the same command goes on.");
  return ExitStatus::stopped_early;
}

void list_scan(MPI_Comm world, const fs::path& input, const ScanOptions& options, bool for_people) {
  const auto scan = read_scan(world, input, options);
  for (std::size_t i = 0; i < scan.points.size(); ++i) {
    const auto& point = scan.points[i];
    if (!for_people) {
      print_once(shell_line(point.overrides) + "\n", world);
      continue;
    }
    const auto state = read_run_file_state(world, scan.settings[i].output.file);
    const auto done = !state ? "to do" : state->finished ? "complete" : "begun";
    print_once(fmt::format("{:>4}  {}  {}: {}\n", i + 1, point.file.string(), label(scan, i), done), world);
  }
}

}  // namespace hjnet
