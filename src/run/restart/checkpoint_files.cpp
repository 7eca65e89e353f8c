#include "run/restart/checkpoint_files.hpp"

#include "archive/archive.hpp"
#include "archive/checksum.hpp"
#include "archive/collective.hpp"
#include "archive/open.hpp"
#include "parallel/errors.hpp"
#include "run/restart/checkpoints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

namespace hjnet {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view checkpoint_suffix = ".h5";
constexpr std::string_view member_mark = ".member-";

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// The name of a checkpoint in its parts: <stem>-NNNNNN.h5. Without a number where it is none.
struct CheckpointName {
  std::string stem;
  std::int64_t number = -1;
};

CheckpointName parts_of(const std::string& name) {
  CheckpointName parts;
  if (!name.ends_with(checkpoint_suffix)) return parts;
  const auto end = name.size() - checkpoint_suffix.size();
  const auto dash = name.rfind('-', end);
  if (dash == std::string::npos) return parts;
  const auto digits = std::string_view(name).substr(dash + 1, end - dash - 1);
  if (!is_number(digits)) return parts;
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), parts.number).ec;
  if (error != std::errc()) return {};
  parts.stem = name.substr(0, dash);
  return parts;
}

/// What rank 0 sees in a directory, on all ranks; nothing where there is none.
std::vector<std::string> names_in(MPI_Comm comm, const fs::path& directory) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  const auto text = agreed(comm, [&] {
    std::string found;
    if (rank != 0) return found;
    std::error_code error;
    fs::directory_iterator it(directory, error);
    if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return found;
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      found += it->path().filename().string() + '\n';
    }
    if (error) throw io_error(fmt::format("cannot list '{}': {}", directory.string(), error.message()));
    return found;
  });
  std::istringstream lines(from_root(comm, text));
  std::vector<std::string> names;
  for (std::string name; std::getline(lines, name);) names.push_back(name);
  return names;
}

/// The checkpoints in a directory whose stems are `wanted`, lowest number first.
template <class Wanted>
std::vector<CheckpointFile> list_checkpoints(MPI_Comm comm, const fs::path& directory, Wanted wanted) {
  std::vector<CheckpointFile> files;
  for (const auto& name : names_in(comm, directory)) {
    const auto parts = parts_of(name);
    if (parts.number >= 0 && wanted(parts.stem)) files.push_back({parts.number, directory / name});
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return std::pair(a.number, a.file) < std::pair(b.number, b.file); });
  return files;
}

/// The run file's name as it stands in its checkpoints'. These have to find room for more, so it may be cut short.
std::string name_in_checkpoints(const Settings& settings) {
  constexpr std::size_t longest = 180;
  auto name = settings.output.file.filename().string();
  if (name.ends_with(checkpoint_suffix)) name.resize(name.size() - checkpoint_suffix.size());
  const auto inside_a_letter = [&](std::size_t at) { return (static_cast<unsigned char>(name[at]) & 0xc0U) == 0x80U; };
  auto length = std::min(name.size(), longest);
  while (length > 0 && length < name.size() && inside_a_letter(length)) --length;
  name.resize(length);
  return name;
}

/// Which run file it is, of those of one name: the way to it from the directory, so that both can be moved together, in
/// 16 hexadecimal digits. What rank 0 sees, on all ranks.
std::string tag_of(MPI_Comm comm, const Settings& settings) {
  const auto canonical = [](const fs::path& path) {
    std::error_code error;
    const auto found = fs::weakly_canonical(fs::absolute(path), error);
    return error ? fs::absolute(path).lexically_normal() : found;
  };
  const auto directory = canonical(settings.output.checkpoint.directory);
  const auto way = canonical(settings.output.file).lexically_relative(directory).string();
  return from_root(comm, checksum_text(bytes_checksum(std::as_bytes(std::span(way)), 0)));
}

std::string stem_of_member(const std::string& stem, const Settings& settings, int member) {
  return settings.ensemble ? fmt::format("{}{}{:05}", stem, member_mark, member) : stem;
}

/// As older versions named them, after the run file's name alone.
std::string old_stem(const Settings& settings) {
  return settings.output.file.stem().string();
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

std::string checkpoint_stem(MPI_Comm comm, const Settings& settings, int member) {
  return stem_of_member(name_in_checkpoints(settings) + "-" + tag_of(comm, settings), settings, member);
}

CheckpointLists checkpoint_files(MPI_Comm comm, const Settings& settings, int member) {
  const auto& directory = settings.output.checkpoint.directory;
  const auto stem = checkpoint_stem(comm, settings, member);
  const auto before = stem_of_member(old_stem(settings), settings, member);
  return {list_checkpoints(comm, directory, [&](const auto& it) { return it == before; }),
          list_checkpoints(comm, directory, [&](const auto& it) { return it == stem; })};
}

std::vector<fs::path> all_checkpoint_names(MPI_Comm comm, const Settings& settings) {
  constexpr std::string_view partial = ".partial";
  const auto stem = name_in_checkpoints(settings) + "-" + tag_of(comm, settings);
  const auto before = old_stem(settings);
  const auto is_ours = [&](std::string_view of) {
    for (const std::string_view whole : {std::string_view(stem), std::string_view(before)}) {
      if (!of.starts_with(whole)) continue;
      const auto rest = of.substr(whole.size());
      if (rest.empty() || (rest.starts_with(member_mark) && is_number(rest.substr(member_mark.size())))) return true;
    }
    return false;
  };
  std::vector<fs::path> found;
  for (const auto& name : names_in(comm, settings.output.checkpoint.directory)) {
    const auto whole = name.ends_with(partial) ? name.substr(0, name.size() - partial.size()) : name;
    const auto parts = parts_of(whole);
    if (parts.number >= 0 && is_ours(parts.stem)) found.push_back(settings.output.checkpoint.directory / name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

CheckpointInfo read_checkpoint(MPI_Comm comm, const fs::path& file) {
  Archive::verify(comm, file);
  return agreed(comm, [&] { return info_of(file); });
}

namespace {

/// A member's checkpoints under another tag than its own, lowest number first: of run files of the same name, or of
/// this one before it was moved.
std::vector<CheckpointFile> under_other_tags(MPI_Comm comm, const Settings& settings, int member) {
  const auto begin = name_in_checkpoints(settings) + "-";
  const auto end = stem_of_member("", settings, member);
  const auto own = checkpoint_stem(comm, settings, member);
  return list_checkpoints(comm, settings.output.checkpoint.directory, [&](const std::string& stem) {
    return stem != own && stem.size() == own.size() && stem.starts_with(begin) && stem.ends_with(end);
  });
}

}  // namespace

std::optional<CheckpointInfo> newest_checkpoint(MPI_Comm comm, const Settings& settings, int member,
                                                const std::string& origin, int most_epochs) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  const auto pass_over = [&](const std::string& why) {
    if (rank == 0) fmt::print(stderr, "hjnet: WARNING: checkpoint passed over: {}\n", why);
  };
  const auto newest_of = [&](const std::vector<CheckpointFile>& files, bool name_others) {
    std::optional<CheckpointInfo> found;
    for (auto it = files.rbegin(); it != files.rend() && !found; ++it) {
      // One that may not be read is not damaged: a run that began afresh would lose what it holds.
      agreed(comm, [&] {
        if (rank == 0) hdf5::expect_readable(it->file);
        return 0;
      });
      try {
        const auto info = read_checkpoint(comm, it->file);
        if (!origin.empty() && info.origin != origin) {
          if (!name_others) continue;
          pass_over(fmt::format("'{}' belongs to another run ({}) than '{}' ({})", it->file.string(), info.origin,
                                settings.output.file.string(), origin));
        } else if (info.epochs_done > most_epochs) {
          pass_over(fmt::format("'{}' stands after {} epochs, but '{}' holds only {}", it->file.string(),
                                info.epochs_done, settings.output.file.string(), most_epochs));
        } else {
          found = info;
        }
      } catch (const io_error& error) {
        pass_over(error.what());
      }
    }
    return found;
  };
  const auto files = checkpoint_files(comm, settings, member);
  auto found = newest_of(files.own, true);
  if (!found) found = newest_of(files.of_older_versions, true);
  // Whether one of these is this run's only its origin can tell.
  if (!found && !origin.empty()) found = newest_of(under_other_tags(comm, settings, member), false);
  return found;
}

}  // namespace hjnet
