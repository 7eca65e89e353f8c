#include "run/output_files.hpp"

#include "archive/files/owner.hpp"
#include "archive/files/publish.hpp"
#include "archive/open.hpp"
#include "archive/seal.hpp"
#include "config/document/sources.hpp"
#include "parallel/agree.hpp"
#include "parallel/mpi_runtime.hpp"
#include "run/restart/checkpoint_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <climits>
#include <system_error>
#include <vector>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

bool is_rank_0(MPI_Comm comm) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  return rank == 0;
}

void expect_short_enough(const NamedFile& written) {
  const auto& file = written.file;
  const auto folder = hdf5::folder_of(file);
  const auto asked = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  const auto longest_name = static_cast<std::size_t>(asked > 0 ? asked : NAME_MAX);
  const auto beside = partial_name(file).string();
  const auto more = beside.size() - file.string().size();
  const auto name = file.filename().string().size();
  if (name + more <= longest_name && beside.size() < PATH_MAX) return;
  const bool long_name = name + more > longest_name;
  throw config_error(
      fmt::format("{} '{}': expected {} of at most {} bytes, as the system takes no more with what is "
                  "written beside it, got {}; give a shorter one by --output",
                  written.role, file.string(), long_name ? "a name" : "a path",
                  long_name ? longest_name - more : PATH_MAX - 1 - more, long_name ? name : file.string().size()));
}

/// The same file, by whatever names. Where one is not there they are two: what is read is there.
bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

void expect_not_read(const std::vector<NamedFile>& written, const std::vector<NamedFile>& read) {
  for (const auto& out : written) {
    for (const auto& in : read) {
      if (!is_same_file(out.file, in.file)) continue;
      throw config_error(
          fmt::format("{} '{}' would destroy what is read: it is {} ('{}'); give another file by "
                      "--output",
                      out.role, out.file.string(), in.role, in.file.string()));
    }
  }
}

/// A file to be written, and what is made beside it.
std::vector<NamedFile> with_companions(const NamedFile& written) {
  return {written,
          {"what is to become " + written.role, partial_name(written.file)},
          {"the lock of " + written.role, FileOwner::lock_of(written.file)}};
}

void add_petsc_options(std::vector<NamedFile>& read) {
  for (const auto& file : petsc_option_files()) read.push_back({"PETSc's options", file});
}

}  // namespace

fs::path behind_links(MPI_Comm comm, const fs::path& file) {
  constexpr int most_links = 40;
  return from_root(comm, agreed(comm, [&] {
                     fs::path at = file;
                     std::error_code error;
                     for (int i = 0; is_rank_0(comm) && fs::is_symlink(at, error); ++i) {
                       if (i == most_links) {
                         throw config_error(fmt::format("'{}': its symbolic links lead nowhere", file.string()));
                       }
                       at = at.parent_path() / fs::read_symlink(at, error);
                     }
                     return at.string();
                   }));
}

void expect_safe_outputs(MPI_Comm comm, const Settings& settings, const std::optional<std::string>& restart) {
  const auto checkpoints = all_checkpoint_names(comm, settings);
  agreed(comm, [&] {
    if (!is_rank_0(comm)) return 0;
    const NamedFile run_file{"the run file", settings.output.file};
    expect_short_enough(run_file);
    auto read = files_read(settings);
    add_petsc_options(read);
    std::vector<NamedFile> ours;
    ours.reserve(checkpoints.size());
    for (const auto& file : checkpoints) ours.push_back({"a checkpoint of the run file,", file});
    expect_not_read(ours, read);
    // What reads a run file in a checkpoint's place has more to say about it.
    const bool names_run_file = restart && is_same_file(*restart, run_file.file) && !has_seal(*restart);
    if (restart && *restart != "auto" && !names_run_file) read.push_back({"the checkpoint to restart from", *restart});
    expect_not_read(with_companions(run_file), read);
    return 0;
  });
}

void expect_safe_outputs(MPI_Comm comm, const TorusSettings& settings) {
  agreed(comm, [&] {
    if (!is_rank_0(comm)) return 0;
    const NamedFile torus_file{"the torus file", settings.file};
    expect_short_enough(torus_file);
    auto read = files_read(settings);
    add_petsc_options(read);
    expect_not_read(with_companions(torus_file), read);
    return 0;
  });
}

void expect_no_run_file(MPI_Comm comm, const Settings& settings) {
  auto checkpoints = all_checkpoint_names(comm, settings);
  std::erase_if(checkpoints, [](const fs::path& file) { return file.extension() == ".partial"; });
  agreed(comm, [&] {
    std::error_code error;
    if (!is_rank_0(comm) || !fs::is_regular_file(settings.output.file, error)) return 0;
    const auto way_on =
        checkpoints.empty()
            ? std::string()
            : fmt::format(", or --restart auto to go on with it ('{}' stands beside it)", checkpoints.back().string());
    throw config_error(
        fmt::format("'{}' exists already; give --overwrite to replace it{}", settings.output.file.string(), way_on));
  });
}

}  // namespace hjnet
