#include "run/ensemble.hpp"

#include "observe/member_sum.hpp"
#include "parallel/stop.hpp"
#include "run/particle_stage.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace hjnet {

namespace {

/// As many groups as members, as far as there are ranks.
int group_count(MPI_Comm world, const Settings& settings) {
  int ranks = 1;
  MPI_Comm_size(world, &ranks);
  return std::min(ranks, settings.members());
}

}  // namespace

EnsembleGroups::EnsembleGroups(MPI_Comm world, const Settings& settings)
    : groups_(world, group_count(world, settings)) {
  const int members = settings.members();
  const int groups = group_count(world, settings);
  rounds_ = (members + groups - 1) / groups;
  for (int member = groups_.number(); member < members; member += groups) {
    members_.push_back(settings.first_member() + member);
  }
}

namespace {

using ResultSum = MemberSum<MemberResult>;

std::vector<double> density_numbers(const MemberResult& result) {
  std::vector<double> out;
  out.reserve(2 * result.density.size());
  for (const auto& entry : result.density) out.insert(out.end(), {entry.real(), entry.imag()});
  return out;
}

/// Measures of scale times the matrices that `numbers` holds as density_numbers() has them.
MeasureColumns measures_of(const std::vector<double>& numbers, double scale, double positivity_tolerance) {
  std::vector<Measures> measures;
  measures.reserve(numbers.size() / 32);
  DensityRows rho;
  for (std::size_t at = 0; at < numbers.size(); at += 32) {
    heed_stop();
    for (int i = 0; i < 16; ++i) {
      const auto first = at + 2 * static_cast<std::size_t>(i);
      rho.data()[i] = {scale * numbers[first], scale * numbers[first + 1]};
    }
    measures.push_back(measure(rho, positivity_tolerance));
  }
  return columns_of(measures);
}

/// The state of each group, measured; the mean over the groups and its error.
void add_group_states(const ResultSum& sum, const std::vector<MemberResult>& results, const Settings& settings,
                      EnsembleStatistics& out) {
  const auto& ensemble = *settings.ensemble;
  const auto n = static_cast<double>(ensemble.groups);
  std::vector<MeasureColumns> states;
  for (int group = 0; group < ensemble.groups; ++group) {
    const auto density = sum([&](const MemberResult& result) {
      if ((result.member - ensemble.first) / ensemble.group_size() == group) return density_numbers(result);
      return std::vector<double>(2 * result.density.size(), 0.0);
    });
    states.push_back(measures_of(density, 1.0 / ensemble.group_size(), settings.boltzmann.positivity_tolerance));
  }
  for (std::size_t k = 0; k < measure_table.size(); ++k) {
    auto& mean = out.state.values[k];
    auto& error = out.state_error.values[k];
    mean.assign(results.front().concurrence.size(), 0.0);
    error = mean;
    for (const auto& state : states) {
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += state.values[k][i] / n;
    }
    for (const auto& state : states) {
      for (std::size_t i = 0; i < mean.size(); ++i) {
        const double difference = state.values[k][i] - mean[i];
        error[i] += difference * difference;
      }
    }
    for (auto& value : error) value = std::sqrt(value / (n * (n - 1.0)));
  }
}

/// The state of one group, measured, and the jackknife over its members.
void add_single_state(const ResultSum& sum, const std::vector<MemberResult>& results, const Settings& settings,
                      const std::vector<double>& density, EnsembleStatistics& out) {
  const double tolerance = settings.boltzmann.positivity_tolerance;
  const auto n = static_cast<double>(settings.ensemble->members);
  out.state = measures_of(density, 1.0, tolerance);
  std::vector<MeasureColumns> without;
  for (const auto& result : results) {
    auto left = density_numbers(result);
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = n * density[i] - left[i];
    without.push_back(n > 1.0 ? measures_of(left, 1.0 / (n - 1.0), tolerance) : out.state);
  }
  for (std::size_t k = 0; k < measure_table.size(); ++k) {
    const auto of = [&](const MemberResult& result) {
      return without[static_cast<std::size_t>(&result - results.data())].values[k];
    };
    const auto mean = sum.mean(settings.ensemble->members, of);
    auto& error = out.state_error.values[k];
    error = sum.deviation(settings.ensemble->members, mean, of);
    for (auto& value : error) value *= (n - 1.0) / std::sqrt(n);
  }
}

}  // namespace

EnsembleStatistics ensemble_statistics(MPI_Comm world, MPI_Comm group, const std::vector<MemberResult>& results,
                                       const Settings& settings) {
  const int members = settings.ensemble->members;
  const ResultSum sum(world, group, results);
  EnsembleStatistics out;
  out.mean.time = results.front().series.time;
  for (const auto& field : series_fields) {
    if (!field.is_there(settings)) continue;
    out.mean.*field.values = sum.mean(members, [&](const MemberResult& r) { return r.series.*field.values; });
  }
  const auto deviation = [&](std::vector<double> SampleSeries::*field) {
    return sum.deviation(members, out.mean.*field, [&](const MemberResult& r) { return r.series.*field; });
  };
  out.interaction_deviation = deviation(&SampleSeries::interaction);
  out.action_deviation = deviation(&SampleSeries::action);
  if (results.front().concurrence.empty()) return out;
  const auto concurrence = [](const MemberResult& r) { return r.concurrence; };
  out.concurrence_mean = sum.mean(members, concurrence);
  out.concurrence_deviation = sum.deviation(members, out.concurrence_mean, concurrence);
  out.physical_fraction = sum.mean(
      members, [](const MemberResult& r) { return std::vector<double>(r.physical.begin(), r.physical.end()); });
  const auto density = sum.mean(members, density_numbers);
  for (std::size_t i = 0; i < density.size(); i += 2) out.density.emplace_back(density[i], density[i + 1]);
  if (settings.ensemble->groups > 1) {
    add_group_states(sum, results, settings, out);
  } else {
    add_single_state(sum, results, settings, density, out);
  }
  return out;
}

}  // namespace hjnet
