#include "torus/command/torus_file.hpp"

#include "archive/collective.hpp"
#include "parallel/counts.hpp"
#include "results/provenance.hpp"

#include <fftw3.h>

#include <algorithm>
#include <complex>
#include <cstdlib>
#include <numeric>

namespace hjnet {

namespace {

std::uint64_t actions_in(const TorusSettings& settings) {
  std::uint64_t count = 1;
  for (const auto& axis : settings.action) count *= axis.size();
  return count;
}

void write_provenance(MPI_Comm comm, Archive& archive, const TorusSettings& settings) {
  int ranks = 1;
  MPI_Comm_size(comm, &ranks);
  std::vector<std::pair<std::string, AttributeValue>> attributes{
      {"format", std::string("hjnet-torus")},
      {"format_version", std::int64_t{1}},
      {"ranks", std::int64_t{ranks}},
      {"created", from_root(comm, utc_now())},
      {"run_id", from_root(comm, random_uuid())},
      {"parent_run_id", std::string{}},
      {"name", settings.name},
      {"fftw_version", std::string(fftw_version)},
      {"input", from_root(comm, settings.resolved)},  // its paths may differ between machines
  };
  for (const auto& [name, value] : code_attributes()) attributes.emplace_back(name, value);
  for (const auto& [name, value] : launch_attributes(comm)) attributes.emplace_back(name, value);
  for (const auto& [name, value] : attributes) archive.write_attribute("/", name, value);
}

/// The modes of a generator without which H would change by no more than a thousandth of the tolerance. They need not
/// be many: what a torus was computed with is sized for its hardest J.
std::vector<std::size_t> modes_that_matter(const Torus& torus, double tolerance) {
  std::vector<std::size_t> out;
  const double share = 1e-3 * tolerance / static_cast<double>(std::max<std::size_t>(torus.mode.size(), 1));
  for (std::size_t k = 0; k < torus.mode.size(); ++k) {
    const auto& mode = torus.mode[k];
    double size = std::abs(torus.coefficient[k]);
    for (int j = 0; j < torus.dimensions; ++j) size = std::max(size, std::abs(torus.tangent[as_size(j)][k]));
    if (size * (std::abs(mode[0]) + std::abs(mode[1]) + std::abs(mode[2])) > share) out.push_back(k);
  }
  return out;
}

}  // namespace

Archive create_torus_file(MPI_Comm comm, const TorusSettings& settings, bool overwrite) {
  auto archive = overwrite ? Archive::replace(comm, settings.file) : Archive::create(comm, settings.file, false);
  write_provenance(comm, archive, settings);
  const Dimension torus("torus", actions_in(settings));
  const Dimension dimension("dimension", static_cast<std::uint64_t>(settings.dimensions));
  archive.create_dataset<double>("/torus/action", {torus, dimension}, "action J, a row a torus");
  archive.create_dataset<std::int32_t>(
      "/torus/status", {torus},
      "0: converged; 1: not converged; 2: resonant; 3: folded; 4: mode limit; -1: stopped before");
  archive.create_dataset<double>("/torus/hamiltonian", {torus}, "K(J); NaN unless status is 0");
  archive.create_dataset<double>("/torus/frequency", {torus, dimension}, "dK/dJ; NaN unless status is 0");
  archive.create_dataset<double>("/torus/residual", {torus}, "max |H - K| of the last attempt");
  archive.create_dataset<double>("/torus/tangent_residual", {torus}, "max |(dH/dI).(e_j + d2G/dphi dJ_j) - dK/dJ_j|");
  archive.create_dataset<double>("/torus/smallest_determinant", {torus}, "the smallest det d2S/dphi dJ");
  archive.create_dataset<double>("/torus/smallest_divisor", {torus}, "the smallest |m.omega| of a forced mode");
  archive.create_dataset<std::int32_t>("/torus/divisor_mode", {torus, dimension}, "its mode m; 0: none");
  archive.create_dataset<std::int32_t>("/torus/modes", {torus, dimension},
                                       "largest |m_d| in the computation, a dimension");
  archive.create_dataset<std::int32_t>("/torus/solution", {torus},
                                       "0: none; found by 1: the fixed point; 2: Newton; 3: continuation in epsilon");
  archive.create_dataset<std::int64_t>("/torus/iterations", {torus}, "fixed-point and Newton iterations in all");
  archive.fill();
  archive.take_place();
  return archive;
}

void write_tori(Archive& archive, const TorusTable& table) {
  archive.write_root<double>("/torus/action", table.action);
  archive.write_root<std::int32_t>("/torus/status", table.status);
  archive.write_root<double>("/torus/hamiltonian", table.hamiltonian);
  archive.write_root<double>("/torus/frequency", table.frequency);
  archive.write_root<double>("/torus/residual", table.residual);
  archive.write_root<double>("/torus/tangent_residual", table.tangent_residual);
  archive.write_root<double>("/torus/smallest_determinant", table.smallest_determinant);
  archive.write_root<double>("/torus/smallest_divisor", table.smallest_divisor);
  archive.write_root<std::int32_t>("/torus/divisor_mode", table.divisor_mode);
  archive.write_root<std::int32_t>("/torus/modes", table.modes);
  archive.write_root<std::int32_t>("/torus/solution", table.solution);
  archive.write_root<std::int64_t>("/torus/iterations", table.iterations);
  std::string reasons;
  for (std::size_t i = 0; i < table.reason.size(); ++i) {
    if (!table.reason[i].empty()) reasons += std::to_string(i) + ": " + table.reason[i] + "\n";
  }
  archive.write_attribute("/torus", "reasons", reasons);
}

void write_generators(MPI_Comm comm, Archive& archive, const TorusSettings& settings, const LocalTori& tori) {
  const auto rows = actions_in(settings);
  std::vector<std::vector<std::size_t>> kept;
  std::vector<std::int64_t> offset(rows + 1, 0);
  for (std::size_t i = 0; i < tori.torus.size(); ++i) {
    kept.push_back(modes_that_matter(tori.torus[i], settings.tolerance));
    offset[as_size(tori.index[i]) + 1] = static_cast<std::int64_t>(kept.back().size());
  }
  MPI_Allreduce(MPI_IN_PLACE, offset.data(), as_int(offset.size()), MPI_INT64_T, MPI_SUM, comm);
  std::partial_sum(offset.begin(), offset.end(), offset.begin());
  const auto n = static_cast<std::uint64_t>(settings.dimensions);
  const Dimension dimension("dimension", n);
  const Dimension entry("entry", static_cast<std::uint64_t>(offset.back()));
  archive.create_dataset<std::int64_t>("/generator/offset", {{"boundary", rows + 1}},
                                       "row i has the modes offset[i] ... of the others");
  archive.create_dataset<std::int32_t>("/generator/mode", {entry, dimension},
                                       "m; g_-m = conj g_m is not repeated, and g_0 = 0");
  archive.create_dataset<std::complex<double>>("/generator/coefficient", {entry}, "g_m: G = sum g_m exp(i m.phi)");
  archive.create_dataset<std::complex<double>>("/generator/tangent", {entry, dimension}, "dg_m/dJ_j");
  archive.fill();
  archive.write_root<std::int64_t>("/generator/offset", offset);
  together(comm, [&] {
    for (std::size_t i = 0; i < tori.torus.size(); ++i) {
      const auto& torus = tori.torus[i];
      const auto count = std::uint64_t{kept[i].size()};
      if (count == 0) continue;
      std::vector<std::int32_t> mode;
      std::vector<std::complex<double>> coefficient;
      std::vector<std::complex<double>> tangent;
      for (const auto k : kept[i]) {
        coefficient.push_back(torus.coefficient[k]);
        for (std::size_t d = 0; d < n; ++d) {
          mode.push_back(torus.mode[k][d]);
          tangent.push_back(torus.tangent[d][k]);
        }
      }
      const auto start = static_cast<std::uint64_t>(offset[as_size(tori.index[i])]);
      archive.write<std::int32_t>("/generator/mode", {{start, 0}, {count, n}}, mode, Access::independent);
      archive.write<std::complex<double>>("/generator/coefficient", {{start}, {count}}, coefficient,
                                          Access::independent);
      archive.write<std::complex<double>>("/generator/tangent", {{start, 0}, {count, n}}, tangent, Access::independent);
    }
  });
}

}  // namespace hjnet
