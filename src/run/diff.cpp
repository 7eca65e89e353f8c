#include "run/diff.hpp"

#include "archive/archive.hpp"
#include "config/changes.hpp"
#include "parallel/errors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <map>
#include <vector>

namespace hjnet {

namespace {

/// Numbers that are read at once.
constexpr std::uint64_t block_numbers = std::uint64_t{1} << 20;

struct Distance {
  double difference = 0.0, largest = 0.0;
  std::uint64_t entries = 0;  ///< that differ, NaN against a number among them
};

double magnitude(double x) {
  return std::abs(x);
}
double magnitude(const std::complex<double>& x) {
  return std::abs(x);
}

template <class T>
Distance distance(const Archive& first, const Archive& second, const DatasetInfo& dataset) {
  Distance out;
  auto slab = Slab::whole(dataset.dims);
  std::uint64_t row = 1;
  for (std::size_t d = 1; d < slab.count.size(); ++d) row *= slab.count[d];
  const auto rows = slab.count.empty() ? 1 : slab.count.front();
  const auto step = std::max<std::uint64_t>(1, block_numbers / std::max<std::uint64_t>(1, row));
  std::vector<T> a;
  std::vector<T> b;
  for (std::uint64_t begin = 0; begin < rows; begin += step) {
    if (!slab.count.empty()) {
      slab.start.front() = begin;
      slab.count.front() = std::min(step, rows - begin);
    }
    const auto count = static_cast<std::size_t>(slab.elements());
    a.resize(count);
    b.resize(count);
    first.read<T>(dataset.path, slab, std::span(a), Access::independent);
    second.read<T>(dataset.path, slab, std::span(b), Access::independent);
    for (std::size_t i = 0; i < count; ++i) {
      const auto size = magnitude(a[i]);
      const bool both_nan = std::isnan(size) && std::isnan(magnitude(b[i]));
      if (std::isfinite(size)) out.largest = std::max(out.largest, size);
      if (a[i] == b[i] || both_nan) continue;
      ++out.entries;
      const auto apart = magnitude(a[i] - b[i]);
      out.difference = std::isnan(apart) ? std::max(out.difference, HUGE_VAL) : std::max(out.difference, apart);
    }
  }
  return out;
}

/// What to say of a dataset that both have; "" where they are the same.
std::string compared(const Archive& first, const Archive& second, const DatasetInfo& a, const DatasetInfo& b) {
  if (a.dims != b.dims || a.type != b.type) {
    return fmt::format("{} [{}] against {} [{}]", a.type, fmt::join(a.dims, ", "), b.type, fmt::join(b.dims, ", "));
  }
  const bool complex = a.type.starts_with("complex");
  const bool real = a.type.starts_with("float");
  if (!complex && !real && !a.type.starts_with("int") && !a.type.starts_with("uint")) return "";
  const auto found = complex ? distance<std::complex<double>>(first, second, a) : distance<double>(first, second, a);
  if (found.entries == 0) return "";
  if (!complex && !real) return fmt::format("{} entries differ", found.entries);
  return fmt::format("by up to {:.2g}, {:.2g} of its largest number ({} entries)", found.difference,
                     found.difference / found.largest, found.entries);
}

std::map<std::string, DatasetInfo> by_path(const Archive& archive) {
  std::map<std::string, DatasetInfo> out;
  for (auto& dataset : archive.datasets()) out.emplace(dataset.path, dataset);
  return out;
}

class Report {
public:
  explicit Report(FileDifference& out) : out_(out) {}
  void section(const std::string& title) { title_ = title; }
  void line(const std::string& what, const std::string& content) {
    if (!title_.empty()) out_.text += title_ + "\n";
    title_.clear();
    out_.text += fmt::format("  {}: {}\n", what, content);
    out_.differs = true;
  }

private:
  FileDifference& out_;
  std::string title_;
};

Archive open_run(const std::filesystem::path& file) {
  auto archive = Archive::open(file);
  if (text_attribute(archive.attributes("/"), "format") != "hjnet-run") {
    throw io_error(fmt::format("'{}' is no run file", file.string()));
  }
  return archive;
}

const std::string& shown(const std::string& value) {
  static const std::string nothing = "nothing";
  return value.empty() ? nothing : value;
}

}  // namespace

FileDifference file_difference(const std::filesystem::path& first, const std::filesystem::path& second) {
  const auto a = open_run(first);
  const auto b = open_run(second);
  FileDifference out;
  Report report(out);
  const auto attributes_a = a.attributes("/");
  const auto attributes_b = b.attributes("/");

  report.section("Input");
  for (const auto& change : changes(text_attribute(attributes_a, "input"), text_attribute(attributes_b, "input"))) {
    if (change.key == "output.file") continue;  // a place, not a setting
    report.line(change.key, fmt::format("{} -> {}", shown(change.before), shown(change.after)));
  }
  report.section("Code");
  for (const auto* name : {"code_version", "git_commit", "mpi_version", "petsc_version", "sundials_version",
                           "hdf5_version", "random_numbers"}) {
    const auto before = text_attribute(attributes_a, name);
    const auto after = text_attribute(attributes_b, name);
    if (before != after) report.line(name, fmt::format("{} -> {}", shown(before), shown(after)));
  }
  report.section("Results");
  const auto sets_a = by_path(a);
  const auto sets_b = by_path(b);
  for (const auto& [path, dataset] : sets_a) {
    const auto other = sets_b.find(path);
    const auto said = other == sets_b.end() ? "only in the first" : compared(a, b, dataset, other->second);
    if (!said.empty()) report.line(path, said);
  }
  for (const auto& [path, dataset] : sets_b) {
    if (!sets_a.contains(path)) report.line(path, "only in the second");
  }
  if (!out.differs) out.text = fmt::format("{} and {} hold the same\n", first.string(), second.string());
  return out;
}

}  // namespace hjnet
