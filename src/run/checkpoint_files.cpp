#include "run/checkpoint_files.hpp"

#include "archive/archive.hpp"
#include "archive/collective.hpp"
#include "parallel/errors.hpp"
#include "run/checkpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <sstream>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

/// The number of a checkpoint's name, or -1 where the name is none.
std::int64_t number_of(const std::string& name, const std::string& stem) {
  const std::string suffix = ".h5";
  if (!name.starts_with(stem + "-") || !name.ends_with(suffix)) return -1;
  const auto* const begin = name.data() + stem.size() + 1;
  const auto* const end = name.data() + name.size() - suffix.size();
  std::int64_t number = -1;
  const auto [last, error] = std::from_chars(begin, end, number);
  return error == std::errc() && last == end && number >= 0 ? number : -1;
}

template <class T>
T get(const std::map<std::string, AttributeValue>& attributes, const char* name, const fs::path& file) {
  const auto* value = find_attribute<T>(attributes, name);
  if (value == nullptr) throw io_error(fmt::format("'{}' has no attribute '{}'", file.string(), name));
  return *value;
}

CheckpointInfo info_of(const fs::path& file) {
  const auto attributes = Archive::open(file).attributes("/");
  const auto format = attributes.contains("format") ? get<std::string>(attributes, "format", file) : std::string{};
  if (format != checkpoint_format) throw io_error(fmt::format("'{}' is no checkpoint of hjnet's", file.string()));
  const auto version = get<std::int64_t>(attributes, "format_version", file);
  if (version != checkpoint_version) {
    throw io_error(fmt::format("'{}' is a checkpoint of format version {}, this hjnet reads version {}", file.string(),
                               version, checkpoint_version));
  }
  CheckpointInfo info;
  info.file = file;
  info.origin = get<std::string>(attributes, "origin_run_id", file);
  info.member = static_cast<int>(get<std::int64_t>(attributes, "member", file));
  info.epochs_done = static_cast<int>(get<std::int64_t>(attributes, "epochs_done", file));
  info.sweep = get<std::int64_t>(attributes, "sweep", file) == 1;
  info.epoch_seconds = get<double>(attributes, "epoch_seconds", file);
  info.write_seconds = get<double>(attributes, "write_seconds", file);
  return info;
}

}  // namespace

std::vector<CheckpointFile> checkpoint_files(MPI_Comm comm, const fs::path& directory, const std::string& stem) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  const auto names = agreed(comm, [&] {
    std::string found;
    if (rank != 0) return found;
    std::error_code error;
    fs::directory_iterator it(directory, error);
    if (error == std::errc::no_such_file_or_directory) return found;
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      const auto name = it->path().filename().string();
      if (number_of(name, stem) >= 0) found += name + "\n";
    }
    if (error) throw io_error(fmt::format("cannot list '{}': {}", directory.string(), error.message()));
    return found;
  });
  std::istringstream lines(from_root(comm, names));
  std::vector<CheckpointFile> files;
  for (std::string name; std::getline(lines, name);) files.push_back({number_of(name, stem), directory / name});
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return files;
}

std::string checkpoint_stem(const Settings& settings, int member) {
  const auto stem = settings.output.file.stem().string();
  return settings.ensemble ? fmt::format("{}.member-{:05}", stem, member) : stem;
}

CheckpointInfo read_checkpoint(MPI_Comm comm, const fs::path& file) {
  Archive::verify(comm, file);
  return agreed(comm, [&] { return info_of(file); });
}

std::optional<CheckpointInfo> newest_checkpoint(MPI_Comm comm, const Settings& settings, int member,
                                                const std::string& origin, int most_epochs) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  auto files = checkpoint_files(comm, settings.output.checkpoint.directory, checkpoint_stem(settings, member));
  std::reverse(files.begin(), files.end());
  const auto pass_over = [&](const std::string& why) {
    if (rank == 0) fmt::print(stderr, "hjnet: WARNING: checkpoint passed over: {}\n", why);
  };
  for (const auto& [number, file] : files) {
    try {
      const auto info = read_checkpoint(comm, file);
      if (!origin.empty() && info.origin != origin) {
        pass_over(fmt::format("'{}' belongs to another run ({}) than '{}' ({})", file.string(), info.origin,
                              settings.output.file.string(), origin));
      } else if (info.epochs_done > most_epochs) {
        pass_over(fmt::format("'{}' stands after {} epochs, but '{}' holds only {}", file.string(), info.epochs_done,
                              settings.output.file.string(), most_epochs));
      } else {
        return info;
      }
    } catch (const io_error& error) {
      pass_over(error.what());
    }
  }
  return std::nullopt;
}

}  // namespace hjnet
