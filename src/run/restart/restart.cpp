#include "run/restart/restart.hpp"
#include "results/provenance.hpp"

#include "archive/archive.hpp"
#include "archive/seal.hpp"
#include "config/changes.hpp"
#include "config/load.hpp"
#include "parallel/agree.hpp"
#include "parallel/errors.hpp"
#include "run/restart/checkpoint_files.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <system_error>
#include <vector>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

std::string show(const std::string& value) {
  return value.empty() ? "nothing" : value;
}

std::string list(const std::vector<Change>& changes) {
  std::string out;
  for (const auto& change : changes) {
    out += fmt::format("{}{}: {} -> {}", out.empty() ? "" : "; ", change.key, show(change.before), show(change.after));
  }
  return out;
}

/// What differs from the input that is on file. Throws where that may not be.
/// @param digest  of the data that the input names now
std::vector<Change> allowed_changes(const Settings& before, const Settings& settings, const std::string& on_file_digest,
                                    const std::string& digest, const std::string& where) {
  auto all = changes(before, settings);
  // Where a run leaves its files is no change of the run.
  std::erase_if(all, [](const Change& change) {
    return change.key == "output.file" || change.key.starts_with("output.checkpoint");
  });
  std::vector<Change> forbidden;
  for (const auto& change : all) {
    if (!change.allowed) forbidden.push_back(change);
  }
  if (!forbidden.empty()) {
    throw config_error(
        fmt::format("{}: the input differs from that of {} in what a restart may not change: {} (only run.epochs, "
                    "run.name, output, solver.relative_tolerance and solver.absolute_tolerance may differ)",
                    settings.source.string(), where, list(forbidden)));
  }
  if (on_file_digest != digest) {
    throw config_error(fmt::format("{}: the numbers in the data files that the input names are not those of {}",
                                   settings.source.string(), where));
  }
  return all;
}

io_error missing_run_file(const fs::path& checkpoint, const fs::path& file) {
  return io_error(
      fmt::format("checkpoint '{}' continues the run file '{}', which is not there or was never laid out; "
                  "restore it, or remove the checkpoints to start afresh",
                  checkpoint.string(), file.string()));
}

/// Of a checkpoint against the run file and the input.
void expect_fit(const CheckpointInfo& checkpoint, const std::optional<RunFileState>& on_file,
                const Settings& settings) {
  const auto name = checkpoint.file.string();
  const auto file = settings.output.file.string();
  if (!on_file) throw missing_run_file(checkpoint.file, settings.output.file);
  if (checkpoint.origin != on_file->origin) {
    throw config_error(fmt::format("checkpoint '{}' belongs to another run ({}) than '{}' ({})", name,
                                   checkpoint.origin, file, on_file->origin));
  }
  if (checkpoint.epochs_done > settings.epochs) {
    throw config_error(
        fmt::format("run.epochs: expected at least the {} epochs that checkpoint '{}' stands after, got {}",
                    checkpoint.epochs_done, name, settings.epochs));
  }
  if (!settings.ensemble) {
    if (checkpoint.epochs_done <= on_file->epochs_completed) return;
    throw io_error(fmt::format("checkpoint '{}' stands after {} epochs, but '{}' holds only {}", name,
                               checkpoint.epochs_done, file, on_file->epochs_completed));
  }
  const auto first = settings.ensemble->first;
  if (checkpoint.member < first || checkpoint.member >= first + settings.ensemble->members) {
    throw config_error(
        fmt::format("checkpoint '{}' is of member {}, which this ensemble does not have", name, checkpoint.member));
  }
}

std::string note_of(const std::optional<CheckpointInfo>& checkpoint, const std::vector<Change>& changed) {
  auto note = checkpoint ? fmt::format("from {}, {} epochs done{}", checkpoint->file.string(), checkpoint->epochs_done,
                                       checkpoint->sweep ? " and a sweep under way" : "")
                         : std::string("member by member");
  if (!changed.empty()) note += "; changed: " + list(changed);
  return note;
}

void say_what_follows(const Settings& settings, const Settings& before, const std::string& note) {
  spdlog::info("Restarting {}.", note);
  if (before.epochs != settings.epochs && settings.particles) {
    spdlog::info("/density and /entanglement are computed anew for all {} epochs{}.", settings.epochs,
                 settings.boltzmann.memory == Memory::symmetric
                     ? ": with symmetric memory the earlier samples depend on the later ones"
                     : "");
  }
  if ((settings.output.states && !before.output.states) ||
      (settings.output.weights == WeightOutput::all && before.output.weights != WeightOutput::all)) {
    spdlog::warn("States and weights of the epochs done before were not written then, and stay NaN.");
  }
}

/// Moves a run file aside that a fresh run would replace, unless there is nothing in it. Rank 0 looks and renames: what
/// the others see of the directory meanwhile does not matter.
void set_aside(MPI_Comm world, const RunFileState& on_file, const fs::path& file) {
  if (on_file.laid_out && on_file.epochs_completed == 0 && on_file.member_epochs == 0) return;
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  const auto aside = agreed(world, [&]() -> std::string {
    std::error_code error;
    if (rank != 0 || fs::file_size(file, error) == 0) return {};
    int number = 1;
    const auto name = [&] { return fmt::format("{}.old-{}", file.string(), number); };
    while (fs::symlink_status(name(), error).type() != fs::file_type::not_found) ++number;
    fs::rename(file, name(), error);
    if (error) throw io_error(fmt::format("cannot rename '{}' to '{}': {}", file.string(), name(), error.message()));
    return name();
  });
  if (!aside.empty()) spdlog::warn("The run file '{}' of an earlier run is now '{}'.", file.string(), aside);
}

/// Refuses to begin afresh where checkpoints of the run file stand beside it: the command was given in another folder.
void expect_none_beside(MPI_Comm world, const Settings& settings, const std::optional<RunFileState>& on_file) {
  if (!on_file) return;
  Settings beside = settings;
  auto& directory = beside.output.checkpoint.directory;
  directory = fs::absolute(settings.output.file).parent_path() / settings.output.checkpoint.directory.filename();
  std::error_code error;
  if (fs::equivalent(directory, settings.output.checkpoint.directory, error)) return;
  const int member = settings.first_member();
  const auto found = newest_checkpoint(world, beside, member, on_file->origin, settings.epochs);
  if (!found) return;
  throw config_error(fmt::format(
      "'{}' has a checkpoint, '{}', but there is none in '{}'; give the command where it was given first, or --set "
      "output.checkpoint.directory={}; --overwrite begins afresh",
      settings.output.file.string(), found->file.string(), settings.output.checkpoint.directory.string(),
      directory.string()));
}

/// Without a checkpoint.
Beginning afresh(MPI_Comm world, const Settings& settings, const std::optional<RunFileState>& on_file) {
  const auto& file = settings.output.file;
  if (on_file && on_file->finished) {
    throw config_error(
        fmt::format("'{}' is a finished run with no checkpoint to continue it from; give --overwrite to "
                    "replace it, or --output for another file",
                    file.string()));
  }
  if (settings.ensemble) {
    for (int m = 0; m < settings.ensemble->members; ++m) {
      const auto files = checkpoint_files(world, settings, settings.ensemble->first + m);
      for (const auto* list : {&files.own, &files.of_older_versions}) {
        if (!list->empty()) throw missing_run_file(list->back().file, file);
      }
    }
  }
  expect_none_beside(world, settings, on_file);
  spdlog::warn("No checkpoint to restart from in '{}': starting afresh.",
               settings.output.checkpoint.directory.string());
  if (on_file) set_aside(world, *on_file, file);
  return {};
}

/// The checkpoint that the command line names.
CheckpointInfo named_checkpoint(MPI_Comm world, const Settings& settings, const fs::path& file) {
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  agreed(world, [&] {
    std::string format;
    try {
      // HDF5 may not survive a damaged checkpoint: those have a seal.
      if (rank == 0 && !has_seal(file)) format = text_attribute(Archive::open(file).attributes("/"), "format");
    } catch (const io_error&) {
      return 0;  // neither, which the reading of a checkpoint says better
    }
    if (format == "hjnet-torus")
      throw config_error(
          fmt::format("--restart: expected a checkpoint, or auto, got the torus file '{}'", file.string()));
    if (format != "hjnet-run") return 0;
    throw config_error(
        fmt::format("--restart: '{0}' is a run file, not a checkpoint; to go on with it give --output "
                    "{0} and --restart auto, or one of its checkpoints in '{1}'",
                    file.string(), settings.output.checkpoint.directory.string()));
  });
  return read_checkpoint(world, file);
}

}  // namespace

Beginning find_beginning(MPI_Comm world, const Settings& settings, const std::string& restart) {
  const auto found = read_run_file_state(world, settings.output.file);
  const auto on_file = found && found->laid_out ? found : std::nullopt;
  Beginning out;
  out.on_file = on_file;
  if (restart != "auto") {
    out.checkpoint = named_checkpoint(world, settings, restart);
  } else if (!settings.ensemble) {
    out.checkpoint = newest_checkpoint(world, settings, 0, on_file ? on_file->origin : "",
                                       on_file ? on_file->epochs_completed : settings.epochs);
  }
  std::vector<Change> changed;
  if (on_file && (on_file->finished || out.checkpoint || settings.ensemble)) {
    out.before = agreed(world, [&] { return std::optional(load_resolved(on_file->input)); });
    const auto where = fmt::format("'{}'", settings.output.file.string());
    const auto digest = digest_on_all(world, settings);
    changed =
        agreed(world, [&] { return allowed_changes(*out.before, settings, on_file->data_digest, digest, where); });
    if (on_file->finished && changed.empty()) {
      spdlog::info("{} is complete: nothing to do.", settings.output.file.string());
      out.kind = Beginning::Kind::complete;
      return out;
    }
  }
  if (out.checkpoint) expect_fit(*out.checkpoint, on_file, settings);
  if (settings.ensemble ? !on_file.has_value() : !out.checkpoint.has_value()) return afresh(world, settings, found);
  if (settings.ensemble && settings.epochs < on_file->member_epochs) {
    throw config_error(fmt::format("run.epochs: expected at least the {} epochs that members in '{}' have done, got {}",
                                   on_file->member_epochs, settings.output.file.string(), settings.epochs));
  }
  out.kind = Beginning::Kind::continued;
  out.note = note_of(out.checkpoint, changed);
  say_what_follows(settings, *out.before, out.note);
  return out;
}

}  // namespace hjnet
