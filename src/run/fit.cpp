#include "run/fit.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <unsupported/Eigen/LevenbergMarquardt>

namespace hjnet {
namespace {

using Eigen::Index;

// The search runs over logarithms z of positive parameters, on data scaled to unit span and unit deviation:
//   V = z[0] + exp(z[1]) phi(r; n, m),  phi = (m r^n - n r^m)/(n - m),  r = x_min/x,  x = t - t_first + d,
//   x_min = exp(z[2]) (where the minimum is, from t0),  d = exp(z[3]) = t_first - t0,  m = exp(z[4]),  n - m =
//   exp(z[5]).
// phi has its minimum, -1, at r = 1; this keeps depth and place of the minimum nearly independent of the exponents.
constexpr Index kParameters = 6, kLennardJones = 4;
using Parameters = std::array<double, kParameters>;

// Bounds of the search for the logarithms z[1..5]: generous, so that a fit that reaches one is undetermined.
const Parameters kLow{0.0, std::log(1e-9), std::log(1e-4), std::log(1e-4), std::log(0.1), std::log(0.1)};
const Parameters kHigh{0.0, std::log(1e9), std::log(1e3), std::log(1e3), std::log(50.0), std::log(50.0)};

// Powers are cut off here, far beyond any fit, so that squares of them stay finite.
double bounded_power(double log_base, double exponent) {
  return std::exp(std::min(exponent * log_base, 150.0));
}

// A bounded parameter as a smooth function of an unbounded one, and back.
double to_bounded(double u, double low, double high) {
  return low + (high - low) / (1.0 + std::exp(-u));
}
double to_unbounded(double z, double low, double high) {
  const double margin = 1e-6 * (high - low);
  z = std::clamp(z, low + margin, high - margin);
  return std::log((z - low) / (high - z));
}

struct Shape {
  double phi = 0.0;
  std::array<double, 4> gradient{};  // with respect to z[2..5]
};

Shape shape_at(double since_first, const Parameters& z) {
  const double d = std::exp(z[3]), m = std::exp(z[4]), gap = std::exp(z[5]), n = m + gap;
  const double x = since_first + d, log_r = z[2] - std::log(x);
  const double repulsive = bounded_power(log_r, n), attractive = bounded_power(log_r, m);
  Shape s;
  s.phi = (m * repulsive - n * attractive) / gap;
  const double by_log_r = n * m * (repulsive - attractive) / gap;
  const double by_n = (m * log_r * repulsive - attractive - s.phi) / gap;
  const double by_m = (repulsive - n * log_r * attractive + s.phi) / gap;
  s.gradient = {by_log_r, -by_log_r * d / x, m * (by_n + by_m), gap * by_n};
  return s;
}

// The data in scaled units, thinned to windows; times count from the first. A point may stand for several samples.
struct ScaledData {
  Eigen::VectorXd time, value, root_weight;
  double first = 0.0, last = 0.0, span = 0.0, mean = 0.0, deviation = 0.0;
  Index samples = 0, distinct = 0;
};

// Weighted means of the points over windows, the ends of which are given.
ScaledData thinned(const ScaledData& data, const std::vector<Index>& ends) {
  ScaledData out = data;
  for (auto* column : {&out.time, &out.value, &out.root_weight}) column->resize(static_cast<Index>(ends.size()));
  Index begin = 0;
  for (Index i = 0; i < out.time.size(); ++i) {
    const Index count = ends[static_cast<std::size_t>(i)] - begin;
    const auto weight = data.root_weight.segment(begin, count).cwiseAbs2();
    const double sum = weight.sum();
    out.time[i] = weight.dot(data.time.segment(begin, count)) / sum;
    out.value[i] = weight.dot(data.value.segment(begin, count)) / sum;
    out.root_weight[i] = std::sqrt(sum);
    begin += count;
  }
  return out;
}

// For choosing among starts.
ScaledData for_starts(const ScaledData& data) {
  constexpr Index enough = 128;
  const Index size = data.time.size(), count = std::min(size, enough);
  std::vector<Index> ends;
  for (Index i = 1; i <= count; ++i) ends.push_back(i * size / count);
  return thinned(data, ends);
}

// Calls work(t, v) for every sample that is finite.
template <class Work>
void for_each_sample(const SampleBlocks& blocks, Work work) {
  blocks([&](std::span<const double> t, std::span<const double> v) {
    if (t.size() != v.size()) throw std::invalid_argument("a fit needs as many times as values");
    for (std::size_t i = 0; i < t.size(); ++i) {
      if (std::isfinite(t[i]) && std::isfinite(v[i])) work(t[i], v[i]);
    }
  });
}

// What the samples are in all, before they are scaled.
ScaledData extent(const SampleBlocks& blocks) {
  ScaledData data;
  double sum = 0.0, largest = 0.0, previous = 0.0;
  for_each_sample(blocks, [&](double t, double v) {
    if (data.samples == 0 || t != previous) ++data.distinct;
    data.first = data.samples == 0 ? t : std::min(data.first, t);
    data.last = data.samples == 0 ? t : std::max(data.last, t);
    previous = t;
    sum += v;
    largest = std::max(largest, std::abs(v));
    ++data.samples;
  });
  if (data.samples == 0) return data;
  data.span = data.last - data.first;
  data.mean = sum / static_cast<double>(data.samples);
  double squares = 0.0;
  for_each_sample(blocks, [&](double /*t*/, double v) { squares += (v - data.mean) * (v - data.mean); });
  data.deviation = std::sqrt(squares / static_cast<double>(data.samples));
  // Round-off of a constant is no shape.
  if (data.deviation <= 1e-13 * largest) data.deviation = 0.0;
  return data;
}

double scaled_time(const ScaledData& data, double t) {
  return data.span > 0.0 ? (t - data.first) / data.span : t;
}

double scaled_value(const ScaledData& data, double v) {
  return data.deviation > 0.0 ? (v - data.mean) / data.deviation : v - data.mean;
}

// Some hundreds of points, early ones close together: a window grows by a hundredth of what lies before it.
ScaledData for_search(const SampleBlocks& blocks) {
  constexpr Index enough = 1000, per_window = 100;
  ScaledData data = extent(blocks);
  std::vector<double> times, values, weights;
  Index seen = 0, end = 0;
  for_each_sample(blocks, [&](double t, double v) {
    if (seen == end) {
      end += 1 + (data.samples > enough ? end / per_window : 0);
      for (auto* column : {&times, &values, &weights}) column->push_back(0.0);
    }
    times.back() += scaled_time(data, t);
    values.back() += scaled_value(data, v);
    weights.back() += 1.0;
    ++seen;
  });
  const auto points = static_cast<Index>(weights.size());
  const Eigen::VectorXd weight = Eigen::VectorXd::Map(weights.data(), points);
  data.time = Eigen::VectorXd::Map(times.data(), points).cwiseQuotient(weight);
  data.value = Eigen::VectorXd::Map(values.data(), points).cwiseQuotient(weight);
  data.root_weight = weight.cwiseSqrt();
  return data;
}

// Residuals and Jacobian for Eigen's Levenberg-Marquardt, in the unbounded parameters.
struct Residuals : Eigen::DenseFunctor<double> {
  const ScaledData& data;

  Residuals(const ScaledData& d, Index parameters)
      : DenseFunctor(static_cast<int>(parameters), static_cast<int>(d.value.size())), data(d) {}

  [[nodiscard]] Parameters bounded(const Eigen::VectorXd& u) const {
    Parameters z{u[0], 0.0, 0.0, 0.0, std::log(6.0), std::log(6.0)};
    for (Index i = 1; i < u.size(); ++i) z[at(i)] = to_bounded(u[i], kLow[at(i)], kHigh[at(i)]);
    return z;
  }
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  [[nodiscard]] Eigen::VectorXd unbounded(const Parameters& z) const {
    Eigen::VectorXd u(inputs());
    u[0] = z[0];
    for (Index i = 1; i < u.size(); ++i) u[i] = to_unbounded(z[at(i)], kLow[at(i)], kHigh[at(i)]);
    return u;
  }

  int operator()(const Eigen::VectorXd& u, Eigen::VectorXd& residual) const {
    const Parameters z = bounded(u);
    const double depth = std::exp(z[1]);
    for (Index i = 0; i < data.value.size(); ++i)
      residual[i] = data.root_weight[i] * (z[0] + depth * shape_at(data.time[i], z).phi - data.value[i]);
    return 0;
  }

  int df(const Eigen::VectorXd& u, Eigen::MatrixXd& jacobian) const {
    const Parameters z = bounded(u);
    const double depth = std::exp(z[1]);
    for (Index i = 0; i < data.value.size(); ++i) {
      const Shape s = shape_at(data.time[i], z);
      jacobian(i, 0) = data.root_weight[i];
      jacobian(i, 1) = data.root_weight[i] * depth * s.phi;
      for (Index j = 2; j < u.size(); ++j) jacobian(i, j) = data.root_weight[i] * depth * s.gradient[at(j - 2)];
    }
    for (Index j = 1; j < u.size(); ++j) {
      const double low = kLow[at(j)], high = kHigh[at(j)], value = z[at(j)];
      jacobian.col(j) *= (value - low) * (high - value) / (high - low);
    }
    return 0;
  }
};

struct Start {
  double residual = std::numeric_limits<double>::infinity();
  Parameters z{};
};

// For a given shape the plateau and the depth follow by linear least squares; a depth below 0 becomes a slight one.
Start project(const ScaledData& data, Parameters z) {
  double sum_phi = 0.0, sum_phi2 = 0.0, sum_v = 0.0, sum_vphi = 0.0, count = 0.0, sum_v2 = 0.0;
  for (Index i = 0; i < data.value.size(); ++i) {
    const double phi = shape_at(data.time[i], z).phi, v = data.value[i];
    const double weight = data.root_weight[i] * data.root_weight[i];
    sum_phi += weight * phi;
    sum_phi2 += weight * phi * phi;
    sum_v += weight * v;
    sum_v2 += weight * v * v;
    sum_vphi += weight * v * phi;
    count += weight;
  }
  const double variance = sum_phi2 - sum_phi * sum_phi / count, covariance = sum_vphi - sum_v * sum_phi / count;
  const double depth = variance > 0.0 ? std::max(covariance / variance, 1e-6) : 1e-6;
  z[0] = (sum_v - depth * sum_phi) / count;
  z[1] = std::log(depth);
  return {sum_v2 - sum_v * sum_v / count - 2.0 * depth * covariance + depth * depth * variance, z};
}

// Starts on a fixed grid of minimum, distance of t0 and exponents; the best few, best first.
std::vector<Start> starts(const ScaledData& data, bool free_exponents) {
  std::vector<double> minima{0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.7, 0.85, 1.0};
  Index lowest = 0;
  data.value.minCoeff(&lowest);
  minima.push_back(std::max(data.time[lowest], 1e-3));
  const std::vector<double> distances{0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.8, 1.6, 5.0};
  std::vector<std::pair<double, double>> exponents{{12.0, 6.0}};
  if (free_exponents)
    exponents.insert(exponents.end(), {{2.0, 1.0}, {4.0, 2.0}, {8.0, 1.0}, {20.0, 5.0}, {30.0, 20.0}});
  std::vector<Start> found;
  for (const auto& [n, m] : exponents)
    for (const double d : distances)
      for (const double minimum : minima)
        found.push_back(project(data, {0.0, 0.0, std::log(d + minimum), std::log(d), std::log(m), std::log(n - m)}));
  std::stable_sort(found.begin(), found.end(), [](const Start& a, const Start& b) { return a.residual < b.residual; });
  found.resize(std::min<std::size_t>(found.size(), 8));
  return found;
}

struct Optimum {
  double residual = std::numeric_limits<double>::infinity();
  Parameters z{};
  bool converged = false;
};

// Levenberg-Marquardt from a start.
Optimum descend(const ScaledData& data, Index parameters, const Parameters& start, double tolerance, int evaluations) {
  Residuals residuals(data, parameters);
  Eigen::VectorXd u = residuals.unbounded(start);
  Eigen::LevenbergMarquardt<Residuals> solver(residuals);
  solver.setFtol(tolerance);
  solver.setXtol(100.0 * tolerance);
  solver.setMaxfev(evaluations);
  const auto status = solver.minimize(u);
  const double residual = solver.fvec().squaredNorm();
  using namespace Eigen::LevenbergMarquardtSpace;
  return {std::isfinite(residual) ? residual : std::numeric_limits<double>::infinity(), residuals.bounded(u),
          status != TooManyFunctionEvaluation && status != ImproperInputParameters};
}

// From every start with few points and a loose tolerance, then from the best two of these ends with all points.
Optimum optimise(const ScaledData& data, Index parameters) {
  constexpr std::size_t finalists = 2;
  const ScaledData few = for_starts(data);
  std::vector<Optimum> ends;
  for (const Start& start : starts(few, parameters > kLennardJones))
    ends.push_back(descend(few, parameters, start.z, 1e-6, 100));
  std::stable_sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) { return a.residual < b.residual; });
  Optimum best;
  for (std::size_t i = 0; i < std::min(finalists, ends.size()); ++i) {
    const Optimum found = descend(data, parameters, ends[i].z, 1e-15, 500);
    if (found.residual < best.residual) best = found;
  }
  return best;
}

PotentialFit fit(const SampleBlocks& blocks, Index parameters) {
  const ScaledData data = for_search(blocks);
  PotentialFit result{.t0 = data.first, .plateau = data.mean, .window_first = data.first, .window_last = data.last};
  if (data.distinct < parameters + 2 || data.deviation == 0.0) return result;
  const Optimum best = optimise(data, parameters);
  const Parameters& z = best.z;
  double residual = 0.0, squares = 0.0;
  for_each_sample(blocks, [&](double t, double v) {
    const double value = scaled_value(data, v);
    const double difference = z[0] + std::exp(z[1]) * shape_at(scaled_time(data, t), z).phi - value;
    residual += difference * difference;
    squares += value * value;
  });
  const double r2 = 1.0 - residual / squares;
  if (!(r2 >= 0.0)) return result;
  const double m = std::exp(z[4]), n = m + std::exp(z[5]);
  result.depth = std::exp(z[1]) * data.deviation;
  result.sigma = std::exp(z[2]) * data.span / std::pow(n / m, 1.0 / (n - m));
  result.t0 = data.first - std::exp(z[3]) * data.span;
  result.plateau = data.mean + z[0] * data.deviation;
  result.exponent_repulsive = n;
  result.exponent_attractive = m;
  result.r2 = r2;
  result.converged = best.converged;
  for (std::size_t i = 1; i < Residuals::at(parameters); ++i) {
    const double margin = 1e-3 * (kHigh[i] - kLow[i]);
    if (z[i] < kLow[i] + margin || z[i] > kHigh[i] - margin) result.at_bound = true;
  }
  return result;
}

}  // namespace

double PotentialFit::value(double t) const {
  const double n = exponent_repulsive, m = exponent_attractive, r = sigma / (t - t0);
  const double prefactor = n / (n - m) * std::pow(n / m, m / (n - m));
  return plateau + prefactor * depth * (std::pow(r, n) - std::pow(r, m));
}

PotentialFit fit_lennard_jones(const SampleBlocks& blocks) {
  PotentialFit result = fit(blocks, kLennardJones);
  result.exponent_repulsive = 12.0;
  result.exponent_attractive = 6.0;
  return result;
}

PotentialFit fit_mie(const SampleBlocks& blocks) {
  return fit(blocks, kParameters);
}

PotentialFit fit_lennard_jones(std::span<const double> t, std::span<const double> v) {
  return fit_lennard_jones([=](const SampleVisitor& visit) { visit(t, v); });
}

PotentialFit fit_mie(std::span<const double> t, std::span<const double> v) {
  return fit_mie([=](const SampleVisitor& visit) { visit(t, v); });
}

std::vector<std::pair<std::string, double>> fit_attributes(const std::string& prefix, const PotentialFit& fit) {
  return {{prefix + "_depth", fit.depth},
          {prefix + "_sigma", fit.sigma},
          {prefix + "_t0", fit.t0},
          {prefix + "_plateau", fit.plateau},
          {prefix + "_r2", fit.r2},
          {prefix + "_exponent_repulsive", fit.exponent_repulsive},
          {prefix + "_exponent_attractive", fit.exponent_attractive},
          {prefix + "_window_first", fit.window_first},
          {prefix + "_window_last", fit.window_last},
          {prefix + "_converged", fit.converged ? 1.0 : 0.0},
          {prefix + "_at_bound", fit.at_bound ? 1.0 : 0.0}};
}

PotentialShape potential_shape(std::span<const double> t, std::span<const double> v, std::int64_t samples_per_epoch) {
  const auto epoch = static_cast<std::size_t>(samples_per_epoch) + 1;
  if (t.size() != v.size() || samples_per_epoch < 1 || v.size() < epoch)
    throw std::invalid_argument("the shape of a potential needs as many times as values, and one epoch at least");
  const auto lowest = static_cast<std::size_t>(std::min_element(v.begin(), v.end()) - v.begin());
  double sum = 0.0;
  for (const double value : v.last(epoch)) sum += value;
  return {v.front(), v[lowest], t[lowest], sum / static_cast<double>(epoch)};
}

namespace {

std::string quality(const std::string& name, const PotentialFit& fit) {
  if (fit.depth == 0.0) return fmt::format("{}: no fit", name);
  const auto* doubt = fit.at_bound    ? ", undetermined: a parameter is on a bound of the search"
                      : fit.converged ? ""
                                      : ", not converged";
  return fmt::format("{}: R^2 = {:.4f}{}", name, fit.r2, doubt);
}

}  // namespace

std::string describe(const PotentialShape& shape, const PotentialFit& lennard_jones, const PotentialFit& mie) {
  return fmt::format(
      "Learning potential: starts at {:.4g}, is lowest, {:.4g}, at t = {:.4g}, and has the mean {:.4g} in the last "
      "epoch; fits over t = {:.4g} to {:.4g}: {}; {}",
      shape.start, shape.minimum, shape.minimum_time, shape.plateau, lennard_jones.window_first,
      lennard_jones.window_last, quality("Lennard-Jones", lennard_jones),
      quality(fmt::format("Mie ({:.3g}, {:.3g})", mie.exponent_repulsive, mie.exponent_attractive), mie));
}

}  // namespace hjnet
