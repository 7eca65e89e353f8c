#include "config/resolved.hpp"

#include "config/document/toml_writer.hpp"
#include "config/tables/tables.hpp"

namespace hjnet {

std::string resolved_text(const Settings& settings) {
  TomlWriter out;
  write_run(out, settings);
  write_network(out, settings.network);
  write_learning(out, settings.learning);
  write_stimulus(out, settings);
  write_gauge(out, settings);
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
