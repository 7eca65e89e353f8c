#include "run/restart.hpp"

#include "config/changes.hpp"
#include "config/load.hpp"
#include "parallel/agree.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <vector>

namespace hjnet {

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
std::vector<Change> allowed_changes(const Settings& before, const Settings& settings, const std::string& digest,
                                    const std::string& where) {
  const auto all = changes(before, settings);
  std::vector<Change> forbidden;
  for (const auto& change : all) {
    if (!change.allowed) forbidden.push_back(change);
  }
  if (!forbidden.empty()) {
    throw config_error(
        fmt::format("{}: the input differs from that of {} in what a restart may not change: {} (only run.epochs, "
                    "output, solver.relative_tolerance and solver.absolute_tolerance may differ)",
                    settings.source.string(), where, list(forbidden)));
  }
  if (digest != data_digest(settings)) {
    throw config_error(fmt::format("{}: the numbers in the data files that the input names are not those of {}",
                                   settings.source.string(), where));
  }
  return all;
}

/// Of a checkpoint against the run file and the input.
void expect_fit(const CheckpointInfo& checkpoint, const std::optional<RunFileState>& on_file,
                const Settings& settings) {
  const auto name = checkpoint.file.string();
  const auto file = settings.output.file.string();
  if (!on_file) {
    throw io_error(
        fmt::format("checkpoint '{}' continues the run file '{}', which is not there or was never laid out; "
                    "restore it, or remove the checkpoints to start afresh",
                    name, file));
  }
  if (checkpoint.origin != on_file->origin) {
    throw config_error(fmt::format("checkpoint '{}' belongs to another run ({}) than '{}' ({})", name,
                                   checkpoint.origin, file, on_file->origin));
  }
  if (!settings.ensemble && checkpoint.epochs_done > on_file->epochs_completed) {
    throw io_error(fmt::format("checkpoint '{}' stands after {} epochs, but '{}' holds only {}", name,
                               checkpoint.epochs_done, file, on_file->epochs_completed));
  }
  if (checkpoint.epochs_done > settings.epochs) {
    throw config_error(
        fmt::format("run.epochs: expected at least the {} epochs that checkpoint '{}' stands after, got {}",
                    checkpoint.epochs_done, name, settings.epochs));
  }
}

std::string note_of(const std::optional<CheckpointInfo>& checkpoint, const std::vector<Change>& changed) {
  auto note = checkpoint ? fmt::format("from {}, {} epochs done{}", checkpoint->file.string(), checkpoint->epochs_done,
                                       checkpoint->sweep ? " and a sweep under way" : "")
                         : std::string("member by member");
  if (!changed.empty()) note += "; changed: " + list(changed);
  return note;
}

Beginning afresh(const Settings& settings, const std::optional<RunFileState>& on_file) {
  if (on_file && on_file->finished) {
    throw config_error(
        fmt::format("'{}' is a finished run with no checkpoint to continue it from; give --overwrite to "
                    "replace it, or --output for another file",
                    settings.output.file.string()));
  }
  spdlog::warn("No checkpoint to restart from in '{}': starting afresh.",
               settings.output.checkpoint.directory.string());
  Beginning out;
  out.overwrite = true;
  return out;
}

}  // namespace

Beginning find_beginning(MPI_Comm world, const Settings& settings, const std::string& restart) {
  const auto on_file = read_run_file_state(world, settings.output.file);
  Beginning out;
  out.on_file = on_file;
  if (restart != "auto") {
    out.checkpoint = read_checkpoint(world, restart);
  } else if (!settings.ensemble) {
    out.checkpoint = newest_checkpoint(world, settings, 0, on_file ? on_file->origin : "");
  }
  std::vector<Change> changed;
  if (on_file) {
    out.before = agreed(world, [&] { return std::optional(load_resolved(on_file->input)); });
    const auto where = fmt::format("'{}'", settings.output.file.string());
    if (on_file->finished || out.checkpoint || settings.ensemble) {
      changed = agreed(world, [&] { return allowed_changes(*out.before, settings, on_file->data_digest, where); });
    }
    if (on_file->finished && changed.empty()) {
      spdlog::info("{} is complete: nothing to do.", settings.output.file.string());
      out.kind = Beginning::Kind::complete;
      return out;
    }
  }
  if (out.checkpoint) {
    expect_fit(*out.checkpoint, on_file, settings);
    if (settings.ensemble && restart != "auto") {
      const auto first = settings.ensemble->first;
      if (out.checkpoint->member < first || out.checkpoint->member >= first + settings.ensemble->members) {
        throw config_error(fmt::format("checkpoint '{}' is of member {}, which this ensemble does not have", restart,
                                       out.checkpoint->member));
      }
    }
  }
  if (settings.ensemble ? !on_file.has_value() : !out.checkpoint.has_value()) return afresh(settings, on_file);
  out.kind = Beginning::Kind::continued;
  out.note = note_of(out.checkpoint, changed);
  spdlog::info("Restarting {}.", out.note);
  if (!changed.empty() && out.before->epochs != settings.epochs && settings.particles) {
    spdlog::info("/density and /entanglement are computed anew for all {} epochs{}.", settings.epochs,
                 settings.boltzmann.memory == Memory::symmetric
                     ? ": with symmetric memory the earlier samples depend on the later ones"
                     : "");
  }
  return out;
}

}  // namespace hjnet
