#include "config/load.hpp"
#include "config/load_torus.hpp"
#include "config/toml_writer.hpp"
#include "config/torus_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hjnet {

namespace {

std::string integers_text(const std::vector<int>& integers) {
  return toml_text(std::vector<std::int64_t>(integers.begin(), integers.end()));
}

/// A list of lists.
template <class Lists>
std::string rows_text(const Lists& lists) {
  std::vector<std::string> rows;
  rows.reserve(lists.size());
  for (const auto& list : lists) rows.push_back(toml_text(list));
  return fmt::format("[{}]", fmt::join(rows, ", "));
}

void write_torus(TomlWriter& out, const TorusSettings& settings) {
  const auto n = static_cast<std::ptrdiff_t>(settings.dimensions);
  out.table("torus");
  out.put_integer("dimensions", settings.dimensions);
  if (!settings.network) {
    std::vector<std::vector<double>> rows;
    for (auto row = settings.quadratic.begin(); row != settings.quadratic.end(); row += n)
      rows.emplace_back(row, row + n);
    out.put("linear", toml_text(settings.linear));
    out.put("quadratic", rows_text(rows));
  }
  out.put("epsilon", settings.epsilon);
  out.put("action", rows_text(settings.action));
  out.put_text("method", name_of(torus_method_names, settings.method));
  out.put("tolerance", settings.tolerance);
  out.put("modes", integers_text(settings.modes));
  out.put("max_modes", integers_text(settings.max_modes));
  out.put("divisor_tolerance", settings.divisor_tolerance);
}

void write_terms(TomlWriter& out, const std::vector<FourierTerm>& terms) {
  for (const auto& term : terms) {
    out.element("torus.term");
    out.put("mode", integers_text(term.mode));
    out.put("phase", term.phase);
    std::vector<std::string> monomials;
    for (const auto& monomial : term.polynomial) {
      monomials.push_back(fmt::format("{{ power = {}, coefficient = {} }}", integers_text(monomial.power),
                                      toml_text(monomial.coefficient)));
    }
    out.put("polynomial", fmt::format("[{}]", fmt::join(monomials, ", ")));
  }
}

void write_network(TomlWriter& out, const TorusNetworkSettings& network) {
  const Settings of = load_settings(network.input);
  const auto layer = [&of](int index) { return of.network.layers[static_cast<std::size_t>(index)].name; };
  std::vector<std::string> directions;
  for (const auto& direction : network.directions) {
    const auto& projection = of.network.projections[static_cast<std::size_t>(direction.projection)];
    const std::string name = layer(projection.from) + "-" + layer(projection.to);
    directions.push_back(
        fmt::format("{{ weight = {}, post = {}, pre = {} }}", toml_text(name), direction.post, direction.pre));
  }
  out.table("torus.network");
  out.put_text("input", network.input.string());
  out.put_text("potential", name_of(torus_potential_names, network.potential));
  out.put("directions", fmt::format("[{}]", fmt::join(directions, ", ")));
  if (!network.centre.empty()) out.put("centre", toml_text(network.centre));
  out.put("width", toml_text(network.width));
  out.put("nodes", toml_text(network.nodes));
  out.put("taper", network.taper);
}

void write_comparison(TomlWriter& out, const TorusSettings& settings) {
  if (settings.wavefunction) {
    const auto& wave = *settings.wavefunction;
    out.table("torus.wavefunction");
    out.put("hbar", wave.hbar);
    out.put("maslov", integers_text(wave.maslov));
    out.put("levels", rows_text(wave.levels));
    out.put("grid", toml_text(wave.grid));
    out.put("times", toml_text(wave.times));
  }
  if (settings.trajectory) {
    out.table("torus.trajectory");
    out.put_integer("count", settings.trajectory->count);
    out.put("time", settings.trajectory->time);
    out.put_integer("samples", settings.trajectory->samples);
    out.put("relative_tolerance", settings.trajectory->relative_tolerance);
  }
}

}  // namespace

std::string resolved_text(const TorusSettings& settings) {
  TomlWriter out;
  out.table("run");
  out.put_text("name", settings.name);
  out.put("seed", fmt::format("{}", settings.seed));
  write_torus(out, settings);
  write_terms(out, settings.terms);
  if (settings.network) write_network(out, *settings.network);
  write_comparison(out, settings);
  out.table("output");
  out.put_text("file", settings.file.string());
  return out.text();
}

}  // namespace hjnet
