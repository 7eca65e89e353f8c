// [particles] and its ports.
#include "config/document/toml_text.hpp"
#include "config/tables/read_common.hpp"
#include "config/tables/tables.hpp"
#include "config/visitors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hjnet {

namespace {

void read_stokes(const Reader& table, PortSettings& port) {
  table.require("stokes");
  const auto stokes = table.numbers("stokes", {});
  if (stokes.size() != 3) table.wrong("stokes");
  std::copy(stokes.begin(), stokes.end(), port.stokes.begin());
  const double square = std::inner_product(stokes.begin(), stokes.end(), stokes.begin(), 0.0);
  if (square > 1.0 + 1e-12) {
    table.place("stokes").expected("three numbers with sum of squares <= 1", fmt::format("sum {}", square));
  }
}

void read_neurons(const Reader& table, PortSettings& port, std::int64_t neurons, std::set<std::int64_t>& taken) {
  table.require("neurons");
  port.neurons = table.integers("neurons");
  if (port.neurons.empty()) table.wrong("neurons");
  for (std::size_t i = 0; i < port.neurons.size(); ++i) {
    const auto neuron = port.neurons[i];
    const Place at = table.place("neurons").element(*table.find("neurons")->as_array()->get(i), i);
    if (neuron < 0 || neuron >= neurons) {
      at.expected(fmt::format("a neuron from 0 to {}", neurons - 1), fmt::format("{}", neuron));
    }
    if (!taken.insert(neuron).second) {
      at.expected("a neuron that stands in the ports once", fmt::format("{} again", neuron));
    }
  }
}

void read_coupling(const Reader& table, PortSettings& port) {
  constexpr std::string_view row_text = "a row of three numbers";
  if (!table.has("coupling")) {
    if (port.neurons.size() <= 3) return;
    table.wrong("neurons", "at most three neurons, one for each Stokes component, where there is no coupling");
  }
  const auto* rows = table.find("coupling")->as_array();
  if (rows == nullptr) table.wrong("coupling");
  if (rows->size() != port.neurons.size()) {
    table.place("coupling")
        .expected(fmt::format("{}, one for each neuron of the port",
                              counted(static_cast<std::int64_t>(port.neurons.size()), "row")),
                  fmt::format("{}", rows->size()));
  }
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto* row = rows->get(i)->as_array();
    const Place at = table.place("coupling").element(*rows->get(i), i);
    if (row == nullptr || row->size() != 3) at.expected(row_text, describe(*rows->get(i)));
    auto& numbers = port.coupling.emplace_back();
    for (std::size_t j = 0; j < 3; ++j) {
      const auto number = finite_number(*row->get(j));
      if (!number) at.element(*row->get(j), j).expected("a finite number", describe(*row->get(j)));
      numbers[j] = *number;
    }
  }
}

/// A direction at right angles to the Stokes vector: the first of x, y, z that is nearest to that, made so.
std::array<double, 3> perpendicular(const std::array<double, 3>& stokes) {
  const double square = std::inner_product(stokes.begin(), stokes.end(), stokes.begin(), 0.0);
  std::size_t nearest = 0;
  for (std::size_t i = 1; i < 3; ++i) {
    if (std::abs(stokes[i]) < std::abs(stokes[nearest])) nearest = i;
  }
  std::array<double, 3> axis{};
  axis[nearest] = 1.0;
  for (std::size_t i = 0; i < 3 && square > 0.0; ++i) axis[i] -= stokes[nearest] * stokes[i] / square;
  const double length = std::sqrt(std::inner_product(axis.begin(), axis.end(), axis.begin(), 0.0));
  for (double& component : axis) component /= length;
  return axis;
}

/// The given one; with branches another where none is.
void read_port_axis(const Reader& table, PortSettings& port, bool branches) {
  if (branches) port.axis = perpendicular(port.stokes);
  if (!table.has("axis")) return;
  if (!branches) table.place("axis").fail("has no effect: expected particles.closure = \"branches\"");
  const auto* numbers = table.find("axis")->as_array();
  if (numbers == nullptr) table.wrong("axis");
  port.axis = read_axis(table, *numbers);
}

PortExtent extent_of(const Settings& settings) {
  return {settings.network.neurons(), settings.epoch_length, settings.epochs, settings.has_branches()};
}

PortSettings read_port(const Reader& particles, const char* name, const Settings& settings,
                       std::set<std::int64_t>& taken) {
  const auto found = particles.tables(name);
  if (found.empty()) particles.place(name).expected("a table { stokes, neurons, time, width }", "nothing");
  PortSettings port;
  read_fields(found.front(), port, extent_of(settings), taken);
  return port;
}

/// What is fed back must be known at an epoch's start, so K(t) may not see what the network does afterwards.
void check_feedback(const Reader& input, const Settings& settings) {
  if (!settings.particles || !settings.particles->feedback) return;
  const auto& boltzmann = settings.boltzmann;
  const auto memory = boltzmann.memory;
  const Place place = input.tables("particles").front().place("feedback");
  if (settings.has_branches()) {
    place.fail("true cannot go with closure = \"branches\", whose networks are fed the axes' states");
  }
  if (boltzmann.second_order == SecondOrder::average || memory == Memory::exponential) {
    place.fail(
        "true cannot go with second_order = \"average\" or memory = \"exponential\", whose noise remembers more than "
        "the density matrix: expected boltzmann.memory = \"none\" or \"causal\" without an average");
  }
  if (memory == Memory::none || memory == Memory::causal) return;
  place.fail(
      fmt::format("true cannot go with boltzmann.memory = \"{}\", which makes the particles depend on what the "
                  "network does later: expected boltzmann.memory = \"none\" or \"causal\"",
                  name_of(memory_names, memory)));
}

}  // namespace

void state_keys(Fields& fields, PortSettings& port, std::int64_t neurons, std::set<std::int64_t>& taken) {
  fields.key(
      {"stokes", "three numbers with sum of squares <= 1", "required", "the Stokes vector of the state fed in"},
      [&](const Reader& table) { read_stokes(table, port); },
      [&] { return toml_text(std::vector<double>(port.stokes.begin(), port.stokes.end())); });
  fields.key(
      {"neurons", "a list of neurons, each from 0 and below the number of neurons", "required",
       "the port: indices over the whole network. Ports share no neuron; at most three neurons unless there is a "
       "coupling"},
      [&](const Reader& table) {
        read_neurons(table, port, neurons, taken);
        read_coupling(table, port);
      },
      [&] { return toml_text(port.neurons); });
}

void coupling_keys(Fields& fields, PortSettings& port, bool branches) {
  fields.key(
      {"coupling", "a row of three numbers for each neuron of the port", "component i to neuron i",
       "the matrix C by which Stokes components enter the port's neurons"},
      [](const Reader& /*read with the neurons*/) {},
      [&] {
        std::vector<std::string> rows;
        for (const auto& row : port.coupling) {
          rows.push_back(toml_text(std::vector<double>(row.begin(), row.end())));
        }
        return rows.empty() ? std::string() : fmt::format("[{}]", fmt::join(rows, ", "));
      });
  fields.key(
      {"axis", "three numbers, not all 0", "perpendicular to stokes",
       "with closure = \"branches\": the networks are fed +axis or -axis, made of length 1, in place of stokes"},
      [&](const Reader& table) { read_port_axis(table, port, branches); },
      [&] {
        const bool given = port.axis != std::array<double, 3>{};
        return given ? toml_text(std::vector<double>(port.axis.begin(), port.axis.end())) : std::string();
      });
}

std::vector<TableReference> particle_tables() {
  std::vector<TableReference> tables;
  ParticleSettings standard;
  FieldReference particles("particles", "The two particles. Without this table there is no quantum stage.");
  declare(particles, standard);
  tables.push_back(particles.take());
  for (const auto& [path, meaning] :
       {std::pair{"particles.a", "How particle A enters. Required with `[particles]`."},
        std::pair{"particles.b", "How particle B enters. Required with `[particles]`."}}) {
    FieldReference port(path, meaning);
    std::set<std::int64_t> none;
    declare(port, standard.a, {}, none);
    tables.push_back(port.take());
  }
  return tables;
}

void write_particles(TomlWriter& out, const ParticleSettings& particles) {
  out.table("particles");
  write_fields(out, particles);
  std::set<std::int64_t> none;
  out.table("particles.a");
  write_fields(out, particles.a, PortExtent{}, none);
  out.table("particles.b");
  write_fields(out, particles.b, PortExtent{}, none);
}

void read_particles(const Reader& input, Settings& settings) {
  if (input.has("particles")) {
    const Reader table = table_or_empty(input, "particles");
    ParticleSettings particles;
    read_fields(table, particles);
    settings.particles = particles;
    std::set<std::int64_t> taken;
    settings.particles->a = read_port(table, "a", settings, taken);
    settings.particles->b = read_port(table, "b", settings, taken);
  }
  read_boltzmann(input, settings);
  check_feedback(input, settings);
}

}  // namespace hjnet
