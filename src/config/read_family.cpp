// Families of members, [[ensemble.family]], and the wavefunction over them, [wavefunction].
#include "config/read_tables.hpp"
#include "config/sample_row.hpp"
#include "config/toml_text.hpp"

#include <fmt/format.h>

#include <limits>

namespace hjnet {

namespace {

constexpr std::int64_t most_members = std::numeric_limits<int>::max();
/// Members a parameter that differences of fourth order need, at both ends of the family too.
constexpr int fewest_for_waves = 5;

/// A neuron of the network under `key`.
void expect_neuron(const Place& place, std::int64_t neuron, const Settings& settings) {
  const auto neurons = settings.network.neurons();
  if (neuron >= 0 && neuron < neurons) return;
  place.expected(fmt::format("a neuron from 0 to {}", neurons - 1), fmt::format("{}", neuron));
}

FamilyParameter read_parameter(const Reader& table, const Settings& settings) {
  FamilyParameter parameter;
  for (const auto* key : {"vary", "neuron", "low", "high", "count"}) table.require(key);
  parameter.quantity = table.choice("vary", family_names, parameter.quantity);
  parameter.neuron = table.integer("neuron", 0, 0);
  expect_neuron(table.place("neuron"), parameter.neuron, settings);
  parameter.low = table.number("low", parameter.low);
  parameter.high = table.number("high", parameter.high);
  if (parameter.high <= parameter.low) table.wrong("high", fmt::format("a number > low = {}", parameter.low));
  parameter.count = static_cast<int>(table.integer("count", 0, 2, most_members - 1));
  return parameter;
}

/// One [low, high] for each axis.
void read_range(const Reader& table, WaveSettings& wave) {
  if (!table.has("range")) return;
  const auto* rows = table.find("range")->as_array();
  if (rows == nullptr || rows->size() != wave.neurons.size()) {
    table.wrong("range", counted(static_cast<std::int64_t>(wave.neurons.size()), "interval") +
                             " [low, high], one for each axis");
  }
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const Place at = table.place("range").element(*rows->get(i), i);
    const auto* ends = rows->get(i)->as_array();
    if (ends == nullptr || ends->size() != 2) at.expected("an interval [low, high]", describe(*rows->get(i)));
    const auto low = finite_number(*ends->get(0));
    const auto high = finite_number(*ends->get(1));
    if (!low || !high || *low >= *high) {
      at.expected("two finite numbers, low < high",
                  fmt::format("[{}, {}]", describe(*ends->get(0)), describe(*ends->get(1))));
    }
    wave.range.push_back({*low, *high});
  }
}

void read_axes(const Reader& table, const Settings& settings, WaveSettings& wave) {
  table.require("neurons");
  wave.neurons = table.integers("neurons");
  const auto& family = settings.ensemble->family;
  if (wave.neurons.size() != family.size()) {
    table.wrong("neurons", fmt::format("{}, as many as ensemble.family has parameters",
                                       counted(static_cast<std::int64_t>(family.size()), "neuron")));
  }
  for (std::size_t i = 0; i < wave.neurons.size(); ++i) {
    const Place at = table.place("neurons").element(*table.find("neurons")->as_array()->get(i), i);
    expect_neuron(at, wave.neurons[i], settings);
    if (i > 0 && wave.neurons[i] == wave.neurons[0])
      at.expected("another neuron", fmt::format("{} again", wave.neurons[i]));
  }
  const std::int64_t usual = family.size() == 1 ? 256 : 64;
  wave.grid.assign(family.size(), usual);
  if (table.has("grid")) wave.grid = table.integers("grid");
  if (wave.grid.size() != family.size()) {
    table.wrong("grid", counted(static_cast<std::int64_t>(family.size()), "integer") + ", one for each axis");
  }
  constexpr std::int64_t most_points = 65536;
  for (std::size_t i = 0; i < wave.grid.size(); ++i) {
    if (wave.grid[i] < 2 || wave.grid[i] > most_points) table.wrong_element("grid", i);
  }
  constexpr std::int64_t most_values = std::int64_t{1} << 28;
  std::int64_t values = 1;  // two axes at most, so that it cannot overflow
  for (const auto points : wave.grid) values *= points;
  if (values > most_values) {
    table.place("grid").expected(fmt::format("at most {} points in all", most_values), fmt::format("{}", values));
  }
  read_range(table, wave);
}

/// Times inside the run, each at a sample of its own.
void read_times(const Reader& table, const Settings& settings, WaveSettings& wave) {
  table.require("times");
  wave.times = table.numbers("times", {}, is_not_negative);
  if (wave.times.empty()) table.wrong("times");
  const double end = settings.epochs * settings.epoch_length;
  std::int64_t before = -1;
  for (std::size_t i = 0; i < wave.times.size(); ++i) {
    const Place at = table.place("times").element(*table.find("times")->as_array()->get(i), i);
    if (wave.times[i] > end) {
      at.expected(fmt::format("a time from 0 to {}, the end of the run", end), fmt::format("{}", wave.times[i]));
    }
    const auto row = sample_row(settings, wave.times[i]);
    if (row <= before) {
      at.expected("times in ascending order, each nearest to another sample",
                  fmt::format("{} after {}", wave.times[i], wave.times[i - 1]));
    }
    before = row;
  }
}

}  // namespace

void read_family(const Reader& table, const Settings& settings, EnsembleSettings& ensemble) {
  if (!table.has("family")) return;
  const auto parameters = table.tables("family");
  if (parameters.empty() || parameters.size() > 2) table.wrong("family", "one or two parameters");
  std::int64_t product = 1;
  for (const auto& parameter : parameters) {
    auto& added = ensemble.family.emplace_back(read_parameter(parameter, settings));
    product *= added.count;
    const auto& first = ensemble.family.front();
    if (&added != &first && added.quantity == first.quantity && added.neuron == first.neuron) {
      parameter.place("neuron").fail("the two parameters are the same: expected another neuron or another `vary`");
    }
  }
  if (product >= most_members) {
    parameters.front().place("count").expected(fmt::format("fewer than {} members in all", most_members),
                                               fmt::format("{}", product));
  }
  if (table.has("vary")) {
    table.place("vary").fail("cannot stand beside ensemble.family, whose members differ in its parameters alone");
  }
  if (table.has("members") && ensemble.members != product) {
    table.wrong("members", fmt::format("{}, the product of the family's counts (it may be left out)", product));
  }
  if (ensemble.first != 0) table.wrong("first", "0 beside ensemble.family, which is run as a whole");
  ensemble.members = static_cast<int>(product);
  ensemble.vary = {};
}

void read_wavefunction(const Reader& input, Settings& settings) {
  if (!input.has("wavefunction")) return;
  if (!settings.ensemble || settings.ensemble->family.empty()) {
    input.place("wavefunction").fail("has no effect: expected ensemble.family, over whose members it is");
  }
  const Reader table = table_or_empty(input, "wavefunction");
  if (settings.learning.delta == Boundary::off) {
    input.place("wavefunction")
        .fail("cannot be with learning.delta = \"off\": without Delta = dJ/dy the action is no phase");
  }
  const auto parameters = input.tables("ensemble").front().tables("family");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (settings.ensemble->family[i].count >= fewest_for_waves) continue;
    parameters[i].wrong("count", fmt::format("an integer >= {} with [wavefunction]", fewest_for_waves));
  }
  WaveSettings wave;
  read_axes(table, settings, wave);
  wave.hbar = table.number("hbar", wave.hbar, is_positive);
  read_times(table, settings, wave);
  settings.wavefunction = wave;
}

}  // namespace hjnet
