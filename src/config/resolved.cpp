#include "config/resolved.hpp"

#include "config/names.hpp"
#include "config/tables.hpp"
#include "config/toml_text.hpp"
#include "config/toml_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hjnet {

namespace {

/// The fields of a value, for an inline table or for a table's own keys.
std::vector<std::pair<std::string, std::string>> fields_of(const Value& value, const std::string& plain) {
  switch (value.kind) {
    case Value::Kind::normal:
      return {{"distribution", "\"normal\""},
              {"mean", toml_text(value.mean)},
              value.gain ? std::pair{"gain", toml_text(*value.gain)} : std::pair{"sd", toml_text(value.sd)}};
    case Value::Kind::uniform:
      return {{"distribution", "\"uniform\""}, {"low", toml_text(value.low)}, {"high", toml_text(value.high)}};
    case Value::Kind::list:
      if (value.file.empty()) return {{"values", toml_text(value.values)}};
      return {{"file", toml_text(value.file.string())}, {"dataset", toml_text(value.dataset)}};
    case Value::Kind::constant:
      break;
  }
  return {{plain, toml_text(value.constant)}};
}

void write_layer_value(TomlWriter& out, const LayerValue& input, const Settings& settings, const std::string& plain) {
  out.put_text("layer", settings.network.layers[static_cast<std::size_t>(input.layer)].name);
  for (const auto& [key, text] : fields_of(input.value, plain)) out.put(key, text);
}

std::string connect_text(const Connectivity& connect) {
  switch (connect.kind) {
    case Connectivity::Kind::fan_in:
      return fmt::format("{{ fan_in = {} }}", connect.size);
    case Connectivity::Kind::band:
      return fmt::format("{{ band = {} }}", connect.size);
    case Connectivity::Kind::dense:
      break;
  }
  return "\"dense\"";
}

void write_network(TomlWriter& out, const NetworkSettings& network) {
  out.table("network");
  out.put("time_constant", network.time_constant);
  out.put("thresholds", network.thresholds);
  out.put("initial_thresholds", value_text(network.initial_thresholds));
  out.put("split_thresholds", network.split_thresholds);
  if (network.split_thresholds) out.put("initial_biases", value_text(network.initial_biases));
  out.put("initial_state", value_text(network.initial_state));
  if (network.projections.empty()) out.put("projection", std::string("[]"));
  for (const auto& layer : network.layers) {
    out.element("network.layer");
    out.put_text("name", layer.name);
    out.put_integer("neurons", layer.neurons);
    out.put_text("transfer", name_of(transfer_names, layer.transfer));
  }
  for (const auto& projection : network.projections) {
    out.element("network.projection");
    out.put_text("from", network.layers[static_cast<std::size_t>(projection.from)].name);
    out.put_text("to", network.layers[static_cast<std::size_t>(projection.to)].name);
    out.put("connect", connect_text(projection.connect));
    out.put("weights", value_text(projection.weights));
  }
}

void write_inputs(TomlWriter& out, const Settings& settings) {
  for (const auto& constant : settings.stimulus.constant) {
    out.element("stimulus.constant");
    write_layer_value(out, constant, settings, "value");
  }
  for (const auto& step : settings.stimulus.steps) {
    out.element("stimulus.step");
    write_layer_value(out, step.input, settings, "value");
    out.put("start", step.start);
    out.put("stop", step.stop);
    out.put("epochs", fmt::format("[{}, {}]", step.first_epoch, step.last_epoch));
  }
  if (settings.stimulus.patterns) write_patterns(out, *settings.stimulus.patterns, settings.network);
  out.table("gauge");
  out.put("charge", settings.gauge.charge);
  for (const auto& field : settings.gauge.fields) {
    out.element("gauge.field");
    write_layer_value(out, field.amplitude, settings, "constant");
    out.put("frequency", field.frequency);
    out.put("phase", field.phase);
  }
  write_constraints(out, settings);
}

void write_wavefunction(TomlWriter& out, const WaveSettings& wave) {
  out.table("wavefunction");
  out.put("neurons", toml_text(wave.neurons));
  out.put("hbar", wave.hbar);
  out.put("times", toml_text(wave.times));
  out.put("grid", toml_text(wave.grid));
  std::vector<std::string> rows;
  for (const auto& ends : wave.range) rows.push_back(toml_text(std::vector<double>(ends.begin(), ends.end())));
  if (!rows.empty()) out.put("range", fmt::format("[{}]", fmt::join(rows, ", ")));
}

void write_kernel(TomlWriter& out, const KernelSettings& kernel, const NetworkSettings& network) {
  out.table("kernel");
  out.put_text("layer", network.layers[static_cast<std::size_t>(kernel.layer)].name);
  if (kernel.inputs.file.empty()) {
    std::vector<std::string> rows;
    const auto size = kernel.inputs.values.size() / static_cast<std::size_t>(kernel.patterns);
    for (auto row = kernel.inputs.values.begin(); row != kernel.inputs.values.end();
         row += static_cast<std::ptrdiff_t>(size)) {
      rows.push_back(toml_text(std::vector<double>(row, row + static_cast<std::ptrdiff_t>(size))));
    }
    out.put("patterns", fmt::format("[{}]", fmt::join(rows, ", ")));
  } else {
    out.put("patterns", value_text(kernel.inputs));
  }
  out.put("outputs", toml_text(kernel.outputs));
  out.put_integer("nodes_per_epoch", kernel.nodes_per_epoch);
}

}  // namespace

std::string value_text(const Value& value) {
  if (value.kind == Value::Kind::constant) return toml_text(value.constant);
  std::vector<std::string> fields;
  for (const auto& [key, text] : fields_of(value, "")) fields.push_back(fmt::format("{} = {}", key, text));
  return fmt::format("{{ {} }}", fmt::join(fields, ", "));
}

std::string resolved_text(const Settings& settings) {
  TomlWriter out;
  write_run(out, settings);
  write_network(out, settings.network);
  write_learning(out, settings.learning);
  write_inputs(out, settings);
  if (settings.particles) {
    write_particles(out, *settings.particles);
    write_boltzmann(out, settings.boltzmann);
  }
  if (settings.ensemble) write_ensemble(out, *settings.ensemble);
  if (settings.wavefunction) write_wavefunction(out, *settings.wavefunction);
  if (settings.kernel) write_kernel(out, *settings.kernel, settings.network);
  if (settings.environment) write_environment(out, *settings.environment, settings.network);
  if (settings.evaluate) write_evaluate(out, *settings.evaluate, settings.network);
  write_solver(out, settings.solver);
  write_run_file(out, settings.output);
  return out.text();
}

std::string without_paths(std::string resolved) {
  for (auto begin = resolved.find("\"/"); begin != std::string::npos; begin = resolved.find("\"/", begin + 2)) {
    const auto end = resolved.find('"', begin + 1);
    if (end != std::string::npos) resolved.erase(begin + 1, end - begin - 1);
  }
  return resolved;
}

}  // namespace hjnet
