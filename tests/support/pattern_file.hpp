#pragma once
// A small set of patterns for tests, in a file that all ranks share.

#include "archive/archive.hpp"

#include <mpi.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hjnet::test {

inline constexpr std::int64_t pattern_count = 5;
inline const std::vector<std::int64_t> pattern_labels{1, 0, 1, 1, 0};

/// Number `column` of pattern p.
inline double pattern_input(std::int64_t p, std::int64_t column) {
  return std::sin(2.0 + 1.7 * static_cast<double>(p) + 0.9 * static_cast<double>(column));
}
/// The target of pattern p for one of `outputs`: numbers > 0 with sum 1.
inline double pattern_share(std::int64_t p, std::int64_t output, std::int64_t outputs) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < outputs; ++i) sum += 1.5 + pattern_input(p, i);
  return (1.5 + pattern_input(p, output)) / sum;
}

/// The file, made by rank 0 when first asked for, by all ranks together, and removed at the end of the process:
/// /inputs/N for N neurons, /shares/N for N outputs, /labels of two classes.
class PatternFile {
public:
  static const std::string& path() {
    static const PatternFile file;
    return file.path_;
  }

private:
  PatternFile() {
    long id = ::getpid();
    MPI_Bcast(&id, 1, MPI_LONG, 0, MPI_COMM_WORLD);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    path_ = (std::filesystem::temp_directory_path() / ("hjnet-patterns-" + std::to_string(id) + ".h5")).string();
    if (rank_ == 0) write();
    MPI_Barrier(MPI_COMM_WORLD);
  }
  ~PatternFile() {
    if (rank_ == 0) std::filesystem::remove(path_);
  }
  PatternFile(const PatternFile&) = delete;
  PatternFile& operator=(const PatternFile&) = delete;

  template <class Number>
  static void put(Archive& archive, const std::string& path, std::int64_t width, Number number) {
    const std::vector<std::uint64_t> dims{static_cast<std::uint64_t>(pattern_count), static_cast<std::uint64_t>(width)};
    std::vector<double> values;
    for (std::int64_t p = 0; p < pattern_count; ++p) {
      for (std::int64_t i = 0; i < width; ++i) values.push_back(number(p, i));
    }
    archive.create_dataset<double>(path, {dims[0], dims[1]}, "of a test");
    archive.write<double>(path, Slab::whole(dims), values, Access::independent);
  }

  void write() const {
    auto archive = Archive::create(MPI_COMM_SELF, path_, true);
    for (const std::int64_t n : {2, 5, 6, 7}) put(archive, "/inputs/" + std::to_string(n), n, pattern_input);
    for (const std::int64_t n : {2, 3}) {
      put(archive, "/shares/" + std::to_string(n), n,
          [n](std::int64_t p, std::int64_t i) { return pattern_share(p, i, n); });
    }
    archive.create_dataset<std::int64_t>("/labels", {pattern_labels.size()}, "of a test");
    archive.write<std::int64_t>("/labels", {{0}, {pattern_labels.size()}}, pattern_labels, Access::independent);
    archive.close();
  }

  std::string path_;
  int rank_ = 0;
};

/// The text of an input with the file's name in place of PATTERNS. Collective where it stands there.
inline std::string with_pattern_file(std::string text) {
  const std::string mark = "PATTERNS";
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
    text.replace(at, mark.size(), PatternFile::path());
  }
  return text;
}

}  // namespace hjnet::test
