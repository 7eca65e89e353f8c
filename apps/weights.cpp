#include "archive/archive.hpp"
#include "observe/weights/stored_weights.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"
#include "parallel/print.hpp"
#include "parallel/stop.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>

namespace hjnet {

namespace {

/// Numbers that are formed at a time.
constexpr std::int64_t numbers_at_once = std::int64_t{1} << 22;

/// FIRST:END, END not among them; either may be left out.
IndexRange parse_rows(const std::string& text, std::int64_t rows) {
  const auto number = [](std::string_view part, std::int64_t fallback) {
    std::int64_t value = fallback;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return part.empty() || (error == std::errc() && end == part.data() + part.size()) ? value : std::int64_t{-1};
  };
  const auto colon = text.find(':');
  const auto first = colon == std::string::npos ? -1 : number(std::string_view(text).substr(0, colon), 0);
  const auto end = colon == std::string::npos ? -1 : number(std::string_view(text).substr(colon + 1), rows);
  if (first < 0 || end <= first || end > rows) {
    throw config_error(fmt::format("--rows: expected FIRST:END with 0 <= FIRST < END <= {}, got '{}'", rows, text));
  }
  return {first, end - first};
}

/// use(block of rows) for all of them, a few at a time.
template <class Use>
void by_blocks(const StoredWeights& weights, IndexRange rows, Use use) {
  const auto most = std::max<std::int64_t>(1, numbers_at_once / std::max<std::int64_t>(1, weights.columns()));
  std::vector<double> block;
  for (std::int64_t row = 0; row < rows.count; row += most) {
    const IndexRange part{rows.first + row, std::min(most, rows.count - row)};
    block.resize(as_size(part.count * weights.columns()));
    weights.read(part, block);
    use(part, block);
  }
}

void print(const StoredWeights& weights, IndexRange rows, const std::string& title) {
  print_once("# " + title + "\n", MPI_COMM_SELF);
  by_blocks(weights, rows, [&](IndexRange part, const std::vector<double>& block) {
    const auto columns = as_size(weights.columns());
    for (std::size_t row = 0; row < as_size(part.count); ++row) {
      const auto line = std::span(block).subspan(row * columns, columns);
      print_once(fmt::format("{}\n", fmt::join(line, " ")), MPI_COMM_SELF);
    }
  });
}

void write(const StoredWeights& weights, IndexRange rows, const std::string& title, const Arguments& arguments) {
  const auto& file = *arguments.output;
  std::error_code error;
  if (std::filesystem::equivalent(file, arguments.file, error)) {
    throw config_error(fmt::format("--output '{}' would destroy what is read: it is the run file", file.string()));
  }
  auto archive = Archive::create(MPI_COMM_SELF, file, arguments.overwrite);
  const std::string name = arguments.moment ? "/momenta" : "/weights";
  const std::vector<Dimension> axes{{"post", as_size(rows.count), {}, rows.first}, {"pre", as_size(weights.columns())}};
  archive.create_dataset<double>(name, axes, title);
  archive.fill();
  archive.write_attribute("/", "run_file", arguments.file.string());
  by_blocks(weights, rows, [&](IndexRange part, const std::vector<double>& block) {
    archive.write<double>(name,
                          {{as_size(part.first - rows.first), 0}, {as_size(part.count), as_size(weights.columns())}},
                          block, Access::independent);
  });
  archive.close();
}

}  // namespace

ExitStatus weights_verb(const Arguments& arguments) {
  end_at_stop_signals();
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  agreed(MPI_COMM_WORLD, [&] {
    if (rank != 0) return 0;
    const StoredWeights weights(arguments.file, arguments.projection, arguments.moment);
    const auto rows = parse_rows(arguments.rows, weights.rows());
    const auto title = fmt::format("{} of {} after {} epochs, rows {}:{} (post-synaptic neurons) of {} numbers",
                                   arguments.moment ? "M" : "W", weights.projection(), weights.epochs(), rows.first,
                                   rows.first + rows.count, weights.columns());
    arguments.output ? write(weights, rows, title, arguments) : print(weights, rows, title);
    return 0;
  });
  return ExitStatus::complete;
}

}  // namespace hjnet
