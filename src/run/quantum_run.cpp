#include "run/quantum_run.hpp"

#include "archive/collective.hpp"
#include "archive/files/owner.hpp"
#include "archive/open.hpp"
#include "config/load.hpp"
#include "config/resolved.hpp"
#include "parallel/agree.hpp"
#include "parallel/print.hpp"
#include "results/progress.hpp"
#include "results/provenance.hpp"
#include "run/critical.hpp"
#include "run/ensemble.hpp"
#include "run/output_files.hpp"
#include "run/particle_stage.hpp"
#include "run/summary.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

/// Refuses overrides of what the file's c_alpha depend on.
void expect_boltzmann_keys(const fs::path& parent, const std::vector<std::string>& overrides) {
  for (const auto& text : overrides) {
    const auto key = text.substr(0, text.find('='));
    if (key == "boltzmann" || key.starts_with("boltzmann.")) continue;
    throw config_error(fmt::format(
        "--set {}: expected a key of boltzmann: the c_alpha of '{}' are those of its network and its ports, "
        "and would be others; `hjnet run` computes them anew",
        text, parent.string()));
  }
}

/// The parent's series, of one member.
class ParentFile {
public:
  explicit ParentFile(const Settings& settings)
      : settings_(settings),
        archive_(Archive::open(settings.source)),
        run_id_(text_attribute(archive_.attributes("/"), "run_id")) {}

  [[nodiscard]] const std::string& run_id() const { return run_id_; }

  [[nodiscard]] SampleSeries series(int member) const {
    auto out = read_series(archive_, settings_, member);
    out.time = sample_times(settings_, settings_.epochs);
    return out;
  }

  [[nodiscard]] NamedNumbers fit() const {
    NamedNumbers numbers;
    for (const auto& [name, value] : archive_.attributes("/fit")) {
      if (const auto* number = std::get_if<double>(&value)) numbers[name] = *number;
    }
    return numbers;
  }

private:
  const Settings& settings_;
  Archive archive_;
  std::string run_id_;
};

}  // namespace

Settings quantum_settings(const fs::path& parent, const std::vector<std::string>& overrides, const fs::path& output) {
  expect_boltzmann_keys(parent, overrides);
  const auto file = parent.string();
  hdf5::expect_readable(parent);
  const auto archive = Archive::open(parent);
  const auto attributes = archive.attributes("/");
  if (text_attribute(attributes, "format") != "hjnet-run")
    throw config_error(fmt::format("'{}' is no run file of hjnet's", file));
  if (!archive.contains("/series/pauli")) {
    throw config_error(fmt::format("'{}' is of a run without particles: it holds no c_alpha", file));
  }
  if (!archive.contains("/operator/coefficients")) {
    throw config_error(fmt::format("'{}': an older hjnet wrote it, without the polynomials of its c_alpha", file));
  }
  if (archive.read_all<std::int32_t>("/progress/finished").front() != 1) {
    throw config_error(fmt::format("'{}' is not complete: `hjnet run ... --restart auto` goes on with it", file));
  }
  Settings settings = load_stored(text_attribute(attributes, "input"), parent, overrides, output);
  if (settings.particles->feedback && !overrides.empty()) {
    throw config_error(
        fmt::format("--set {}: cannot be known from '{}', whose ports were fed what the particles were at the time "
                    "(particles.feedback = true)",
                    overrides.front(), file));
  }
  settings.output.states = false;
  settings.output.weights = WeightOutput::none;
  settings.output.checkpoint = {};
  settings.kernel.reset();
  settings.evaluate.reset();
  settings.wavefunction.reset();
  settings.gauge.constraints.clear();
  settings.resolved = resolved_text(settings);
  return settings;
}

ExitStatus run_quantum(MPI_Comm world, const Settings& settings, bool overwrite) {
  const double begin = MPI_Wtime();
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  expect_safe_outputs(world, settings, std::nullopt);
  const FileOwner owner(world, settings.output.file, utc_now());
  if (!overwrite) expect_no_run_file(world, settings);
  const EnsembleGroups groups(world, settings);
  const MPI_Comm group = groups.group();
  std::optional<ParentFile> parent;
  together(world, [&] { parent.emplace(settings); });
  RunFile file(world, group, settings, NetworkLayout{}, overwrite);
  file.name_parent(parent->run_id());
  Progress progress(static_cast<std::int64_t>(groups.members().size()), 1.0, rank == 0);
  std::vector<MemberResult> results;
  ParticleSeconds seconds;
  together(world, [&] {
    for (const int number : groups.members()) {
      MemberResult result;
      result.member = number;
      result.series = agreed(group, [&] { return parent->series(number); });
      file.write_series(number, 0, result.series);
      const auto spent = take_particles(group, settings, file, progress, result);
      seconds.quantum += spent.quantum;
      seconds.output += spent.output;
      results.push_back(std::move(result));
      progress.skip(1);
    }
  });
  std::optional<EnsembleStatistics> statistics;
  std::optional<CriticalNoise> critical_of_state;
  if (settings.ensemble) {
    file.finish_members(groups.members());
    statistics = ensemble_statistics(world, group, results, settings);
    file.write_ensemble_statistics(*statistics);
    critical_of_state = write_state_critical(world, group, settings, results, file);
  }
  write_witness(world, results.front(), file);
  file.complete_epoch(settings.epochs);
  file.write_fit(parent->fit());
  file.write_timing({{"quantum", seconds.quantum}, {"output", seconds.output}, {"total", MPI_Wtime() - begin}});
  file.finish();
  auto text = describe_entanglement(settings, results.front(), statistics ? &*statistics : nullptr) + "\n";
  if (const auto& critical = results.front().critical) {
    text += describe_critical(settings, *critical, critical_of_state ? &*critical_of_state : nullptr) + "\n";
  }
  print_once(text + fmt::format("Wrote {} in {}.\n", settings.output.file.string(), duration_text(MPI_Wtime() - begin)),
             world);
  return ExitStatus::complete;
}

}  // namespace hjnet
