#include "torus/command/network_potential.hpp"

#include "config/load.hpp"
#include "dynamics/pointwise.hpp"
#include "engine/choice.hpp"
#include "parallel/agree.hpp"
#include "parallel/counts.hpp"
#include "parallel/stop.hpp"
#include "parallel/sums.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

namespace hjnet {

namespace {

/// Points between the nodes at which V is computed again, in each of the two parts that are checked.
constexpr std::size_t checks = 8;
/// Beyond this part of V's range the polynomial through the nodes does not stand for V.
constexpr double resolved_part = 1e-6;
/// A potential that varies by less of H0 is lost in the round-off of H.
constexpr double felt_part = 1e-15;

/// The network at frozen weights that differ in the chosen ones.
class FrozenNetwork {
public:
  explicit FrozenNetwork(const TorusNetworkSettings& request)
      : request_(request), settings_(load_settings(request.input)), input_(settings_.resolved) {
    if (settings_.learning.error == ErrorKind::lyapunov) {
      throw config_error(
          fmt::format("{}: learning.error: \"lyapunov\" needs symmetric weights, and a potential moves "
                      "single ones",
                      request.input.string()));
    }
    if (settings_.environment) {
      throw config_error(
          fmt::format("{}: learning.error: \"bellman\" takes its targets from earlier epochs, and a "
                      "potential is of one moment",
                      request.input.string()));
    }
    settings_.epochs = 1;
    settings_.learning.enabled = false;
    const Network network(MPI_COMM_SELF, settings_, 0);
    for (const auto& direction : request.directions) {
      const auto index = static_cast<std::size_t>(direction.projection);
      const auto& synapses = network.projections()[index];
      std::vector<double> drawn(as_size(synapses.rows * synapses.columns));
      network.initial_weights(index).read(0, drawn);
      auto& weights = settings_.network.projections[index].weights;
      weights = Value{};
      weights.kind = Value::Kind::list;
      places_.push_back(as_size(direction.post * synapses.columns + direction.pre));
      drawn_.push_back(drawn[places_.back()]);
      weights.values = std::move(drawn);
    }
  }

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const std::string& input() const { return input_; }
  /// The chosen weights as the network has them.
  [[nodiscard]] const std::vector<double>& drawn() const { return drawn_; }

  /// V at these values of the chosen weights.
  double potential(std::span<const double> weights) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const auto index = static_cast<std::size_t>(request_.directions[i].projection);
      settings_.network.projections[index].weights.values[places_[i]] = weights[i];
    }
    const Network network(MPI_COMM_SELF, settings_, 0);
    const ExternalInput input(network, settings_, 0);
    const auto record = make_engine(network, input, settings_)->advance();
    std::vector<double> value(record.mesh.nodes());
    for (std::size_t node = 0; node < value.size(); ++node) {
      value[node] = network.error().value(record.moment(node), record.y_output.at(node), record.columns) +
                    0.5 * settings_.learning.weight_decay * record.weight_squared[node];
    }
    if (request_.potential == TorusNetworkSettings::Potential::interaction) add_coupling(network, input, record, value);
    return record.mesh.integrate(value).back() / settings_.epoch_length;
  }

private:
  /// value[node] += sum Delta F + c sum A F^2.
  void add_coupling(const Network& network, const ExternalInput& input, const EpochRecord& record,
                    std::vector<double>& value) const {
    const Pointwise pointwise(network, settings_.network.time_constant, input.columns());
    std::vector<double> f(pointwise.size());
    std::vector<double> gauge(as_size(network.neurons()), 0.0);
    for (std::size_t node = 0; node < value.size(); ++node) {
      pointwise.rate(record.y.at(node), record.net.at(node), f.data());
      if (input.has_gauge()) input.gauge(record.mesh.phases()[node], gauge.data());
      for (std::size_t k = 0; k < gauge.size(); ++k) {
        const double rate = f[k * record.columns];
        value[node] += (record.delta.at(node)[k * record.columns] + gauge[k] * rate) * rate;
      }
    }
  }

  const TorusNetworkSettings& request_;
  Settings settings_;
  std::string input_;
  std::vector<std::size_t> places_;
  std::vector<double> drawn_;
};

/// All points at which the network is run, in scaled coordinates: the product of the nodes, then points between them in
/// the whole box, then such points in its inner part.
std::vector<std::vector<double>> scaled_points(const TorusNetworkSettings& request, const WeightBox& box) {
  std::vector<std::vector<double>> points{{}};
  for (const auto count : request.nodes) {
    std::vector<std::vector<double>> product;
    for (const auto& point : points) {
      for (const double node : chebyshev_nodes(count)) {
        product.push_back(point);
        product.back().push_back(node);
      }
    }
    points = std::move(product);
  }
  // Multiples of irrational numbers, which fill the square evenly.
  constexpr std::array<double, 2> steps{0.7548776662466927, 0.5698402909980532};
  for (const double scale : {1.0, 1.0 - box.taper}) {
    for (std::size_t i = 1; i <= checks; ++i) {
      auto& point = points.emplace_back();
      for (std::size_t d = 0; d < box.dimensions(); ++d) {
        const double turns = static_cast<double>(i) * steps[d];
        point.push_back(scale * (2.0 * (turns - std::floor(turns)) - 1.0));
      }
    }
  }
  return points;
}

/// V at all points, which the ranks take in turns; the same on all of them.
std::vector<double> potentials(MPI_Comm comm, FrozenNetwork& network, const WeightBox& box,
                               const std::vector<std::vector<double>>& points) {
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  auto values = agreed(comm, [&] {
    std::vector<double> mine(points.size(), 0.0);
    for (auto i = static_cast<std::size_t>(rank); i < points.size(); i += static_cast<std::size_t>(ranks)) {
      heed_stop();
      std::vector<double> weights(box.dimensions());
      for (std::size_t d = 0; d < weights.size(); ++d) weights[d] = box.centre[d] + 0.5 * box.width[d] * points[i][d];
      mine[i] = network.potential(weights);
      if (std::isfinite(mine[i])) continue;
      throw numerical_error(
          fmt::format("the network's potential is not finite at weights {}", fmt::join(weights, ", ")));
    }
    return mine;
  });
  sum_over_ranks(comm, values);
  return values;
}

std::vector<double> angles(std::span<const double> scaled) {
  std::vector<double> out;
  for (const double x : scaled) out.push_back(std::numbers::pi * x);
  return out;
}

double range(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low;
}

/// Largest |H0| of the grid of J; a network's H0 is diagonal and has no linear part.
double largest_unperturbed(const TorusSettings& settings) {
  const auto n = settings.action.size();
  double sum = 0.0;
  for (std::size_t d = 0; d < n; ++d) {
    double largest = 0.0;
    for (const double action : settings.action[d]) largest = std::max(largest, std::abs(action));
    sum += 0.5 * std::abs(settings.quadratic[d * n + d]) * largest * largest;
  }
  return sum;
}

std::string weight_name(const NetworkSettings& network, const TorusNetworkSettings::Direction& direction) {
  const auto& projection = network.projections[static_cast<std::size_t>(direction.projection)];
  return fmt::format("{}[{}, {}]", network.name_of(projection), direction.post, direction.pre);
}

}  // namespace

NetworkPotential network_potential(MPI_Comm comm, const TorusSettings& settings) {
  const auto& request = *settings.network;
  const auto network = agreed(comm, [&] { return std::make_shared<FrozenNetwork>(request); });
  NetworkPotential out;
  out.inertia = network->settings().learning.inertia;
  out.input = network->input();
  out.box = {request.centre.empty() ? network->drawn() : request.centre, request.width, request.taper};
  for (std::size_t d = 0; d < request.directions.size(); ++d) {
    out.weights.push_back(weight_name(network->settings().network, request.directions[d]));
    auto& axis = out.nodes.emplace_back();
    for (const double x : chebyshev_nodes(request.nodes[d])) {
      axis.push_back(out.box.centre[d] + 0.5 * out.box.width[d] * x);
    }
  }
  const auto points = scaled_points(request, out.box);
  const auto values = potentials(comm, *network, out.box, points);
  out.runs = static_cast<std::int64_t>(points.size());
  const auto count = points.size() - 2 * checks;
  out.potential.assign(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
  // Every rank does the same, but memory may end on one alone.
  const auto interpolant =
      agreed(comm, [&] { return std::make_shared<const BoxInterpolant>(request.nodes, out.potential); });
  out.series = agreed(comm, [&] { return make_periodic(*interpolant, out.box, request.nodes); });
  for (std::size_t i = 0; i < count; ++i) {
    out.windowed.push_back(out.series.edge_mean + out.box.window(points[i]) * (values[i] - out.series.edge_mean));
  }
  for (std::size_t i = count; i < points.size(); ++i) {
    out.interpolation_error = std::max(out.interpolation_error, std::abs((*interpolant)(points[i]) - values[i]));
    if (i < count + checks) continue;
    out.series_error = std::max(out.series_error, std::abs(out.series(angles(points[i])) - values[i]));
  }
  return out;
}

TorusSettings with_hamiltonian(const TorusSettings& settings, const NetworkPotential& network) {
  TorusSettings out = settings;
  const auto n = network.box.dimensions();
  out.linear.assign(n, 0.0);
  out.quadratic.assign(n * n, 0.0);
  for (std::size_t d = 0; d < n; ++d) {
    const double rate = 2.0 * std::numbers::pi / network.box.width[d];
    out.quadratic[d * n + d] = rate * rate / network.inertia;
  }
  out.terms = network.series.terms;
  return out;
}

void write_network_potential(Archive& archive, const NetworkPotential& network) {
  const auto axis_name = [](std::size_t d) { return fmt::format("weight_{}", d + 1); };
  const auto axis_path = [&](std::size_t d) { return "/network/" + axis_name(d); };
  std::vector<Dimension> dims;
  for (std::size_t d = 0; d < network.nodes.size(); ++d) dims.emplace_back(axis_name(d), network.nodes[d].size());
  for (std::size_t d = 0; d < network.nodes.size(); ++d) {
    archive.create_dataset<double>(axis_path(d), {dims[d]}, "values of the weight " + network.weights[d]);
  }
  archive.create_dataset<double>("/network/potential", dims, "V of the network at the product of the weights");
  archive.create_dataset<double>("/network/windowed", dims, "V made periodic by the window");
  archive.fill();
  for (std::size_t d = 0; d < network.nodes.size(); ++d) {
    archive.write_root<double>(axis_path(d), network.nodes[d]);
    archive.write_attribute(axis_path(d), "centre", network.box.centre[d]);
    archive.write_attribute(axis_path(d), "width", network.box.width[d]);
  }
  archive.write_root<double>("/network/potential", network.potential);
  archive.write_root<double>("/network/windowed", network.windowed);
  const auto& series = network.series;
  const std::vector<std::pair<const char*, AttributeValue>> attributes{
      {"input", network.input},
      {"inertia", network.inertia},
      {"taper", network.box.taper},
      {"edge_mean", series.edge_mean},
      {"terms", static_cast<std::int64_t>(series.terms.size())},
      {"runs", network.runs},
      {"defect_max", series.defect_max},
      {"defect_rms", series.defect_rms},
      {"defect_inner", series.inner_max},
      {"defect_inner_rms", series.inner_rms},
      {"interpolation_error", network.interpolation_error},
      {"series_error", network.series_error}};
  for (const auto& [name, value] : attributes) archive.write_attribute("/network", name, value);
}

std::string describe(const NetworkPotential& network, const TorusSettings& settings) {
  const auto [low, high] = std::minmax_element(network.potential.begin(), network.potential.end());
  std::string text =
      fmt::format("network potential along {}, omega = {:.6g}\n", fmt::join(network.weights, " and "), network.inertia);
  for (std::size_t d = 0; d < network.weights.size(); ++d) {
    const double inner = 0.5 * (1.0 - network.box.taper) * network.box.width[d];
    text += fmt::format("  {}: {:.6g} +- {:.6g}, untouched by the window within +- {:.6g}\n", network.weights[d],
                        network.box.centre[d], 0.5 * network.box.width[d], inner);
  }
  const auto& series = network.series;
  text += fmt::format("  V from {:.6g} to {:.6g}; {} runs of the network; error between their nodes {:.1e}\n", *low,
                      *high, network.runs, network.interpolation_error);
  text += fmt::format("  Fourier series of {} terms: error {:.1e} against the network in the untouched part\n",
                      series.terms.size(), network.series_error);
  text += fmt::format(
      "  defect of the window, |V periodic - V|: max {:.3g}, rms {:.3g} over the box; max {:.1e}, rms "
      "{:.1e} in the untouched part\n",
      series.defect_max, series.defect_rms, series.inner_max, series.inner_rms);
  if (network.interpolation_error > resolved_part * range(network.potential)) {
    text += "  the potential is not resolved: torus.network.nodes should be more\n";
  }
  if (std::abs(settings.epsilon) * range(network.potential) < felt_part * largest_unperturbed(settings)) {
    text +=
        "  warning: epsilon V varies by less than the round-off of K at the largest J, so the tori there are free "
        "motion\n";
  }
  return text;
}

}  // namespace hjnet
