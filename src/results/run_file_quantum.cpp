// What a run file holds of the particles and of ensembles.
#include "results/run_file.hpp"

#include "archive/collective.hpp"
#include "results/run_file_tables.hpp"

#include <fmt/format.h>

namespace hjnet {

namespace {

using Complex = std::complex<double>;

using NamedNoise = std::pair<const char*, double CriticalNoise::*>;
constexpr std::array<NamedNoise, 4> critical_noises{{{"mediator_noise", &CriticalNoise::mediator},
                                                     {"dephasing", &CriticalNoise::dephasing},
                                                     {"sigma_neurons", &CriticalNoise::sigma_neurons},
                                                     {"sigma_weights", &CriticalNoise::sigma_weights}}};

/// The last two with branches only.
std::span<const NamedNoise> noises_of(const Settings& settings) {
  return std::span(critical_noises).first(settings.has_branches() ? 4 : 2);
}

}  // namespace

std::vector<double> read_operator_coefficients(const Archive& archive, std::uint64_t row) {
  const auto slab = Slab::row(archive.dims("/operator/coefficients"), row);
  std::vector<double> values(slab.elements());
  archive.read<double>("/operator/coefficients", slab, values, Access::independent);
  return values;
}

SampleSeries read_series(const Archive& archive, const Settings& settings, int member) {
  SampleSeries out;
  const auto row = static_cast<std::uint64_t>(member - settings.first_member());
  for (const auto& field : series_fields) {
    if (!field.is_there(settings)) continue;
    const auto path = settings.ensemble ? std::string("/ensemble/member/") + field.name : std::string(field.path);
    const auto dims = archive.dims(path);
    const auto slab = settings.ensemble ? Slab::row(dims, row) : Slab::whole(dims);
    auto& values = out.*field.values;
    values.resize(slab.elements());
    archive.read<double>(path, slab, values, Access::independent);
  }
  if (settings.particles) out.operators = read_operator_coefficients(archive, row);
  return out;
}

const std::vector<double>& MeasureColumns::of(double Measures::*measure) const {
  std::size_t k = 0;
  while (measure_table[k].value != measure) ++k;
  return values[k];
}

void RunFile::write_measures(const std::string& group, const Slab& slab, const MeasureColumns& measures) {
  for (std::size_t k = 0; k < measure_table.size(); ++k) {
    archive_.write<double>(fmt::format("{}/{}", group, measure_table[k].name), slab, measures.values[k],
                           Access::independent);
  }
}

void RunFile::write_modes(int member, std::array<std::uint64_t, 2> first, std::array<std::uint64_t, 2> count,
                          std::span<const Complex> rho, const MeasureColumns& measures) {
  if (member != first_) return;
  archive_.write<Complex>("/density/rho", {{first[0], first[1], 0, 0}, {count[0], count[1], 4, 4}}, rho,
                          Access::independent);
  const Slab slab{{first[0], first[1]}, {count[0], count[1]}};
  write_measures("/entanglement", slab, measures);
  archive_.write<std::int32_t>("/entanglement/physical", slab, measures.physical, Access::independent);
}

void RunFile::write_mean_density(int member, std::span<const Complex> rho, const MeasureColumns& measures) {
  if (member == first_) {
    const Slab slab{{0}, {samples()}};
    archive_.write<Complex>("/density/mean", {{0, 0, 0}, {samples(), 4, 4}}, rho, Access::independent);
    write_measures("/entanglement/mean", slab, measures);
    archive_.write<std::int32_t>("/entanglement/mean/physical", slab, measures.physical, Access::independent);
  }
  if (!settings_.ensemble) return;
  const auto row = member_row(member);
  write_member("concurrence", member, 0, measures.of(&Measures::concurrence));
  archive_.write<std::int32_t>("/ensemble/member/physical", {{row, 0}, {1, samples()}}, measures.physical,
                               Access::independent);
  archive_.write<Complex>("/ensemble/member/density", {{row, 0, 0, 0}, {1, samples(), 4, 4}}, rho, Access::independent);
}

void RunFile::write_witness(std::span<const Complex> witness, const NamedNumbers& numbers) {
  together(world_, [&] {
    if (world_rank_ == 0) archive_.write<Complex>("/witness", {{0, 0}, {4, 4}}, witness, Access::independent);
  });
  write_numbers("/witness", numbers);
}

void RunFile::write_critical(int member, const CriticalNoise& noise) {
  for (const auto& [name, value] : noises_of(settings_)) {
    archive_.write<double>(std::string("/critical/") + name, {{member_row(member)}, {1}},
                           std::span<const double>(&(noise.*value), 1), Access::independent);
  }
}

void RunFile::write_state_critical(const CriticalNoise& noise) {
  for (const auto& [name, value] : noises_of(settings_)) {
    archive_.write_attribute(std::string("/critical/") + name, "state", noise.*value);
  }
}

CriticalNoise RunFile::read_critical(int member) const {
  CriticalNoise noise;
  for (const auto& [name, value] : noises_of(settings_)) {
    archive_.read<double>(std::string("/critical/") + name, {{member_row(member)}, {1}}, std::span(&(noise.*value), 1),
                          Access::independent);
  }
  return noise;
}

void RunFile::write_operators(int member, int first_epoch, std::span<const double> values) {
  if (values.empty()) return;
  constexpr const char* path = "/operator/coefficients";
  const auto slab =
      Slab::row_part(archive_.dims(path), member_row(member), static_cast<std::uint64_t>(first_epoch), values.size());
  archive_.write<double>(path, slab, values, Access::independent);
}

StoredMember RunFile::read_member(int member) const {
  StoredMember out;
  const auto read = [&]<class T>(const char* name, std::vector<T>& values) {
    const auto path = std::string("/ensemble/member/") + name;
    const auto slab = Slab::row(archive_.dims(path), member_row(member));
    values.resize(slab.elements());
    archive_.read<T>(path, slab, values, Access::independent);
  };
  out.series = hjnet::read_series(archive_, settings_, member);
  if (!settings_.particles) return out;
  read("concurrence", out.concurrence);
  read("physical", out.physical);
  read("density", out.density);
  return out;
}

void RunFile::finish_members(const std::vector<int>& members) {
  archive_.flush();
  together(world_, [&] {
    const std::int32_t one = 1;
    for (const int member : members) {
      if (group_rank_ != 0) continue;
      archive_.write<std::int32_t>("/progress/member_finished", {{member_row(member)}, {1}}, std::span(&one, 1),
                                   Access::independent);
    }
  });
}

void RunFile::write_ensemble_statistics(const EnsembleStatistics& statistics) {
  together(world_, [&] {
    if (world_rank_ != 0) return;
    const auto& mean = statistics.mean;
    std::vector<std::int32_t> epochs(samples());
    const auto rows = settings_.samples_an_epoch();
    for (std::size_t i = 0; i < epochs.size(); ++i) epochs[i] = static_cast<std::int32_t>(i / rows);
    archive_.write<std::int32_t>("/series/epoch", {{0}, {samples()}}, epochs, Access::independent);
    write_rows("/series/time", 0, mean.time);
    write_scalars(std::nullopt, 0, mean);
    write_rows("/ensemble/mean/interaction", 0, mean.interaction);
    write_rows("/ensemble/mean/action", 0, mean.action);
    write_rows("/ensemble/deviation/interaction", 0, statistics.interaction_deviation);
    write_rows("/ensemble/deviation/action", 0, statistics.action_deviation);
    if (!settings_.particles) return;
    write_rows("/ensemble/mean/concurrence", 0, statistics.concurrence_mean);
    write_rows("/ensemble/deviation/concurrence", 0, statistics.concurrence_deviation);
    write_rows("/ensemble/mean/physical", 0, statistics.physical_fraction);
    archive_.write<Complex>("/ensemble/mean/density", {{0, 0, 0}, {samples(), 4, 4}}, statistics.density,
                            Access::independent);
    write_measures("/ensemble/state", {{0}, {samples()}}, statistics.state);
    write_measures("/ensemble/state_error", {{0}, {samples()}}, statistics.state_error);
  });
}

}  // namespace hjnet
