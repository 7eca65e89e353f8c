// How a run file is laid out: every dataset at its full size, before the run.
#include "results/run_file.hpp"

#include "engine/epoch_mesh.hpp"
#include "network/family.hpp"
#include "parallel/counts.hpp"
#include "results/run_file_tables.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <limits>

namespace hjnet {

namespace {

/// Of a two-particle density matrix.
const Dimension matrix_row("row", 4);
const Dimension matrix_column("column", 4);

}  // namespace

void RunFile::create_fields(SeriesField::Needs needs, bool statistics, bool of_members) {
  for (const auto& field : series_fields) {
    if (field.needs != needs || field.statistics != statistics || !field.is_there(settings_)) continue;
    create_field(field, of_members);
  }
}

void RunFile::create_field(const SeriesField& field, bool of_members) {
  const auto dims = field.dims({time_axis()});
  if (of_members) return create_members(field.name, dims, field.description, field.of_members, field.statistics);
  archive_.create_dataset<double>(field.path, dims, std::string(field.description) + field.more);
}

void RunFile::create_branches() {
  for (const auto& field : series_fields) {
    if (field.needs != SeriesField::Needs::branches) continue;
    create_field(field, false);
    if (settings_.ensemble) create_field(field, true);
  }
}

void RunFile::create_members(const std::string& name, std::vector<Dimension> dims, const std::string& description,
                             const std::string& of_members, bool statistics) {
  if (statistics) {
    archive_.create_dataset<double>("/ensemble/mean/" + name, dims, description + ", mean over the members");
    archive_.create_dataset<double>("/ensemble/deviation/" + name, dims,
                                    description + ", standard deviation of the members (n - 1)");
  }
  dims.insert(dims.begin(), member_axis());
  archive_.create_dataset<double>("/ensemble/member/" + name, dims, description + of_members);
}

void RunFile::create_progress() {
  archive_.create_dataset<std::int32_t>("/progress/epochs_completed", {}, "epochs whose data are complete");
  archive_.create_dataset<std::int32_t>("/progress/finished", {}, "1 once the run has ended as planned, else 0");
  if (!settings_.ensemble) return;
  archive_.create_dataset<std::int32_t>("/progress/member_epochs", {member_axis()}, "epochs written of each member");
  archive_.create_dataset<std::int32_t>("/progress/member_finished", {member_axis()},
                                        "1 once all numbers of a member are complete, else 0");
}

void RunFile::create_series() {
  archive_.create_dataset<double>("/series/time", {time_axis()}, "time t");
  archive_.create_dataset<std::int32_t>("/series/epoch", {time_axis()}, "epoch n, from 0");
  for (const bool statistics : {false, true}) create_fields(SeriesField::Needs::nothing, statistics, false);
  create_fields(SeriesField::Needs::particles, false, false);
}

void RunFile::create_states() {
  const std::vector<Dimension> dims{time_axis(), neuron_axis()};
  archive_.create_dataset<double>("/states/y", dims, "output y of every neuron, a row a sample");
  archive_.create_dataset<double>("/states/delta", dims, "conjugate Delta of every neuron, a row a sample");
}

std::vector<std::string> snapshots(const Settings& settings, const std::string& kind) {
  const auto& learning = settings.learning;
  const bool momenta = kind == "/momenta";
  if (settings.output.weights == WeightOutput::none || (momenta && !learning.enabled)) return {};
  // Constraints move the initial data, and W and M along their flows.
  const bool free = settings.gauge.constraints.empty();
  const bool vanish = momenta && free && learning.momentum == Boundary::terminal;  // at ends of epochs
  if (settings.output.weights == WeightOutput::factors) {
    return vanish ? std::vector<std::string>{} : std::vector<std::string>{"final"};
  }
  std::vector<std::string> names;
  if (!momenta || !free || learning.momentum == Boundary::terminal) names.emplace_back("initial");
  if (vanish) return names;
  names.emplace_back("final");
  if (settings.output.weights == WeightOutput::all) {
    for (int n = 1; n <= settings.epochs; ++n) names.push_back(fmt::format("epoch_{:05}", n));
  }
  return names;
}

void RunFile::create_density() {
  const Dimension mode("mode", settings_.boltzmann.k0.size());
  archive_.create_dataset<double>("/density/k0", {mode}, "energy k0 of each momentum mode");
  archive_.create_dataset<double>("/density/weight", {mode}, "share of each momentum mode in the mixture");
  archive_.create_dataset<std::complex<double>>("/density/rho", {time_axis(), mode, matrix_row, matrix_column},
                                                "two-particle density matrix of each mode, basis 00, 01, 10, 11");
  archive_.create_dataset<std::complex<double>>("/density/mean", {time_axis(), matrix_row, matrix_column},
                                                "density matrix of the mixture of the modes");
  for (const auto& measure : measure_table) {
    archive_.create_dataset<double>(fmt::format("/entanglement/{}", measure.name), {time_axis(), mode},
                                    fmt::format("{}, a column a mode", measure.description));
    archive_.create_dataset<double>(fmt::format("/entanglement/mean/{}", measure.name), {time_axis()},
                                    fmt::format("{}, of the mixture of the modes", measure.description));
  }
  archive_.create_dataset<std::int32_t>(
      "/entanglement/physical", {time_axis(), mode},
      "1: a positive density matrix; 0: not, its measures mean nothing; a column a mode");
  archive_.create_dataset<std::int32_t>(
      "/entanglement/mean/physical", {time_axis()},
      "1: a positive density matrix; 0: not, its measures mean nothing; of the mixture");
}

void RunFile::create_operators() {
  const auto mesh = operator_mesh(settings_);
  const Dimension node("node", mesh.nodes());
  archive_.create_dataset<double>("/operator/boundaries", {{"boundary", mesh.boundaries().size()}},
                                  "ends of the elements of time, phases of an epoch");
  archive_.create_dataset<double>("/operator/phases", {node},
                                  "phases of the nodes, Chebyshev-Lobatto points of each element");
  archive_.create_dataset<double>("/operator/coefficients", {member_axis(), epoch_axis(), node, {"alpha", 16}},
                                  "coefficients c_alpha at the nodes of every epoch of each member: in between, the "
                                  "polynomial of the element is what the particles see");
}

void RunFile::create_critical() {
  const std::vector<Dimension> rows{member_axis()};
  archive_.create_dataset<double>("/critical/mediator_noise", rows,
                                  "smallest mediator noise x at which no sample is entangled, a row a member");
  archive_.create_dataset<double>(
      "/critical/dephasing", rows,
      "smallest dephasing of both particles at which no sample is entangled, a row a member", "1/time");
  if (settings_.has_branches()) {
    for (const auto& [name, what] : {std::pair{"sigma_neurons", "outputs"}, std::pair{"sigma_weights", "weights"}}) {
      archive_.create_dataset<double>(
          std::string("/critical/") + name, rows,
          fmt::format("largest width to which {} are told apart at which no sample is entangled, a row a member",
                      what));
    }
  }
  // The end of a run then changes a number in place, and no structure.
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  if (settings_.ensemble) write_state_critical({unknown, unknown, unknown, unknown});
  archive_.create_dataset<std::complex<double>>(
      "/witness", {matrix_row, matrix_column},
      "W with Tr(W rho) >= 0 for every separable state, of the mixture where its negativity is largest");
  archive_.write_attribute(
      "/witness", "settings",
      std::string("Tr(W rho) = sum of the attributes II, IX, ... ZZ times the mean of that product of "
                  "Pauli matrices of A and of B: nine pairs of local settings"));
  write_numbers("/witness", witness_numbers(PauliVector::Constant(unknown), unknown, unknown));
}

void RunFile::create_ensemble() {
  create_fields(SeriesField::Needs::nothing, true, true);
  if (settings_.particles) {
    create_members("concurrence", {time_axis()}, "concurrence of the mixture of the modes", ", a row a member", true);
  }
  create_fields(SeriesField::Needs::nothing, false, true);
  archive_.write_attribute("/ensemble", "members", std::int64_t{settings_.ensemble->members});
  archive_.write_attribute("/ensemble", "first", std::int64_t{first_});
  archive_.write_attribute("/ensemble", "groups", std::int64_t{settings_.ensemble->groups});
  if (has_family()) {
    archive_.create_dataset<double>("/ensemble/member/parameter",
                                    {member_axis(), {"direction", settings_.ensemble->family.size()}},
                                    "parameters of the family, a row a member");
  }
  if (!settings_.particles) return;
  create_fields(SeriesField::Needs::particles, false, true);
  archive_.create_dataset<double>("/ensemble/mean/physical", {time_axis()}, "share of members that are physical");
  archive_.create_dataset<std::int32_t>("/ensemble/member/physical", {member_axis(), time_axis()},
                                        "1: a positive density matrix; 0: not; a row a member");
  archive_.create_dataset<std::complex<double>>("/ensemble/mean/density", {time_axis(), matrix_row, matrix_column},
                                                "density matrix of the mixture of the modes, mean over the members");
  for (const auto& measure : measure_table) {
    archive_.create_dataset<double>(
        fmt::format("/ensemble/state/{}", measure.name), {time_axis()},
        fmt::format("{} of the observer's state, mean over the groups", measure.description));
    archive_.create_dataset<double>(
        fmt::format("/ensemble/state_error/{}", measure.name), {time_axis()},
        fmt::format("jackknife error of the {} of the observer's state", measure.description));
  }
  archive_.create_dataset<std::complex<double>>("/ensemble/member/density",
                                                {member_axis(), time_axis(), matrix_row, matrix_column},
                                                "density matrix of the mixture of the modes, of each member");
}

void RunFile::write_parameters() {
  std::vector<double> values;
  for (int member = 0; member < settings_.ensemble->members; ++member) {
    const auto own = family_values(settings_.ensemble->family, member);
    values.insert(values.end(), own.begin(), own.end());
  }
  archive_.write_root<double>("/ensemble/member/parameter", values);
}

void RunFile::write_what_is_known() {
  const std::vector<std::int32_t> zeros(as_size(settings_.members()));
  if (settings_.ensemble) {
    for (const auto* path : {"/progress/member_epochs", "/progress/member_finished"}) {
      archive_.write_root<std::int32_t>(path, zeros);
    }
  }
  if (settings_.particles) {
    archive_.write_root<double>("/density/k0", settings_.boltzmann.k0);
    archive_.write_root<double>("/density/weight", settings_.boltzmann.weights);
    const auto mesh = operator_mesh(settings_);
    archive_.write_root<double>("/operator/boundaries", mesh.boundaries());
    archive_.write_root<double>("/operator/phases", mesh.phases());
  }
  if (has_family()) write_parameters();
  // The snapshots of a sparse matrix share one pattern.
  for (const auto& matrix : layout_.matrices) {
    if (!matrix.dense && !snapshots(settings_, "/weights").empty()) write_pattern(matrix);
  }
  archive_.flush();
  // Last of all, as the mark of a file that is laid out.
  for (const auto* path : {"/progress/finished", "/progress/epochs_completed"}) {
    archive_.write_root<std::int32_t>(path, std::span(zeros).first(1));
  }
  archive_.flush();
}

}  // namespace hjnet
