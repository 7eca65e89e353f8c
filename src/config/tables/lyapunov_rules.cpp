// What error = "lyapunov" asks of the rest of the input (model: section 4).
#include "config/tables/read_common.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace hjnet {

namespace {

/// Weights that differ by less than this part of the largest are equal to round-off.
constexpr double round_off = 1e-13;

/// The weights of a projection that says what they are: dense or a band between layers of equal size.
class GivenWeights {
public:
  GivenWeights(const ProjectionSettings& projection, std::int64_t rows, std::int64_t columns)
      : projection_(projection), rows_(rows), columns_(columns) {
    const auto listed = static_cast<std::int64_t>(projection.weights.values.size());
    if (!band() || projection.weights.kind != Value::Kind::list || listed == rows * columns) return;
    std::int64_t first = 0;
    for (std::int64_t k = 0; k < rows; ++k) {
      row_starts_.push_back(first - low(k));
      first += high(k) - low(k) + 1;
    }
  }

  /// The first and last column with a synapse in row k.
  [[nodiscard]] std::int64_t low(std::int64_t k) const {
    return band() ? std::max<std::int64_t>(0, k - projection_.connect.size) : 0;
  }
  [[nodiscard]] std::int64_t high(std::int64_t k) const {
    return band() ? std::min(columns_ - 1, k + projection_.connect.size) : columns_ - 1;
  }
  [[nodiscard]] double at(std::int64_t k, std::int64_t l) const {
    if (projection_.weights.kind == Value::Kind::constant) return projection_.weights.constant;
    const auto place = row_starts_.empty() ? k * columns_ + l : row_starts_[static_cast<std::size_t>(k)] + l;
    return projection_.weights.values[static_cast<std::size_t>(place)];
  }
  [[nodiscard]] double largest() const {
    double out = std::abs(projection_.weights.constant);
    for (const double w : projection_.weights.values) out = std::max(out, std::abs(w));
    return out;
  }
  [[nodiscard]] std::int64_t rows() const { return rows_; }

private:
  [[nodiscard]] bool band() const { return projection_.connect.kind == Connectivity::Kind::band; }

  const ProjectionSettings& projection_;
  std::int64_t rows_, columns_;
  std::vector<std::int64_t> row_starts_;  ///< in the list, of column 0 of every row; empty where rows are full
};

std::int64_t size_of(const NetworkSettings& network, int layer) {
  return network.layers[static_cast<std::size_t>(layer)].neurons;
}

/// @throws config_error where the projection's pattern, or the way its weights are given, is not symmetric
void check_form(const ProjectionSettings& p, const NetworkSettings& network, const Place& place) {
  constexpr std::string_view expected = "symmetric weights, as learning.error = \"lyapunov\" asks: ";
  using Kind = Connectivity::Kind;
  if (p.connect.kind == Kind::fan_in) {
    place.expected(fmt::format("{}connect = \"dense\", or a band between layers of equal size", expected),
                   "a drawn fan_in");
  }
  if (p.connect.kind == Kind::band && size_of(network, p.from) != size_of(network, p.to)) {
    place.expected(fmt::format("{}connect = \"dense\", or a band between layers of equal size", expected),
                   fmt::format("a band between {} and {} neurons", size_of(network, p.from), size_of(network, p.to)));
  }
  if (p.weights.kind != Value::Kind::list && p.weights.kind != Value::Kind::constant) {
    place.expected(fmt::format("{}a number, values or a file", expected), "drawn weights, which are not");
  }
}

/// @throws config_error where W_kl of `there` differs from W_lk of `back`
void check_pair(const GivenWeights& there, const GivenWeights& back, const std::string& names, const Place& place) {
  const double tolerance = round_off * std::max(there.largest(), back.largest());
  for (std::int64_t k = 0; k < there.rows(); ++k) {
    for (std::int64_t l = there.low(k); l <= there.high(k); ++l) {
      const double a = there.at(k, l);
      const double b = back.at(l, k);
      if (std::abs(a - b) <= tolerance) continue;
      place.expected("symmetric weights, as learning.error = \"lyapunov\" asks",
                     fmt::format("{:.17g} in row {}, column {} ({}) and {:.17g} from there back", a, k, l, names, b));
    }
  }
}

void check_symmetry(const Reader& network_table, const NetworkSettings& network) {
  const auto tables = network_table.tables("projection");
  if (tables.empty()) {
    network_table.place().fail(
        "has default projections, each to the next layer: expected [[network.projection]] with symmetric weights, a "
        "layer to itself or pairs of layers both ways, as learning.error = \"lyapunov\" asks");
  }
  const auto name = [&](int layer) { return network.layers[static_cast<std::size_t>(layer)].name; };
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto& p = network.projections[i];
    const auto place = tables[i].place("weights");
    check_form(p, network, place);
    const auto back = std::find_if(network.projections.begin(), network.projections.end(),
                                   [&](const auto& other) { return other.from == p.to && other.to == p.from; });
    const auto names = fmt::format("'{}' to '{}'", name(p.from), name(p.to));
    if (back == network.projections.end()) {
      place.expected("symmetric weights, as learning.error = \"lyapunov\" asks",
                     fmt::format("a projection from {} and none back", names));
    }
    if (back->connect != p.connect) {
      place.expected("the same connect both ways, as learning.error = \"lyapunov\" asks",
                     fmt::format("others {}", names));
    }
    check_form(*back, network, place);
    check_pair({p, size_of(network, p.to), size_of(network, p.from)},
               {*back, size_of(network, p.from), size_of(network, p.to)}, names, place);
  }
}

}  // namespace

void check_lyapunov(const Reader& input, const Settings& settings) {
  if (settings.learning.error != ErrorKind::lyapunov) return;
  const auto& learning = settings.learning;
  const Reader table = table_or_empty(input, "learning");
  table.must_act("target", false, learning.target == Value{}, "an error that has a target, not \"lyapunov\"");
  if (learning.enabled && learning.weight_decay == 0.0) {
    table.place("weight_decay")
        .expected("a number > 0 where learning.error = \"lyapunov\" and weights learn: E is unbounded below in W", "0");
  }
  check_symmetry(table_or_empty(input, "network"), settings.network);
  if (learning.enabled && settings.solver.engine == EngineKind::waveform) {
    table_or_empty(input, "solver")
        .place("engine")
        .expected(
            "\"coupled\" or \"auto\": with learning.error = \"lyapunov\" and weights that learn, Delta depends on "
            "the weights of its own epoch, which the waveform engine does not iterate",
            "\"waveform\"");
  }
  const auto refuse = [](const Place& place, std::string_view reason) {
    place.fail(fmt::format("cannot be had with learning.error = \"lyapunov\": {}", reason));
  };
  if (settings.particles && has_operator_error(settings.particles->closure)) {
    refuse(table_or_empty(input, "particles").place("closure"),
           "E contains the particles' inputs themselves, beside y; expected \"bilinear\" or \"backpropagation\"");
  }
  if (!settings.gauge.constraints.empty()) {
    refuse(table_or_empty(input, "gauge").place("constraint"), "its derivatives are not part of the brackets {G, H}");
  }
}

}  // namespace hjnet
