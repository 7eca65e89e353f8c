// What hjnet check says to programs.
#include "config/choices.hpp"
#include "run/estimate/estimate.hpp"
#include "torus/command/torus_estimate.hpp"

#include <nlohmann/json.hpp>

namespace hjnet {

namespace {

using Json = nlohmann::ordered_json;

/// One line. A name that comes from a file's need not be UTF-8.
std::string one_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const Estimate& e, const Settings& settings) {
  Json weights = Json::array();
  for (const auto& f : e.factored) {
    weights.push_back({{"projection", f.name},
                       {"rank", f.rank},
                       {"factored_operations", f.factored_work},
                       {"synapse_operations", f.synapse_work}});
  }
  Json stages = Json::object();
  for (const auto& [name, operations] : e.stages) stages[name] = operations;
  const Json all{{"name", settings.name},
                 {"engine", name_of(engine_names, e.engine)},
                 {"ranks", e.ranks},
                 {"groups", e.groups},
                 {"neurons", e.neurons},
                 {"synapses", e.synapses},
                 {"columns", e.columns},
                 {"mesh_elements", e.mesh_elements},
                 {"mesh_nodes", e.mesh_nodes},
                 {"delayed_weights", weights},
                 {"state_bytes", e.state_bytes},
                 {"solver_bytes", e.solver_bytes},
                 {"history_bytes", e.history_bytes},
                 {"initial_weights", e.draws_anew ? "procedural" : "stored"},
                 {"record_bytes", e.record_bytes},
                 {"peak_bytes", e.peak_bytes},
                 {"most_bytes", e.most_bytes},
                 {"available_bytes", e.available_bytes},
                 {"file_bytes", e.file_bytes},
                 {"checkpoint_bytes", e.checkpoint_bytes},
                 {"steps", e.steps},
                 {"operations", e.operations},
                 {"stages", stages}};
  return one_line(all);
}

std::string to_json(const TorusEstimate& e, const TorusSettings& settings) {
  return one_line({{"name", settings.name},
                   {"ranks", e.ranks},
                   {"tori", e.tori},
                   {"first_coefficients", e.first_coefficients},
                   {"last_coefficients", e.last_coefficients},
                   {"first_bytes", e.first_bytes},
                   {"last_bytes", e.last_bytes},
                   {"network_runs", e.network_runs},
                   {"orbits", e.orbits},
                   {"file_bytes", e.file_bytes}});
}

}  // namespace hjnet
