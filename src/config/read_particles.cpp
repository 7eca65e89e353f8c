#include "config/read_tables.hpp"

#include "config/toml_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace hjnet {

namespace {

// What sums of decimal numbers in an input file may be off by.
constexpr double sum_tolerance = 1e-6;

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

PortSettings read_port(const Reader& particles, const char* name, const Settings& settings,
                       std::set<std::int64_t>& taken) {
  const auto found = particles.tables(name);
  if (found.empty()) particles.place(name).expected("a table { stokes, neurons, time, width }", "nothing");
  const Reader& table = found.front();
  PortSettings port;
  read_stokes(table, port);
  read_neurons(table, port, settings.network.neurons(), taken);
  read_coupling(table, port);
  table.require("time");
  port.time = table.number("time", 0.0, is_not_negative);
  if (port.time > settings.epoch_length) table.wrong("time");
  table.require("width");
  port.width = table.number("width", 0.0, is_positive);
  std::tie(port.first_epoch, port.last_epoch) = read_epoch_range(table, settings.epochs);
  return port;
}

void read_modes(const Reader& table, BoltzmannSettings& boltzmann) {
  boltzmann.k0 = table.numbers("k0", boltzmann.k0, is_positive);
  if (boltzmann.k0.empty()) table.wrong("k0");
  boltzmann.weights = table.numbers("weights", boltzmann.weights, is_not_negative);
  if (boltzmann.weights.size() != boltzmann.k0.size()) {
    table.place("weights").expected(
        fmt::format("{}, one for each number of k0", counted(static_cast<std::int64_t>(boltzmann.k0.size()), "number")),
        fmt::format("{}{}", boltzmann.weights.size(), table.has("weights") ? "" : ", the default"));
  }
  const double sum = std::accumulate(boltzmann.weights.begin(), boltzmann.weights.end(), 0.0);
  if (std::abs(sum - 1.0) > sum_tolerance) {
    table.place("weights").expected("numbers >= 0 with sum 1", fmt::format("sum {}", sum));
  }
  // Decimal numbers seldom add up to 1, and the mixture's trace is their sum. What has been divided once stays as it
  // is.
  const double round_off = std::numeric_limits<double>::epsilon() * static_cast<double>(boltzmann.weights.size());
  if (std::abs(sum - 1.0) <= round_off) return;
  for (auto& weight : boltzmann.weights) weight /= sum;
}

/// A number for both particles, or one each.
std::array<double, 2> read_rates(const Reader& table, std::string_view key, const std::array<double, 2>& fallback) {
  const auto* node = table.find(key);
  if (node == nullptr) return fallback;
  if (!node->is_array()) {
    const double both = table.number(key, 0.0, is_not_negative);
    return {both, both};
  }
  const auto each = table.numbers(key, {}, is_not_negative);
  if (each.size() != 2) table.wrong(key);
  return {each[0], each[1]};
}

std::array<double, 3> read_axis(const Reader& table, const toml::array& numbers) {
  std::array<double, 3> axis{};
  if (numbers.size() != axis.size()) table.wrong("axis");
  for (std::size_t i = 0; i < axis.size(); ++i) {
    const auto number = finite_number(*numbers.get(i));
    if (!number) table.wrong("axis");
    axis[i] = *number;
  }
  const double length = std::hypot(axis[0], axis[1], axis[2]);
  if (!(length > 0.0)) table.wrong("axis");
  // What has been divided once stays as it is.
  if (std::abs(length - 1.0) <= 2.0 * std::numeric_limits<double>::epsilon()) return axis;
  for (auto& component : axis) component /= length;
  return axis;
}

void read_bath(const Reader& boltzmann, BathSettings& bath) {
  for (const Reader& table : boltzmann.tables("bath")) {
    bath.dephasing = read_rates(table, "dephasing", bath.dephasing);
    bath.relaxation = read_rates(table, "relaxation", bath.relaxation);
    bath.occupation = read_rates(table, "occupation", bath.occupation);
    if (table.has("axis")) {
      const auto* axes = table.find("axis")->as_array();
      if (axes == nullptr) table.wrong("axis");
      const bool each = axes->size() == 2 && axes->get(0)->is_array() && axes->get(1)->is_array();
      for (std::size_t i = 0; i < 2; ++i) bath.axis[i] = read_axis(table, each ? *axes->get(i)->as_array() : *axes);
    }
    const std::array<double, 2> none{};
    table.must_act("occupation", bath.relaxation != none, bath.occupation == none, "a relaxation beside it");
  }
}

/// A correlation of the noise stands behind two of the memories only.
void check_second_order(const Reader& table, const BoltzmannSettings& boltzmann) {
  table.must_act("second_order", boltzmann.memory != Memory::none, boltzmann.second_order == SecondOrder::redfield,
                 "a boltzmann.memory, without which there is no second order");
  if (boltzmann.second_order != SecondOrder::average) return;
  if (boltzmann.memory == Memory::causal || boltzmann.memory == Memory::exponential) return;
  table.place("second_order")
      .fail(fmt::format("\"average\" cannot go with memory = \"{}\", which is the correlation function of no noise: "
                        "expected memory = \"causal\" or \"exponential\", or second_order = \"regularised\"",
                        name_of(memory_names, boltzmann.memory)));
}

void read_boltzmann(const Reader& input, Settings& settings) {
  const Reader table = table_or_empty(input, "boltzmann");
  auto& boltzmann = settings.boltzmann;
  const BoltzmannSettings standard;
  boltzmann.charge = table.number("charge", boltzmann.charge);
  boltzmann.volume = table.number("volume", boltzmann.volume, is_positive);
  boltzmann.memory = table.choice("memory", memory_names, boltzmann.memory);
  boltzmann.window = table.number("window", boltzmann.window, is_positive);
  boltzmann.correlation_time = table.number("correlation_time", boltzmann.correlation_time, is_positive);
  boltzmann.second_order = table.choice("second_order", second_order_names, boltzmann.second_order);
  boltzmann.mediator_noise = table.number("mediator_noise", boltzmann.mediator_noise, is_not_negative);
  read_bath(table, boltzmann.bath);
  boltzmann.critical = table.boolean("critical", boltzmann.critical);
  read_modes(table, boltzmann);
  boltzmann.positivity_tolerance =
      table.number("positivity_tolerance", boltzmann.positivity_tolerance, is_not_negative);
  table.must_act("window", boltzmann.memory == Memory::window, boltzmann.window == standard.window,
                 "boltzmann.memory = \"window\"");
  table.must_act("correlation_time", boltzmann.memory == Memory::exponential,
                 boltzmann.correlation_time == standard.correlation_time, "boltzmann.memory = \"exponential\"");
  check_second_order(table, boltzmann);
  boltzmann.mean_field = settings.particles && settings.particles->closure == Closure::mean_field;
  if (boltzmann.mean_field && boltzmann.memory != Memory::none) {
    table.place("memory").fail(
        fmt::format("\"{}\" cannot go with particles.closure = \"mean_field\", whose equation is not "
                    "linear and has no second order: expected \"none\"",
                    name_of(memory_names, boltzmann.memory)));
  }
  const bool is_default = !table.empty() && boltzmann == standard;
  input.must_act("boltzmann", settings.particles.has_value(), is_default, "[particles] beside it");
}

/// What is fed back must be known at an epoch's start, so K(t) may not see what the network does afterwards.
void check_feedback(const Reader& input, const Settings& settings) {
  if (!settings.particles || !settings.particles->feedback) return;
  const auto& boltzmann = settings.boltzmann;
  const auto memory = boltzmann.memory;
  const Place place = input.tables("particles").front().place("feedback");
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

void read_particles(const Reader& input, Settings& settings) {
  if (input.has("particles")) {
    const Reader table = table_or_empty(input, "particles");
    ParticleSettings particles;
    particles.amplitude = table.number("amplitude", particles.amplitude);
    particles.closure = table.choice("closure", closure_names, particles.closure);
    particles.feedback = table.boolean("feedback", particles.feedback);
    std::set<std::int64_t> taken;
    particles.a = read_port(table, "a", settings, taken);
    particles.b = read_port(table, "b", settings, taken);
    settings.particles = particles;
  }
  read_boltzmann(input, settings);
  check_feedback(input, settings);
}

}  // namespace hjnet
