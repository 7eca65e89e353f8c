// How well the Hamilton-Jacobi equation holds over a family (family_stage.hpp).
#include "observe/wavefunction/family_probe.hpp"
#include "observe/wavefunction/family_reader.hpp"
#include "observe/wavefunction/network_wavefunction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hjnet {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A residual and what it is compared with: the largest over all ranks.
struct Residual {
  double largest = 0.0, scale = 0.0;
  bool known = false;

  void see(double value, double against) {
    known = true;
    largest = std::isnan(value) ? std::numeric_limits<double>::infinity() : std::max(largest, std::abs(value));
    scale = std::max(scale, std::abs(against));
  }
  [[nodiscard]] double relative() const { return !known ? unknown : scale > 0.0 ? largest / scale : largest; }
  void combine(MPI_Comm comm) {
    std::array<double, 3> all{largest, scale, known ? 1.0 : 0.0};
    MPI_Allreduce(MPI_IN_PLACE, all.data(), 3, MPI_DOUBLE, MPI_MAX, comm);
    largest = all[0];
    scale = all[1];
    known = all[2] > 0.0;
  }
};

/// dS/da against sum Delta dy/da + p, at the members with two neighbours on either side.
void compare_derivatives(const FamilyReader& reader, std::size_t i, Residual& residual) {
  const auto neurons = static_cast<std::uint64_t>(reader.settings().network.neurons());
  const auto action = reader.column("neuron_action", i);
  std::vector<std::vector<double>> difference;
  std::vector<std::vector<double>> slopes;
  for (std::size_t p = 0; p < reader.counts().size(); ++p) {
    const auto& parameter = reader.settings().ensemble->family[p];
    const double step = (parameter.high - parameter.low) / (parameter.count - 1);
    slopes.push_back(family_slopes(action, reader.counts(), p));
    difference.push_back(slopes.back());
    const auto conjugate = reader.column("conjugate", i, p);
    for (std::size_t m = 0; m < conjugate.size(); ++m) difference.back()[m] -= step * conjugate[m];
  }
  for (std::uint64_t k = 0; k < neurons; ++k) {
    const auto y = reader.column("state_y", i, k);
    const auto delta = reader.column("state_delta", i, k);
    for (std::size_t p = 0; p < reader.counts().size(); ++p) {
      const auto slope = family_slopes(y, reader.counts(), p);
      for (std::size_t m = 0; m < slope.size(); ++m) difference[p][m] -= delta[m] * slope[m];
    }
  }
  for (std::size_t p = 0; p < reader.counts().size(); ++p) {
    std::size_t stride = 1;
    for (std::size_t q = p + 1; q < reader.counts().size(); ++q) stride *= reader.counts()[q];
    for (std::size_t m = 0; m < action.size(); ++m) {
      const auto place = m / stride % reader.counts()[p];
      if (place >= 2 && place + 2 < reader.counts()[p]) residual.see(difference[p][m], slopes[p][m]);
    }
  }
}

/// Whether nothing that H_int depends on changes with time by itself in an epoch.
bool is_autonomous(const Settings& settings, int epoch) {
  const auto& fields = settings.gauge.fields;
  const bool still =
      std::all_of(fields.begin(), fields.end(), [](const auto& field) { return field.frequency == 0.0; });
  const auto& learning = settings.learning;
  const bool at_rest = !learning.enabled || (epoch == 0 && learning.weight_decay == 0.0);
  return at_rest && still && settings.gauge.constraints.empty() && settings.stimulus.steps.empty() &&
         !settings.particles;
}

void follow_member(const FamilyReader& reader, std::uint64_t m, Residual& action, Residual& drift) {
  const auto whole = static_cast<std::uint64_t>(reader.settings().samples());
  double scale = 0.0;
  for (const auto* name : {"hamiltonian", "error"}) {
    for (const double value : reader.of_member(name, m, whole)) scale = std::max(scale, std::abs(value));
  }
  const auto epochs = static_cast<std::uint64_t>(reader.settings().epochs);
  for (const double residual : reader.of_member("action_residual", m, epochs)) {
    if (!std::isnan(residual)) action.see(residual, scale);
  }
  const auto interaction = reader.of_member("interaction", m, whole);
  for (std::size_t s = 0; s < interaction.size(); ++s) {
    const auto n = s / reader.rows_an_epoch();
    if (is_autonomous(reader.settings(), static_cast<int>(n)))
      drift.see(interaction[s] - interaction[n * reader.rows_an_epoch()], interaction[s]);
  }
}

}  // namespace

NamedNumbers no_diagnostics() {
  return {{"action_residual", unknown}, {"conjugate_residual", unknown}, {"hamiltonian_drift", unknown}};
}

NamedNumbers diagnose(const FamilyReader& reader) {
  Residual conjugate;
  Residual action;
  Residual drift;
  reader.each_time([&](std::size_t i) {
    if (is_canonical(reader.settings(), reader.epoch(i))) compare_derivatives(reader, i, conjugate);
  });
  reader.each_member([&](std::uint64_t m) { follow_member(reader, m, action, drift); });
  for (auto* residual : {&conjugate, &action, &drift}) residual->combine(reader.world());
  return {{"action_residual", action.relative()},
          {"conjugate_residual", conjugate.relative()},
          {"hamiltonian_drift", drift.relative()}};
}

}  // namespace hjnet
