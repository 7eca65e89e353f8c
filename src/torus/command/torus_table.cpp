// The tori of all ranks as one table.
#include "parallel/counts.hpp"
#include "parallel/sums.hpp"
#include "torus/command/torus_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace hjnet {

void sum(MPI_Comm comm, std::vector<double>& numbers) {
  sum_over_ranks(comm, numbers);
}

namespace {

void sum(MPI_Comm comm, std::vector<std::int32_t>& numbers) {
  MPI_Allreduce(MPI_IN_PLACE, numbers.data(), as_int(numbers.size()), MPI_INT32_T, MPI_SUM, comm);
}
void sum(MPI_Comm comm, std::vector<std::int64_t>& numbers) {
  MPI_Allreduce(MPI_IN_PLACE, numbers.data(), as_int(numbers.size()), MPI_INT64_T, MPI_SUM, comm);
}

/// The reasons of all ranks, by row.
std::vector<std::string> gather_reasons(MPI_Comm comm, const LocalTori& tori, std::size_t rows) {
  std::string mine;
  for (std::size_t i = 0; i < tori.torus.size(); ++i) {
    if (!tori.torus[i].reason.empty()) mine += fmt::format("{} {}\n", tori.index[i], tori.torus[i].reason);
  }
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  std::vector<int> length(as_size(ranks));
  std::vector<int> start(as_size(ranks));
  const int my_length = as_int(mine.size());
  MPI_Allgather(&my_length, 1, MPI_INT, length.data(), 1, MPI_INT, comm);
  int total = 0;
  for (std::size_t r = 0; r < length.size(); ++r) {
    start[r] = total;
    total += length[r];
  }
  std::string all(as_size(total), '\0');
  MPI_Allgatherv(mine.data(), my_length, MPI_CHAR, all.data(), length.data(), start.data(), MPI_CHAR, comm);
  std::vector<std::string> out(rows);
  std::istringstream lines(all);
  for (std::size_t row = 0; lines >> row && lines.get() == ' ';) std::getline(lines, out[row]);
  return out;
}

/// Numbers of one row with a stated precision.
template <class T>
std::string row_text(const std::vector<T>& values, std::size_t row, int n, const char* format) {
  std::string out;
  for (int d = 0; d < n; ++d) {
    out += (d == 0 ? "" : ", ") + fmt::format(fmt::runtime(format), values[row * as_size(n) + as_size(d)]);
  }
  return out;
}

/// Rows that no rank came to say so: the run is to stop.
void mark_missing(const TorusSettings& settings, const std::vector<std::int32_t>& done, TorusTable& table) {
  const auto actions = action_grid(settings);
  const auto n = as_size(settings.dimensions);
  for (std::size_t row = 0; row < done.size(); ++row) {
    if (done[row] != 0) continue;
    table.status[row] = TorusTable::not_looked_for;
    for (auto* column : {&table.hamiltonian, &table.residual, &table.tangent_residual, &table.smallest_determinant,
                         &table.smallest_divisor}) {
      (*column)[row] = Torus::nan;
    }
    for (std::size_t d = 0; d < n; ++d) {
      table.action[row * n + d] = actions[row][d];
      table.frequency[row * n + d] = Torus::nan;
    }
  }
}

}  // namespace

std::int64_t TorusTable::converged() const {
  return std::count(status.begin(), status.end(), static_cast<std::int32_t>(TorusStatus::converged));
}

TorusTable gather_tori(MPI_Comm comm, const TorusSettings& settings, const LocalTori& tori) {
  const auto rows = action_grid(settings).size();
  const auto n = as_size(settings.dimensions);
  TorusTable out;
  for (auto* column :
       {&out.hamiltonian, &out.residual, &out.tangent_residual, &out.smallest_determinant, &out.smallest_divisor}) {
    column->resize(rows);
  }
  for (auto* column : {&out.action, &out.frequency}) column->resize(rows * n);
  for (auto* column : {&out.status, &out.solution}) column->resize(rows);
  for (auto* column : {&out.divisor_mode, &out.modes}) column->resize(rows * n);
  out.iterations.resize(rows);
  std::vector<std::int32_t> done(rows);
  for (std::size_t i = 0; i < tori.torus.size(); ++i) {
    const auto& torus = tori.torus[i];
    const auto row = as_size(tori.index[i]);
    done[row] = 1;
    out.status[row] = static_cast<std::int32_t>(torus.status);
    out.solution[row] = static_cast<std::int32_t>(torus.solution);
    out.hamiltonian[row] = torus.hamiltonian;
    out.residual[row] = torus.residual;
    out.tangent_residual[row] = torus.tangent_residual;
    out.smallest_determinant[row] = torus.smallest_determinant;
    out.smallest_divisor[row] = torus.smallest_divisor;
    out.iterations[row] = torus.iterations;
    for (std::size_t d = 0; d < n; ++d) {
      out.action[row * n + d] = torus.action[d];
      out.frequency[row * n + d] = torus.frequency[d];
      out.divisor_mode[row * n + d] = torus.divisor_mode[d];
      out.modes[row * n + d] = torus.modes[d];
    }
  }
  for (auto* column : {&out.action, &out.frequency, &out.hamiltonian, &out.residual, &out.tangent_residual,
                       &out.smallest_determinant, &out.smallest_divisor}) {
    sum(comm, *column);
  }
  for (auto* column : {&out.status, &out.solution, &out.divisor_mode, &out.modes, &done}) sum(comm, *column);
  sum(comm, out.iterations);
  mark_missing(settings, done, out);
  out.reason = gather_reasons(comm, tori, rows);
  return out;
}

std::string describe(const TorusTable& table, int n) {
  std::string text;
  for (std::size_t row = 0; row < table.status.size(); ++row) {
    text += fmt::format("J = {}  ", row_text(table.action, row, n, "{:.10g}"));
    if (table.status[row] == TorusTable::not_looked_for) {
      text += "not looked for\n";
      continue;
    }
    const auto status = static_cast<TorusStatus>(table.status[row]);
    if (status != TorusStatus::converged) {
      text += fmt::format("no torus: {}", to_string(status));
      if (!table.reason[row].empty()) text += fmt::format(" ({})", table.reason[row]);
      text += '\n';
      continue;
    }
    text +=
        fmt::format("K = {:.14g}  dK/dJ = {}  |H - K| <= {:.1e}  modes {}  {}\n", table.hamiltonian[row],
                    row_text(table.frequency, row, n, "{:.14g}"), table.residual[row],
                    row_text(table.modes, row, n, "{}"), to_string(static_cast<TorusSolution>(table.solution[row])));
  }
  return text + fmt::format("{} of {} tori converged\n", table.converged(), table.status.size());
}

}  // namespace hjnet
